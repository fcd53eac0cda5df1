//! Every page in every language, as everybody sees it: whole, and in no words but the catalogue's, the
//! data's and its own language's.

mod said;
mod templates;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use sqlx::PgConnection;

use crate::access::people::People;
use crate::access::route::{Route, routes};
use crate::rows::{ask, value};
use crate::texts::{placeholders, spoken};
use crate::world::{Actor, ROLES, Reply, World};
use crate::{notes, prescriptions, vitals};
use said::{latin, said};

/// Latin words that are the same in every language: units, standards, marks, what a program is called.
const COMMON: &[&str] = &[
    "PT",
    "RX",
    "mg",
    "mL",
    "dL",
    "dl",
    "mm",
    "mmHg",
    "kg",
    "cm",
    "KB",
    "MB",
    "INR",
    "English",
    "polyclinic",
];

/// Judges what pages say in one language.
struct Judge {
    language: &'static str,
    groups: BTreeSet<String>,
    /// English texts that must not be seen, by what stands before and after their first place.
    english: Vec<(String, String)>,
    allowed: BTreeSet<String>,
    wrong: BTreeMap<String, String>,
    pages: usize,
}

impl Judge {
    fn new(language: &'static str, data: &BTreeSet<String>) -> Judge {
        let (english, own) = (spoken("en"), spoken(language));
        let groups =
            english.keys().filter_map(|k| k.split('.').next()).map(str::to_owned).collect();
        let foreign = english.iter().filter(|(key, (_, text))| {
            own[*key].1 != *text && text.chars().any(char::is_alphabetic)
        });
        let foreign =
            foreign.map(|(_, (_, text))| text).filter(|text| placeholders(text).len() < 2);
        let parts = |text: &String| {
            let mut parts = text.splitn(2, '{');
            let (before, after) = (parts.next().unwrap(), parts.next());
            let after = after.map(|rest| rest.split_once('}').unwrap().1);
            (before.to_owned(), after.unwrap_or("\0").to_owned())
        };
        let english: Vec<_> = foreign.map(parts).collect();
        let mut allowed: BTreeSet<_> = COMMON.iter().map(|word| (*word).to_owned()).collect();
        allowed.extend(own.values().flat_map(|(_, text)| latin(text)));
        allowed.extend(data.iter().cloned());
        Judge { language, groups, english, allowed, wrong: BTreeMap::new(), pages: 0 }
    }

    /// A key instead of its text.
    fn is_key(&self, word: &str) -> bool {
        let shaped = word
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._".contains(&b));
        let group =
            word.split_once('.').filter(|(_, rest)| !rest.is_empty() && !rest.ends_with('.'));
        shaped && group.is_some_and(|(group, _)| self.groups.contains(group))
    }

    /// Whether this is a text of the English catalogue.
    fn is_english(&self, text: &str) -> bool {
        self.language != "en"
            && self.english.iter().any(|(before, after)| match after.as_str() {
                "\0" => text == before,
                after if text.is_ascii() => {
                    latin(before).len() + latin(after).len() > 1
                        && text.len() >= before.len() + after.len()
                        && text.starts_with(before.as_str())
                        && text.ends_with(after)
                }
                _ => false,
            })
    }

    fn look(&mut self, whence: &str, page: &Reply) {
        let kind = page.header("content-type");
        if !kind.starts_with("text/html") {
            return;
        }
        self.pages += 1;
        let mut faults = Vec::new();
        let tagged = page.text.contains(&format!("<html lang=\"{}\">", self.language));
        // A piece for a script is put into a page that says it.
        if page.text.contains("<html") && !tagged {
            faults.push(format!("is not in {}", self.language));
        }
        for text in said(&page.text) {
            if let Some(key) = text.split(' ').find(|word| self.is_key(word)) {
                faults.push(format!("shows the key {key}"));
            }
            if self.is_english(&text) {
                faults.push(format!("says in English: {text}"));
            }
            if self.language != "en" {
                let unknown: Vec<_> = latin(&text).difference(&self.allowed).cloned().collect();
                if !unknown.is_empty() {
                    faults.push(format!("{unknown:?} in: {text}"));
                }
            }
        }
        for fault in faults {
            self.wrong
                .entry(format!("{} {fault}", self.language))
                .or_insert_with(|| whence.to_owned());
        }
    }
}

/// Somebody of a role to whom the service speaks a language.
async fn speaker(world: &World, role: &'static str, language: &str) -> Actor {
    let actor = world.north.actor(role).await;
    let chosen = actor.request("PUT", "me/language").json(&json!({"language": language}));
    assert_eq!(actor.send(chosen).await.status, 204);
    actor
}

/// A page as a browser asks for it in which the language was chosen at the door, too.
fn at_the_door(actor: &Actor, path: &str, language: &str) -> reqwest::RequestBuilder {
    let mut browser = actor.clone();
    browser.token = None;
    let cookie = format!("{}; language={language}", actor.cookie());
    browser.request("GET", path).header("cookie", cookie)
}

/// A day's work, so that pages have something to say; gives ids by table.
async fn work(world: &World) -> BTreeMap<&'static str, String> {
    let (reception, doctor) = (world.north.receptionist().await, world.north.doctor().await);
    let admin = world.north.admin().await;
    admin.post("catalogue/starter", &json!({})).await;
    let asha = reception
        .post("patients", &json!({"given_name": "Asha", "family_name": "Kulkarni", "birth_date": "1961-02-28",
            "sex": "female", "phone": "9822001122", "allergy_status": "some", "allergies": "penicillin (hives)",
            "blood_group": "O+", "city": "Pune", "weight_kg": 61.5, "identity_kind": "pan", "identity_number": "ABCDE1234F",
            "emergency_name": "Ravi, Pune", "emergency_phone": "9822001123", "medical_history": "Asthma"}))
        .await;
    assert_eq!(asha.status, 201, "{asha:?}");
    let asha = prescriptions::id(&asha.json);
    let renamed = reception.patch(&format!("patients/{asha}"), 1, &json!({"city": "Satara"})).await;
    assert_eq!(renamed.status, 200, "{renamed:?}");
    let mut visit = String::new();
    for turn in 0..3 {
        visit = vitals::check_in(world, &asha).await;
        let measured = json!({"visit_id": visit, "systolic_mmhg": 150 + turn * 20, "diastolic_mmhg": 95, "pulse_bpm": 40,
            "respiration_bpm": 18, "temperature_c": 39.5, "spo2_percent": 84, "glucose_mg_dl": 60, "weight_kg": 61.5, "height_cm": 160});
        let measured = doctor.post(&format!("patients/{asha}/vitals"), &measured).await;
        assert_eq!(measured.status, 201, "{measured:?}");
        let note = json!({"complaint": "Fever for days", "findings": "Throat red", "diagnosis": "Pharyngitis", "diagnosis_code": "J02.9",
            "plan": "Rest", "advice": "Warm water", "follow_up_on": "2199-01-09"});
        let noted = notes::first(&doctor, &visit, &note).await;
        assert_eq!(noted.status, 201, "{noted:?}");
        if turn < 2 {
            vitals::set_status(world, &visit, if turn == 0 { "completed" } else { "cancelled" })
                .await;
        }
    }
    let lines = json!([
        {"medicine": "Paracetamol", "form": "tablet", "strength": "500 mg", "schedule": "1-1-1-1", "food": "after", "days": 5},
        {"medicine": "Cetirizine", "form": "syrup", "strength": "5 mg/5 mL", "dose": "5 mL", "schedule": "every 6 hours", "food": "before", "quantity": 1},
        {"medicine": "Azithromycin", "form": "capsule", "strength": "250 mg", "dose": "2", "schedule": "every 2 days", "food": "with", "days": 1, "quantity": 2},
        {"medicine": "Salbutamol", "form": "inhaler", "strength": "100 micrograms", "dose": "1", "schedule": "as needed", "quantity": 1},
        {"medicine": "Ergocalciferol", "form": "powder", "strength": "60 mg", "dose": "1", "schedule": "every 7 days", "quantity": 4},
    ]);
    let tests =
        json!([{"name": "Malaria smear", "kind": "blood"}, {"name": "Chest", "kind": "xray"}]);
    let rx = json!({"patient_id": asha, "visit_id": visit, "diagnosis": "Pharyngitis", "advice": "Rest", "lines": lines, "tests": tests});
    let mut last = String::new();
    for turn in 0..3 {
        let drafted = doctor.post("prescriptions", &rx).await;
        assert_eq!(drafted.status, 201, "{drafted:?}");
        if turn < 2 {
            let signed = prescriptions::sign(&doctor, &drafted.json).await;
            prescriptions::path(&signed).split_once('/').unwrap().1.clone_into(&mut last);
            if turn == 0 {
                let voided = prescriptions::act(
                    &doctor,
                    &signed,
                    "void",
                    &json!({"reason": "Wrong person"}),
                )
                .await;
                assert_eq!(voided.status, 200, "{voided:?}");
            }
        }
    }
    let file = "id,gender,age,hypertension,heart_disease,ever_married,work_type,Residence_type,avg_glucose_level,bmi,smoking_status,stroke,colour\n\
        1,Male,67,1,1,Yes,Private,Urban,228.7,36.6,formerly smoked,1,red\n\
        2,Female,40,0,0,No,Govt_job,Rural,90.1,N/A,never smoked,0,red\n\
        3,Martian,40,0,0,No,children,Rural,90.1,N/A,Unknown,0,red\n\
        4,Female,300,1,0,No,Self-employed,Rural,90.1,20,smokes,0,red\n\
        x,y\n";
    let import = admin.import("?file_name=people.csv", file).await;
    assert!(import.status < 300, "{import:?}");
    let import =
        admin.get("imports").await.json["items"][0]["import_id"].as_str().unwrap().to_owned();
    BTreeMap::from([
        ("patients", asha),
        ("visits", visit),
        ("prescriptions", last),
        ("imports", import),
    ])
}

/// Words of the data: of every column that holds free text.
async fn data(superuser: &mut PgConnection, clinic: i64) -> BTreeSet<String> {
    let columns = ask(
        superuser,
        "select c.relname, a.attname
         from pg_class c
         join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         where c.relnamespace = 'polyclinic'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
           and a.atttypid in ('text'::regtype, 'text[]'::regtype)
           and exists (select from pg_attribute i where i.attrelid = c.oid and i.attname = 'clinic_id')
           and not exists (select from pg_constraint k
                           where k.conrelid = c.oid and k.conname like '%\\_known' and k.conkey = array[a.attnum])",
    )
    .await;
    let mut words = BTreeSet::new();
    for column in columns {
        let [table, column] = <[_; 2]>::try_from(column).unwrap().map(Option::unwrap);
        if ["history", "idempotency_keys"].contains(&table.as_str()) {
            continue;
        }
        let sql = format!(
            "select string_agg({column}::text, ' ') from polyclinic.{table} where clinic_id = {clinic}"
        );
        words.extend(latin(&value(superuser, &sql).await));
    }
    // A family name is shown in capitals.
    let loud: Vec<_> = words.iter().map(|word| word.to_uppercase()).collect();
    words.extend(loud);
    words
}

fn is_page(route: &Route) -> bool {
    route.method == "GET"
        && !route.is_api()
        && !["/assets/", "/language/", "/livez", "/readyz"]
            .iter()
            .any(|other| route.address.starts_with(other))
}

#[tokio::test]
async fn every_page_speaks_the_language_of_its_reader() {
    let world = World::open().await;
    let made = work(&world).await;
    let mut people = People::of(&world).await;
    let north = people.north;
    let routes: Vec<_> = routes().into_iter().filter(is_page).collect();
    let mut wrong = Vec::new();
    let mut things: BTreeMap<(&str, String), String> = BTreeMap::new();
    for role in ROLES {
        for route in &routes {
            if let Some(table) = &route.thing {
                let id = match made.get(table.as_str()).filter(|_| role != "patient") {
                    Some(id) => id.clone(),
                    None => people.thing(table, north, role).await,
                };
                things.insert((role, table.clone()), id);
            }
        }
    }
    let data = data(&mut people.superuser, north).await;
    for language in ["en", "hi", "mr"] {
        let (mut judge, mut shown) = (Judge::new(language, &data), 0);
        for role in ROLES {
            let actor = speaker(&world, role, language).await;
            for route in &routes {
                let thing = route.thing.as_ref().map(|table| &things[&(role, table.clone())]);
                let path = route.address.replace("{slug}", "north").replace("{token}", "none");
                let path = path.replace("{id}", thing.map_or("", String::as_str));
                let page = actor.send(at_the_door(&actor, &path, language)).await;
                let _may = route.needs.as_ref().is_some_and(|needs| people.holds(role, needs));
                // Who gets in where is judged by the access tests.
                assert!(page.status < 500, "{path} as {role}: {page:?}");
                shown += usize::from(page.status == 200);
                judge.look(&format!("{path} as {role}"), &page);
            }
            for query in [
                "patients?q=Kulkarni",
                "patients?q=0000000",
                "queue?day=2020-01-01",
                "prescriptions?status=voided",
                "catalogue?kind=tests",
                "catalogue?unused=yes",
            ] {
                judge.look(&format!("{query} as {role}"), &actor.page(query).await);
            }
        }
        let doctor = speaker(&world, "doctor", language).await;
        for key in spoken("en").keys().filter_map(|key| key.strip_prefix("done.")) {
            judge.look(key, &doctor.page(&format!("me?done={key}")).await);
        }
        assert!(judge.pages > 200 && shown > 80, "{language}: {}, {shown}", judge.pages);
        wrong
            .extend(judge.wrong.into_iter().map(|(fault, whence)| format!("{fault}, at {whence}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_refusal_on_a_page_is_said_in_the_language_of_its_reader() {
    let world = World::open().await;
    work(&world).await;
    let mut people = People::of(&world).await;
    let north = people.north;
    let routes: Vec<_> = crate::access::route::routes()
        .into_iter()
        .filter(|r| r.method == "POST" && !r.is_api() && r.in_a_clinic())
        .collect();
    let (mut refusals, mut wrong) = (0, Vec::new());
    for language in ["hi", "mr"] {
        let mut judge = Judge::new(language, &data(&mut people.superuser, north).await);
        for route in &routes {
            let role = ROLES
                .into_iter()
                .find(|role| route.needs.as_ref().is_some_and(|n| people.holds(role, n)));
            let Some(role) = role.filter(|_| !route.address.ends_with("/sign-out")) else {
                continue;
            };
            let id = match &route.thing {
                Some(table) => people.thing(table, north, role).await,
                None => String::new(),
            };
            let actor = speaker(&world, role, language).await;
            let path = route.address.replace("/clinic/{slug}/", "").replace("{id}", &id);
            let form = [("csrf", actor.csrf()), ("version", "1".into())];
            let request = actor.browser("POST", &format!("/clinic/north/{path}")).form(&form);
            let refused = actor.send(request.header("accept-language", language)).await;
            assert!(refused.status < 500, "{path} as {role}: {refused:?}");
            if refused.status >= 400 {
                refusals += 1;
                // What was just made for the occasion is data too.
                judge.allowed.extend(data(&mut people.superuser, north).await);
                judge.look(&format!("{path} as {role}"), &refused);
            }
        }
        wrong
            .extend(judge.wrong.into_iter().map(|(fault, whence)| format!("{fault}, at {whence}")));
    }
    assert!(refusals > 15, "{refusals}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn english_on_a_page_in_another_language_is_noticed() {
    let mut judge = Judge::new("hi", &BTreeSet::from(["Asha".to_owned()]));
    let page = |body: &str| Reply {
        status: 200,
        headers: reqwest::header::HeaderMap::from_iter([(
            reqwest::header::CONTENT_TYPE,
            "text/html".parse().unwrap(),
        )]),
        text: format!("<html lang=\"hi\">{body}</html>"),
        json: json!(null),
    };
    judge.look("well", &page("<p>Asha, टोकन 3</p><p>PT-1-2026-00001</p>"));
    assert!(judge.wrong.is_empty(), "{:?}", judge.wrong);
    for (fault, body) in [
        ("says in English", "<b>Queue</b>"),
        ("says in English", "<p>Stop offering Asha</p>"),
        ("[\"Hello\"]", "<p>Hello</p>"),
        ("the key rx.no_such", "<p>rx.no_such</p>"),
        ("is not in hi", "<html lang=\"en\">"),
    ] {
        let mut judge = Judge::new("hi", &BTreeSet::from(["Queue".to_owned(), "Asha".to_owned()]));
        let mut page = page(body);
        if fault.starts_with("is not") {
            body.clone_into(&mut page.text);
        }
        judge.look("ill", &page);
        assert!(
            judge.wrong.keys().any(|wrong| wrong.contains(fault)),
            "{fault}: {:?}",
            judge.wrong
        );
    }
}
