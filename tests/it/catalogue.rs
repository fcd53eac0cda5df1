//! The catalogues: looked up by a beginning, corrected under a version, filled once.

mod duplicates;
mod files;

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
    for q in ["oxi", "amoxz", "%25", "-", "_", "%25%25+-"] {
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
        let expected = if q == "amox%25" { 2 } else { 0 };
        assert_eq!(found(q).await.len(), expected, "{q}");
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
