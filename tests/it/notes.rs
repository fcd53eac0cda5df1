//! Notes: one a visit, amended under its version.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::vitals::{check_in, own_patient, set_status, visitor};
use crate::world::{Actor, Reply, World};

/// Writes a note that may be the first.
pub async fn first(actor: &Actor, visit: &str, body: &Value) -> Reply {
    actor.send(actor.request("PUT", &format!("visits/{visit}/note")).json(body)).await
}

#[tokio::test]
async fn a_doctor_writes_the_note_and_amends_what_was_read() {
    let world = World::open().await;
    let (patient, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let path = format!("visits/{visit}/note");
    assert_eq!(doctor.get(&path).await.problem(), "404 not_found");
    let body = json!({"complaint": "Cough for a week", "diagnosis": "Acute bronchitis", "diagnosis_code": "j20.9"});
    let reply = first(&doctor, &visit, &body).await;
    assert_eq!((reply.status, reply.header("etag")), (201, "\"v1\""), "{reply:?}");
    assert_eq!(reply.header("location"), format!("/clinic/north/api/v1/{path}"));
    assert_eq!(reply.json["diagnosis_code"], "J20.9");
    assert_eq!(reply.json["patient_id"], json!(patient));
    assert_eq!(reply.json["practitioner_name"], "doctor of north");
    assert_eq!(doctor.get(&path).await.json, reply.json);
    // The whole note is replaced: what is not sent becomes empty.
    let amended =
        doctor.put(&path, 1, &json!({"complaint": "Cough for a week", "plan": "Rest"})).await;
    assert_eq!((amended.status, amended.header("etag")), (200, "\"v2\""), "{amended:?}");
    assert_eq!((&amended.json["plan"], &amended.json["diagnosis"]), (&json!("Rest"), &json!(null)));
    // The same again changes nothing.
    let same =
        doctor.put(&path, 2, &json!({"complaint": "Cough for a week", "plan": "Rest"})).await;
    assert_eq!((same.status, same.header("etag")), (200, "\"v2\""));
}

#[tokio::test]
async fn a_version_that_is_not_the_present_one_is_refused() {
    let world = World::open().await;
    let (_, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let path = format!("visits/{visit}/note");
    let body = json!({"complaint": "Cough"});
    assert_eq!(doctor.put(&path, 1, &body).await.problem(), "412 stale");
    let any = doctor.request("PUT", &path).header("if-match", "*").json(&body);
    assert_eq!(doctor.send(any).await.problem(), "412 stale", "there is none yet");
    assert_eq!(first(&doctor, &visit, &body).await.status, 201);
    assert_eq!(first(&doctor, &visit, &body).await.problem(), "428 precondition_required");
    let other = json!({"complaint": "Fever"});
    assert_eq!(doctor.put(&path, 2, &other).await.problem(), "412 stale");
    assert_eq!(doctor.get(&path).await.json["complaint"], "Cough");
    let any = doctor.request("PUT", &path).header("if-match", "*").json(&other);
    assert_eq!(doctor.send(any).await.status, 200);
    assert_eq!(doctor.get(&path).await.json["complaint"], "Fever");
}

#[tokio::test]
async fn of_many_first_notes_and_many_amendments_one_wins() {
    let world = World::open().await;
    let (_, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let path = format!("visits/{visit}/note");
    let bodies: Vec<Value> = (0..6).map(|n| json!({"complaint": format!("Version {n}")})).collect();
    let replies =
        futures_util::future::join_all(bodies.iter().map(|body| first(&doctor, &visit, body)))
            .await;
    let mut answers: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    answers.sort_unstable();
    assert_eq!(answers, [201, 428, 428, 428, 428, 428]);
    let bodies: Vec<Value> = (0..6).map(|n| json!({"complaint": format!("Amended {n}")})).collect();
    let replies =
        futures_util::future::join_all(bodies.iter().map(|body| doctor.put(&path, 1, body))).await;
    let mut answers: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    answers.sort_unstable();
    assert_eq!(answers, [200, 412, 412, 412, 412, 412]);
    assert_eq!(doctor.get(&path).await.json["version"], json!(2));
}

#[tokio::test]
async fn what_cannot_be_a_note_is_refused_by_name() {
    let world = World::open().await;
    let (_, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    for (body, refused) in [
        (json!({}), "complaint: nothing_written"),
        (json!({"plan": null}), "complaint: nothing_written"),
        (json!({"diagnosis": "x", "diagnosis_code": "cough"}), "diagnosis_code: not_a_code"),
        (json!({"follow_up_on": "2020-01-01"}), "follow_up_on: in_the_past"),
        (json!({"follow_up_on": "soon"}), "follow_up_on: not_a_date"),
        (json!({"complaint": "x".repeat(4001)}), "complaint: too_long"),
        (json!({"diagnosis": "x".repeat(1001)}), "diagnosis: too_long"),
        (json!({"plan": 3}), "plan: not_text"),
        (json!({"plan": "x", "visit_id": visit}), "visit_id: unknown_field"),
    ] {
        let reply = first(&doctor, &visit, &body).await;
        assert_eq!((reply.status, reply.refused()), (422, vec![refused.to_owned()]), "{body}");
    }
    let longest = json!({"complaint": "ä".repeat(4000), "follow_up_on": "2199-12-31"});
    assert_eq!(first(&doctor, &visit, &longest).await.status, 201);
}

#[tokio::test]
async fn a_follow_up_that_has_passed_does_not_lock_an_old_note() {
    let world = World::open().await;
    let (_, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let path = format!("visits/{visit}/note");
    let body = json!({"complaint": "Cough", "follow_up_on": "2199-12-31"});
    assert_eq!(first(&doctor, &visit, &body).await.status, 201);
    let mut owner = world.connect("postgres").await;
    sqlx::query(
        "update polyclinic.notes set follow_up_on = '2020-01-01' where visit_id = $1::uuid",
    )
    .bind(&visit)
    .execute(&mut owner)
    .await
    .unwrap();
    let kept = doctor
        .put(&path, 2, &json!({"complaint": "A dry cough", "follow_up_on": "2020-01-01"}))
        .await;
    assert_eq!(kept.status, 200, "{kept:?}");
    let moved = doctor
        .put(&path, 3, &json!({"complaint": "A dry cough", "follow_up_on": "2020-01-02"}))
        .await;
    assert_eq!(moved.refused(), ["follow_up_on: in_the_past"]);
}

#[tokio::test]
async fn a_visit_that_did_not_take_place_has_no_note() {
    let world = World::open().await;
    let (_, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let body = json!({"complaint": "Cough"});
    for status in ["cancelled", "no_show"] {
        set_status(&world, &visit, status).await;
        assert_eq!(first(&doctor, &visit, &body).await.problem(), "409 visit_closed");
    }
    set_status(&world, &visit, "completed").await;
    assert_eq!(first(&doctor, &visit, &body).await.status, 201);
    set_status(&world, &visit, "cancelled").await;
    let late = doctor.put(&format!("visits/{visit}/note"), 1, &json!({"complaint": "Fever"})).await;
    assert_eq!(late.problem(), "409 visit_closed");
}

#[tokio::test]
async fn who_may_write_and_who_may_see() {
    let world = World::open().await;
    let (patient, visit) = visitor(&world, "Asha").await;
    let body = json!({"complaint": "Cough"});
    assert_eq!(first(&world.north.doctor().await, &visit, &body).await.status, 201);
    let (path, list) = (format!("visits/{visit}/note"), format!("patients/{patient}/notes"));
    for (role, sees, writes) in [
        ("admin", 200, 403),
        ("doctor", 200, 200),
        ("nurse", 403, 403),
        ("receptionist", 200, 403),
        ("lab_tech", 403, 403),
        ("pharmacist", 403, 403),
        ("cashier", 403, 403),
        ("patient", 404, 403),
    ] {
        let actor = world.north.actor(role).await;
        assert_eq!(actor.get(&path).await.status, sees, "{role}");
        assert_eq!(actor.get(&list).await.status, sees, "{role}");
        assert_eq!(actor.put(&path, 1, &body).await.status, writes, "{role}");
    }
    let elsewhere = world.south.doctor().await;
    for path in [&path, &list] {
        assert_eq!(elsewhere.get(path).await.problem(), "404 not_found");
    }
    assert_eq!(elsewhere.put(&path, 1, &body).await.problem(), "404 not_found");
    assert_eq!(world.anybody().get(&path).await.problem(), "401 signed_out");
}

#[tokio::test]
async fn a_doctor_who_is_not_entered_as_a_practitioner_writes_nothing() {
    let world = World::open().await;
    let (_, visit) = visitor(&world, "Asha").await;
    let mut owner = world.connect("postgres").await;
    sqlx::query("update polyclinic.practitioners set status = 'inactive'")
        .execute(&mut owner)
        .await
        .unwrap();
    let reply = first(&world.north.doctor().await, &visit, &json!({"complaint": "Cough"})).await;
    assert_eq!(reply.problem(), "409 no_practitioner");
}

#[tokio::test]
async fn a_patient_reads_the_own_notes_and_nobody_elses() {
    let world = World::open().await;
    let own = own_patient(&world).await;
    let mine = check_in(&world, &own).await;
    let (asha, hers) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    for visit in [&mine, &hers] {
        assert_eq!(first(&doctor, visit, &json!({"complaint": "Cough"})).await.status, 201);
    }
    let patient = world.north.actor("patient").await;
    let note = patient.get(&format!("visits/{mine}/note")).await;
    assert_eq!((note.status, &note.json["complaint"]), (200, &json!("Cough")));
    assert_eq!(
        patient.get(&format!("patients/{own}/notes")).await.json["items"],
        json!([note.json])
    );
    assert_eq!(patient.get(&format!("visits/{hers}/note")).await.problem(), "404 not_found");
    assert_eq!(patient.get(&format!("patients/{asha}/notes")).await.problem(), "404 not_found");
    assert_eq!(patient.page(&format!("visits/{mine}/consultation")).await.status, 403);
}

#[tokio::test]
async fn notes_are_listed_newest_first_page_by_page() {
    let world = World::open().await;
    let patient = world.north.patient("Asha").await["patient_id"].as_str().unwrap().to_owned();
    let doctor = world.north.doctor().await;
    for n in 1..=3 {
        let visit = check_in(&world, &patient).await;
        set_status(&world, &visit, "completed").await;
        assert_eq!(first(&doctor, &visit, &json!({"complaint": format!("{n}")})).await.status, 201);
    }
    let page = doctor.get(&format!("patients/{patient}/notes?limit=2")).await;
    let said = |page: &Reply| {
        let items = page.json["items"].as_array().unwrap();
        items.iter().map(|note| note["complaint"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(said(&page), ["3", "2"]);
    let cursor = page.json["next_cursor"].as_str().unwrap();
    let rest = doctor.get(&format!("patients/{patient}/notes?limit=2&cursor={cursor}")).await;
    assert_eq!((said(&rest), &rest.json["next_cursor"]), (vec!["1".to_owned()], &json!(null)));
}

#[tokio::test]
async fn a_retry_with_the_same_key_writes_once() {
    let world = World::open().await;
    let (_, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let path = format!("visits/{visit}/note");
    let send = || {
        let request = doctor.request("PUT", &path).header("idempotency-key", "k1");
        doctor.send(request.json(&json!({"complaint": "Cough"})))
    };
    let (one, two) = (send().await, send().await);
    assert_eq!((one.status, two.status, two.header("etag")), (201, 201, "\"v1\""));
    assert_eq!(one.text, two.text);
}
