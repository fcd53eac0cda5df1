//! The catalogues: looked up by a beginning, corrected under a version, filled once.

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::world::World;

fn amoxicillin() -> serde_json::Value {
    json!({"name": "Amoxicillin", "form": "capsule", "strength": "500mg", "default_dose": "1",
        "default_schedule": "morning_afternoon_night", "default_food": "after", "default_days": 5,
        "allergy_terms": "Penicillin"})
}

#[tokio::test]
async fn a_medicine_is_added_written_safely_and_found_by_its_beginning() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let added = doctor.post("catalogue/medicines", &amoxicillin()).await;
    assert_eq!((added.status, added.header("etag")), (201, "\"v1\""), "{added:?}");
    assert_eq!(added.json["name"], "amoxicillin");
    assert_eq!(added.json["strength"], "500 mg");
    assert_eq!(added.json["default_schedule"], "1-1-1");
    assert_eq!(added.json["active"], true);
    let path = added.header("location").to_owned();
    assert_eq!(doctor.get(&path).await.json["medicine_id"], added.json["medicine_id"]);
    for q in ["amox", "AMÓX", ""] {
        let found = doctor.get(&format!("catalogue/medicines?q={q}")).await;
        assert_eq!(found.json["items"][0]["name"], "amoxicillin", "{q}");
    }
    for q in ["oxi", "amoxz"] {
        assert_eq!(
            doctor.get(&format!("catalogue/medicines?q={q}")).await.json["items"],
            json!([])
        );
    }
    let again = doctor.post("catalogue/medicines", &amoxicillin()).await;
    assert_eq!(again.refused(), ["name: taken"]);
    let mut syrup = amoxicillin();
    syrup["form"] = json!("syrup");
    assert_eq!(doctor.post("catalogue/medicines", &syrup).await.status, 201);
    // The other clinic has a catalogue of its own.
    let south = world.south.doctor().await;
    assert_eq!(south.get("catalogue/medicines").await.json["items"], json!([]));
    let id = added.json["medicine_id"].as_str().unwrap();
    assert_eq!(south.get(&format!("catalogue/medicines/{id}")).await.problem(), "404 not_found");
    assert_eq!(
        south
            .patch(&format!("catalogue/medicines/{id}"), 1, &json!({"active": false}))
            .await
            .problem(),
        "404 not_found"
    );
    assert_eq!(south.post("catalogue/medicines", &amoxicillin()).await.status, 201);
}

#[tokio::test]
async fn what_is_read_wrongly_is_not_taken_into_the_catalogue() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let reply = doctor
        .post(
            "catalogue/medicines",
            &json!({"name": "x", "form": "pill", "strength": "50 µg", "default_dose": "10 U",
            "default_schedule": "TDS", "default_days": 0, "price": 3}),
        )
        .await;
    assert_eq!(
        reply.refused(),
        [
            "name: too_short",
            "form: unknown_value",
            "strength: unsafe_abbreviation",
            "default_dose: unsafe_abbreviation",
            "default_schedule: unsafe_abbreviation",
            "default_days: out_of_range",
            "price: unknown_field"
        ]
    );
    assert_eq!(
        doctor.post("catalogue/tests", &json!({"name": "CBC"})).await.refused(),
        ["kind: required"]
    );
}

#[tokio::test]
async fn a_medicine_is_corrected_under_its_version_and_taken_out_of_use() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let id = doctor.post("catalogue/medicines", &amoxicillin()).await.json["medicine_id"].clone();
    let path = format!("catalogue/medicines/{}", id.as_str().unwrap());
    let changed = doctor.patch(&path, 1, &json!({"default_days": 7, "brand": "Mox"})).await;
    assert_eq!((changed.status, &changed.json["default_days"]), (200, &json!(7)), "{changed:?}");
    assert_eq!(changed.json["default_schedule"], "1-1-1");
    assert_eq!(doctor.patch(&path, 1, &json!({"brand": null})).await.problem(), "412 stale");
    let blind = doctor.send(doctor.request("PATCH", &path).json(&json!({"brand": null}))).await;
    assert_eq!(blind.problem(), "428 precondition_required");
    assert_eq!(doctor.patch(&path, 2, &json!({"active": false})).await.json["active"], false);
    assert_eq!(doctor.get("catalogue/medicines").await.json["items"], json!([]));
    let all = doctor.get("catalogue/medicines?inactive=true").await;
    assert_eq!(all.json["items"][0]["active"], false);
}

#[tokio::test]
async fn the_starter_set_is_added_once() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    assert_eq!(world.north.doctor().await.post("catalogue/starter", &json!({})).await.status, 403);
    let first = admin.post("catalogue/starter", &json!({})).await;
    assert_eq!((first.status, first.json), (200, json!({"medicines": 18, "tests": 16})));
    assert_eq!(
        admin.post("catalogue/starter", &json!({})).await.json,
        json!({"medicines": 0, "tests": 0})
    );
    // By name, page by page, nothing twice and nothing left out.
    let mut names = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = admin.get(&format!("catalogue/medicines?limit=7{cursor}")).await;
        assert_eq!(page.status, 200, "{page:?}");
        for item in page.json["items"].as_array().unwrap() {
            names.push(format!(
                "{} {}",
                item["name"].as_str().unwrap(),
                item["form"].as_str().unwrap()
            ));
        }
        let Some(next) = page.json["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(names.len(), 18);
    let mut sorted = names.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), 18);
    let tests = admin.get("catalogue/tests?q=gluc").await;
    assert_eq!(tests.json["items"].as_array().unwrap().len(), 2);
    assert_eq!(
        admin.get("catalogue/medicines?cursor=made-up").await.refused(),
        ["cursor: invalid"]
    );
}

#[tokio::test]
async fn who_may_look_and_who_may_change() {
    let world = World::open().await;
    let test = json!({"name": "Complete blood count", "kind": "blood"});
    for (role, look, change) in [
        ("admin", 200, 201),
        ("doctor", 200, 201),
        ("nurse", 200, 403),
        ("receptionist", 200, 403),
        ("lab_tech", 200, 403),
        ("pharmacist", 200, 403),
        ("cashier", 403, 403),
        ("patient", 403, 403),
    ] {
        let actor = world.north.actor(role).await;
        assert_eq!(actor.get("catalogue/tests").await.status, look, "{role}");
        let mut test = test.clone();
        test["name"] = json!(format!("Test of {role}"));
        assert_eq!(actor.post("catalogue/tests", &test).await.status, change, "{role}");
        assert_eq!(actor.page("catalogue").await.status, look, "{role}");
    }
    assert_eq!(world.anybody().get("catalogue/tests").await.status, 401);
}

#[tokio::test]
async fn a_retry_with_the_same_key_adds_once() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let body = json!({"name": "Lipid profile", "kind": "blood"});
    let send = || {
        doctor.send(
            doctor.request("POST", "catalogue/tests").header("idempotency-key", "k1").json(&body),
        )
    };
    let (first, second) = (send().await, send().await);
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.text, second.text);
    assert_eq!(doctor.post("catalogue/tests", &body).await.refused(), ["name: taken"]);
}

#[tokio::test]
async fn the_pages_add_correct_and_take_out_of_use() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let empty = admin.page("catalogue").await;
    assert!(empty.text.contains("Add the starter set"), "{}", empty.text);
    let started = admin.submit("catalogue/starter", &[("once", "s1")]).await;
    assert_eq!(
        (started.status, started.header("location")),
        (303, "/clinic/north/catalogue?done=catalogue_started")
    );
    let filled = admin.page("catalogue?done=catalogue_started").await;
    assert!(filled.text.contains("The starter set was added."));
    assert!(filled.text.contains("levothyroxine") && filled.text.contains("50 micrograms"));
    assert!(admin.page("catalogue?show=tests&find=urine").await.text.contains("Urine culture"));

    let wrong = admin
        .submit(
            "catalogue/medicines",
            &[("name", "Insulin"), ("form", "injection"), ("strength", "100 IU")],
        )
        .await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("Write units, not U or IU."));
    assert!(wrong.text.contains("value=\"Insulin\""), "nothing typed is lost");
    let added = admin
        .submit(
            "catalogue/medicines",
            &[("name", "Insulin"), ("form", "injection"), ("strength", "100 units/ml")],
        )
        .await;
    assert_eq!(added.status, 303, "{added:?}");
    let found = admin.get("catalogue/medicines?q=insulin").await;
    let (id, strength) = (
        found.json["items"][0]["medicine_id"].as_str().unwrap(),
        &found.json["items"][0]["strength"],
    );
    assert_eq!(strength, "100 units/mL");
    let path = format!("catalogue/medicines/{id}");
    assert!(admin.page(&path).await.text.contains("Stop offering insulin 100 units/mL injection"));
    let stale =
        admin.submit(&path, &[("version", "9"), ("name", "insulin"), ("form", "injection")]).await;
    assert_eq!(stale.status, 412);
    let stopped = admin.submit(&format!("{path}/use"), &[("version", "1")]).await;
    assert_eq!(stopped.status, 303);
    assert!(!admin.page("catalogue?find=insulin").await.text.contains("100 units/mL"));
    assert!(admin.page("catalogue?find=insulin&inactive=true").await.text.contains("Not in use"));
    // A correction does not bring it back by itself.
    let corrected =
        admin.submit(&path, &[("version", "2"), ("name", "insulin"), ("form", "injection")]).await;
    assert_eq!(corrected.status, 303, "{corrected:?}");
    assert_eq!(admin.get(&path).await.json["active"], false);
    assert!(!world.north.nurse().await.page("catalogue").await.text.contains("Add a medicine"));
}

#[tokio::test]
async fn while_one_types_the_beginning_of_any_word_finds() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let doctor = world.north.doctor().await;
    let none = doctor.get("catalogue/medicines?q=para").await;
    assert_eq!(none.json["items"], json!([]), "an empty catalogue");
    assert_eq!(admin.post("catalogue/starter", &json!({})).await.status, 200);
    let brand = json!({"name": "Amoxicillin + Clavulanic Acid", "brand": "Augmentin Duo", "form": "tablet", "strength": "625 mg"});
    let added = doctor.post("catalogue/medicines", &brand).await.json;
    let found = async |q: &str| -> Vec<String> {
        let reply = doctor.get(&format!("catalogue/medicines?limit=8&q={q}")).await;
        assert_eq!(reply.status, 200, "{q}");
        let items = reply.json["items"].as_array().unwrap().clone();
        items.iter().map(|m| m["name"].as_str().unwrap().to_owned()).collect()
    };
    let both = "amoxicillin + clavulanic acid";
    for q in [
        "clav",
        "AUGM",
        "duo",
        "acid%20amox",
        "625",
        "amoxicillin%20%2B%20clavulanic%20acid%20625%20mg%20tablet",
    ] {
        assert_eq!(found(q).await, [both], "{q}");
    }
    assert_eq!(found("amox").await, ["amoxicillin", both]);
    assert_eq!(found("para%20syrup").await, ["paracetamol"]);
    assert_eq!(found("para%20500").await, ["paracetamol"]);
    for q in ["moxi", "para%20injection", "%25", "_", "amox%25"] {
        let expected: &[&str] = match q {
            "%25" | "_" => &["all"],
            "amox%25" => &["amox"],
            _ => &[],
        };
        match expected {
            ["all"] if q == "%25" => {
                assert_eq!(found(q).await.len(), 8, "nothing that counts was typed");
            }
            ["amox"] => assert_eq!(found(q).await.len(), 2),
            _ => assert_eq!(found(q).await, [""; 0], "{q}"),
        }
    }
    // Corrected, it is found by its new words only; set aside, it is not offered.
    let path = format!("catalogue/medicines/{}", added["medicine_id"].as_str().unwrap());
    assert_eq!(doctor.patch(&path, 1, &json!({"brand": "Clavam"})).await.status, 200);
    assert_eq!(found("duo").await, [""; 0]);
    assert_eq!(found("clavam").await, [both]);
    assert_eq!(doctor.patch(&path, 2, &json!({"active": false})).await.status, 200);
    assert_eq!(found("clavam").await, [""; 0]);
    let tests = doctor.get("catalogue/tests?q=count").await.json;
    assert!(tests["items"][0]["name"].as_str().unwrap().contains("count"), "{tests}");
    // Page by page nobody comes twice.
    let first = doctor.get("catalogue/medicines?limit=5&q=tab").await.json;
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest =
        doctor.get(&format!("catalogue/medicines?limit=100&q=tab&cursor={cursor}")).await.json;
    let id = |m: &serde_json::Value| m["medicine_id"].as_str().unwrap().to_owned();
    let mut all: Vec<String> = first["items"].as_array().unwrap().iter().map(id).collect();
    all.extend(rest["items"].as_array().unwrap().iter().map(id));
    let whole = doctor.get("catalogue/medicines?limit=100&q=tab").await.json;
    assert_eq!(all.len(), whole["items"].as_array().unwrap().len());
    // The other clinic's catalogue stays its own, also by its words.
    assert_eq!(
        world.south.doctor().await.get("catalogue/medicines?q=para").await.json["items"],
        json!([])
    );
    for role in ["cashier", "patient"] {
        assert_eq!(
            world.north.actor(role).await.get("catalogue/medicines?q=para").await.status,
            403,
            "{role}"
        );
    }
}

/// A file sent to the catalogue.
async fn bring(actor: &crate::world::Actor, path: &str, file: &str) -> crate::world::Reply {
    let request = actor.request("POST", &format!("catalogue/{path}"));
    actor.send(request.header("content-type", "text/csv").body(file.to_owned())).await
}

#[tokio::test]
async fn a_catalogue_goes_out_as_a_file_and_comes_in_again() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    admin.post("catalogue/starter", &json!({})).await;
    for (kind, count) in [("medicines", 18), ("tests", 16)] {
        let file = admin.get(&format!("catalogue/{kind}.csv")).await;
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(
            file.header("content-disposition"),
            format!("attachment; filename=\"{kind}-north.csv\"")
        );
        assert_eq!(file.text.lines().count(), count + 1, "{}", file.text);
        let path = format!("{kind}.csv");
        let again = bring(&admin, &path, &file.text).await;
        assert_eq!(again.status, 200, "{again:?}");
        assert_eq!(
            again.json,
            json!({"dry_run": false, "rows": count, "added": 0, "updated": 0, "unchanged": count,
                "refused": [], "unknown_columns": []})
        );
        // Another clinic begins with the same file.
        let south = world.south.admin().await;
        let tried = bring(&south, &format!("{path}?dry_run=true"), &file.text).await;
        assert_eq!((&tried.json["added"], &tried.json["dry_run"]), (&json!(count), &json!(true)));
        let all = format!("catalogue/{path}");
        assert_eq!(south.get(&all).await.text.lines().count(), 1, "only tried");
        assert_eq!(bring(&south, &path, &file.text).await.json["added"], count);
        assert_eq!(south.get(&all).await.text, file.text);
    }
    for role in ["receptionist", "nurse", "lab_tech"] {
        let somebody = world.north.actor(role).await;
        assert_eq!(bring(&somebody, "tests.csv", "name,kind\n").await.status, 403, "{role}");
    }
}

#[tokio::test]
async fn a_row_corrects_adds_or_is_told_and_left_out() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let added = doctor.post("catalogue/medicines", &amoxicillin()).await.json;
    let file = "Name,Form,Strength,Price,default_days,active
AMOXICILLIN,capsule,500mg,12,7,
paracetamol,tablet,650 mg,1,,no
Amoxicillin,Capsule,500 mg,12,5,
x,tablet,,,,
ibuprofen,pill,400 mg,,,
aspirin,tablet
diazepam,tablet,5 mg,,999,
";
    let told = bring(&doctor, "medicines.csv", file).await;
    assert_eq!(told.status, 200, "{told:?}");
    let counts = ["rows", "added", "updated", "unchanged"].map(|name| told.json[name].clone());
    assert_eq!(counts, [json!(7), json!(1), json!(1), json!(0)]);
    assert_eq!(told.json["unknown_columns"], json!(["Price"]));
    let refused: Vec<_> = told.json["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| format!("{} {} {}: {}", r["row"], r["name"], r["field"], r["code"]))
        .collect();
    assert_eq!(
        refused,
        [
            r#"3 "Amoxicillin" "form": "unknown_value""#,
            r#"4 "x" "name": "too_short""#,
            r#"5 "ibuprofen" "form": "unknown_value""#,
            r#"6 "" "row": "field_count""#,
            r#"7 "diazepam" "default_days": "out_of_range""#,
        ]
    );
    let path = format!("catalogue/medicines/{}", added["medicine_id"].as_str().unwrap());
    let now = doctor.get(&path).await.json;
    assert_eq!((&now["default_days"], &now["version"]), (&json!(7), &json!(2)));
    assert_eq!(now["allergy_terms"], "penicillin", "a column that is not there changes nothing");
    let twice = "name,kind\nCBC,blood\nCbc,urine\n";
    let told = bring(&doctor, "tests.csv", twice).await.json;
    assert_eq!((&told["added"], &told["refused"][0]["code"]), (&json!(1), &json!("twice_in_file")));
    for (file, said) in [
        ("", "file: empty"),
        ("name\nx y\n", "header: column_missing"),
        ("name,kind,NAME\n", "header: ambiguous"),
    ] {
        assert_eq!(bring(&doctor, "tests.csv", file).await.refused(), [said]);
    }
    let long = format!("name,kind\n{}", "a,blood\n".repeat(40_000));
    assert_eq!(bring(&doctor, "tests.csv", &long).await.problem(), "413 too_large");
}

#[tokio::test]
async fn the_page_tries_a_file_and_brings_it_in() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let page = doctor.page("catalogue/csv?show=tests").await.text;
    assert!(page.contains("All tests as CSV") && page.contains("Columns: name, kind,"), "{page}");
    let file = b"name,kind\nCBC,blood\n<b>,blood,x\n";
    let tried = doctor.upload("catalogue/csv/tests?dry_run=true", &[], "t.csv", file).await;
    assert_eq!(tried.status, 200);
    assert!(tried.text.contains("Only tried: nothing was written"), "{}", tried.text);
    assert!(tried.text.contains("This row has 3 cells"), "{}", tried.text);
    assert!(!doctor.page("catalogue?show=tests").await.text.contains("CBC"));
    let done = doctor.upload("catalogue/csv/tests", &[], "t.csv", file).await;
    assert!(done.text.contains("The file is in"));
    assert!(doctor.page("catalogue?show=tests").await.text.contains("CBC"));
    let none = doctor.upload("catalogue/csv/tests", &[], "t.csv", b"").await;
    assert_eq!(none.status, 422);
    assert!(none.text.contains("Choose a file."), "{}", none.text);
    let forged = doctor.upload("catalogue/csv/tests", &[("csrf", "x")], "t.csv", file).await;
    assert_eq!(forged.status, 403);
    assert_eq!(world.north.nurse().await.page("catalogue/csv").await.status, 403);
}

#[tokio::test]
async fn of_two_entries_for_one_thing_one_is_kept_and_prescriptions_stay() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let kept = doctor.post("catalogue/medicines", &amoxicillin()).await.json;
    let id = |entry: &serde_json::Value| entry["medicine_id"].as_str().unwrap().to_owned();
    let double = json!({"name": "amoxycillin", "form": "capsule", "strength": "500 mg", "brand": "Mox",
        "allergy_terms": "beta-lactam, penicillin"});
    let double = doctor.post("catalogue/medicines", &double).await.json;
    let asha = world.north.patient("Asha").await;
    let line = json!({"medicine_id": id(&double), "schedule": "1-0-1", "days": 5});
    let rx = crate::prescriptions::draft(&doctor, &crate::prescriptions::id(&asha), &[line]).await;
    let rx = crate::prescriptions::sign(&doctor, &rx).await;
    let merge = async |of: &str, version: i64, into: &str| {
        let request = doctor.request("POST", &format!("catalogue/medicines/{of}/merge"));
        let request = request.header("if-match", format!("\"v{version}\""));
        doctor.send(request.json(&json!({"medicine_id": into}))).await
    };
    let (one, two) = (id(&kept), id(&double));
    assert_eq!(merge(&two, 2, &one).await.problem(), "412 stale");
    assert_eq!(merge(&two, 1, &two).await.refused(), ["medicine_id: itself"]);
    let stranger = uuid::Uuid::now_v7().to_string();
    assert_eq!(merge(&two, 1, &stranger).await.refused(), ["medicine_id: unknown"]);
    assert_eq!(merge(&stranger, 1, &one).await.problem(), "404 not_found");
    let merged = merge(&two, 1, &one).await;
    assert_eq!(merged.status, 200, "{merged:?}");
    assert_eq!(merged.json["medicine_id"], json!(one));
    assert_eq!(merged.json["brand"], "Mox", "what it did not say itself");
    assert_eq!(merged.json["allergy_terms"], "penicillin, beta-lactam");
    let gone = doctor.get(&format!("catalogue/medicines/{two}")).await.json;
    assert_eq!(gone["active"], false);
    let again = doctor.get(&crate::prescriptions::path(&rx)).await.json;
    assert_eq!(again["lines"], rx["lines"], "word for word");
    // Nothing is merged into what is not offered; whoever pointed to a duplicate points to what is kept now.
    let third = json!({"name": "amox", "form": "capsule"});
    let third = doctor.post("catalogue/medicines", &third).await.json;
    assert_eq!(merge(&id(&third), 1, &two).await.problem(), "409 kept_unused");
    assert_eq!(merge(&one, 2, &id(&third)).await.status, 200);
    let mut owner = world.connect("postgres").await;
    let pointing = async |owner: &mut sqlx::PgConnection| {
        let count: i64 = sqlx::query_scalar(
            "select count(*) from polyclinic.medicines where merged_into::text = $1",
        )
        .bind(id(&third))
        .fetch_one(owner)
        .await
        .unwrap();
        count
    };
    assert_eq!(pointing(&mut owner).await, 2);
    // Offered again, it is a duplicate no longer.
    let version = doctor.get(&format!("catalogue/medicines/{two}")).await.json["version"].clone();
    let back = doctor
        .patch(
            &format!("catalogue/medicines/{two}"),
            version.as_i64().unwrap(),
            &json!({"active": true}),
        )
        .await;
    assert_eq!(back.status, 200, "{back:?}");
    assert_eq!(pointing(&mut owner).await, 1);
    let south = world.south.doctor().await;
    let foreign = south.request("POST", &format!("catalogue/medicines/{two}/merge"));
    let foreign = foreign.header("if-match", "\"v1\"").json(&json!({"medicine_id": one}));
    assert_eq!(south.send(foreign).await.problem(), "404 not_found");
}

#[tokio::test]
async fn the_page_of_a_duplicate_offers_what_begins_alike() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let mut ids = Vec::new();
    for name in ["Complete blood count", "Complete haemogram", "Urine"] {
        let test = doctor.post("catalogue/tests", &json!({"name": name, "kind": "blood"})).await;
        ids.push(test.json["test_id"].as_str().unwrap().to_owned());
    }
    let path = format!("catalogue/tests/{}", ids[1]);
    assert!(doctor.page(&path).await.text.contains("This is a duplicate of another entry"));
    let page = doctor.page(&format!("{path}/merge")).await.text;
    assert!(page.contains(&ids[0]) && !page.contains(&ids[2]), "{page}");
    let other = doctor.page(&format!("{path}/merge?find=zzz")).await.text;
    assert!(other.contains("Nothing in use begins like this"));
    let fields = [("version", "1"), ("test_id", ids[0].as_str())];
    let merged = doctor.submit(&format!("{path}/merge"), &fields).await;
    assert_eq!(
        merged.header("location"),
        "/clinic/north/catalogue?show=tests&done=catalogue_merged",
        "{merged:?}"
    );
    let stale = doctor.submit(&format!("{path}/merge"), &fields).await;
    assert_eq!(stale.status, 412);
    assert!(stale.text.contains("Somebody changed this"), "{}", stale.text);
}
