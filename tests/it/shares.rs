//! Links to one prescription: the birth year opens them, five wrong answers, time or a hand ends them, all is on record.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor, Row};

use crate::paper::{Pdf, fetch};
use crate::prescriptions::{act, draft, id, line, path, sign};
use crate::rows::value;
use crate::world::{Actor, Reply, World};

/// Asha's signed prescription; she was born in 1980.
async fn signed(world: &World) -> (Value, Value) {
    let doctor = world.north.doctor().await;
    let asha = world.north.patient("Asha").await;
    let rx = draft(&doctor, &id(&asha), &[line("paracetamol")]).await;
    (asha, sign(&doctor, &rx).await)
}

async fn share(actor: &Actor, rx: &Value, body: &Value) -> Reply {
    actor.post(&format!("{}/shares", path(rx)), body).await
}

async fn link(actor: &Actor, rx: &Value) -> String {
    let made = share(actor, rx, &json!({})).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json["path"].as_str().unwrap().to_owned()
}

async fn links(actor: &Actor, rx: &Value) -> Vec<Value> {
    actor.get(&format!("{}/shares", path(rx))).await.json["items"].as_array().unwrap().clone()
}

async fn open(world: &World, link: &str, year: &str) -> Pdf {
    fetch(world.anybody().request("POST", link).form(&[("birth_year", year)])).await
}

/// Whether the link says that it is over, as a link does that never was.
async fn is_over(world: &World, link: &str) -> bool {
    let seen = world.anybody().get(link).await;
    let opened = open(world, link, "1980").await;
    (seen.status, opened.status) == (404, 404)
        && seen.text.contains("This link is over")
        && String::from_utf8_lossy(&opened.bytes).contains("This link is over")
}

async fn as_owner(world: &World, sql: &str) {
    world.connect("postgres").await.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
}

#[tokio::test]
async fn a_patient_opens_the_sheet_with_the_birth_year() {
    let world = World::open().await;
    let (_, rx) = signed(&world).await;
    let receptionist = world.north.receptionist().await;
    let made = share(&receptionist, &rx, &json!({})).await;
    assert_eq!((made.status, made.json["standing"].as_str()), (201, Some("live")), "{made:?}");
    let made_at: chrono::DateTime<chrono::Utc> =
        made.json["created_at"].as_str().unwrap().parse().unwrap();
    let until: chrono::DateTime<chrono::Utc> =
        made.json["expires_at"].as_str().unwrap().parse().unwrap();
    assert_eq!((until - made_at).num_hours(), 72);
    let link = made.json["path"].as_str().unwrap();
    // The question tells nothing about whom it is for.
    let asked = world.anybody().get(link).await;
    assert_eq!(asked.status, 200);
    for secret in ["Asha", "TEST", "paracetamol", "1980-", rx["number"].as_str().unwrap()] {
        assert!(!asked.text.contains(secret), "{secret}");
    }
    assert!(asked.header("cache-control").contains("no-store"));
    let pdf = open(&world, link, "1980").await;
    assert_eq!((pdf.status, pdf.kind.as_str()), (200, "application/pdf"));
    let text = pdf.text();
    assert!(text.contains("paracetamol 500 mg tablet") && text.contains("TEST, Asha"), "{text}");
    // Again, in the digits of the other script.
    assert_eq!(open(&world, link, "१९८०").await.status, 200);
    let seen = links(&world.north.admin().await, &rx).await;
    assert_eq!((seen.len(), &seen[0]["opened"]), (1, &json!(2)));
    assert_eq!(seen[0]["created_by_name"], "receptionist of north");
    assert!(seen[0]["opened_at"].is_string() && seen[0].get("token_sha256").is_none());
}

#[tokio::test]
async fn the_fifth_wrong_year_ends_a_link_also_for_who_knows_it() {
    let world = World::open().await;
    let (_, rx) = signed(&world).await;
    let doctor = world.north.doctor().await;
    let link = link(&doctor, &rx).await;
    for (year, left) in [("1979", 4), ("1981", 3), ("2000", 2)] {
        let reply = open(&world, &link, year).await;
        let text = String::from_utf8_lossy(&reply.bytes).into_owned();
        assert_eq!(reply.status, 422);
        assert!(text.contains(&format!("Tries left: {left}.")) && text.contains(year), "{text}");
    }
    // What is no year is no try.
    for year in ["", "80", "29/02/1980"] {
        let reply = open(&world, &link, year).await;
        let text = String::from_utf8_lossy(&reply.bytes).into_owned();
        assert!(reply.status == 422 && text.contains("four digits"), "{text}");
    }
    assert_eq!(links(&doctor, &rx).await[0]["wrong_tries"], 3);
    assert_eq!(open(&world, &link, "1950").await.status, 422);
    assert_eq!(open(&world, &link, "1951").await.status, 404);
    assert!(is_over(&world, &link).await);
    let seen = &links(&doctor, &rx).await[0];
    assert_eq!((&seen["standing"], &seen["opened"]), (&json!("locked"), &json!(0)));
}

#[tokio::test]
async fn years_that_are_tried_at_once_are_counted_one_by_one() {
    let world = World::open().await;
    let (_, rx) = signed(&world).await;
    let doctor = world.north.doctor().await;
    let link = link(&doctor, &rx).await;
    // Nine wrong and the right one behind them, all at once.
    let years: Vec<String> = (1971..1980).map(|year| year.to_string()).collect();
    let tries = years.iter().map(|year| open(&world, &link, year));
    let answers: Vec<u16> =
        futures_util::future::join_all(tries).await.iter().map(|reply| reply.status).collect();
    assert_eq!(answers.iter().filter(|status| **status == 422).count(), 4, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 404).count(), 5, "{answers:?}");
    assert_eq!(links(&doctor, &rx).await[0]["wrong_tries"], 5);
    assert!(is_over(&world, &link).await);
}

#[tokio::test]
async fn a_revoked_or_expired_link_opens_nothing() {
    let world = World::open().await;
    let (_, rx) = signed(&world).await;
    let doctor = world.north.doctor().await;
    let one = link(&doctor, &rx).await;
    assert_eq!(open(&world, &one, "1980").await.status, 200);
    let share = links(&doctor, &rx).await[0]["share_id"].as_str().unwrap().to_owned();
    // A receptionist ends what the doctor made.
    let receptionist = world.north.receptionist().await;
    let ended = receptionist.post(&format!("shares/{share}/revoke"), &json!({})).await;
    assert_eq!(
        (ended.status, ended.json["standing"].as_str()),
        (200, Some("revoked")),
        "{ended:?}"
    );
    assert!(is_over(&world, &one).await);
    let again = receptionist.post(&format!("shares/{share}/revoke"), &json!({})).await;
    assert_eq!(again.json["revoked_at"], ended.json["revoked_at"], "once is for ever");
    let two = link(&doctor, &rx).await;
    as_owner(
        &world,
        "update polyclinic.shares set created_at = now() - interval '4 days', expires_at = now() - interval '1 second'
         where revoked_at is null",
    )
    .await;
    assert!(is_over(&world, &two).await);
    assert_eq!(links(&doctor, &rx).await.iter().filter(|l| l["standing"] == "expired").count(), 1);
}

#[tokio::test]
async fn a_link_opens_in_its_own_clinic_alone() {
    let world = World::open().await;
    let (_, rx) = signed(&world).await;
    let doctor = world.north.doctor().await;
    let link = link(&doctor, &rx).await;
    let elsewhere = link.replace("/north/", "/south/");
    assert!(is_over(&world, &elsewhere).await);
    assert_eq!(world.anybody().get(&link.replace("/north/", "/nowhere/")).await.status, 404);
    assert_eq!(open(&world, &link.replace("/north/", "/nowhere/"), "1980").await.status, 404);
    let token = link.rsplit('/').next().unwrap();
    for other in [&token[..42], "x", &"A".repeat(43)] {
        assert_eq!(
            world.anybody().get(&format!("/clinic/north/shared/{other}")).await.status,
            404,
            "{other}"
        );
    }
    // Nor does another clinic see, make or end it.
    let stranger = world.south.doctor().await;
    assert_eq!(share(&stranger, &rx, &json!({})).await.status, 404);
    assert_eq!(stranger.get(&format!("{}/shares", path(&rx))).await.status, 404);
    let share = links(&doctor, &rx).await[0]["share_id"].as_str().unwrap().to_owned();
    assert_eq!(stranger.post(&format!("shares/{share}/revoke"), &json!({})).await.status, 404);
    assert_eq!(open(&world, &link, "1980").await.status, 200);
    // A clinic that is suspended is closed for its links too.
    as_owner(&world, "update platform.directory set status = 'suspended' where slug = 'north'")
        .await;
    assert_eq!(open(&world, &link, "1980").await.status, 404);
}

#[tokio::test]
async fn only_who_may_makes_a_link_and_only_to_what_was_signed() {
    let world = World::open().await;
    let (asha, rx) = signed(&world).await;
    let doctor = world.north.doctor().await;
    for role in ["admin", "nurse", "lab_tech", "pharmacist", "cashier", "patient"] {
        let actor = world.north.actor(role).await;
        assert_eq!(share(&actor, &rx, &json!({})).await.status, 403, "{role}");
    }
    assert_eq!(
        world
            .anybody()
            .post(&format!("/clinic/north/api/v1/{}/shares", path(&rx)), &json!({}))
            .await
            .status,
        401
    );
    for (hours, right) in [(0, false), (337, false), (1, true), (336, true)] {
        let reply = share(&doctor, &rx, &json!({"hours": hours})).await;
        let (status, said) = if right { (201, None) } else { (422, Some("hours: out_of_range")) };
        assert_eq!((reply.status, reply.refused().first().map(String::as_str)), (status, said));
    }
    for _ in 2..10 {
        link(&doctor, &rx).await;
    }
    assert_eq!(share(&doctor, &rx, &json!({})).await.problem(), "409 too_many_links");
    let usha = world.north.patient("Usha").await;
    let other = draft(&doctor, &id(&usha), &[line("ibuprofen")]).await;
    assert_eq!(share(&doctor, &other, &json!({})).await.problem(), "409 not_signed");
    let other = sign(&doctor, &other).await;
    let void = act(&doctor, &other, "void", &json!({"reason": "a mistake"})).await.json;
    assert_eq!(share(&doctor, &void, &json!({})).await.problem(), "409 voided");
    as_owner(&world, &format!("update polyclinic.patients set birth_date = null, age_years = 46, age_told_on = current_date where patient_id = '{}'", id(&asha))).await;
    assert_eq!(share(&doctor, &rx, &json!({})).await.problem(), "409 birth_date_unknown");
    // What would be refused is not offered, and the way to what is missing is shown.
    let page = world.north.receptionist().await.page(&path(&rx)).await.text;
    assert!(!page.contains("/shares\"") && page.contains("/edit#f-birth_date\""), "{page}");
}

#[tokio::test]
async fn an_archived_patients_links_are_over() {
    let world = World::open().await;
    let (asha, rx) = signed(&world).await;
    let doctor = world.north.doctor().await;
    let link = link(&doctor, &rx).await;
    let receptionist = world.north.receptionist().await;
    let place = format!("patients/{}", id(&asha));
    let reply = receptionist.patch(&place, 1, &json!({"status": "archived"})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(is_over(&world, &link).await);
    assert_eq!(share(&doctor, &rx, &json!({})).await.problem(), "409 archived");
    // Back in use, the link is as good as it was.
    let version = reply.json["version"].as_i64().unwrap();
    let reply = receptionist.patch(&place, version, &json!({"status": "registered"})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(open(&world, &link, "1980").await.status, 200);
}

#[tokio::test]
async fn what_was_voided_since_is_opened_as_void() {
    let world = World::open().await;
    let (_, rx) = signed(&world).await;
    let doctor = world.north.doctor().await;
    let link = link(&doctor, &rx).await;
    act(&doctor, &rx, "void", &json!({"reason": "wrong strength"})).await;
    let text = open(&world, &link, "1980").await.text();
    assert!(text.contains("VOID: do not dispense"), "{text}");
}

#[tokio::test]
async fn every_opening_and_every_wrong_year_is_on_record() {
    let world = World::open().await;
    let (_, rx) = signed(&world).await;
    let doctor = world.north.doctor().await;
    let link = link(&doctor, &rx).await;
    open(&world, &link, "1979").await;
    open(&world, &link, "1980").await;
    open(&world, &link, "1980").await;
    let mut owner = world.connect("postgres").await;
    let rows = sqlx::query(
        "select h.operation, h.changes::text, h.user_id is null, h.session_id::text = h.row_id
         from polyclinic.history h where h.table_name = 'shares' order by h.changed_at",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    let told: Vec<(String, String)> = rows.iter().map(|r| (r.get(0), r.get(1))).collect();
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(
        told[0].0 == "insert" && !told[0].1.contains("token"),
        "the trail has no token: {told:?}"
    );
    assert!(told[1].1.contains("\"wrong_tries\": [0, 1]"), "{told:?}");
    assert!(
        told[2].1.contains("\"opened\": [0, 1]") && told[3].1.contains("\"opened\": [1, 2]"),
        "{told:?}"
    );
    // Nobody of the clinic did it: the link itself did.
    assert!(rows[1..].iter().all(|r| r.get::<bool, _>(2) && r.get::<bool, _>(3)));
    // What opens a link stands nowhere.
    let token = link.rsplit('/').next().unwrap();
    let text = value(&mut owner, "select string_agg(s::text, ' ') from polyclinic.shares s").await;
    assert!(!text.contains(token));
}

#[tokio::test]
async fn a_guesser_of_links_is_slowed_by_address() {
    let world = World::open().await;
    let anybody = world.anybody();
    let mut answers = Vec::new();
    for _ in 0..45 {
        let token = polyclinic::auth::secret::to_text(&polyclinic::auth::secret::fresh());
        answers.push(anybody.get(&format!("/clinic/north/shared/{token}")).await.status);
    }
    assert!(answers.iter().take(25).all(|status| *status == 404), "{answers:?}");
    assert_eq!(answers.last(), Some(&429), "{answers:?}");
}

#[tokio::test]
async fn the_door_opens_the_patients_own_record_and_no_more() {
    let world = World::open().await;
    let (asha, rx) = signed(&world).await;
    let usha = world.north.patient("Usha").await;
    let doctor = world.north.doctor().await;
    let other = sign(&doctor, &draft(&doctor, &id(&usha), &[line("ibuprofen")]).await).await;
    let link = link(&doctor, &rx).await;
    let token = link.rsplit('/').next().unwrap();
    let secret = polyclinic::auth::secret::from_text(token).unwrap();
    let hash = hex::encode(polyclinic::auth::secret::sha256(secrecy::ExposeSecret::expose_secret(
        &secret,
    )));
    let mut app = world.connect("polyclinic_app").await;
    let enter = format!("select outcome from gate.open_share('north', '\\x{hash}', 1980)");
    app.execute("begin").await.unwrap();
    assert_eq!(value(&mut app, &enter).await, "opened");
    for (sql, seen) in [
        ("select count(*) from polyclinic.patients", "1"),
        ("select count(*) from polyclinic.prescriptions", "1"),
        ("select count(*) from polyclinic.shares", "0"),
        ("select count(*) from polyclinic.users", "0"),
        ("select count(*) from polyclinic.history", "0"),
        ("select gate.role()", "share"),
    ] {
        assert_eq!(value(&mut app, sql).await, seen, "{sql}");
    }
    assert_eq!(
        value(&mut app, "select patient_id::text from polyclinic.patients").await,
        id(&asha)
    );
    for sql in [
        "update polyclinic.patients set given_name = 'X'".to_owned(),
        format!("insert into polyclinic.shares (share_id, prescription_id, patient_id, token_sha256, created_by, created_by_name, expires_at)
                 values (gen_random_uuid(), '{}', '{}', sha256('x'), gen_random_uuid(), 'x', now() + interval '1 day')",
                 other["prescription_id"].as_str().unwrap(), id(&usha)),
        // The same connection does not open twice.
        enter.clone(),
    ] {
        app.execute("savepoint s").await.unwrap();
        match app.execute(AssertSqlSafe(sql.clone())).await {
            Ok(done) => assert_eq!(done.rows_affected(), 0, "{sql}"),
            Err(error) => assert!(error.as_database_error().is_some(), "{sql}"),
        }
        app.execute("rollback to s").await.unwrap();
    }
    app.execute("rollback").await.unwrap();
    // A wrong year opens nothing, and nothing is left open behind it.
    app.execute("begin").await.unwrap();
    assert_eq!(value(&mut app, &enter.replace("1980", "1979")).await, "wrong");
    let error = app.execute("select count(*) from polyclinic.patients").await.unwrap_err();
    assert_eq!(error.as_database_error().unwrap().code().unwrap(), "PC001");
    app.execute("rollback").await.unwrap();
    // Nobody but the clinic login has this door, nobody but the sign-in login the other.
    let mut auth = world.connect("polyclinic_auth").await;
    let closed = auth.execute(AssertSqlSafe(enter)).await.unwrap_err();
    assert_eq!(closed.as_database_error().unwrap().code().unwrap(), "42501");
    let closed = app.execute("select * from gate.sheet(1, gen_random_uuid())").await.unwrap_err();
    assert_eq!(closed.as_database_error().unwrap().code().unwrap(), "42501");
}

#[tokio::test]
async fn the_prescriptions_page_makes_lists_and_ends_links() {
    let world = World::open().await;
    let (_, rx) = signed(&world).await;
    let receptionist = world.north.receptionist().await;
    let place = path(&rx);
    let page = receptionist.page(&place).await;
    assert!(page.text.contains("Nobody has a link to this prescription."), "{}", page.text);
    let made = receptionist.submit(&format!("{place}/shares"), &[("hours", "24")]).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let start = made.text.find("/clinic/north/shared/").unwrap();
    let link = &made.text[start..start + "/clinic/north/shared/".len() + 43];
    assert!(
        made.text.contains("https://wa.me/?text=")
            && made.text.contains(&format!("{}{link}", world.base))
    );
    assert_eq!(open(&world, link, "1980").await.status, 200);
    let page = receptionist.page(&place).await.text;
    assert!(page.contains("receptionist of north") && page.contains("once,"), "{page}");
    // The admin sees who has links, and may not make or end one.
    let seen = world.north.admin().await.page(&place).await.text;
    assert!(seen.contains("receptionist of north") && !seen.contains("/revoke"), "{seen}");
    // A patient's own page tells nothing about links.
    let share = links(&receptionist, &rx).await[0]["share_id"].as_str().unwrap().to_owned();
    let ended = receptionist.submit(&format!("shares/{share}/revoke"), &[]).await;
    let there = format!("/clinic/north/{place}?done=share_revoked");
    assert_eq!((ended.status, ended.header("location")), (303, there.as_str()));
    assert!(is_over(&world, link).await);
    let wrong = receptionist.submit(&format!("{place}/shares"), &[("hours", "1000")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("Use a whole number from 1 to 336."), "{}", wrong.text);
    let nurse =
        world.north.nurse().await.submit(&format!("{place}/shares"), &[("hours", "24")]).await;
    assert_eq!(nurse.status, 403);
}
