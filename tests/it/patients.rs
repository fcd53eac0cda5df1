//! Patients: registered, found, corrected, never seen from elsewhere.

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_patient_is_registered_and_found_by_any_part_of_name_phone_or_number() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let reply = reception
        .post(
            "patients",
            &json!({"given_name": "José", "family_name": "Kulkarni", "birth_date": "1987-03-03",
            "sex": "male", "phone": "+91 98765 43210", "allergies": "penicillin (rash)"}),
        )
        .await;
    assert_eq!(reply.status, 201, "{reply:?}");
    assert_eq!(reply.header("etag"), "\"v1\"");
    assert_eq!(reply.json["allergy_status"], "some");
    let number = reply.json["number"].as_str().unwrap();
    for q in ["jose", "KUL jos", "98765", "9 876 543 210", number] {
        let found = reception.send(reception.request("GET", "patients").query(&[("q", q)])).await;
        assert_eq!(found.json["items"][0]["number"], number, "{q}");
    }
    // Without a letter or a digit nothing is asked, and nothing is found.
    for q in ["-", "%", "_", "—", "()", "' -- %"] {
        let found = reception.send(reception.request("GET", "patients").query(&[("q", q)])).await;
        assert_eq!((found.status, &found.json["items"]), (200, &json!([])), "{q}");
        let page = reception.browser("GET", "/clinic/north/patients").query(&[("q", q)]);
        assert!(!reception.send(page).await.text.contains("PT-1-"), "{q}");
    }
    let nobody = reception.get("patients?q=zzz").await;
    assert_eq!(nobody.json, json!({"items": [], "next_cursor": null}));
}

#[tokio::test]
async fn a_possible_duplicate_is_shown_before_it_is_registered() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let asha =
        json!({"given_name": "Asha", "age_years": 40, "sex": "female", "phone": "9822001122"});
    assert_eq!(reception.post("patients", &asha).await.status, 201);
    let again = reception.post("patients", &asha).await;
    assert_eq!(again.problem(), "409 possible_duplicate");
    assert_eq!(again.json["details"][0]["given_name"], "Asha");
    let mut other = asha.clone();
    other["duplicate_ok"] = json!(true);
    assert_eq!(reception.post("patients", &other).await.status, 201);
    // The other clinic knows no Asha.
    assert_eq!(world.south.receptionist().await.post("patients", &asha).await.status, 201);
}

#[tokio::test]
async fn a_correction_needs_the_version_that_was_read() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let patient = world.north.patient("Asha").await;
    let path = format!("patients/{}", patient["patient_id"].as_str().unwrap());
    let changed = reception.patch(&path, 1, &json!({"city": "Pune", "family_name": null})).await;
    assert_eq!((changed.status, &changed.json["city"]), (200, &json!("Pune")));
    assert_eq!(changed.json["family_name"], json!(null));
    assert_eq!(reception.patch(&path, 1, &json!({"city": "Nagpur"})).await.problem(), "412 stale");
    let blind =
        reception.send(reception.request("PATCH", &path).json(&json!({"city": "Nagpur"}))).await;
    assert_eq!(blind.problem(), "428 precondition_required");
}

#[tokio::test]
async fn another_clinics_patient_is_not_there() {
    let world = World::open().await;
    let asha = world.south.patient("Asha").await;
    let id = asha["patient_id"].as_str().unwrap();
    let doctor = world.north.doctor().await;
    let foreign = doctor.get(&format!("patients/{id}")).await;
    let unknown = doctor.get("patients/018f0000-0000-7000-8000-000000000000").await;
    let elsewhere = doctor.get(&format!("/clinic/south/api/v1/patients/{id}")).await;
    let nowhere = doctor.get(&format!("/clinic/nowhere/api/v1/patients/{id}")).await;
    for reply in [&foreign, &unknown, &elsewhere, &nowhere] {
        assert_eq!(reply.problem(), "404 not_found");
    }
}

#[tokio::test]
async fn a_retry_with_the_same_key_registers_once() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let asha = json!({"given_name": "Asha", "age_years": 40, "sex": "female"});
    let send = |body: &serde_json::Value| {
        reception
            .send(reception.request("POST", "patients").header("idempotency-key", "k1").json(body))
    };
    let first = send(&asha).await;
    let second = send(&asha).await;
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.text, second.text);
    assert_eq!(second.header("idempotency-replayed"), "true");
    let other = send(&json!({"given_name": "Usha", "age_years": 40, "sex": "female"})).await;
    assert_eq!(other.refused(), ["Idempotency-Key: reused"]);
}

#[tokio::test]
async fn thirty_two_receptionists_leave_no_gap_and_no_duplicate() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let register = |n: usize| {
        let reception = reception.clone();
        async move {
            let body = json!({"given_name": format!("P{n}"), "age_years": 30, "sex": "other"});
            let reply = reception.post("patients", &body).await;
            assert_eq!(reply.status, 201, "{reply:?}");
            let number = reply.json["number"].as_str().unwrap().to_owned();
            number.rsplit('-').next().unwrap().parse::<usize>().unwrap()
        }
    };
    let mut taken = futures_util::future::join_all((0..96).map(register)).await;
    taken.sort_unstable();
    assert_eq!(taken, (1..=96).collect::<Vec<_>>());
}

#[tokio::test]
async fn matches_come_while_somebody_types() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    for (given, phone) in [("Asha", "98220 01122"), ("Ashok", "98220 03344")] {
        let body = json!({"given_name": given, "family_name": "Kulkarni", "birth_date": "1987-03-03",
            "sex": "female", "phone": phone});
        assert_eq!(reception.post("patients", &body).await.status, 201);
    }
    // Every word counts, a phone in any spacing, and the line says who that is.
    for (q, found) in [("kul", 2), ("KULKARNI as", 2), ("kul asha", 1), ("9822001", 1)] {
        let piece = reception.page(&format!("patients/suggest?q={q}")).await;
        assert_eq!(piece.status, 200, "{q}");
        assert!(piece.text.contains(&format!("data-found=\"{found}\"")), "{q}: {}", piece.text);
        assert_eq!(piece.text.matches("born 03-Mar-1987 (").count(), found, "{q}");
        assert!(!piece.text.contains("<html"), "a piece, not a page");
    }
    let piece = reception.page("patients/suggest?q=kul+asha").await.text;
    for said in ["KULKARNI, Asha", "Female", "PT-", "98220 01122", "role=\"option\""] {
        assert!(piece.contains(said), "{said}: {piece}");
    }
    // Where the next thing is a check-in the line leads there, for those who may.
    let to_check_in = "patients/suggest?q=kul+asha&for=check-in";
    assert!(reception.page(to_check_in).await.text.contains("/check-in\""));
    let doctor = world.north.doctor().await.page(to_check_in).await.text;
    assert!(doctor.contains("KULKARNI, Asha"));
    assert!(!doctor.contains("/check-in") && !doctor.contains("patients/new"), "{doctor}");
    // Nobody found: what was typed is the beginning of a registration.
    let nobody = reception.page("patients/suggest?q=sunita+%3Cpatil%3E+39").await.text;
    assert!(nobody.contains("data-found=\"0\"") && nobody.contains("data-given=\"Sunita\""));
    assert!(nobody.contains("data-age=\"39\"") && !nobody.contains("<patil>"), "{nobody}");
    // The other clinic's people are not there, and nothing typed finds nobody.
    assert!(
        world.south.receptionist().await.page(to_check_in).await.text.contains("data-found=\"0\"")
    );
    assert!(reception.page("patients/suggest?q=").await.text.contains("data-found=\"0\""));
}

#[tokio::test]
async fn no_more_matches_come_than_the_eye_takes_in() {
    let world = World::open().await;
    for n in 0..9 {
        world.north.patient(&format!("Asha{n}")).await;
    }
    let piece = world.north.doctor().await.page("patients/suggest?q=asha").await.text;
    assert!(piece.contains("data-found=\"8\"") && piece.contains("and more"), "{piece}");
    assert!(piece.contains("/clinic/north/patients?q=asha"), "{piece}");
}

#[tokio::test]
async fn a_name_shows_all_that_is_in_it() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let register = async |field: &str, name: &str| {
        let mut body =
            json!({"given_name": "Asha", "sex": "female", "age_years": 40, "duplicate_ok": true});
        body[field] = json!(name);
        reception.post("patients", &body).await
    };
    for field in ["given_name", "family_name", "emergency_name"] {
        for name in
            ["As\u{200b}ha", "\u{202e}ahsA", "Asha\u{2066}", "\u{feff}Asha\u{ad}x", "A\u{200d}sha"]
        {
            let reply = register(field, name).await;
            assert_eq!(reply.refused(), [format!("{field}: invisible_character")], "{name:?}");
        }
        assert_eq!(
            register(field, "As\nha").await.refused(),
            [format!("{field}: control_character")]
        );
    }
    // In Devanagari a joiner between two letters says how they are drawn.
    for name in ["लक्\u{200d}ष्मी", "श्री\u{200c}मती", "आशा", "O’Neil"]
    {
        let reply = register("given_name", name).await;
        assert_eq!((reply.status, &reply.json["given_name"]), (201, &json!(name)), "{reply:?}");
    }
    let admin = world.north.admin().await;
    for (path, mut body) in [
        ("users", json!({"identifier": "nina", "role": "nurse"})),
        ("catalogue/medicines", json!({"form": "tablet"})),
        ("catalogue/tests", json!({"kind": "blood"})),
    ] {
        body["name"] = json!("Ni\u{200b}na");
        let reply = admin.post(path, &body).await;
        assert!(reply.refused().contains(&"name: invisible_character".to_owned()), "{reply:?}");
    }
}

#[tokio::test]
async fn people_say_the_end_of_a_number() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let body = json!({"given_name": "Usha", "family_name": "Rao", "sex": "female", "age_years": 40,
        "phone": "+91 86886 96005"});
    let usha = reception.post("patients", &body).await.json;
    world.north.patient("Asha").await;
    let number = usha["number"].as_str().unwrap();
    let tail = number.rsplit('-').next().unwrap();
    for q in [
        "6005",
        "8688696005",
        "918688696005",
        "86886",
        number,
        tail,
        tail.trim_start_matches('0'),
        "rao 6005",
    ] {
        let found = reception.get(&format!("patients?q={}", q.replace(' ', "+"))).await.json;
        let names: Vec<_> =
            found["items"].as_array().unwrap().iter().map(|p| &p["given_name"]).collect();
        assert_eq!(names, ["Usha"], "{q}");
    }
    // Another number, and the old one finds nobody.
    let record = format!("patients/{}", usha["patient_id"].as_str().unwrap());
    assert_eq!(reception.patch(&record, 1, &json!({"phone": "98220 01122"})).await.status, 200);
    assert_eq!(reception.get("patients?q=6005").await.json["items"], json!([]));
    assert_eq!(reception.get("patients?q=1122").await.json["items"].as_array().unwrap().len(), 1);
}
