//! The platform's console: it sees which clinics exist and nothing of what is inside.

use pretty_assertions::assert_eq;
use serde_json::json;
use uuid::Uuid;

use crate::world::{PASSWORD, Reply, World};

const ROOT: &str = "root@platform.example";

/// A super-admin with a password.
async fn super_admin(world: &World) {
    let mut platform = world.connect("polyclinic_platform").await;
    let mut auth = world.connect("polyclinic_auth").await;
    let link = polyclinic::auth::links::fresh();
    sqlx::query("select gate.create_super_admin($1, $2, $3, 'Root', $4, 600)")
        .bind(Uuid::now_v7())
        .bind(Uuid::now_v7())
        .bind(ROOT)
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
}

async fn sign_in(world: &World, path: &str, name: &str, password: &str) -> Reply {
    let anybody = world.anybody();
    let form = [("identifier", name), ("password", password)];
    anybody.send(anybody.request("POST", path).form(&form)).await
}

/// A browser at the console.
struct Console<'a> {
    world: &'a World,
    cookie: String,
    csrf: String,
}

impl Console<'_> {
    async fn open(world: &World) -> Console<'_> {
        super_admin(world).await;
        Console::again(world).await
    }

    async fn again(world: &World) -> Console<'_> {
        let reply = sign_in(world, "/admin/login", ROOT, PASSWORD).await;
        assert_eq!((reply.status, reply.header("location")), (303, "/admin"), "{reply:?}");
        let cookie = reply.header("set-cookie");
        for part in ["polyclinic-_platform=", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let mut console = Console { world, cookie, csrf: String::new() };
        let page = console.get("/admin").await;
        let rest = page.text.split_once("name=\"csrf\" value=\"").expect("a token").1;
        rest.split_once('"').unwrap().0.clone_into(&mut console.csrf);
        console
    }

    async fn get(&self, path: &str) -> Reply {
        let anybody = self.world.anybody();
        anybody.send(anybody.request("GET", path).header("cookie", &self.cookie)).await
    }

    async fn submit(&self, path: &str, csrf: &str, fields: &[(&str, &str)]) -> Reply {
        let anybody = self.world.anybody();
        let mut form = vec![("csrf", csrf)];
        form.extend_from_slice(fields);
        anybody.send(anybody.request("POST", path).header("cookie", &self.cookie).form(&form)).await
    }
}

#[tokio::test]
async fn the_console_lists_clinics_and_nothing_of_what_is_inside() {
    let world = World::open().await;
    let console = Console::open(&world).await;
    let page = console.get("/admin").await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("north clinic") && page.text.contains("south clinic"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("doctor of north"));
    let list = console.get("/api/v1/clinics?limit=1").await;
    assert_eq!(list.status, 200, "{list:?}");
    let first = &list.json["items"][0];
    assert_eq!((&first["slug"], &first["status"]), (&json!("north"), &json!("active")));
    assert_eq!((first.get("clinic_id"), first.get("users")), (None, None));
    let cursor = list.json["next_cursor"].as_str().unwrap();
    let rest = console.get(&format!("/api/v1/clinics?cursor={cursor}")).await;
    assert_eq!(
        (&rest.json["items"][0]["slug"], &rest.json["next_cursor"]),
        (&json!("south"), &json!(null))
    );
    // Not even its own SQL could.
    let mut platform = world.connect("polyclinic_platform").await;
    for table in ["patients", "users", "sessions", "prescriptions", "history"] {
        let refused = sqlx::query(sqlx::AssertSqlSafe(format!("select from polyclinic.{table}")))
            .execute(&mut platform)
            .await;
        let code = refused.unwrap_err().as_database_error().unwrap().code().unwrap().into_owned();
        assert_eq!(code, "42501", "{table}");
    }
}

#[tokio::test]
async fn nobody_else_gets_to_the_console() {
    let world = World::open().await;
    super_admin(&world).await;
    assert_eq!(world.anybody().get("/admin").await.header("location"), "/admin/login");
    assert_eq!(world.anybody().get("/api/v1/clinics").await.problem(), "401 signed_out");
    let admin = world.north.admin().await;
    let anybody = world.anybody();
    // A clinic's cookie, also under the console's name, and a clinic's token.
    let theirs = admin.cookie();
    let renamed = theirs.replace("polyclinic-north", "polyclinic-_platform");
    for cookie in [&theirs, &renamed] {
        let reply =
            anybody.send(anybody.request("GET", "/api/v1/clinics").header("cookie", cookie)).await;
        assert_eq!(reply.problem(), "401 signed_out");
    }
    assert_eq!(admin.get("/api/v1/clinics").await.problem(), "401 signed_out");
    // A clinic's person at the console's door, and the super-admin at a clinic's: like a stranger.
    let wrong = |reply: &Reply| reply.text.contains("do not fit together");
    for (path, name) in [
        ("/admin/login", "admin@north.example"),
        ("/admin/login", "nobody@north.example"),
        ("/clinic/north/login", ROOT),
        ("/login", ROOT),
    ] {
        let reply = sign_in(&world, path, name, PASSWORD).await;
        assert_eq!((reply.status, wrong(&reply)), (401, true), "{path} {name}: {reply:?}");
        assert_eq!(reply.header("set-cookie"), "");
    }
    let body = json!({"identifier": ROOT, "password": PASSWORD});
    assert_eq!(world.anybody().post("sessions", &body).await.problem(), "401 wrong_credentials");
}

#[tokio::test]
async fn a_super_admin_is_made_a_member_of_no_clinic() {
    let world = World::open().await;
    super_admin(&world).await;
    let mut platform = world.connect("polyclinic_platform").await;
    let refused = sqlx::query(
        "select gate.create_user('north', $1, $2, 'admin', 'root', $3, 'Root', sha256('x'), 600)",
    )
    .bind(Uuid::now_v7())
    .bind(Uuid::now_v7())
    .bind(ROOT)
    .execute(&mut platform)
    .await
    .unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "PC009");
    // Nor does somebody of a clinic come to run the platform.
    let refused = sqlx::query(
        "select gate.create_super_admin($1, $2, 'admin@north.example', 'A', sha256('y'), 600)",
    )
    .bind(Uuid::now_v7())
    .bind(Uuid::now_v7())
    .execute(&mut platform)
    .await
    .unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().constraint(), Some("accounts_email_key"));
}

#[tokio::test]
async fn a_suspended_clinic_is_out_at_the_next_request_and_back_when_reactivated() {
    let world = World::open().await;
    let console = Console::open(&world).await;
    let nurse = world.north.nurse().await;
    let south = world.south.nurse().await;
    assert_eq!(nurse.get("me").await.status, 200);
    let path = "/admin/clinics/north/status";
    let done = console.submit(path, &console.csrf, &[("status", "suspended")]).await;
    assert_eq!((done.status, done.header("location")), (303, "/admin?done=clinic_suspended"));
    assert_eq!(nurse.get("me").await.problem(), "401 signed_out");
    assert_eq!(world.anybody().get("/clinic/north/login").await.status, 404);
    let body = json!({"identifier": "nurse", "password": PASSWORD});
    assert_eq!(world.anybody().post("sessions", &body).await.problem(), "404 not_found");
    assert_eq!(south.get("me").await.status, 200, "the neighbour does not notice");
    assert!(console.get("/admin").await.text.contains("Reactivate north clinic"));
    let done = console.submit(path, &console.csrf, &[("status", "active")]).await;
    assert_eq!(done.header("location"), "/admin?done=clinic_reactivated");
    // The sessions were shut out, not ended.
    assert_eq!(nurse.get("me").await.status, 200);
    // The same as JSON.
    let anybody = world.anybody();
    let api = |slug: &str, status: &str, csrf: Option<&str>| {
        let request = anybody
            .request("POST", &format!("/api/v1/clinics/{slug}/status"))
            .header("cookie", &console.cookie);
        let request = match csrf {
            Some(csrf) => request.header("x-csrf-token", csrf),
            None => request,
        };
        anybody.send(request.json(&json!({"status": status})))
    };
    assert_eq!(api("north", "suspended", None).await.problem(), "403 csrf");
    let reply = api("north", "suspended", Some(&console.csrf)).await;
    assert_eq!((reply.status, &reply.json["status"]), (200, &json!("suspended")));
    assert_eq!(nurse.get("me").await.problem(), "401 signed_out");
    for status in ["closed", "moving", "trial"] {
        assert_eq!(
            api("north", status, Some(&console.csrf)).await.refused(),
            ["status: unknown_value"]
        );
    }
    assert_eq!(api("nowhere", "active", Some(&console.csrf)).await.problem(), "404 not_found");
    let mut owner = world.connect("postgres").await;
    sqlx::query("update platform.directory set status = 'closed' where slug = 'north'")
        .execute(&mut owner)
        .await
        .unwrap();
    assert_eq!(api("north", "active", Some(&console.csrf)).await.problem(), "409 not_open");
}

#[tokio::test]
async fn a_forged_suspension_is_refused() {
    let world = World::open().await;
    let console = Console::open(&world).await;
    let path = "/admin/clinics/north/status";
    for csrf in ["", &world.north.admin().await.csrf()] {
        assert_eq!(console.submit(path, csrf, &[("status", "suspended")]).await.status, 403);
    }
    let anybody = world.anybody();
    let form = [("csrf", console.csrf.as_str()), ("status", "suspended")];
    let request = anybody.request("POST", path).header("cookie", &console.cookie).form(&form);
    assert_eq!(anybody.send(request.header("sec-fetch-site", "cross-site")).await.status, 403);
    assert_eq!(world.north.nurse().await.get("me").await.status, 200);
}

#[tokio::test]
async fn signing_out_and_a_new_password_end_the_consoles_sessions() {
    let world = World::open().await;
    let console = Console::open(&world).await;
    let out = console.submit("/admin/logout", &console.csrf, &[]).await;
    assert_eq!((out.status, out.header("location")), (303, "/admin/login"));
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(console.get("/admin").await.header("location"), "/admin/login");
    // An old cookie does not stand in the way of signing in again.
    let anybody = world.anybody();
    let form = [("identifier", ROOT), ("password", PASSWORD)];
    let request =
        anybody.request("POST", "/admin/login").header("cookie", &console.cookie).form(&form);
    assert_eq!(anybody.send(request).await.status, 303);
    let second = Console::again(&world).await;
    let mut owner = world.connect("postgres").await;
    sqlx::query("update platform.accounts set valid_from = clock_timestamp() where email = $1")
        .bind(ROOT)
        .execute(&mut owner)
        .await
        .unwrap();
    assert_eq!(second.get("/api/v1/clinics").await.problem(), "401 signed_out");
}
