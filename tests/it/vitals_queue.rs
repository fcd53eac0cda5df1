//! The vitals queue: whom a nurse measures next, and how one gets from one patient to the next.

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::world::World;

/// Checks somebody in; the visit's id.
async fn arrives(world: &World, name: &str, urgency: &str) -> String {
    let patient = world.north.patient(name).await;
    let body =
        json!({"patient_id": patient["patient_id"], "purpose": "fever", "visit_type": urgency});
    let visit = world.north.receptionist().await.post("visits", &body).await;
    assert_eq!(visit.status, 201, "{visit:?}");
    visit.json["visit_id"].as_str().unwrap().to_owned()
}

/// The names on the queue, in their order.
fn names(page: &str) -> Vec<&str> {
    let table = page.split("<tbody>").nth(1).unwrap_or_default();
    table.split("TEST, ").skip(1).map(|rest| rest.split('<').next().unwrap()).collect()
}

#[tokio::test]
async fn the_unmeasured_come_first_and_saving_leads_to_the_next() {
    let world = World::open().await;
    let nurse = world.north.nurse().await;
    let home = nurse.send(nurse.browser("GET", "/clinic/north")).await;
    assert_eq!(home.header("location"), "/clinic/north/vitals");
    assert!(nurse.page("vitals").await.text.contains("Nobody waits"));
    let asha = arrives(&world, "Asha", "routine").await;
    arrives(&world, "Usha", "routine").await;
    let mira = arrives(&world, "Mira", "emergency").await;
    let page = nurse.page("vitals").await;
    assert_eq!(names(&page.text), ["Mira", "Asha", "Usha"]);
    assert!(page.text.contains("3 to measure"), "{}", page.text);
    assert!(
        page.text.contains(&format!(
            "href=\"/clinic/north/visits/{mira}/consultation\" aria-keyshortcuts=\"o\""
        )),
        "{}",
        page.text
    );
    let form = nurse.page(&format!("visits/{mira}/consultation")).await;
    assert!(form.text.contains("name=\"then\" value=\"next\""), "{}", form.text);
    let path = format!("visits/{mira}/vitals");
    let saved = nurse.submit(&path, &[("once", "1"), ("then", "next"), ("pulse_bpm", "92")]).await;
    assert_eq!(saved.header("location"), "/clinic/north/vitals?done=vitals_saved", "{saved:?}");
    let page = nurse.page("vitals?done=vitals_saved").await;
    assert_eq!(names(&page.text), ["Asha", "Usha", "Mira"]);
    assert!(page.text.contains(&format!(
        "href=\"/clinic/north/visits/{asha}/consultation\" aria-keyshortcuts=\"o\""
    )));
    // Whoever is called in is measured no more here; who only wants to stay, stays.
    let stays =
        nurse.submit(&format!("visits/{asha}/vitals"), &[("once", "2"), ("pulse_bpm", "70")]).await;
    assert!(stays.header("location").contains("/consultation?done=vitals_saved"), "{stays:?}");
    let request = world.north.doctor().await;
    let request = request
        .send(
            request
                .request("POST", &format!("visits/{asha}/moves"))
                .header("if-match", "\"v1\"")
                .json(&json!({"to": "in_consultation"})),
        )
        .await;
    assert_eq!(request.status / 100, 2, "{request:?}");
    assert_eq!(names(&nurse.page("vitals").await.text), ["Usha", "Mira"]);
    assert_eq!(names(&world.south.nurse().await.page("vitals").await.text), [""; 0]);
}
