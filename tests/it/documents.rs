//! Documents of a patient: known by their bytes, never changed, set aside with a reason, served through the wall.

mod directory;
mod pages;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::rows::value;
use crate::world::pictures::{JPEG, PNG};
use crate::world::{Actor, Reply, World};

pub const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";
const HEIC: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";

fn id<'a>(thing: &'a Value, key: &str) -> &'a str {
    thing[key].as_str().unwrap_or_else(|| panic!("{thing}"))
}

async fn attach(actor: &Actor, patient: &str, query: &str, bytes: &[u8]) -> Reply {
    let path = format!("patients/{patient}/documents?{query}");
    let request = actor.request("POST", &path).header("content-type", "application/octet-stream");
    actor.send(request.body(bytes.to_vec())).await
}

async fn attached(actor: &Actor, patient: &str, query: &str, bytes: &[u8]) -> Value {
    let reply = attach(actor, patient, query, bytes).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json
}

/// The bytes of a document, and how they came.
async fn fetched(
    actor: &Actor,
    document: &str,
    query: &str,
) -> (reqwest::header::HeaderMap, Vec<u8>) {
    let path = format!("documents/{document}/content{query}");
    let reply = actor.request("GET", &path).send().await.unwrap();
    assert_eq!(reply.status(), 200, "{reply:?}");
    (reply.headers().clone(), reply.bytes().await.unwrap().to_vec())
}

async fn titles(actor: &Actor, patient: &str, query: &str) -> Vec<String> {
    let reply = actor.get(&format!("patients/{patient}/documents{query}")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let items = reply.json["items"].as_array().unwrap();
    items.iter().map(|d| d["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_document_comes_back_byte_for_byte_and_harmless() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let asha = world.north.patient("Asha").await;
    let asha = id(&asha, "patient_id");
    // More than one piece, and the last one not whole.
    let large = [&b"%PDF-1.4\n"[..], &vec![7; 600_000], PDF].concat();
    let query = "category=discharge_summary&file_name=..%2F..%2Fevil%22%3B.html";
    let reply = attach(&reception, asha, query, &large).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    assert_eq!(reply.header("etag"), "\"v1\"");
    let pdf = reply.json;
    assert_eq!(
        reply.headers["location"],
        format!("/clinic/north/api/v1/documents/{}", id(&pdf, "document_id"))
    );
    assert_eq!(
        (&pdf["title"], &pdf["content_type"], &pdf["size_bytes"], &pdf["uploaded_by_name"]),
        (
            &json!("evil\";"),
            &json!("application/pdf"),
            &json!(large.len()),
            &json!("receptionist of north")
        )
    );
    assert!(pdf.get("place").is_none(), "{pdf}");
    let doctor = world.north.doctor().await;
    let (headers, bytes) = fetched(&doctor, id(&pdf, "document_id"), "").await;
    assert!(bytes == large, "{} bytes", bytes.len());
    let said = |name: &str| headers[name].to_str().unwrap().to_owned();
    assert_eq!(said("content-type"), "application/pdf");
    assert_eq!(said("content-length"), large.len().to_string());
    assert_eq!(
        said("content-disposition"),
        "attachment; filename=\"evil.pdf\"; filename*=UTF-8''evil.pdf"
    );
    assert_eq!(said("x-content-type-options"), "nosniff");
    assert_eq!(said("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(said("cache-control"), "private, no-store");
    parts_of_it(&doctor, id(&pdf, "document_id"), &large).await;
    // A picture may stand in a page, or be kept.
    let png = attached(&reception, asha, "category=xray&title=Chest", PNG).await;
    let (headers, bytes) = fetched(&doctor, id(&png, "document_id"), "").await;
    assert_eq!((&headers["content-type"], bytes.as_slice()), (&"image/png".parse().unwrap(), PNG));
    assert!(
        headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("inline; filename=\"Chest.png\"")
    );
    let (headers, _) = fetched(&doctor, id(&png, "document_id"), "?download=true").await;
    assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment; "));
}

/// Viewers on phones ask for a part at a time.
async fn parts_of_it(actor: &Actor, document: &str, whole: &[u8]) {
    let ask = async |range: &'static str, known: Option<String>| {
        let request = actor.request("GET", &format!("documents/{document}/content"));
        let request = request.header("range", range);
        let reply = match known {
            Some(tag) => request.header("if-range", tag).send().await.unwrap(),
            None => request.send().await.unwrap(),
        };
        let said = |name| reply.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        let heads = (reply.status().as_u16(), said("content-range"), said("etag"));
        (heads, reply.bytes().await.unwrap().to_vec())
    };
    let size = whole.len();
    // Within a piece, across two, at the end, from the end.
    for (range, first, last) in [
        ("bytes=0-0", 0, 0),
        ("bytes=100-299999", 100, 299_999),
        ("bytes=524287-524288", 524_287, 524_288),
        ("bytes=600000-", 600_000, size - 1),
        ("bytes=-5", size - 5, size - 1),
    ] {
        let ((status, content_range, _), bytes) = ask(range, None).await;
        assert_eq!(
            (status, content_range),
            (206, Some(format!("bytes {first}-{last}/{size}"))),
            "{range}"
        );
        assert!(bytes == whole[first..=last], "{range}");
    }
    let ((status, content_range, _), _) = ask("bytes=99999999-", None).await;
    assert_eq!((status, content_range), (416, Some(format!("bytes */{size}"))));
    // Several at once, or of a file that is not this one: the whole.
    let ((status, _, tag), bytes) = ask("bytes=0-1,5-6", None).await;
    assert!(status == 200 && bytes == whole);
    assert_eq!(ask("bytes=0-9", tag).await.0.0, 206);
    assert_eq!(ask("bytes=0-9", Some("\"another\"".into())).await.0.0, 200);
    let whole = actor.get(&format!("documents/{document}/content")).await;
    assert_eq!((whole.status, whole.header("accept-ranges")), (200, "bytes"));
}

#[tokio::test]
async fn what_is_no_document_is_refused_by_its_bytes_with_clear_words() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let asha = world.north.patient("Asha").await;
    let asha = id(&asha, "patient_id");
    let most = [&b"%PDF-"[..], &vec![0; 10 * 1024 * 1024 - PDF.len() - 5], PDF].concat();
    assert_eq!(attach(&reception, asha, "category=other&title=Most", &most).await.status, 201);
    let page = "<!doctype html><script>alert(1)</script>".as_bytes();
    let refused: [(&str, &[u8], &str); 7] = [
        ("category=xray&title=x", HEIC, "file: heic"),
        ("category=xray&title=x&file_name=x.pdf", page, "file: no_document"),
        ("category=xray&title=x", b"", "file: required"),
        ("category=xray", PNG, "title: required"),
        ("title=x", PNG, "category: required"),
        ("category=gossip&title=x", PNG, "category: unknown_value"),
        ("category=photo&title=x", PDF, "file: not_a_face"),
    ];
    for (query, bytes, said) in refused {
        let reply = attach(&reception, asha, query, bytes).await;
        assert_eq!((reply.status, reply.refused()), (422, vec![said.to_owned()]), "{reply:?}");
    }
    let heic = attach(&reception, asha, "category=xray&title=x", HEIC).await;
    let words = heic.json["errors"][0]["message"].as_str().unwrap();
    assert!(words.contains("HEIC") && words.contains("JPEG"), "{words}");
    let more = [most, vec![0]].concat();
    assert_eq!(
        attach(&reception, asha, "category=other&title=x", &more).await.problem(),
        "413 too_large"
    );
    let face = [PNG, &vec![0; 1024 * 1024]].concat();
    let reply = attach(&reception, asha, "category=photo&title=x", &face).await;
    assert_eq!(reply.refused(), ["file: over_limit"]);
    assert_eq!(titles(&reception, asha, "").await, ["Most"]);
}

#[tokio::test]
async fn a_key_files_a_document_once() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let asha = world.north.patient("Asha").await;
    let asha = id(&asha, "patient_id");
    let send = async |title: &str, bytes: &[u8]| {
        let path = format!("patients/{asha}/documents?category=ecg&title={title}");
        let request = reception.request("POST", &path).header("idempotency-key", "once");
        reception.send(request.body(bytes.to_vec())).await
    };
    let (first, second) = tokio::join!(send("ECG", PNG), send("ECG", PNG));
    assert_eq!((first.status, second.status), (201, 201), "{second:?}");
    assert_eq!(first.json["document_id"], second.json["document_id"]);
    assert_eq!(send("ECG", JPEG).await.refused(), ["Idempotency-Key: reused"]);
    assert_eq!(send("Other", PNG).await.refused(), ["Idempotency-Key: reused"]);
    assert_eq!(titles(&reception, asha, "").await, ["ECG"]);
}

#[tokio::test]
async fn each_role_sees_the_documents_that_its_work_needs() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let asha = world.north.patient("Asha").await;
    let asha = id(&asha, "patient_id");
    let mut ids = Vec::new();
    for category in ["discharge_summary", "xray", "photo"] {
        let document =
            attached(&reception, asha, &format!("category={category}&title={category}"), JPEG)
                .await;
        ids.push(id(&document, "document_id").to_owned());
    }
    for (role, seen) in [
        ("admin", [200, 200, 200]),
        ("doctor", [200, 200, 200]),
        ("receptionist", [200, 200, 200]),
        ("nurse", [404, 404, 200]),
        ("lab_tech", [404, 200, 200]),
        ("pharmacist", [403, 403, 403]),
        ("cashier", [403, 403, 403]),
        ("patient", [404, 404, 404]),
    ] {
        let actor = world.north.actor(role).await;
        for (document, status) in ids.iter().zip(seen) {
            for path in [format!("documents/{document}"), format!("documents/{document}/content")] {
                assert_eq!(actor.get(&path).await.status, status, "{role} {path}");
            }
        }
    }
    // Another clinic's is nobody's, for reading, filing and setting aside.
    let stranger = world.south.doctor().await;
    let path = format!("documents/{}", ids[0]);
    assert_eq!(stranger.get(&path).await.problem(), "404 not_found");
    assert_eq!(stranger.get(&format!("{path}/content")).await.problem(), "404 not_found");
    assert_eq!(
        attach(&stranger, asha, "category=xray&title=x", PNG).await.problem(),
        "404 not_found"
    );
    let request = stranger.request("POST", &format!("{path}/archive")).header("if-match", "\"v1\"");
    let reply = stranger.send(request.json(&json!({"reason": "not mine"}))).await;
    assert_eq!(reply.problem(), "404 not_found");
    for role in ["nurse", "pharmacist", "cashier", "patient"] {
        let actor = world.north.actor(role).await;
        assert_eq!(attach(&actor, asha, "category=xray&title=x", PNG).await.status, 403, "{role}");
    }
}

#[tokio::test]
async fn a_patients_login_sees_the_own_documents_and_no_other() {
    let world = World::open().await;
    let (reception, patient) =
        (world.north.receptionist().await, world.north.actor("patient").await);
    let mut owner = world.connect("postgres").await;
    let own = value(
        &mut owner,
        "select patient_id from polyclinic.users u join platform.directory d using (clinic_id)
                                 where d.slug = 'north' and u.role = 'patient'",
    )
    .await;
    let mine = attached(&reception, &own, "category=blood_test&title=Mine", PDF).await;
    let aside = attached(&reception, &own, "category=blood_test&title=Aside", PDF).await;
    set_aside(&reception, &aside, "wrong patient").await;
    assert_eq!(titles(&patient, &own, "?archived=true").await, ["Mine"]);
    let (_, bytes) = fetched(&patient, id(&mine, "document_id"), "").await;
    assert_eq!(bytes, PDF);
    let gone = format!("documents/{}/content", id(&aside, "document_id"));
    assert_eq!(patient.get(&gone).await.problem(), "404 not_found");
    let asha = world.north.patient("Asha").await;
    let list = format!("patients/{}/documents", id(&asha, "patient_id"));
    assert_eq!(patient.get(&list).await.problem(), "404 not_found");
}

async fn set_aside(actor: &Actor, document: &Value, reason: &str) -> Reply {
    let path = format!("documents/{}/archive", id(document, "document_id"));
    let version = format!("\"v{}\"", document["version"]);
    let request = actor.request("POST", &path).header("if-match", version);
    actor.send(request.json(&json!({ "reason": reason }))).await
}

#[tokio::test]
async fn a_document_is_set_aside_by_whoever_filed_it_or_answers_for_the_record() {
    let world = World::open().await;
    let (reception, doctor) = (world.north.receptionist().await, world.north.doctor().await);
    let asha = world.north.patient("Asha").await;
    let asha = id(&asha, "patient_id");
    let of_doctor = attached(&doctor, asha, "category=other&title=Letter", PDF).await;
    assert_eq!(set_aside(&reception, &of_doctor, "not hers").await.problem(), "403 forbidden");
    let of_reception = attached(&reception, asha, "category=xray&title=Scan", PNG).await;
    assert_eq!(set_aside(&doctor, &of_reception, "x").await.refused(), ["reason: say_more"]);
    let aside = set_aside(&doctor, &of_reception, "another patient’s").await;
    assert_eq!(
        (aside.status, &aside.json["archived"]["reason"]),
        (200, &json!("another patient’s"))
    );
    assert_eq!(set_aside(&doctor, &of_reception, "again").await.problem(), "412 stale");
    assert_eq!(set_aside(&doctor, &aside.json, "again").await.problem(), "409 set_aside");
    // Out of the lists, out of the chart; there for who may bring it back.
    assert_eq!(titles(&doctor, asha, "").await, ["Letter"]);
    assert_eq!(titles(&reception, asha, "?archived=true").await, ["Scan", "Letter"]);
    let chart = doctor.get(&format!("patients/{asha}/chart?kind=document")).await;
    assert_eq!(chart.json["timeline"]["items"].as_array().unwrap().len(), 1);
    let lab = world.north.actor("lab_tech").await;
    let path = format!("documents/{}", id(&of_reception, "document_id"));
    assert_eq!(lab.get(&path).await.problem(), "404 not_found");
    let request =
        reception.request("POST", &format!("{path}/restore")).header("if-match", "\"v2\"");
    let back = reception.send(request).await;
    assert_eq!((back.status, &back.json["archived"]), (200, &json!(null)), "{back:?}");
    let request =
        reception.request("POST", &format!("{path}/restore")).header("if-match", "\"v3\"");
    assert_eq!(reception.send(request).await.problem(), "409 not_set_aside");
    let mut owner = world.connect("postgres").await;
    let trail = value(&mut owner, "select string_agg(operation, ' ' order by changed_at) || bool_or(changes ? 'place')
                                   from polyclinic.history where table_name = 'documents' and changes::text like '%another%'
                                      or table_name = 'documents' and operation = 'insert' and changes->>'title' = 'Scan'").await;
    assert_eq!(trail, "insert update updatefalse");
}

#[tokio::test]
async fn the_newest_photo_is_the_patients_face() {
    let world = World::open().await;
    let (reception, doctor) = (world.north.receptionist().await, world.north.doctor().await);
    let patient = world.north.patient("Asha").await;
    let asha = id(&patient, "patient_id");
    let shown = async || doctor.get(&format!("patients/{asha}")).await.json["photo_id"].clone();
    assert_eq!(shown().await, json!(null));
    attached(&reception, asha, "category=photo&title=Old", PNG).await;
    let new = attached(&reception, asha, "category=photo&title=New", JPEG).await;
    assert_eq!(shown().await, new["document_id"]);
    let page = doctor.page(&format!("patients/{asha}")).await;
    assert!(
        page.text.contains(&format!("documents/{}/content", id(&new, "document_id"))),
        "the chart shows it"
    );
    // Who may not correct the record changes no face, and leaves nothing behind.
    assert_eq!(
        attach(&doctor, asha, "category=photo&title=x", PNG).await.problem(),
        "403 forbidden"
    );
    assert_eq!(titles(&doctor, asha, "?category=photo&archived=true").await, ["New", "Old"]);
    assert_eq!(set_aside(&reception, &new, "blurred").await.status, 200);
    assert_eq!(shown().await, json!(null));
}

#[tokio::test]
async fn a_document_belongs_to_a_visit_of_its_patient() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let (asha, usha) = (world.north.patient("Asha").await, world.north.patient("Usha").await);
    let (asha, usha) = (id(&asha, "patient_id"), id(&usha, "patient_id"));
    let visit = reception
        .post("visits", &json!({"patient_id": asha, "purpose": "fever", "visit_type": "routine"}))
        .await;
    assert_eq!(visit.status, 201, "{visit:?}");
    let visit = id(&visit.json, "visit_id");
    let document =
        attached(&reception, asha, &format!("category=ecg&title=ECG&visit_id={visit}"), PNG).await;
    assert_eq!(document["visit_id"], json!(visit));
    let other =
        attach(&reception, usha, &format!("category=ecg&title=ECG&visit_id={visit}"), PNG).await;
    assert_eq!(other.refused(), ["visit_id: other_patient"]);
    let nobody =
        attach(&reception, usha, &format!("category=ecg&title=ECG&visit_id={asha}"), PNG).await;
    assert_eq!(nobody.refused(), ["visit_id: unknown"]);
}
