//! Templates: the doctor's own, perhaps shared, found by name or keyword, loaded into a draft.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use sqlx::Executor;

use crate::prescriptions::{colleague, draft, id, line, path, sign};
use crate::world::{Actor, World};

fn cold() -> Value {
    json!({"name": "Common cold", "keywords": "fever, viral", "diagnosis": "Viral rhinitis", "advice": "Rest",
        "lines": [{"medicine": "Paracetamol", "form": "tablet", "strength": "500mg", "schedule": "101", "days": 3, "food": "after"},
            {"medicine": "salbutamol", "form": "inhaler", "dose": "2 puffs", "schedule": "as needed", "quantity": 2}],
        "tests": [{"name": "Complete blood count", "kind": "blood"}]})
}

async fn add(doctor: &Actor, body: &Value) -> Value {
    let reply = doctor.post("templates", body).await;
    assert_eq!((reply.status, reply.header("etag")), (201, "\"v1\""), "{reply:?}");
    reply.json
}

fn place(template: &Value) -> String {
    format!("templates/{}", template["template_id"].as_str().unwrap())
}

async fn names(doctor: &Actor, query: &str) -> Vec<String> {
    let reply = doctor.get(&format!("templates{query}")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let items = reply.json["items"].as_array().unwrap().clone();
    items.iter().map(|t| t["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_doctor_keeps_templates_and_finds_them_by_name_or_keyword() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let made = add(&doctor, &cold()).await;
    assert_eq!(made["lines"][0]["medicine"], "paracetamol");
    assert_eq!(
        (&made["lines"][0]["strength"], &made["lines"][0]["schedule"]),
        (&json!("500 mg"), &json!("1-0-1"))
    );
    assert_eq!(made["lines"][0]["quantity"], json!(null), "counted when it is prescribed");
    assert_eq!(made["lines"][1]["quantity"], 2);
    assert_eq!(
        (&made["own"], &made["shared"], &made["active"]),
        (&json!(true), &json!(false), &json!(true))
    );
    assert_eq!(doctor.get(&place(&made)).await.json, made);
    let mut other = cold();
    other["name"] = json!("Hypertension, first");
    other["keywords"] = json!(null);
    add(&doctor, &other).await;
    assert_eq!(names(&doctor, "").await, ["Common cold", "Hypertension, first"]);
    for q in ["comm", "COLD", "vir", "fever%20cold", "c%C3%B3ld"] {
        assert_eq!(names(&doctor, &format!("?q={q}")).await, ["Common cold"], "{q}");
    }
    for q in ["old", "cold%20tension", "%25", "co_d"] {
        assert_eq!(names(&doctor, &format!("?q={q}")).await, [""; 0], "{q}");
    }
    // Written anew as a whole; the name is the own one's once.
    let mut change = cold();
    change["lines"] =
        json!([{"medicine": "cetirizine", "form": "tablet", "schedule": "night", "days": 5}]);
    let changed = doctor.put(&place(&made), 1, &change).await;
    assert_eq!(
        (changed.status, changed.json["lines"].as_array().unwrap().len()),
        (200, 1),
        "{changed:?}"
    );
    assert_eq!(doctor.put(&place(&made), 1, &change).await.problem(), "412 stale");
    assert_eq!(doctor.post("templates", &cold()).await.refused(), ["name: template_taken"]);
    // Set aside, its name is free again.
    change["active"] = json!(false);
    assert_eq!(doctor.put(&place(&made), 2, &change).await.status, 200);
    assert_eq!(names(&doctor, "?q=cold").await, [""; 0]);
    assert_eq!(names(&doctor, "?q=cold&inactive=true").await, ["Common cold"]);
    add(&doctor, &cold()).await;
    change["active"] = json!(true);
    assert_eq!(doctor.put(&place(&made), 3, &change).await.refused(), ["name: template_taken"]);
}

#[tokio::test]
async fn what_cannot_be_prescribed_is_no_template() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let body = json!({"name": "x", "keywords": "k".repeat(201), "lines": [
        {"medicine": "Digoxin", "form": "tablet", "dose": "1 OD", "schedule": "TDS"}], "price": 3});
    let reply = doctor.post("templates", &body).await;
    let refused = reply.refused();
    for expected in [
        "name: too_short",
        "keywords: too_long",
        "lines.0.dose: unsafe_abbreviation",
        "lines.0.schedule: unsafe_abbreviation",
        "price: unknown_field",
    ] {
        assert!(refused.contains(&expected.to_owned()), "{expected}: {refused:?}");
    }
    let empty = doctor.post("templates", &json!({"name": "Nothing"})).await;
    assert_eq!(empty.refused(), ["lines: nothing_in_it"]);
    let unclear = json!({"name": "Unclear", "lines": [{"medicine": "insulin", "form": "injection", "schedule": "1-0-0"}]});
    assert_eq!(doctor.post("templates", &unclear).await.refused(), ["lines.0.quantity: required"]);
}

#[tokio::test]
async fn a_colleague_uses_what_is_shared_and_changes_nothing() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let second = colleague(&world).await;
    let private = add(&doctor, &cold()).await;
    let mut body = cold();
    (body["name"], body["shared"]) = (json!("Shared cold"), json!(true));
    let shared = add(&doctor, &body).await;
    assert_eq!(names(&second, "").await, ["Shared cold"]);
    assert_eq!(second.get(&place(&private)).await.problem(), "404 not_found");
    let seen = second.get(&place(&shared)).await;
    assert_eq!(
        (&seen.json["own"], seen.json["lines"].as_array().unwrap().len()),
        (&json!(false), 2)
    );
    assert_eq!(second.put(&place(&shared), 1, &body).await.problem(), "403 not_your_template");
    assert_eq!(second.put(&place(&private), 1, &body).await.problem(), "404 not_found");
    // The same name in another hand is another template.
    add(&second, &cold()).await;
    let copy = second.page(&format!("{}/edit", place(&shared))).await;
    let id = shared["template_id"].as_str().unwrap();
    assert_eq!(copy.header("location"), format!("/clinic/north/templates/new?copy={id}"));
    let copy = second.page(&format!("templates/new?copy={id}")).await;
    assert!(
        copy.text.contains("value=\"paracetamol\"") && copy.text.contains("Shared cold"),
        "{}",
        copy.text
    );
    // Nor by SQL of the service's own login.
    let mut db = world.connect("polyclinic_app").await;
    db.execute("begin").await.unwrap();
    sqlx::query("select gate.enter('north', $1)")
        .bind(second.secret.clone().unwrap())
        .execute(&mut db)
        .await
        .unwrap();
    let count: i64 = sqlx::query_scalar(
        "select count(*) from polyclinic.template_lines l where l.template_id = $1::uuid",
    )
    .bind(private["template_id"].as_str().unwrap())
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert_eq!(count, 0, "lines go with their template");
    let done = sqlx::query(
        "update polyclinic.prescription_templates set name = 'Mine' where template_id = $1::uuid",
    )
    .bind(id)
    .execute(&mut db)
    .await
    .unwrap();
    assert_eq!(done.rows_affected(), 0);
    let add_line = "insert into polyclinic.template_lines (template_line_id, template_id, revision, position, medicine, form, schedule)
        values (gen_random_uuid(), $1::uuid, 1, 9, 'morphine', 'tablet', '1-0-1')";
    let refused = sqlx::query(add_line).bind(id).execute(&mut db).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "PC020");
    // Nobody else has templates at all, and the other clinic has its own.
    for role in ["admin", "receptionist", "lab_tech", "pharmacist", "cashier", "patient"] {
        let actor = world.north.actor(role).await;
        assert_eq!(actor.get("templates").await.problem(), "403 forbidden", "{role}");
        assert_eq!(actor.page("templates").await.status, 403, "{role}");
    }
    let south = world.south.doctor().await;
    assert_eq!(south.get(&place(&shared)).await.problem(), "404 not_found");
    assert_eq!(names(&south, "").await, [""; 0]);
}

#[tokio::test]
async fn a_template_is_written_and_set_aside_without_a_script() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let blank = doctor.page("templates/new").await;
    assert!(blank.status == 200 && blank.text.contains("lines.7.medicine"), "{}", blank.text);
    let fields = [
        ("name", "Cold"),
        ("keywords", "viral"),
        ("lines.2.medicine", "Zinc"),
        ("lines.2.form", "tablet"),
    ];
    let wrong = doctor.submit("templates", &fields).await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text.contains("value=\"Zinc\"") && wrong.text.contains("value=\"viral\""),
        "{}",
        wrong.text
    );
    let more = [&fields[..], &[("then", "more")]].concat();
    assert!(doctor.submit("templates", &more).await.text.contains("lines.15.medicine"));
    let whole = [
        &fields[..],
        &[("once", "t1"), ("shared", "true"), ("lines.2.schedule", "101"), ("lines.2.days", "5")],
    ]
    .concat();
    let saved = doctor.submit("templates", &whole).await;
    assert_eq!(
        saved.header("location"),
        "/clinic/north/templates?done=template_added",
        "{}",
        saved.text
    );
    assert_eq!(doctor.submit("templates", &whole).await.status, 303);
    let listed = doctor.page("templates?find=vir&done=template_added").await.text;
    assert!(
        listed.contains("Template added.")
            && listed.contains("zinc")
            && listed.contains("Yours, shared"),
        "{listed}"
    );
    let made = doctor.get("templates").await.json["items"][0].clone();
    let edit = format!("{}/edit", place(&made));
    assert!(doctor.page(&edit).await.text.contains("value=\"1-0-1\""));
    let again = [
        ("version", "1"),
        ("name", "Cold"),
        ("lines.0.medicine", "Zinc"),
        ("lines.0.form", "tablet"),
        ("lines.0.schedule", "1-0-0"),
        ("lines.0.days", "9"),
    ];
    assert_eq!(doctor.submit(&edit, &again).await.status, 303);
    let late = doctor.submit(&edit, &again).await;
    assert!(
        late.status == 412
            && late.text.contains("in another window")
            && late.text.contains("name=\"version\" value=\"2\""),
        "{}",
        late.text
    );
    assert_eq!(doctor.submit(&edit, &[("name", "x")]).await.status, 428);
    let aside = doctor.submit(&format!("{}/archive", place(&made)), &[("version", "2")]).await;
    assert_eq!(aside.header("location"), "/clinic/north/templates?done=template_archived");
    assert!(!doctor.page("templates").await.text.contains("zinc"));
    assert!(doctor.page("templates?inactive=true").await.text.contains("zinc"));
    let back = doctor
        .submit(&format!("{}/archive", place(&made)), &[("version", "3"), ("restore", "yes")])
        .await;
    assert_eq!(back.header("location"), "/clinic/north/templates?done=template_restored");
}

#[tokio::test]
async fn a_template_is_loaded_into_a_draft_behind_what_is_there() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = id(&world.north.patient("Asha").await);
    add(&doctor, &cold()).await;
    let mut other = cold();
    other["name"] = json!("Common cold, child");
    add(&doctor, &other).await;
    let new = format!("patients/{asha}/prescriptions/new");
    let load = async |name: &str| {
        let fields = [
            ("lines.1.medicine", "Zinc"),
            ("diagnosis", "Cough"),
            ("template", name),
            ("then", "load"),
        ];
        doctor.submit(&new, &fields).await
    };
    // The whole name wins over others that begin with it.
    let loaded = load("common COLD").await;
    assert_eq!(loaded.status, 200, "{}", loaded.text);
    for text in [
        "name=\"lines.0.medicine\" value=\"Zinc\"",
        "name=\"lines.1.medicine\" value=\"paracetamol\"",
        "name=\"lines.1.quantity\" value=\"\"",
        "name=\"lines.2.quantity\" value=\"2\"",
        "Complete blood count",
        ">\nCough</textarea>",
        ">\nRest</textarea>",
    ] {
        assert!(loaded.text.contains(text), "{text}: {}", loaded.text);
    }
    for (name, words) in [
        ("fev", "Say which: Common cold, Common cold, child."),
        ("gout", "No template is found"),
        ("", "Template"),
    ] {
        let refused = load(name).await;
        assert!(
            refused.status == 422
                && refused.text.contains(words)
                && refused.text.contains("value=\"Zinc\""),
            "{name}: {}",
            refused.text
        );
    }
    assert!(load("child").await.text.contains("paracetamol"), "the only one that is found");
    assert!(
        doctor.get("prescriptions").await.json["items"].as_array().unwrap().is_empty(),
        "nothing is saved"
    );
}

#[tokio::test]
async fn a_prescription_becomes_a_template_without_its_patient() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = id(&world.north.patient("Asha").await);
    let mut given = line("zinc");
    given["quantity"] = json!(7);
    let rx = sign(&doctor, &draft(&doctor, &asha, &[line("ibuprofen"), given]).await).await;
    let rx_id = rx["prescription_id"].as_str().unwrap();
    assert!(doctor.page(&path(&rx)).await.text.contains(&format!("templates/new?of={rx_id}")));
    let form = doctor.page(&format!("templates/new?of={rx_id}")).await;
    assert_eq!(form.status, 200);
    for text in [
        "name=\"lines.0.medicine\" value=\"ibuprofen\"",
        "name=\"lines.0.quantity\" value=\"\"",
        "name=\"lines.1.quantity\" value=\"7\"",
    ] {
        assert!(form.text.contains(text), "{text}: {}", form.text);
    }
    assert!(!form.text.contains("Asha") && !form.text.contains("TEST"));
    assert_eq!(
        doctor.page("templates/new?of=018f0000-0000-7000-8000-000000000000").await.status,
        404
    );
}
