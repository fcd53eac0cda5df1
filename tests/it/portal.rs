//! The patient's own side: a login that the record opens and closes, and behind it the own record and nothing else.

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::documents::PDF;
use crate::paper::fetch;
use crate::prescriptions::{draft, id, line, path, sign};
use crate::rows::{ask, value};
use crate::sources::handlers;
use crate::world::{Actor, World};

const CHOSEN: &str = "monsoon evenings bring tea";

/// Signs in with a password, as a program does.
async fn sign_in(world: &World, identifier: &str, password: &str) -> (u16, Actor) {
    let mut actor = world.anybody();
    let body = json!({"identifier": identifier, "password": password});
    let reply = actor.post("sessions", &body).await;
    actor.token = reply.json["access_token"].as_str().map(str::to_owned);
    (reply.status, actor)
}

/// Chooses a password behind a link.
async fn choose(world: &World, path: &str) -> u16 {
    let anybody = world.anybody();
    let form = [("password", CHOSEN), ("again", CHOSEN)];
    let request = anybody.request("POST", path).header("origin", world.base.as_str()).form(&form);
    anybody.send(request).await.status
}

#[tokio::test]
async fn a_login_is_opened_used_closed_and_opened_again() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let asha = world.north.patient("Asha").await;
    let path = format!("patients/{}/login", id(&asha));
    assert_eq!(reception.get(&path).await.problem(), "404 not_found");
    let opened = reception.post(&path, &json!({})).await;
    let name = asha["number"].as_str().unwrap().to_lowercase();
    assert_eq!(
        (opened.status, &opened.json["identifier"], &opened.json["status"]),
        (201, &json!(name), &json!("invited")),
        "{opened:?}"
    );
    let link = opened.json["set_password_path"].as_str().unwrap();
    assert_eq!(choose(&world, link).await, 303);
    assert_eq!(choose(&world, link).await, 404, "a link works once");
    let (status, own) = sign_in(&world, &name, CHOSEN).await;
    assert_eq!(status, 201);
    assert_eq!(own.get(&format!("patients/{}", id(&asha))).await.status, 200);
    // A new link leaves the password until it is used; closing ends everything at once.
    let again = reception.post(&path, &json!({})).await;
    assert_eq!((again.status, &again.json["status"]), (201, &json!("active")));
    assert_eq!(own.get(&format!("patients/{}", id(&asha))).await.status, 200);
    assert_eq!(reception.delete(&path).await.status, 204);
    assert_eq!(own.get(&format!("patients/{}", id(&asha))).await.problem(), "401 signed_out");
    assert_eq!(sign_in(&world, &name, CHOSEN).await.0, 401);
    assert_eq!(choose(&world, again.json["set_password_path"].as_str().unwrap()).await, 404);
    assert_eq!(reception.delete(&path).await.problem(), "409 no_login");
    let back = reception.post(&path, &json!({"identifier": "ignored"})).await;
    assert_eq!((&back.json["status"], &back.json["identifier"]), (&json!("invited"), &json!(name)));
    assert_eq!(sign_in(&world, &name, CHOSEN).await.0, 401, "only through the new link");
    assert_eq!(choose(&world, back.json["set_password_path"].as_str().unwrap()).await, 303);
    assert_eq!(sign_in(&world, &name, CHOSEN).await.0, 201);
    // What happened is on the trail, with who did it, and no secret.
    let mut owner = world.connect("postgres").await;
    let trail = value(&mut owner, "select string_agg(h.operation || ' ' || coalesce(u.identifier, '-'), ', ' order by h.changed_at)
        from polyclinic.history h left join polyclinic.users u using (clinic_id, user_id)
        where h.table_name = 'users' and h.row_id in (select user_id::text from polyclinic.users where identifier like 'pt-%')").await;
    assert!(trail.starts_with("insert receptionist, "), "{trail}");
}

#[tokio::test]
async fn only_those_who_may_open_a_login_and_only_of_the_own_clinics_patients() {
    let world = World::open().await;
    let asha = world.north.patient("Asha").await;
    let path = format!("patients/{}/login", id(&asha));
    for role in ["doctor", "nurse", "lab_tech", "pharmacist", "cashier", "patient"] {
        let actor = world.north.actor(role).await;
        assert_eq!(actor.post(&path, &json!({})).await.problem(), "403 forbidden", "{role}");
        assert_eq!(actor.delete(&path).await.problem(), "403 forbidden", "{role}");
    }
    let stranger = world.south.admin().await;
    assert_eq!(stranger.post(&path, &json!({})).await.problem(), "404 not_found");
    assert_eq!(stranger.delete(&path).await.problem(), "404 not_found");
    let admin = world.north.admin().await;
    assert_eq!(
        admin.post(&path, &json!({"identifier": "doctor"})).await.refused(),
        ["identifier: taken"]
    );
    assert_eq!(
        admin.post(&path, &json!({"identifier": "Ä"})).await.refused(),
        ["identifier: invalid"]
    );
    assert_eq!(
        admin.post(&path, &json!({"identifier": "Asha.Test"})).await.json["identifier"],
        "asha.test"
    );
    // The door asks for itself, whatever a program sends.
    let mut app = world.connect("polyclinic_app").await;
    let secret = hex::encode(world.north.doctor().await.secret.unwrap());
    value(&mut app, "begin").await;
    value(&mut app, &format!("select gate.enter('north', '\\x{secret}')")).await;
    let forced = sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "select gate.close_patient_login('{}')",
        id(&asha)
    )))
    .execute(&mut app)
    .await
    .unwrap_err();
    assert_eq!(forced.as_database_error().unwrap().code().unwrap(), "PC003");
    let version = asha["version"].as_i64().unwrap();
    admin.patch(&format!("patients/{}", id(&asha)), version, &json!({"status": "archived"})).await;
    assert_eq!(admin.post(&path, &json!({})).await.problem(), "409 archived");
}

#[tokio::test]
async fn the_page_shows_the_link_once_and_says_where_to_sign_in() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let asha = world.north.patient("Asha").await;
    let path = format!("patients/{}/login", id(&asha));
    let form = reception.page(&path).await;
    let name = asha["number"].as_str().unwrap().to_lowercase();
    assert!(form.text.contains(&format!("value=\"{name}\"")), "{}", form.text);
    let taken = reception.submit(&path, &[("once", "a"), ("identifier", "doctor")]).await;
    assert_eq!((taken.status, taken.text.contains("value=\"doctor\"")), (422, true));
    let fields = [("once", "k"), ("identifier", name.as_str())];
    let opened = reception.submit(&path, &fields).await;
    assert_eq!(opened.status, 201, "{opened:?}");
    assert!(opened.text.contains(&format!("{}/password/", world.base)), "{}", opened.text);
    assert!(opened.text.contains(&format!("{}/clinic/north/login", world.base)), "{}", opened.text);
    let again = reception.submit(&path, &fields).await;
    assert_eq!((again.status, again.text.contains("/password/")), (303, false));
    let state = reception.page(&path).await;
    assert!(
        state.text.contains("data-state=\"invited\"") && !state.text.contains("/password/"),
        "{}",
        state.text
    );
    let closed = reception.submit(&format!("{path}/close"), &[]).await;
    assert_eq!(closed.header("location"), format!("/clinic/north/{path}?done=login_closed"));
    assert!(reception.page(&path).await.text.contains("data-state=\"inactive\""));
}

#[tokio::test]
async fn a_patient_reads_the_own_lists_and_nobody_elses() {
    let world = World::open().await;
    let (doctor, reception) = (world.north.doctor().await, world.north.receptionist().await);
    let patient = world.north.actor("patient").await;
    let mut owner = world.connect("postgres").await;
    let own = value(
        &mut owner,
        "select patient_id from polyclinic.users u join platform.directory d using (clinic_id)
                                 where d.slug = 'north' and u.role = 'patient'",
    )
    .await;
    let other = id(&world.north.patient("Other").await);
    for (who, name, title) in [(&own, "amoxicillin", "Mine"), (&other, "ibuprofen", "Theirs")] {
        sign(&doctor, &draft(&doctor, who, &[line(name)]).await).await;
        draft(&doctor, who, &[line("unsigned")]).await;
        crate::results::ordered(&world, who, &[(&format!("{title} test"), "blood")]).await;
        let visit = json!({"patient_id": who, "purpose": format!("{title} visit"), "visit_type": "routine"});
        assert_eq!(reception.post("visits", &visit).await.status, 201);
        let path = format!("patients/{who}/documents?category=other&title={title}%20letter");
        assert_eq!(reception.send(reception.request("POST", &path).body(PDF)).await.status, 201);
    }
    for (list, mine, theirs) in [
        ("record/prescriptions", "amoxicillin", "ibuprofen"),
        ("record/results", "Mine test", "Theirs test"),
        ("record/visits", "Mine visit", "Theirs visit"),
        ("record/documents", "Mine letter", "Theirs letter"),
        ("record", "Mine letter", "Theirs letter"),
    ] {
        let page = patient.page(list).await;
        assert_eq!(page.status, 200, "{list}");
        assert!(page.text.contains(mine) && !page.text.contains(theirs), "{list}: {}", page.text);
        assert!(!page.text.contains("unsigned"), "{list}");
        if list != "record" {
            assert_eq!(reception.page(list).await.status, 403, "{list}");
        }
    }
    let page = patient.page("record/prescriptions").await;
    let print = page
        .text
        .split("href=\"")
        .find(|h| h.contains("/print"))
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let sheet = patient.send(patient.browser("GET", print)).await;
    assert!(sheet.status == 200 && sheet.text.contains("RX-1-"), "{sheet:?}");
    // The same as a PDF; of somebody else's there is nothing to be had, and of a draft neither.
    let pdf = page.text.split("href=\"").find(|h| h.contains("/sheet.pdf")).unwrap();
    let mine = fetch(patient.browser("GET", pdf.split('"').next().unwrap())).await;
    assert_eq!((mine.status, mine.kind.as_str()), (200, "application/pdf"));
    assert!(mine.text().contains("NORTH, Own"), "{}", mine.text());
    let theirs = doctor.get(&format!("prescriptions?patient_id={other}")).await.json;
    let drafts = doctor.get(&format!("prescriptions?patient_id={own}&status=draft")).await.json;
    for rx in theirs["items"].as_array().unwrap().iter().chain(drafts["items"].as_array().unwrap())
    {
        let place = format!("/clinic/north/{}/sheet.pdf", path(rx));
        assert_eq!(fetch(patient.browser("GET", &place)).await.status, 404, "{rx}");
    }
    let page = patient.page("record/documents").await;
    let content = page
        .text
        .split("href=\"")
        .find(|h| h.contains("/content"))
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert_eq!(patient.send(patient.browser("GET", content)).await.text.as_bytes(), PDF);
}

#[tokio::test]
async fn by_sql_too_a_patients_login_sees_the_own_rows_alone() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let mut owner = world.connect("postgres").await;
    let own = value(
        &mut owner,
        "select patient_id from polyclinic.users u join platform.directory d using (clinic_id)
                                 where d.slug = 'north' and u.role = 'patient'",
    )
    .await;
    let other = id(&world.north.patient("Other").await);
    for who in [&own, &other] {
        crate::results::ordered(&world, who, &[("Sugar", "blood")]).await;
        let path = format!("patients/{who}/documents?category=other&title=x");
        assert_eq!(doctor.send(doctor.request("POST", &path).body(PDF)).await.status, 201);
    }
    let mut app = world.connect("polyclinic_app").await;
    let secret = hex::encode(world.north.actor("patient").await.secret.unwrap());
    value(&mut app, "begin").await;
    value(&mut app, &format!("select gate.enter('north', '\\x{secret}')")).await;
    let tables = ask(&mut owner, "select distinct table_name from information_schema.columns
        where table_schema = 'polyclinic' and column_name = 'patient_id' and table_name not in ('users')").await;
    assert!(tables.len() >= 12, "{tables:?}");
    for table in tables.into_iter().flatten().flatten() {
        let seen = value(
            &mut app,
            &format!("select count(*) from polyclinic.{table} where patient_id <> '{own}'"),
        )
        .await;
        assert_eq!(seen, "0", "{table}");
    }
    for (table, rows) in
        [("documents", "1"), ("document_pieces", "1"), ("ordered_tests", "1"), ("patients", "1")]
    {
        assert_eq!(
            value(&mut app, &format!("select count(*) from polyclinic.{table}")).await,
            rows,
            "{table}"
        );
    }
    assert_eq!(
        value(&mut app, &format!("select count(*) from gate.labels('{{{own},{other}}}')")).await,
        "0"
    );
}

/// What a patient's login may ask for at all: the own record, the own session, the clinic's front.
#[test]
fn no_route_lets_a_patient_in_that_is_not_the_own_record() {
    let mine = ["self:read", "session:own", "clinic:read", "practitioners:read"];
    let open: Vec<_> = handlers()
        .into_iter()
        .filter(|h| {
            h.needs.as_ref().is_some_and(|needs| needs.iter().any(|p| mine.contains(&p.as_str())))
        })
        .filter(|h| h.method != "GET")
        .map(|h| format!("{} {}", h.method, h.address))
        .collect();
    // Reading apart, a patient changes the own password and ends the own sessions.
    let about_oneself = |route: &String| {
        route.contains("/me/")
            || route.contains("session")
            || route.contains("sign-out")
            || route.contains("password")
    };
    let others: Vec<_> = open.iter().filter(|route| !about_oneself(route)).collect();
    assert!(others.is_empty(), "{others:?}");
    assert!(!open.is_empty());
}
