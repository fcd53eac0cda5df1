//! The people of a clinic: invited, changed, kept out, never left without an administrator.

mod pages;
mod passwords;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use sqlx::Executor;

use crate::world::{Actor, Reply, World};

async fn user(admin: &Actor, role: &str) -> Value {
    let users = admin.get(&format!("users?role={role}")).await;
    assert_eq!(users.status, 200, "{users:?}");
    users.json["items"][0].clone()
}

fn id(user: &Value) -> String {
    user["user_id"].as_str().expect("a user").to_owned()
}

async fn change(admin: &Actor, user: &Value, body: Value) -> Reply {
    let path = format!("users/{}", id(user));
    admin.patch(&path, user["version"].as_i64().unwrap(), &body).await
}

/// Sets the password behind a link and signs in at north.
async fn settle(world: &World, path: &str, identifier: &str) -> Actor {
    let anybody = world.anybody();
    let password = "a whole new sentence";
    let fields = [("password", password), ("again", password)];
    let set = anybody.send(anybody.request("POST", path).form(&fields)).await;
    assert_eq!(set.status, 303, "{set:?}");
    let opened =
        anybody.post("sessions", &json!({"identifier": identifier, "password": password})).await;
    assert_eq!(opened.status, 201, "{opened:?}");
    let mut actor = anybody;
    actor.token = opened.json["access_token"].as_str().map(str::to_owned);
    actor
}

/// A second active administrator at north.
async fn second_admin(world: &World) -> (Actor, Value) {
    let admin = world.north.admin().await;
    let body = json!({"name": "Second", "identifier": "second", "role": "admin"});
    let reply = admin.post("users", &body).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let path = reply.json["set_password_path"].as_str().unwrap();
    let second = settle(world, path, "second").await;
    let user = admin.get(&format!("users/{}", id(&reply.json))).await.json;
    (second, user)
}

#[tokio::test]
async fn an_invited_doctor_chooses_a_password_and_practises() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let body = json!({"name": "Dr. Meera Joshi", "identifier": "Meera.Joshi", "email": "Meera@Example.org",
        "phone": "+91 98765 43210", "role": "doctor",
        "practitioner": {"specialization": "Cardiology", "qualification": "MD", "licence_number": "MMC-77"}});
    let reply = admin.post("users", &body).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    assert_eq!(reply.header("location"), format!("/clinic/north/api/v1/users/{}", id(&reply.json)));
    assert_eq!(reply.header("etag"), "\"v1\"");
    assert_eq!(
        (&reply.json["identifier"], &reply.json["email"]),
        (&json!("meera.joshi"), &json!("meera@example.org"))
    );
    assert_eq!(reply.json["status"], "invited");
    assert_eq!(reply.json["practitioner"]["licence_number"], "MMC-77");
    // Nobody waits for, and no paper names, who has not come yet.
    let clerk = world.north.receptionist().await;
    assert!(!clerk.page("patients/new").await.text.contains("Meera"));
    assert_eq!(reply.json["practitioner"]["active"], false);
    let refused = world
        .anybody()
        .post("sessions", &json!({"identifier": "meera.joshi", "password": "x"}))
        .await;
    assert_eq!(refused.problem(), "401 wrong_credentials");
    let doctor =
        settle(&world, reply.json["set_password_path"].as_str().unwrap(), "meera.joshi").await;
    assert_eq!(doctor.get("me").await.json["role"], "doctor");
    let now = admin.get(&format!("users/{}", id(&reply.json))).await;
    assert_eq!(
        (&now.json["status"], &now.json["practitioner"]["active"]),
        (&json!("active"), &json!(true))
    );
    assert!(now.json["last_signed_in_at"].is_string(), "{now:?}");
    assert!(clerk.page("patients/new").await.text.contains("Meera"));
    assert_eq!(now.json.get("set_password_path"), None, "shown once");
    // The other clinic sees neither the person nor the name taken.
    let south = world.south.admin().await;
    assert_eq!(south.get(&format!("users/{}", id(&reply.json))).await.problem(), "404 not_found");
    assert_eq!(south.post("users", &body).await.status, 201);
}

#[tokio::test]
async fn what_is_wrong_with_an_invitation_is_named() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let refused = |body: Value| {
        let admin = admin.clone();
        async move { admin.post("users", &body).await.refused() }
    };
    let base = json!({"name": "N", "identifier": "new.one", "role": "nurse"});
    let with = |field: &str, value: Value| {
        let mut body = base.clone();
        body[field] = value;
        body
    };
    assert_eq!(
        refused(json!({})).await,
        ["name: required", "identifier: required", "role: required"]
    );
    assert_eq!(refused(with("identifier", json!("no spaces"))).await, ["identifier: invalid"]);
    assert_eq!(refused(with("identifier", json!("doctor"))).await, ["identifier: taken"]);
    assert_eq!(refused(with("email", json!("doctor@north.example"))).await, ["email: taken"]);
    assert_eq!(refused(with("email", json!("nobody"))).await, ["email: not_an_email"]);
    assert_eq!(refused(with("role", json!("super_admin"))).await, ["role: unknown_value"]);
    assert_eq!(refused(with("role", json!("patient"))).await, ["role: patient"]);
    assert_eq!(
        refused(with("practitioner", json!({"licence_number": "1"}))).await,
        ["role: not_a_doctor"]
    );
    assert_eq!(
        refused(with("practitioner", json!({"licence": "1"}))).await,
        ["practitioner.licence: unknown_field"]
    );
    let mut doctor = with("role", json!("doctor"));
    // The world's doctor has L-1.
    doctor["practitioner"] = json!({"licence_number": "L-1"});
    assert_eq!(refused(doctor).await, ["licence_number: taken"]);
    // Nothing of all that left somebody behind.
    assert_eq!(admin.get("users?limit=100").await.json["items"].as_array().unwrap().len(), 8);
    assert_eq!(admin.post("users", &base).await.status, 201);
}

#[tokio::test]
async fn only_the_administrator_sees_and_changes_staff() {
    let world = World::open().await;
    let someone = user(&world.north.admin().await, "nurse").await;
    for role in ["doctor", "nurse", "receptionist", "lab_tech", "pharmacist", "cashier", "patient"]
    {
        let actor = world.north.actor(role).await;
        let body = json!({"name": "N", "identifier": "new.one", "role": "nurse"});
        assert_eq!(actor.get("users").await.problem(), "403 forbidden", "{role}");
        assert_eq!(
            actor.get(&format!("users/{}", id(&someone))).await.problem(),
            "403 forbidden",
            "{role}"
        );
        assert_eq!(actor.post("users", &body).await.problem(), "403 forbidden", "{role}");
        assert_eq!(
            change(&actor, &someone, json!({"role": "admin"})).await.problem(),
            "403 forbidden",
            "{role}"
        );
        let link = actor.send(actor.request("POST", &format!("users/{}/link", id(&someone)))).await;
        assert_eq!(link.problem(), "403 forbidden", "{role}");
        assert_eq!(actor.page("staff").await.status, 403, "{role}");
    }
    assert_eq!(world.anybody().get("users").await.problem(), "401 signed_out");
}

#[tokio::test]
async fn a_retried_invitation_invites_once_and_keeps_no_link() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let body = json!({"name": "N", "identifier": "new.one", "role": "nurse"});
    let send =
        || admin.send(admin.request("POST", "users").header("idempotency-key", "k").json(&body));
    let first = send().await;
    let second = send().await;
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(id(&first.json), id(&second.json));
    assert!(first.json["set_password_path"].is_string());
    assert_eq!(second.json["set_password_path"], json!(null));
    let mut owner = world.connect("postgres").await;
    let kept: Vec<u8> =
        sqlx::query_scalar("select body from polyclinic.idempotency_keys where key = 'k'")
            .fetch_one(&mut owner)
            .await
            .unwrap();
    assert!(!String::from_utf8_lossy(&kept).contains("/password/"), "a secret in the clear");
}

#[tokio::test]
async fn the_list_goes_by_name_role_and_status_page_by_page() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let mut names = Vec::new();
    let mut path = "users?limit=3".to_owned();
    loop {
        let page = admin.get(&path).await;
        let items = page.json["items"].as_array().unwrap();
        names.extend(items.iter().map(|u| u["name"].as_str().unwrap().to_owned()));
        match page.json["next_cursor"].as_str() {
            Some(cursor) => path = format!("users?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!((names.len(), &names), (8, &sorted));
    assert_eq!(admin.get("users?status=inactive").await.json["items"], json!([]));
    assert_eq!(admin.get("users?role=king").await.refused(), ["role: unknown_value"]);
    assert_eq!(admin.get("users?cursor=x").await.refused(), ["cursor: invalid"]);
}

#[tokio::test]
async fn a_change_needs_the_version_and_a_new_role_counts_at_the_next_request() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let doctor = world.north.doctor().await;
    let was = user(&admin, "doctor").await;
    let path = format!("users/{}", id(&was));
    let blind = admin.send(admin.request("PATCH", &path).json(&json!({"name": "X"}))).await;
    assert_eq!(blind.problem(), "428 precondition_required");
    assert_eq!(admin.patch(&path, 99, &json!({"name": "X"})).await.problem(), "412 stale");
    assert_eq!(doctor.get("patients").await.status, 200);
    let renamed =
        change(&admin, &was, json!({"name": "Dr. New", "practitioner": {"specialization": "ENT"}}))
            .await;
    assert_eq!(renamed.status, 200, "{renamed:?}");
    assert_eq!(renamed.json["practitioner"]["specialization"], "ENT");
    assert_eq!(renamed.json["practitioner"]["licence_number"], "L-1", "not sent, so it stays");
    let moved = change(&admin, &renamed.json, json!({"role": "lab_tech"})).await;
    assert_eq!((moved.status, &moved.json["practitioner"]["active"]), (200, &json!(false)));
    assert_eq!(doctor.get("patients").await.problem(), "403 forbidden");
    assert_eq!(doctor.get("me").await.json["role"], "lab_tech");
    let back = change(&admin, &moved.json, json!({"role": "doctor"})).await;
    assert_eq!(back.json["practitioner"]["active"], json!(true));
    assert_eq!(
        back.json["practitioner"]["practitioner_id"],
        was["practitioner"]["practitioner_id"]
    );
    assert_eq!(doctor.get("patients").await.status, 200);
    // Somebody who becomes a doctor is entered as one.
    let nurse = user(&admin, "nurse").await;
    let made = change(
        &admin,
        &nurse,
        json!({"role": "doctor", "practitioner": {"licence_number": "L-2"}}),
    )
    .await;
    assert_eq!(made.json["practitioner"]["licence_number"], "L-2", "{made:?}");
    let taken =
        change(&admin, &made.json, json!({"practitioner": {"licence_number": "L-1"}})).await;
    assert_eq!(taken.refused(), ["licence_number: taken"]);
}

#[tokio::test]
async fn whoever_is_deactivated_is_out_at_once_and_comes_back_with_the_old_password() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let doctor = world.north.doctor().await;
    let was = user(&admin, "doctor").await;
    let out = change(&admin, &was, json!({"status": "inactive"})).await;
    assert_eq!((out.status, &out.json["practitioner"]["active"]), (200, &json!(false)));
    assert_eq!(doctor.get("me").await.problem(), "401 signed_out");
    let sign_in = json!({"identifier": "doctor", "password": crate::world::PASSWORD});
    assert_eq!(world.anybody().post("sessions", &sign_in).await.problem(), "401 wrong_credentials");
    let link = admin.send(admin.request("POST", &format!("users/{}/link", id(&was)))).await;
    assert_eq!(link.problem(), "409 inactive");
    let invited = change(&admin, &out.json, json!({"status": "invited"})).await;
    assert_eq!(invited.refused(), ["status: unknown_value"]);
    let back = change(&admin, &out.json, json!({"status": "active"})).await;
    assert_eq!((back.status, &back.json["practitioner"]["active"]), (200, &json!(true)));
    assert_eq!(world.anybody().post("sessions", &sign_in).await.status, 201);
    // The session that was ended stays ended.
    assert_eq!(doctor.get("me").await.problem(), "401 signed_out");
}

#[tokio::test]
async fn an_invitation_is_not_made_active_by_the_administrator() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let new =
        admin.post("users", &json!({"name": "N", "identifier": "new.one", "role": "nurse"})).await;
    assert_eq!(
        change(&admin, &new.json, json!({"status": "active"})).await.problem(),
        "409 invited"
    );
    let renamed = change(&admin, &new.json, json!({"name": "Nina"})).await;
    assert_eq!((renamed.status, &renamed.json["status"]), (200, &json!("invited")));
    assert_eq!(
        change(&admin, &renamed.json, json!({"role": "patient"})).await.refused(),
        ["role: patient"]
    );
    let patient = user(&admin, "patient").await;
    assert_eq!(
        change(&admin, &patient, json!({"role": "nurse"})).await.refused(),
        ["role: patient"]
    );
}

#[tokio::test]
async fn nobody_changes_the_own_role_or_status() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let own = user(&admin, "admin").await;
    assert_eq!(change(&admin, &own, json!({"role": "doctor"})).await.problem(), "409 own_role");
    assert_eq!(change(&admin, &own, json!({"status": "inactive"})).await.problem(), "409 own_role");
    let renamed = change(&admin, &own, json!({"name": "Somebody Else"})).await;
    assert_eq!((renamed.status, &renamed.json["name"]), (200, &json!("Somebody Else")));
}

#[tokio::test]
async fn of_two_administrators_who_deactivate_each_other_at_once_one_remains() {
    let world = World::open().await;
    for round in 0..5 {
        let world = if round == 0 { &world } else { &World::open().await };
        let first = world.north.admin().await;
        let (second, of_second) = second_admin(world).await;
        let all = first.get("users?role=admin").await.json;
        let of_first = all["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|u| u["identifier"] == "admin")
            .unwrap()
            .clone();
        let out =
            if round % 2 == 0 { json!({"status": "inactive"}) } else { json!({"role": "nurse"}) };
        let (a, b) = tokio::join!(
            change(&first, &of_second, out.clone()),
            change(&second, &of_first, out.clone())
        );
        let mut answers = [a.status, b.status];
        answers.sort_unstable();
        // The loser finds that it would leave nobody, or that it is no longer anybody here.
        assert_eq!(answers[0], 200, "{a:?} {b:?}");
        assert!([401, 403, 409].contains(&answers[1]), "{a:?} {b:?}");
        let mut owner = world.connect("postgres").await;
        let left: i64 = sqlx::query_scalar(
            "select count(*) from polyclinic.users u join platform.directory d using (clinic_id)
             where d.slug = 'north' and u.role = 'admin' and u.status = 'active'",
        )
        .fetch_one(&mut owner)
        .await
        .unwrap();
        assert_eq!(left, 1);
    }
}

#[tokio::test]
async fn an_administrator_who_waits_behind_the_own_end_leaves_the_clinic_with_one() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let (second, of_second) = second_admin(&world).await;
    let of_first = admin.get("users?role=admin").await.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|u| u["identifier"] == "admin")
        .unwrap()
        .clone();
    // Another transaction holds the administrators and ends the second one, while its request waits at the lock.
    let mut other = world.connect("postgres").await;
    other.execute("begin").await.unwrap();
    let ended = "update polyclinic.users set status = 'inactive' where identifier = 'second'";
    other.execute(ended).await.unwrap();
    let waiting =
        tokio::spawn(
            async move { change(&second, &of_first, json!({"status": "inactive"})).await },
        );
    let mut watch = world.connect("postgres").await;
    let asked = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(asked).fetch_one(&mut watch).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    other.execute("commit").await.unwrap();
    assert_eq!(waiting.await.unwrap().problem(), "409 last_admin");
    assert_eq!(admin.get(&format!("users/{}", id(&of_second))).await.json["status"], "inactive");
}
