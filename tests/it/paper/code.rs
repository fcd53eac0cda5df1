//! The code on a sheet: whoever scans it learns whether the sheet stands.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::prescriptions::{act, draft, id, line, path, sign};
use crate::world::{Reply, World};

/// Where the code of a sheet leads.
async fn code_of(world: &World, rx: &Value) -> String {
    let mut owner = world.connect("postgres").await;
    let (number, code): (i32, uuid::Uuid) = sqlx::query_as(
        "select d.clinic_number, p.sheet_code from polyclinic.prescriptions p join platform.directory d using (clinic_id)
         where p.prescription_id = $1::uuid",
    )
    .bind(rx["prescription_id"].as_str().unwrap())
    .fetch_one(&mut owner)
    .await
    .unwrap();
    polyclinic::paper::check::path(number, code)
}

#[tokio::test]
async fn whoever_holds_a_sheet_learns_whether_it_stands_and_nothing_else() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = world.north.patient("Asha").await;
    let anybody = world.anybody();
    let rx = draft(&doctor, &id(&asha), &[line("paracetamol")]).await;
    let place = code_of(&world, &rx).await;
    assert_eq!(anybody.get(&place).await.status, 404, "a draft is no prescription");
    let rx = sign(&doctor, &rx).await;
    let seen = anybody.get(&place).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    let day = chrono::DateTime::parse_from_rfc3339(rx["signed_at"].as_str().unwrap()).unwrap();
    let day = day.with_timezone(&chrono_tz::Asia::Kolkata).format("%d-%b-%Y").to_string();
    for said in ["This prescription stands", "north clinic", day.as_str()] {
        assert!(seen.text.contains(said), "{said}: {}", seen.text);
    }
    for secret in [
        "Asha",
        "TEST",
        "paracetamol",
        rx["number"].as_str().unwrap(),
        "PT-",
        "doctor of north",
        "1980",
    ] {
        assert!(!seen.text.contains(secret), "{secret}");
    }
    // The code on the paper leads there: print page and PDF were made of the same address.
    let print =
        doctor.send(doctor.browser("GET", &format!("/clinic/north/{}/print", path(&rx)))).await;
    let address = format!("{}{place}", world.base);
    let drawn = polyclinic::paper::Code::of(&address).unwrap().path();
    assert!(print.text.contains(&drawn), "another address is in the code");
    // The clinic is called something else since: the page says what the paper says.
    let admin = world.north.admin().await;
    let version = admin.get("clinic").await.json["version"].as_i64().unwrap();
    assert_eq!(admin.patch("clinic", version, &json!({"name": "Other Name"})).await.status, 200);
    let renamed = anybody.get(&place).await.text;
    assert!(renamed.contains("north clinic") && !renamed.contains("Other Name"), "{renamed}");
    // Replaced, then void.
    let next = doctor
        .post("prescriptions", &json!({"patient_id": id(&asha), "replaces_id": rx["prescription_id"], "lines": [line("ibuprofen")]}))
        .await;
    assert!(
        anybody.get(&place).await.text.contains("This prescription stands"),
        "the correction is a draft"
    );
    let next = sign(&doctor, &next.json).await;
    assert!(anybody.get(&place).await.text.contains("Replaced: do not dispense"));
    act(&doctor, &next, "void", &json!({"reason": "secret reason"})).await;
    let void = anybody.get(&code_of(&world, &next).await).await;
    assert!(
        void.text.contains("Void: do not dispense") && !void.text.contains("secret"),
        "{}",
        void.text
    );
}

#[tokio::test]
async fn a_code_is_not_guessed() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = world.north.patient("Asha").await;
    let rx = sign(&doctor, &draft(&doctor, &id(&asha), &[line("paracetamol")]).await).await;
    let place = code_of(&world, &rx).await;
    let anybody = world.anybody();
    let token = place.trim_start_matches("/rx/");
    let (number, code) = token.split_once('-').unwrap();
    // The prescription's id is no code, nor is the code of one clinic one of another.
    let prescription: uuid::Uuid = rx["prescription_id"].as_str().unwrap().parse().unwrap();
    let foreign = if number == "1" { "2" } else { "1" };
    let mut tries = vec![
        polyclinic::paper::check::path(number.parse().unwrap(), prescription),
        format!("/rx/{foreign}-{code}"),
        format!("/rx/{number}-"),
        "/rx/x".to_owned(),
        format!("/rx/{number}-{}", "A".repeat(22)),
    ];
    for _ in 0..40 {
        tries.push(polyclinic::paper::check::path(1, uuid::Uuid::new_v4()));
    }
    let mut answers = Vec::new();
    for place in tries {
        answers.push(anybody.get(&place).await.status);
    }
    assert!(answers.iter().take(25).all(|status| *status == 404), "{answers:?}");
    let shapeless = anybody.get("/rx/1-x").await;
    assert!(shapeless.status == 404 && shapeless.text.contains("Unknown code: do not dispense"));
    assert_eq!(answers.last(), Some(&429), "a guesser is slowed: {answers:?}");
}

#[tokio::test]
async fn questions_come_at_the_pace_of_a_counter() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = world.north.patient("Asha").await;
    let rx = sign(&doctor, &draft(&doctor, &id(&asha), &[line("paracetamol")]).await).await;
    let place = code_of(&world, &rx).await;
    let anybody = world.anybody();
    let mut slowed: Option<Reply> = None;
    for _ in 0..90 {
        let reply = anybody.get(&place).await;
        if reply.status == 429 {
            slowed = Some(reply);
            break;
        }
    }
    let slowed = slowed.expect("ninety questions in a moment");
    assert!(!slowed.header("retry-after").is_empty());
}
