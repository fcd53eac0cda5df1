//! The facts of the chart in the words of the page: a line a fact.

use super::{Entry, Fact};
use crate::results::ResultFlag;
use crate::web::Chrome;

/// One line of the timeline.
pub(super) struct Line {
    /// The mark beside it.
    pub(super) mark: &'static str,
    pub(super) time: String,
    pub(super) title: String,
    pub(super) text: String,
    /// A state worth a badge; empty where there is none.
    pub(super) badge: String,
    /// What opens in place.
    pub(super) body: Vec<String>,
    pub(super) href: String,
    pub(super) link: String,
}

/// The lines of one day of the clinic.
pub(super) struct Day {
    pub(super) date: String,
    pub(super) lines: Vec<Line>,
}

/// Entries by day, in their order.
pub(super) fn days(chrome: &Chrome, entries: &[Entry]) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for entry in entries {
        let at = chrome.datetime(&entry.at);
        let (date, time) = at.split_once(' ').unwrap_or((&at, ""));
        let mut line = line(chrome, entry);
        time.clone_into(&mut line.time);
        match days.last_mut() {
            Some(day) if day.date == date => day.lines.push(line),
            _ => days.push(Day { date: date.to_owned(), lines: vec![line] }),
        }
    }
    days
}

fn line(chrome: &Chrome, entry: &Entry) -> Line {
    let by = entry.by.as_deref().map(|by| chrome.tx("chart.by", by)).unwrap_or_default();
    let mut line = Line {
        mark: "visit",
        time: String::new(),
        title: String::new(),
        text: by.clone(),
        badge: String::new(),
        body: Vec::new(),
        href: String::new(),
        link: String::new(),
    };
    match &entry.fact {
        Fact::Visit { token, visit_type, purpose, status, .. } => {
            chrome.t("chart.visit").clone_into(&mut line.title);
            let token = chrome.tx("chart.token", token.to_string());
            line.text = joined(&[purpose, &by, &token]);
            if visit_type.as_str() != "routine" {
                line.text = joined(&[&chrome.word("status", visit_type.as_str()), &line.text]);
            }
            if status.as_str() != "completed" {
                line.badge = status.to_string();
            }
            if chrome.may("visits:read") {
                line.href = chrome.path(&format!("visits/{}", entry.id));
                chrome.t("chart.open_visit").clone_into(&mut line.link);
            }
        }
        Fact::Vitals { entered_in_error, .. } => {
            line.mark = "vitals";
            chrome.t("chart.vitals").clone_into(&mut line.title);
            line.text = joined(&[&readings(chrome, &entry.fact), &by]);
            if *entered_in_error {
                line.badge = "entered_in_error".into();
            }
        }
        Fact::Note { .. } => note(chrome, entry, &mut line),
        Fact::Prescription { number, status, diagnosis, medicines, .. } => {
            line.mark = "pill";
            let unsigned = || chrome.t("chart.prescription").to_owned();
            line.title = number.clone().unwrap_or_else(unsigned);
            line.text = joined(&[&medicines.join(", "), diagnosis.as_deref().unwrap_or(""), &by]);
            if status != "signed" {
                line.badge.clone_from(status);
            }
            line.href = chrome.path(&format!("prescriptions/{}", entry.id));
            chrome.t("chart.open_prescription").clone_into(&mut line.link);
        }
        Fact::Result { name, status, flag, values } => {
            line.mark = "flask";
            line.title.clone_from(name);
            line.text = joined(&[&values.join(", "), &by]);
            line.badge = flag
                .filter(|flag| *flag != ResultFlag::Normal)
                .map_or_else(|| status.to_string(), |flag| flag.to_string());
            line.href = chrome.path(&format!("lab/{}", entry.id));
            chrome.t("chart.open_result").clone_into(&mut line.link);
        }
        Fact::Document { category, title, .. } => {
            line.mark = "file";
            line.title.clone_from(title);
            line.text = joined(&[&chrome.word("category", category.as_str()), &by]);
            line.href = chrome.path(&format!("documents/{}", entry.id));
            chrome.t("chart.open_document").clone_into(&mut line.link);
        }
        Fact::Admission { reason, urgency, status, closed_reason, visit_id } => {
            line.mark = "alert";
            chrome.t("chart.admission").clone_into(&mut line.title);
            let why = closed_reason.as_deref().unwrap_or("");
            let urgency = chrome.word("urgency", urgency.as_str());
            line.text = joined(&[&urgency, reason, why, &by]);
            line.badge = status.to_string();
            if chrome.may("visits:read") {
                line.href = chrome.path(&format!("visits/{visit_id}/consultation"));
            }
        }
        Fact::Registered { number } => {
            line.mark = "patient";
            chrome.t("chart.registered").clone_into(&mut line.title);
            line.text = joined(&[number, &by]);
        }
        Fact::Change { changes } => {
            line.mark = "change";
            let names: Vec<String> =
                changes.keys().map(|column| chrome.word("column", column)).collect();
            line.title = chrome.tx("chart.corrected", names.join(", "));
            let said = |(column, (was, is)): (&String, &(serde_json::Value, serde_json::Value))| {
                let (was, is) = (value(chrome, column, was), value(chrome, column, is));
                format!("{}: {was} → {is}", chrome.word("column", column))
            };
            line.body = changes.iter().map(said).collect();
        }
    }
    line
}

fn note(chrome: &Chrome, entry: &Entry, line: &mut Line) {
    let Fact::Note {
        complaint,
        findings,
        diagnosis,
        diagnosis_code,
        plan,
        advice,
        follow_up_on,
        visit_id,
    } = &entry.fact
    else {
        return;
    };
    line.mark = "note";
    let code = diagnosis_code.as_deref().unwrap_or("");
    line.title = match diagnosis {
        Some(diagnosis) => joined_by(" ", &[diagnosis, code]),
        None if !code.is_empty() => code.to_owned(),
        None => chrome.t("chart.note").to_owned(),
    };
    let parts = [
        ("chart.complaint", complaint.clone()),
        ("chart.findings", findings.clone()),
        ("chart.plan", plan.clone()),
        ("chart.advice", advice.clone()),
        ("chart.follow_up", follow_up_on.as_ref().map(|date| chrome.date(date))),
    ];
    line.body = parts
        .into_iter()
        .filter_map(|(key, text)| Some(format!("{}: {}", chrome.t(key), text?)))
        .collect();
    if chrome.may("notes:read") {
        line.href = chrome.path(&format!("visits/{visit_id}"));
        chrome.t("chart.open_visit").clone_into(&mut line.link);
    }
}

/// What was measured, each with its unit; a number and its unit never part.
fn readings(chrome: &Chrome, fact: &Fact) -> String {
    let Fact::Vitals {
        systolic_mmhg,
        diastolic_mmhg,
        pulse_bpm,
        respiration_bpm,
        temperature_c,
        spo2_percent,
        glucose_mg_dl,
        weight_kg,
        height_cm,
        ..
    } = fact
    else {
        return String::new();
    };
    let pressure = match (systolic_mmhg, diastolic_mmhg) {
        (Some(high), Some(low)) => Some(format!("{high}/{low}")),
        (Some(high), None) => Some(format!("{high}/–")),
        (None, Some(low)) => Some(format!("–/{low}")),
        (None, None) => None,
    };
    let whole = |n: &Option<i32>| n.map(|n| n.to_string());
    let number = |n: &Option<f64>| n.map(|n| n.to_string());
    let said = [
        ("chart.pressure", pressure),
        ("chart.pulse", whole(pulse_bpm)),
        ("chart.respiration", whole(respiration_bpm)),
        ("chart.temperature", number(temperature_c)),
        ("chart.spo2", whole(spo2_percent)),
        ("chart.glucose", whole(glucose_mg_dl)),
        ("chart.weight", number(weight_kg)),
        ("chart.height", number(height_cm)),
    ];
    let said: Vec<String> =
        said.into_iter().filter_map(|(key, value)| Some(chrome.tx(key, value?))).collect();
    said.join(", ")
}

/// A value of the trail in words.
fn value(chrome: &Chrome, column: &str, value: &serde_json::Value) -> String {
    match (column, value) {
        ("identity_number", serde_json::Value::String(_)) => chrome.t("chart.hidden").to_owned(),
        ("photo_id", serde_json::Value::String(_)) => chrome.t("chart.picture").to_owned(),
        (_, serde_json::Value::Null) => chrome.t("chart.nothing").to_owned(),
        ("status" | "sex" | "allergy_status", serde_json::Value::String(text)) => {
            let words = if column == "allergy_status" { "allergy" } else { column };
            chrome.word(words, text)
        }
        (_, serde_json::Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

fn joined(parts: &[&str]) -> String {
    joined_by(" · ", parts)
}

fn joined_by(between: &str, parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join(between)
}
