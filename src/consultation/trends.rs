//! Vitals over time: a small drawing of each measure, and the same in a table.

use super::Scene;
use super::beside::Reading;
use super::shown::age;
use crate::vitals::rules::{self, Flag, Measure};
use crate::vitals::sparkline::Sparkline;
use crate::web::Chrome;

/// A measure over time.
pub struct Trend {
    /// What was measured, with its unit.
    pub label: String,
    /// The drawing.
    pub drawing: Sparkline,
    /// The drawing in words.
    pub words: String,
    /// The first and the last value, each with its date.
    pub ends: [String; 2],
    /// Date, value and what it means, the newest first.
    pub rows: Vec<[String; 3]>,
}

/// Measures of which the course tells something. The pressure is drawn with both of its values.
const DRAWN: [Measure; 6] = [
    Measure::Systolic,
    Measure::Pulse,
    Measure::Temperature,
    Measure::Spo2,
    Measure::Glucose,
    Measure::Weight,
];
/// Most readings of a drawing, and least: two points are no course.
const READINGS: (usize, usize) = (12, 3);

/// The courses of what was measured three times or more.
pub fn of(chrome: &Chrome, scene: &Scene) -> Vec<Trend> {
    DRAWN.iter().filter_map(|measure| trend(chrome, scene, *measure)).collect()
}

fn trend(chrome: &Chrome, scene: &Scene, measure: Measure) -> Option<Trend> {
    let counts =
        |reading: &&Reading| !reading.entered_in_error && reading.values.get(measure).is_some();
    let mut readings: Vec<&Reading> =
        scene.beside.readings.iter().filter(counts).take(READINGS.0).collect();
    if readings.len() < READINGS.1 {
        return None;
    }
    let rows = readings.iter().map(|reading| row(chrome, scene, measure, reading)).collect();
    readings.reverse();
    let second = (measure == Measure::Systolic).then_some(Measure::Diastolic);
    let of = |measure: Measure| -> Vec<Option<f64>> {
        readings.iter().map(|reading| reading.values.get(measure)).collect()
    };
    let series: Vec<Vec<Option<f64>>> = std::iter::once(measure).chain(second).map(of).collect();
    let end = |reading: &&Reading| {
        let day = chrome.date(&chrome.day(&reading.measured_at));
        format!("{}, {day}", said(measure, reading))
    };
    let ends = [readings.first().map(end)?, readings.last().map(end)?];
    let name = if second.is_some() {
        chrome.t("consultation.pressure").to_owned()
    } else {
        chrome.word("vitals", measure.as_str())
    };
    let words = chrome
        .tx("consultation.spark", &name)
        .replacen("{}", &readings.len().to_string(), 1)
        .replacen("{}", &ends[0], 1)
        .replacen("{}", &ends[1], 1);
    let label = format!("{name}, {}", chrome.word("unit", measure.as_str()));
    Some(Trend { label, drawing: Sparkline::draw(&series), words, ends, rows })
}

/// A value as it is read; the pressure with both numbers.
fn said(measure: Measure, reading: &Reading) -> String {
    let value = reading.values.get(measure).map(|value| value.to_string()).unwrap_or_default();
    match reading.values.diastolic_mmhg.filter(|_| measure == Measure::Systolic) {
        Some(diastolic) => format!("{value}/{diastolic}"),
        None => value,
    }
}

fn row(chrome: &Chrome, scene: &Scene, measure: Measure, reading: &Reading) -> [String; 3] {
    let age = age(chrome, scene, &reading.measured_at);
    let flag = reading.values.get(measure).and_then(|value| rules::flag(measure, age, value));
    let flag = flag.filter(|flag| *flag != Flag::Normal);
    [
        chrome.datetime(&reading.measured_at),
        said(measure, reading),
        flag.map(|flag| chrome.word("flag", flag.as_str())).unwrap_or_default(),
    ]
}
