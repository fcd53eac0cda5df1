//! How a prescription ends other than signed: discarded as a draft, voided after its prescriber left, repeated.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use sqlx::Executor;

use super::{act, colleague, draft, id, line, path, sign};
use crate::vitals::{check_in, visitor};
use crate::world::{Actor, Reply, World};

async fn discard(actor: &Actor, rx: &Value, version: i64) -> Reply {
    let request = actor.request("POST", &format!("{}/discard", path(rx)));
    actor.send(request.header("if-match", format!("\"v{version}\""))).await
}

#[tokio::test]
async fn a_draft_is_discarded_by_its_prescriber_and_is_in_no_list() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let second = colleague(&world).await;
    let asha = id(&world.north.patient("Asha").await);
    let rx = draft(&doctor, &asha, &[line("ibuprofen")]).await;
    assert_eq!(discard(&second, &rx, 1).await.problem(), "403 not_the_prescriber");
    assert_eq!(discard(&world.north.admin().await, &rx, 1).await.problem(), "403 forbidden");
    assert_eq!(discard(&world.south.doctor().await, &rx, 1).await.problem(), "404 not_found");
    assert_eq!(discard(&doctor, &rx, 7).await.problem(), "412 stale");
    let bare = doctor.request("POST", &format!("{}/discard", path(&rx)));
    assert_eq!(doctor.send(bare).await.status, 428);
    assert_eq!(discard(&doctor, &rx, 1).await.status, 204);
    for list in
        ["prescriptions", "prescriptions?status=draft", &format!("prescriptions?patient_id={asha}")]
    {
        assert_eq!(doctor.get(list).await.json["items"], json!([]), "{list}");
    }
    let chart = doctor.get(&format!("patients/{asha}/chart?kind=prescription")).await.json;
    assert_eq!(chart["timeline"]["items"], json!([]));
    // Its address still answers; nothing more happens to it.
    assert_eq!(doctor.get(&path(&rx)).await.json["status"], "discarded");
    assert_eq!(discard(&doctor, &rx, 2).await.problem(), "409 discarded");
    assert_eq!(act(&doctor, &rx, "sign", &json!({})).await.problem(), "409 discarded");
    assert_eq!(doctor.put(&path(&rx), 2, &json!({})).await.problem(), "409 discarded");
    let signed = sign(&doctor, &draft(&doctor, &asha, &[line("zinc")]).await).await;
    assert_eq!(discard(&doctor, &signed, 2).await.problem(), "409 signed");
}

#[tokio::test]
async fn a_correction_that_was_discarded_makes_room_for_another() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = id(&world.north.patient("Asha").await);
    let old = sign(&doctor, &draft(&doctor, &asha, &[line("ibuprofen")]).await).await;
    let body =
        json!({"patient_id": asha, "replaces_id": old["prescription_id"], "lines": [line("zinc")]});
    let first = doctor.post("prescriptions", &body).await.json;
    assert_eq!(doctor.post("prescriptions", &body).await.refused(), ["replaces_id: taken"]);
    assert_eq!(discard(&doctor, &first, 1).await.status, 204);
    assert_eq!(doctor.get(&path(&old)).await.json["replaced_by_id"], json!(null));
    let next = doctor.post("prescriptions", &body).await;
    assert_eq!(next.status, 201, "{next:?}");
    assert_eq!(doctor.get(&path(&old)).await.json["replaced_by_id"], next.json["prescription_id"]);
}

#[tokio::test]
async fn what_somebody_signed_who_left_others_may_void_and_nothing_else() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let second = colleague(&world).await;
    let asha = id(&world.north.patient("Asha").await);
    let one = sign(&doctor, &draft(&doctor, &asha, &[line("ibuprofen")]).await).await;
    let two = sign(&doctor, &draft(&doctor, &asha, &[line("zinc")]).await).await;
    let open = draft(&doctor, &asha, &[line("cetirizine")]).await;
    let why = json!({"reason": "wrong patient, Dr One has left"});
    let admin = world.north.admin().await;
    for actor in [&second, &admin] {
        assert_eq!(
            act(actor, &one, "void", &why).await.problem(),
            "403 not_the_prescriber",
            "{}",
            actor.role
        );
        assert!(!actor.page(&path(&one)).await.text.contains("/void\""), "{}", actor.role);
    }
    world
        .connect("postgres")
        .await
        .execute("update polyclinic.practitioners set status = 'inactive' where name = 'doctor of north'")
        .await
        .unwrap();
    let shown = admin.page(&path(&one)).await.text;
    assert!(
        shown.contains("does not practise here any more") && shown.contains("/void\""),
        "{shown}"
    );
    assert!(
        !shown.contains("/correct\"") && !shown.contains("/repeat\""),
        "an admin prescribes nothing"
    );
    assert_eq!(
        act(&second, &one, "void", &json!({"reason": "x"})).await.refused(),
        ["reason: too_short"]
    );
    let voided = act(&second, &one, "void", &why).await;
    assert_eq!((voided.status, &voided.json["status"]), (200, &json!("voided")), "{voided:?}");
    assert_eq!(act(&second, &one, "void", &why).await.problem(), "409 voided");
    let sent = [("version", "2"), ("reason", "Dr One has left")];
    let by_admin = admin.submit(&format!("{}/void", path(&two)), &sent).await;
    assert_eq!(by_admin.status, 303, "{}", by_admin.text);
    let two = doctor.get(&path(&two)).await.json;
    assert_eq!(
        (&two["status"], &two["void_reason"]),
        (&json!("voided"), &json!("Dr One has left"))
    );
    assert_ne!(two["voided_by"], voided.json["voided_by"]);
    // A draft of somebody who left stays what it is: nobody signs in another's name.
    assert_eq!(act(&second, &open, "void", &why).await.problem(), "409 not_signed");
    assert_eq!(second.put(&path(&open), 1, &json!({})).await.problem(), "403 not_the_prescriber");
    assert_eq!(discard(&second, &open, 1).await.problem(), "403 not_the_prescriber");
    for role in ["receptionist", "pharmacist", "patient"] {
        let actor = world.north.actor(role).await;
        assert_eq!(act(&actor, &two, "void", &why).await.problem(), "403 forbidden", "{role}");
    }
    // The wall itself says so, whatever a handler asks.
    let mut db = world.connect("polyclinic_app").await;
    db.execute("begin").await.unwrap();
    sqlx::query("select gate.enter('north', $1)")
        .bind(admin.secret.clone().unwrap())
        .execute(&mut db)
        .await
        .unwrap();
    let id = open["prescription_id"].as_str().unwrap();
    let done = sqlx::query(
        "update polyclinic.prescriptions set advice = 'x' where prescription_id = $1::uuid",
    )
    .bind(id)
    .execute(&mut db)
    .await
    .unwrap();
    assert_eq!(done.rows_affected(), 0);
}

#[tokio::test]
async fn an_earlier_prescription_is_repeated_into_a_draft_of_ones_own() {
    let world = World::open().await;
    let (asha, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let second = colleague(&world).await;
    let unsigned = draft(&doctor, &asha, &[line("ibuprofen"), line("zinc")]).await;
    let repeat = |rx: &Value| format!("{}/repeat", path(rx));
    assert_eq!(second.post(&repeat(&unsigned), &json!({})).await.problem(), "409 not_signed");
    let old = sign(&doctor, &unsigned).await;
    let new = second.post(&repeat(&old), &json!({"visit_id": visit})).await;
    assert_eq!((new.status, new.header("etag")), (201, "\"v1\""), "{new:?}");
    assert_eq!(new.header("location"), format!("/clinic/north/api/v1/{}", path(&new.json)));
    assert_eq!(new.json["lines"], old["lines"]);
    assert_eq!(
        (&new.json["practitioner_name"], &new.json["visit_id"]),
        (&json!("Dr Second"), &json!(visit))
    );
    assert_eq!((&new.json["replaces_id"], &new.json["status"]), (&json!(null), &json!("draft")));
    assert_eq!(new.json["warnings"][0]["code"], "duplicate:1", "what still runs is warned of");
    assert_eq!(
        doctor.get(&path(&old)).await.json["status"],
        "signed",
        "nothing happens to the old one"
    );
    let (_, hers) = visitor(&world, "Usha").await;
    assert_eq!(
        second.post(&repeat(&old), &json!({"visit_id": hers})).await.refused(),
        ["visit_id: unknown"]
    );
    assert_eq!(
        world.south.doctor().await.post(&repeat(&old), &json!({})).await.problem(),
        "404 not_found"
    );
    assert_eq!(
        world.north.admin().await.post(&repeat(&old), &json!({})).await.problem(),
        "403 forbidden"
    );
    // From the page of the visit, and from its own page.
    let beside = second.page(&format!("visits/{visit}/consultation")).await.text;
    let number = old["number"].as_str().unwrap();
    assert!(
        beside.contains(&format!("/clinic/north/{}", repeat(&old)))
            && beside.contains(&format!("Repeat {number}")),
        "{beside}"
    );
    let begun = second.submit(&repeat(&old), &[("once", "r1"), ("visit_id", &visit)]).await;
    assert!(begun.header("location").ends_with("/edit"), "{begun:?}");
    let twice = second.submit(&repeat(&old), &[("once", "r1"), ("visit_id", &visit)]).await;
    assert_eq!(twice.header("location"), begun.header("location"), "sent twice, drafted once");
    let shown = second.page(&path(&old)).await.text;
    assert!(
        shown.contains(&format!("name=\"visit_id\" value=\"{visit}\"")),
        "the visit of today: {shown}"
    );
    // Nobody prescribes for a record that is set aside.
    crate::vitals::set_status(&world, &visit, "completed").await;
    let again = check_in(&world, &asha).await;
    crate::vitals::set_status(&world, &again, "completed").await;
    world
        .north
        .receptionist()
        .await
        .patch(&format!("patients/{asha}"), 1, &json!({"status": "archived"}))
        .await;
    assert_eq!(second.post(&repeat(&old), &json!({})).await.problem(), "409 archived");
}

#[tokio::test]
async fn a_draft_is_discarded_from_its_page() {
    let world = World::open().await;
    let (asha, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let body = json!({"patient_id": asha, "visit_id": visit, "lines": [line("zinc")]});
    let rx = doctor.post("prescriptions", &body).await.json;
    let shown = doctor.page(&path(&rx)).await.text;
    assert!(
        shown.contains("Discard this draft")
            && shown.contains(&format!("visits/{visit}/consultation")),
        "{shown}"
    );
    assert_eq!(doctor.submit(&format!("{}/discard", path(&rx)), &[]).await.status, 428);
    let gone = doctor.submit(&format!("{}/discard", path(&rx)), &[("version", "1")]).await;
    assert_eq!(
        gone.header("location"),
        format!("/clinic/north/visits/{visit}/consultation?done=rx_discarded")
    );
    let after = doctor.page(&path(&rx)).await.text;
    assert!(
        after.contains("This draft was discarded.") && !after.contains("Discard this draft"),
        "{after}"
    );
    let sheet = doctor.page(&format!("{}/print", path(&rx))).await.text;
    assert!(sheet.contains("do not dispense"), "{sheet}");
}
