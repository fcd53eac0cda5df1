//! Signing in and out, through the door as it is: passwords, the brakes, tokens, links, forged requests.

mod forms;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::world::{Actor, PASSWORD, Reply, World};

/// Signs in over the API of north.
async fn sign_in(world: &World, identifier: &str, password: &str) -> Reply {
    let body = json!({"identifier": identifier, "password": password});
    world.anybody().post("sessions", &body).await
}

/// Somebody with the tokens of a reply.
fn bearer(world: &World, tokens: &Value) -> Actor {
    let mut actor = world.anybody();
    actor.token = tokens["access_token"].as_str().map(str::to_owned);
    actor
}

/// A form sent by a browser without a session.
async fn form(world: &World, path: &str, fields: &[(&str, &str)]) -> Reply {
    let anybody = world.anybody();
    anybody.send(anybody.request("POST", path).form(fields)).await
}

fn hidden(reply: &Reply, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let rest = reply.text.split_once(&mark).expect("a hidden field").1;
    rest.split_once('"').unwrap().0.to_owned()
}

/// A link to set the password of somebody in north.
async fn link_for(world: &World, role: &str) -> String {
    let admin = world.north.admin().await;
    let users = admin.get(&format!("users?role={role}")).await;
    let id = users.json["items"][0]["user_id"].as_str().unwrap().to_owned();
    let reply = admin.send(admin.request("POST", &format!("users/{id}/link"))).await;
    reply.json["set_password_path"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn identifier_and_email_open_a_session_and_say_who_it_is() {
    let world = World::open().await;
    for name in ["doctor", "Doctor ", "doctor@north.example", "DOCTOR@NORTH.EXAMPLE"] {
        let reply = sign_in(&world, name, PASSWORD).await;
        assert_eq!(reply.status, 201, "{name}: {reply:?}");
        assert_eq!(reply.json["token_type"], "Bearer");
        assert_eq!(reply.json["user"]["role"], "doctor");
        let granted = reply.json["user"]["permissions"].as_array().unwrap();
        assert!(granted.contains(&json!("prescriptions:write")), "{granted:?}");
        let me = bearer(&world, &reply.json).get("me").await;
        assert_eq!((me.status, &me.json["name"]), (200, &json!("doctor of north")));
        // Nobody at south by this token: not there and not yours are the same.
        let south = bearer(&world, &reply.json).get("/clinic/south/api/v1/me").await;
        assert_eq!(south.problem(), "404 not_found");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let world = World::open().await;
    let mut answers = Vec::new();
    for (name, password) in [
        ("doctor", "not my password"),
        ("nobody", PASSWORD),
        ("doctor@south.example", PASSWORD),
        ("admin' or '1'='1", PASSWORD),
    ] {
        let mut reply = sign_in(&world, name, password).await;
        assert_eq!(reply.problem(), "401 wrong_credentials", "{name}");
        reply.json["request_id"] = json!(null);
        answers.push(reply.json);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
}

#[tokio::test]
async fn a_guesser_waits_longer_each_time_and_the_owner_gets_in_afterwards() {
    let world = World::open().await;
    for _ in 0..4 {
        assert_eq!(sign_in(&world, "nurse", "guess").await.problem(), "401 wrong_credentials");
    }
    let mut owner = world.connect("postgres").await;
    // The fourth failure set a wait of a second; a slow machine shall not outlast it.
    let held = sqlx::query("update platform.accounts set retry_after = now() + interval '1 minute' where retry_after is not null")
        .execute(&mut owner)
        .await
        .unwrap();
    assert_eq!(held.rows_affected(), 1);
    let braked = sign_in(&world, "nurse", PASSWORD).await;
    assert_eq!(braked.problem(), "429 too_many_attempts");
    assert!(braked.header("retry-after").parse::<u64>().unwrap() >= 1, "{braked:?}");
    // Nobody else waits for it.
    assert_eq!(sign_in(&world, "doctor", PASSWORD).await.status, 201);
    sqlx::query("update platform.accounts set retry_after = now() - interval '1 second' where retry_after is not null")
        .execute(&mut owner)
        .await
        .unwrap();
    assert_eq!(sign_in(&world, "nurse", PASSWORD).await.status, 201);
    // And all is forgotten.
    assert_eq!(sign_in(&world, "nurse", "typo").await.problem(), "401 wrong_credentials");
    assert_eq!(sign_in(&world, "nurse", PASSWORD).await.status, 201);
}

#[tokio::test]
async fn an_address_that_only_guesses_spends_its_budget() {
    let world = World::open().await;
    let mut refused = None;
    for n in 0..40 {
        let reply = sign_in(&world, &format!("nobody{n}"), "guess").await;
        if reply.status == 429 {
            refused = Some(reply);
            break;
        }
        assert_eq!(reply.problem(), "401 wrong_credentials");
    }
    let refused = refused.expect("a budget that ends");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    // The budget is the address's: whoever comes from it waits, on a page as well.
    let page =
        form(&world, "/clinic/north/login", &[("identifier", "doctor"), ("password", PASSWORD)])
            .await;
    assert_eq!(page.status, 429);
    assert!(!page.header("retry-after").is_empty());
    assert!(page.text.contains("Too many attempts"), "{}", page.text);
}

#[tokio::test]
async fn a_huge_password_is_refused_before_anything_is_hashed() {
    let world = World::open().await;
    let huge = "a".repeat(1024 * 1024);
    let started = std::time::Instant::now();
    assert_eq!(sign_in(&world, "doctor", &huge).await.problem(), "413 too_large");
    let page =
        form(&world, "/clinic/north/login", &[("identifier", "doctor"), ("password", &huge)]).await;
    assert_eq!(page.status, 413);
    let long = sign_in(&world, "doctor", &"a".repeat(1000)).await;
    assert_eq!(long.refused(), ["password: too_long"]);
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[tokio::test]
async fn the_page_signs_in_with_a_cookie_that_scripts_and_other_sites_do_not_get() {
    let world = World::open().await;
    let door = world.anybody().get("/clinic/north/login").await;
    assert!(door.text.contains("north clinic"), "{}", door.text);
    let wrong =
        form(&world, "/clinic/north/login", &[("identifier", "doctor"), ("password", "no")]).await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.text.contains("value=\"doctor\"") && !wrong.text.contains("value=\"no\""));
    let fields = [("identifier", "doctor"), ("password", PASSWORD), ("next", "/clinic/north/me")];
    let reply = form(&world, "/clinic/north/login", &fields).await;
    assert_eq!((reply.status, reply.header("location")), (303, "/clinic/north/me"));
    let cookie = reply.header("set-cookie");
    for part in ["polyclinic-north=", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    let pair = cookie.split(';').next().unwrap().to_owned();
    let anybody = world.anybody();
    let me = anybody.send(anybody.request("GET", "/clinic/north/me").header("cookie", &pair)).await;
    assert_eq!(me.status, 200);
    // An address elsewhere is not where one goes after signing in.
    for next in [
        "https://evil.example/",
        "//evil.example",
        "/clinic/south/me",
        "/clinic/north//evil.example",
    ] {
        let fields = [("identifier", "doctor"), ("password", PASSWORD), ("next", next)];
        let reply = form(&world, "/clinic/north/login", &fields).await;
        assert_eq!(reply.header("location"), "/clinic/north", "{next}");
    }
}

#[tokio::test]
async fn somebody_whose_session_ran_out_signs_in_again_with_the_old_cookie_still_there() {
    let world = World::open().await;
    let old = "polyclinic-north=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let anybody = world.anybody();
    let stale =
        anybody.send(anybody.request("GET", "/clinic/north/me").header("cookie", old)).await;
    assert_eq!(
        (stale.status, stale.header("location")),
        (303, "/clinic/north/login?next=%2Fclinic%2Fnorth%2Fme")
    );
    let fields = [("identifier", "doctor"), ("password", PASSWORD)];
    let request =
        anybody.request("POST", "/clinic/north/login").header("cookie", old).form(&fields);
    assert_eq!(anybody.send(request).await.status, 303);
}

#[tokio::test]
async fn sessions_are_listed_ended_one_by_one_and_left() {
    let world = World::open().await;
    let phone = bearer(&world, &sign_in(&world, "doctor", PASSWORD).await.json);
    let desk = bearer(&world, &sign_in(&world, "doctor", PASSWORD).await.json);
    let listed = desk.get("sessions").await;
    let sessions = listed.json["items"].as_array().unwrap();
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    let other = sessions.iter().find(|s| s["current"] == json!(false)).unwrap();
    let other = other["session_id"].as_str().unwrap();
    // Somebody else can neither see nor end it.
    let nurse = world.north.nurse().await;
    assert_eq!(nurse.delete(&format!("sessions/{other}")).await.problem(), "404 not_found");
    assert_eq!(nurse.get("sessions").await.json["items"].as_array().unwrap().len(), 1);
    assert_eq!(desk.delete(&format!("sessions/{other}")).await.status, 204);
    assert_eq!(desk.delete(&format!("sessions/{other}")).await.problem(), "404 not_found");
    assert_eq!(phone.get("me").await.problem(), "401 signed_out");
    assert_eq!(desk.delete("sessions/current").await.status, 204);
    assert_eq!(desk.get("me").await.problem(), "401 signed_out");
    // The page's button does the same.
    let browser = world.north.doctor().await;
    assert_eq!(browser.page("me").await.status, 200);
    let out = browser.submit("sign-out", &[]).await;
    assert_eq!((out.status, out.header("location")), (303, "/clinic/north/login"));
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{}", out.header("set-cookie"));
    assert_eq!(browser.page("me").await.status, 303);
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_but_not_this_one() {
    let world = World::open().await;
    let other = bearer(&world, &sign_in(&world, "doctor", PASSWORD).await.json);
    let own = world.north.doctor().await;
    let new = "a whole new sentence";
    let change = |current: &'static str, new: &'static str, again: &'static str| {
        let own = own.clone();
        async move {
            let fields = [("current_password", current), ("new_password", new), ("again", again)];
            own.submit("me/password", &fields).await
        }
    };
    assert!(change("wrong", new, new).await.text.contains("not your current password"));
    assert!(change(PASSWORD, new, "another").await.text.contains("same password twice"));
    assert!(change(PASSWORD, "short", "short").await.text.contains("at least 10 characters"));
    assert_eq!(other.get("me").await.status, 200);
    assert_eq!(
        change(PASSWORD, new, new).await.header("location"),
        "/clinic/north/me?done=password_changed"
    );
    assert_eq!(other.get("me").await.problem(), "401 signed_out");
    assert_eq!(own.get("me").await.status, 200);
    assert_eq!(sign_in(&world, "doctor", PASSWORD).await.problem(), "401 wrong_credentials");
    assert_eq!(sign_in(&world, "doctor", new).await.status, 201);
}

#[tokio::test]
async fn a_one_time_link_works_once_and_ends_every_session() {
    let world = World::open().await;
    let before = bearer(&world, &sign_in(&world, "nurse", PASSWORD).await.json);
    let path = link_for(&world, "nurse").await;
    assert_eq!(before.get("me").await.status, 200, "a link alone changes nothing");
    let shown = world.anybody().get(&path).await;
    assert!(shown.text.contains("nurse of north"), "{}", shown.text);
    let weak =
        form(&world, &path, &[("password", "nurse of north"), ("again", "nurse of north")]).await;
    assert_eq!(weak.status, 422);
    let new = [("password", "a whole new sentence"), ("again", "a whole new sentence")];
    let set = form(&world, &path, &new).await;
    assert_eq!((set.status, set.header("location")), (303, "/clinic/north/login"));
    assert_eq!(form(&world, &path, &new).await.status, 404);
    assert_eq!(world.anybody().get(&path).await.status, 404);
    assert_eq!(before.get("me").await.problem(), "401 signed_out");
    assert_eq!(sign_in(&world, "nurse", "a whole new sentence").await.status, 201);
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_its_reuse_ends_the_session() {
    let world = World::open().await;
    let first = sign_in(&world, "doctor", PASSWORD).await.json;
    let refresh = |token: &Value| {
        let body = json!({"refresh_token": token});
        let anybody = world.anybody();
        async move { anybody.post("sessions/refresh", &body).await }
    };
    let second = refresh(&first["refresh_token"]).await;
    assert_eq!(second.status, 200, "{second:?}");
    assert_ne!(second.json["refresh_token"], first["refresh_token"]);
    assert_eq!(bearer(&world, &first).get("me").await.problem(), "401 signed_out");
    let current = bearer(&world, &second.json);
    assert_eq!(current.get("me").await.status, 200);
    // Whoever uses the old one again is a thief, or was robbed: everything ends.
    assert_eq!(refresh(&first["refresh_token"]).await.problem(), "401 signed_out");
    assert_eq!(current.get("me").await.problem(), "401 signed_out");
    assert_eq!(refresh(&second.json["refresh_token"]).await.problem(), "401 signed_out");
    assert_eq!(refresh(&json!("nonsense")).await.problem(), "401 signed_out");
}

#[tokio::test]
async fn somebody_of_two_clinics_chooses_and_holds_two_sessions() {
    let world = World::open().await;
    let mut platform = world.connect("polyclinic_platform").await;
    let mut auth = world.connect("polyclinic_auth").await;
    let link = polyclinic::auth::links::fresh();
    // The receptionist of north also works in south: the same email is the same account.
    sqlx::query("select gate.create_user('south', $1, $2, 'nurse', 'second.job', 'receptionist@north.example', 'Two Jobs', $3, 600)")
        .bind(uuid::Uuid::now_v7())
        .bind(uuid::Uuid::now_v7())
        .bind(&link.sha256)
        .execute(&mut platform)
        .await
        .unwrap();
    let phc = polyclinic::auth::passwords::hash(&PASSWORD.to_owned().into()).unwrap();
    sqlx::query("select gate.use_password_link($1, $2)")
        .bind(&link.sha256)
        .bind(&phc)
        .execute(&mut auth)
        .await
        .unwrap();
    let fields = [("identifier", "receptionist@north.example"), ("password", PASSWORD)];
    let choice = form(&world, "/login", &fields).await;
    assert_eq!(choice.status, 200);
    assert!(
        choice.text.contains("north clinic") && choice.text.contains("south clinic"),
        "{}",
        choice.text
    );
    let ticket = hidden(&choice, "ticket");
    for slug in ["north", "south"] {
        let reply = form(&world, "/login/choose", &[("ticket", &ticket), ("slug", slug)]).await;
        assert_eq!(
            (reply.status, reply.header("location")),
            (303, format!("/clinic/{slug}").as_str())
        );
        assert!(reply.header("set-cookie").starts_with(&format!("polyclinic-{slug}=")));
    }
    let bent = form(&world, "/login/choose", &[("ticket", &ticket[1..]), ("slug", "south")]).await;
    assert_eq!(bent.header("location"), "/login");
    // Somebody of one clinic is asked nothing, a stranger is refused.
    let fields = [("identifier", "doctor@north.example"), ("password", PASSWORD)];
    assert_eq!(form(&world, "/login", &fields).await.header("location"), "/clinic/north");
    let fields = [("identifier", "doctor@north.example"), ("password", "no")];
    assert_eq!(form(&world, "/login", &fields).await.status, 401);
    // The first clinic's administrator cannot reset a password that opens the second.
    let admin = world.north.admin().await;
    let users = admin.get("users?role=receptionist").await;
    let id = users.json["items"][0]["user_id"].as_str().unwrap();
    let reply = admin.send(admin.request("POST", &format!("users/{id}/link"))).await;
    assert_eq!(reply.problem(), "409 shared_account");
}
