//! Reception: one screen finds, registers and checks in.

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::world::{Actor, World};

const ASHA: [(&str, &str); 8] = [
    ("given_name", "Asha"),
    ("family_name", "Kulkarni"),
    ("birth_date", "3/3/87"),
    ("sex", "female"),
    ("phone", "98220 01122"),
    ("check_in", "yes"),
    ("purpose", "fever"),
    ("visit_type", "routine"),
];

/// The form with some fields as said here, and without those that are said to be empty.
fn with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form: Vec<_> =
        ASHA.into_iter().filter(|(name, _)| changes.iter().all(|(n, _)| n != name)).collect();
    form.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    form
}

async fn counted(actor: &Actor, what: &str) -> usize {
    actor.get(&format!("{what}?limit=100")).await.json["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_box_finds_and_fills_the_form_with_what_was_typed() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    world.north.patient("Asha").await;
    let found = reception.page("patients/new?q=asha").await;
    assert_eq!(found.status, 200);
    assert!(found.text.contains("TEST, Asha") && found.text.contains("/check-in\""));
    let nobody = reception.page("patients/new?q=sunita+patil+98220+01122").await.text;
    for filled in ["value=\"Sunita\"", "value=\"Patil\"", "value=\"98220 01122\"", "Nobody found"] {
        assert!(nobody.contains(filled), "{filled}: {nobody}");
    }
    assert!(nobody.contains("name=\"check_in\" value=\"yes\" checked"), "{nobody}");
    assert!(nobody.contains("doctor of north"));
    assert_eq!(world.north.doctor().await.page("patients/new").await.status, 403);
}

#[tokio::test]
async fn one_form_registers_and_checks_in_and_shows_the_token() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let sent = reception.submit("patients", &with(&[("once", "k1")])).await;
    let to = sent.header("location").to_owned();
    assert_eq!(sent.status, 303, "{sent:?}");
    assert!(to.ends_with("/token?done=received"), "{to}");
    // The same form again is the same patient and the same token.
    let twice = reception.submit("patients", &with(&[("once", "k1")])).await;
    assert_eq!((twice.status, twice.header("location")), (303, to.as_str()));
    assert_eq!(counted(&reception, "visits").await, 1);
    let page = reception.page(to.trim_start_matches("/clinic/north/")).await.text;
    assert!(page.contains("Registered and checked in.") && page.contains("KULKARNI, Asha"));
    assert!(page.contains("<b>1</b>") && page.contains("Next patient"), "{page}");
    let waits = reception.get("visits?day=today&status=waiting").await.json;
    assert_eq!(waits["items"][0]["purpose"], "fever");
    // Elsewhere there is no such token.
    let path = to.trim_start_matches("/clinic/north/");
    assert_eq!(world.south.receptionist().await.page(path).await.status, 404);
}

#[tokio::test]
async fn without_a_check_in_the_patient_is_registered_and_nobody_waits() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let sent = reception.submit("patients", &with(&[("check_in", ""), ("purpose", "")])).await;
    assert_eq!(sent.status, 303, "{sent:?}");
    assert!(sent.header("location").ends_with("?done=registered"), "{sent:?}");
    assert_eq!(counted(&reception, "visits").await, 0);
}

#[tokio::test]
async fn what_is_wrong_with_either_half_registers_nobody() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let before = counted(&reception, "patients").await;
    for (change, said) in [
        (("purpose", ""), "Comes for"),
        (("sex", ""), "Fill this in"),
        (("birth_date", "soon"), "Write a date like"),
        (("birth_date", "1/1/2190"), "The birth date is in the future"),
        (("phone", "call me"), "4 to 16 digits"),
        (("practitioner_id", "018f0000-0000-7000-8000-000000000000"), "Nobody with this id"),
        (("visit_type", "fatal"), "Choose one of the offered"),
    ] {
        let reply = reception.submit("patients", &with(&[change])).await;
        assert_eq!(reply.status, 422, "{change:?} {reply:?}");
        assert!(reply.text.contains(said), "{change:?}: {}", reply.text);
        assert!(reply.text.contains("value=\"Kulkarni\""), "what was typed stays: {change:?}");
    }
    assert_eq!(counted(&reception, "patients").await, before);
    assert_eq!(counted(&reception, "visits").await, 0);
}

#[tokio::test]
async fn somebody_alike_is_shown_beside_with_what_differs() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    assert_eq!(reception.submit("patients", &with(&[])).await.status, 303);
    let again = with(&[("phone", "98220 09999"), ("once", "k2")]);
    let shown = reception.submit("patients", &again).await;
    assert_eq!(shown.status, 422);
    for said in ["On record", "differs:", "98220 01122", "No, this is another person"] {
        assert!(shown.text.contains(said), "{said}: {}", shown.text);
    }
    assert_eq!(shown.text.matches("differs:").count(), 1, "only the phone: {}", shown.text);
    assert_eq!(counted(&reception, "visits").await, 1);
    // Looked at: another person, so both are here.
    let decided = with(&[("phone", "98220 09999"), ("duplicate_ok", "yes")]);
    assert_eq!(reception.submit("patients", &decided).await.status, 303);
    assert_eq!(counted(&reception, "visits").await, 2);
}

#[tokio::test]
async fn those_alike_are_shown_before_the_form_is_sent() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let told = json!({"given_name": "Asha", "family_name": "Kulkarni", "age_years": 39, "sex": "female",
        "phone": "+91 98220 01122"});
    assert_eq!(reception.post("patients", &told).await.status, 201);
    for (query, like) in [
        ("phone=9822001122", true),
        ("phone=98220", false),
        ("given_name=ASHA&family_name=kulkarni&birth_date=40", true),
        ("given_name=Asha&family_name=Kulkarni&birth_date=50", false),
        ("given_name=Asha&birth_date=39", false),
        ("given_name=Asha&family_name=Kulkarni&birth_date=nonsense", false),
        ("", false),
    ] {
        let piece = reception.page(&format!("patients/alike?{query}")).await;
        assert_eq!(piece.status, 200, "{query}");
        assert_eq!(piece.text.contains("KULKARNI, Asha"), like, "{query}: {}", piece.text);
        assert!(!piece.text.contains("<html"));
    }
    // Who is alike in another clinic is nobody's business here.
    let south = world.south.receptionist().await;
    assert!(!south.page("patients/alike?phone=9822001122").await.text.contains("Asha"));
}

#[tokio::test]
async fn two_who_register_the_same_person_at_once_and_retry_check_in_once() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let form = with(&[("once", "k1")]);
    let sent =
        futures_util::future::join_all((0..8).map(|_| reception.submit("patients", &form))).await;
    let to = sent[0].header("location").to_owned();
    assert!(to.contains("/token"), "{to}");
    assert!(sent.iter().all(|reply| reply.status == 303 && reply.header("location") == to));
    assert_eq!(counted(&reception, "visits").await, 1);
}

#[tokio::test]
async fn the_day_stands_in_figures_that_follow_what_happens() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    assert_eq!(reception.submit("patients", &with(&[])).await.status, 303);
    world.south.patient("Elsewhere").await;
    let figures = async || {
        let page = reception.page("today").await;
        assert_eq!(page.status, 200);
        let figures: Vec<_> = page.text.split("<b>").skip(1).take(4).collect();
        let numbers = figures.iter().map(|f| f.split('<').next().unwrap().parse().unwrap());
        (numbers.collect::<Vec<i64>>(), page.text)
    };
    let (before, page) = figures().await;
    // The clinic's own patient and the one of the form were registered today.
    assert_eq!(before, [1, 0, 0, 2]);
    assert!(page.contains("KULKARNI, Asha") && page.contains("fever"), "{page}");
    let waits = reception.get("visits?day=today").await.json["items"][0].clone();
    let path = format!("visits/{}/move", waits["visit_id"].as_str().unwrap());
    for (n, to) in [(1, "in_consultation"), (2, "completed")] {
        let sent = reception.submit(&path, &[("version", &n.to_string()), ("to", to)]).await;
        assert_eq!(sent.status, 303, "{sent:?}");
    }
    assert_eq!(figures().await.0, [0, 0, 1, 2]);
    for role in ["admin", "doctor", "nurse", "patient"] {
        assert_eq!(world.north.actor(role).await.page("today").await.status, 403, "{role}");
    }
}

#[tokio::test]
async fn who_has_waited_long_is_counted_and_said_in_words() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    assert_eq!(reception.submit("patients", &with(&[])).await.status, 303);
    assert!(!reception.page("today").await.text.contains("Waiting longer"));
    let mut owner = world.connect("postgres").await;
    for (minutes, late) in [(30, false), (32, true)] {
        let sql = format!(
            "update polyclinic.visits set arrived_at = now() - interval '{minutes} minutes'"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut owner).await.unwrap();
        let page = reception.page("today").await.text;
        assert_eq!(page.contains("Waiting longer than 30 minutes: 1"), late, "{minutes}: {page}");
        assert_eq!(page.contains("min, waiting long"), late, "{minutes}: {page}");
    }
}

#[tokio::test]
async fn an_indian_keyboard_writes_its_own_digits() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let typed = [("birth_date", "५२"), ("phone", "९८२२० १११२२")];
    let sent = reception.submit("patients", &with(&typed)).await;
    assert_eq!(sent.status, 303, "{sent:?}");
    let patient = reception.get("patients").await.json["items"][0].clone();
    assert_eq!((&patient["phone"], &patient["age"]), (&"98220 11122".into(), &52.into()));
}

#[tokio::test]
async fn a_birth_date_that_cannot_be_is_said_once_and_how() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    for (typed, said) in [
        ("31/2/1990", "Feb-1990 has 28 days."),
        ("29/2/2023", "Feb-2023 has 28 days."),
        ("01-01-1850", "Use a year from 1875 to 2200."),
        ("1/1/2190", "The birth date is in the future."),
        ("171", "Nobody is older than 150 years."),
        ("soon", "Write a date like 3/3/1987, or an age like 39 or 6 months."),
        ("", "Give the birth date, or else the age."),
    ] {
        let reply = reception.submit("patients", &with(&[("birth_date", typed)])).await;
        assert_eq!(reply.status, 422, "{typed}");
        let list = reply.text.split("id=\"errors-title\"").nth(1).unwrap();
        let list = list.split("</ul>").next().unwrap();
        assert_eq!(list.matches("<li>").count(), 1, "{typed}: {list}");
        assert!(list.contains("#f-birth_date") && list.contains(said), "{typed}: {list}");
        assert_eq!(reply.text.matches("class=\"err\"").count(), 1, "{typed}");
    }
}

#[tokio::test]
async fn an_age_is_told_in_years_months_weeks_or_days() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    for (given, typed, shown) in [
        ("Half", "6 months", "about 6 mo"),
        ("Quarter", "3m", "about 3 mo"),
        ("Small", "१० दिन", "about 10 d"),
        ("Fortnight", "2 w", "about 14 d"),
        ("Seven", "7 वर्षे", "about 7 y"),
        ("Noyear", "0", "under 1 y"),
    ] {
        let typed = [("given_name", given), ("birth_date", typed), ("phone", ""), ("once", given)];
        let sent = reception.submit("patients", &with(&typed)).await;
        assert_eq!(sent.status, 303, "{given}: {sent:?}");
        let found = reception.get(&format!("patients?q={given}")).await.json["items"][0].clone();
        let path = format!("patients/{}", found["patient_id"].as_str().unwrap());
        let chart = reception.page(&path).await.text;
        let banner =
            chart.split("class=\"banner\"").nth(1).unwrap().split("</div>").next().unwrap();
        assert!(banner.contains(&format!("<span>{shown}</span>")), "{given}: {banner}");
        assert!(reception.page(&format!("patients?q={given}")).await.text.contains(shown));
        // What was told stays told, and in the same words, where the record is corrected.
        let form = reception.page(&format!("{path}/edit")).await.text;
        let told = shown.trim_start_matches("about ");
        assert!(form.contains(&format!("Age told: {told}<")), "{given}: {form}");
    }
}

#[tokio::test]
async fn an_apostrophe_is_one_however_it_is_typed() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let names = [("given_name", "Siobhan"), ("family_name", "O'Brien"), ("birth_date", "3/3/1987")];
    assert_eq!(reception.submit("patients", &with(&names)).await.status, 303);
    for typed in ["O'Brien", "O’Brien", "obrien", "brien", "O Brien"] {
        let found = reception.get(&format!("patients?q={typed}")).await.json;
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{typed}: {found}");
    }
    let again = [("given_name", "Siobhan"), ("family_name", "O’Brien"), ("phone", "98220 09999")];
    let again = reception.submit("patients", &with(&again)).await;
    assert!(again.status == 422 && again.text.contains("On record"), "{again:?}");
}
