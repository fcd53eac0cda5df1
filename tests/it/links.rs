//! Links that people get begin with the address that was configured, whatever host a request names.

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::paper::fetch;
use crate::prescriptions::{draft, id, line, path, sign};
use crate::world::{Actor, Reply, World};

const HERE: &str = "https://clinic.example.org";

/// A form of a browser that claims to ask another host.
async fn submit(actor: &Actor, path: &str, fields: &[(&str, &str)]) -> Reply {
    let csrf = actor.csrf();
    let mut form = vec![("csrf", csrf.as_str())];
    form.extend_from_slice(fields);
    let request = actor.browser("POST", &format!("/clinic/north/{path}"));
    actor.send(request.header("host", "evil.example").form(&form)).await
}

#[tokio::test]
async fn every_link_begins_with_the_address_of_the_service() {
    let world = World::reached_at(HERE).await;
    let (admin, reception) = (world.north.admin().await, world.north.receptionist().await);
    let doctor = world.north.doctor().await;
    let fields = [("name", "Nina"), ("identifier", "nina"), ("role", "nurse"), ("once", "1")];
    let invited = submit(&admin, "staff", &fields).await;
    let asha = world.north.patient("Asha").await;
    let login =
        submit(&reception, &format!("patients/{}/login", id(&asha)), &[("once", "2")]).await;
    let rx = sign(&doctor, &draft(&doctor, &id(&asha), &[line("paracetamol")]).await).await;
    let shared = submit(&reception, &format!("{}/shares", path(&rx)), &[]).await;
    for (reply, link) in [
        (invited, format!("{HERE}/password/")),
        (login, format!("{HERE}/password/")),
        (shared, format!("{HERE}/clinic/north/shared/")),
    ] {
        assert_eq!(reply.status, 201, "{}", reply.text);
        assert!(reply.text.contains(&link) && !reply.text.contains("evil"), "{}", reply.text);
    }
    // The code on paper: as long as the address it holds.
    let page = async |host: &'static str| {
        let place = format!("/clinic/north/{}/print", path(&rx));
        let reply = doctor.send(doctor.browser("GET", &place).header("host", host)).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let code = reply.text.split("<path").nth(1).map(str::to_owned);
        code.expect("a code").split('>').next().unwrap().to_owned()
    };
    assert_eq!(page("evil.example").await, page("another.example.net:8443").await);
    let pdf = fetch(doctor.request("GET", &format!("{}.pdf", path(&rx)))).await;
    assert_eq!(pdf.status, 200);
}

#[tokio::test]
async fn without_one_links_begin_as_the_request_does() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let fields = [("name", "Nina"), ("identifier", "nina"), ("role", "nurse"), ("once", "1")];
    let invited = admin.submit("staff", &fields).await;
    assert!(invited.text.contains(&format!("{}/password/", world.base)), "{}", invited.text);
    assert_eq!(json!(invited.status), 201);
}
