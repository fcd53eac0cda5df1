//! Prescriptions in a browser: written without a script, signed with open eyes, printed whole.

mod sheet;

use pretty_assertions::assert_eq;
use serde_json::json;
use sqlx::Executor;

use crate::prescriptions::{colleague, draft, id, line, path, sign};
use crate::world::World;

/// The words of a page, without its tags.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The hidden fields and rows that a browser would send from a filled form.
fn typed<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all =
        vec![("lines_rows", "8"), ("tests_rows", "4"), ("lines.5.form", ""), ("lines.5.food", "")];
    all.extend_from_slice(fields);
    all
}

/// A visit of today with a note and vitals, as the queue and the consultation would leave it.
async fn visit(world: &World, patient: &str) -> String {
    let visit = uuid::Uuid::now_v7();
    let sql = format!(
        "insert into polyclinic.visits (clinic_id, visit_id, patient_id, visit_day, token, purpose)
         select clinic_id, '{visit}', patient_id, current_date, 1, 'Fever' from polyclinic.patients where patient_id = '{patient}';
         insert into polyclinic.notes (clinic_id, note_id, patient_id, visit_id, practitioner_id, complaint, findings, diagnosis, advice, follow_up_on)
         select p.clinic_id, gen_random_uuid(), p.patient_id, '{visit}', d.practitioner_id, 'Fever for three days', 'Throat red', 'Pharyngitis', 'Warm water', '2027-01-09'
         from polyclinic.patients p join polyclinic.practitioners d using (clinic_id) where p.patient_id = '{patient}' limit 1;
         insert into polyclinic.vitals (clinic_id, vitals_id, patient_id, visit_id, measured_by, systolic_mmhg, diastolic_mmhg, pulse_bpm, temperature_c, weight_kg)
         select clinic_id, gen_random_uuid(), patient_id, '{visit}', gen_random_uuid(), 128, 84, 96, 38.5, 61.5 from polyclinic.patients where patient_id = '{patient}';
         update polyclinic.clinics set address = '14 Laxmi Road', city = 'Pune', postcode = '411030', phone = '020 2445 1122',
           registration_number = 'MH/PUN/417', chemist_name = 'Sahyadri Medical', chemist_phone = '020 1111',
           logo = '\\x89504e47', logo_type = 'image/png'
         where name = 'north clinic'"
    );
    world.connect("postgres").await.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    visit.to_string()
}

#[tokio::test]
async fn a_doctor_writes_keeps_and_signs_without_a_script() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = id(&world.north.patient("Asha").await);
    world.north.admin().await.post("catalogue/starter", &json!({})).await;
    let at = visit(&world, &asha).await;
    let new = format!("visits/{at}/prescriptions/new");
    let blank = doctor.page(&new).await;
    assert_eq!(blank.status, 200, "{}", blank.text);
    assert!(blank.text.contains("lines.7.medicine") && !blank.text.contains("lines.8.medicine"));
    assert!(blank.text.contains("<option value=\"amoxicillin 500 mg capsule\">"));
    assert!(blank.text.contains("Pharyngitis"), "the note's diagnosis is there already");
    // More lines: nothing typed is lost, nothing is saved.
    let more = doctor.submit(&new, &typed(&[("lines.0.medicine", "Zinc"), ("then", "more")])).await;
    assert_eq!(more.status, 200);
    assert!(more.text.contains("lines.15.medicine") && more.text.contains("value=\"Zinc\""));
    // Wrong: drawn again with the row named as the reader counts.
    let wrong = doctor
        .submit(
            &new,
            &typed(&[
                ("lines.2.medicine", "Digoxin"),
                ("lines.2.form", "tablet"),
                ("lines.2.dose", "1 OD"),
                ("lines.2.schedule", "1-0-0"),
                ("diagnosis", "AF"),
                ("then", "sign"),
            ]),
        )
        .await;
    assert_eq!(wrong.status, 422);
    let said = words(&wrong.text);
    assert!(
        said.contains("Medicine 1, Dose: Write daily, or the time of day, not OD or QD."),
        "{said}"
    );
    assert!(wrong.text.contains("value=\"Digoxin\"") && wrong.text.contains("value=\"1 OD\""));
    assert!(doctor.get("prescriptions").await.json["items"].as_array().unwrap().is_empty());
    // Kept: the row from the list fills itself; blank rows between count nothing.
    let kept = doctor
        .submit(
            &new,
            &typed(&[
                ("once", "k1"),
                ("lines.1.medicine", "amoxicillin 500 mg capsule"),
                ("lines.3.medicine", "Zinc"),
                ("lines.3.form", "syrup"),
                ("lines.3.dose", "5ml"),
                ("lines.3.schedule", "evening"),
                ("tests.2.name", "Urine culture"),
                ("diagnosis", "Cough"),
                ("then", "keep"),
            ]),
        )
        .await;
    assert_eq!(kept.status, 303, "{}", kept.text);
    let address =
        kept.header("location").replace("/clinic/north/", "").replace("?done=rx_kept", "");
    let rx = doctor.get(&address).await.json;
    assert_eq!(
        (&rx["lines"][0]["quantity"], &rx["lines"][1]["dose"]),
        (&json!(15), &json!("5 mL"))
    );
    assert_eq!((&rx["visit_id"], &rx["tests"][0]["kind"]), (&json!(at), &json!("urine")));
    let shown = doctor.page(&format!("{address}?done=rx_kept")).await;
    let said = words(&shown.text);
    assert!(said.contains("Draft kept. It is not signed."));
    assert!(
        said.contains(
            "1 in the morning, 1 in the afternoon, 1 at night, after food, by mouth, 5 days (1-1-1)"
        ),
        "{said}"
    );
    assert!(said.contains("5 mL in the evening (0-0-1-0)"), "{said}");
    // Opened again with everything in it, changed and signed.
    let edit = format!("{address}/edit");
    let open = doctor.page(&edit).await;
    assert!(
        open.text.contains("value=\"amoxicillin\"") && open.text.contains("value=\"0-0-1-0\""),
        "{}",
        open.text
    );
    let fields = typed(&[
        ("version", "1"),
        ("lines.0.medicine", "Zinc"),
        ("lines.0.form", "syrup"),
        ("lines.0.schedule", "night"),
        ("then", "sign"),
    ]);
    let signed = doctor.submit(&edit, &fields).await;
    assert!(signed.header("location").ends_with("?done=rx_signed"), "{signed:?}");
    let rx = doctor.get(&address).await.json;
    assert_eq!((rx["status"].as_str(), rx["revision"].as_i64()), (Some("signed"), Some(2)));
    // Too late for another tab.
    let late = doctor.submit(&edit, &fields).await;
    assert_eq!(late.status, 409);
    assert!(words(&late.text).contains("A signed prescription does not change."));
    assert_eq!(doctor.page(&edit).await.status, 303, "there is nothing to edit");
}

#[tokio::test]
async fn a_warning_stops_the_signature_until_it_is_ticked() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = id(&world.north.patient("Asha").await);
    let record = format!("patients/{asha}");
    world
        .north
        .receptionist()
        .await
        .patch(&record, 1, &json!({"allergies": "penicillin (rash)"}))
        .await;
    let new = format!("patients/{asha}/prescriptions/new");
    let fields = typed(&[
        ("once", "w1"),
        ("lines.0.medicine", "Amoxicillin"),
        ("lines.0.form", "capsule"),
        ("lines.0.schedule", "1-0-1"),
        ("lines.0.days", "5"),
        ("then", "sign"),
    ]);
    let kept = doctor.submit(&new, &fields).await;
    assert_eq!(kept.status, 303, "{}", kept.text);
    let address = kept.header("location").replace("/clinic/north/", "");
    let shown = doctor.page(&address).await;
    let said = words(&shown.text);
    assert!(said.contains("Allergy: amoxicillin The record says: penicillin (rash)."), "{said}");
    assert!(shown.text.contains("name=\"acknowledge.0.code\" value=\"allergy:1\""));
    let signing = format!("{address}/sign");
    let refused = doctor.submit(&signing, &[("version", "1")]).await;
    assert_eq!(refused.status, 409);
    assert!(words(&refused.text).contains("tick it to sign all the same"));
    let stale =
        doctor.submit(&signing, &[("version", "7"), ("acknowledge.0.code", "allergy:1")]).await;
    assert_eq!(stale.status, 412);
    assert!(words(&stale.text).contains("Read it again before signing."));
    let signed =
        doctor.submit(&signing, &[("version", "1"), ("acknowledge.0.code", "allergy:1")]).await;
    assert_eq!(signed.header("location"), format!("/clinic/north/{address}?done=rx_signed"));
    let said = words(&doctor.page(&address).await.text);
    assert!(said.contains("Warnings read at signing Allergy: amoxicillin The record says: penicillin (rash). Acknowledged by doctor of north."), "{said}");
}

#[tokio::test]
async fn days_are_told_in_days_weeks_or_months_and_printed_in_days() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = id(&world.north.patient("Asha").await);
    let new = format!("patients/{asha}/prescriptions/new");
    let send = async |days, once| {
        let fields = typed(&[
            ("once", once),
            ("lines.0.medicine", "Ibuprofen"),
            ("lines.0.form", "tablet"),
            ("lines.0.schedule", "1-0-1"),
            ("lines.0.days", days),
        ]);
        doctor.submit(&new, &fields).await
    };
    for (days, once, said) in
        [("2 weeks", "a", "14 days"), ("५ दिन", "b", "5 days"), ("1 month", "c", "30 days")]
    {
        let kept = send(days, once).await;
        assert_eq!(kept.status, 303, "{days}: {}", kept.text);
        let address = kept.header("location").replace("/clinic/north/", "");
        let shown =
            doctor.page(address.split('?').next().unwrap()).await.text.replace('\u{a0}', " ");
        assert!(words(&shown).contains(said), "{days}: {shown}");
    }
    for (days, once) in [("some", "d"), ("1 year", "e"), ("60 weeks", "f"), ("2-3 days", "g")] {
        let refused = send(days, once).await;
        assert_eq!(refused.status, 422, "{days}");
        assert!(refused.text.contains("5 days, 2 weeks, 1 month (30 days)"), "{days}");
        assert!(refused.text.contains(&format!("value=\"{days}\"")), "what was typed stays");
    }
}

#[tokio::test]
async fn a_signed_one_is_corrected_or_voided_from_its_page() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let second = colleague(&world).await;
    let asha = id(&world.north.patient("Asha").await);
    let rx = sign(&doctor, &draft(&doctor, &asha, &[line("ibuprofen")]).await).await;
    let number = rx["number"].as_str().unwrap();
    let shown = doctor.page(&path(&rx)).await;
    for button in [format!("Correct {number}"), format!("Void {number}")] {
        assert!(shown.text.contains(&button), "{button}");
        assert!(
            !second.page(&path(&rx)).await.text.contains(&button),
            "{button} is the prescriber's"
        );
        assert!(
            !world.north.admin().await.page(&path(&rx)).await.text.contains(&button),
            "{button}"
        );
    }
    let begun = doctor.submit(&format!("{}/correct", path(&rx)), &[("once", "c1")]).await;
    assert_eq!(begun.status, 303, "{}", begun.text);
    let edit = begun.header("location").replace("/clinic/north/", "");
    let open = doctor.page(&edit).await;
    assert!(words(&open.text).contains(&format!("This corrects {number}")));
    assert!(open.text.contains("value=\"ibuprofen\""));
    let again = doctor.submit(&format!("{}/correct", path(&rx)), &[]).await;
    assert_eq!(again.status, 422, "one correction at a time");
    let blank = doctor.submit(&format!("{}/void", path(&rx)), &[("version", "2")]).await;
    assert_eq!(blank.status, 422);
    assert!(blank.text.contains("<details class=\"ask\" open>"));
    let voided = doctor
        .submit(&format!("{}/void", path(&rx)), &[("version", "2"), ("reason", "wrong dose")])
        .await;
    assert_eq!(voided.status, 303, "{}", voided.text);
    let said = words(&doctor.page(&path(&rx)).await.text);
    assert!(said.contains("VOID: do not dispense wrong dose"), "{said}");
    let foreign = second
        .submit(&format!("{}/void", path(&rx)), &[("version", "3"), ("reason", "mine now")])
        .await;
    assert_eq!(foreign.status, 403);
}

#[tokio::test]
async fn the_list_shows_where_each_stands() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    assert!(doctor.page("prescriptions").await.text.contains("No prescriptions here"));
    let asha = id(&world.north.patient("Asha").await);
    sign(&doctor, &draft(&doctor, &asha, &[line("ibuprofen")]).await).await;
    draft(&doctor, &asha, &[line("cetirizine")]).await;
    let all = words(&doctor.page("prescriptions").await.text);
    assert!(all.contains("ibuprofen") && all.contains("cetirizine"));
    let drafts = words(&doctor.page("prescriptions?status=draft").await.text);
    assert!(
        !drafts.contains("ibuprofen")
            && drafts.contains("cetirizine")
            && drafts.contains("Draft, not signed")
    );
    for role in ["nurse", "lab_tech", "pharmacist", "cashier"] {
        assert_eq!(world.north.actor(role).await.page("prescriptions").await.status, 403, "{role}");
    }
    for role in ["receptionist", "admin"] {
        assert_eq!(world.north.actor(role).await.page("prescriptions").await.status, 200, "{role}");
        let new = format!("patients/{asha}/prescriptions/new");
        assert_eq!(world.north.actor(role).await.page(&new).await.status, 403, "{role}");
    }
}

#[tokio::test]
async fn a_line_says_itself_in_the_words_of_the_sheet_while_it_is_typed() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    world.north.admin().await.post("catalogue/starter", &json!({})).await;
    let say = async |fields: &[(&str, &str)]| {
        let named: Vec<(String, &str)> =
            fields.iter().map(|(name, value)| (format!("lines.0.{name}"), *value)).collect();
        let named: Vec<(&str, &str)> = named.iter().map(|(n, v)| (n.as_str(), *v)).collect();
        let reply = doctor.submit("prescriptions/preview", &named).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        (reply.json["said"].as_str().unwrap().replace('\u{a0}', " "), reply.json["wrong"] == true)
    };
    let whole = [
        ("medicine", "Zinc"),
        ("form", "tablet"),
        ("schedule", "101"),
        ("food", "after"),
        ("days", "5"),
    ];
    let words = "1 in the morning, 1 at night, after food, 5 days (1-0-1): 10 tablets";
    assert_eq!(say(&whole).await, (words.to_owned(), false));
    // The catalogue fills what is left out, and says so.
    let (said, _) = say(&[("medicine", "levothyroxine")]).await;
    assert_eq!(said, "1 in the morning, before food, by mouth, 30 days (1-0-0): 30 tablets");
    // What is only missing is not wrong yet.
    assert_eq!(say(&[]).await, (String::new(), false));
    assert_eq!(say(&[("medicine", "Zinc")]).await, (String::new(), false));
    let half = [("medicine", "Zinc"), ("schedule", "0011")];
    assert_eq!(say(&half).await, ("1 in the evening, 1 at night (0-0-1-1)".to_owned(), false));
    let sos = [("dose", "2 puffs"), ("schedule", "as needed")];
    assert_eq!(say(&sos).await, ("2 puffs as needed".to_owned(), false));
    for (name, value, words) in [
        ("schedule", "500", "Write when to take it, like 1-0-1"),
        ("schedule", "TDS", "not TDS"),
        ("dose", "1 OD", "not OD"),
        ("medicine", "paracetamol", "Say which: "),
        ("days", "1000", "365"),
    ] {
        let mut fields =
            vec![("form", "tablet"), ("days", "5"), ("schedule", "1-0-1"), ("medicine", "Zinc")];
        fields.retain(|field| field.0 != name && (value != "paracetamol" || field.0 != "form"));
        fields.push((name, value));
        let (said, wrong) = say(&fields).await;
        assert!(wrong && said.contains(words), "{name} {value}: {said}");
    }
    assert!(doctor.get("prescriptions").await.json["items"].as_array().unwrap().is_empty());
    for role in ["nurse", "admin", "patient"] {
        let actor = world.north.actor(role).await;
        assert_eq!(actor.submit("prescriptions/preview", &[]).await.status, 403, "{role}");
    }
}
