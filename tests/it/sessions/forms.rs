//! Forms belong to a session of their own page.

use pretty_assertions::assert_eq;

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn a_write_must_come_from_our_own_page() {
    let world = World::open().await;
    let nurse = world.north.nurse().await;
    let anybody = world.anybody();
    let cookie = nurse.cookie();
    let path = "/clinic/north/sign-out";
    let post = |headers: Vec<(&'static str, String)>, token: Option<String>| {
        let mut request = anybody.request("POST", path).header("cookie", &cookie);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let fields: Vec<(&str, String)> = token.into_iter().map(|token| ("csrf", token)).collect();
        anybody.send(request.form(&fields))
    };
    let token = || Some(nurse.csrf());
    assert_eq!(post(vec![], None).await.status, 403);
    assert_eq!(post(vec![], Some(world.north.doctor().await.csrf())).await.status, 403);
    let evil = "https://evil.example".to_owned();
    assert_eq!(post(vec![("origin", evil)], token()).await.status, 403);
    assert_eq!(post(vec![("origin", "null".into())], token()).await.status, 403);
    for site in ["cross-site", "same-site"] {
        assert_eq!(post(vec![("sec-fetch-site", site.into())], token()).await.status, 403);
    }
    // Signing somebody in from elsewhere is refused as well.
    let fields = [("identifier", "doctor"), ("password", PASSWORD)];
    let forged =
        anybody.request("POST", "/clinic/north/login").header("sec-fetch-site", "cross-site");
    assert_eq!(anybody.send(forged.form(&fields)).await.status, 403);
    // The API with a cookie wants its header.
    let api = |token: Option<String>| {
        let request = anybody
            .request("DELETE", "/clinic/north/api/v1/sessions/current")
            .header("cookie", &cookie);
        let request = match token {
            Some(token) => request.header("x-csrf-token", token),
            None => request,
        };
        anybody.send(request)
    };
    assert_eq!(api(None).await.problem(), "403 csrf");
    assert_eq!(nurse.page("me").await.status, 200, "nothing of all that signed out");
    let ours = post(
        vec![("origin", world.base.clone()), ("sec-fetch-site", "same-origin".into())],
        token(),
    )
    .await;
    assert_eq!(ours.status, 303);
    let other = world.north.nurse().await;
    let request = anybody
        .request("DELETE", "/clinic/north/api/v1/sessions/current")
        .header("cookie", other.cookie());
    assert_eq!(anybody.send(request.header("x-csrf-token", other.csrf())).await.status, 204);
}

#[tokio::test]
async fn whoever_sends_a_form_without_a_session_comes_back_to_the_page_of_the_form() {
    let world = World::open().await;
    let anybody = world.anybody();
    let ended = async |from: &str| {
        let request = anybody.request("POST", "/clinic/north/visits/1/note");
        let request = request.header("referer", format!("http://clinic.example{from}"));
        anybody.send(request.form(&[("plan", "rest")])).await.header("location").to_owned()
    };
    for (from, next) in [
        (
            "/clinic/north/visits/1/consultation?q=Asha",
            "%2Fclinic%2Fnorth%2Fvisits%2F1%2Fconsultation",
        ),
        ("/clinic/south/queue", "%2Fclinic%2Fnorth"),
        ("/clinic/north-east/queue", "%2Fclinic%2Fnorth"),
        ("//elsewhere.example/x", "%2Fclinic%2Fnorth"),
    ] {
        assert_eq!(ended(from).await, format!("/clinic/north/login?next={next}"), "{from}");
    }
}

#[tokio::test]
async fn a_form_of_an_earlier_session_is_said_to_be_old_and_gets_a_token_of_the_new_one() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let form = [("csrf", "of an earlier session"), ("given_name", "Asha")];
    let anybody = world.anybody();
    let request = anybody.request("POST", "/clinic/north/patients");
    let old = anybody.send(request.header("cookie", reception.cookie()).form(&form)).await;
    assert!(
        old.status == 403 && old.text.contains("This page is older than your sign-in"),
        "{old:?}"
    );
    let told = reception.page("me/token").await;
    let drawn = reception.page("patients/new").await;
    let token = told.json["token"].as_str().unwrap();
    assert!(drawn.text.contains(&format!("name=\"csrf\" value=\"{token}\"")), "{told:?}");
    assert!(drawn.text.contains(&format!("data-me={}", told.json["user"])), "{told:?}");
}
