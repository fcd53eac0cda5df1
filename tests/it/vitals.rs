//! Vitals: recorded, flagged, marked when wrong, never deleted, never another patient's.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::world::{Actor, World};

fn id(thing: &Value) -> String {
    thing["patient_id"].as_str().unwrap().to_owned()
}

/// A patient who was checked in: the patient's id and the visit's.
pub async fn visitor(world: &World, given_name: &str) -> (String, String) {
    let patient = id(&world.north.patient(given_name).await);
    let visit = check_in(world, &patient).await;
    (patient, visit)
}

/// A visit of a patient of the clinic north.
pub async fn check_in(world: &World, patient: &str) -> String {
    let body = json!({"patient_id": patient, "purpose": "Cough"});
    let reply = world.north.receptionist().await.post("visits", &body).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json["visit_id"].as_str().unwrap().to_owned()
}

/// Moves a visit, whatever the rules say.
pub async fn set_status(world: &World, visit: &str, status: &str) {
    let mut owner = world.connect("postgres").await;
    sqlx::query("update polyclinic.visits set status = $2 where visit_id = $1::uuid")
        .bind(visit)
        .bind(status)
        .execute(&mut owner)
        .await
        .unwrap();
}

async fn record(actor: &Actor, patient: &str, body: Value) -> Value {
    let reply = actor.post(&format!("patients/{patient}/vitals"), &body).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json
}

#[tokio::test]
async fn a_nurse_records_vitals_and_each_value_is_flagged() {
    let world = World::open().await;
    let (patient, visit) = visitor(&world, "Asha").await;
    let nurse = world.north.nurse().await;
    let body = json!({"visit_id": visit, "systolic_mmhg": 148, "diastolic_mmhg": 85, "pulse_bpm": 40,
        "respiration_bpm": 25, "temperature_c": 36.0, "spo2_percent": 97, "weight_kg": 71.5, "height_cm": 170});
    let reply = nurse.post(&format!("patients/{patient}/vitals"), &body).await;
    assert_eq!((reply.status, reply.header("etag")), (201, "\"v1\""), "{reply:?}");
    assert_eq!(
        reply.json["flags"],
        json!({"systolic_mmhg": "high", "diastolic_mmhg": "normal", "pulse_bpm": "critical_low",
            "respiration_bpm": "critical_high", "temperature_c": "low", "spo2_percent": "normal", "bmi": "normal"})
    );
    assert_eq!(reply.json["bmi"], json!(24.7));
    assert_eq!(reply.json["glucose_mg_dl"], json!(null));
    assert_eq!(reply.json["visit_id"], json!(visit));
    let location = reply.header("location").to_owned();
    let again = world.north.doctor().await.get(&location).await;
    assert_eq!((again.status, &again.json), (200, &reply.json));
    assert_eq!(again.header("etag"), "\"v1\"");
}

#[tokio::test]
async fn a_flag_follows_the_age_on_the_day_of_the_measurement() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let child = json!({"given_name": "Tara", "age_years": 2.5, "sex": "female"});
    let child = id(&reception.post("patients", &child).await.json);
    let adult = id(&world.north.patient("Asha").await);
    let nurse = world.north.nurse().await;
    let values = json!({"pulse_bpm": 135, "respiration_bpm": 30});
    let small = record(&nurse, &child, values.clone()).await;
    assert_eq!(small["flags"], json!({"pulse_bpm": "normal", "respiration_bpm": "normal"}));
    let tall = record(&nurse, &adult, values).await;
    assert_eq!(
        tall["flags"],
        json!({"pulse_bpm": "critical_high", "respiration_bpm": "critical_high"})
    );
    // Thirty years later the child's old reading still means what it meant.
    let mut owner = world.connect("postgres").await;
    sqlx::query("update polyclinic.patients set age_told_on = age_told_on - 10957 where patient_id = $1::uuid")
        .bind(&child)
        .execute(&mut owner)
        .await
        .unwrap();
    sqlx::query("update polyclinic.vitals set measured_at = measured_at - interval '10957 days' where patient_id = $1::uuid")
        .bind(&child)
        .execute(&mut owner)
        .await
        .unwrap();
    let later = nurse.get(&format!("vitals/{}", small["vitals_id"].as_str().unwrap())).await;
    assert_eq!(later.json["flags"], small["flags"]);
}

#[tokio::test]
async fn impossible_values_are_refused_by_name() {
    let world = World::open().await;
    let patient = id(&world.north.patient("Asha").await);
    let nurse = world.north.nurse().await;
    let path = format!("patients/{patient}/vitals");
    let limits = [
        ("systolic_mmhg", 29, 351),
        ("diastolic_mmhg", 9, 251),
        ("pulse_bpm", 9, 351),
        ("respiration_bpm", 1, 121),
        ("temperature_c", 24, 47),
        ("spo2_percent", 19, 101),
        ("glucose_mg_dl", 9, 2001),
        ("weight_kg", 0, 701),
        ("height_cm", 19, 281),
    ];
    for (field, below, above) in limits {
        for value in [json!(below), json!(above), json!("80"), json!(true)] {
            let reply = nurse.post(&path, &json!({field: value})).await;
            assert_eq!(
                (reply.status, reply.refused()),
                (422, vec![format!("{field}: out_of_range")]),
                "{value}"
            );
        }
        // The last possible values are kept: parser and table agree.
        for value in [below + 1, above - 1] {
            let value = if field == "weight_kg" && value == 1 { json!(0.2) } else { json!(value) };
            assert_eq!(
                nurse.post(&path, &json!({field: value})).await.status,
                201,
                "{field} {value}"
            );
        }
    }
    let refused = |body: Value| {
        let (nurse, path) = (nurse.clone(), path.clone());
        async move { nurse.post(&path, &body).await.refused() }
    };
    assert_eq!(refused(json!({})).await, ["systolic_mmhg: nothing_measured"]);
    assert_eq!(refused(json!({"pulse_bpm": null})).await, ["systolic_mmhg: nothing_measured"]);
    assert_eq!(refused(json!({"pulse_bpm": 71.5})).await, ["pulse_bpm: out_of_range"]);
    assert_eq!(
        refused(json!({"systolic_mmhg": 80, "diastolic_mmhg": 120})).await,
        ["diastolic_mmhg: not_below_systolic"]
    );
    assert_eq!(refused(json!({"pulse_bpm": 71, "bmi": 20})).await, ["bmi: unknown_field"]);
    assert_eq!(
        refused(json!({"pulse_bpm": 71, "measured_by": "me"})).await,
        ["measured_by: unknown_field"]
    );
}

#[tokio::test]
async fn a_visit_must_be_this_patients_and_must_take_place() {
    let world = World::open().await;
    let (asha, hers) = visitor(&world, "Asha").await;
    let (usha, other) = visitor(&world, "Usha").await;
    let nurse = world.north.nurse().await;
    let send = |patient: &str, visit: &str| {
        let (nurse, path) = (nurse.clone(), format!("patients/{patient}/vitals"));
        let body = json!({"visit_id": visit, "pulse_bpm": 70});
        async move { nurse.post(&path, &body).await }
    };
    assert_eq!(send(&asha, &other).await.refused(), ["visit_id: other_patient"]);
    assert_eq!(send(&usha, &hers).await.refused(), ["visit_id: other_patient"]);
    let unknown = "018f0000-0000-7000-8000-000000000000";
    assert_eq!(send(&asha, unknown).await.refused(), ["visit_id: unknown"]);
    assert_eq!(send(&asha, "x").await.refused(), ["visit_id: not_an_id"]);
    assert_eq!(send(unknown, &hers).await.problem(), "404 not_found");
    let southern = id(&world.south.patient("Asha").await);
    assert_eq!(send(&southern, &hers).await.problem(), "404 not_found");
    for status in ["cancelled", "no_show"] {
        set_status(&world, &hers, status).await;
        assert_eq!(send(&asha, &hers).await.problem(), "409 visit_closed");
    }
    set_status(&world, &hers, "completed").await;
    assert_eq!(send(&asha, &hers).await.status, 201);
}

#[tokio::test]
async fn a_wrong_reading_is_marked_once_and_stays() {
    let world = World::open().await;
    let patient = id(&world.north.patient("Asha").await);
    let nurse = world.north.nurse().await;
    let reading = record(&nurse, &patient, json!({"pulse_bpm": 300})).await;
    let path = format!("vitals/{}", reading["vitals_id"].as_str().unwrap());
    let mark = |actor: &Actor, tag: &'static str| {
        let (actor, path) = (actor.clone(), format!("{path}/mark-error"));
        async move { actor.send(actor.request("POST", &path).header("if-match", tag)).await }
    };
    let blind = nurse.send(nurse.request("POST", &format!("{path}/mark-error"))).await;
    assert_eq!(blind.problem(), "428 precondition_required");
    assert_eq!(mark(&nurse, "\"v7\"").await.problem(), "412 stale");
    assert_eq!(mark(&world.north.receptionist().await, "\"v1\"").await.problem(), "403 forbidden");
    assert_eq!(mark(&world.south.nurse().await, "\"v1\"").await.problem(), "404 not_found");
    let both = futures_util::future::join(mark(&nurse, "\"v1\""), mark(&nurse, "\"v1\"")).await;
    let mut answers = [both.0.status, both.1.status];
    answers.sort_unstable();
    assert_eq!(answers, [200, 412]);
    assert_eq!(mark(&nurse, "\"v2\"").await.problem(), "409 already_marked");
    let list = nurse.get(&format!("patients/{patient}/vitals")).await;
    assert_eq!(list.json["items"][0]["entered_in_error"], json!(true));
    assert_eq!(list.json["items"][0]["version"], json!(2));
    assert_eq!(list.json["items"][0]["pulse_bpm"], json!(300));
    assert_eq!(nurse.delete(&path).await.status, 405);
}

#[tokio::test]
async fn readings_are_listed_newest_first_page_by_page() {
    let world = World::open().await;
    let patient = id(&world.north.patient("Asha").await);
    let other = id(&world.north.patient("Usha").await);
    let nurse = world.north.nurse().await;
    for pulse in 61..=65 {
        record(&nurse, &patient, json!({"pulse_bpm": pulse})).await;
    }
    let mut seen = Vec::new();
    let mut path = format!("patients/{patient}/vitals?limit=2");
    loop {
        let page = nurse.get(&path).await;
        assert_eq!(page.status, 200, "{page:?}");
        let items = page.json["items"].as_array().unwrap();
        assert!((1..=2).contains(&items.len()));
        seen.extend(items.iter().map(|item| item["pulse_bpm"].as_i64().unwrap()));
        let Some(cursor) = page.json["next_cursor"].as_str() else { break };
        // A cursor is good for its own list only.
        let stolen = nurse.get(&format!("patients/{other}/vitals?limit=2&cursor={cursor}")).await;
        assert_eq!(stolen.refused(), ["cursor: invalid"]);
        path = format!("patients/{patient}/vitals?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, [65, 64, 63, 62, 61]);
    let none = nurse.get(&format!("patients/{other}/vitals")).await;
    assert_eq!(none.json, json!({"items": [], "next_cursor": null}));
}

#[tokio::test]
async fn who_may_record_and_who_may_see() {
    let world = World::open().await;
    let patient = id(&world.north.patient("Asha").await);
    let reading = record(&world.north.doctor().await, &patient, json!({"pulse_bpm": 70})).await;
    let reading = format!("vitals/{}", reading["vitals_id"].as_str().unwrap());
    let list = format!("patients/{patient}/vitals");
    let body = json!({"pulse_bpm": 70});
    for (role, sees, records) in [
        ("admin", 200, 403),
        ("doctor", 200, 201),
        ("nurse", 200, 201),
        ("receptionist", 200, 403),
        ("lab_tech", 403, 403),
        ("pharmacist", 403, 403),
        ("cashier", 403, 403),
        ("patient", 404, 403),
    ] {
        let actor = world.north.actor(role).await;
        assert_eq!(actor.get(&list).await.status, sees, "{role}");
        assert_eq!(actor.get(&reading).await.status, sees, "{role}");
        assert_eq!(actor.post(&list, &body).await.status, records, "{role}");
    }
    let elsewhere = world.south.doctor().await;
    for path in [&list, &reading] {
        assert_eq!(elsewhere.get(path).await.problem(), "404 not_found");
        let crossed = format!("/clinic/north/api/v1/{path}");
        assert_eq!(elsewhere.get(&crossed).await.problem(), "404 not_found");
    }
    assert_eq!(elsewhere.post(&list, &body).await.problem(), "404 not_found");
    assert_eq!(world.anybody().get(&list).await.problem(), "401 signed_out");
}

#[tokio::test]
async fn a_patient_reads_the_own_vitals_and_nobody_elses() {
    let world = World::open().await;
    let own = own_patient(&world).await;
    let asha = id(&world.north.patient("Asha").await);
    let nurse = world.north.nurse().await;
    let mine = record(&nurse, &own, json!({"pulse_bpm": 71})).await;
    let hers = record(&nurse, &asha, json!({"pulse_bpm": 72})).await;
    let patient = world.north.actor("patient").await;
    let list = patient.get(&format!("patients/{own}/vitals")).await;
    assert_eq!(list.json["items"], json!([mine]));
    let show = |reading: &Value| format!("vitals/{}", reading["vitals_id"].as_str().unwrap());
    assert_eq!(patient.get(&show(&mine)).await.json, mine);
    assert_eq!(patient.get(&show(&hers)).await.problem(), "404 not_found");
    assert_eq!(patient.get(&format!("patients/{asha}/vitals")).await.problem(), "404 not_found");
}

/// The patient for whom the patient's login of north stands.
pub async fn own_patient(world: &World) -> String {
    let mut owner = world.connect("postgres").await;
    let own: uuid::Uuid = sqlx::query_scalar(
        "select u.patient_id from polyclinic.users u join platform.directory d using (clinic_id)
         where d.slug = 'north' and u.role = 'patient'",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    own.to_string()
}

#[tokio::test]
async fn nothing_is_measured_on_a_record_that_is_set_aside() {
    let world = World::open().await;
    let patient = id(&world.north.patient("Asha").await);
    let admin = world.north.admin().await;
    let aside =
        admin.patch(&format!("patients/{patient}"), 1, &json!({"status": "archived"})).await;
    assert_eq!(aside.status, 200);
    let reply = world
        .north
        .nurse()
        .await
        .post(&format!("patients/{patient}/vitals"), &json!({"pulse_bpm": 70}))
        .await;
    assert_eq!(reply.problem(), "409 archived");
}

#[tokio::test]
async fn a_retry_with_the_same_key_records_once() {
    let world = World::open().await;
    let patient = id(&world.north.patient("Asha").await);
    let nurse = world.north.nurse().await;
    let path = format!("patients/{patient}/vitals");
    let send = || {
        let request = nurse.request("POST", &path).header("idempotency-key", "k1");
        nurse.send(request.json(&json!({"pulse_bpm": 70})))
    };
    let (first, second) = (send().await, send().await);
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.text, second.text);
    assert_eq!(nurse.get(&path).await.json["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn every_reading_and_its_mark_are_on_the_trail() {
    let world = World::open().await;
    let patient = id(&world.north.patient("Asha").await);
    let nurse = world.north.nurse().await;
    let reading = record(&nurse, &patient, json!({"pulse_bpm": 300})).await;
    let vitals = reading["vitals_id"].as_str().unwrap();
    let request =
        nurse.request("POST", &format!("vitals/{vitals}/mark-error")).header("if-match", "\"v1\"");
    assert_eq!(nurse.send(request).await.status, 200);
    let mut owner = world.connect("postgres").await;
    let trail: Vec<(String, Value, Option<uuid::Uuid>)> = sqlx::query_as(
        "select operation, changes, user_id from polyclinic.history
         where table_name = 'vitals' and row_id = $1 order by changed_at",
    )
    .bind(vitals)
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert_eq!(trail.len(), 2);
    assert_eq!(trail[0].1["pulse_bpm"], json!(300));
    assert_eq!(
        (trail[1].0.as_str(), &trail[1].1),
        ("update", &json!({"entered_in_error": [false, true]}))
    );
    assert!(trail.iter().all(|row| row.2.is_some()));
}
