//! What is typed into a prescription and not yet saved: kept for whoever typed it, offered again, never another's.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::prescriptions::{act, colleague, draft, id, line, path};
use crate::vitals::visitor;
use crate::world::{Actor, Reply, World};

fn place(about: &str) -> String {
    format!("unsaved-prescriptions/{about}")
}

/// Keeps a first text.
async fn begin(actor: &Actor, about: &str, body: &Value) -> Reply {
    actor.send(actor.request("PUT", &place(about)).json(body)).await
}

#[tokio::test]
async fn what_is_typed_into_a_prescription_is_offered_again_until_it_is_saved() {
    let world = World::open().await;
    let (asha, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let builder = format!("visits/{visit}/prescriptions/new");
    assert_eq!(doctor.get(&place(&visit)).await.problem(), "404 not_found");
    assert!(!doctor.page(&builder).await.text.contains("Not saved yet"));
    let half = json!({"patient_id": asha, "lines.0.medicine": "para", "lines.3.days": "5 d", "tests.0.name": "<b>"});
    let kept = begin(&doctor, &visit, &half).await;
    assert_eq!((kept.status, kept.header("etag")), (201, "\"v1\""), "{kept:?}");
    assert_eq!(kept.header("location"), format!("/clinic/north/api/v1/{}", place(&visit)));
    let more = json!({"patient_id": asha, "lines.0.medicine": "paracetamol", "lines.3.days": "5 d", "advice": "Rest"});
    let again = doctor.put(&place(&visit), 1, &more).await;
    assert_eq!((again.status, again.header("etag")), (200, "\"v2\""), "{again:?}");
    assert_eq!(doctor.get(&place(&visit)).await.json, again.json);
    assert_eq!(doctor.put(&place(&visit), 1, &more).await.problem(), "412 stale");
    assert_eq!(
        doctor.get("prescriptions").await.json["items"],
        json!([]),
        "nothing of it is on the record"
    );

    let page = doctor.page(&builder).await.text;
    for said in [
        "Not saved yet",
        "value=\"paracetamol\"",
        "value=\"5 d\"",
        "Rest</textarea>",
        "data-version=\"2\"",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    // Under the patient, without the visit, it is another text.
    let elsewhere = doctor.page(&format!("patients/{asha}/prescriptions/new")).await.text;
    assert!(!elsewhere.contains("Not saved yet") && elsewhere.contains("data-version=\"\""));

    // Saved, it is forgotten; a window that is late does not bring it back.
    let fields = [
        ("lines.0.medicine", "paracetamol"),
        ("lines.0.form", "tablet"),
        ("lines.0.schedule", "1-0-1"),
        ("lines.0.days", "5"),
        ("then", "keep"),
    ];
    let saved = doctor.submit(&builder, &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let left = doctor.get(&place(&visit)).await.json;
    assert_eq!((&left["typed"], &left["version"]), (&json!({}), &json!(3)));
    assert_eq!(doctor.put(&place(&visit), 2, &more).await.problem(), "412 stale");
    assert!(!doctor.page(&builder).await.text.contains("Not saved yet"));
}

#[tokio::test]
async fn a_saved_draft_is_edited_on_from_what_was_typed_or_from_what_was_saved() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = id(&world.north.patient("Asha").await);
    let rx = draft(&doctor, &asha, &[line("paracetamol")]).await;
    let about = rx["prescription_id"].as_str().unwrap().to_owned();
    let edit = format!("{}/edit", path(&rx));
    let typed = json!({"patient_id": asha, "lines.0.medicine": "ibuprofen", "lines.0.form": "tablet",
        "lines.0.schedule": "1-0-1", "lines.0.days": "5", "prescription_version": 1});
    assert_eq!(begin(&doctor, &about, &typed).await.status, 201);
    let page = doctor.page(&edit).await.text;
    assert!(page.contains("Not saved yet") && page.contains("value=\"ibuprofen\""), "{page}");
    let gone = doctor.submit(&edit, &[("then", "discard")]).await;
    assert_eq!(
        (gone.status, gone.header("location")),
        (303, &*format!("/clinic/north/{edit}?done=typed_discarded"))
    );
    let page = doctor.page(&format!("{edit}?done=typed_discarded")).await.text;
    assert!(page.contains("value=\"paracetamol\"") && !page.contains("Not saved yet"), "{page}");
    assert!(page.contains("Discarded. This is as it was last saved."));

    // Typed over a version that somebody has changed since: both are shown when it is saved.
    assert_eq!(doctor.put(&place(&about), 2, &typed).await.status, 200);
    let change = json!({"lines": [line("cetirizine")]});
    assert_eq!(act(&doctor, &rx, "", &change).await.status, 404);
    let changed = doctor.put(&path(&rx), 1, &change).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let kept = doctor.get(&place(&about)).await.json;
    assert_eq!(kept["prescription_version"], 1, "{kept:?}");
    let page = doctor.page(&edit).await.text;
    assert!(page.contains("name=\"version\" value=\"1\""), "{page}");
    let late = doctor
        .submit(
            &edit,
            &[
                ("version", "1"),
                ("lines.0.medicine", "ibuprofen"),
                ("lines.0.form", "tablet"),
                ("lines.0.schedule", "1-0-1"),
                ("lines.0.days", "5"),
                ("then", "keep"),
            ],
        )
        .await;
    assert_eq!(late.status, 412);
    assert!(late.text.contains("cetirizine") && late.text.contains("ibuprofen"));
}

#[tokio::test]
async fn what_is_typed_is_nobody_elses_and_needs_a_patient_of_the_clinic() {
    let world = World::open().await;
    let (asha, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let body = json!({"patient_id": asha, "advice": "Secret"});
    assert_eq!(begin(&doctor, &visit, &body).await.status, 201);
    assert_eq!(begin(&doctor, &visit, &body).await.problem(), "428 precondition_required");
    let second = colleague(&world).await;
    let south = world.south.doctor().await;
    for other in [&second, &south] {
        assert_eq!(other.get(&place(&visit)).await.problem(), "404 not_found");
    }
    assert!(
        !second.page(&format!("visits/{visit}/prescriptions/new")).await.text.contains("Secret")
    );
    assert_eq!(begin(&south, &visit, &body).await.refused(), ["patient_id: unknown"]);
    for (wrong, refused) in [
        (json!({"advice": "x"}), "patient_id: required"),
        (json!({"patient_id": asha, "lines.50.medicine": "x"}), "lines.50.medicine: unknown_field"),
        (json!({"patient_id": asha, "advice": "x".repeat(2001)}), "advice: too_long"),
    ] {
        assert_eq!(begin(&doctor, &asha, &wrong).await.refused(), [refused]);
    }
    // What is typed for one patient is not kept at another's visit, nor where nothing is.
    let usha = id(&world.north.patient("Usha").await);
    let nowhere = "018f0000-0000-7000-8000-000000000000";
    for (about, patient) in [(visit.as_str(), &usha), (usha.as_str(), &asha), (nowhere, &asha)] {
        let reply = begin(&doctor, about, &json!({"patient_id": patient, "advice": "x"})).await;
        assert_eq!(reply.problem(), "404 not_found");
    }
    let clerk = world.north.receptionist().await;
    assert_eq!(begin(&clerk, &visit, &body).await.problem(), "403 forbidden");
}

#[tokio::test]
async fn how_many_to_give_is_counted_anew_when_a_draft_is_changed() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = id(&world.north.patient("Asha").await);
    let said = json!({"medicine": "zinc", "form": "tablet", "schedule": "1-0-1", "days": 5, "quantity": 14});
    let rx = draft(&doctor, &asha, &[line("paracetamol"), said]).await;
    let edit = format!("{}/edit", path(&rx));
    let page = doctor.page(&edit).await.text;
    let quantity = |row: usize| {
        let name = format!("name=\"lines.{row}.quantity\"");
        let tag = page.split('<').find(|tag| tag.contains(&name)).unwrap();
        tag.split("value=\"").nth(1).map_or("", |rest| rest.split('"').next().unwrap()).to_owned()
    };
    assert_eq!((quantity(0), quantity(1)), (String::new(), "14".to_owned()));
    let fields = [
        ("version", "1"),
        ("lines.0.medicine", "paracetamol"),
        ("lines.0.form", "tablet"),
        ("lines.0.schedule", "1-1-1"),
        ("lines.0.days", "10"),
        ("lines.0.quantity", ""),
        ("then", "keep"),
    ];
    assert_eq!(doctor.submit(&edit, &fields).await.status, 303);
    assert_eq!(doctor.get(&path(&rx)).await.json["lines"][0]["quantity"], 30);
}
