//! Bodies that are too large, too deep, of the wrong kind, or no text.

use std::time::Duration;

use serde_json::json;

use super::{Guarded, refused};

fn post(
    actor: &crate::world::Actor,
    kind: &str,
    body: impl Into<reqwest::Body>,
) -> reqwest::RequestBuilder {
    actor.request("POST", "patients").header("content-type", kind).body(body)
}

#[tokio::test]
async fn a_body_that_is_no_patient_is_refused() {
    let mut guarded = Guarded::open().await;
    let reception = guarded.world.north.receptionist().await;
    guarded.count().await;
    let deep = |open: &str, close: &str, n: usize| {
        format!("{{\"given_name\": {}1{}}}", open.repeat(n), close.repeat(n))
    };
    let mut bodies: Vec<(&str, Vec<u8>)> = vec![
        ("100,000 open brackets", vec![b'['; 100_000]),
        ("100,000 braces", b"{\"a\":".repeat(40_000)),
        ("deep and closed", deep("[", "]", 60_000).into_bytes()),
        ("127 deep", deep("[", "]", 120).into_bytes()),
        ("nothing", Vec::new()),
        ("a blank", b" ".to_vec()),
        ("null", b"null".to_vec()),
        ("a list", b"[]".to_vec()),
        ("a text", b"\"x\"".to_vec()),
        ("a number", b"1".to_vec()),
        ("half an object", b"{\"given_name\": \"A".to_vec()),
        ("two objects", b"{}{}".to_vec()),
        ("broken UTF-8", b"{\"given_name\": \"\xc3\x28\", \"age_years\": 3, \"sex\": \"male\"}".to_vec()),
        ("a lone surrogate", br#"{"given_name": "\ud800", "age_years": 3, "sex": "male"}"#.to_vec()),
        ("NUL in text", br#"{"given_name": "a\u0000b", "age_years": 3, "sex": "male"}"#.to_vec()),
        ("NUL in a name", br#"{"given_name\u0000": "ab", "age_years": 3, "sex": "male"}"#.to_vec()),
        ("UTF-16", "{}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("NaN", br#"{"given_name": "A", "age_years": NaN, "sex": "male"}"#.to_vec()),
        ("1e999", br#"{"given_name": "A", "age_years": 1e999, "sex": "male"}"#.to_vec()),
        ("an unknown field", br#"{"given_name": "A", "age_years": 3, "sex": "male", "clinic": 1}"#.to_vec()),
        ("an id of one's own", br#"{"given_name": "A", "age_years": 3, "sex": "male", "patient_id": "018f0000-0000-7000-8000-000000000000"}"#.to_vec()),
        ("no name", br#"{"age_years": 3, "sex": "male"}"#.to_vec()),
        ("a name of blanks", "{\"given_name\": \" \u{a0}\u{2003} \", \"age_years\": 3, \"sex\": \"male\"}".as_bytes().to_vec()),
    ];
    bodies.push((
        "a name of 200,000 letters",
        format!(r#"{{"given_name": "{}", "age_years": 3, "sex": "male"}}"#, "x".repeat(200_000))
            .into_bytes(),
    ));
    bodies.push((
        "10,000 fields",
        format!("{{{}}}", (0..10_000).map(|n| format!("\"f{n}\":1")).collect::<Vec<_>>().join(","))
            .into_bytes(),
    ));
    for (what, body) in bodies {
        refused(&reception.send(post(&reception, "application/json", body)).await, what);
    }
    guarded.unharmed(Duration::from_secs(10)).await;
}

#[tokio::test]
async fn a_body_of_another_kind_is_refused() {
    let mut guarded = Guarded::open().await;
    let reception = guarded.world.north.receptionist().await;
    guarded.count().await;
    let whole = json!({"given_name": "A", "age_years": 3, "sex": "male"}).to_string();
    for kind in [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "image/png",
        "",
        "application/json5",
        "*/*",
        "application/ json",
    ] {
        let reply = reception.send(post(&reception, kind, whole.clone())).await;
        assert_eq!(reply.problem(), "415 unsupported_media_type", "{kind}");
    }
    let page = reception
        .browser("POST", "/clinic/north/patients")
        .header("content-type", "application/json")
        .body(whole);
    refused(&reception.send(page).await, "JSON to a page");
    guarded.unharmed(Duration::from_secs(10)).await;
}

#[tokio::test]
async fn a_body_of_50_mib_is_refused_before_it_is_read() {
    let mut guarded = Guarded::open().await;
    let reception = guarded.world.north.receptionist().await;
    guarded.count().await;
    for path in ["/clinic/north/api/v1/patients", "/clinic/north/api/v1/sessions"] {
        // Declared: the answer comes although not a byte is sent.
        let declared = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 52428800\r\n\r\n",
            reception.token.as_deref().unwrap()
        );
        let answer =
            super::raw::exchange(&guarded.world.base, declared.as_bytes(), Duration::from_secs(5))
                .await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    }
    // Chunked: it is cut where the limit is.
    let chunk = vec![b' '; 64 * 1024];
    let stream =
        futures_util::stream::iter((0..800).map(move |_| Ok::<_, std::io::Error>(chunk.clone())));
    let sent =
        post(&reception, "application/json", reqwest::Body::wrap_stream(stream)).send().await;
    if let Ok(response) = sent {
        assert_eq!(response.status().as_u16(), 413);
    }
    guarded.unharmed(Duration::from_secs(15)).await;
}

#[tokio::test]
async fn a_password_of_a_mebibyte_costs_nothing() {
    let mut guarded = Guarded::open().await;
    let anybody = guarded.world.anybody();
    let doctor = guarded.world.north.doctor().await;
    guarded.count().await;
    for size in [257, 100_000, 250_000, 1 << 20] {
        let body = json!({"identifier": "doctor", "password": "x".repeat(size)});
        refused(&anybody.post("sessions", &body).await, &format!("a password of {size}"));
        let text = "x".repeat(size);
        let form = anybody
            .browser("POST", "/clinic/north/login")
            .form(&[("identifier", "doctor"), ("password", &text)]);
        refused(&anybody.send(form).await, &format!("a typed password of {size}"));
        let reply = doctor
            .submit(
                "me/password",
                &[("current_password", &text), ("new_password", &text), ("again", &text)],
            )
            .await;
        refused(&reply, &format!("a new password of {size}"));
    }
    guarded.unharmed(Duration::from_secs(10)).await;
}

#[tokio::test]
async fn a_page_form_without_its_token_is_refused() {
    let mut guarded = Guarded::open().await;
    let reception = guarded.world.north.receptionist().await;
    guarded.count().await;
    let fields = [("given_name", "Mallory"), ("birth_date", "40"), ("sex", "other")];
    for csrf in ["", "x", &guarded.world.south.receptionist().await.csrf()] {
        let mut form = fields.to_vec();
        form.push(("csrf", csrf));
        let reply =
            reception.send(reception.browser("POST", "/clinic/north/patients").form(&form)).await;
        assert_eq!(reply.status, 403, "{csrf}");
    }
    let token = reception.csrf();
    for (header, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let mut form = fields.to_vec();
        form.push(("csrf", &token));
        let request =
            reception.browser("POST", "/clinic/north/patients").header(header, value).form(&form);
        assert_eq!(reception.send(request).await.status, 403, "{header}: {value}");
    }
    // A cookie does not open the API to a foreign page's script either.
    let script = reception
        .browser("POST", "/clinic/north/api/v1/patients")
        .json(&json!({"given_name": "M", "age_years": 4, "sex": "other"}));
    assert_eq!(reception.send(script).await.status, 403);
    let mut superuser = guarded.world.connect("postgres").await;
    assert_eq!(
        crate::rows::value(
            &mut superuser,
            "select count(*) from polyclinic.patients where given_name like 'M%'"
        )
        .await,
        "0"
    );
}
