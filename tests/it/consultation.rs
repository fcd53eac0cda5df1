//! The page of a visit: who sees what, what is kept together, and that nothing typed is lost.

mod summary;

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::notes::first;
use crate::vitals::visitor;
use crate::world::World;

fn consultation(visit: &str) -> String {
    format!("visits/{visit}/consultation")
}

#[tokio::test]
async fn the_page_shows_each_role_what_it_may_read_and_write() {
    let world = World::open().await;
    let (patient, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let note = json!({"complaint": "A dry cough <b>", "diagnosis": "Bronchitis"});
    assert_eq!(first(&doctor, &visit, &note).await.status, 201);
    let values = json!({"visit_id": visit, "systolic_mmhg": 190, "diastolic_mmhg": 95});
    assert_eq!(doctor.post(&format!("patients/{patient}/vitals"), &values).await.status, 201);
    let form = |what: &str| format!("action=\"/clinic/north/visits/{visit}/{what}\"");
    for (role, note, writes_note, writes_vitals, prescribes) in [
        ("doctor", true, true, false, true),
        ("nurse", false, false, true, false),
        ("receptionist", true, false, false, false),
        ("admin", true, false, false, false),
    ] {
        let page = world.north.actor(role).await.page(&consultation(&visit)).await;
        assert_eq!(page.status, 200, "{role}");
        let has = |text: &str| page.text.contains(text);
        assert!(
            has("TEST, Asha") && has("critically high") && has(">190\u{a0}mmHg<"),
            "{role}: {}",
            page.text
        );
        assert!(!has("<b>Bronchitis") && !has("cough <b>"), "{role}");
        assert_eq!(has("A dry cough"), note, "{role}");
        assert_eq!(has(&form("note")), writes_note, "{role}");
        assert_eq!(has(&form("vitals")), writes_vitals, "{role}");
        assert_eq!(
            has(&format!("/clinic/north/visits/{visit}/prescriptions/new")),
            prescribes,
            "{role}"
        );
        assert_eq!(has("name=\"systolic_mmhg\""), matches!(role, "doctor" | "nurse"), "{role}");
    }
    for role in ["lab_tech", "pharmacist", "cashier", "patient"] {
        assert_eq!(
            world.north.actor(role).await.page(&consultation(&visit)).await.status,
            403,
            "{role}"
        );
    }
    let elsewhere = world.south.doctor().await.page(&consultation(&visit)).await;
    assert_eq!(elsewhere.status, 404);
    assert_eq!(
        doctor.page("visits/018f0000-0000-7000-8000-000000000000/consultation").await.status,
        404
    );
}

#[tokio::test]
async fn the_doctor_saves_note_and_vitals_in_one_go() {
    let world = World::open().await;
    let (patient, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let path = format!("visits/{visit}/note");
    let fields = [
        ("once", "o1"),
        ("version", ""),
        ("complaint", "Cough\r\nat night"),
        ("temperature_c", "38,4"),
        ("pulse_bpm", " 88 "),
        ("diagnosis_code", "j209"),
    ];
    let reply = doctor.submit(&path, &fields).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    assert_eq!(
        reply.header("location"),
        format!("/clinic/north/visits/{visit}/consultation?done=note_saved")
    );
    // The same form sent twice does nothing twice.
    assert_eq!(doctor.submit(&path, &fields).await.status, 303);
    let note = doctor.get(&path).await.json;
    assert_eq!(
        (&note["complaint"], &note["diagnosis_code"]),
        (&json!("Cough\nat night"), &json!("J20.9"))
    );
    let readings = doctor.get(&format!("patients/{patient}/vitals")).await.json;
    assert_eq!(readings["items"].as_array().unwrap().len(), 1);
    assert_eq!(readings["items"][0]["visit_id"], json!(visit));
    assert_eq!(
        readings["items"][0]["flags"],
        json!({"temperature_c": "high", "pulse_bpm": "normal"})
    );
    // Prescribing comes next, with or without anything new on the page.
    let on = doctor
        .submit(
            &path,
            &[
                ("once", "o2"),
                ("version", "1"),
                ("complaint", "Cough\nat night"),
                ("diagnosis_code", "J20.9"),
                ("then", "prescribe"),
            ],
        )
        .await;
    assert_eq!(
        (on.status, on.header("location")),
        (303, &*format!("/clinic/north/visits/{visit}/prescriptions/new"))
    );
    assert_eq!(doctor.get(&path).await.json["version"], json!(1));
}

#[tokio::test]
async fn the_doctor_saves_and_ends_the_visit_in_one_go() {
    let world = World::open().await;
    let (patient, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let path = format!("visits/{visit}/note");
    let end = |version: &'static str, text: &'static str| {
        let (doctor, path) = (doctor.clone(), path.clone());
        async move {
            let fields = [
                ("complaint", text),
                ("pulse_bpm", "70"),
                ("visit_version", version),
                ("then", "complete"),
            ];
            doctor.submit(&path, &fields).await
        }
    };
    // Who still waits cannot be done, and then nothing is kept.
    let early = end("1", "Cough").await;
    assert_eq!(
        (early.status, early.text.contains(">Cough<") || early.text.contains("Cough</textarea>")),
        (409, true)
    );
    let moves = format!("visits/{visit}/moves");
    let called = doctor
        .request("POST", &moves)
        .header("if-match", "\"v1\"")
        .json(&json!({"to": "in_consultation"}));
    assert_eq!(doctor.send(called).await.status, 200);
    let page = doctor.page(&consultation(&visit)).await;
    assert!(page.text.contains("name=\"visit_version\" value=\"2\""), "{}", page.text);
    // Somebody moved the visit since the page was drawn.
    assert_eq!(end("1", "Cough").await.status, 409);
    assert_eq!(
        doctor.submit(&path, &[("complaint", "Cough"), ("then", "complete")]).await.status,
        428
    );
    assert_eq!(doctor.get(&path).await.status, 404);
    let done = end("2", "Cough").await;
    assert_eq!(
        (done.status, done.header("location")),
        (303, "/clinic/north/queue?done=visit_completed")
    );
    assert_eq!(doctor.get(&path).await.json["complaint"], "Cough");
    assert_eq!(doctor.get(&format!("visits/{visit}")).await.json["status"], "completed");
    let readings = doctor.get(&format!("patients/{patient}/vitals")).await.json;
    assert_eq!(readings["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nothing_typed_is_lost_when_something_is_wrong() {
    let world = World::open().await;
    let (patient, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let path = format!("visits/{visit}/note");
    let reply = doctor
        .submit(
            &path,
            &[
                ("complaint", "A dry cough"),
                ("diagnosis_code", "cough"),
                ("pulse_bpm", "999"),
                ("follow_up_on", "1/1/2020x"),
            ],
        )
        .await;
    assert_eq!(reply.status, 422);
    for kept in [
        "A dry cough",
        "value=\"cough\"",
        "value=\"999\"",
        "value=\"1/1/2020x\"",
        "href=\"#f-pulse_bpm\"",
        "href=\"#f-diagnosis_code\"",
        "href=\"#f-follow_up_on\"",
    ] {
        assert!(reply.text.contains(kept), "{kept}: {}", reply.text);
    }
    let empty = doctor.submit(&path, &[("complaint", "  ")]).await;
    assert_eq!(empty.status, 422);
    // A note that is refused takes the vitals of the same form with it.
    let past = doctor
        .submit(&path, &[("complaint", "Cough"), ("pulse_bpm", "70"), ("follow_up_on", "1/1/2020")])
        .await;
    assert_eq!(past.status, 422);
    let readings = doctor.get(&format!("patients/{patient}/vitals")).await.json;
    assert_eq!(readings["items"], json!([]));
    assert_eq!(doctor.get(&path).await.status, 404);
}

#[tokio::test]
async fn whoever_was_slower_sees_what_was_saved_and_keeps_what_was_typed() {
    let world = World::open().await;
    let (patient, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let path = format!("visits/{visit}/note");
    assert_eq!(
        first(&doctor, &visit, &json!({"complaint": "What the colleague wrote"})).await.status,
        201
    );
    // Two ways to be late: the page knew no note, or an older one.
    for version in ["", "7"] {
        let late = doctor
            .submit(
                &path,
                &[("version", version), ("complaint", "What I typed"), ("pulse_bpm", "71")],
            )
            .await;
        assert_eq!(late.status, 412, "{version}");
        for text in [
            "What I typed",
            "What the colleague wrote",
            "value=\"71\"",
            "name=\"version\" value=\"1\"",
        ] {
            assert!(late.text.contains(text), "{text}: {}", late.text);
        }
    }
    let readings = doctor.get(&format!("patients/{patient}/vitals")).await.json;
    assert_eq!(readings["items"], json!([]));
    let both =
        doctor.submit(&path, &[("version", "1"), ("complaint", "Both"), ("pulse_bpm", "71")]).await;
    assert_eq!(both.status, 303);
    assert_eq!(doctor.get(&path).await.json["complaint"], "Both");
}

#[tokio::test]
async fn a_nurse_records_on_the_page_and_marks_a_wrong_reading() {
    let world = World::open().await;
    let (patient, visit) = visitor(&world, "Asha").await;
    let nurse = world.north.nurse().await;
    let saved = nurse
        .submit(
            &format!("visits/{visit}/vitals"),
            &[("systolic_mmhg", "90"), ("weight_kg", "61,5")],
        )
        .await;
    assert_eq!(
        saved.header("location"),
        format!("/clinic/north/visits/{visit}/consultation?done=vitals_saved")
    );
    let reading = nurse.get(&format!("patients/{patient}/vitals")).await.json["items"][0].clone();
    assert_eq!(reading["flags"]["systolic_mmhg"], "critical_low");
    let mark = format!("vitals/{}/mark-error", reading["vitals_id"].as_str().unwrap());
    let page = nurse.page(&consultation(&visit)).await;
    assert!(page.text.contains(&format!("action=\"/clinic/north/{mark}\"")), "{}", page.text);
    assert!(page.text.contains("Last: 90 critically low, "), "{}", page.text);
    assert_eq!(nurse.submit(&mark, &[]).await.status, 428);
    let marked = nurse.submit(&mark, &[("version", "1")]).await;
    assert_eq!(
        marked.header("location"),
        format!("/clinic/north/visits/{visit}/consultation?done=vitals_marked")
    );
    let page = nurse.page(&consultation(&visit)).await;
    assert!(page.text.contains("Entered in error"), "{}", page.text);
    assert!(!page.text.contains("Last: 90"), "{}", page.text);
    assert_eq!(
        nurse.submit(&format!("visits/{visit}/note"), &[("complaint", "x")]).await.status,
        403
    );
    assert_eq!(nurse.submit(&format!("visits/{visit}/vitals"), &[]).await.status, 422);
    let receptionist = world.north.receptionist().await;
    assert_eq!(
        receptionist.submit(&format!("visits/{visit}/vitals"), &[("pulse_bpm", "70")]).await.status,
        403
    );
}
