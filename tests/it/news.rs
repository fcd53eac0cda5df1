//! What the laboratory finds reaches the doctor at once: on the board, and above all else beside the consultation.

use serde_json::json;

use crate::prescriptions::id;
use crate::results::{done, ordered};
use crate::visits::seen::hear;
use crate::world::{Clinic, World};

async fn arrives(clinic: &Clinic, patient: &str) -> String {
    let visit = json!({"patient_id": patient, "purpose": "Fever", "visit_type": "routine"});
    let visit = clinic.receptionist().await.post("visits", &visit).await;
    assert_eq!(visit.status, 201, "{visit:?}");
    format!("visits/{}/consultation", visit.json["visit_id"].as_str().unwrap())
}

#[tokio::test]
async fn a_result_that_comes_while_the_patient_waits_is_marked_for_doctors() {
    let world = World::open().await;
    let north = &world.north;
    let (doctor, lab) = (north.doctor().await, north.actor("lab_tech").await);
    let (asha, usha) = (id(&north.patient("Asha").await), id(&north.patient("Usha").await));
    let (_, of_asha) =
        ordered(&world, &asha, &[("Sugar", "blood"), ("Salt", "blood"), ("Iron", "blood")]).await;
    let found = |value: f64| json!({"values": [{"name": "Value", "value": value, "unit": "mmol/L", "low": 3, "high": 8, "critical_high": 20}]});
    done(&lab, &of_asha[0], "results", &found(5.0)).await;
    let consultation = arrives(north, &asha).await;
    arrives(north, &usha).await;
    let before = doctor.page("queue").await;
    assert!(!before.text.contains("New result"), "older than the visit: {}", before.text);
    let beside = doctor.page(&consultation).await.text;
    assert!(!beside.contains("data-state=\"result\""), "{beside}");
    assert!(beside.find("5 mmol/L") > beside.find("Medicines now"), "in its place: {beside}");

    let mut board = doctor.request("GET", "queue/events").send().await.unwrap();
    hear(&mut board).await.unwrap();
    done(&lab, &of_asha[1], "results", &found(9.0)).await;
    assert!(hear(&mut board).await.unwrap().starts_with("event: queue"), "at once");
    let after = doctor.page("queue").await.text;
    let card = |name: &str| {
        let from = after.find(&format!(">{name}</a>")).unwrap();
        after[from..].split("</li>").next().unwrap().to_owned()
    };
    assert!(card("TEST, Asha").contains("New result"), "{after}");
    assert!(!card("TEST, Usha").contains("result"), "{after}");
    let beside = doctor.page(&consultation).await.text;
    assert!(beside.contains("data-state=\"result\""), "{beside}");
    assert!(beside.find("9 mmol/L") < beside.find("Medicines now"), "first of all: {beside}");
    // What it says is the doctor's: the counter and the nurse see the queue as before.
    for role in ["receptionist", "nurse"] {
        let page = north.actor(role).await.page("queue").await;
        assert!(page.status == 200 && !page.text.contains("New result"), "{role}");
    }
    assert!(!world.south.doctor().await.page("queue").await.text.contains("New result"));

    done(&lab, &of_asha[2], "results", &found(30.0)).await;
    assert!(doctor.page("queue").await.text.contains("Critical result"));
}

#[tokio::test]
async fn a_critical_result_is_called_to_mind_for_a_week() {
    let world = World::open().await;
    let north = &world.north;
    let (doctor, lab) = (north.doctor().await, north.actor("lab_tech").await);
    let asha = id(&north.patient("Asha").await);
    let (_, tests) = ordered(&world, &asha, &[("Sugar", "blood")]).await;
    let found = json!({"values": [{"name": "Sugar", "value": 30, "critical_high": 20}]});
    done(&lab, &tests[0], "results", &found).await;
    let mut owner = world.connect("postgres").await;
    for (days, marked) in [(6, true), (8, false)] {
        let earlier = format!(
            "update polyclinic.ordered_tests set resulted_at = now() - interval '{days} days' where patient_id = '{asha}'"
        );
        crate::rows::value(
            &mut owner,
            &format!("with u as ({earlier} returning 1) select count(*) from u"),
        )
        .await;
        if days == 6 {
            arrives(north, &asha).await;
        }
        let board = doctor.page("queue").await.text;
        assert_eq!(board.contains("Critical result"), marked, "{days} days: {board}");
    }
}
