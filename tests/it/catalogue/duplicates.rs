//! Two entries for one thing become one.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::amoxicillin;
use crate::world::World;

#[tokio::test]
async fn of_two_entries_for_one_thing_one_is_kept_and_prescriptions_stay() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let kept = doctor.post("catalogue/medicines", &amoxicillin()).await.json;
    let id = |entry: &serde_json::Value| entry["medicine_id"].as_str().unwrap().to_owned();
    let double = json!({"name": "amoxycillin", "form": "capsule", "strength": "500 mg", "brand": "Mox",
        "allergy_terms": "beta-lactam, penicillin"});
    let double = doctor.post("catalogue/medicines", &double).await.json;
    let asha = world.north.patient("Asha").await;
    let line = json!({"medicine_id": id(&double), "schedule": "1-0-1", "days": 5});
    let rx = crate::prescriptions::draft(&doctor, &crate::prescriptions::id(&asha), &[line]).await;
    let rx = crate::prescriptions::sign(&doctor, &rx).await;
    let merge = async |of: &str, version: i64, into: &str| {
        let request = doctor.request("POST", &format!("catalogue/medicines/{of}/merge"));
        let request = request.header("if-match", format!("\"v{version}\""));
        doctor.send(request.json(&json!({"medicine_id": into}))).await
    };
    let (one, two) = (id(&kept), id(&double));
    assert_eq!(merge(&two, 2, &one).await.problem(), "412 stale");
    assert_eq!(merge(&two, 1, &two).await.refused(), ["medicine_id: itself"]);
    let stranger = uuid::Uuid::now_v7().to_string();
    assert_eq!(merge(&two, 1, &stranger).await.refused(), ["medicine_id: unknown"]);
    assert_eq!(merge(&stranger, 1, &one).await.problem(), "404 not_found");
    let merged = merge(&two, 1, &one).await;
    assert_eq!(merged.status, 200, "{merged:?}");
    assert_eq!(merged.json["medicine_id"], json!(one));
    assert_eq!(merged.json["brand"], "Mox", "what it did not say itself");
    assert_eq!(merged.json["allergy_terms"], "penicillin, beta-lactam");
    let gone = doctor.get(&format!("catalogue/medicines/{two}")).await.json;
    assert_eq!(gone["active"], false);
    let again = doctor.get(&crate::prescriptions::path(&rx)).await.json;
    assert_eq!(again["lines"], rx["lines"], "word for word");
    // Nothing is merged into what is not offered; whoever pointed to a duplicate points to what is kept now.
    let third = json!({"name": "amox", "form": "capsule"});
    let third = doctor.post("catalogue/medicines", &third).await.json;
    assert_eq!(merge(&id(&third), 1, &two).await.problem(), "409 kept_unused");
    assert_eq!(merge(&one, 2, &id(&third)).await.status, 200);
    let mut owner = world.connect("postgres").await;
    let pointing = async |owner: &mut sqlx::PgConnection| {
        let count: i64 = sqlx::query_scalar(
            "select count(*) from polyclinic.medicines where merged_into::text = $1",
        )
        .bind(id(&third))
        .fetch_one(owner)
        .await
        .unwrap();
        count
    };
    assert_eq!(pointing(&mut owner).await, 2);
    // Offered again, it is a duplicate no longer.
    let version = doctor.get(&format!("catalogue/medicines/{two}")).await.json["version"].clone();
    let back = doctor
        .patch(
            &format!("catalogue/medicines/{two}"),
            version.as_i64().unwrap(),
            &json!({"active": true}),
        )
        .await;
    assert_eq!(back.status, 200, "{back:?}");
    assert_eq!(pointing(&mut owner).await, 1);
    let south = world.south.doctor().await;
    let foreign = south.request("POST", &format!("catalogue/medicines/{two}/merge"));
    let foreign = foreign.header("if-match", "\"v1\"").json(&json!({"medicine_id": one}));
    assert_eq!(south.send(foreign).await.problem(), "404 not_found");
}

#[tokio::test]
async fn the_page_of_a_duplicate_offers_what_begins_alike() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let mut ids = Vec::new();
    for name in ["Complete blood count", "Complete haemogram", "Urine"] {
        let test = doctor.post("catalogue/tests", &json!({"name": name, "kind": "blood"})).await;
        ids.push(test.json["test_id"].as_str().unwrap().to_owned());
    }
    let path = format!("catalogue/tests/{}", ids[1]);
    assert!(doctor.page(&path).await.text.contains("This is a duplicate of another entry"));
    let page = doctor.page(&format!("{path}/merge")).await.text;
    assert!(page.contains(&ids[0]) && !page.contains(&ids[2]), "{page}");
    let other = doctor.page(&format!("{path}/merge?find=zzz")).await.text;
    assert!(other.contains("Nothing in use begins like this"));
    let fields = [("version", "1"), ("test_id", ids[0].as_str())];
    let merged = doctor.submit(&format!("{path}/merge"), &fields).await;
    assert_eq!(
        merged.header("location"),
        "/clinic/north/catalogue?show=tests&done=catalogue_merged",
        "{merged:?}"
    );
    let stale = doctor.submit(&format!("{path}/merge"), &fields).await;
    assert_eq!(stale.status, 412);
    assert!(stale.text.contains("Somebody changed this"), "{}", stale.text);
}
