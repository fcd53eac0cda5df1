//! Results as the laboratory and the patient see them.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::{done, id, ordered, own_patient};
use crate::documents::PDF;
use crate::world::World;
use crate::world::pictures::png;

#[tokio::test]
async fn reports_are_filed_by_the_technician_and_shown_to_the_patient_with_the_verified_result() {
    let world = World::open().await;
    let (lab, doctor) = (world.north.actor("lab_tech").await, world.north.doctor().await);
    let patient = world.north.actor("patient").await;
    let own = own_patient(&world).await;
    let (_, tests) = ordered(&world, &own, &[("Chest", "xray")]).await;
    let path = format!("ordered-tests/{}/documents?category=xray&title=Chest", id(&tests[0]));
    let filed = lab.send(lab.request("POST", &path).body(PDF)).await;
    assert_eq!(
        (filed.status, &filed.json["ordered_test_id"]),
        (201, &tests[0]["ordered_test_id"]),
        "{filed:?}"
    );
    let document = format!("documents/{}", filed.json["document_id"].as_str().unwrap());
    assert_eq!((lab.get(&document).await.status, doctor.get(&document).await.status), (200, 200));
    for path in [document.clone(), format!("{document}/content")] {
        assert_eq!(patient.get(&path).await.problem(), "404 not_found");
    }
    let entered = done(&lab, &tests[0], "results", &json!({"finding": "clear"})).await;
    assert_eq!(entered["reports"][0]["title"], "Chest");
    done(&doctor, &entered, "verify", &json!({})).await;
    assert_eq!(patient.get(&format!("{document}/content")).await.text.as_bytes(), PDF);
    // Another's test is nobody's.
    let reply = world.south.actor("lab_tech").await;
    let reply = reply.send(reply.request("POST", &path).body(PDF)).await;
    assert_eq!(reply.problem(), "404 not_found");
}

#[tokio::test]
async fn the_catalogue_says_what_is_measured_and_the_form_is_filled_with_it() {
    let world = World::open().await;
    let (lab, doctor) = (world.north.actor("lab_tech").await, world.north.doctor().await);
    let asha = world.north.patient("Asha").await;
    let test = doctor
        .post("catalogue/tests", &json!({"name": "Full blood count", "kind": "blood"}))
        .await
        .json;
    let test = test["test_id"].as_str().unwrap();
    let path = format!("catalogue/tests/{test}/measures");
    assert_eq!(doctor.get(&path).await.header("etag"), "\"v0\"");
    let lines = json!({"measures": [
        {"name": "Haemoglobin", "unit": "g/dL", "sex": "female", "low": 12, "high": 15.5, "critical_low": 7},
        {"name": "Haemoglobin", "unit": "g/dL", "sex": "male", "low": 13.5, "high": 17.5, "critical_low": 7},
        {"name": "White cells", "unit": "10⁹/L", "low": 4, "high": 11}]});
    assert_eq!(lab.put(&path, 0, &lines).await.problem(), "403 forbidden");
    let set = doctor.put(&path, 0, &lines).await;
    assert_eq!((set.status, set.header("etag")), (200, "\"v1\""), "{set:?}");
    assert_eq!(doctor.put(&path, 0, &lines).await.problem(), "412 stale");
    let wrong = json!({"measures": [{"name": "x", "low": 3, "high": 2}]});
    assert_eq!(doctor.put(&path, 1, &wrong).await.refused(), ["measures.0.high: limits_order"]);
    let (_, tests) =
        ordered(&world, asha["patient_id"].as_str().unwrap(), &[("Full blood count", "blood")])
            .await;
    let page = lab.page(&format!("lab/{}", id(&tests[0]))).await;
    assert!(
        page.text.contains("value=\"15.5\"") && !page.text.contains("value=\"17.5\""),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("TEST, Asha") && page.text.contains("Allergies not recorded"),
        "{}",
        page.text
    );
    let form = doctor.page(&format!("catalogue/tests/{test}/measures")).await;
    assert!(form.text.contains("value=\"17.5\""), "{}", form.text);
    let saved = doctor
        .submit(
            &format!("catalogue/tests/{test}/measures"),
            &[("version", "1"), ("measures.0.name", "Hb"), ("measures.0.low", "12,5")],
        )
        .await;
    assert_eq!(saved.status, 303, "{saved:?}");
    assert_eq!(doctor.get(&path).await.json["measures"][0]["low"], json!(12.5));
    let stale = doctor
        .submit(
            &format!("catalogue/tests/{test}/measures"),
            &[("version", "1"), ("measures.0.name", "Typed")],
        )
        .await;
    assert_eq!((stale.status, stale.text.contains("value=\"Typed\"")), (412, true));
}

#[tokio::test]
async fn the_pages_take_a_test_through_and_lose_nothing_typed() {
    let world = World::open().await;
    let (lab, doctor) = (world.north.actor("lab_tech").await, world.north.doctor().await);
    let asha = world.north.patient("Asha").await;
    let (_, tests) =
        ordered(&world, asha["patient_id"].as_str().unwrap(), &[("Full blood count", "blood")])
            .await;
    let here = format!("lab/{}", id(&tests[0]));
    assert_eq!(
        lab.send(lab.browser("GET", "/clinic/north")).await.header("location"),
        "/clinic/north/lab"
    );
    let list = lab.page("lab").await;
    assert!(
        list.text.contains("TEST, Asha") && list.text.contains("Full blood count"),
        "{}",
        list.text
    );
    let step = lab
        .submit(&format!("{here}/step"), &[("version", "1"), ("to", "sampled"), ("from", "list")])
        .await;
    assert_eq!(step.header("location"), "/clinic/north/lab?done=test_sampled");
    let typed = [
        ("version", "2"),
        ("once", "k"),
        ("values.0.name", "Haemoglobin"),
        ("values.0.result", "1 3.2"),
        ("values.1.name", "Malaria"),
        ("values.1.result", "not seen"),
        ("finding", ""),
    ];
    let refused = lab.submit(&format!("{here}/result"), &typed).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("value=\"1 3.2\"") && refused.text.contains("value=\"not seen\""),
        "{}",
        refused.text
    );
    assert!(refused.text.contains("looks like a number"), "{}", refused.text);
    // A comma is not guessed at: it sets thousands apart, or is asked about.
    let mut right = typed.to_vec();
    right[3] = ("values.0.result", "6,2");
    let asked = lab.submit(&format!("{here}/result"), &right).await;
    assert_eq!(asked.status, 422);
    assert!(asked.text.contains("For a part of one write a point: 1.5."), "{}", asked.text);
    right[3] = ("values.0.result", "6.2");
    right.extend([("values.2.name", "Platelets"), ("values.2.result", "1,50,000")]);
    right.extend([("values.0.unit", "g/dL"), ("values.0.critical_low", "7")]);
    for _ in 0..2 {
        let kept = lab.submit(&format!("{here}/result"), &right).await;
        assert_eq!(
            kept.header("location"),
            format!("/clinic/north/{here}?done=result_entered"),
            "{kept:?}"
        );
    }
    let shown = doctor.page(&here).await;
    assert!(shown.text.contains("150000") || shown.text.contains("1,50,000"), "{}", shown.text);
    assert!(
        shown.text.contains("6.2 g/dL") && shown.text.contains("data-state=\"critical\""),
        "{}",
        shown.text
    );
    let visit = world
        .north
        .receptionist()
        .await
        .post(
            "visits",
            &json!({"patient_id": asha["patient_id"], "purpose": "x", "visit_type": "routine"}),
        )
        .await
        .json;
    let beside =
        doctor.page(&format!("visits/{}/consultation", visit["visit_id"].as_str().unwrap())).await;
    assert!(
        beside.text.contains("Haemoglobin <span class=\"nowrap\">6.2 g/dL,</span> Malaria")
            && beside.text.contains("data-state=\"critical\""),
        "{}",
        beside.text
    );
    let own = lab.submit(&format!("{here}/verify"), &[("version", "3")]).await;
    assert_eq!((own.status, own.text.contains("Somebody else verifies")), (409, true));
    let report = async |bytes: &[u8]| {
        lab.upload(&format!("{here}/report"), &[("category", "blood_test")], "fbc.pdf", bytes).await
    };
    let cut = report(&png(64, 64)[..60]).await;
    assert_eq!((cut.status, cut.text.contains("not complete")), (422, true), "{}", cut.text);
    let filed = report(PDF).await;
    assert_eq!(
        filed.header("location"),
        format!("/clinic/north/{here}?done=attached"),
        "{filed:?}"
    );
    let verified = doctor.submit(&format!("{here}/verify"), &[("version", "3")]).await;
    assert_eq!(
        verified.header("location"),
        format!("/clinic/north/{here}?done=result_verified"),
        "{verified:?}"
    );
    let stale = lab
        .submit(
            &format!("{here}/result"),
            &[("version", "3"), ("finding", "typed anew"), ("reason", "because")],
        )
        .await;
    assert_eq!((stale.status, stale.text.contains("typed anew")), (412, true));
}
