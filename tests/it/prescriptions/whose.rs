//! Who prescribes, for whom, and where.

use pretty_assertions::assert_eq;
use serde_json::json;
use sqlx::Executor;

use super::{act, colleague, draft, id, line, path, sign};
use crate::world::World;

#[tokio::test]
async fn only_the_prescriber_edits_signs_and_voids() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let second = colleague(&world).await;
    let asha = id(&world.north.patient("Asha").await);
    let rx = draft(&doctor, &asha, &[line("ibuprofen")]).await;
    assert_eq!(
        second.get(&path(&rx)).await.json["practitioner_name"],
        "doctor of north",
        "a colleague reads it"
    );
    assert_eq!(second.put(&path(&rx), 1, &json!({})).await.problem(), "403 not_the_prescriber");
    assert_eq!(act(&second, &rx, "sign", &json!({})).await.problem(), "403 not_the_prescriber");
    let signed = sign(&doctor, &rx).await;
    let void = json!({"reason": "I disagree"});
    assert_eq!(act(&second, &signed, "void", &void).await.problem(), "403 not_the_prescriber");
    assert_eq!(doctor.get(&path(&rx)).await.json["status"], "signed");
    for role in ["admin", "receptionist"] {
        let actor = world.north.actor(role).await;
        assert_eq!(actor.get(&path(&rx)).await.status, 200, "{role}");
        let refused = if role == "admin" { "403 not_the_prescriber" } else { "403 forbidden" };
        assert_eq!(act(&actor, &signed, "void", &void).await.problem(), refused, "{role}");
        assert_eq!(
            actor.post("prescriptions", &json!({"patient_id": asha})).await.status,
            403,
            "{role}"
        );
    }
    for role in ["lab_tech", "pharmacist", "cashier"] {
        assert_eq!(
            world.north.actor(role).await.get(&path(&rx)).await.problem(),
            "403 forbidden",
            "{role}"
        );
    }
    assert_eq!(world.anybody().get(&path(&rx)).await.status, 401);
}

#[tokio::test]
async fn a_doctor_without_a_practitioners_entry_does_not_prescribe() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = id(&world.north.patient("Asha").await);
    let rx = draft(&doctor, &asha, &[line("ibuprofen")]).await;
    world
        .connect("postgres")
        .await
        .execute("update polyclinic.practitioners set status = 'inactive'")
        .await
        .unwrap();
    let body = json!({"patient_id": asha, "lines": [line("ibuprofen")]});
    assert_eq!(doctor.post("prescriptions", &body).await.problem(), "409 no_practitioner");
    assert_eq!(act(&doctor, &rx, "sign", &json!({})).await.problem(), "409 no_practitioner");
}

#[tokio::test]
async fn whom_and_where_it_is_for_must_exist_here() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = id(&world.north.patient("Asha").await);
    let foreign = id(&world.south.patient("Usha").await);
    let nowhere = "018f0000-0000-7000-8000-000000000000";
    for patient in [foreign.as_str(), nowhere] {
        let reply = doctor.post("prescriptions", &json!({"patient_id": patient})).await;
        assert_eq!(reply.refused(), ["patient_id: unknown"]);
    }
    let reply =
        doctor.post("prescriptions", &json!({"patient_id": asha, "visit_id": nowhere})).await;
    assert_eq!(reply.refused(), ["visit_id: unknown"]);
    assert_eq!(doctor.post("prescriptions", &json!({})).await.refused(), ["patient_id: required"]);
    let record = format!("patients/{asha}");
    let rx = draft(&doctor, &asha, &[line("ibuprofen")]).await;
    world.north.receptionist().await.patch(&record, 1, &json!({"status": "archived"})).await;
    assert_eq!(
        doctor.post("prescriptions", &json!({"patient_id": asha})).await.problem(),
        "409 archived"
    );
    assert_eq!(act(&doctor, &rx, "sign", &json!({})).await.problem(), "409 archived");
    let empty = draft(&doctor, &id(&world.north.patient("Mira").await), &[]).await;
    assert_eq!(act(&doctor, &empty, "sign", &json!({})).await.refused(), ["lines: required"]);
}

#[tokio::test]
async fn another_clinics_prescription_is_not_there() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let rx = draft(&doctor, &id(&world.north.patient("Asha").await), &[line("ibuprofen")]).await;
    let south = world.south.doctor().await;
    for reply in [
        south.get(&path(&rx)).await,
        south.put(&path(&rx), 1, &json!({})).await,
        act(&south, &rx, "sign", &json!({})).await,
        act(&south, &rx, "void", &json!({"reason": "mine"})).await,
        south.get("prescriptions/018f0000-0000-7000-8000-000000000000").await,
        south.get("prescriptions/nonsense").await,
    ] {
        assert_eq!(reply.problem(), "404 not_found");
    }
    assert_eq!(south.get("prescriptions").await.json["items"], json!([]));
    for page in ["", "/print", "/edit"] {
        assert_eq!(south.page(&format!("{}{page}", path(&rx))).await.status, 404, "{page}");
    }
}
