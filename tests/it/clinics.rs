//! The clinic's own profile: seen by everybody inside, changed by its administrator, with a mark that is a
//! picture and nothing else.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::world::pictures::{JPEG, PNG};
use crate::world::{Actor, ROLES, Reply, World};

async fn put_logo(actor: &Actor, kind: &str, bytes: &[u8]) -> Reply {
    let request = actor.request("PUT", "clinic/logo").header("content-type", kind);
    actor.send(request.body(bytes.to_vec())).await
}

/// A browser's upload form.
async fn upload(actor: &Actor, token: &str, file: &[u8]) -> Reply {
    let mut body = Vec::new();
    for (head, content) in [
        ("name=\"csrf\"", token.as_bytes()),
        ("name=\"file\"; filename=\"logo.png\"\r\nContent-Type: image/png", file),
    ] {
        body.extend_from_slice(
            format!("--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    let mut browser = actor.clone();
    browser.token = None;
    let request = browser.request("POST", &format!("/clinic/{}/settings/logo", actor.slug));
    let request = request
        .header("cookie", actor.cookie())
        .header("content-type", "multipart/form-data; boundary=edge");
    browser.send(request.body(body)).await
}

#[tokio::test]
async fn everybody_inside_sees_the_clinic_and_only_the_administrator_changes_it() {
    let world = World::open().await;
    for role in ROLES {
        let actor = world.north.actor(role).await;
        let seen = actor.get("clinic").await;
        assert_eq!(
            (seen.status, &seen.json["slug"], &seen.json["name"]),
            (200, &json!("north"), &json!("north clinic")),
            "{role}"
        );
        if role != "admin" {
            assert_eq!(
                actor.patch("clinic", 1, &json!({"name": "Mine"})).await.problem(),
                "403 forbidden",
                "{role}"
            );
            assert_eq!(
                put_logo(&actor, "image/png", PNG).await.problem(),
                "403 forbidden",
                "{role}"
            );
            assert_eq!(actor.delete("clinic/logo").await.problem(), "403 forbidden", "{role}");
            assert_eq!(actor.page("settings").await.status, 403, "{role}");
        }
    }
    let elsewhere = world.north.admin().await.get("/clinic/south/api/v1/clinic").await;
    assert_eq!(elsewhere.problem(), "404 not_found");
}

#[tokio::test]
async fn a_change_needs_the_version_and_shows_on_every_page_at_once() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let seen = admin.get("clinic").await;
    assert_eq!(seen.header("etag"), "\"v1\"");
    let blind =
        admin.send(admin.request("PATCH", "clinic").json(&json!({"name": "X Clinic"}))).await;
    assert_eq!(blind.problem(), "428 precondition_required");
    let body = json!({"name": "Northern Lights Clinic", "city": "Pune", "zone": "America/New_York", "currency": "USD",
        "locale": "en-US", "registration_number": "R-1", "phone": "020 2445 1122", "website": "https://north.example",
        "chemist_name": "Corner Chemist"});
    let changed = admin.patch("clinic", 1, &body).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    for (field, value) in body.as_object().unwrap() {
        assert_eq!(&changed.json[field], value, "{field}");
    }
    assert_eq!(admin.patch("clinic", 1, &json!({"name": "X Clinic"})).await.problem(), "412 stale");
    // The gate tells the new name and zone to everybody's next request, and to the front door.
    let me = world.north.nurse().await.get("me").await;
    assert_eq!(
        (&me.json["clinic_name"], &me.json["zone"]),
        (&json!("Northern Lights Clinic"), &json!("America/New_York"))
    );
    assert!(
        world.anybody().get("/clinic/north/login").await.text.contains("Northern Lights Clinic")
    );
    assert_eq!(world.south.admin().await.get("clinic").await.json["name"], "south clinic");
    let cleared = admin.patch("clinic", 2, &json!({"city": null})).await;
    assert_eq!(
        (&cleared.json["city"], &cleared.json["registration_number"]),
        (&Value::Null, &json!("R-1"))
    );
}

#[tokio::test]
async fn what_is_no_zone_no_currency_and_no_name_is_refused() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    for (body, said) in [
        (json!({"zone": "Asia/Nowhere"}), "zone: unknown_zone"),
        (json!({"zone": "IST"}), "zone: unknown_zone"),
        (json!({"zone": "UTC+5"}), "zone: unknown_zone"),
        (json!({"zone": null}), "zone: required"),
        (json!({"currency": "XXX"}), "currency: unknown_currency"),
        (json!({"currency": "inr"}), "currency: unknown_currency"),
        (json!({"locale": "english"}), "locale: too_long"),
        (json!({"locale": "EN"}), "locale: unknown_locale"),
        (json!({"locale": "xx"}), "locale: unknown_locale"),
        (json!({"locale": "zz-ZZ"}), "locale: unknown_locale"),
        (json!({"locale": "fr-FR"}), "locale: unknown_locale"),
        (json!({"locale": "en-ZZ"}), "locale: unknown_locale"),
        (json!({"zone": "Etc/GMT+5"}), "zone: unknown_zone"),
        (json!({"currency": "ABC"}), "currency: unknown_currency"),
        (json!({"name": "Sun\u{200b}rise"}), "name: invisible_character"),
        (json!({"chemist_name": "\u{202e}tsimehC"}), "chemist_name: invisible_character"),
        (json!({"name": "A"}), "name: too_short"),
        (json!({"name": "A".repeat(256)}), "name: too_long"),
        (json!({"email": "nobody"}), "email: not_an_email"),
        (json!({"website": "javascript:alert(1)"}), "website: not_a_url"),
        (json!({"phone": "call us"}), "phone: not_a_phone"),
        (json!({"clinic_id": 1}), "clinic_id: unknown_field"),
        (json!({"slug": "south"}), "slug: unknown_field"),
        (json!({"status": "active"}), "status: unknown_field"),
    ] {
        assert_eq!(admin.patch("clinic", 1, &body).await.refused(), [said], "{body}");
    }
    assert_eq!(admin.get("clinic").await.header("etag"), "\"v1\"");
}

#[tokio::test]
async fn a_mark_is_what_its_bytes_are_and_is_served_as_nothing_else() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    assert_eq!(admin.get("clinic/logo").await.problem(), "404 not_found");
    // Called a JPEG, it is a PNG.
    let set = put_logo(&admin, "image/jpeg", PNG).await;
    assert_eq!((set.status, &set.json["logo_type"]), (200, &json!("image/png")), "{set:?}");
    let nurse = world.north.nurse().await;
    let shown = nurse.get("clinic/logo").await;
    assert_eq!((shown.status, shown.header("content-type")), (200, "image/png"));
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    assert_eq!(shown.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(shown.text.len(), String::from_utf8_lossy(PNG).len());
    assert_eq!(put_logo(&admin, "image/png", JPEG).await.json["logo_type"], "image/jpeg");
    for other in [
        &b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..],
        b"<html>",
        b"GIF89a",
        b"",
    ] {
        assert_eq!(
            put_logo(&admin, "image/png", other).await.problem(),
            "415 unsupported_media_type"
        );
    }
    let mut most = PNG.to_vec();
    most.resize(256 * 1024, 0);
    assert_eq!(put_logo(&admin, "image/png", &most).await.status, 200);
    most.push(0);
    assert_eq!(put_logo(&admin, "image/png", &most).await.problem(), "413 too_large");
    let page = admin.page("settings").await;
    assert!(page.text.contains("/clinic/north/api/v1/clinic/logo"), "the page shows it");
    assert_eq!(world.south.admin().await.get("clinic/logo").await.problem(), "404 not_found");
    assert_eq!(admin.delete("clinic/logo").await.status, 204);
    assert_eq!(admin.get("clinic/logo").await.problem(), "404 not_found");
    // The trail has that the mark changed, not the mark.
    let mut owner = world.connect("postgres").await;
    let longest: i32 = sqlx::query_scalar(
        "select max(length(changes::text)) from polyclinic.history where table_name = 'clinics' and operation = 'update'",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert!(longest < 1000, "{longest}");
}

#[tokio::test]
async fn a_light_mark_stands_at_the_top_of_every_page_of_its_clinic() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let nurse = world.north.nurse().await;
    let top = async |actor: &Actor| {
        let page = actor.page("me").await;
        let image = page.text.split("<img class=\"crest\" src=\"").nth(1)?;
        image.split('"').next().map(str::to_owned)
    };
    assert_eq!(top(&nurse).await, None);
    assert_eq!(put_logo(&admin, "image/png", PNG).await.status, 200);
    let first = top(&nurse).await.expect("the logo");
    assert!(first.starts_with("/clinic/north/api/v1/clinic/logo?v="), "{first}");
    assert_eq!(top(&world.south.nurse().await).await, None);
    let shown = nurse.get(&first).await;
    assert_eq!(
        (shown.status, shown.header("cache-control")),
        (200, "private, max-age=31536000, immutable")
    );
    // Another mark has another address, and the old address is no longer kept.
    assert_eq!(put_logo(&admin, "image/jpeg", JPEG).await.status, 200);
    assert_ne!(top(&nurse).await, Some(first.clone()));
    assert_eq!(nurse.get(&first).await.header("cache-control"), "private, no-cache");
    // One that would make every page heavy is for paper.
    let mut heavy = PNG.to_vec();
    heavy.resize(64 * 1024, 0);
    assert_eq!(put_logo(&admin, "image/png", &heavy).await.status, 200);
    assert!(top(&nurse).await.is_some());
    heavy.push(0);
    assert_eq!(put_logo(&admin, "image/png", &heavy).await.status, 200);
    assert_eq!(top(&nurse).await, None);
    assert_eq!(put_logo(&admin, "image/png", PNG).await.status, 200);
    assert_eq!(admin.delete("clinic/logo").await.status, 204);
    assert_eq!(top(&nurse).await, None);
}

#[tokio::test]
async fn the_upload_form_belongs_to_the_session() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    assert_eq!(upload(&admin, "", PNG).await.status, 403);
    assert_eq!(upload(&admin, &world.north.nurse().await.csrf(), PNG).await.status, 403);
    assert_eq!(admin.get("clinic/logo").await.problem(), "404 not_found");
    let set = upload(&admin, &admin.csrf(), PNG).await;
    assert_eq!(
        (set.status, set.header("location")),
        (303, "/clinic/north/settings?done=logo_set"),
        "{set:?}"
    );
    assert_eq!(admin.get("clinic/logo").await.status, 200);
    let wrong = upload(&admin, &admin.csrf(), b"GIF89a").await;
    assert_eq!(wrong.status, 415);
    assert!(wrong.text.contains("Choose a PNG or JPEG picture"), "{}", wrong.text);
    let mut huge = PNG.to_vec();
    huge.resize(300 * 1024, 0);
    assert_eq!(upload(&admin, &admin.csrf(), &huge).await.status, 413);
    assert_eq!(admin.submit("settings/logo", &[]).await.status, 415, "not a file at all");
    let removed = admin.submit("settings/logo/remove", &[]).await;
    assert_eq!(removed.header("location"), "/clinic/north/settings?done=logo_removed");
    assert_eq!(
        upload(&world.north.nurse().await, &world.north.nurse().await.csrf(), PNG).await.status,
        403
    );
}

#[tokio::test]
async fn the_settings_page_saves_keeps_what_was_typed_and_tells_who_broke_the_glass() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let page = admin.page("settings").await;
    assert!(
        page.text.contains("value=\"north clinic\"") && page.text.contains("Nobody has."),
        "{}",
        page.text
    );
    let form = |version: &'static str, name: &'static str, zone: &'static str| {
        let admin = admin.clone();
        async move {
            let fields = [
                ("version", version),
                ("name", name),
                ("zone", zone),
                ("currency", "INR"),
                ("locale", "en-IN"),
                ("city", "Pune"),
            ];
            admin.submit("settings", &fields).await
        }
    };
    let saved = form("1", "Northern Lights", "Asia/Kolkata").await;
    assert_eq!(saved.header("location"), "/clinic/north/settings?done=settings_saved", "{saved:?}");
    let wrong = form("2", "Typed Name", "Asia/Nowhere").await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text.contains("value=\"Typed Name\"") && wrong.text.contains("Choose a time zone")
    );
    let stale = form("1", "Typed Name", "Asia/Kolkata").await;
    assert_eq!(stale.status, 412);
    assert!(
        stale.text.contains("value=\"Typed Name\"")
            && stale.text.contains("name=\"version\" value=\"2\"")
    );
    let mut operator = world.connect("postgres").await;
    sqlx::query("select gate.break_glass('north', 'ticket 4711: a visit is missing')")
        .execute(&mut operator)
        .await
        .unwrap();
    let page = admin.page("settings").await;
    assert!(page.text.contains("ticket 4711: a visit is missing"), "{}", page.text);
    let south = world.south.admin().await.page("settings").await;
    assert!(!south.text.contains("ticket 4711"));
}

#[tokio::test]
async fn opening_hours_are_typed_freely_kept_in_one_form_and_printed() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let mut form = vec![
        ("version", "1"),
        ("name", "north clinic"),
        ("zone", "Asia/Kolkata"),
        ("currency", "INR"),
        ("locale", "en-IN"),
    ];
    for day in ["mon", "tue", "wed", "thu", "fri", "sat"] {
        form.push((day, "5pm to 9pm, 9-13"));
    }
    let mut wrong = form.clone();
    wrong.extend([("sun", "9-1"), ("tue", "mornings")]);
    let refused = admin.submit("settings", &wrong).await;
    assert_eq!(refused.status, 422);
    for said in
        ["href=\"#f-sun\">Sunday: The end comes", "value=\"9-1\"", "value=\"5pm to 9pm, 9-13\""]
    {
        assert!(refused.text.contains(said), "{said}");
    }
    assert_eq!(admin.submit("settings", &form).await.status, 303);
    let told = admin.get("clinic").await.json;
    assert_eq!(told["hours"]["mon"], "09:00–13:00, 17:00–21:00");
    assert_eq!(told["hours"]["sun"], json!(null));
    assert!(admin.page("settings").await.text.contains("value=\"09:00–13:00, 17:00–21:00\""));

    // A program changes one day and leaves the others.
    let sunday = json!({"hours": {"sun": "10:00-12:00"}});
    let changed = admin.patch("clinic", 2, &sunday).await;
    assert_eq!(changed.json["hours"]["sun"], "10:00–12:00", "{changed:?}");
    assert_eq!(changed.json["hours"]["sat"], "09:00–13:00, 17:00–21:00");
    let wrong = json!({"hours": {"sun": "noon", "someday": "9-10"}});
    assert_eq!(
        admin.patch("clinic", 3, &wrong).await.refused(),
        ["hours.sun: not_hours", "hours.someday: unknown_field"]
    );

    let doctor = world.north.doctor().await;
    let asha = world.north.patient("Asha").await;
    let rx = crate::prescriptions::draft(
        &doctor,
        &crate::prescriptions::id(&asha),
        &[crate::prescriptions::line("paracetamol")],
    )
    .await;
    let sheet = doctor.page(&format!("{}/print", crate::prescriptions::path(&rx))).await;
    assert!(
        sheet.text.contains("Mon–Sat 09:00–13:00, 17:00–21:00 · Sun 10:00–12:00"),
        "{}",
        sheet.text
    );
}

#[tokio::test]
async fn the_settings_show_the_next_numbers_and_take_none() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let first = admin.page("settings").await.text;
    let asha = world.north.patient("Asha").await;
    let year = asha["number"].as_str().unwrap().split('-').nth(2).unwrap().to_owned();
    let number = admin.get("clinic").await.json["clinic_number"].to_string();
    assert!(first.contains(&format!("PT-{number}-{year}-00001")), "{first}");
    assert!(first.contains(&format!("RX-{number}-{year}-00001")));
    for _ in 0..2 {
        let shown = admin.page("settings").await.text;
        assert!(shown.contains(&format!("PT-{number}-{year}-00002")), "looking takes no number");
    }
    let next = world.north.patient("Usha").await;
    assert_eq!(next["number"], format!("PT-{number}-{year}-00002"));
}
