//! Prescriptions: drafted, warned about, signed once, never changed, voided with a reason.

mod ends;
mod together;
mod warnings;
mod whose;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use sqlx::Executor;

use crate::world::{Actor, Reply, World};

/// A second doctor: north's nurse has studied.
pub async fn colleague(world: &World) -> Actor {
    let mut owner = world.connect("postgres").await;
    owner
        .execute(
            "update polyclinic.users u set role = 'doctor' from platform.directory d
             where d.clinic_id = u.clinic_id and d.slug = 'north' and u.role = 'nurse';
             insert into polyclinic.practitioners (clinic_id, practitioner_id, user_id, name, specialization, licence_number)
             select u.clinic_id, gen_random_uuid(), u.user_id, 'Dr Second', 'Paediatrics', 'L-2'
             from polyclinic.users u join platform.directory d using (clinic_id)
             where d.slug = 'north' and u.identifier = 'nurse'",
        )
        .await
        .unwrap();
    world.north.nurse().await
}

pub fn id(of: &Value) -> String {
    of["patient_id"].as_str().unwrap().to_owned()
}

pub fn line(medicine: &str) -> Value {
    json!({"medicine": medicine, "form": "tablet", "strength": "500 mg", "schedule": "1-0-1", "days": 5})
}

pub async fn draft(doctor: &Actor, patient: &str, lines: &[Value]) -> Value {
    let reply = doctor.post("prescriptions", &json!({"patient_id": patient, "lines": lines})).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json
}

pub fn path(rx: &Value) -> String {
    format!("prescriptions/{}", rx["prescription_id"].as_str().unwrap())
}

pub async fn act(actor: &Actor, rx: &Value, verb: &str, body: &Value) -> Reply {
    let version = rx["version"].as_i64().unwrap();
    let request = actor.request("POST", &format!("{}/{verb}", path(rx)));
    actor.send(request.header("if-match", format!("\"v{version}\"")).json(body)).await
}

pub async fn sign(doctor: &Actor, rx: &Value) -> Value {
    let reply = act(doctor, rx, "sign", &json!({})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json
}

#[tokio::test]
async fn a_prescription_is_drafted_signed_and_voided() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = world.north.patient("Asha").await;
    let reply = doctor
        .post("prescriptions", &json!({"patient_id": id(&asha), "diagnosis": "Fever", "advice": "Rest.",
            "lines": [{"medicine": "Paracetamol", "form": "tablet", "strength": "500mg", "dose": "1",
                       "schedule": "morning_night", "food": "after", "days": 5}],
            "tests": [{"name": "Malaria smear", "kind": "blood"}]}))
        .await;
    assert_eq!((reply.status, reply.header("etag")), (201, "\"v1\""), "{reply:?}");
    let rx = reply.json;
    assert_eq!((rx["status"].as_str(), &rx["number"]), (Some("draft"), &json!(null)));
    let line = &rx["lines"][0];
    assert_eq!(line["medicine"], "paracetamol");
    assert_eq!(line["strength"], "500 mg");
    assert_eq!(line["schedule"], "1-0-1");
    assert_eq!(line["units_per_day"], 2.0);
    assert_eq!(line["quantity"], 10);
    assert_eq!(rx["tests"][0]["kind"], "blood");
    assert_eq!(rx["warnings"], json!([]));

    let signed = sign(&doctor, &rx).await;
    assert_eq!(signed["status"], "signed");
    let number = signed["number"].as_str().unwrap();
    assert!(number.starts_with("RX-") && number.ends_with("-00001"), "{number}");
    assert!(signed["signed_at"].is_string() && signed["signed_by"].is_string());
    assert_eq!(
        act(&doctor, &signed, "void", &json!({"reason": "x"})).await.refused(),
        ["reason: too_short"]
    );
    assert_eq!(act(&doctor, &signed, "void", &json!({})).await.refused(), ["reason: required"]);
    let voided = act(&doctor, &signed, "void", &json!({"reason": "wrong patient"})).await;
    assert_eq!((voided.status, voided.json["status"].as_str()), (200, Some("voided")));
    assert_eq!(voided.json["void_reason"], "wrong patient");
    assert_eq!(voided.json["number"], number);
    assert_eq!(voided.json["lines"], signed["lines"]);
}

#[tokio::test]
async fn only_legal_moves_are_possible() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = world.north.patient("Asha").await;
    let rx = draft(&doctor, &id(&asha), &[line("paracetamol")]).await;
    let void = json!({"reason": "a mistake"});
    let edit = json!({"lines": [line("ibuprofen")]});
    assert_eq!(act(&doctor, &rx, "void", &void).await.problem(), "409 not_signed");
    let signed = sign(&doctor, &rx).await;
    let version = signed["version"].as_i64().unwrap();
    assert_eq!(act(&doctor, &signed, "sign", &json!({})).await.problem(), "409 signed");
    assert_eq!(doctor.put(&path(&rx), version, &edit).await.problem(), "409 signed");
    // No version makes a forbidden change possible.
    assert_eq!(doctor.put(&path(&rx), 1, &edit).await.problem(), "409 signed");
    let voided = act(&doctor, &signed, "void", &void).await.json;
    let version = voided["version"].as_i64().unwrap();
    assert_eq!(act(&doctor, &voided, "sign", &json!({})).await.problem(), "409 voided");
    assert_eq!(act(&doctor, &voided, "void", &void).await.problem(), "409 voided");
    assert_eq!(doctor.put(&path(&rx), version, &edit).await.problem(), "409 voided");
    assert_eq!(doctor.get(&path(&rx)).await.json["lines"][0]["medicine"], "paracetamol");
}

#[tokio::test]
async fn a_draft_is_written_anew_under_its_version() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = world.north.patient("Asha").await;
    let rx = draft(&doctor, &id(&asha), &[line("paracetamol"), line("ibuprofen")]).await;
    let body = json!({"diagnosis": "Pain", "lines": [line("diclofenac")], "tests": [{"name": "ECG", "kind": "ecg"}]});
    let blind = doctor.send(doctor.request("PUT", &path(&rx)).json(&body)).await;
    assert_eq!(blind.problem(), "428 precondition_required");
    let changed = doctor.put(&path(&rx), 1, &body).await;
    assert_eq!((changed.status, &changed.json["revision"]), (200, &json!(2)), "{changed:?}");
    assert_eq!(changed.json["lines"].as_array().unwrap().len(), 1);
    assert_eq!(changed.json["lines"][0]["medicine"], "diclofenac");
    assert_eq!(doctor.put(&path(&rx), 1, &body).await.problem(), "412 stale");
    assert_eq!(act(&doctor, &rx, "sign", &json!({})).await.problem(), "412 stale");
    // Who it is for does not change.
    let usha = world.north.patient("Usha").await;
    let mut other = body.clone();
    other["patient_id"] = json!(id(&usha));
    assert_eq!(doctor.put(&path(&rx), 2, &other).await.refused(), ["patient_id: fixed"]);
    other["patient_id"] = json!(id(&asha));
    assert_eq!(doctor.put(&path(&rx), 2, &other).await.status, 200);
}

#[tokio::test]
async fn what_is_wrong_with_the_lines_is_said_line_by_line() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = world.north.patient("Asha").await;
    let lines = json!([
        {"medicine": "Insulin", "form": "injection", "dose": "10U", "schedule": "1-0-0", "quantity": 1},
        {"medicine": "x", "form": "pill", "schedule": "HS"},
        {"medicine": "digoxin", "form": "tablet", "schedule": "1-0-0", "days": 0, "strength": "250 µg"},
        {"medicine": "atropine", "form": "drops", "schedule": "night", "instructions": "1 drop OD"},
        {"form": "tablet", "schedule": "0-0-0"},
        {"medicine": "cough syrup", "form": "syrup", "dose": "5 cc", "schedule": "1-1-1"},
        {"medicine": "warfarin", "form": "tablet", "dose": "0,5", "strength": "1,25 mg", "schedule": "night"},
        {"medicine": "cholecalciferol", "form": "capsule", "dose": "1", "strength": "60,000 units", "schedule": "weekly"},
    ]);
    let reply =
        doctor.post("prescriptions", &json!({"patient_id": id(&asha), "lines": lines})).await;
    assert_eq!(
        reply.refused(),
        [
            "lines.0.dose: unsafe_abbreviation",
            "lines.1.medicine: too_short",
            "lines.1.form: unknown_value",
            "lines.1.schedule: unsafe_abbreviation",
            "lines.2.strength: unsafe_abbreviation",
            "lines.2.days: out_of_range",
            "lines.3.instructions: unsafe_abbreviation",
            "lines.4.medicine: required",
            "lines.4.schedule: not_a_schedule",
            "lines.5.dose: unsafe_abbreviation",
            "lines.6.strength: decimal_comma",
            "lines.6.dose: decimal_comma"
        ]
    );
    let said = reply.json["errors"][0]["message"].as_str().unwrap();
    assert_eq!(said, "Write units, not U or IU.");
    assert!(!reply.text.contains("10U"), "the value is not repeated");
    // What only the rules can tell.
    let lines = json!([
        {"medicine": "paracetamol", "form": "tablet", "schedule": "as needed"},
        {"medicine": "paracetamol", "schedule": "1-0-1"},
        {"medicine": "paracetamol", "form": "tablet", "schedule": "1-0-1"},
        {"medicine": "paracetamol", "form": "tablet", "dose": "2", "schedule": "2-0-2", "days": 5},
        {"medicine": "insulin", "form": "injection", "schedule": "1-0-0", "days": 5},
        {"medicine": "paracetamol", "form": "tablet"},
        {"medicine_id": "018f0000-0000-7000-8000-000000000000", "schedule": "1-0-1"},
    ]);
    let reply =
        doctor.post("prescriptions", &json!({"patient_id": id(&asha), "lines": lines})).await;
    assert_eq!(
        reply.refused(),
        [
            "lines.0.quantity: required",
            "lines.1.form: required",
            "lines.2.days: required",
            "lines.3.dose: ambiguous",
            "lines.4.quantity: required",
            "lines.5.schedule: required",
            "lines.6.medicine_id: unknown"
        ]
    );
    let many: Vec<Value> = (0..51).map(|_| line("paracetamol")).collect();
    let reply =
        doctor.post("prescriptions", &json!({"patient_id": id(&asha), "lines": many})).await;
    assert_eq!(reply.refused(), ["lines: too_many"]);
    assert_eq!(doctor.get("prescriptions").await.json["items"], json!([]));
}

#[tokio::test]
async fn the_catalogue_fills_what_was_left_out() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    world.north.admin().await.post("catalogue/starter", &json!({})).await;
    let asha = world.north.patient("Asha").await;
    let found = doctor.get("catalogue/medicines?q=amoxicillin").await.json["items"][0].clone();
    let lines = [
        json!({"medicine_id": found["medicine_id"]}),
        json!({"medicine": "Levothyroxine"}),
        json!({"medicine": "paracetamol 250 mg/5 mL syrup", "days": 2}),
        json!({"medicine": "ibuprofen", "form": "tablet", "strength": "200 mg", "schedule": "1-1-1", "days": 2}),
    ];
    let rx = draft(&doctor, &id(&asha), &lines).await;
    let said = |n: usize| {
        let l = &rx["lines"][n];
        format!(
            "{} {} {} {} {} {}",
            l["medicine"].as_str().unwrap(),
            l["strength"].as_str().unwrap(),
            l["schedule"].as_str().unwrap(),
            l["food"].as_str().unwrap(),
            l["days"],
            l["quantity"]
        )
    };
    assert_eq!(said(0), "amoxicillin 500 mg 1-1-1 after 5 15");
    assert_eq!(said(1), "levothyroxine 50 micrograms 1-0-0 before 30 30");
    assert_eq!(said(2), "paracetamol 250 mg/5 mL every 6 hours any 2 1");
    // Another strength is another medicine.
    assert_eq!(said(3), "ibuprofen 200 mg 1-1-1 any 2 6");
    assert_eq!(rx["lines"][3]["medicine_id"], json!(null));
    // Between two of a name nobody guesses.
    let body = json!({"patient_id": id(&asha), "lines": [{"medicine": "paracetamol"}]});
    assert_eq!(
        doctor.post("prescriptions", &body).await.refused(),
        ["lines.0.medicine: ambiguous"]
    );
    // What is out of use is not prescribed by its id.
    let medicine = format!("catalogue/medicines/{}", found["medicine_id"].as_str().unwrap());
    assert_eq!(doctor.patch(&medicine, 1, &json!({"active": false})).await.status, 200);
    let body = json!({"patient_id": id(&asha), "lines": [{"medicine_id": found["medicine_id"]}]});
    assert_eq!(
        doctor.post("prescriptions", &body).await.refused(),
        ["lines.0.medicine_id: inactive"]
    );
}

#[tokio::test]
async fn what_is_signed_is_learnt_by_the_catalogue() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = world.north.patient("Asha").await;
    let reply = doctor
        .post(
            "prescriptions",
            &json!({"patient_id": id(&asha), "lines": [line("Cefuroxime")],
            "tests": [{"name": "Uric acid", "kind": "blood"}]}),
        )
        .await;
    assert_eq!(
        doctor.get("catalogue/medicines").await.json["items"],
        json!([]),
        "a draft teaches nothing"
    );
    sign(&doctor, &reply.json).await;
    let learnt = doctor.get("catalogue/medicines?q=cefu").await.json["items"][0].clone();
    assert_eq!(
        (&learnt["name"], &learnt["default_schedule"]),
        (&json!("cefuroxime"), &json!("1-0-1"))
    );
    assert_eq!(doctor.get("catalogue/tests?q=uric").await.json["items"][0]["kind"], "blood");
    // Known from now on, and learnt once.
    let rx = draft(
        &doctor,
        &id(&world.north.patient("Usha").await),
        &[json!({"medicine": "cefuroxime"})],
    )
    .await;
    assert_eq!(rx["lines"][0]["medicine_id"], learnt["medicine_id"]);
    sign(&doctor, &rx).await;
    assert_eq!(doctor.get("catalogue/medicines").await.json["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_correction_voids_what_it_replaces_when_it_is_signed() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = id(&world.north.patient("Asha").await);
    let old = sign(&doctor, &draft(&doctor, &asha, &[line("ibuprofen")]).await).await;
    let body = json!({"patient_id": asha, "replaces_id": old["prescription_id"], "lines": [line("ibuprofen")]});
    let new = doctor.post("prescriptions", &body).await;
    assert_eq!(new.status, 201, "{new:?}");
    assert_eq!(new.json["warnings"], json!([]), "what is replaced is no duplicate");
    assert_eq!(new.json["replaces_number"], old["number"]);
    assert_eq!(doctor.get(&path(&old)).await.json["status"], "signed", "a draft voids nothing");
    assert_eq!(doctor.post("prescriptions", &body).await.refused(), ["replaces_id: taken"]);
    let new = sign(&doctor, &new.json).await;
    let old = doctor.get(&path(&old)).await.json;
    assert_eq!(old["status"], "voided");
    assert_eq!(old["void_reason"], format!("replaced by {}", new["number"].as_str().unwrap()));
    assert_eq!(old["replaced_by_id"], new["prescription_id"]);
    // What is kept is for programs; people read it in their own language, with the number of what took its place.
    assert_eq!(old["replaced_by_number"], new["number"]);
    let number = new["number"].as_str().unwrap();
    for (tag, said) in
        [("en", format!("Replaced by {number}")), ("hi", format!("इसकी जगह {number} है"))]
    {
        let chosen = doctor.request("PUT", "me/language").json(&json!({"language": tag}));
        assert_eq!(doctor.send(chosen).await.status, 204);
        let page = doctor.page(&path(&old)).await;
        assert!(page.text.contains(&said) && !page.text.contains("replaced by"), "{}", page.text);
    }
    // The sheet is the patient's and the chemist's: it speaks as the clinic does.
    let sheet = doctor.page(&format!("{}/print", path(&old))).await;
    assert!(sheet.text.contains(&format!("Replaced by {number},")), "{}", sheet.text);
    // What may not be replaced.
    let usha = id(&world.north.patient("Usha").await);
    let unsigned = draft(&doctor, &asha, &[line("cetirizine")]).await;
    for (replaces, patient, code) in
        [(&old, &asha, "not_signed"), (&unsigned, &asha, "not_signed"), (&new, &usha, "unknown")]
    {
        let body = json!({"patient_id": patient, "replaces_id": replaces["prescription_id"]});
        assert_eq!(
            doctor.post("prescriptions", &body).await.refused(),
            [format!("replaces_id: {code}")]
        );
    }
    let second = colleague(&world).await;
    let body = json!({"patient_id": asha, "replaces_id": new["prescription_id"]});
    assert_eq!(
        second.post("prescriptions", &body).await.refused(),
        ["replaces_id: not_the_prescriber"]
    );
}
