//! Prescriptions listed, signed at once, kept as they were signed, and seen by their patient.

use futures_util::future::join_all;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use sqlx::Executor;

use super::{act, colleague, draft, id, line, path, sign};
use crate::world::{Actor, World};

#[tokio::test]
async fn the_list_is_narrowed_by_state_and_patient_and_comes_in_pages() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let (asha, usha) =
        (id(&world.north.patient("Asha").await), id(&world.north.patient("Usha").await));
    for n in 0..5 {
        let rx = draft(
            &doctor,
            if n % 2 == 0 { &asha } else { &usha },
            &[line(&format!("medicine {n}"))],
        )
        .await;
        if n < 3 {
            sign(&doctor, &rx).await;
        }
    }
    let of = |query: &'static str| {
        let doctor = doctor.clone();
        async move {
            let items = doctor.get(&format!("prescriptions?{query}")).await.json["items"]
                .as_array()
                .unwrap()
                .clone();
            items
                .iter()
                .map(|i| i["medicines"].as_str().unwrap().replace("medicine ", ""))
                .collect::<String>()
        }
    };
    assert_eq!(of("").await, "43210");
    assert_eq!(of("status=signed").await, "210");
    assert_eq!(of("status=draft").await, "43");
    assert_eq!(of("status=voided").await, "");
    let own = doctor.get(&format!("prescriptions?patient_id={asha}&status=signed")).await;
    assert_eq!(own.json["items"].as_array().unwrap().len(), 2);
    let first = doctor.get("prescriptions?limit=2").await.json;
    let next = first["next_cursor"].as_str().unwrap();
    let second = doctor.get(&format!("prescriptions?limit=2&cursor={next}")).await.json;
    assert_eq!(second["items"][0]["medicines"], "medicine 2");
    assert_eq!(
        world.south.doctor().await.get(&format!("prescriptions?cursor={next}")).await.refused(),
        ["cursor: invalid"]
    );
    assert_eq!(doctor.get("prescriptions?status=done").await.refused(), ["status: unknown_value"]);
}

#[tokio::test]
async fn thirty_two_signatures_leave_no_gap_and_no_duplicate() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = id(&world.north.patient("Asha").await);
    let mut drafts = Vec::new();
    for n in 0..32 {
        drafts.push(draft(&doctor, &asha, &[line(&format!("medicine {n}"))]).await);
    }
    let signed = join_all(drafts.iter().map(|rx| sign(&doctor, rx))).await;
    let number = |rx: &Value| {
        rx["number"].as_str().unwrap().rsplit('-').next().unwrap().parse::<usize>().unwrap()
    };
    let mut numbers: Vec<usize> = signed.iter().map(number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=32).collect::<Vec<_>>());
}

#[tokio::test]
async fn two_who_sign_the_same_draft_sign_it_once() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let rx = draft(&doctor, &id(&world.north.patient("Asha").await), &[line("ibuprofen")]).await;
    let replies =
        join_all((0..8).map(|_| async { act(&doctor, &rx, "sign", &json!({})).await })).await;
    let mut said: Vec<String> =
        replies.iter().map(|r| if r.status == 200 { "200".into() } else { r.problem() }).collect();
    said.sort();
    assert_eq!(said[0], "200");
    assert!(said[1..].iter().all(|s| s == "409 signed"), "{said:?}");
}

#[tokio::test]
async fn two_prescriptions_signed_at_once_warn_of_each_other() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let second = colleague(&world).await;
    let asha = id(&world.north.patient("Asha").await);
    let (one, two) = (
        draft(&doctor, &asha, &[line("ibuprofen")]).await,
        draft(&second, &asha, &[line("ibuprofen")]).await,
    );
    let none = json!({});
    let replies = [act(&doctor, &one, "sign", &none), act(&second, &two, "sign", &none)];
    let mut status: Vec<u16> = join_all(replies.map(|r| async { r.await.status })).await;
    status.sort_unstable();
    assert_eq!(status, [200, 409]);
}

#[tokio::test]
async fn a_retry_with_the_same_key_does_it_once() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let body =
        json!({"patient_id": id(&world.north.patient("Asha").await), "lines": [line("ibuprofen")]});
    let post = || {
        doctor.send(
            doctor.request("POST", "prescriptions").header("idempotency-key", "d1").json(&body),
        )
    };
    let (first, second) = (post().await, post().await);
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.text, second.text);
    let sign = || {
        let request = doctor.request("POST", &format!("{}/sign", path(&first.json)));
        doctor.send(
            request.header("idempotency-key", "s1").header("if-match", "\"v1\"").json(&json!({})),
        )
    };
    let (once, twice) = (sign().await, sign().await);
    assert_eq!((once.status, twice.status), (200, 200), "{twice:?}");
    assert_eq!(once.text, twice.text);
    assert_eq!(doctor.get("prescriptions").await.json["items"].as_array().unwrap().len(), 1);
}

/// Opens north as the actor on a raw connection of the app's login.
async fn inside(world: &World, actor: &Actor) -> sqlx::PgConnection {
    let mut connection = world.connect("polyclinic_app").await;
    connection.execute("begin").await.unwrap();
    sqlx::query("select gate.enter('north', $1)")
        .bind(actor.secret.clone().unwrap())
        .execute(&mut connection)
        .await
        .unwrap();
    connection
}

async fn refusal(connection: &mut sqlx::PgConnection, sql: &str) -> String {
    connection.execute("savepoint s").await.unwrap();
    let outcome = connection.execute(sqlx::AssertSqlSafe(sql.to_owned())).await;
    connection.execute("rollback to s").await.unwrap();
    match outcome {
        Ok(done) => format!("{} rows", done.rows_affected()),
        Err(error) => error.as_database_error().unwrap().code().unwrap().into_owned(),
    }
}

#[tokio::test]
async fn no_sql_of_the_services_own_login_changes_what_is_signed() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let second = colleague(&world).await;
    let asha = id(&world.north.patient("Asha").await);
    let signed = sign(&doctor, &draft(&doctor, &asha, &[line("ibuprofen")]).await).await;
    let open = draft(&doctor, &asha, &[line("cetirizine")]).await;
    let (rx, draft_id) =
        (signed["prescription_id"].as_str().unwrap(), open["prescription_id"].as_str().unwrap());
    let add = |rx: &str, revision: i32| {
        format!("insert into polyclinic.prescription_lines (line_id, prescription_id, patient_id, revision, position, medicine, form, schedule, quantity)
                 values (gen_random_uuid(), '{rx}', '{asha}', {revision}, 9, 'morphine', 'tablet', '1-0-1', 10)")
    };
    let own =
        "(select practitioner_id from polyclinic.practitioners where user_id = gate.user_id())";
    let other = "(select practitioner_id from polyclinic.practitioners where user_id <> gate.user_id() limit 1)";
    let make = |by: &str, status: &str| {
        format!("insert into polyclinic.prescriptions (prescription_id, patient_id, practitioner_id, status, number, signed_at)
                 values (gen_random_uuid(), '{asha}', {by}, '{status}', 'RX-9', now())")
    };
    let mut db = inside(&world, &doctor).await;
    for (sql, expected) in [
        (
            format!(
                "update polyclinic.prescriptions set advice = 'x' where prescription_id = '{rx}'"
            ),
            "PC020",
        ),
        (
            format!(
                "update polyclinic.prescriptions set status = 'draft', number = null, signed_at = null where prescription_id = '{rx}'"
            ),
            "PC020",
        ),
        (
            format!(
                "update polyclinic.prescriptions set number = 'RX-0' where prescription_id = '{rx}'"
            ),
            "PC020",
        ),
        (
            format!(
                "update polyclinic.prescriptions set revision = 2 where prescription_id = '{rx}'"
            ),
            "PC020",
        ),
        (
            format!(
                "update polyclinic.prescriptions set patient_id = patient_id where prescription_id = '{rx}'"
            ),
            "42501",
        ),
        (format!("delete from polyclinic.prescriptions where prescription_id = '{rx}'"), "42501"),
        (
            format!(
                "update polyclinic.prescription_lines set quantity = 99 where prescription_id = '{rx}'"
            ),
            "42501",
        ),
        (
            format!("delete from polyclinic.prescription_lines where prescription_id = '{rx}'"),
            "42501",
        ),
        (add(rx, 1), "PC020"),
        (add(rx, 2), "PC020"),
        (add(draft_id, 7), "PC020"),
        (make(own, "signed"), "42501"),
        (make(other, "signed"), "42501"),
        (
            format!(
                "insert into polyclinic.prescriptions (prescription_id, patient_id, practitioner_id) values (gen_random_uuid(), '{asha}', {other})"
            ),
            "42501",
        ),
    ] {
        assert_eq!(refusal(&mut db, &sql).await, expected, "{sql}");
    }
    // What a handler may do, it may: the attempts above fail for their own reason.
    assert_eq!(refusal(&mut db, &add(draft_id, 1)).await, "1 rows");
    // A colleague's hand reaches neither.
    let mut db = inside(&world, &second).await;
    for (sql, expected) in [
        (
            format!(
                "update polyclinic.prescriptions set advice = 'x' where prescription_id = '{draft_id}'"
            ),
            "0 rows",
        ),
        (
            format!(
                "update polyclinic.prescriptions set status = 'voided', voided_at = now(), void_reason = 'why' where prescription_id = '{rx}'"
            ),
            "0 rows",
        ),
        (add(draft_id, 1), "PC020"),
    ] {
        assert_eq!(refusal(&mut db, &sql).await, expected, "{sql}");
    }
    // Nor does a role that may not prescribe.
    let mut db = inside(&world, &world.north.receptionist().await).await;
    let sql = format!(
        "update polyclinic.prescriptions set advice = 'x' where prescription_id = '{draft_id}'"
    );
    assert_eq!(refusal(&mut db, &sql).await, "0 rows");
}

#[tokio::test]
async fn a_patient_sees_the_own_ones_that_were_signed_and_no_draft_even_by_sql() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let own = doctor.get("patients?q=own").await.json["items"][0]["patient_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let asha = id(&world.north.patient("Asha").await);
    let foreign = sign(&doctor, &draft(&doctor, &asha, &[line("ibuprofen")]).await).await;
    let signed = sign(&doctor, &draft(&doctor, &own, &[line("paracetamol")]).await).await;
    let unsigned = doctor
        .post(
            "prescriptions",
            &json!({"patient_id": own, "lines": [line("morphine")], "tests": [{"name": "HIV"}],
            "replaces_id": signed["prescription_id"]}),
        )
        .await
        .json;
    let patient = world.north.actor("patient").await;
    let list = patient.get("prescriptions").await.json;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["number"], signed["number"]);
    let seen = patient.get(&path(&signed)).await;
    assert_eq!(
        (seen.status, seen.json["lines"][0]["medicine"].as_str()),
        (200, Some("paracetamol"))
    );
    assert_eq!(
        seen.json["replaced_by_id"],
        json!(null),
        "not even that a correction is being written"
    );
    for rx in [&unsigned, &foreign] {
        assert_eq!(patient.get(&path(rx)).await.problem(), "404 not_found");
        assert_eq!(patient.page(&format!("{}/print", path(rx))).await.status, 404);
    }
    assert_eq!(
        act(&patient, &signed, "void", &json!({"reason": "I do not like it"})).await.problem(),
        "403 forbidden"
    );
    assert_eq!(patient.page(&format!("{}/print", path(&signed))).await.status, 200);
    assert_eq!(patient.page(&path(&signed)).await.status, 200);
    assert_eq!(patient.page("prescriptions").await.status, 200);
    let mut db = inside(&world, &patient).await;
    for (table, rows) in
        [("prescriptions", 1_i64), ("prescription_lines", 1), ("prescription_tests", 0)]
    {
        let sql = format!("select count(*) from polyclinic.{table}");
        let count: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut db).await.unwrap();
        assert_eq!(count, rows, "{table}");
    }
}
