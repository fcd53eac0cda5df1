//! What HTTP says of an answer (RFC 9110): methods, preconditions, what may be kept, and that a body means one thing.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::world::{Actor, World};

#[tokio::test]
async fn a_method_that_is_not_answered_is_told_which_are() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let patient = world.north.patient("Asha").await;
    let id = patient["patient_id"].as_str().unwrap();
    for (method, path, allow) in [
        ("DELETE", format!("patients/{id}"), "GET, HEAD, PATCH"),
        ("PUT", "patients".into(), "GET, HEAD, POST"),
        ("GET", format!("visits/{id}/moves"), "POST"),
        ("OPTIONS", "/clinic/north/login".into(), "GET, HEAD, POST"),
        ("DELETE", "/livez".into(), "GET, HEAD"),
    ] {
        let reply = reception.send(reception.request(method, &path)).await;
        assert_eq!((reply.status, reply.header("allow")), (405, allow), "{method} {path}");
    }
    let page = reception.send(reception.browser("DELETE", "/clinic/north/patients")).await;
    assert_eq!((page.status, page.header("allow")), (405, "GET, HEAD, POST"), "as a page");
    let nowhere = reception.send(reception.request("DELETE", "nothing")).await;
    assert_eq!((nowhere.status, nowhere.header("allow")), (404, ""));
}

async fn amend(actor: &Actor, path: &str, tag: &str, body: &Value) -> (u16, Value) {
    let reply = actor.send(actor.request("PATCH", path).header("if-match", tag).json(body)).await;
    (reply.status, reply.json)
}

#[tokio::test]
async fn a_star_stands_for_whatever_is_there_and_a_list_for_one_of_it() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let patient = world.north.patient("Asha").await;
    let path = format!("patients/{}", patient["patient_id"].as_str().unwrap());
    let (status, now) = amend(&reception, &path, "*", &json!({"city": "Pune"})).await;
    assert_eq!((status, &now["version"]), (200, &json!(2)), "{now}");
    let (status, now) =
        amend(&reception, &path, "\"v7\", W/\"v1\", \"v2\"", &json!({"city": "Nagpur"})).await;
    assert_eq!((status, &now["version"]), (200, &json!(3)), "{now}");
    // Of what is not there, or not one's own, there is no version.
    let nobody = format!("patients/{}", uuid::Uuid::now_v7());
    assert_eq!(amend(&reception, &nobody, "*", &json!({"city": "X"})).await.0, 404);
    let south = world.south.receptionist().await;
    assert_eq!(amend(&south, &path, "*", &json!({"city": "X"})).await.0, 404);
    // The verbs that read the present state only for a star.
    let visit = reception
        .post("visits", &json!({"patient_id": patient["patient_id"], "purpose": "Fever"}))
        .await;
    assert_eq!(visit.status, 201, "{visit:?}");
    let path = format!("visits/{}/moves", visit.json["visit_id"].as_str().unwrap());
    let step = |tag: &'static str| {
        let request = reception.request("POST", &path).header("if-match", tag);
        reception.send(request.json(&json!({"to": "cancelled", "reason": "went home"})))
    };
    assert_eq!(step("\"v5\", \"v6\"").await.problem(), "412 stale");
    assert_eq!(step("*").await.status, 200);
}

#[tokio::test]
async fn a_name_that_stands_twice_in_a_body_is_refused() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let send = async |body: String| {
        let request =
            reception.request("POST", "patients").header("content-type", "application/json");
        reception.send(request.body(body)).await
    };
    let twice = r#"{"given_name": "Asha", "sex": "female", "age_years": 4, "given_name": "Usha"}"#;
    let reply = send(twice.into()).await;
    assert_eq!(reply.problem(), "400 duplicate_name");
    assert_eq!(reply.refused(), ["given_name: twice"]);
    let doctor = world.north.doctor().await;
    let inside = r#"{"patient_id": "x", "lines": [{}, {"days": 1, "days": 2}]}"#;
    let request =
        doctor.request("POST", "prescriptions").header("content-type", "application/json");
    let reply = doctor.send(request.body(inside)).await;
    assert_eq!(reply.refused(), ["lines.1.days: twice"]);
    // Long bodies are read as fast as before.
    let names: Vec<String> = (0..12_000).map(|n| format!("\"n{n}\":{n}")).collect();
    let started = std::time::Instant::now();
    assert_eq!(send(format!("{{{}}}", names.join(","))).await.problem(), "422 invalid");
    assert!(started.elapsed() < std::time::Duration::from_secs(2), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_file_is_kept_for_a_year_only_under_its_own_version() {
    let world = World::open().await;
    let anybody = world.anybody();
    let door = anybody.get("/clinic/north/login").await.text;
    let at = door.find("/assets/").unwrap();
    let style = door[at..].split('"').next().unwrap();
    let keeps = async |path: &str| {
        let reply = anybody.get(path).await;
        (reply.status, reply.header("cache-control").to_owned())
    };
    assert_eq!(keeps(style).await, (200, "public, max-age=31536000, immutable".into()));
    assert_eq!(keeps("/assets/0123456789ab/app.css").await, (200, "no-cache".into()));
    assert_eq!(keeps("/assets/0123456789ab/live.js").await, (200, "no-cache".into()));
    assert_eq!(keeps("/assets/0123456789ab/none.js").await.0, 404);
}
