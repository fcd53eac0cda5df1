//! Addresses and headers that pretend.

use std::time::Duration;

use pretty_assertions::assert_eq;

use super::raw::exchange;
use super::{Guarded, silent};
use crate::world::World;

#[tokio::test]
async fn a_twisted_path_leads_nowhere() {
    let mut guarded = Guarded::open().await;
    let doctor = guarded.world.north.doctor().await;
    let south = guarded.world.south.patient("South").await;
    let north = guarded.world.north.patient("North").await;
    guarded.count().await;
    let (id, own) = (south["patient_id"].as_str().unwrap(), north["patient_id"].as_str().unwrap());
    let token = doctor.token.clone().unwrap();
    let twisted = [
        format!("/clinic/north/../south/api/v1/patients/{id}"),
        format!("/clinic/north/%2e%2e/south/api/v1/patients/{id}"),
        format!("/clinic/north%2f..%2fsouth/api/v1/patients/{id}"),
        format!(
            "/clinic/north/api/v1/patients/..%2f..%2f..%2f..%2fsouth%2fapi%2fv1%2fpatients%2f{id}"
        ),
        format!("//clinic/south/api/v1/patients/{id}"),
        format!("/clinic//south/api/v1/patients/{id}"),
        "/clinic/north//api/v1/patients".into(),
        "/clinic/NORTH/api/v1/patients".into(),
        "/clinic/North/api/v1/patients".into(),
        "/clinic/north/api/v1/patients/".into(),
        "/clinic/north/API/v1/patients".into(),
        "/clinic/north;x=1/api/v1/patients".into(),
        "/clinic/north/api/v1/patients;x".into(),
        "/clinic/north%00/api/v1/patients".into(),
        "/clinic/north%20/api/v1/patients".into(),
        "/clinic/%6eorth%2fx/api/v1/patients".into(),
        "/clinic/north\\south/api/v1/patients".into(),
        "/clinic/north/api/v1/patients/%00".into(),
        format!("/clinic/north/api/v1/patients/{own}%00"),
        format!("/clinic/north/api/v1/patients/{}", own.to_uppercase()),
        format!("/clinic/north/api/v1/patients/{{{own}}}"),
        format!("/clinic/north/api/v1/patients/{}", own.replace('-', "")),
        format!("/clinic/north/api/v1/patients/urn:uuid:{own}"),
        "/clinic/north/api/v1/patients/1".into(),
        "/clinic/north/api/v1/patients/-1".into(),
        "/clinic/north/api/v1/patients/%c3%28".into(),
        format!("/clinic/{}/api/v1/patients", "a".repeat(41)),
        format!("/clinic/{}/api/v1/patients", "a".repeat(7_000)),
        "/clinic/no--rth/api/v1/patients".into(),
        "/clinic/n\u{2044}orth/api/v1/patients".into(),
        "/assets/../Cargo.toml".into(),
        "/assets/0/..%2f..%2fCargo.toml".into(),
        "/assets/0/%2e%2e".into(),
        "/api/docs/../../etc/passwd".into(),
        "http://south/clinic/south/api/v1/patients".into(),
    ];
    for path in twisted {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        );
        let answer =
            exchange(&guarded.world.base, request.as_bytes(), Duration::from_secs(5)).await;
        let status: u16 =
            answer.split(' ').nth(1).unwrap_or_else(|| panic!("{path}: {answer}")).parse().unwrap();
        assert!((400..500).contains(&status), "{path}: {answer}");
        assert!(
            !answer.contains(id)
                && !answer.contains("\"South\"")
                && !answer.contains("[package]")
                && !answer.contains("root:"),
            "{path}: {answer}"
        );
    }
    guarded.unharmed(Duration::from_secs(10)).await;
}

#[tokio::test]
async fn a_header_changes_neither_address_nor_method_nor_person() {
    let mut guarded = Guarded::open().await;
    let doctor = guarded.world.north.doctor().await;
    let own = guarded.world.north.patient("North").await;
    let path = format!("patients/{}", own["patient_id"].as_str().unwrap());
    let admin = guarded.world.north.actor("admin").await;
    guarded.count().await;
    let plain = doctor.get(&path).await;
    for (name, value) in [
        ("x-http-method-override", "DELETE"),
        ("x-http-method", "PATCH"),
        ("x-method-override", "DELETE"),
        ("x-original-url", "/clinic/south/api/v1/patients"),
        ("x-rewrite-url", "/clinic/south/api/v1/patients"),
        ("x-forwarded-prefix", "/clinic/south"),
        ("x-forwarded-host", "south.example"),
        ("x-forwarded-for", "127.0.0.1, 10.0.0.1"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "for=127.0.0.1;host=south"),
        ("host", "south.example"),
        ("x-clinic-id", "4002"),
        ("x-tenant", "south"),
        ("x-role", "admin"),
        ("x-user-id", "1"),
        ("range", "bytes=0-1"),
        ("te", "trailers"),
        ("accept", "\u{ff}"),
        ("if-none-match", "*"),
    ] {
        let Ok(value) = reqwest::header::HeaderValue::from_bytes(value.as_bytes()) else {
            continue;
        };
        let reply = doctor.send(doctor.request("GET", &path).header(name, value)).await;
        assert_eq!((reply.status, &reply.text), (plain.status, &plain.text), "{name}");
    }
    // The token of one clinic is not for the other, and two credentials do not add up.
    for (token, status) in [("x", 401), ("a.b.c", 401), (&*"e".repeat(5_000), 401), ("", 401)] {
        let request = guarded
            .world
            .anybody()
            .request("GET", "/clinic/north/api/v1/patients")
            .header("authorization", format!("Bearer {token}"));
        assert_eq!(doctor.send(request).await.status, status);
    }
    let both = doctor
        .browser("GET", "/clinic/north/api/v1/patients")
        .bearer_auth("forged")
        .header("cookie", "polyclinic-south=AAAA");
    assert_eq!(doctor.send(both).await.status, 401);
    // alg none, and a token of ours with another role written into it.
    let parts: Vec<_> = admin.token.as_deref().unwrap().split('.').collect();
    for forged in [
        format!("eyJhbGciOiJub25lIn0.{}.", parts[1]),
        format!("{}.{}.{}", parts[0], parts[1].replace('A', "B"), parts[2]),
    ] {
        let request = guarded
            .world
            .anybody()
            .request("GET", "/clinic/north/api/v1/patients")
            .bearer_auth(forged);
        assert_eq!(doctor.send(request).await.status, 401);
    }
    guarded.unharmed(Duration::from_secs(10)).await;
}

#[tokio::test]
async fn a_query_that_is_no_text_finds_nothing_and_breaks_nothing() {
    let mut guarded = Guarded::open().await;
    let doctor = guarded.world.north.doctor().await;
    guarded.count().await;
    for query in [
        "q=%00",
        "q=%c3%28",
        "q=%ff%fe",
        "q=%",
        "q=%zz",
        "q",
        "=",
        "&&&",
        "q=a&q=b",
        "q=%0d%0aSet-Cookie:%20x=y",
        "limit=%00",
        "cursor=%00",
        "q=%f0%9f%92%a9",
        "q=\u{202e}abc",
    ] {
        for path in ["/clinic/north/api/v1/patients", "/clinic/north/patients"] {
            let reply = doctor.get(&format!("{path}?{query}")).await;
            assert!(reply.status < 500, "{query}: {reply:?}");
            assert_eq!(reply.header("set-cookie"), "", "{query}");
            silent(&reply, query);
        }
    }
    let long = format!("/clinic/north/api/v1/patients?q={}", "x".repeat(50_000));
    let reply = doctor.get(&long).await;
    assert!((400..500).contains(&reply.status), "{reply:?}");
    let many = format!("/clinic/north/api/v1/patients?{}", "q=a&".repeat(10_000));
    assert!(doctor.get(&many).await.status < 500);
    guarded.unharmed(Duration::from_secs(10)).await;
}

#[tokio::test]
async fn a_slash_too_many_leads_to_the_page_and_no_further() {
    let world = World::open().await;
    let anybody = world.anybody();
    for (path, to) in [
        ("/clinic/north/", "/clinic/north"),
        ("/clinic/north/login/?next=%2Fx", "/clinic/north/login?next=%2Fx"),
    ] {
        let reply = anybody.get(path).await;
        assert_eq!((reply.status, reply.header("location")), (301, to));
    }
    for path in ["/clinic/north//", "/nothing/", "/clinic/north/api/v1/patients/", "//example.org/"]
    {
        assert_eq!(anybody.get(path).await.status, 404, "{path}");
    }
    let sent =
        anybody.request("POST", "/clinic/north/login/").header("origin", world.base.as_str());
    assert_eq!(anybody.send(sent).await.status, 404, "what is sent is not sent on");
}

#[tokio::test]
async fn a_letter_of_an_address_may_be_written_by_its_number() {
    let world = World::open().await;
    for (path, status) in [
        ("/clinic/north/%6Cogin", 200),
        ("/clinic/north/api/v1/%70atients", 401),
        ("/%6Civez", 200),
    ] {
        assert_eq!(world.anybody().get(path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn a_page_that_is_not_there_says_where_to_go() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let inside = doctor.page("nothing").await;
    assert!(inside.status == 404 && inside.text.contains("href=\"/clinic/north\""), "{inside:?}");
    let outside = world.anybody().get("/nothing").await;
    assert!(outside.status == 404 && outside.text.contains("class=\"button\" href=\"/\""));
    let twisted = world.anybody().get("/clinic/%22%3E/x").await;
    assert!(twisted.text.contains("class=\"button\" href=\"/\""), "{twisted:?}");
    for link in ["/password/x".to_owned(), format!("/password/{}", "A".repeat(43))] {
        let over = world.anybody().get(&link).await;
        assert!(
            over.status == 404 && over.text.contains("This link does not work any more"),
            "{link}"
        );
    }
}
