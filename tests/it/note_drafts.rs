//! What is typed and not yet saved: kept for whoever typed it, never lost, never another's.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::notes::first;
use crate::prescriptions::colleague;
use crate::vitals::{set_status, visitor};
use crate::world::{Actor, Reply, World};

fn place(visit: &str) -> String {
    format!("visits/{visit}/note-draft")
}

/// Keeps a first draft.
async fn begin(actor: &Actor, visit: &str, body: &Value) -> Reply {
    actor.send(actor.request("PUT", &place(visit)).json(body)).await
}

#[tokio::test]
async fn what_is_typed_is_kept_as_it_is_and_offered_again() {
    let world = World::open().await;
    let (_, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    assert_eq!(doctor.get(&place(&visit)).await.problem(), "404 not_found");
    let half = json!({"complaint": "Cough since", "follow_up_on": "1/1/2", "pulse_bpm": "8x"});
    let kept = begin(&doctor, &visit, &half).await;
    assert_eq!((kept.status, kept.header("etag")), (201, "\"v1\""), "{kept:?}");
    assert_eq!(kept.header("location"), format!("/clinic/north/api/v1/{}", place(&visit)));
    assert_eq!(kept.json["typed"], half, "nothing is refused that is half written");
    let more = doctor
        .put(&place(&visit), 1, &json!({"complaint": "Cough since Monday <b>", "pulse_bpm": "88"}))
        .await;
    assert_eq!((more.status, more.header("etag")), (200, "\"v2\""), "{more:?}");
    assert_eq!(doctor.get(&place(&visit)).await.json, more.json);
    // Nothing of it is on the record.
    assert_eq!(doctor.get(&format!("visits/{visit}/note")).await.status, 404);
    let page = doctor.page(&format!("visits/{visit}/consultation")).await.text;
    assert!(
        page.contains("Not saved yet")
            && page.contains("Cough since Monday &#60;b&#62;</textarea>"),
        "{page}"
    );
    assert!(page.contains("value=\"88\"") && page.contains("data-version=\"2\""), "{page}");
    // Saved, it is forgotten; and a window that is late does not bring it back.
    let saved = doctor
        .submit(
            &format!("visits/{visit}/note"),
            &[("version", ""), ("complaint", "Cough"), ("pulse_bpm", "88")],
        )
        .await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let draft = doctor.get(&place(&visit)).await.json;
    assert_eq!((&draft["typed"], &draft["version"]), (&json!({}), &json!(3)));
    assert_eq!(
        doctor.put(&place(&visit), 2, &json!({"complaint": "Cough"})).await.problem(),
        "412 stale"
    );
    let page = doctor.page(&format!("visits/{visit}/consultation")).await.text;
    assert!(!page.contains("Not saved yet") && page.contains("data-version=\"3\""), "{page}");
}

#[tokio::test]
async fn a_first_keeping_that_comes_after_the_saving_is_refused() {
    let world = World::open().await;
    let (_, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let saved = doctor
        .submit(&format!("visits/{visit}/note"), &[("version", ""), ("complaint", "Cough")])
        .await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    assert_eq!(
        begin(&doctor, &visit, &json!({"pulse_bpm": "88"})).await.problem(),
        "428 precondition_required"
    );
}

#[tokio::test]
async fn two_windows_do_not_overwrite_each_other() {
    let world = World::open().await;
    let (_, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    assert_eq!(begin(&doctor, &visit, &json!({"complaint": "One"})).await.status, 201);
    assert_eq!(
        begin(&doctor, &visit, &json!({"complaint": "Two"})).await.problem(),
        "428 precondition_required"
    );
    let both = ["1a", "1b", "1c", "1d"].map(|text| json!({"complaint": text}));
    let path = place(&visit);
    let replies =
        futures_util::future::join_all(both.iter().map(|body| doctor.put(&path, 1, body))).await;
    let mut answers: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    answers.sort_unstable();
    assert_eq!(answers, [200, 412, 412, 412]);
    let winner = replies.iter().find(|reply| reply.status == 200).unwrap();
    assert_eq!(doctor.get(&path).await.json, winner.json);
    // Of many who begin at once one wins, and the others are told.
    let (_, hers) = visitor(&world, "Usha").await;
    let replies =
        futures_util::future::join_all(both.iter().map(|body| begin(&doctor, &hers, body))).await;
    let mut answers: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    answers.sort_unstable();
    assert_eq!(answers, [201, 428, 428, 428]);
}

#[tokio::test]
async fn whoever_saved_meanwhile_is_shown_when_the_old_text_is_saved() {
    let world = World::open().await;
    let (_, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let second = colleague(&world).await;
    assert_eq!(first(&doctor, &visit, &json!({"complaint": "Cough"})).await.status, 201);
    let typed = json!({"complaint": "Cough and fever", "note_version": 1});
    assert_eq!(begin(&doctor, &visit, &typed).await.status, 201);
    let path = format!("visits/{visit}/note");
    assert_eq!(
        second.put(&path, 1, &json!({"complaint": "Cough, by the colleague"})).await.status,
        200
    );
    let page = doctor.page(&format!("visits/{visit}/consultation")).await.text;
    assert!(
        page.contains("Cough and fever</textarea>")
            && page.contains("name=\"version\" value=\"1\""),
        "{page}"
    );
    let late = doctor.submit(&path, &[("version", "1"), ("complaint", "Cough and fever")]).await;
    assert!(late.status == 412 && late.text.contains("Cough, by the colleague"), "{}", late.text);
    assert_eq!(
        doctor.get(&place(&visit)).await.json["typed"]["complaint"],
        "Cough and fever",
        "a saving that failed forgets nothing"
    );
}

#[tokio::test]
async fn what_was_typed_is_seen_by_nobody_else() {
    let world = World::open().await;
    let (_, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    assert_eq!(begin(&doctor, &visit, &json!({"complaint": "Half a thought"})).await.status, 201);
    // A nurse keeps the own vitals beside it.
    let nurse = world.north.nurse().await;
    assert_eq!(nurse.get(&place(&visit)).await.problem(), "404 not_found");
    assert_eq!(begin(&nurse, &visit, &json!({"pulse_bpm": "90"})).await.status, 201);
    let page = nurse.page(&format!("visits/{visit}/consultation")).await.text;
    assert!(page.contains("value=\"90\"") && !page.contains("Half a thought"), "{page}");
    let measured = nurse.submit(&format!("visits/{visit}/vitals"), &[("pulse_bpm", "90")]).await;
    assert_eq!(measured.status, 303);
    assert_eq!(nurse.get(&place(&visit)).await.json["typed"], json!({}));
    assert_eq!(doctor.get(&place(&visit)).await.json["typed"]["complaint"], "Half a thought");
    for role in ["admin", "receptionist", "lab_tech", "pharmacist", "cashier", "patient"] {
        let actor = world.north.actor(role).await;
        assert_eq!(actor.get(&place(&visit)).await.problem(), "403 forbidden", "{role}");
        assert_eq!(
            begin(&actor, &visit, &json!({"complaint": "x"})).await.problem(),
            "403 forbidden",
            "{role}"
        );
    }
    let south = world.south.doctor().await;
    assert_eq!(south.get(&place(&visit)).await.problem(), "404 not_found");
    assert_eq!(begin(&south, &visit, &json!({"complaint": "x"})).await.problem(), "404 not_found");
    let mut db = world.connect("polyclinic_app").await;
    sqlx::Executor::execute(&mut db, "begin").await.unwrap();
    sqlx::query("select gate.enter('north', $1)")
        .bind(nurse.secret.clone().unwrap())
        .execute(&mut db)
        .await
        .unwrap();
    let count: i64 = sqlx::query_scalar("select count(*) from polyclinic.note_drafts")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(count, 1, "only the own one, even by SQL");
}

#[tokio::test]
async fn what_is_too_long_or_nowhere_is_refused_and_a_draft_is_discarded() {
    let world = World::open().await;
    let (_, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    for (body, refused) in [
        (json!({"complaint": "x".repeat(4001)}), "complaint: too_long"),
        (json!({"pulse_bpm": 88}), "pulse_bpm: not_text"),
        (json!({"height": "1"}), "height: unknown_field"),
        (json!({"note_version": 0}), "note_version: out_of_range"),
    ] {
        assert_eq!(begin(&doctor, &visit, &body).await.refused(), [refused]);
    }
    assert_eq!(begin(&doctor, &visit, &json!({"plan": "Rest"})).await.status, 201);
    let gone = doctor.submit(&place(&visit).replace("note-draft", "note-draft/discard"), &[]).await;
    assert_eq!(
        gone.header("location"),
        format!("/clinic/north/visits/{visit}/consultation?done=typed_discarded")
    );
    assert_eq!(doctor.get(&place(&visit)).await.json["typed"], json!({}));
    set_status(&world, &visit, "cancelled").await;
    assert_eq!(
        doctor.put(&place(&visit), 2, &json!({"plan": "Rest"})).await.problem(),
        "409 visit_closed"
    );
    assert_eq!(
        doctor.get("visits/018f0000-0000-7000-8000-000000000000/note-draft").await.status,
        404
    );
}
