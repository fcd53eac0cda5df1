//! The chart: everything known of a patient, the newest first, and to each reader what that reader may see.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{Actor, World};

/// Gives a patient of a clinic a past, straight into the tables: the doors to it are tested elsewhere. A visit
/// under this token, vitals of which one is in error, a note, a draft and a signed prescription.
async fn past(world: &World, slug: &str, patient: Uuid, token: i32) -> Uuid {
    let mut owner = world.connect("postgres").await;
    sqlx::query(
        "with here as (
           select d.clinic_id, p.practitioner_id, p.user_id
           from platform.directory d join polyclinic.practitioners p using (clinic_id) where d.slug = $1
         ), visit as (
           insert into polyclinic.visits
             (clinic_id, visit_id, patient_id, practitioner_id, visit_day, token, purpose, status, arrived_at)
           select clinic_id, gen_random_uuid(), $2, practitioner_id, '2020-01-01', $3, 'fever', 'completed',
                  now() - interval '100 days'
           from here returning clinic_id, visit_id, patient_id
         ), measured as (
           insert into polyclinic.vitals
             (clinic_id, vitals_id, patient_id, visit_id, systolic_mmhg, diastolic_mmhg, pulse_bpm, entered_in_error,
              measured_by, measured_at)
           select v.clinic_id, gen_random_uuid(), v.patient_id, v.visit_id, n, 80, 70, n = 300, h.user_id,
                  now() - interval '99 days' - n * interval '1 minute'
           from visit v, here h, unnest(array[120, 300]) n
         ), noted as (
           insert into polyclinic.notes
             (clinic_id, note_id, patient_id, visit_id, practitioner_id, complaint, diagnosis, created_at)
           select v.clinic_id, gen_random_uuid(), v.patient_id, v.visit_id, h.practitioner_id, 'cough', 'bronchitis',
                  now() - interval '98 days'
           from visit v, here h
         )
         insert into polyclinic.prescriptions
           (clinic_id, prescription_id, patient_id, visit_id, practitioner_id, number, status, signed_at, created_at)
         select v.clinic_id, gen_random_uuid(), v.patient_id, v.visit_id, h.practitioner_id,
                case s when 'signed' then 'RX-' || $3 end, s, case s when 'signed' then now() end,
                now() - interval '97 days'
         from visit v, here h, unnest(array['draft', 'signed']) s",
    )
    .bind(slug)
    .bind(patient)
    .bind(token)
    .execute(&mut owner)
    .await
    .unwrap();
    patient
}

async fn chart(actor: &Actor, patient: Uuid, query: &str) -> Value {
    let reply = actor.get(&format!("patients/{patient}/chart{query}")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json
}

fn kinds(chart: &Value) -> Vec<String> {
    let items = chart["timeline"]["items"].as_array().unwrap();
    items.iter().map(|item| item["kind"].as_str().unwrap().to_owned()).collect()
}

fn patient_id(patient: &Value) -> Uuid {
    patient["patient_id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_doctor_sees_everything_known_the_newest_first() {
    let world = World::open().await;
    let asha = past(&world, "north", patient_id(&world.north.patient("Asha").await), 7).await;
    let doctor = world.north.doctor().await;
    let whole = chart(&doctor, asha, "").await;
    assert_eq!(whole["patient"]["given_name"], "Asha");
    assert_eq!(
        kinds(&whole),
        ["registered", "prescription", "prescription", "note", "vitals", "vitals", "visit"]
    );
    let items = whole["timeline"]["items"].as_array().unwrap();
    assert_eq!(
        (&items[3]["diagnosis"], &items[3]["by"]),
        (&json!("bronchitis"), &json!("doctor of north"))
    );
    assert_eq!(
        (&items[4]["systolic_mmhg"], &items[4]["entered_in_error"]),
        (&json!(120), &json!(false))
    );
    assert_eq!((&items[6]["token"], &items[6]["purpose"]), (&json!(7), &json!("fever")));
    assert_eq!(whole["timeline"]["next_cursor"], json!(null));
    assert_eq!(kinds(&chart(&doctor, asha, "?kind=vitals").await), ["vitals", "vitals"]);
    let wrong = doctor.get(&format!("patients/{asha}/chart?kind=gossip")).await;
    assert_eq!(wrong.refused(), ["kind: unknown_value"]);
}

#[tokio::test]
async fn pages_of_a_chart_are_whole_and_their_cursor_is_one_patients() {
    let world = World::open().await;
    let asha = past(&world, "north", patient_id(&world.north.patient("Asha").await), 7).await;
    let usha = patient_id(&world.north.patient("Usha").await);
    let doctor = world.north.doctor().await;
    let all = chart(&doctor, asha, "").await;
    let mut seen = Vec::new();
    let mut query = String::from("?limit=1");
    loop {
        let page = chart(&doctor, asha, &query).await;
        seen.extend(page["timeline"]["items"].as_array().unwrap().clone());
        let Some(next) = page["timeline"]["next_cursor"].as_str() else { break };
        query = format!("?limit=1&cursor={next}");
    }
    assert_eq!(json!(seen), all["timeline"]["items"]);
    let first = chart(&doctor, asha, "?limit=1").await;
    let next = first["timeline"]["next_cursor"].as_str().unwrap();
    let bent = doctor.get(&format!("patients/{usha}/chart?cursor={next}")).await;
    assert_eq!(bent.refused(), ["cursor: invalid"]);
}

#[tokio::test]
async fn each_role_sees_the_kinds_it_may_and_only_the_admin_the_changes() {
    let world = World::open().await;
    let asha = past(&world, "north", patient_id(&world.north.patient("Asha").await), 7).await;
    let reception = world.north.receptionist().await;
    let path = format!("patients/{asha}");
    assert_eq!(reception.patch(&path, 1, &json!({"phone": "9822001122"})).await.status, 200);
    let sees = |role: &'static str| {
        let clinic = &world.north;
        async move {
            let mut kinds = kinds(&chart(&clinic.actor(role).await, asha, "").await);
            kinds.dedup();
            kinds
        }
    };
    let clinical = ["registered", "prescription", "note", "vitals", "visit"];
    assert_eq!(sees("receptionist").await, clinical);
    assert_eq!(sees("doctor").await, clinical);
    assert_eq!(sees("nurse").await, ["registered", "vitals", "visit"]);
    assert_eq!(
        sees("admin").await,
        ["change", "registered", "prescription", "note", "vitals", "visit"]
    );
    let whole = chart(&world.north.admin().await, asha, "?kind=change").await;
    let change = &whole["timeline"]["items"][0];
    assert_eq!(
        (&change["changes"]["phone"], &change["by"]),
        (&json!([null, "9822001122"]), &json!("receptionist of north"))
    );
    for role in ["lab_tech", "pharmacist", "cashier"] {
        let reply = world.north.actor(role).await.get(&format!("patients/{asha}/chart")).await;
        assert_eq!(reply.problem(), "403 forbidden", "{role}");
    }
}

#[tokio::test]
async fn a_patient_sees_the_own_record_signed_and_right_and_no_other() {
    let world = World::open().await;
    let mut owner = world.connect("postgres").await;
    let own: Uuid = sqlx::query_scalar(
        "select u.patient_id from polyclinic.users u join platform.directory d using (clinic_id)
         where d.slug = 'north' and u.role = 'patient'",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    past(&world, "north", own, 8).await;
    let other = past(&world, "north", patient_id(&world.north.patient("Asha").await), 7).await;
    let patient = world.north.actor("patient").await;
    let whole = chart(&patient, own, "").await;
    assert_eq!(kinds(&whole), ["registered", "prescription", "note", "vitals", "visit"]);
    let items = whole["timeline"]["items"].as_array().unwrap();
    assert_eq!((&items[1]["number"], &items[1]["status"]), (&json!("RX-8"), &json!("signed")));
    assert_eq!(items[3]["systolic_mmhg"], 120);
    // The doctor's name is the practitioner's; who measured is a colleague, whom patients do not see.
    assert_eq!((&items[2]["by"], &items[3]["by"]), (&json!("doctor of north"), &json!(null)));
    let visit = items[4]["id"].as_str().unwrap();
    assert_eq!(patient.get(&format!("visits/{visit}")).await.status, 200);
    assert_eq!(patient.get(&format!("patients/{other}/chart")).await.problem(), "404 not_found");
    assert_eq!(patient.page(&format!("patients/{other}")).await.status, 404);
    let mine = chart(&world.north.doctor().await, other, "?kind=visit").await;
    let foreign = mine["timeline"]["items"][0]["id"].as_str().unwrap();
    assert_eq!(patient.get(&format!("visits/{foreign}")).await.problem(), "404 not_found");
    let page = patient.page("record").await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(
        page.text.contains("My record")
            && page.text.contains("RX-8")
            && page.text.contains("120/80 mmHg")
    );
    assert!(
        !page.text.contains("Draft")
            && !page.text.contains("300/80")
            && !page.text.contains("?kind=change")
    );
    assert_eq!(world.north.doctor().await.page("record").await.status, 403);
}

#[tokio::test]
async fn another_clinics_chart_is_not_there() {
    let world = World::open().await;
    let asha = past(&world, "south", patient_id(&world.south.patient("Asha").await), 7).await;
    let doctor = world.north.doctor().await;
    assert_eq!(doctor.get(&format!("patients/{asha}/chart")).await.problem(), "404 not_found");
    assert_eq!(doctor.page(&format!("patients/{asha}")).await.status, 404);
    assert_eq!(kinds(&chart(&world.south.doctor().await, asha, "").await).len(), 7);
}

#[tokio::test]
async fn the_chart_page_says_each_fact_in_words_and_offers_what_the_role_may() {
    let world = World::open().await;
    let asha = past(&world, "north", patient_id(&world.north.patient("Asha").await), 7).await;
    let reception = world.north.receptionist().await;
    let page = reception.page(&format!("patients/{asha}")).await;
    assert_eq!(page.status, 200, "{page:?}");
    for said in [
        "TEST, Asha",
        "Allergies not recorded",
        "<span class=\"nowrap\">120/80 mmHg,</span> pulse 70/min",
        "bronchitis",
        "RX-7",
        "Complaint: cough",
        "Entered in error",
        "token 7",
        "/check-in\"",
        "/edit\"",
        "Archive PT-",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    assert!(!page.text.contains("?kind=change"));
    let notes = reception.page(&format!("patients/{asha}?kind=note")).await;
    assert!(notes.text.contains("bronchitis") && !notes.text.contains("RX-7"));
    let doctor = world.north.doctor().await.page(&format!("patients/{asha}")).await;
    assert!(!doctor.text.contains("/check-in\"") && !doctor.text.contains("Archive"));
    assert!(
        world
            .north
            .admin()
            .await
            .page(&format!("patients/{asha}"))
            .await
            .text
            .contains("?kind=change")
    );
    let body = json!({"patient_id": asha, "purpose": "fever"});
    assert_eq!(reception.post("visits", &body).await.status, 201);
    let here = reception.page(&format!("patients/{asha}")).await;
    assert!(here.text.contains("Here now: token 1") && !here.text.contains("/check-in\""));
    let form = [("version", "1")];
    let archived = reception.submit(&format!("patients/{asha}/archive"), &form).await;
    assert_eq!(archived.header("location"), format!("/clinic/north/patients/{asha}?done=archived"));
    let page = reception.page(&format!("patients/{asha}?done=archived")).await;
    assert!(page.text.contains("Record set aside") && page.text.contains("Restore PT-"));
    let back = reception
        .submit(&format!("patients/{asha}/archive"), &[("version", "2"), ("restore", "yes")])
        .await;
    assert_eq!(back.header("location"), format!("/clinic/north/patients/{asha}?done=restored"));
}
