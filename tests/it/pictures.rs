//! A picture that no viewer could show is refused by every door that takes one.

use pretty_assertions::assert_eq;

use crate::world::pictures::{jpeg, png, png_that_says};
use crate::world::{Actor, Reply, World};

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";

async fn put(actor: &Actor, bytes: &[u8]) -> Reply {
    let request = actor.request("PUT", "clinic/logo").header("content-type", "image/png");
    actor.send(request.body(bytes.to_vec())).await
}

fn half(bytes: &[u8]) -> Vec<u8> {
    bytes[..bytes.len() / 2].to_vec()
}

#[tokio::test]
async fn a_logo_can_be_shown_and_is_one() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    for good in [png(1, 1), png(3000, 300), jpeg(2000, 200), jpeg(90, 33)] {
        assert_eq!(put(&admin, &good).await.status, 200);
    }
    let whole = jpeg(300, 200);
    let cut = whole[..whole.len() - 2].to_vec();
    let (broken, size) = ("file: picture_broken", "file: logo_size");
    for (bad, said) in [
        (half(&png(64, 64)), broken),
        (half(&whole), broken),
        (cut, broken),
        (png_that_says(0, 0), broken),
        (png_that_says(60_000, 60_000), size),
        (png(3000, 5), size),
        (png(4001, 900), size),
        (png(400, 39), size),
        (jpeg(4100, 4100), size),
    ] {
        let reply = put(&admin, &bad).await;
        assert_eq!((reply.status, reply.refused()), (422, vec![said.to_owned()]), "{reply:?}");
        let page = admin.upload("settings/logo", &[], "logo.png", &bad).await;
        assert_eq!(page.status, 422, "{}", page.text);
        let words = if said == broken { "damaged or not complete" } else { "1 to 4000 points" };
        assert!(page.text.contains("id=\"e-file\"") && page.text.contains(words), "{}", page.text);
    }
    // What was there before stays.
    assert_eq!(admin.get("clinic/logo").await.header("content-type"), "image/jpeg");
}

#[tokio::test]
async fn a_document_or_photo_can_be_shown() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let asha = world.north.patient("Asha").await;
    let path = format!("patients/{}/documents", asha["patient_id"].as_str().unwrap());
    let attach = async |category: &str, bytes: &[u8]| {
        let request = reception.request("POST", &format!("{path}?category={category}&title=Scan"));
        reception.send(request.body(bytes.to_vec())).await
    };
    for good in [png(1, 1), png(3000, 5), jpeg(1200, 1600)] {
        for category in ["xray", "photo"] {
            let reply = attach(category, &good).await;
            assert_eq!(reply.status, 201, "{reply:?}");
        }
    }
    assert_eq!(attach("xray", PDF).await.status, 201);
    let (broken, size) = ("file: picture_broken", "file: picture_size");
    for (bad, said) in [
        (half(&png(64, 64)), broken),
        (half(&jpeg(300, 200)), broken),
        (png_that_says(0, 0), broken),
        (png_that_says(60_000, 60_000), size),
        (png_that_says(10_000, 10_000), size),
        (jpeg(20_001, 16), size),
    ] {
        let reply = attach("xray", &bad).await;
        assert_eq!((reply.status, reply.refused()), (422, vec![said.to_owned()]), "{reply:?}");
        let words = reply.json["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(words.len() > 40 && !words.contains('{'), "{words}");
        let fields = [("category", "photo"), ("title", "Scan")];
        let page = reception.upload(&path, &fields, "scan", &bad).await;
        assert_eq!((page.status, page.text.contains("id=\"e-file\"")), (422, true), "{said}");
    }
    let listed = reception.get(&path).await.json;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(7), "{listed}");
}
