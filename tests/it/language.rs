//! The language of a person: chosen at the door or inside, for oneself alone, and else the clinic's.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::world::{Actor, Reply, World};

/// A page as somebody with this cookie at the door sees it.
async fn at_the_door(world: &World, path: &str, language: &str) -> Reply {
    let anybody = world.anybody();
    let request = anybody.request("GET", path).header("cookie", format!("language={language}"));
    anybody.send(request).await
}

fn speaks(page: &Reply, language: &str) -> bool {
    page.text.contains(&format!("<html lang=\"{language}\">"))
}

async fn choose(actor: &Actor, language: &Value) -> Reply {
    let request = actor.request("PUT", "me/language").json(&json!({"language": language}));
    actor.send(request).await
}

#[tokio::test]
async fn at_the_door_a_link_changes_the_language_and_comes_back() {
    let world = World::open().await;
    let page = world.anybody().get("/clinic/north/login").await;
    assert!(speaks(&page, "en"), "the clinic's own");
    for (tag, name) in [("hi", "हिन्दी"), ("mr", "मराठी")] {
        let link =
            format!("href=\"/language/{tag}?next=%2Fclinic%2Fnorth%2Flogin\" lang=\"{tag}\"");
        assert!(page.text.contains(&link) && page.text.contains(name), "{tag}: {}", page.text);
        let there = format!("/language/{tag}?next=%2Fclinic%2Fnorth%2Flogin");
        let chosen = world.anybody().get(&there).await;
        assert_eq!((chosen.status, chosen.header("location")), (303, "/clinic/north/login"));
        let cookie = chosen.header("set-cookie");
        assert!(
            cookie.starts_with(&format!("language={tag}; HttpOnly; SameSite=Lax; Path=/")),
            "{cookie}"
        );
        assert!(speaks(&at_the_door(&world, "/clinic/north/login", tag).await, tag));
        assert!(speaks(&at_the_door(&world, "/login", tag).await, tag));
        assert!(speaks(&at_the_door(&world, "/admin/login", tag).await, tag));
    }
    assert!(speaks(&at_the_door(&world, "/clinic/north/login", "xx").await, "en"));
    assert_eq!(world.anybody().get("/language/xx").await.status, 404);
}

#[tokio::test]
async fn without_a_choice_the_door_of_no_clinic_speaks_as_the_browser_asks() {
    let world = World::open().await;
    let anybody = world.anybody();
    for (asked, language) in [("mr-IN,mr;q=0.9,en;q=0.8", "mr"), ("hi", "hi"), ("fr-FR", "en")] {
        let request = anybody.request("GET", "/login").header("accept-language", asked);
        assert!(speaks(&anybody.send(request).await, language), "{asked}");
        // A clinic's door speaks as the clinic does.
        let request =
            anybody.request("GET", "/clinic/north/login").header("accept-language", asked);
        assert!(speaks(&anybody.send(request).await, "en"), "{asked}");
    }
}

#[tokio::test]
async fn a_person_is_spoken_to_in_the_own_language_and_nobody_else_is() {
    let world = World::open().await;
    let (nurse, doctor) = (world.north.nurse().await, world.north.doctor().await);
    let me = nurse.get("me").await.json;
    assert_eq!((&me["language"], &me["locale"]), (&Value::Null, &json!("en-IN")));
    let chosen = nurse.submit("me/language", &[("language", "mr")]).await;
    assert_eq!(
        (chosen.status, chosen.header("location")),
        (303, "/clinic/north/me?done=language_chosen")
    );
    // A region is the clinic's: it says how numbers are grouped.
    let me = nurse.get("me").await.json;
    assert_eq!((&me["language"], &me["locale"]), (&json!("mr"), &json!("mr-IN")));
    let page = nurse.page("me").await;
    assert!(speaks(&page, "mr"), "{}", page.text);
    assert!(page.text.contains("value=\"mr\" checked"), "{}", page.text);
    assert!(speaks(&doctor.page("me").await, "en"));
    // Refusals are said in it too.
    assert!(speaks(&nurse.page("settings").await, "mr"));
    let refused = nurse.submit("me/language", &[("language", "xx")]).await;
    assert!(refused.status == 422 && speaks(&refused, "mr"), "{refused:?}");
    let refused = choose(&nurse, &json!("xx")).await;
    assert_eq!((refused.status, refused.refused()), (422, vec!["language: unknown_value".into()]));
    // A new session speaks it as well; the clinic's own comes back by choosing nothing.
    assert!(speaks(&world.north.nurse().await.page("me").await, "mr"));
    assert_eq!(choose(&nurse, &Value::Null).await.status, 204);
    assert!(speaks(&nurse.page("me").await, "en"));
}

#[tokio::test]
async fn a_choice_at_the_door_holds_inside_until_the_person_has_an_own() {
    let world = World::open().await;
    let nurse = world.north.nurse().await;
    let with_cookie = async |path: &str| {
        let request = world.anybody().request("GET", path);
        world
            .anybody()
            .send(request.header("cookie", format!("{}; language=hi", nurse.cookie())))
            .await
    };
    assert!(speaks(&with_cookie("/clinic/north/me").await, "hi"));
    let forgets = nurse.submit("me/language", &[("language", "en")]).await;
    assert!(forgets.header("set-cookie").starts_with("language=; "), "{forgets:?}");
    assert!(speaks(&with_cookie("/clinic/north/me").await, "en"));
    // A bearer token is a program's: no browser's cookie changes its words.
    let request = nurse.request("GET", "me").header("cookie", "language=hi");
    assert_eq!(nurse.send(request).await.json["locale"], "en-IN");
}

#[tokio::test]
async fn a_choice_is_on_record_and_changes_nothing_else() {
    let world = World::open().await;
    let (patient, admin) = (world.north.actor("patient").await, world.north.admin().await);
    let before = admin.get("users?role=patient").await.json;
    assert_eq!(choose(&patient, &json!("hi")).await.status, 204);
    assert_eq!(choose(&patient, &json!("hi")).await.status, 204);
    let after = admin.get("users?role=patient").await.json;
    let mut same = before["items"][0].clone();
    for changed in ["version", "updated_at"] {
        same[changed] = after["items"][0][changed].clone();
    }
    assert_eq!(same, after["items"][0]);
    let mut owner = world.connect("postgres").await;
    let changes: Vec<Value> = sqlx::query_scalar(
        "select changes from polyclinic.history where table_name = 'users' and changes ? 'language' and operation = 'update'",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(changes[0]["language"], json!([null, "hi"]));
}

#[tokio::test]
async fn every_clinic_speaks_its_own_locale() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let changed = admin.patch("clinic", 1, &json!({"locale": "hi-IN"})).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    assert!(speaks(&world.anybody().get("/clinic/north/login").await, "hi"));
    assert!(speaks(&admin.page("settings").await, "hi"));
    assert!(speaks(&world.south.admin().await.page("settings").await, "en"));
    assert_eq!(choose(&admin, &json!("en")).await.status, 204);
    let page = admin.page("me").await;
    assert!(speaks(&page, "en") && page.text.contains("हिन्दी"), "{}", page.text);
}
