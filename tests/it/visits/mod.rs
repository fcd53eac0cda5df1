//! Visits and the queue: checked in once, moved only where a visit may go, heard by every board.

pub mod seen;
mod tokens;

use std::collections::BTreeSet;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::world::{Actor, Clinic, Reply, World};

const STATES: [&str; 5] = ["waiting", "in_consultation", "completed", "cancelled", "no_show"];

fn id(thing: &Value, name: &str) -> String {
    thing[name].as_str().unwrap().to_owned()
}

async fn check_in(reception: &Actor, patient: &Value, more: &Value) -> Reply {
    let mut body = json!({"patient_id": patient["patient_id"], "purpose": "fever"});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    reception.post("visits", &body).await
}

/// Somebody new who waits.
async fn waiting(clinic: &Clinic, name: &str) -> Value {
    let patient = clinic.patient(name).await;
    let reply = check_in(&clinic.receptionist().await, &patient, &json!({})).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json
}

async fn step(actor: &Actor, visit: &Value, to: &str) -> Reply {
    let path = format!("visits/{}/moves", id(visit, "visit_id"));
    let body = match to {
        "cancelled" => json!({"to": to, "reason": "went home"}),
        _ => json!({"to": to}),
    };
    let version = format!("\"v{}\"", visit["version"]);
    actor.send(actor.request("POST", &path).header("if-match", version).json(&body)).await
}

/// Brings a fresh visit into a state by legal moves alone.
async fn brought_to(clinic: &Clinic, actor: &Actor, state: &str) -> Value {
    let mut visit = waiting(clinic, "Asha").await;
    let way: &[&str] = match state {
        "waiting" => &[],
        "completed" => &["in_consultation", "completed"],
        other => &[other],
    };
    for to in way {
        let reply = step(actor, &visit, to).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        visit = reply.json;
    }
    assert_eq!(visit["status"], *state);
    visit
}

#[tokio::test]
async fn a_patient_is_checked_in_under_the_next_token_and_waits() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let patient = world.north.patient("Asha").await;
    let reply =
        check_in(&reception, &patient, &json!({"visit_type": "follow_up", "notes": "wheelchair"}))
            .await;
    assert_eq!(reply.status, 201, "{reply:?}");
    assert_eq!(reply.header("etag"), "\"v1\"");
    let visit = &reply.json;
    assert_eq!(
        reply.header("location"),
        format!("/clinic/north/api/v1/visits/{}", id(visit, "visit_id"))
    );
    assert_eq!((&visit["token"], &visit["status"]), (&json!(1), &json!("waiting")));
    assert_eq!(
        (&visit["visit_type"], &visit["notes"]),
        (&json!("follow_up"), &json!("wheelchair"))
    );
    assert_eq!(visit["patient"]["name"], "TEST, Asha");
    assert_eq!(visit["patient"]["number"], patient["number"]);
    assert_eq!(visit["patient"]["allergy_status"], "unknown");
    assert_eq!((&visit["waiting_minutes"], &visit["started_at"]), (&json!(0), &json!(null)));
    let whole = reception.get(&format!("visits/{}", id(visit, "visit_id"))).await;
    assert_eq!(whole.header("etag"), "\"v1\"");
    let moves = whole.json["moves"].as_array().unwrap();
    assert_eq!(moves.len(), 1);
    assert_eq!((&moves[0]["from"], &moves[0]["to"]), (&json!(null), &json!("waiting")));
    assert_eq!(moves[0]["moved_by_name"], "receptionist of north");
}

#[tokio::test]
async fn nobody_stands_in_the_queue_twice() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let patient = world.north.patient("Asha").await;
    let first = check_in(&reception, &patient, &json!({})).await;
    assert_eq!(check_in(&reception, &patient, &json!({})).await.problem(), "409 already_waiting");
    // The token of the refused one was given back.
    assert_eq!(waiting(&world.north, "Usha").await["token"], 2);
    let over = step(&reception, &first.json, "no_show").await.json;
    assert_eq!(check_in(&reception, &patient, &json!({})).await.status, 201);
    // Whoever has come again cannot be brought back too.
    assert_eq!(step(&reception, &over, "waiting").await.problem(), "409 already_waiting");
}

#[tokio::test]
async fn a_check_in_says_what_is_wrong_with_it() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let nothing = reception.post("visits", &json!({"visit_type": "urgent", "x": 1})).await;
    assert_eq!(
        nothing.refused(),
        [
            "patient_id: required",
            "purpose: required",
            "visit_type: unknown_value",
            "x: unknown_field"
        ]
    );
    let asha = world.north.patient("Asha").await;
    let stranger = json!({"practitioner_id": "018f0000-0000-7000-8000-000000000000"});
    assert_eq!(
        check_in(&reception, &asha, &stranger).await.refused(),
        ["practitioner_id: unknown"]
    );
    let foreign = world.south.patient("Asha").await;
    assert_eq!(check_in(&reception, &foreign, &json!({})).await.refused(), ["patient_id: unknown"]);
    for (status, code) in [("archived", "409 archived"), ("deceased", "409 deceased")] {
        let patient = world.north.patient("Usha").await;
        let path = format!("patients/{}", id(&patient, "patient_id"));
        let closed = reception.patch(&path, 1, &json!({"status": status})).await;
        assert_eq!(closed.status, 200, "{closed:?}");
        assert_eq!(check_in(&reception, &patient, &json!({})).await.problem(), code);
    }
    let reply = world.north.doctor().await.post("visits", &json!({})).await;
    assert_eq!(reply.problem(), "422 invalid");
    let body = json!({"patient_id": asha["patient_id"], "purpose": "fever"});
    for role in ["doctor", "nurse", "admin", "lab_tech", "pharmacist", "cashier", "patient"] {
        let reply = world.north.actor(role).await.post("visits", &body).await;
        assert_eq!(reply.problem(), "403 forbidden", "{role}");
    }
}

#[tokio::test]
async fn a_visit_goes_only_where_the_table_lets_it_go() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let mut owner = world.connect("postgres").await;
    let rule: String = sqlx::query_scalar(
        "select pg_get_constraintdef(oid) from pg_constraint where conname = 'visit_moves_legal'",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    let legal: BTreeSet<&str> =
        rule.split('\'').filter(|part| part.len() > 1 && part.contains('>')).collect();
    assert_eq!(legal.len(), 8, "{rule}");
    for from in STATES {
        for to in STATES {
            let visit = brought_to(&world.north, &reception, from).await;
            let reply = step(&reception, &visit, to).await;
            if legal.contains(format!("{from}>{to}").as_str()) {
                assert_eq!(
                    (reply.status, &reply.json["status"]),
                    (200, &json!(to)),
                    "{from} > {to}"
                );
                let over = ["completed", "cancelled", "no_show"].contains(&to);
                assert_eq!(!reply.json["ended_at"].is_null(), over, "{from} > {to}");
                let begun = to == "in_consultation" || (over && from == "in_consultation");
                assert_eq!(!reply.json["started_at"].is_null(), begun, "{from} > {to}");
            } else {
                assert_eq!(reply.problem(), "409 illegal_move", "{from} > {to}");
                assert_eq!(reply.json["details"], json!({"from": from, "to": to}));
            }
        }
    }
}

#[tokio::test]
async fn a_move_needs_the_version_that_was_read_and_a_cancellation_its_reason() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let visit = waiting(&world.north, "Asha").await;
    let path = format!("visits/{}/moves", id(&visit, "visit_id"));
    let send = |tag: Option<&'static str>, body: Value| {
        let request = reception.request("POST", &path).json(&body);
        reception.send(match tag {
            Some(tag) => request.header("if-match", tag),
            None => request,
        })
    };
    let blind = send(None, json!({"to": "in_consultation"})).await;
    assert_eq!(blind.problem(), "428 precondition_required");
    let bare = send(Some("\"v1\""), json!({"to": "cancelled"})).await;
    assert_eq!(bare.refused(), ["reason: required"]);
    let nowhere = send(Some("\"v1\""), json!({"to": "home"})).await;
    assert_eq!(nowhere.refused(), ["to: unknown_value"]);
    let moved = send(Some("\"v1\""), json!({"to": "cancelled", "reason": "went home"})).await;
    assert_eq!((moved.status, moved.header("etag")), (200, "\"v2\""));
    let late = send(Some("\"v1\""), json!({"to": "in_consultation"})).await;
    assert_eq!(late.problem(), "412 stale");
    let whole = reception.get(&format!("visits/{}", id(&visit, "visit_id"))).await;
    assert_eq!(whole.json["moves"][1]["reason"], "went home");
}

#[tokio::test]
async fn two_who_call_at_once_call_once() {
    let world = World::open().await;
    let visit = waiting(&world.north, "Asha").await;
    let doctor = world.north.doctor().await;
    let replies =
        futures_util::future::join_all((0..8).map(|_| step(&doctor, &visit, "in_consultation")))
            .await;
    let mut answers: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    answers.sort_unstable();
    assert_eq!(answers, [200, 412, 412, 412, 412, 412, 412, 412]);
    let whole = doctor.get(&format!("visits/{}", id(&visit, "visit_id"))).await;
    assert_eq!(whole.json["moves"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_doctor_who_calls_becomes_the_doctor_of_the_visit() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let visit = waiting(&world.north, "Asha").await;
    assert_eq!(visit["practitioner_id"], json!(null));
    let called = step(&doctor, &visit, "in_consultation").await;
    assert_eq!(called.json["practitioner_name"], "doctor of north");
    // A receptionist who sends somebody in becomes nobody's doctor.
    let other = waiting(&world.north, "Usha").await;
    let sent = step(&world.north.receptionist().await, &other, "in_consultation").await;
    assert_eq!(sent.json["practitioner_id"], json!(null));
    let own = format!("visits?day=today&practitioner_id={}", id(&called.json, "practitioner_id"));
    let list = doctor.get(&own).await;
    assert_eq!(list.json["items"].as_array().unwrap().len(), 1);
    assert_eq!(list.json["items"][0]["visit_id"], visit["visit_id"]);
}

#[tokio::test]
async fn an_open_visit_can_be_given_to_another_and_a_closed_one_stays() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let doctor = world.north.doctor().await;
    let visit = step(&doctor, &waiting(&world.north, "Asha").await, "in_consultation").await.json;
    let path = format!("visits/{}", id(&visit, "visit_id"));
    let version = visit["version"].as_i64().unwrap();
    let foreign = waiting(&world.south, "Asha").await;
    let called = step(&world.south.doctor().await, &foreign, "in_consultation").await.json;
    let stranger = json!({"practitioner_id": called["practitioner_id"]});
    assert_eq!(
        reception.patch(&path, version, &stranger).await.refused(),
        ["practitioner_id: unknown"]
    );
    let changed = reception
        .patch(&path, version, &json!({"practitioner_id": null, "purpose": "cough"}))
        .await;
    assert_eq!(changed.status, 200, "{changed:?}");
    assert_eq!(
        (&changed.json["purpose"], &changed.json["practitioner_id"]),
        (&json!("cough"), &json!(null))
    );
    assert_eq!(changed.json["visit_type"], "routine");
    assert_eq!(
        reception.patch(&path, version, &json!({"purpose": "x"})).await.problem(),
        "412 stale"
    );
    let blind =
        reception.send(reception.request("PATCH", &path).json(&json!({"purpose": "x"}))).await;
    assert_eq!(blind.problem(), "428 precondition_required");
    let over = step(&reception, &changed.json, "completed").await.json;
    let late =
        reception.patch(&path, over["version"].as_i64().unwrap(), &json!({"purpose": "x"})).await;
    assert_eq!(late.problem(), "409 visit_over");
}

#[tokio::test]
async fn the_queue_has_emergencies_first_and_then_tokens_page_by_page() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    for (n, urgency) in
        ["routine", "routine", "emergency", "follow_up", "emergency"].into_iter().enumerate()
    {
        let patient = world.north.patient(&format!("P{n}")).await;
        let reply = check_in(&reception, &patient, &json!({"visit_type": urgency})).await;
        assert_eq!(reply.status, 201, "{reply:?}");
    }
    let queue = "visits?day=today&status=waiting&limit=2";
    let mut tokens = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = reception.send(reception.request("GET", &format!("{queue}{cursor}"))).await;
        assert_eq!(page.status, 200, "{page:?}");
        tokens.extend(
            page.json["items"].as_array().unwrap().iter().map(|v| v["token"].as_i64().unwrap()),
        );
        let Some(next) = page.json["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(tokens, [3, 5, 1, 2, 4]);
    // Without a day: all days, the newest first; a cursor of one list opens no other.
    let all = reception.get("visits?limit=3").await;
    let newest: Vec<i64> = all.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v["token"].as_i64().unwrap())
        .collect();
    assert_eq!(newest, [5, 4, 3]);
    let next = all.json["next_cursor"].as_str().unwrap();
    let rest = reception.get(&format!("visits?limit=3&cursor={next}")).await;
    assert_eq!(rest.json["items"][1]["token"], 1);
    assert_eq!(
        reception.get(&format!("{queue}&cursor={next}")).await.refused(),
        ["cursor: invalid"]
    );
    for (query, refused) in [
        ("day=yesterday", "day: not_a_date"),
        ("status=gone", "status: unknown_value"),
        ("practitioner_id=7", "practitioner_id: not_an_id"),
        ("limit=101", "limit: out_of_range"),
    ] {
        assert_eq!(reception.get(&format!("visits?{query}")).await.refused(), [refused]);
    }
    assert_eq!(reception.get("visits?day=2020-01-01").await.json["items"], json!([]));
    assert_eq!(
        world.south.receptionist().await.get("visits?day=today").await.json["items"],
        json!([])
    );
}

#[tokio::test]
async fn another_clinics_visit_is_not_there() {
    let world = World::open().await;
    let visit = waiting(&world.south, "Asha").await;
    let path = format!("visits/{}", id(&visit, "visit_id"));
    let doctor = world.north.doctor().await;
    assert_eq!(doctor.get(&path).await.problem(), "404 not_found");
    assert_eq!(step(&doctor, &visit, "in_consultation").await.problem(), "404 not_found");
    assert_eq!(doctor.patch(&path, 1, &json!({"purpose": "x"})).await.problem(), "404 not_found");
    assert_eq!(doctor.page(&path).await.status, 404);
    let fields = [("version", "1"), ("to", "in_consultation")];
    assert_eq!(doctor.submit(&format!("{path}/move"), &fields).await.status, 404);
    let untouched = world.south.receptionist().await.get(&path).await;
    assert_eq!(
        (&untouched.json["status"], &untouched.json["version"]),
        (&json!("waiting"), &json!(1))
    );
}
