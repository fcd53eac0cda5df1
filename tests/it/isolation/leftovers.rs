//! What one request might leave behind for the next on the same connection.

use super::attempt::{Outcome, attempt, send};
use super::stage::Stage;
use crate::rows::value;

#[tokio::test]
async fn the_gate_refuses_a_connection_that_carries_something() {
    let mut stage = Stage::open().await;
    let plants = [
        ("PC005", "prepare spy as select number from polyclinic.patients"),
        ("PC005", "begin; declare spy cursor with hold for select 1; commit"),
        ("PC005", "listen polyclinic_queue"),
        ("PC006", "set gate.ctx = 'planted'"),
    ];
    for (code, plant) in plants {
        let mut fresh = stage.world.connect("polyclinic_app").await;
        assert_eq!(send(&mut fresh, plant).await.code(), "", "{plant}");
        let enter = format!("begin; {}", stage.enter("admin"));
        assert_eq!(send(&mut fresh, &enter).await.code(), code, "{plant}");
        send(&mut fresh, "rollback").await;
        // And the service can end it on the server's side.
        assert_eq!(send(&mut fresh, "select gate.hang_up()").await.code(), "57P01", "{plant}");
        assert!(matches!(send(&mut fresh, "select 1").await, Outcome::Refused { .. }));
    }
    let worker = stage.login("polyclinic_worker");
    assert_eq!(send(worker, "select gate.hang_up()").await.code(), "57P01");
}

#[tokio::test]
async fn the_service_ends_a_planted_connection_and_serves_on() {
    let stage = Stage::open().await;
    let doctor = stage.world.north.doctor().await;
    for plant in [
        "prepare spy as select 1",
        "listen polyclinic_queue",
        "set gate.ctx = 'planted'",
        "begin; declare spy cursor with hold for select 1; commit",
    ] {
        // Plants it on every connection of the pool.
        let mut held = Vec::new();
        let pool = &stage.world.app.pools.app;
        for _ in 0..pool.limit() {
            let mut connection = pool.acquire().await.unwrap();
            assert_eq!(send(&mut connection, plant).await.code(), "", "{plant}");
            held.push(connection);
        }
        let planted = held.len();
        drop(held);
        let mut answers = Vec::new();
        for _ in 0..4 * planted {
            let reply = doctor.get("patients").await;
            answers.push(reply.status);
            assert!(reply.status != 503 || reply.header("retry-after") == "2");
        }
        let refused = answers.iter().filter(|status| **status == 503).count();
        let served = answers.iter().filter(|status| **status == 200).count();
        assert!((1..=planted).contains(&refused), "{plant}: {answers:?}");
        assert_eq!(refused + served, answers.len(), "{plant}: {answers:?}");
    }
}

#[tokio::test]
async fn a_plan_made_in_north_answers_for_whoever_executes_it() {
    let mut stage = Stage::open().await;
    let (north, south) = (stage.north, stage.south);
    for mode in ["force_generic_plan", "force_custom_plan", "auto"] {
        stage.inside("admin").await;
        send(stage.app(), &format!("set local plan_cache_mode = {mode}")).await;
        send(stage.app(), "prepare spy as select distinct clinic_id from polyclinic.patients")
            .await;
        for _ in 0..7 {
            assert_eq!(attempt(stage.app(), "execute spy").await.text(), north.to_string());
        }
        send(stage.app(), "commit").await;
        assert_eq!(send(stage.app(), "execute spy").await.code(), "PC001", "{mode}");
        // Even if the gate let it pass, the plan asks again.
        send(stage.app(), &format!("begin; set local plan_cache_mode = {mode}")).await;
        send(stage.app(), "deallocate all").await;
        let mut secret = stage.world.south.doctor().await.secret.unwrap();
        let enter = format!("select gate.enter('south', '\\x{}')", hex::encode(&secret));
        secret.clear();
        assert_eq!(attempt(stage.app(), &enter).await.code(), "");
        let seen =
            attempt(stage.app(), "select distinct clinic_id from polyclinic.patients").await.text();
        assert_eq!(seen, south.to_string());
        send(stage.app(), "rollback").await;
    }
}

#[tokio::test]
async fn a_held_cursor_is_a_copy_of_north_and_bars_the_next_door() {
    let mut stage = Stage::open().await;
    stage.inside("admin").await;
    assert_eq!(
        attempt(
            stage.app(),
            "declare h cursor with hold for select distinct clinic_id from polyclinic.patients"
        )
        .await
        .code(),
        ""
    );
    send(stage.app(), "commit").await;
    let (north, enter) = (stage.north, stage.enter("admin"));
    assert_eq!(send(stage.app(), "fetch all from h").await.text(), north.to_string());
    assert_eq!(send(stage.app(), &format!("begin; {enter}")).await.code(), "PC005");
    send(stage.app(), "rollback").await;
}

#[tokio::test]
async fn a_spoilt_connection_shows_nothing_foreign() {
    let mut stage = Stage::open().await;
    let (north, enter) = (stage.north, stage.enter("admin"));
    for spoil in [
        "set default_transaction_read_only = on",
        "set statement_timeout = 1",
        "set row_security = off",
        "set search_path = pg_temp",
        "set DateStyle = 'German'",
        "set TimeZone = 'Asia/Kathmandu'",
        "set IntervalStyle = 'sql_standard'",
        "set bytea_output = 'escape'",
        "set client_encoding = 'LATIN1'",
        "set enable_seqscan = off",
        "deallocate all",
        "set session characteristics as transaction isolation level serializable",
        "set transform_null_equals = on",
    ] {
        send(stage.app(), spoil).await;
        send(stage.app(), "begin").await;
        attempt(stage.app(), &enter).await;
        let seen = attempt(stage.app(), "select distinct clinic_id from polyclinic.patients").await;
        let honest =
            seen.text() == north.to_string() || ["42501", "PC001", "57014"].contains(&seen.code());
        assert!(honest, "{spoil}: {seen:?}");
        send(stage.app(), "rollback").await;
        send(stage.app(), "reset all").await;
    }
    assert_eq!(value(stage.app(), "select 1").await, "1");
}

#[tokio::test]
async fn a_context_ends_with_its_savepoint_its_transaction_and_its_key() {
    let mut stage = Stage::open().await;
    let enter = stage.enter("admin");
    let read = "select count(*) from polyclinic.patients";
    send(stage.app(), "begin; savepoint s").await;
    assert_eq!(attempt(stage.app(), &enter).await.code(), "");
    assert_eq!(attempt(stage.app(), read).await.code(), "");
    send(stage.app(), "rollback to s").await;
    assert_eq!(attempt(stage.app(), read).await.code(), "PC001");
    send(stage.app(), "commit").await;
    // A second door, in the same transaction, with or without wiping the first.
    stage.inside("admin").await;
    let south = enter.replace("'north'", "'south'");
    assert_eq!(attempt(stage.app(), &south).await.code(), "PC006");
    send(stage.app(), "set local gate.ctx = ''").await;
    assert_eq!(attempt(stage.app(), &south).await.code(), "PC003");
    send(stage.app(), "rollback").await;
    // A new key ends what is open; touching shrinks it.
    stage.inside("admin").await;
    send(&mut stage.superuser, "select gate.rotate_key()").await;
    assert_eq!(attempt(stage.app(), read).await.code(), "PC002");
    send(stage.app(), "rollback").await;
    send(stage.app(), "set synchronous_commit = on").await;
    stage.inside("admin").await;
    assert_eq!(attempt(stage.app(), "select gate.touch()").await.code(), "");
    assert_eq!(attempt(stage.app(), read).await.text(), "0");
    // Its commit waits for no disk; the next one does.
    assert_eq!(attempt(stage.app(), "show synchronous_commit").await.text(), "off");
    send(stage.app(), "rollback").await;
    assert_eq!(send(stage.app(), "show synchronous_commit").await.text(), "on");
    // A clinic that moves says so.
    let north = stage.north;
    send(
        &mut stage.superuser,
        &format!("update platform.directory set status = 'moving' where clinic_id = {north}"),
    )
    .await;
    assert_eq!(send(stage.app(), &format!("begin; {enter}")).await.code(), "PC007");
    send(stage.app(), "rollback").await;
}
