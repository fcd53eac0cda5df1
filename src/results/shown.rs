//! Results in the words of a page: each number with its unit, its limits and what it says against them.

use chrono::{DateTime, Utc};

use super::{ResultFlag, ResultValue, TestResult, Whole, rules};
use crate::patients::Sex;
use crate::web::{Chrome, Form};

/// One line of a result.
pub struct Line {
    /// What was measured.
    pub name: String,
    /// The number with its unit, or the word.
    pub said: String,
    /// What is as expected.
    pub limits: String,
    /// `low`, `high`, `critical`; empty where nothing is to be said.
    pub flag: &'static str,
}

/// A result, whole.
pub struct Shown {
    /// The lines.
    pub lines: Vec<Line>,
    /// What was found, in words.
    pub finding: String,
    /// Who entered it, and when.
    pub entered: String,
    /// Who verified it, and when; empty before.
    pub verified: String,
    /// Why it corrects the one before; empty for the first.
    pub reason: String,
}

/// A value worth a word: what is as expected says nothing.
pub fn notable(flag: Option<ResultFlag>) -> &'static str {
    flag.filter(|flag| *flag != ResultFlag::Normal).map_or("", ResultFlag::as_str)
}

fn line(chrome: &Chrome, value: &ResultValue) -> Line {
    let unit = value.unit.as_deref().filter(|_| value.value.is_some()).unwrap_or_default();
    let said = [value.said(), unit.to_owned()];
    Line {
        name: value.name.clone(),
        said: said.join(" ").trim_end().to_owned(),
        limits: value.limits.said(chrome.t("results.under"), chrome.t("results.over")),
        flag: notable(value.flag),
    }
}

/// A result as a page says it.
pub fn result(chrome: &Chrome, result: &TestResult) -> Shown {
    let by = |name: &Option<String>, at: &DateTime<Utc>| match name {
        Some(name) => format!("{}, {}", chrome.tx("chart.by", name), chrome.datetime(at)),
        None => chrome.datetime(at),
    };
    Shown {
        lines: result.values.iter().map(|value| line(chrome, value)).collect(),
        finding: result.finding.clone().unwrap_or_default(),
        entered: by(&result.entered_by_name, &result.entered_at),
        verified: result
            .verified_at
            .map(|at| by(&result.verified_by_name, &at))
            .unwrap_or_default(),
        reason: result.reason.clone().unwrap_or_default(),
    }
}

/// The form as it begins: the lines of the catalogue that are this patient's, or what a correction starts from.
pub fn filled(whole: &Whole) -> Form {
    let mut form = Form::new();
    let number = |n: Option<f64>| n.map(|n| n.to_string()).unwrap_or_default();
    let mut fill =
        |at: usize, name: &str, said: &str, unit: Option<&str>, limits: &super::Limits| {
            let mut set = |field: &str, text: &str| form.set(&format!("values.{at}.{field}"), text);
            set("name", name);
            set("result", said);
            set("unit", unit.unwrap_or_default());
            set("low", &number(limits.low));
            set("high", &number(limits.high));
            set("critical_low", &number(limits.critical_low));
            set("critical_high", &number(limits.critical_high));
        };
    if let Some(current) = whole.current() {
        for (at, value) in current.values.iter().enumerate() {
            fill(at, &value.name, &value.said(), value.unit.as_deref(), &value.limits);
        }
        form.set("finding", current.finding.as_deref().unwrap_or_default());
        return form;
    }
    let sex = whole.test.patient.as_ref().map_or(Sex::Unknown, |label| label.sex);
    let lines = rules::lines_for(&whole.measures, sex);
    for (at, measure) in lines.iter().enumerate() {
        fill(at, &measure.name, "", measure.unit.as_deref(), &measure.limits);
    }
    form
}

/// How many lines the form shows: what is filled, and two to write on.
pub fn rows(form: &Form) -> usize {
    let used = |n: &usize| {
        ["name", "result", "unit"]
            .iter()
            .any(|field| !form.value(&format!("values.{n}.{field}")).is_empty())
    };
    let last = (0..30).filter(used).max().map_or(0, |last| last + 1);
    (last + 2).min(30)
}
