//! The sheet that is printed.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{visit, words};
use crate::prescriptions::{act, colleague, id, path, sign};
use crate::world::World;

#[tokio::test]
async fn the_sheet_says_everything_that_patient_and_chemist_need() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    colleague(&world).await;
    let asha = world.north.patient("Asha").await;
    let record = format!("patients/{}", id(&asha));
    world
        .north
        .receptionist()
        .await
        .patch(
            &record,
            1,
            &json!({"phone": "98220 01122", "address": "7 River Lane", "city": "Pune"}),
        )
        .await;
    let at = visit(&world, &id(&asha)).await;
    let body = json!({"patient_id": id(&asha), "visit_id": at, "lines": [
            {"medicine": "Clonazepam", "form": "tablet", "strength": ".5mg", "schedule": "0-0-1", "days": 7},
            {"medicine": "paracetamol", "form": "tablet", "strength": "500 mg", "dose": "2", "schedule": "1-0-1",
             "food": "after", "days": 5, "instructions": "Only with fever"},
            {"medicine": "cholecalciferol", "form": "capsule", "strength": "60000 units", "schedule": "weekly", "days": 56},
            {"medicine": "salbutamol", "form": "inhaler", "dose": "2 puffs", "schedule": "sos"},
            {"medicine": "amlodipine", "form": "tablet", "strength": "5.0 mg", "schedule": "evening", "days": 30},
        ], "tests": [{"name": "Complete blood count", "kind": "blood", "instructions": "Today"}]});
    let rx = doctor.post("prescriptions", &body).await;
    assert_eq!(rx.status, 201, "{rx:?}");
    let sheet = format!("{}/print", path(&rx.json));
    let said = words(&doctor.page(&sheet).await.text);
    assert!(said.contains("DRAFT: not signed, do not dispense"));
    let signed: Value = sign(&doctor, &rx.json).await;
    let number = signed["number"].as_str().unwrap();
    let page = doctor.page(&sheet).await;
    let said = words(&page.text);
    for text in [
        "north clinic",
        "14 Laxmi Road, Pune, 411030",
        "020 2445 1122",
        "Clinic registration MH/PUN/417",
        "doctor of north Consulting Reg. no. L-1",
        "Dr Second, Paediatrics, Reg. no. L-2",
        "TEST, Asha",
        "born 29-Feb-1980 (",
        "Female",
        asha["number"].as_str().unwrap(),
        "61.5 kg",
        "98220 01122",
        "7 River Lane, Pune",
        number,
        "Allergies not recorded",
        "Diagnosis Pharyngitis",
        "Complaint Fever for three days",
        "Findings Throat red",
        "Advice Warm water",
        "Blood pressure 128/84 mmHg",
        "Pulse 96 a minute",
        "Temperature 38.5 °C",
        "Come again on 09-Jan-2027.",
        "clonazepam 0.5 mg tablet 1 at night, 7 days (0-0-1) 7 tablets",
        "paracetamol 500 mg tablet 2 in the morning, 2 at night, after food, 5 days (2-0-2) Only with fever 20 tablets",
        "cholecalciferol 60,000 units capsule 1 once a week, 56 days 8 capsules",
        "salbutamol inhaler 2 puffs as needed 1 inhaler",
        "amlodipine 5 mg tablet 1 in the evening, 30 days (0-0-1-0) 30 tablets",
        "Complete blood count (blood): Today",
        "Chemist Sahyadri Medical · 020 1111",
    ] {
        assert!(said.contains(text), "{text}\n{said}");
    }
    assert!(page.text.contains("src=\"data:image/png;base64,iVBORw==\""), "the clinic's logo");
    assert!(
        page.text.contains("<span class=\"nowrap\">0.5 mg</span>"),
        "a line never wraps inside a dose"
    );
    assert!(page.text.contains("class=\"sign\""));
    for bad in ["OD", "QD", "µg", "HS", "SOS", "cc", "0-0-0", "5.0", " .5"] {
        assert!(!said.split([' ', '(', ')']).any(|word| word == bad), "{bad}\n{said}");
    }
    assert!(!said.contains("VOID") && !said.contains("DRAFT"));
    assert!(doctor.page(&format!("{sheet}?paper=a5")).await.text.contains("data-paper=\"a5\""));
    act(&doctor, &signed, "void", &json!({"reason": "wrong dose"})).await;
    let said = words(&doctor.page(&sheet).await.text);
    assert!(said.contains("VOID: do not dispense wrong dose"), "{said}");
}

#[tokio::test]
async fn what_was_signed_is_printed_again_as_it_was() {
    let world = World::open().await;
    let (admin, doctor) = (world.north.admin().await, world.north.doctor().await);
    let asha = world.north.patient("Asha").await;
    let at = visit(&world, &id(&asha)).await;
    let body = json!({"patient_id": id(&asha), "visit_id": at, "lines": [
        {"medicine": "paracetamol", "form": "tablet", "schedule": "1-0-1", "days": 5}]});
    let rx = sign(&doctor, &doctor.post("prescriptions", &body).await.json).await;
    let print = format!("{}/print", path(&rx));
    let sheet = |text: &str| {
        let sheet = text.split("<article").nth(1).unwrap();
        words(sheet.split("</article>").next().unwrap())
    };
    let first = sheet(&doctor.page(&print).await.text);

    // Everything around it changes: the clinic, the doctor, the patient, the note, a colleague comes.
    let clinic = admin.get("clinic").await.json;
    let version = clinic["version"].as_i64().unwrap();
    let moved = json!({"name": "Other Name", "registration_number": "X/1", "address": "9 Elsewhere", "phone": "11111",
        "chemist_name": "Another Chemist", "zone": "Pacific/Auckland", "locale": "mr-IN", "hours": {"sun": "10-12"}});
    assert_eq!(admin.patch("clinic", version, &moved).await.status, 200);
    colleague(&world).await;
    let record = format!("patients/{}", id(&asha));
    let seen = doctor.get(&record).await.json["version"].as_i64().unwrap();
    let corrected = json!({"given_name": "Ayesha", "allergies": "dust", "phone": "22222", "city": "Nagpur",
        "birth_date": "1970-01-01"});
    let clerk = world.north.receptionist().await;
    assert_eq!(clerk.patch(&record, seen, &corrected).await.status, 200);
    let note = format!("visits/{at}/note");
    let version = doctor.get(&note).await.json["version"].as_i64().unwrap();
    let later = doctor
        .put(&note, version, &json!({"complaint": "Something else", "advice": "Other advice"}))
        .await;
    assert_eq!(later.status, 200, "{later:?}");
    let users = admin.get("users?role=doctor").await.json;
    let own = users["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|u| u["name"] == "doctor of north")
        .unwrap()
        .clone();
    let renamed = json!({"name": "Dr Renamed", "practitioner": {"licence_number": "L-99"}});
    let users = format!("users/{}", own["user_id"].as_str().unwrap());
    let changed = admin.patch(&users, own["version"].as_i64().unwrap(), &renamed).await;
    assert_eq!(changed.status, 200, "{changed:?}");

    let page = doctor.page(&print).await.text;
    assert_eq!(sheet(&page), first);
    assert!(words(&page).contains("TEST, Ayesha"), "the banner above it says who it is today");
    let fresh = doctor.post("prescriptions", &body).await.json;
    let fresh = sheet(&doctor.page(&format!("{}/print", path(&fresh))).await.text);
    for text in [
        "Other Name",
        "X/1",
        "Dr Renamed",
        "L-99",
        "TEST, Ayesha",
        "Something else",
        "Another Chemist",
    ] {
        assert!(fresh.contains(text) && !first.contains(text), "{text}\n{fresh}");
    }
}
