//! Imports: a file goes in row by row, nothing is lost, nothing goes into the wrong clinic.

use std::fmt::Write;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::world::{Actor, Reply, World};

mod formulas;
mod on_the_page;

/// The stroke data set, where it lies beside the project; else a small file of the same shape.
pub fn stroke_file() -> (String, bool) {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/stroke_patients.csv");
    if let Ok(text) = std::fs::read_to_string(path) {
        return (text, true);
    }
    let mut text = String::from(
        "id,gender,age,hypertension,heart_disease,ever_married,work_type,Residence_type,avg_glucose_level,bmi,smoking_status,stroke\n",
    );
    for n in 0..1200 {
        let (sex, age) = (if n % 2 == 0 { "Male" } else { "Female" }, n % 82);
        let bmi = if n % 25 == 0 { "N/A".to_owned() } else { format!("{}.5", 18 + n % 20) };
        let (hyper, heart, stroke) =
            (i32::from(n % 10 == 0), i32::from(n % 20 == 0), i32::from(n % 21 == 0));
        writeln!(
            text,
            "{n},{sex},{age},{hyper},{heart},Yes,Private,Urban,101.5,{bmi},smokes,{stroke}"
        )
        .unwrap();
    }
    (text, false)
}

impl Actor {
    /// Sends a file as it is.
    pub async fn import(&self, query: &str, file: impl Into<reqwest::Body>) -> Reply {
        let request = self.request("POST", &format!("imports{query}"));
        self.send(request.header("content-type", "text/csv").body(file)).await
    }

    /// The newest import, as soon as this is true of it.
    async fn newest(&self, is: impl Fn(&Value) -> bool) -> Value {
        let mut import = Value::Null;
        for _ in 0..1000 {
            import = self.get("imports").await.json["items"][0].clone();
            if is(&import) {
                return import;
            }
        }
        panic!("it never came to that: {import}");
    }
}

/// Begins to send a file and does not end it: dropped, the cable is pulled.
async fn send_half(world: &World, admin: &Actor, half: &str) -> tokio::net::TcpStream {
    use tokio::io::AsyncWriteExt;
    let address = world.base.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let (slug, token, length) = (&admin.slug, admin.token.as_deref().unwrap(), half.len() * 2);
    let head = format!(
        "POST /clinic/{slug}/api/v1/imports HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
         content-type: text/csv\r\ncontent-length: {length}\r\n\r\n{half}"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// `created updated unchanged rejected`, after checking that they add up.
fn account(import: &Value) -> [i64; 4] {
    let n = |name: &str| import[name].as_i64().unwrap();
    let account = ["created", "updated", "unchanged", "rejected"].map(n);
    assert_eq!(account.iter().sum::<i64>(), n("rows_done"), "{import}");
    account
}

async fn rejects(admin: &Actor, import: &Value) -> Vec<(i64, String, String)> {
    let id = import["import_id"].as_str().unwrap();
    let reply = admin.get(&format!("imports/{id}/rejects?limit=100")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let rows = reply.json["items"].as_array().unwrap().clone();
    rows.iter()
        .map(|r| (r["row_number"].as_i64().unwrap(), text(&r["field"]), text(&r["code"])))
        .collect()
}

#[tokio::test]
async fn the_stroke_data_set_goes_into_both_clinics_and_neither_sees_the_others() {
    let world = World::open().await;
    let (file, whole) = stroke_file();
    let rows = i64::try_from(file.lines().count() - 1).unwrap();
    let (north, south) = (world.north.admin().await, world.south.admin().await);
    let first = north.import("?file_name=stroke.csv", file.clone()).await;
    assert_eq!(first.status, 201, "{first:?}");
    assert_eq!(first.json["status"], "completed");
    assert_eq!(account(&first.json), [rows, 0, 0, 0]);
    assert_eq!(south.get("cohort").await.json["total"], 0);
    let second = south.import("", file.clone()).await;
    assert_eq!(account(&second.json), [rows, 0, 0, 0]);
    for admin in [&north, &south] {
        let cohort = admin.get("cohort").await.json;
        assert_eq!(cohort["total"], rows);
        let imports = admin.get("imports").await.json;
        assert_eq!(imports["items"].as_array().unwrap().len(), 1);
        if whole {
            assert_eq!(
                [
                    &cohort["stroke"],
                    &cohort["high_risk"],
                    &cohort["mean_age"],
                    &cohort["mean_bmi"],
                    &cohort["bmi_known"]
                ],
                [&json!(249), &json!(249), &json!(43.2313), &json!(28.8932), &json!(4909)]
            );
        }
    }
    // The other clinic's import is not there.
    let id = second.json["import_id"].as_str().unwrap();
    for path in [
        format!("imports/{id}"),
        format!("imports/{id}/rejects"),
        format!("imports/{id}/rejects.csv"),
    ] {
        assert_eq!(north.get(&path).await.problem(), "404 not_found");
    }
    assert_eq!(
        north.import(&format!("?resume={id}"), file.clone()).await.problem(),
        "404 not_found"
    );
    // The same file again changes nothing.
    let again = north.import("", file).await;
    assert_eq!(account(&again.json), [0, 0, rows, 0]);
    assert_eq!(again.json["file_sha256"], first.json["file_sha256"]);
}

#[tokio::test]
async fn numbers_of_an_import_and_of_the_counter_make_one_sequence() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    world.north.patient("Asha").await;
    admin.import("", "id,name,age\n1,A B,30\n2,C D,31\n3,E F,32\n").await;
    let last = world.north.patient("Usha").await;
    assert!(last["number"].as_str().unwrap().ends_with("-00005"), "{last}");
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_aside_and_the_rest_goes_in() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let mut file = b"id,name,age,gender,mobile\n1,Asha Rao,40,F,9822001122\n2,Ravi\n3,Bad \xff\xfe,40,M,\n4,Nul\x00l,40,M,\n".to_vec();
    file.extend_from_slice(b"1,Second Asha,41,F,\n5,Too Old,171,M,\n6,No Phone,40,M,call me\n7,Open \"quote\n8,\"Open quote\n9,Mira,12,,\n");
    file.extend_from_slice(
        format!("10,{},40,M,\n11,{},40,M,\n", "x".repeat(300), "y".repeat(200_000)).as_bytes(),
    );
    let reply = admin.import("", file).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    assert_eq!(account(&reply.json), [2, 0, 0, 10]);
    let said = |row, field: &str, code: &str| (row, field.to_owned(), code.to_owned());
    assert_eq!(
        rejects(&admin, &reply.json).await,
        [
            said(2, "row", "field_count"),
            said(3, "name", "not_utf8"),
            said(4, "name", "control_character"),
            said(5, "id", "duplicate_in_file"),
            said(6, "age", "out_of_range"),
            said(7, "mobile", "not_a_phone"),
            said(8, "row", "field_count"),
            said(9, "row", "unclosed_quote"),
            said(11, "name", "too_long"),
            said(12, "row", "too_long"),
        ]
    );
    // As a file, with the reasons after the file's own columns.
    let id = reply.json["import_id"].as_str().unwrap();
    let csv = admin.get(&format!("imports/{id}/rejects.csv")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let mut lines = csv.text.lines();
    assert_eq!(
        lines.next(),
        Some("id,name,age,gender,mobile,reject_row,reject_field,reject_code,reject_message")
    );
    assert_eq!(
        lines.next(),
        Some("2,Ravi,,,,2,row,field_count,\"This row has 2 cells, the first line has 5.\"")
    );
    assert_eq!(csv.text.lines().count(), 11);
    // Corrected, it can be imported as it is: the reasons are left out.
    let corrected = csv.text.replace("5,Too Old,171", "5,Too Old,71");
    let again = admin.import("", corrected).await;
    assert_eq!(account(&again.json)[0], 1);
}

#[tokio::test]
async fn rejects_come_page_by_page_however_many() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let mut file = String::from("id,name,age\n");
    for n in 1..=2300 {
        writeln!(file, "{n},Name {n},900").unwrap();
    }
    let import = admin.import("", file).await.json;
    assert_eq!(account(&import), [0, 0, 0, 2300]);
    let id = import["import_id"].as_str().unwrap();
    let csv = admin.get(&format!("imports/{id}/rejects.csv")).await;
    assert_eq!(csv.text.lines().count(), 2301);
    let first = admin.get(&format!("imports/{id}/rejects?limit=2")).await.json;
    let cursor = first["next_cursor"].as_str().unwrap();
    let next = admin.get(&format!("imports/{id}/rejects?limit=2&cursor={cursor}")).await.json;
    assert_eq!(next["items"][0]["row_number"], 3);
}

#[tokio::test]
async fn a_known_id_is_corrected_and_a_blank_cell_erases_nothing() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    admin.import("", "id,name,dob,phone,city,allergies\n7,Asha Rao,3/3/1987,9822001122,Pune,penicillin\n8,Ravi More,1/1/1990,,,\n").await;
    let reply = admin
        .import("", "id,name,dob,phone,city,allergies\n7,Asha Rao,1987-03-03,,Nashik,\n8,Ravi More,1/1/1990,,,\n9,New One,2/2/2002,,,none\n")
        .await;
    assert_eq!(account(&reply.json), [1, 1, 1, 0]);
    let found = admin.get("patients?q=asha").await.json["items"][0].clone();
    let asha = admin.get(&format!("patients/{}", found["patient_id"].as_str().unwrap())).await.json;
    assert_eq!(
        (&asha["city"], &asha["phone"], &asha["version"]),
        (&json!("Nashik"), &json!("9822001122"), &json!(2))
    );
    // Nobody loses an allergy by an import.
    let reply = admin.import("", "id,name,dob,allergies\n7,Asha Rao,1987-03-03,none\n").await;
    assert_eq!(
        rejects(&admin, &reply.json).await,
        [(1, "allergies".into(), "recorded_otherwise".into())]
    );
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_writes_nothing() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let file = "id,name,age,bmi\n1,A B,30,20\n2,C D,300,20\n1,E F,32,20\n3,G H,33,20\n";
    let tried = admin.import("?dry_run=true", file).await;
    assert_eq!((tried.status, &tried.json["dry_run"]), (201, &json!(true)));
    assert_eq!(account(&tried.json), [2, 0, 0, 2]);
    assert_eq!(rejects(&admin, &tried.json).await.len(), 2);
    assert_eq!(admin.get("patients?q=G").await.json["items"], json!([]));
    let done = admin.import("", file).await;
    assert_eq!(account(&done.json), account(&tried.json));
    let number = admin.get("patients?q=G").await.json["items"][0]["number"].clone();
    assert!(number.as_str().unwrap().ends_with("-00002"), "a dry run takes no number: {number}");
}

#[tokio::test]
async fn an_interrupted_import_continues_where_it_stopped() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let mut file = String::from("id,name,age\n");
    for n in 1..=1700 {
        writeln!(file, "{n},Name {n},{}", n % 90).unwrap();
    }
    let half = file.len() * 2 / 3;
    let cable = send_half(&world, &admin, &file[..half]).await;
    admin.newest(|import| import["rows_done"] == 1000).await;
    drop(cable);
    let stopped = admin.newest(|import| import["status"] == "interrupted").await;
    assert_eq!(account(&stopped), [1000, 0, 0, 0]);
    let id = stopped["import_id"].as_str().unwrap();
    // Another file is not taken for this one, nor one that was cut.
    let query = format!("?resume={id}");
    let other = file.replacen("Name 3,", "Nemo 3,", 1);
    assert_eq!(admin.import(&query, other).await.problem(), "409 other_file");
    assert_eq!(admin.import(&query, "id,name,age\n1,Name 1,1\n").await.problem(), "409 other_file");
    assert_eq!(admin.import(&query, "id,name\n").await.refused(), ["header: no_age"]);
    let done = admin.import(&query, file.clone()).await;
    assert_eq!(
        (done.status, &done.json["import_id"], &done.json["status"]),
        (201, &json!(id), &json!("completed"))
    );
    assert_eq!(account(&done.json), [1700, 0, 0, 0]);
    assert_eq!(admin.import(&query, file).await.problem(), "409 completed");
}

#[tokio::test]
async fn a_retry_with_the_same_key_is_the_same_import() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let send = |file: &'static str| {
        let request = admin.request("POST", "imports").header("content-type", "text/csv");
        admin.send(request.header("idempotency-key", "k1").body(file))
    };
    let first = send("id,name,age\n1,A B,30\n").await;
    let second = send("id,name,age\n1,A B,30\n").await;
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.json, second.json);
    assert_eq!(second.header("idempotency-replayed"), "true");
    assert_eq!(send("id,name,age\n2,A B,30\n").await.refused(), ["Idempotency-Key: reused"]);
    assert_eq!(send("id,given name,age\n1,A B,30\n").await.refused(), ["Idempotency-Key: reused"]);
    assert_eq!(admin.get("imports").await.json["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_that_is_none_is_refused() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    for (query, file, refused) in [
        ("", "", "file: empty"),
        ("", "\n\r\n", "file: empty"),
        ("", "1,Asha,44\n", "header: not_a_header"),
        ("", "name,city\nAsha,Pune\n", "header: no_age"),
        ("?map=nope:name", "id,age\n1,2\n", "map: unknown_column"),
        ("?map=id", "id,age\n1,2\n", "map: invalid"),
        ("?map=id:shoe_size", "id,age\n1,2\n", "map: unknown_field"),
        ("?resume=x", "id,age\n1,2\n", "resume: not_an_id"),
    ] {
        let reply = admin.import(query, file).await;
        assert_eq!((reply.status, reply.refused()), (422, vec![refused.to_owned()]), "{file:?}");
    }
    let json = admin.post("imports", &json!({})).await;
    assert_eq!(json.problem(), "415 unsupported_media_type");
    assert_eq!(admin.get("imports").await.json["items"], json!([]));
}

#[tokio::test]
async fn a_mapping_names_columns_that_nobody_knows() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let reply = admin.import("?map=who:name&map=note:", "who;age;note\nAsha Rao;40;x\n").await;
    assert_eq!(account(&reply.json), [1, 0, 0, 0]);
    assert_eq!(
        reply.json["columns"],
        json!([{"column": "who", "field": "name"}, {"column": "age", "field": "age_years"}, {"column": "note", "field": null}])
    );
}

#[tokio::test]
async fn only_an_admin_imports_and_the_trail_names_that_person() {
    let world = World::open().await;
    for role in ["doctor", "nurse", "receptionist", "lab_tech", "patient"] {
        let actor = world.north.actor(role).await;
        assert_eq!(actor.import("", "id,age\n1,2\n").await.problem(), "403 forbidden", "{role}");
        assert_eq!(actor.get("imports").await.problem(), "403 forbidden", "{role}");
    }
    let admin = world.north.admin().await;
    let import = admin.import("", "id,name,age\n1,A B,30\n").await.json;
    let mut owner = world.connect("postgres").await;
    let (users, by): (i64, Option<uuid::Uuid>) = sqlx::query_as(
        "select count(distinct h.user_id), min(h.user_id::text)::uuid
         from polyclinic.history h
         where h.table_name in ('patients', 'imports') and h.session_id in (select job_id from platform.jobs)",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!(
        (users, by.map(|id| id.to_string())),
        (1, import["started_by"].as_str().map(str::to_owned))
    );
    let open: i64 = sqlx::query_scalar("select count(*) from platform.jobs where state <> 'done'")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    assert_eq!(open, 0);
}

#[tokio::test]
async fn a_body_past_the_limit_is_refused() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let request = admin.request("POST", "imports").header("content-type", "text/csv");
    let piece = "x".repeat(1024 * 1024);
    let endless = futures_util::stream::iter(
        std::iter::once("id,name,age\n".to_owned())
            .chain(std::iter::repeat_n(piece, 66))
            .map(Ok::<_, std::io::Error>),
    );
    // The server may answer before everything was sent, and hang up.
    if let Ok(reply) = request.body(reqwest::Body::wrap_stream(endless)).send().await {
        assert_eq!(reply.status().as_u16(), 413);
    }
    assert_eq!(admin.get("patients?q=x").await.json["items"], json!([]));
}
