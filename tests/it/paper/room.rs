//! What the margins leave for the text.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::{furnish, pdf};
use crate::prescriptions::{draft, id, line, sign};
use crate::world::World;

/// Margins between which nothing can be printed are refused, on the paper they are meant for.
#[tokio::test]
async fn margins_leave_room_for_text() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let version = admin.get("clinic/layout").await.json["version"].as_i64().unwrap();
    let a5 = json!({"paper": "a5", "margin_top_mm": 80, "margin_bottom_mm": 80});
    let wide = json!({"paper": "a5", "margin_left_mm": 29, "margin_right_mm": 40});
    let a4 = json!({"paper": "slip", "margin_top_mm": 100, "margin_bottom_mm": 80, "margin_left_mm": 40, "margin_right_mm": 40});
    for (body, field, words) in [
        (
            &a5,
            "margin_top_mm: no_room_high",
            "leave 50 mm of A5 for the text. Leave at least 110 mm.",
        ),
        (
            &wide,
            "margin_right_mm: no_room_wide",
            "leave 79 mm of A5 for the text. Leave at least 80 mm.",
        ),
    ] {
        let reply = admin.patch("clinic/layout", version, body).await;
        assert_eq!((reply.status, reply.refused()), (422, vec![field.to_owned()]), "{reply:?}");
        let message = reply.json["errors"][0]["message"].as_str().unwrap();
        assert!(message.ends_with(words), "{message}");
    }
    let stale = admin.patch("clinic/layout", version + 7, &a4).await;
    assert_eq!(stale.problem(), "412 stale", "A4 has room for the widest");
}

#[tokio::test]
async fn the_narrowest_sheet_still_holds_a_prescription() {
    let world = World::open().await;
    furnish(&world.north).await;
    let (admin, doctor) = (world.north.admin().await, world.north.doctor().await);
    let asha = world.north.patient("Asha").await;
    let rx = sign(&doctor, &draft(&doctor, &id(&asha), &[line("paracetamol")]).await).await;
    let version = admin.get("clinic/layout").await.json["version"].as_i64().unwrap();
    let own = json!({"paper": "a5", "margin_top_mm": 60, "margin_bottom_mm": 40, "margin_left_mm": 28, "margin_right_mm": 40});
    let reply = admin.patch("clinic/layout", version, &own).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let pages = pdf(&doctor, &rx, "a5").await.pages();
    assert!(pages.len() <= 2, "{pages:#?}");
}
