//! What the doctor is told of the patient beside the note.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::consultation;
use crate::notes::first;
use crate::vitals::{check_in, set_status, visitor};
use crate::world::World;

#[tokio::test]
async fn the_page_says_what_was_before_and_what_is_being_taken() {
    let world = World::open().await;
    let (patient, before) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let note = json!({"diagnosis": "Essential hypertension"});
    assert_eq!(first(&doctor, &before, &note).await.status, 201);
    set_status(&world, &before, "completed").await;
    let cancelled = check_in(&world, &patient).await;
    set_status(&world, &cancelled, "cancelled").await;
    let visit = check_in(&world, &patient).await;
    let mut owner = world.connect("postgres").await;
    for (medicine, status, ago, days) in [
        ("amlodipine", "signed", 3, 30),
        ("ibuprofen", "draft", 3, 30),
        ("diclofenac", "voided", 3, 30),
        ("amoxicillin", "signed", 9, 5),
    ] {
        prescribe(&mut owner, &patient, medicine, status, ago, days).await;
    }
    let page = doctor.page(&consultation(&visit)).await.text;
    assert!(
        page.contains("Essential hypertension") && page.contains(&consultation(&before)),
        "{page}"
    );
    assert!(!page.contains(&cancelled), "{page}");
    // A strength stays with its unit.
    let strength = "<span class=\"nowrap\">5 mg</span>";
    assert!(page.contains(&format!("amlodipine {strength}")), "{page}");
    // What is over is among the last prescriptions, not among what is being taken.
    assert!(
        page.contains(&format!("amoxicillin {strength}")) && !page.contains("<b>amoxicillin"),
        "{page}"
    );
    for hidden in ["ibuprofen", "diclofenac"] {
        assert!(!page.contains(hidden), "{hidden}");
    }
    // A nurse may read neither.
    let page = world.north.nurse().await.page(&consultation(&visit)).await.text;
    assert!(!page.contains("amlodipine") && !page.contains("Essential hypertension"), "{page}");
}

async fn prescribe(
    owner: &mut sqlx::PgConnection,
    patient: &str,
    medicine: &str,
    status: &str,
    days_ago: i32,
    days: i32,
) {
    let id = uuid::Uuid::now_v7();
    sqlx::query(
        "insert into polyclinic.prescriptions (clinic_id, prescription_id, patient_id, practitioner_id, status)
         select p.clinic_id, $1, p.patient_id, d.practitioner_id, 'draft'
         from polyclinic.patients p join polyclinic.practitioners d using (clinic_id)
         where p.patient_id = $2::uuid",
    )
    .bind(id)
    .bind(patient)
    .execute(&mut *owner)
    .await
    .unwrap();
    sqlx::query(
        "insert into polyclinic.prescription_lines (clinic_id, line_id, prescription_id, patient_id, revision, position,
           medicine, form, strength, schedule, days, quantity)
         select clinic_id, gen_random_uuid(), prescription_id, patient_id, 1, 1, $2, 'tablet', '5 mg', '1-0-0', $3, 30
         from polyclinic.prescriptions where prescription_id = $1",
    )
    .bind(id)
    .bind(medicine)
    .bind(days)
    .execute(&mut *owner)
    .await
    .unwrap();
    for step in ["signed", "voided"] {
        if status == "draft" {
            return;
        }
        let set = if step == "signed" {
            "update polyclinic.prescriptions set status = 'signed', number = $1::text, signed_at = now() - make_interval(days => $2) where prescription_id = $1"
        } else {
            "update polyclinic.prescriptions set status = 'voided', voided_at = now() - make_interval(days => $2), void_reason = 'wrong' where prescription_id = $1"
        };
        sqlx::query(set).bind(id).bind(days_ago).execute(&mut *owner).await.unwrap();
        if step == status {
            return;
        }
    }
}

#[tokio::test]
async fn the_course_is_drawn_with_its_words_and_its_table_and_leaves_out_what_is_wrong() {
    let world = World::open().await;
    let (patient, visit) = visitor(&world, "Asha").await;
    let nurse = world.north.nurse().await;
    let path = format!("patients/{patient}/vitals");
    let pressures = [(120, 80), (135, 85), (150, 95), (500, 0)];
    let mut last = serde_json::Value::Null;
    for (systolic, diastolic) in pressures {
        let values = if systolic == 500 {
            json!({"systolic_mmhg": 70})
        } else {
            json!({"systolic_mmhg": systolic, "diastolic_mmhg": diastolic, "pulse_bpm": 80})
        };
        let reply = nurse.post(&path, &values).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        last = reply.json;
    }
    let page = nurse.page(&consultation(&visit)).await.text;
    assert!(page.contains("Blood pressure over 4 readings, from 120/80, "), "{page}");
    let mark = format!("vitals/{}/mark-error", last["vitals_id"].as_str().unwrap());
    assert_eq!(nurse.submit(&mark, &[("version", "1")]).await.status, 303);
    let page = nurse.page(&consultation(&visit)).await.text;
    assert!(
        page.contains("Blood pressure over 3 readings, from 120/80, ")
            && page.contains("to 150/95, "),
        "{page}"
    );
    assert!(page.contains("Pulse over 3 readings, from 80, "), "{page}");
    assert!(
        page.contains("<polyline points=\"4.0,") && page.contains("<circle cx=\"196.0\""),
        "{page}"
    );
    assert!(page.contains("<td class=\"num\">150/95</td><td>high</td>"), "{page}");
    assert!(!page.contains("Temperature over"), "two values are no course");
}

#[tokio::test]
async fn a_small_child_is_so_many_weeks_old_on_banner_and_board() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let mut owner = world.connect("postgres").await;
    let born: String =
        sqlx::query_scalar("select ((now() at time zone 'Asia/Kolkata')::date - 45)::text")
            .fetch_one(&mut owner)
            .await
            .unwrap();
    let child =
        json!({"given_name": "Tara", "family_name": "Small", "birth_date": born, "sex": "female"});
    let child =
        reception.post("patients", &child).await.json["patient_id"].as_str().unwrap().to_owned();
    let told = json!({"given_name": "Om", "age_years": 0.5, "sex": "male"});
    let told =
        reception.post("patients", &told).await.json["patient_id"].as_str().unwrap().to_owned();
    let visit = check_in(&world, &child).await;
    for page in [
        consultation(&visit),
        "queue".to_owned(),
        format!("patients/{child}"),
        "patients".to_owned(),
    ] {
        let text = reception.page(&page).await.text;
        assert!(text.contains("6 w 3 d") && !text.contains("0 y"), "{page}: {text}");
    }
    assert!(reception.page(&format!("patients/{told}")).await.text.contains("about 6 mo"));
}
