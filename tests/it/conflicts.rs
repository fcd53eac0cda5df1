//! Two people change one thing: the second sees both versions, decides, and saves. Nothing typed is lost.

mod whom;

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::world::{Actor, Reply, World};

/// What a form holds in a hidden field.
fn hidden<'a>(page: &'a Reply, name: &str) -> &'a str {
    let field = format!("name=\"{name}\" value=\"");
    page.text
        .split_once(&field)
        .unwrap_or_else(|| panic!("{name}: {}", page.text))
        .1
        .split('"')
        .next()
        .unwrap()
}

/// The rows that show both versions: field, now, typed.
fn both(page: &Reply) -> Vec<[String; 3]> {
    assert_eq!(page.status, 412, "{}", page.text);
    let (_, rest) = page.text.split_once("note conflict").expect("both versions");
    let table = rest.split_once("</section>").unwrap().0;
    let rows = table.split("<tr>").skip(2).map(|row| {
        let cell = |end: &str, n: usize| {
            let cell = row.split(end).nth(n).unwrap_or_default();
            let mut plain = String::new();
            let mut tag = false;
            for c in cell.chars() {
                match c {
                    '<' => tag = true,
                    '>' => tag = false,
                    c if !tag => plain.push(c),
                    _ => {}
                }
            }
            plain
        };
        [cell("</th>", 0), cell("</td>", 0).split_off(cell("</th>", 0).len()), cell("</td>", 1)]
    });
    rows.collect()
}

fn row(field: &str, now: &str, typed: &str) -> [String; 3] {
    [field.into(), now.into(), typed.into()]
}

/// The form of a patient, with what somebody changed in it.
fn sent<'a>(
    version: &'a str,
    seen: &'a str,
    changed: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("version", version),
        ("seen", seen),
        ("given_name", "Asha"),
        ("family_name", "Test"),
        ("birth_date", "29-Feb-1980"),
        ("sex", "female"),
        ("phone", ""),
        ("city", ""),
        ("address", ""),
        ("allergy_status", "unknown"),
        ("allergies", ""),
    ];
    for (name, value) in changed {
        fields.iter_mut().find(|(field, _)| field == name).unwrap().1 = value;
    }
    fields
}

/// The page says who was faster.
fn by(page: &Reply, role: &str) {
    let said = format!("{role} of north changed it on 2");
    assert!(page.text.contains(&said), "{said}: {}", page.text);
}

const TAKEN: &str = "Left alone by you: the form has the new value";

#[tokio::test]
async fn the_second_who_corrects_a_patient_sees_both_versions_and_decides() {
    let world = World::open().await;
    let (first, second) = (world.north.receptionist().await, world.north.admin().await);
    let patient = world.north.patient("Asha").await;
    let path = format!("patients/{}/edit", patient["patient_id"].as_str().unwrap());
    let drawn = second.page(&path).await;
    let seen = hidden(&drawn, "seen").to_owned();
    let faster = sent(
        "1",
        &seen,
        &[
            ("city", "Pune"),
            ("phone", "98220 01122"),
            ("allergy_status", "some"),
            ("allergies", "penicillin <b>"),
        ],
    );
    assert_eq!(first.submit(&path, &faster).await.status, 303);
    // The same day, typed otherwise, is no difference; an untouched field takes the new value.
    let mine = sent(
        "1",
        &seen,
        &[
            ("city", "Nagpur"),
            ("address", "12, Station Road\r\nSadar"),
            ("birth_date", "29/2/1980"),
        ],
    );
    let late = second.submit(&path, &mine).await;
    assert_eq!(
        both(&late),
        [
            row("Phone", "98220 01122", TAKEN),
            row("Town", "Pune", "Nagpur"),
            row("Address", "nothing", "12, Station Road\nSadar"),
            row("Did you ask about allergies?", "Yes, there are some", TAKEN),
            row("Which allergies, and what happens", "penicillin &#60;b&#62;", TAKEN),
        ]
    );
    assert!(
        late.text.contains("Somebody changed this record")
            && late.text.contains("receptionist of north changed it on 2"),
        "{}",
        late.text
    );
    for there in [
        "value=\"Nagpur\"",
        "12, Station Road\r\nSadar</textarea>",
        "value=\"98220 01122\"",
        "value=\"29/2/1980\"",
        "Now: <b>Pune</b>",
        "data-takes=\"f-city\" value=\"Pune\"",
        "aria-describedby=\"n-city\"",
        "name=\"allergy_status\" value=\"some\" checked",
    ] {
        assert!(late.text.contains(there), "{there}: {}", late.text);
    }
    assert!(!late.text.contains("data-takes=\"f-phone\""), "what was left alone needs no choice");
    // Nothing was saved by asking; a choice is.
    let read = |actor: Actor, id: serde_json::Value| async move {
        actor.get(&format!("patients/{}", id.as_str().unwrap())).await.json
    };
    let now = read(second.clone(), patient["patient_id"].clone()).await;
    assert_eq!((&now["city"], &now["version"]), (&json!("Pune"), &json!(2)));
    assert_eq!(hidden(&late, "version"), "2");
    let seen = hidden(&late, "seen").to_owned();
    let decided = sent(
        "2",
        &seen,
        &[
            ("city", "Nagpur"),
            ("address", "12, Station Road"),
            ("phone", "98220 01122"),
            ("allergy_status", "some"),
            ("allergies", "penicillin"),
        ],
    );
    assert_eq!(second.submit(&path, &decided).await.status, 303);
    let now = read(second, patient["patient_id"].clone()).await;
    assert_eq!(
        (&now["city"], &now["phone"], &now["version"]),
        (&json!("Nagpur"), &json!("98220 01122"), &json!(3))
    );
}

#[tokio::test]
async fn a_wrong_field_is_said_before_the_other_version_and_the_form_still_knows_what_it_was_drawn_with()
 {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let patient = world.north.patient("Asha").await;
    let id = patient["patient_id"].as_str().unwrap();
    let path = format!("patients/{id}/edit");
    let seen = hidden(&reception.page(&path).await, "seen").to_owned();
    assert_eq!(
        reception
            .patch(&format!("patients/{id}"), 1, &json!({"phone": "98220 01122"}))
            .await
            .status,
        200
    );
    let mut fields = vec![
        ("version", "1"),
        ("seen", &*seen),
        ("given_name", "Asha"),
        ("family_name", "Test"),
        ("birth_date", "31-Feb-1980"),
        ("sex", "female"),
        ("phone", ""),
        ("city", "Pune"),
        ("allergy_status", "unknown"),
    ];
    let wrong = reception.submit(&path, &fields).await;
    assert_eq!(
        (wrong.status, hidden(&wrong, "version"), hidden(&wrong, "seen")),
        (422, "1", &*seen)
    );
    fields[4].1 = "29-Feb-1980";
    let late = reception.submit(&path, &fields).await;
    assert_eq!(both(&late), [row("Phone", "98220 01122", TAKEN), row("Town", "nothing", "Pune")]);
}

#[tokio::test]
async fn settings_staff_catalogue_and_paper_show_both_versions() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    // Settings: the hours of a day are fields like others.
    let page = admin.page("settings").await;
    let (version, seen) = (hidden(&page, "version"), hidden(&page, "seen"));
    let profile = |name: &'static str, mon: &'static str| {
        vec![
            ("version", version),
            ("seen", seen),
            ("name", name),
            ("zone", "Asia/Kolkata"),
            ("currency", "INR"),
            ("locale", "en-IN"),
            ("mon", mon),
            ("chemist_name", ""),
        ]
    };
    assert_eq!(admin.submit("settings", &profile("north clinic", "9-13")).await.status, 303);
    let late = admin.submit("settings", &profile("North Clinic", "10-12")).await;
    let said = both(&late);
    assert_eq!(said[0], row("Name", "north clinic", "North Clinic"));
    assert_eq!((said.len(), &*said[1][0], &*said[1][2]), (2, "Monday", "10-12"), "{said:?}");
    by(&late, "admin");
    // Paper stands in the same row of the clinic, with a form of its own; a box left empty is a value.
    let page = admin.page("settings/paper").await;
    let (version, seen) = (hidden(&page, "version"), hidden(&page, "seen"));
    let mut layout = vec![
        ("version", version),
        ("seen", seen),
        ("paper", "a5"),
        ("letterhead", "true"),
        ("margin_top_mm", "14"),
        ("margin_right_mm", "14"),
        ("margin_bottom_mm", "14"),
        ("margin_left_mm", "14"),
    ];
    assert_eq!(admin.submit("settings/paper", &layout).await.status, 303);
    layout.retain(|(name, _)| *name != "letterhead");
    layout[2].1 = "a4";
    layout[3].1 = "20";
    let late = admin.submit("settings/paper", &layout).await;
    let said = both(&late);
    assert_eq!(
        said.iter().map(|row| row[2].as_str()).collect::<Vec<_>>(),
        [TAKEN, "20", "no"],
        "{said:?}"
    );
    // Staff: a role is said in words.
    let users = admin.get("users?role=nurse").await.json;
    let nurse = &users["items"][0];
    let path = format!("staff/{}", nurse["user_id"].as_str().unwrap());
    let page = admin.page(&path).await;
    let (version, seen) = (hidden(&page, "version"), hidden(&page, "seen"));
    let identifier = nurse["identifier"].as_str().unwrap();
    let person = |role: &'static str, name: &'static str| {
        vec![
            ("version", version),
            ("seen", seen),
            ("name", name),
            ("identifier", identifier),
            ("role", role),
        ]
    };
    assert_eq!(admin.submit(&path, &person("receptionist", "Nina")).await.status, 303);
    let late = admin.submit(&path, &person("pharmacist", "Nora")).await;
    assert_eq!(
        both(&late),
        [row("Name", "Nina", "Nora"), row("Role", "Receptionist", "Pharmacist")]
    );
    assert!(late.text.contains("value=\"Nora\""));
    by(&late, "admin");
    // A medicine of the catalogue.
    let insulin = json!({"name": "insulin", "form": "injection", "strength": "100 units/mL"});
    let made = admin.post("catalogue/medicines", &insulin).await;
    let path = format!("catalogue/medicines/{}", made.json["medicine_id"].as_str().unwrap());
    let page = admin.page(&path).await;
    let (version, seen) = (hidden(&page, "version"), hidden(&page, "seen"));
    let medicine = |form: &'static str, brand: &'static str| {
        vec![
            ("version", version),
            ("seen", seen),
            ("name", "insulin"),
            ("strength", "100 units/mL"),
            ("form", form),
            ("brand", brand),
        ]
    };
    assert_eq!(admin.submit(&path, &medicine("injection", "Huminsulin")).await.status, 303);
    let late = admin.submit(&path, &medicine("drops", "")).await;
    assert_eq!(both(&late), [row("Form", "injection", "drops"), row("Brand", "Huminsulin", TAKEN)]);
    by(&late, "admin");
}

#[tokio::test]
async fn rows_of_medicines_are_compared_and_never_mixed() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let new = [
        ("name", "Cold"),
        ("lines.0.medicine", "zinc"),
        ("lines.0.form", "tablet"),
        ("lines.0.schedule", "1-0-1"),
        ("lines.0.days", "5"),
    ];
    assert_eq!(doctor.submit("templates", &new).await.status, 303);
    let made = doctor.get("templates").await.json["items"][0].clone();
    let path = format!("templates/{}/edit", made["template_id"].as_str().unwrap());
    let mut whole = vec![("version", "1")];
    whole.extend(new);
    let mut longer = whole.clone();
    longer.extend([
        ("shared", "true"),
        ("lines.1.medicine", "ascorbic acid"),
        ("lines.1.form", "tablet"),
        ("lines.1.schedule", "0-0-1"),
        ("lines.1.days", "5"),
    ]);
    assert_eq!(doctor.submit(&path, &longer).await.status, 303);
    whole[5].1 = "9";
    let late = doctor.submit(&path, &whole).await;
    let said = both(&late);
    let find = |field: &str| {
        said.iter().find(|row| row[0] == field).unwrap_or_else(|| panic!("{field}: {said:?}"))
    };
    assert_eq!(find("Medicine 1, Days")[1..], ["5", "9"]);
    by(&late, "doctor");
    assert_eq!(find("Medicine 2, Name")[1..], ["ascorbic acid", "nothing"]);
    assert_eq!(find("Colleagues in this clinic may use it too")[1..], ["yes", "no"]);
    assert!(late.text.contains("name=\"lines.0.days\" value=\"9\""), "{}", late.text);
    assert!(late.text.contains("name=\"lines.1.medicine\" value=\"\""), "{}", late.text);
}

#[tokio::test]
async fn a_visit_that_was_given_to_another_doctor_shows_both_by_name() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let patient = world.north.patient("Asha").await;
    let visit =
        json!({"patient_id": patient["patient_id"], "purpose": "Fever", "visit_type": "routine"});
    let visit = reception.post("visits", &visit).await.json;
    let path = format!("visits/{}/edit", visit["visit_id"].as_str().unwrap());
    let page = reception.page(&path).await;
    let (_, rest) = page.text.split_once("<option value=\"").unwrap();
    let doctor = rest.split("<option value=\"").nth(1).unwrap().split('"').next().unwrap();
    let (version, seen) = (hidden(&page, "version"), hidden(&page, "seen"));
    let told = |purpose: &'static str, doctor: &'static str| {
        vec![
            ("version", version),
            ("seen", seen),
            ("purpose", purpose),
            ("visit_type", "routine"),
            ("practitioner_id", doctor),
            ("notes", ""),
        ]
    };
    let mut given = told("Fever", "");
    given[4].1 = doctor;
    assert_eq!(reception.submit(&path, &given).await.status, 303);
    // A mistake of one's own comes first, and does not hide that somebody was faster.
    let wrong = reception.submit(&path, &told("", "")).await;
    assert_eq!((wrong.status, hidden(&wrong, "version")), (422, "1"));
    let late = reception.submit(&path, &told("Fever and cough", "")).await;
    let said = both(&late);
    assert_eq!(said[0], row("Comes for", "Fever", "Fever and cough"));
    assert_eq!((&*said[1][0], &*said[1][2]), ("Doctor", TAKEN), "{said:?}");
    assert!(!said[1][1].contains('-') && said[1][1].len() > 3, "a name, no id: {said:?}");
    by(&late, "receptionist");
}
