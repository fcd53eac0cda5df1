//! Documents on the pages.

use pretty_assertions::assert_eq;

use super::{HEIC, id, titles};
use crate::world::World;
use crate::world::pictures::PNG;

#[tokio::test]
async fn the_pages_file_show_and_set_aside_and_lose_nothing_typed() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let asha = world.north.patient("Asha").await;
    let asha = id(&asha, "patient_id");
    let list = format!("patients/{asha}/documents");
    let empty = reception.page(&list).await;
    assert!(
        empty.text.contains("Nothing is filed yet") && empty.text.contains("TEST, Asha"),
        "{}",
        empty.text
    );
    let fields = [("once", "k1"), ("category", "xray"), ("title", "Chest <b>")];
    let refused = reception.upload(&list, &fields, "chest.heic", HEIC).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("HEIC") && refused.text.contains("Chest &#60;b&#62;"),
        "{}",
        refused.text
    );
    assert!(refused.text.contains("value=\"xray\" selected"), "{}", refused.text);
    let large = [PNG, &vec![0; 11 * 1024 * 1024]].concat();
    let refused = reception.upload(&list, &fields, "chest.png", &large).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("larger than 10 MB"), "{}", refused.text);
    for _ in 0..2 {
        let done = reception.upload(&list, &fields, "chest.png", PNG).await;
        assert_eq!(
            (done.status, done.header("location")),
            (303, format!("/clinic/north/{list}?done=attached").as_str())
        );
    }
    assert_eq!(titles(&reception, asha, "").await, ["Chest <b>"], "sent twice, filed once");
    let items = reception.get(&list).await.json;
    let document = id(&items["items"][0], "document_id");
    let shown = reception.page(&format!("documents/{document}")).await;
    assert!(
        shown.text.contains("Chest &#60;b&#62;") && shown.text.contains("X-ray"),
        "{}",
        shown.text
    );
    assert!(
        shown.text.contains(&format!("src=\"/clinic/north/api/v1/documents/{document}/content\""))
    );
    let archive = format!("documents/{document}/archive");
    let refused = reception.submit(&archive, &[("version", "1")]).await;
    assert_eq!((refused.status, refused.text.contains("id=\"e-reason\"")), (422, true));
    let done = reception.submit(&archive, &[("version", "1"), ("reason", "not hers")]).await;
    assert_eq!(
        (done.status, done.header("location")),
        (303, format!("/clinic/north/{list}?done=set_aside").as_str())
    );
    assert!(
        reception
            .page(&format!("{list}?archived=true"))
            .await
            .text
            .contains("data-state=\"archived\"")
    );
    let done =
        reception.submit(&format!("documents/{document}/restore"), &[("version", "2")]).await;
    assert_eq!(done.status, 303, "{done:?}");
    let forged =
        reception.upload(&list, &[("csrf", "forged"), ("category", "xray")], "x.png", PNG).await;
    assert_eq!(forged.status, 403);
    let chart = reception.page(&format!("patients/{asha}")).await;
    assert!(
        chart.text.contains(&format!("/clinic/north/documents/{document}\"")),
        "on the timeline"
    );
}
