//! Values that no person has, cursors that nobody was given.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Guarded, refused};

#[tokio::test]
async fn a_value_that_cannot_be_is_named_and_not_repeated() {
    let mut guarded = Guarded::open().await;
    let reception = guarded.world.north.receptionist().await;
    guarded.count().await;
    let cases: &[(&str, Value)] = &[
        ("birth_date", json!("0000-01-01")),
        ("birth_date", json!("1874-12-31")),
        ("birth_date", json!("2026-02-30")),
        ("birth_date", json!("9999-12-31")),
        ("birth_date", json!("+12026-01-01")),
        ("birth_date", json!("-2026-01-01")),
        ("birth_date", json!("3/3/1987")),
        ("birth_date", json!("1987-03-03T00:00:00Z")),
        ("birth_date", json!("infinity")),
        ("birth_date", json!("today")),
        ("birth_date", json!(19_870_303)),
        ("birth_date", json!({})),
        ("age_years", json!(-5)),
        ("age_years", json!(151)),
        ("age_years", json!(1e300)),
        ("age_years", json!("40")),
        ("age_years", json!([40])),
        ("sex", json!("Male")),
        ("sex", json!("")),
        ("sex", json!(1)),
        ("sex", json!(null)),
        ("blood_group", json!("C+")),
        ("weight_kg", json!(0)),
        ("weight_kg", json!(-1)),
        ("weight_kg", json!(9_999)),
        ("phone", json!("call me")),
        ("phone", json!("1")),
        ("phone", json!("9".repeat(26))),
        ("email", json!("nobody")),
        ("email", json!("a@b")),
        ("email", json!("a b@c.example")),
        ("given_name", json!("x".repeat(101))),
        ("given_name", json!(["A"])),
        ("given_name", json!("a\u{7f}b")),
        ("given_name", json!("a\u{1b}[31m")),
        ("allergies", json!("x".repeat(1_001))),
        ("identity_number", json!("without its kind")),
        ("external_id", json!("x".repeat(65))),
        ("duplicate_ok", json!("yes")),
    ];
    for (field, wrong) in cases {
        let mut body = json!({"given_name": "Asha", "age_years": 40, "sex": "female"});
        if *field == "birth_date" {
            body.as_object_mut().unwrap().remove("age_years");
        }
        body[*field] = wrong.clone();
        let reply = reception.post("patients", &body).await;
        let what = format!("{field} = {wrong}");
        assert_eq!(reply.problem(), "422 invalid", "{what}: {}", reply.text);
        refused(&reply, &what);
        let named =
            reply.refused().iter().any(|r| r.starts_with(field) || r.starts_with("identity_kind"));
        assert!(named, "{what}: {:?}", reply.refused());
        if let Some(text) = wrong.as_str().filter(|t| t.len() > 6) {
            assert!(!reply.text.contains(text), "{what} is repeated: {}", reply.text);
        }
    }
    guarded.unharmed(Duration::from_secs(10)).await;
}

#[tokio::test]
async fn a_cursor_is_good_for_its_list_and_its_clinic_alone() {
    let mut guarded = Guarded::open().await;
    for clinic in [&guarded.world.north, &guarded.world.south] {
        for n in 0..3 {
            clinic.patient(&format!("Page {n}")).await;
        }
    }
    let (north, south) =
        (guarded.world.north.receptionist().await, guarded.world.south.receptionist().await);
    guarded.count().await;
    let cursor =
        |reply: crate::world::Reply| reply.json["next_cursor"].as_str().unwrap().to_owned();
    let newest = cursor(north.get("patients?limit=1").await);
    let found = cursor(north.get("patients?limit=1&q=page").await);
    let foreign = cursor(south.get("patients?limit=1").await);
    let ask = async |text: &str, q: &str| {
        north.send(north.request("GET", "patients").query(&[("cursor", text), ("q", q)])).await
    };
    assert_eq!(ask(&newest, "").await.status, 200);
    assert_eq!(ask(&found, "page").await.status, 200);
    for (text, q, what) in [
        (&foreign, "", "south's"),
        (&found, "", "of the search"),
        (&newest, "page", "of the newest"),
    ] {
        let reply = ask(text, q).await;
        assert_eq!(reply.refused(), ["cursor: invalid"], "{what}");
    }
    // Every single character of it.
    for at in 0..newest.len() {
        let mut bent = newest.clone().into_bytes();
        bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
        refused(&ask(std::str::from_utf8(&bent).unwrap(), "").await, &format!("bent at {at}"));
    }
    for text in [
        "x",
        "AAAA",
        &newest[1..],
        &newest[..newest.len() - 1],
        &format!("{newest}A"),
        &"A".repeat(499),
        &"A".repeat(5_000),
    ] {
        refused(&ask(text, "").await, text);
    }
    for limit in ["0", "-1", "101", "1e3", "NaN", "99999999999999999999", "ten", "1.5", "'"] {
        let reply = north.send(north.request("GET", "patients").query(&[("limit", limit)])).await;
        assert_eq!(reply.refused(), ["limit: out_of_range"], "{limit}");
    }
    guarded.unharmed(Duration::from_secs(10)).await;
}

#[tokio::test]
async fn a_version_that_was_not_read_changes_nothing() {
    let mut guarded = Guarded::open().await;
    let reception = guarded.world.north.receptionist().await;
    let patient = guarded.world.north.patient("Versioned").await;
    let path = format!("patients/{}", patient["patient_id"].as_str().unwrap());
    guarded.count().await;
    for tag in
        ["\"v0\"", "\"v2\"", "W/\"v1\"", "\"v-1\"", "\"v99999999999\"", "\"v2\", \"v3\"", "\"v1'\""]
    {
        let request =
            reception.request("PATCH", &path).header("if-match", tag).json(&json!({"city": "X"}));
        assert_eq!(reception.send(request).await.problem(), "412 stale", "{tag}");
    }
    for tag in ["v1", "", "\"v1", "*, \"v1\"", "\"v1\" \"v2\""] {
        let request =
            reception.request("PATCH", &path).header("if-match", tag).json(&json!({"city": "X"}));
        let reply = reception.send(request).await;
        assert_eq!(
            (reply.status, reply.refused()),
            (422, vec!["If-Match: not_an_etag".to_owned()]),
            "{tag}"
        );
    }
    for key in ["", &"k".repeat(129)] {
        let request = reception
            .request("POST", "patients")
            .header("idempotency-key", key)
            .json(&json!({"given_name": "A", "age_years": 4, "sex": "other"}));
        assert_eq!(reception.send(request).await.refused(), ["Idempotency-Key: invalid"], "{key}");
    }
    guarded.unharmed(Duration::from_secs(10)).await;
}
