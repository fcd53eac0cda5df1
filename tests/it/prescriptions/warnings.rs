//! What the prescriber is warned of, and acknowledges.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use sqlx::Executor;

use super::{act, draft, id, line, path, sign};
use crate::world::World;

#[tokio::test]
async fn a_warning_must_be_acknowledged_and_is_kept_with_who_did() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = world.north.patient("Asha").await;
    let record = format!("patients/{}", id(&asha));
    world
        .north
        .receptionist()
        .await
        .patch(&record, 1, &json!({"allergies": "Penicillin (rash)"}))
        .await;
    let lines = [line("Amoxicillin"), line("paracetamol"), line("PARACETAMOL")];
    let rx = draft(&doctor, &id(&asha), &lines).await;
    let codes = |rx: &Value| -> Vec<String> {
        let warnings = rx["warnings"].as_array().unwrap();
        warnings.iter().map(|w| w["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(&rx), ["allergy:1", "duplicate:2", "duplicate:3"]);
    assert_eq!(
        codes(&doctor.get(&path(&rx)).await.json),
        ["allergy:1", "duplicate:2", "duplicate:3"]
    );
    let refused =
        act(&doctor, &rx, "sign", &json!({"acknowledge": ["duplicate:2", "allergy:7"]})).await;
    assert_eq!(refused.problem(), "409 warnings_unacknowledged");
    let left: Vec<&str> = refused.json["details"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| w["code"].as_str().unwrap())
        .collect();
    assert_eq!(left, ["allergy:1", "duplicate:3"]);
    assert_eq!(refused.json["details"][0]["because"], "Penicillin (rash)");
    let all = json!({"acknowledge": ["allergy:1", "duplicate:2", "duplicate:3"]});
    let signed = act(&doctor, &rx, "sign", &all).await.json;
    assert!(signed["number"].as_str().unwrap().ends_with("-00001"), "the refused sign left no gap");
    assert_eq!(signed["warnings"], json!([]));
    assert_eq!(signed["warnings_acknowledged"]["by"], signed["signed_by"]);
    assert_eq!(signed["warnings_acknowledged"]["name"], "doctor of north");
    assert_eq!(signed["warnings_acknowledged"]["warnings"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_medicine_that_still_runs_is_warned_of_until_it_is_voided_or_over() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = id(&world.north.patient("Asha").await);
    let first = sign(&doctor, &draft(&doctor, &asha, &[line("ibuprofen")]).await).await;
    let second = draft(&doctor, &asha, &[line("Ibuprofen")]).await;
    assert_eq!(second["warnings"][0]["code"], "duplicate:1");
    assert_eq!(second["warnings"][0]["because"], first["number"]);
    // Another patient may have it, and another medicine is no duplicate.
    let usha = id(&world.north.patient("Usha").await);
    assert_eq!(draft(&doctor, &usha, &[line("ibuprofen")]).await["warnings"], json!([]));
    assert_eq!(draft(&doctor, &asha, &[line("paracetamol")]).await["warnings"], json!([]));
    // What is taken as needed has no days, and is taken.
    let needed = json!({"medicine": "cetirizine", "form": "tablet", "schedule": "as needed", "quantity": 20});
    let needed = sign(&doctor, &draft(&doctor, &usha, &[needed]).await).await;
    let twice = draft(&doctor, &usha, &[line("Cetzine")]).await;
    assert_eq!(twice["warnings"][0]["because"], needed["number"], "{twice}");
    // Ten days later the five days are over.
    let mut owner = world.connect("postgres").await;
    owner
        .execute("alter table polyclinic.prescriptions disable trigger keep_signed")
        .await
        .unwrap();
    owner.execute("update polyclinic.prescriptions set signed_at = signed_at - interval '10 days' where status = 'signed'").await.unwrap();
    assert_eq!(doctor.get(&path(&second)).await.json["warnings"], json!([]));
    owner
        .execute("update polyclinic.prescriptions set signed_at = now() where status = 'signed'")
        .await
        .unwrap();
    assert_eq!(doctor.get(&path(&second)).await.json["warnings"][0]["code"], "duplicate:1");
    let first = doctor.get(&path(&first)).await.json;
    assert_eq!(act(&doctor, &first, "void", &json!({"reason": "stopped"})).await.status, 200);
    assert_eq!(doctor.get(&path(&second)).await.json["warnings"], json!([]));
}

#[tokio::test]
async fn brands_and_misspellings_warn_and_what_nobody_knows_is_said() {
    let world = World::open().await;
    let (admin, doctor) = (world.north.admin().await, world.north.doctor().await);
    let asha = world.north.patient("Asha").await;
    let record = format!("patients/{}", id(&asha));
    let allergic = json!({"allergies": "Pencilin since childhood, quandrel; dust"});
    world.north.receptionist().await.patch(&record, 1, &allergic).await;
    let warned = async |lines: &[Value]| -> Vec<String> {
        let rx = draft(&doctor, &id(&asha), lines).await;
        let warnings = rx["warnings"].as_array().unwrap();
        warnings.iter().map(|w| w["code"].as_str().unwrap().to_owned()).collect()
    };
    let lines = [line("Augmentin"), line("Crocin"), line("Dolo 650"), line("Zanthorex")];
    assert_eq!(
        warned(&lines).await,
        ["unknown_allergy:1", "allergy:1", "duplicate:2", "duplicate:3", "unknown_medicine:4"]
    );
    // The clinic's catalogue knows it: by the brand of a medicine, and by what forbids it.
    for medicine in [
        json!({"name": "cefixime", "brand": "Zanthorex", "form": "tablet"}),
        json!({"name": "flobberin", "form": "tablet", "allergy_terms": "quandrel"}),
    ] {
        assert_eq!(admin.post("catalogue/medicines", &medicine).await.status, 201);
    }
    let lines = [line("Zanthorex"), line("flobberin")];
    assert_eq!(warned(&lines).await, ["unknown_allergy:1", "allergy:1", "allergy:2"]);

    // Signing from the form stops at them, and they are said in words.
    let rx = draft(&doctor, &id(&asha), &[line("paracetamol")]).await;
    let page = doctor.page(&path(&rx)).await.text;
    for said in
        ["Not compared with the medicines: quandrel", "no medicine of that name is known here"]
    {
        assert!(page.contains(said), "{said}");
    }
    assert_eq!(
        act(&doctor, &rx, "sign", &json!({"acknowledge": []})).await.problem(),
        "409 warnings_unacknowledged"
    );
    let all = json!({"acknowledge": ["unknown_allergy:1"]});
    assert_eq!(act(&doctor, &rx, "sign", &all).await.status, 200);
}
