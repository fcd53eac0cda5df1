//! The people of one clinic: names, ages, where they live, what they are allergic to.

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use uuid::Uuid;

use super::conditions::{ALLERGIES, CONDITIONS, Condition};
use super::dice::Dice;
use super::names::{STREETS, TONGUES, areas};
use super::rows::PatientRow;

/// Somebody, and what keeps the person coming back.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) row: PatientRow,
    pub(super) age: i32,
    /// Place in the list of conditions of one that stays.
    pub(super) chronic: Option<usize>,
    /// What a healthy day's measurements lie around.
    pub(super) weight_kg: i32,
}

/// Somebody registered at that moment; the number comes later, in the order of registration.
pub(super) fn person(dice: &mut Dice, city: &str, at: DateTime<Utc>, by: Uuid) -> Person {
    let today = at.date_naive();
    let age = match dice.between(1, 100) {
        1..=11 => dice.between(0, 5),
        12..=24 => dice.between(6, 17),
        25..=57 => dice.between(18, 40),
        58..=84 => dice.between(41, 60),
        _ => dice.between(61, 89),
    };
    let woman = dice.chance(52);
    // Marathi is spoken most in both towns.
    let most = TONGUES.get(..3).unwrap_or_default();
    let tongues = if dice.chance(55) { most } else { TONGUES.as_slice() };
    let tongue = dice.one(tongues);
    let names = tongue.map(|t| if woman { t.women } else { t.men }).unwrap_or_default();
    let given = dice.word(names).to_owned();
    let families = tongue.map(|t| t.families).unwrap_or_default();
    let family = Some(dice.word(families).to_owned()).filter(|_| !dice.chance(3));
    let (area, postcode) = dice.one(areas(city)).copied().unwrap_or_default();
    let addressed = dice.chance(85);
    let (allergy_status, allergies) = match dice.between(1, 100) {
        1..=60 => ("none", None),
        61..=87 => ("unknown", None),
        _ => ("some", Some(dice.word(&ALLERGIES))),
    };
    let born = dice.chance(72);
    let birth = birth_date(dice, today, age);
    let mut person = Person {
        age,
        chronic: None,
        weight_kg: weight(dice, age),
        row: PatientRow {
            patient_id: dice.id(at),
            number: String::new(),
            given_name: given,
            family_name: family,
            birth_date: Some(birth).filter(|_| born),
            age_years: Some(f64::from(age)).filter(|_| !born),
            age_told_on: Some(today).filter(|_| !born),
            sex: if dice.between(1, 400) == 1 {
                "other"
            } else if woman {
                "female"
            } else {
                "male"
            },
            blood_group: Some(dice.word(&["A+", "B+", "B+", "O+", "O+", "AB+", "A-", "O-"]))
                .filter(|_| dice.chance(40)),
            phone: Some(phone(dice)).filter(|_| dice.chance(94)),
            address: addressed
                .then(|| format!("{} {}, {area}", dice.between(1, 240), dice.word(&STREETS))),
            city: addressed.then(|| city.to_owned()),
            state: addressed.then_some("Maharashtra"),
            postcode: addressed.then_some(postcode),
            allergy_status,
            allergies,
            status: "registered",
            registered_by: by,
            created_at: at,
        },
    };
    if dice.chance(45) {
        let ways: Vec<usize> = (0..CONDITIONS.len())
            .filter(|at| CONDITIONS.get(*at).is_some_and(|c| c.every > 0 && fits(&person, c)))
            .collect();
        person.chronic = dice.one(&ways).copied();
        if person.chronic.is_some() {
            person.row.status = "treatment_started";
        }
    }
    person
}

/// Whether this person may have it.
pub(super) fn fits(person: &Person, condition: &Condition) -> bool {
    (condition.ages.0..=condition.ages.1).contains(&person.age)
        && (!condition.women_only || person.row.sex == "female")
}

/// What brings the person in today: the old trouble, or something that goes round.
pub(super) fn trouble(dice: &mut Dice, person: &Person) -> Option<&'static Condition> {
    if let Some(chronic) = person.chronic.and_then(|at| CONDITIONS.get(at))
        && dice.chance(65)
    {
        return Some(chronic);
    }
    let all = CONDITIONS.iter().filter(|c| c.every == 0 && fits(person, c));
    let choice: Vec<&Condition> = all.flat_map(|c| (0..c.weight).map(move |_| c)).collect();
    dice.one(&choice).copied()
}

fn birth_date(dice: &mut Dice, today: NaiveDate, age: i32) -> NaiveDate {
    let turned = today.with_year(today.year() - age).unwrap_or(today);
    turned - Duration::days(i64::from(dice.between(1, 360)))
}

fn weight(dice: &mut Dice, age: i32) -> i32 {
    match age {
        0 => dice.between(4, 9),
        1..=5 => 8 + 2 * age + dice.between(0, 3),
        6..=12 => 8 + 3 * age + dice.between(0, 5),
        13..=17 => dice.between(38, 62),
        _ => dice.between(44, 92),
    }
}

/// Ten digits as people write them.
fn phone(dice: &mut Dice) -> String {
    let first =
        dice.word(&["98", "97", "96", "95", "94", "93", "90", "88", "86", "77", "76", "70"]);
    let (a, b) = (dice.between(0, 999), dice.between(0, 99_999));
    match dice.between(1, 4) {
        1 => format!("+91 {first}{a:03} {b:05}"),
        2 => format!("{first}{a:03}{b:05}"),
        _ => format!("{first}{a:03} {b:05}"),
    }
}
