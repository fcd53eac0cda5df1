//! Tests on their way: ordered by a signature, sample taken, result entered and flagged, verified by a second person,
//! corrected without losing what was there.

mod on_the_page;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::prescriptions::{act, sign};
use crate::rows::value;
use crate::world::{Actor, Reply, World};

fn id(thing: &Value) -> String {
    thing["ordered_test_id"].as_str().unwrap_or_else(|| panic!("{thing}")).to_owned()
}

/// Orders tests for a patient: drafted and signed by the doctor. The prescription and the tests, in their order.
pub async fn ordered(world: &World, patient: &str, tests: &[(&str, &str)]) -> (Value, Vec<Value>) {
    let doctor = world.north.doctor().await;
    let tests: Vec<_> =
        tests.iter().map(|(name, kind)| json!({"name": name, "kind": kind})).collect();
    let rx = doctor
        .post("prescriptions", &json!({"patient_id": patient, "lines": [], "tests": tests}))
        .await;
    assert_eq!(rx.status, 201, "{rx:?}");
    let signed = sign(&doctor, &rx.json).await;
    let list = doctor.get(&format!("patients/{patient}/ordered-tests")).await;
    assert_eq!(list.status, 200, "{list:?}");
    let of_this = |t: &&Value| t["prescription_id"] == signed["prescription_id"];
    let found: Vec<_> =
        list.json["items"].as_array().unwrap().iter().filter(of_this).cloned().collect();
    let named = |name: &Value| found.iter().find(|t| t["name"] == *name).cloned().unwrap();
    let in_order = tests.iter().map(|t| named(&t["name"])).collect();
    (signed, in_order)
}

async fn send(actor: &Actor, test: &Value, verb: &str, body: &Value) -> Reply {
    let request = actor.request("POST", &format!("ordered-tests/{}/{verb}", id(test)));
    let request = request.header("if-match", format!("\"v{}\"", test["version"]));
    actor.send(request.json(body)).await
}

pub async fn done(actor: &Actor, test: &Value, verb: &str, body: &Value) -> Value {
    let reply = send(actor, test, verb, body).await;
    assert!([200, 201].contains(&reply.status), "{verb}: {reply:?}");
    reply.json
}

async fn listed(actor: &Actor, query: &str) -> Vec<String> {
    let reply = actor.get(&format!("ordered-tests{query}")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let items = reply.json["items"].as_array().unwrap();
    items.iter().map(|t| t["name"].as_str().unwrap().to_owned()).collect()
}

fn haemoglobin(value: f64) -> Value {
    json!({"values": [{"name": "Haemoglobin", "value": value, "unit": "g/dL", "low": 12, "high": 16,
                       "critical_low": 7, "critical_high": 20}]})
}

async fn own_patient(world: &World) -> String {
    let mut owner = world.connect("postgres").await;
    value(
        &mut owner,
        "select patient_id from polyclinic.users u join platform.directory d using (clinic_id)
                       where d.slug = 'north' and u.role = 'patient'",
    )
    .await
}

#[tokio::test]
async fn a_signed_test_goes_from_the_list_to_a_verified_result_that_the_patient_sees() {
    let world = World::open().await;
    let (lab, doctor) = (world.north.actor("lab_tech").await, world.north.doctor().await);
    let patient = world.north.actor("patient").await;
    let own = own_patient(&world).await;
    let (_, tests) = ordered(&world, &own, &[("Full blood count", "blood")]).await;
    let list = lab.get("ordered-tests").await;
    let first = &list.json["items"][0];
    assert_eq!(
        (
            &first["name"],
            &first["status"],
            &first["ordered_by"],
            &first["patient"]["given_name"],
            &first["patient"]["phone"]
        ),
        (
            &json!("Full blood count"),
            &json!("waiting"),
            &json!("doctor of north"),
            &json!("Own"),
            &json!(null)
        )
    );
    let sampled = done(&lab, &tests[0], "step", &json!({"to": "sampled"})).await;
    assert_eq!((&sampled["status"], sampled["sampled_at"].is_string()), (&json!("sampled"), true));
    assert_eq!((listed(&lab, "").await.len(), listed(&lab, "?status=sampled").await.len()), (0, 1));
    let entered = done(&lab, &sampled, "results", &json!({
        "values": [{"name": "Haemoglobin", "value": 6.5, "unit": "g/dL", "low": 12, "high": 16, "critical_low": 7},
                   {"name": "White cells", "value": 11.2, "low": 4, "high": 11},
                   {"name": "Malaria", "word": "not seen"}],
        "finding": "Call the doctor."})).await;
    assert_eq!(
        (&entered["status"], &entered["flag"], &entered["revision"]),
        (&json!("resulted"), &json!("critical"), &json!(1))
    );
    let flags: Vec<_> = entered["results"][0]["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v["flag"].clone())
        .collect();
    assert_eq!(flags, [json!("critical"), json!("high"), json!(null)]);
    // The doctor sees it at once: by itself, on the chart, beside the consultation.
    let seen = doctor.get(&format!("ordered-tests/{}", id(&entered))).await.json;
    assert_eq!(seen["results"][0]["finding"], "Call the doctor.");
    let chart = doctor.get(&format!("patients/{own}/chart?kind=result")).await.json;
    let line = &chart["timeline"]["items"][0];
    assert_eq!(
        (&line["flag"], &line["values"][0]),
        (&json!("critical"), &json!("Haemoglobin 6.5 g/dL"))
    );
    // The patient not yet, in no way.
    let mine = patient.get(&format!("ordered-tests/{}", id(&entered))).await.json;
    assert_eq!(
        (&mine["status"], &mine["flag"], &mine["results"]),
        (&json!("resulted"), &json!(null), &json!([]))
    );
    let none = patient.get(&format!("patients/{own}/chart?kind=result")).await.json;
    assert_eq!(none["timeline"]["items"], json!([]));
    // Four eyes.
    assert_eq!(send(&lab, &entered, "verify", &json!({})).await.problem(), "409 own_result");
    let verified = done(&doctor, &entered, "verify", &json!({})).await;
    assert_eq!(
        (&verified["status"], &verified["results"][0]["verified_by_name"]),
        (&json!("verified"), &json!("doctor of north"))
    );
    let mine = patient.get(&format!("ordered-tests/{}", id(&entered))).await.json;
    assert_eq!(
        (&mine["flag"], mine["results"][0]["values"].as_array().unwrap().len()),
        (&json!("critical"), 3)
    );
    assert_eq!(send(&doctor, &verified, "verify", &json!({})).await.problem(), "409 no_result");
}

#[tokio::test]
async fn a_correction_keeps_what_was_there_and_is_verified_anew() {
    let world = World::open().await;
    let (lab, doctor) = (world.north.actor("lab_tech").await, world.north.doctor().await);
    let patient = world.north.actor("patient").await;
    let own = own_patient(&world).await;
    let (_, tests) = ordered(&world, &own, &[("Haemoglobin", "blood")]).await;
    let first = done(&lab, &tests[0], "results", &haemoglobin(9.0)).await;
    let verified = done(&doctor, &first, "verify", &json!({})).await;
    assert_eq!(
        send(&lab, &verified, "results", &haemoglobin(12.5)).await.refused(),
        ["reason: why_corrected"]
    );
    let mut correction = haemoglobin(12.5);
    correction["reason"] = json!("two samples were exchanged");
    let corrected = done(&lab, &verified, "results", &correction).await;
    let said: Vec<_> = corrected["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| {
            (
                r["revision"].clone(),
                r["values"][0]["value"].clone(),
                r["flag"].clone(),
                r["reason"].clone(),
                r["verified_at"].is_string(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            (json!(2), json!(12.5), json!("normal"), json!("two samples were exchanged"), false),
            (json!(1), json!(9.0), json!("low"), json!(null), true),
        ]
    );
    assert_eq!((&corrected["status"], &corrected["flag"]), (&json!("resulted"), &json!("normal")));
    // The patient is not shown the wrong one as what counts.
    let mine = patient.page(&format!("lab/{}", id(&corrected))).await;
    assert!(
        mine.text.contains("being checked") && !mine.text.contains("12.5 g/dL"),
        "{}",
        mine.text
    );
    let admin = world.north.admin().await;
    assert_eq!(send(&admin, &corrected, "verify", &json!({})).await.problem(), "403 forbidden");
    done(&doctor, &corrected, "verify", &json!({})).await;
    let mine = patient.page(&format!("lab/{}", id(&corrected))).await;
    assert!(mine.text.contains("12.5 g/dL"), "{}", mine.text);
    // Nothing that was entered can be written over, not even by SQL of the service's login.
    let mut owner = world.connect("postgres").await;
    assert_eq!(
        value(&mut owner, "select count(*) from polyclinic.result_values where value = 9").await,
        "1"
    );
    let granted = value(&mut owner, "select string_agg(column_name, ' ' order by column_name) from information_schema.column_privileges
        where table_schema = 'polyclinic' and table_name in ('test_results', 'result_values') and grantee = 'polyclinic_app'
          and privilege_type = 'UPDATE'").await;
    assert_eq!(granted, "verified_at verified_by");
}

#[tokio::test]
async fn steps_go_only_where_they_fit_and_a_reason_is_said() {
    let world = World::open().await;
    let lab = world.north.actor("lab_tech").await;
    let asha = world.north.patient("Asha").await;
    let (_, tests) = ordered(
        &world,
        asha["patient_id"].as_str().unwrap(),
        &[("Urine", "urine"), ("ECG", "ecg")],
    )
    .await;
    let step = async |test: &Value, body: Value| send(&lab, test, "step", &body).await;
    assert_eq!(step(&tests[0], json!({"to": "not_done"})).await.refused(), ["reason: required"]);
    assert_eq!(step(&tests[0], json!({"to": "done"})).await.refused(), ["to: unknown_value"]);
    assert_eq!(step(&tests[0], json!({"to": "waiting"})).await.problem(), "409 test_elsewhere");
    let sampled = done(&lab, &tests[0], "step", &json!({"to": "sampled"})).await;
    assert_eq!(step(&tests[0], json!({"to": "sampled"})).await.problem(), "412 stale");
    assert_eq!(step(&sampled, json!({"to": "sampled"})).await.problem(), "409 test_elsewhere");
    let back = done(&lab, &sampled, "step", &json!({"to": "waiting"})).await;
    assert_eq!(back["sampled_at"], json!(null));
    let given_up =
        done(&lab, &back, "step", &json!({"to": "not_done", "reason": "went home"})).await;
    assert_eq!(
        (&given_up["status"], &given_up["reason"]),
        (&json!("not_done"), &json!("went home"))
    );
    assert_eq!(
        send(&lab, &given_up, "results", &haemoglobin(12.0)).await.problem(),
        "409 test_elsewhere"
    );
    assert_eq!(listed(&lab, "?status=not_done").await, ["Urine"]);
    let again = done(&lab, &given_up, "step", &json!({"to": "waiting"})).await;
    assert_eq!(again["reason"], json!(null));
    let refused = [
        (json!({"values": []}), vec!["finding: nothing_found"]),
        (json!({"finding": "x", "reason": "because"}), vec!["reason: nothing_to_correct"]),
        (
            json!({"values": [{"name": "Hb", "value": 12, "word": "x"}]}),
            vec!["values.0.word: number_and_word"],
        ),
        (json!({"values": [{"value": 12}]}), vec!["values.0.name: required"]),
        (
            json!({"values": [{"name": "Hb", "value": 12, "low": 16, "high": 12}]}),
            vec!["values.0.high: limits_order"],
        ),
        (json!({"values": [{"name": "Hb", "value": "12"}]}), vec!["values.0.value: out_of_range"]),
    ];
    for (body, said) in refused {
        let reply = send(&lab, &again, "results", &body).await;
        assert_eq!(
            (reply.status, reply.refused()),
            (422, said.iter().map(ToString::to_string).collect()),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_voided_prescription_calls_off_what_is_not_done_and_leaves_what_was_found() {
    let world = World::open().await;
    let (lab, doctor) = (world.north.actor("lab_tech").await, world.north.doctor().await);
    let asha = world.north.patient("Asha").await;
    let (rx, tests) = ordered(
        &world,
        asha["patient_id"].as_str().unwrap(),
        &[("Urine", "urine"), ("ECG", "ecg")],
    )
    .await;
    done(&lab, &tests[1], "results", &json!({"finding": "sinus rhythm"})).await;
    assert_eq!(act(&doctor, &rx, "void", &json!({"reason": "wrong patient"})).await.status, 200);
    assert_eq!(
        (listed(&lab, "").await, listed(&lab, "?status=cancelled").await),
        (vec![], vec!["Urine".to_owned()])
    );
    assert_eq!(listed(&lab, "?status=resulted").await, ["ECG"]);
    assert_eq!(
        send(&lab, &tests[0], "step", &json!({"to": "sampled"})).await.problem(),
        "412 stale"
    );
}

#[tokio::test]
async fn the_list_is_filtered_paged_and_one_clinics() {
    let world = World::open().await;
    let lab = world.north.actor("lab_tech").await;
    let asha = world.north.patient("Asha").await;
    let asha = asha["patient_id"].as_str().unwrap();
    for name in ["First", "Second", "Third"] {
        ordered(&world, asha, &[(name, if name == "Second" { "xray" } else { "blood" })]).await;
    }
    assert_eq!(listed(&lab, "").await, ["First", "Second", "Third"]);
    assert_eq!(listed(&lab, "?kind=xray").await, ["Second"]);
    assert_eq!(listed(&lab, "?day=2020-01-01").await, [""; 0]);
    let today = value(
        &mut world.connect("postgres").await,
        "select (now() at time zone 'Asia/Kolkata')::date",
    )
    .await;
    assert_eq!(listed(&lab, &format!("?day={today}&kind=blood")).await, ["First", "Third"]);
    let (mut seen, mut query) = (Vec::new(), "?limit=1".to_owned());
    loop {
        let page = lab.get(&format!("ordered-tests{query}")).await.json;
        seen.push(page["items"][0]["name"].as_str().unwrap().to_owned());
        let Some(next) = page["next_cursor"].as_str() else { break };
        query = format!("?limit=1&cursor={next}");
    }
    assert_eq!(seen, ["First", "Second", "Third"]);
    assert_eq!(lab.get("ordered-tests?status=lost").await.refused(), ["status: unknown_value"]);
    let stranger = world.south.actor("lab_tech").await;
    assert_eq!(listed(&stranger, "").await, [""; 0]);
    for role in ["nurse", "pharmacist", "cashier", "patient"] {
        assert_eq!(world.north.actor(role).await.get("ordered-tests").await.status, 403, "{role}");
    }
}

#[tokio::test]
async fn a_technician_reads_labels_of_those_who_are_tested_and_no_record() {
    let world = World::open().await;
    let lab = world.north.actor("lab_tech").await;
    let (asha, usha) = (world.north.patient("Asha").await, world.north.patient("Usha").await);
    let (asha, usha) = (asha["patient_id"].as_str().unwrap(), usha["patient_id"].as_str().unwrap());
    ordered(&world, asha, &[("Urine", "urine")]).await;
    assert_eq!(lab.get(&format!("patients/{asha}/ordered-tests")).await.status, 200);
    assert_eq!(lab.get(&format!("patients/{usha}/ordered-tests")).await.problem(), "404 not_found");
    for path in
        [format!("patients/{asha}"), format!("patients/{asha}/chart"), "patients?q=asha".into()]
    {
        assert_eq!(lab.get(&path).await.problem(), "403 forbidden", "{path}");
    }
    let mut app = world.connect("polyclinic_app").await;
    let secret = hex::encode(lab.secret.clone().unwrap());
    value(&mut app, "begin").await;
    value(&mut app, &format!("select gate.enter('north', '\\x{secret}')")).await;
    let asked = format!("select string_agg(given_name, ' ') from gate.labels('{{{asha},{usha}}}')");
    assert_eq!(value(&mut app, &asked).await, "Asha");
    assert_eq!(value(&mut app, "select count(*) from polyclinic.patients").await, "0");
}

#[tokio::test]
async fn a_number_is_held_against_its_limits_however_it_is_written() {
    let world = World::open().await;
    let lab = world.north.actor("lab_tech").await;
    let patient = world.north.patient("Asha").await;
    let patient = patient["patient_id"].as_str().unwrap();
    let (_, tests) = ordered(&world, patient, &[("Full blood count", "blood")]).await;
    let sampled = done(&lab, &tests[0], "step", &json!({"to": "sampled"})).await;
    let line = |said: &str, unit: &str| json!({"name": "Haemoglobin", "result": said, "unit": unit, "low": 12, "critical_low": 7});
    let entered = done(&lab, &sampled, "results", &json!({"values": [
        line("3.1 g/dL", "g/dL"), line("3.1 g/dL", "g/100 mL"), line("१२.५", "g/dL"), line("<12", "g/dL"), line("not seen", "g/dL"),
    ]})).await;
    let values = entered["results"][0]["values"].as_array().unwrap();
    let said: Vec<_> = values.iter().map(|v| (&v["value"], &v["flag"])).collect();
    let (none, low) = (json!(null), json!("low"));
    let (few, enough, critical, normal) =
        (json!(3.1), json!(12.5), json!("critical"), json!("normal"));
    assert_eq!(
        said,
        [(&few, &critical), (&none, &critical), (&enough, &normal), (&none, &low), (&none, &none)]
    );
    let negative = json!({"values": [line("-5", "g/dL")], "reason": "typed wrongly"});
    let refused = send(&lab, &entered, "results", &negative).await;
    assert_eq!(refused.refused(), ["values.0.result: negative"]);
    let negative = json!({"values": [{"name": "Haemoglobin", "value": -5, "low": 12}], "reason": "typed wrongly"});
    let refused = send(&lab, &entered, "results", &negative).await;
    assert_eq!(refused.refused(), ["values.0.value: negative"]);
}
