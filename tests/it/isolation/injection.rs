//! Injection through the front door: SQL in every text that search and registration read.

use serde_json::{Value, json};

use super::stage::Stage;

const STRINGS: [&str; 22] = [
    "'",
    "''",
    "\"",
    "';--",
    "' or '1'='1",
    "' or 1=1 --",
    "%",
    "_",
    "\\",
    "\\'",
    "$1",
    "$$",
    ":name",
    "{}",
    "NULL",
    "'; set local gate.ctx = 'x'; --",
    "' union select clinic_id::text, patient_id, number from polyclinic.patients --",
    "1); drop table polyclinic.patients; --",
    "a' || (select given_name from polyclinic.patients limit 1) || '",
    "\u{feff}'\u{2019} or \u{ff07}1\u{ff07}=\u{ff07}1",
    "x'); select gate.enter('south', '\\x00'); --",
    "{\"a\":1}'::jsonb",
];

const FIELDS: [&str; 17] = [
    "given_name",
    "family_name",
    "birth_date",
    "sex",
    "blood_group",
    "phone",
    "email",
    "address",
    "city",
    "state",
    "postcode",
    "allergies",
    "medical_history",
    "emergency_name",
    "emergency_phone",
    "identity_number",
    "external_id",
];

#[tokio::test]
async fn sql_in_a_search_finds_nothing_foreign_and_breaks_nothing() {
    let mut stage = Stage::open().await;
    let secret = stage.world.south.patient("Sentinel-of-South").await;
    let before = stage.south().await;
    let doctor = stage.world.north.doctor().await;
    let mut cases = 0;
    for text in STRINGS {
        for name in ["q", "limit", "cursor", "unknown"] {
            for path in ["/clinic/north/api/v1/patients", "/clinic/north/patients"] {
                let reply = doctor.send(doctor.request("GET", path).query(&[(name, text)])).await;
                assert!(reply.status < 500, "{path}?{name}={text}: {reply:?}");
                assert!(!reply.text.contains("Sentinel-of-South"), "{path}?{name}={text}");
                assert!(!reply.text.contains(secret["number"].as_str().unwrap()));
                cases += 1;
            }
        }
        for header in ["idempotency-key", "if-match", "user-agent", "accept", "authorization"] {
            let mut request = doctor.request("GET", "patients");
            if let Ok(value) = reqwest::header::HeaderValue::from_bytes(text.as_bytes()) {
                request = request.header(header, value);
            }
            let reply = doctor.send(request).await;
            assert!(reply.status < 500, "{header}: {text}: {reply:?}");
            cases += 1;
        }
        let path = reqwest::Url::parse("http://x/")
            .unwrap()
            .join(&format!(
                "clinic/north/api/v1/patients/{}",
                text.replace(['/', '?', '#', '\\'], "")
            ))
            .unwrap();
        let reply = doctor.get(path.path()).await;
        assert!(
            reply.status < 500 && !reply.text.contains("Sentinel-of-South"),
            "{path}: {reply:?}"
        );
    }
    assert!(cases > 250, "{cases}");
    assert_eq!(stage.south().await, before);
}

#[tokio::test]
async fn sql_in_a_registration_is_only_text() {
    let mut stage = Stage::open().await;
    let before = stage.south().await;
    let reception = stage.world.north.receptionist().await;
    for text in STRINGS {
        for field in FIELDS {
            let mut body = json!({"given_name": "Asha", "age_years": 40, "sex": "female", "duplicate_ok": true});
            body[field] = json!(text);
            if field == "identity_number" {
                body["identity_kind"] = json!("other");
            }
            let reply = reception.post("patients", &body).await;
            match reply.status {
                201 => assert_eq!(
                    reply.json[field].as_str().unwrap_or_default().trim(),
                    text.trim(),
                    "{field}"
                ),
                // A refusal names the field and repeats no value.
                422 => assert!(
                    !reply.text.contains(text) || text.chars().count() < 4,
                    "{field}: {text}: {reply:?}"
                ),
                status => panic!("{field}: {text}: {status} {}", reply.text),
            }
        }
        let mut keys = serde_json::Map::new();
        keys.insert(text.to_owned(), Value::Bool(true));
        let reply = reception.post("patients", &Value::Object(keys)).await;
        assert_eq!(reply.status, 422, "{text}: {reply:?}");
    }
    assert_eq!(stage.south().await, before);
}
