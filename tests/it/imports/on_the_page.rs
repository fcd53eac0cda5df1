//! Imports as an administrator brings them in: looked at, tried, run beside the request, undone.

use pretty_assertions::assert_eq;
use serde_json::json;
use sha2::Digest;
use sqlx::Executor;

use crate::world::{Actor, World};

/// Sends a file by the page; the address of its columns.
async fn kept(admin: &Actor, name: &str, file: &[u8]) -> String {
    let sent = admin.upload("imports", &[], name, file).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let to = sent.header("location").trim_start_matches("/clinic/north/").to_owned();
    assert!(to.starts_with("imports/files/"), "{to}");
    to
}

/// Begins with these choices and waits for the end; the address of the report.
async fn ran(admin: &Actor, file: &str, fields: &[(&str, &str)]) -> String {
    let begun = admin.submit(&format!("{file}/run"), fields).await;
    assert_eq!(begun.status, 303, "{}", begun.text);
    let to = begun.header("location").trim_start_matches("/clinic/north/").to_owned();
    let id = to.rsplit('/').next().unwrap().to_owned();
    admin.newest(|import| import["import_id"] == *id && import["status"] == "completed").await;
    to
}

const LIST: &[u8] = b"code,full,years,shoe\n1,Asha Rao,30,38\n2,,31,40\n3,Ravi Rao,32,41\n";
const CHOSEN: [(&str, &str); 3] = [("c0", "external_id"), ("c1", "name"), ("c2", "age_years")];

#[tokio::test]
async fn a_file_is_looked_at_tried_and_brought_in_on_the_page() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let empty = admin.page("imports").await;
    assert!(empty.text.contains("None yet"), "{}", empty.text);
    let file = kept(&admin, "list.csv", LIST).await;
    let columns = admin.page(&file).await.text;
    for said in
        ["list.csv", "Asha Rao · Ravi Rao", "30 · 31 · 32", "Read shoe as", "Import about 3 rows"]
    {
        assert!(columns.contains(said), "{said}: {columns}");
    }
    let single = kept(&admin, "one.csv", b"name,age\nMira Joshi,7").await;
    let single = admin.page(&single).await.text;
    assert!(single.contains("Import about 1 row<"), "{single}");
    assert!(single.contains(">Birth date (day first)</option>"));
    // Nobody knows these names: what is missing is told, and what was chosen stays.
    let wrong =
        admin.submit(&format!("{file}/run"), &[("c0", "external_id"), ("c1", "name")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("the birth date or the age is missing"), "{}", wrong.text);
    assert!(wrong.text.contains("<option value=\"external_id\" selected>"));
    let twice = [("c0", "name"), ("c1", "name"), ("c2", "age_years")];
    assert_eq!(admin.submit(&format!("{file}/run"), &twice).await.status, 422);
    assert_eq!(admin.submit(&format!("{file}/run"), &[("c0", "salary")]).await.status, 422);

    let tried = [&CHOSEN[..], &[("dry_run", "yes"), ("once", "t1")]].concat();
    let report = ran(&admin, &file, &tried).await;
    let shown = admin.page(&report).await.text;
    for said in
        ["Only tried: nothing was written", "Import it now", "Rows kept aside", "Fill this in."]
    {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    assert!(!shown.contains("http-equiv=\"refresh\""), "it is over");
    assert!(!shown.contains("Wrong file?"), "a try leaves nothing to undo");
    let like = format!("{file}?like={}", report.rsplit('/').next().unwrap());
    assert!(admin.page(&like).await.text.contains("<option value=\"age_years\" selected>"));
    assert_eq!(admin.get("patients?q=rao").await.json["items"], json!([]));

    let good = [&CHOSEN[..], &[("once", "g1")]].concat();
    let report = ran(&admin, &file, &good).await;
    assert!(admin.page(&report).await.text.contains("Wrong file?"));
    assert_eq!(admin.get("patients?q=rao").await.json["items"].as_array().unwrap().len(), 2);
    let again = admin.submit(&format!("{file}/run"), &good).await;
    assert!(again.header("location").ends_with(&report), "sent twice, one import: {again:?}");
    assert!(admin.page("imports").await.text.contains("list.csv"));
    // The other clinic knows neither the file nor the import.
    let south = world.south.admin().await;
    assert_eq!(south.page(&file).await.status, 404);
    assert_eq!(south.submit(&format!("{file}/run"), &CHOSEN).await.status, 404);
    assert_eq!(south.submit(&format!("{report}/continue"), &[]).await.status, 404);
}

#[tokio::test]
async fn a_file_that_is_none_is_refused_on_the_page() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    for (name, file, said) in [
        ("", &b""[..], "Choose a file."),
        ("x.csv", b"", "The file is empty."),
        ("x.csv", b"\xff,b\n1,2\n", "is no UTF-8 text"),
    ] {
        let refused = admin.upload("imports", &[], name, file).await;
        assert_eq!(refused.status, 422, "{said}");
        assert!(refused.text.contains(said), "{said}: {}", refused.text);
    }
    let forged = admin.upload("imports", &[("csrf", "guessed")], "x.csv", LIST).await;
    assert_eq!(forged.status, 403);
    assert_eq!(world.north.doctor().await.upload("imports", &[], "x.csv", LIST).await.status, 403);
}

#[tokio::test]
async fn an_import_that_was_killed_goes_on_with_the_file_that_is_here() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let file = kept(&admin, "list.csv", LIST).await;
    let report = ran(&admin, &file, &CHOSEN).await;
    // As if the service had been killed before the first batch was committed.
    let id = report.rsplit('/').next().unwrap();
    let mut owner = world.connect("postgres").await;
    let header = sha2::Sha256::digest(&LIST[..=LIST.iter().position(|b| *b == b'\n').unwrap()]);
    let sql = format!(
        "alter table polyclinic.imports disable trigger stamp;
         delete from polyclinic.import_rejects; delete from polyclinic.import_patients;
         update polyclinic.imports set status = 'running', rows_done = 0, created = 0, rejected = 0,
           done_sha256 = '\\x{}', updated_at = now() - interval '1 hour' where import_id = '{id}';
         alter table polyclinic.imports enable trigger stamp;",
        hex::encode(header)
    );
    owner.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    let stopped = admin.page(&report).await.text;
    for said in ["This import stopped half way", "The file is still here", "Interrupted"] {
        assert!(stopped.contains(said), "{said}: {stopped}");
    }
    let going = admin.submit(&format!("{report}/continue"), &[]).await;
    assert!(going.header("location").ends_with("?done=import_goes_on"), "{going:?}");
    let done = admin.newest(|i| i["import_id"] == *id && i["status"] == "completed").await;
    assert_eq!((&done["unchanged"], &done["rejected"]), (&json!(2), &json!(1)), "{done}");
    assert_eq!(admin.submit(&format!("{report}/continue"), &[]).await.status, 409);
}

#[tokio::test]
async fn an_undone_import_sets_aside_whom_nobody_has_touched_and_names_the_others() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let before = admin.import("", "id,name,age\n9,Old Rao,70\n").await;
    assert_eq!(before.json["created"], 1);
    let list = "id,name,age,phone\n1,Asha Rao,30,\n2,Usha Rao,31,\n3,Ravi Rao,32,\n9,Old Rao,70,9822001122\n";
    let import = admin.import("", list).await.json;
    assert_eq!((&import["created"], &import["updated"]), (&json!(3), &json!(1)));
    let found = async |q: &str| admin.get(&format!("patients?q={q}")).await.json["items"].clone();
    let asha = found("asha").await[0].clone();
    let reception = world.north.receptionist().await;
    let visit = json!({"patient_id": asha["patient_id"], "purpose": "Fever"});
    assert_eq!(reception.post("visits", &visit).await.status, 201);
    let ravi = found("ravi").await[0].clone();
    let ravi = format!("patients/{}", ravi["patient_id"].as_str().unwrap());
    assert_eq!(reception.patch(&ravi, 1, &json!({"city": "Pune"})).await.status, 200);

    let path = format!("imports/{}/undo", import["import_id"].as_str().unwrap());
    assert_eq!(reception.post(&path, &json!({})).await.problem(), "403 forbidden");
    assert_eq!(world.south.admin().await.post(&path, &json!({})).await.problem(), "404 not_found");
    let undone = admin.post(&path, &json!({})).await;
    assert_eq!(undone.status, 200, "{undone:?}");
    assert_eq!(undone.json["undone"], 1);
    let mut stay: Vec<_> = undone.json["kept"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["given_name"].as_str().unwrap().to_owned())
        .collect();
    stay.sort();
    assert_eq!(stay, ["Asha", "Ravi"]);
    let names: Vec<_> =
        found("rao").await.as_array().unwrap().iter().map(|p| p["given_name"].clone()).collect();
    assert!(!names.contains(&json!("Usha")) && names.len() == 3, "{names:?}");
    assert_eq!(found("old").await[0]["phone"], "9822001122", "what was corrected stays corrected");
    let page = admin.page(&format!("imports/{}", import["import_id"].as_str().unwrap())).await.text;
    for said in ["1 patients were set aside.", "in 1 older records stays", "RAO, Asha", "Undone on"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    // Imported again, the one who was set aside is back; whom somebody set aside by hand stays there, and it is said.
    let again = admin
        .import("", "id,name,age,phone\n2,Usha Rao,31,9822009999\n3,Ravi Rao,32,\n")
        .await
        .json;
    assert_eq!((&again["created"], &again["unchanged"]), (&json!(1), &json!(1)), "{again}");
    assert_eq!(found("usha").await[0]["phone"], "9822009999");
    let seen = reception.get(&ravi).await.json["version"].as_i64().unwrap();
    let aside = reception.patch(&ravi, seen, &json!({"status": "archived"})).await;
    assert_eq!(aside.status, 200, "{aside:?}");
    let refused = admin.import("", "id,name,age\n3,Ravi Rao,32\n").await.json;
    assert_eq!((&refused["rejected"], &refused["unchanged"]), (&json!(1), &json!(0)), "{refused}");
    // Asked again it finds nothing more; a try leaves nothing to undo.
    assert_eq!(admin.post(&path, &json!({})).await.json["undone"], 1);
    let tried = admin.import("?dry_run=true", "id,name,age\n77,New Person,30\n").await.json;
    let tried = format!("imports/{}/undo", tried["import_id"].as_str().unwrap());
    assert_eq!(admin.post(&tried, &json!({})).await.problem(), "409 nothing_to_undo");
    // The trail has it, in the name of whoever undid it.
    let mut owner = world.connect("postgres").await;
    let told: i64 = sqlx::query_scalar(
        "select count(*) from polyclinic.history h join polyclinic.users u using (clinic_id, user_id)
         where h.table_name = 'patients' and h.changes -> 'status' ->> 1 = 'archived' and u.role = 'admin'",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!(told, 1);
}

#[tokio::test]
async fn upkeep_buries_jobs_of_imports_that_were_killed_and_forgets_old_files() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let file = kept(&admin, "list.csv", LIST).await;
    let mut owner = world.connect("postgres").await;
    let sql = "update polyclinic.import_pieces set created_at = now() - interval '8 days';
               insert into platform.jobs (job_id, clinic_id, kind, state, leased_until)
               select gen_random_uuid(), clinic_id, 'import', 'leased', now() - interval '1 hour'
               from platform.directory where slug = 'north'";
    owner.execute(sql).await.unwrap();
    while polyclinic::jobs::turn(&world.app).await.unwrap() {}
    owner.execute("update platform.jobs set run_at = now() where kind = 'seal'").await.unwrap();
    while polyclinic::jobs::turn(&world.app).await.unwrap() {}
    let states: Vec<String> =
        sqlx::query_scalar("select state from platform.jobs where kind = 'import'")
            .fetch_all(&mut owner)
            .await
            .unwrap();
    assert_eq!(states, ["failed"]);
    assert_eq!(admin.page(&file).await.status, 409, "the file is not here any more");
}
