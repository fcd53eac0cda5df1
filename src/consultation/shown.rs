//! The page's matter in words: values with their unit and flag, what was before, what is being taken.

use chrono::{DateTime, Utc};

use super::Scene;
use super::beside::{Medicine, Reading, SavedNote};
use crate::catalogue::Schedule;
use crate::vitals::rules::{self, Flag, Measure};
use crate::vitals::{Age, Values};
use crate::web::Chrome;

/// A value as it is read.
pub struct Value {
    /// What was measured, in words.
    pub label: String,
    /// The number with its unit.
    pub number: String,
    /// How the badge looks: `critical`, `late`, or empty where there is nothing to say.
    pub state: &'static str,
    /// The flag in words.
    pub word: String,
    /// The value before this one, with its date.
    pub was: String,
}

/// A reading of this visit.
pub struct Measured {
    /// When, on this visit's clock.
    pub time: String,
    /// Its values.
    pub values: Vec<Value>,
    /// Whether it was marked as wrong.
    pub wrong: bool,
    /// Where the mark is sent.
    pub href: String,
    /// The version to mark.
    pub version: i32,
}

/// A box of the vitals row.
pub struct Entry {
    /// The field.
    pub name: &'static str,
    /// The key of its label.
    pub label: &'static str,
    /// The unit.
    pub unit: String,
    /// The last value with its flag and date.
    pub was: String,
    /// Whether it takes whole numbers only.
    pub whole: bool,
}

/// Something with a second line.
pub struct Line {
    /// Where it leads, if anywhere.
    pub href: Option<String>,
    /// The first line.
    pub title: String,
    /// The second line.
    pub text: String,
}

/// The note in words.
pub struct NoteShown {
    /// Label key and text of what is written.
    pub facts: Vec<(&'static str, String)>,
    /// Who and when.
    pub by: String,
}

/// A signed prescription that may be repeated.
pub struct Prescribed {
    /// Its page.
    pub href: String,
    /// Number and date.
    pub title: String,
    /// What it prescribed.
    pub medicines: String,
    /// What the button says.
    pub repeat: String,
}

/// Measures that are written down; the last one follows from two of them.
const WRITTEN: [(Measure, &str, bool); 9] = [
    (Measure::Systolic, "vitals.systolic_mmhg", true),
    (Measure::Diastolic, "vitals.diastolic_mmhg", true),
    (Measure::Pulse, "vitals.pulse_bpm", true),
    (Measure::Respiration, "vitals.respiration_bpm", true),
    (Measure::Temperature, "vitals.temperature_c", false),
    (Measure::Spo2, "vitals.spo2_percent", true),
    (Measure::Glucose, "vitals.glucose_mg_dl", true),
    (Measure::Weight, "vitals.weight_kg", false),
    (Measure::Height, "vitals.height_cm", false),
];

pub(super) fn age(chrome: &Chrome, scene: &Scene, at: &DateTime<Utc>) -> Age {
    Age::at(scene.patient.born(), at, chrome.zone())
}

fn state(flag: Option<Flag>) -> &'static str {
    match flag {
        None | Some(Flag::Normal) => "",
        Some(Flag::Low | Flag::High) => "late",
        Some(Flag::CriticalLow | Flag::CriticalHigh) => "critical",
    }
}

/// The time of this clinic's today, else the date.
fn when(chrome: &Chrome, at: &DateTime<Utc>) -> String {
    let (day, today) = (chrome.day(at), chrome.day(&chrome.now));
    if day == today { chrome.time(at) } else { chrome.date(&day) }
}

fn value_of(chrome: &Chrome, measure: Measure, values: &Values, age: Age) -> Option<Value> {
    let number = values.get(measure)?;
    let flag = rules::flag(measure, age, number);
    let unit = chrome.word("unit", measure.as_str());
    Some(Value {
        was: String::new(),
        label: chrome.word("vitals", measure.as_str()),
        number: format!("{number}\u{a0}{unit}").trim_end().to_owned(),
        state: state(flag),
        word: flag.map_or_else(String::new, |flag| chrome.word("flag", flag.as_str())),
    })
}

/// The last value of a measure that counts, before a time.
fn last<'a>(
    scene: &'a Scene,
    measure: Measure,
    before: Option<&DateTime<Utc>>,
) -> Option<(&'a Reading, f64)> {
    let earlier = |reading: &&Reading| {
        !reading.entered_in_error && before.is_none_or(|before| reading.measured_at < *before)
    };
    let mut readings = scene.beside.readings.iter().filter(earlier);
    readings.find_map(|reading| Some((reading, reading.values.get(measure)?)))
}

/// Such a value in words: the number, its flag, its date.
fn was(chrome: &Chrome, scene: &Scene, measure: Measure, before: Option<&DateTime<Utc>>) -> String {
    let Some((reading, number)) = last(scene, measure, before) else { return String::new() };
    let flag = rules::flag(measure, age(chrome, scene, &reading.measured_at), number);
    let at = when(chrome, &reading.measured_at);
    match flag.filter(|flag| *flag != Flag::Normal) {
        Some(flag) => format!("{number} {}, {at}", chrome.word("flag", flag.as_str())),
        None => format!("{number}, {at}"),
    }
}

/// What was measured in this visit, the newest first.
pub fn measured(chrome: &Chrome, scene: &Scene) -> Vec<Measured> {
    let here = |reading: &&Reading| reading.visit_id == Some(scene.visit.visit_id);
    let shown = |reading: &Reading| {
        let age = age(chrome, scene, &reading.measured_at);
        let before = |measure| was(chrome, scene, measure, Some(&reading.measured_at));
        let value = |measure: &Measure| {
            let value = value_of(chrome, *measure, &reading.values, age)?;
            Some(Value { was: before(*measure), ..value })
        };
        Measured {
            time: when(chrome, &reading.measured_at),
            values: Measure::ALL.iter().filter_map(value).collect(),
            wrong: reading.entered_in_error,
            href: chrome.path(&format!("vitals/{}/mark-error", reading.vitals_id)),
            version: reading.version,
        }
    };
    scene.beside.readings.iter().filter(here).map(shown).collect()
}

/// The vitals row, with the last value of each measure.
pub fn entries(chrome: &Chrome, scene: &Scene) -> Vec<Entry> {
    let entry = |(measure, label, whole): &(Measure, &'static str, bool)| {
        let was = was(chrome, scene, *measure, None);
        let unit = chrome.word("unit", measure.as_str());
        Entry { name: measure.as_str(), label, unit, was, whole: *whole }
    };
    WRITTEN.iter().map(entry).collect()
}

/// The visits before.
pub fn before(chrome: &Chrome, scene: &Scene) -> Vec<Line> {
    let line = |visit: &super::beside::Before| {
        let told = [visit.diagnosis.as_deref(), visit.plan.as_deref()];
        let told = told.into_iter().flatten().collect::<Vec<_>>().join(". ");
        Line {
            href: Some(chrome.path(&format!("visits/{}/consultation", visit.visit_id))),
            title: format!("{}, {}", chrome.date(&chrome.day(&visit.arrived_at)), visit.purpose),
            text: told,
        }
    };
    scene.beside.visits.iter().map(line).collect()
}

/// Medicines whose course is not over.
pub fn medicines(chrome: &Chrome, scene: &Scene) -> Vec<Line> {
    scene.beside.medicines.iter().map(|medicine| line(chrome, medicine)).collect()
}

fn line(chrome: &Chrome, medicine: &Medicine) -> Line {
    let form = chrome.word("form", &medicine.form);
    let name = [Some(medicine.name.as_str()), medicine.strength.as_deref(), Some(&form)];
    let say = |key: &str, value: &str| chrome.tx(key, value);
    let (words, pattern) = match medicine.schedule.parse::<Schedule>() {
        Ok(schedule) => (schedule.words(medicine.dose.as_deref(), say), schedule.pattern()),
        Err(_) => (medicine.schedule.clone(), None),
    };
    let mut how = vec![match pattern {
        Some(pattern) => format!("{words} ({pattern})"),
        None => words,
    }];
    if medicine.food != "any" {
        how.push(chrome.word("food", &medicine.food));
    }
    if let Some(days) = medicine.days {
        let last = medicine.signed_at + chrono::Duration::days(i64::from(days));
        how.push(chrome.tx("consultation.until", chrome.date(&chrome.day(&last))));
    }
    let title = name.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Line { href: None, title, text: how.join(", ") }
}

/// The note for those who may only read it, or beside the form when somebody was faster.
pub fn note(chrome: &Chrome, note: &SavedNote) -> NoteShown {
    let told = &note.told;
    let diagnosis = [told.diagnosis.clone(), told.diagnosis_code.clone()];
    let diagnosis: Vec<String> = diagnosis.into_iter().flatten().collect();
    let facts = [
        ("notes.complaint", told.complaint.clone()),
        ("notes.findings", told.findings.clone()),
        ("notes.diagnosis", Some(diagnosis.join(", ")).filter(|text| !text.is_empty())),
        ("notes.plan", told.plan.clone()),
        ("notes.advice", told.advice.clone()),
        ("notes.follow_up", told.follow_up_on.map(|day| chrome.date(&day))),
    ];
    let facts = facts.into_iter().filter_map(|(label, text)| Some((label, text?))).collect();
    let by = format!("{}, {}", note.doctor, chrome.datetime(&note.updated_at));
    NoteShown { facts, by }
}

/// The last signed prescriptions.
pub fn prescribed(chrome: &Chrome, scene: &Scene) -> Vec<Prescribed> {
    let line = |rx: &super::beside::Prescribed| {
        let day = chrome.date(&chrome.day(&rx.signed_at));
        Prescribed {
            href: chrome.path(&format!("prescriptions/{}", rx.prescription_id)),
            title: format!("{day}, {}", rx.doctor),
            medicines: rx.medicines.join(", "),
            repeat: chrome.tx("rx.repeat", &rx.number),
        }
    };
    scene.beside.prescribed.iter().map(line).collect()
}
