//! Staff, as the administrator sees them.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::{id, user};
use crate::world::World;

#[tokio::test]
async fn the_pages_invite_show_the_link_once_change_and_keep_out() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let list = admin.page("staff").await;
    assert!(
        list.text.contains("nurse of north") && !list.text.contains("patient of north"),
        "{}",
        list.text
    );
    assert_eq!(admin.page("staff/new").await.status, 200);
    let typed = [("name", "Nina"), ("identifier", "doctor"), ("role", "nurse"), ("once", "o1")];
    let refused = admin.submit("staff", &typed).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("value=\"Nina\"") && refused.text.contains("signs in with this name"),
        "{}",
        refused.text
    );
    let typed =
        [("name", "<b>Nina</b>"), ("identifier", "nina"), ("role", "nurse"), ("once", "o2")];
    let shown = admin.submit("staff", &typed).await;
    assert_eq!(shown.status, 201);
    assert!(shown.text.contains(&format!("{}/password/", world.base)), "{}", shown.text);
    assert!(!shown.text.contains("<b>Nina"), "{}", shown.text);
    let again = admin.submit("staff", &typed).await;
    assert_eq!((again.status, again.text.contains("/password/")), (303, false));
    let page = again.header("location").trim_start_matches("/clinic/north/").to_owned();
    let edit = admin.page(&page).await;
    assert!(
        edit.text.contains("value=\"nina\"") && !edit.text.contains("/password/"),
        "{}",
        edit.text
    );
    let changed = admin
        .submit(
            &page,
            &[
                ("version", "1"),
                ("name", "Nina"),
                ("identifier", "nina"),
                ("role", "doctor"),
                ("licence_number", "L-9"),
            ],
        )
        .await;
    assert_eq!(
        changed.header("location"),
        format!("/clinic/north/{page}?done=staff_changed"),
        "{changed:?}"
    );
    let stale = admin
        .submit(
            &page,
            &[("version", "1"), ("name", "Nora"), ("identifier", "nina"), ("role", "nurse")],
        )
        .await;
    assert_eq!(stale.status, 412);
    assert!(stale.text.contains("value=\"Nora\"") && stale.text.contains("while you were writing"));
    let link = admin.submit(&format!("{page}/link"), &[]).await;
    assert_eq!(link.status, 201);
    assert!(link.text.contains("/password/"));
    let out =
        admin.submit(&format!("{page}/status"), &[("version", "2"), ("status", "inactive")]).await;
    assert_eq!(out.header("location"), format!("/clinic/north/{page}?done=revoked"), "{out:?}");
    let back =
        admin.submit(&format!("{page}/status"), &[("version", "3"), ("status", "active")]).await;
    assert_eq!(
        back.header("location"),
        format!("/clinic/north/{page}?done=reactivated"),
        "{back:?}"
    );
    let own = format!("staff/{}", id(&user(&admin, "admin").await));
    assert!(!admin.page(&own).await.text.contains("Deactivate"));
    let refused =
        admin.submit(&format!("{own}/status"), &[("version", "1"), ("status", "inactive")]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("another administrator"), "{}", refused.text);
}

#[tokio::test]
async fn open_invitations_are_listed_sent_again_and_taken_back() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let new = [("name", "Dr Meera"), ("identifier", "meera"), ("role", "doctor")];
    let invited = admin.submit("staff", &new).await;
    assert_eq!(invited.status, 201, "{invited:?}");
    let link = |page: &str| {
        let at = page.find("/password/").expect("a link");
        page[at..].split('<').next().unwrap().to_owned()
    };
    let old = link(&invited.text);
    let open = admin.page("staff?status=invited").await.text;
    assert!(open.contains("Dr Meera") && open.contains("Invited "), "{open}");
    assert!(!open.contains("nurse of north"), "only those who have not come");
    let empty = admin.page("staff?status=inactive").await.text;
    assert!(empty.contains("Nobody here") && !empty.contains("Dr Meera"));
    let meera = admin.get("users?status=invited").await.json["items"][0].clone();
    let path = format!("staff/{}", id(&meera));
    let again = admin.submit(&format!("{path}/link"), &[]).await;
    assert_eq!(again.status, 201);
    let fresh = link(&again.text);
    let anybody = world.anybody();
    assert_eq!(anybody.send(anybody.request("GET", &old)).await.status, 404, "the older link");
    let taken = format!("{path}/status");
    let taken = admin.submit(&taken, &[("version", "1"), ("status", "inactive")]).await;
    assert_eq!(taken.header("location"), format!("/clinic/north/{path}?done=revoked"));
    assert!(!admin.page("staff?status=invited").await.text.contains("Dr Meera"));
    // The link still makes a password, which opens nothing here.
    let password = "a whole new sentence";
    let fields = [("password", password), ("again", password)];
    anybody.send(anybody.request("POST", &fresh).form(&fields)).await;
    let told = json!({"identifier": "meera", "password": password});
    assert_eq!(anybody.post("sessions", &told).await.status, 401);
    let south = world.south.admin().await.page("staff?status=inactive").await.text;
    assert!(!south.contains("Dr Meera"));
}
