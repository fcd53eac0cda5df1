//! Which charts the page shows, and how days become weeks and months where there are many.

use chrono::{Datelike, NaiveDate};

use crate::error::Error;
use crate::figures::{Counted, DayCount, Figures};
use crate::web::Chrome;
use crate::web::plot::{Plot, Point, Series, Shape};

/// Most columns of days, and most days that are shown by weeks.
const DAYS: i64 = 31;
const WEEKS: i64 = 92;

/// Days taken together.
#[derive(Debug, PartialEq, Eq)]
struct Span {
    first: NaiveDate,
    visits: i64,
    lost: i64,
    new_patients: i64,
}

/// How long a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Day,
    Week,
    Month,
}

impl Unit {
    fn of(days: i64) -> Unit {
        if days <= DAYS {
            Unit::Day
        } else if days <= WEEKS {
            Unit::Week
        } else {
            Unit::Month
        }
    }

    /// Whether a day begins another column. Weeks are counted back from the last day, so that none is cut.
    fn begins(self, day: NaiveDate, last: NaiveDate) -> bool {
        match self {
            Unit::Day => true,
            Unit::Week => (last - day).num_days() % 7 == 6,
            Unit::Month => day.day() == 1,
        }
    }

    fn head(self) -> &'static str {
        match self {
            Unit::Day => "figures.day",
            Unit::Week => "figures.week",
            Unit::Month => "figures.month",
        }
    }

    fn point(self, chrome: &Chrome, first: NaiveDate) -> Point {
        let date = chrome.date(&first);
        let (day_month, _) = date.rsplit_once('-').unwrap_or((&date, ""));
        let (_, month_year) = date.split_once('-').unwrap_or(("", &date));
        let (label, short) = match self {
            Unit::Day | Unit::Week => (date.clone(), day_month),
            Unit::Month => (month_year.to_owned(), month_year),
        };
        Point { label, short: short.to_owned(), cells: Vec::new() }
    }
}

fn spans(days: &[DayCount], unit: Unit) -> Vec<Span> {
    let last = days.last().map(|d| d.day).unwrap_or_default();
    let mut spans: Vec<Span> = Vec::new();
    for d in days {
        match spans.last_mut().filter(|_| !unit.begins(d.day, last)) {
            Some(span) => {
                span.visits += d.visits;
                span.lost += d.lost;
                span.new_patients += d.new_patients;
            }
            None => spans.push(Span {
                first: d.day,
                visits: d.visits,
                lost: d.lost,
                new_patients: d.new_patients,
            }),
        }
    }
    spans
}

/// The charts of the page in their order, drawn.
pub(super) fn all(chrome: &Chrome, figures: &Figures) -> Result<Vec<String>, Error> {
    let unit = Unit::of(figures.period().length());
    let spans = spans(&figures.days, unit);
    let points: Vec<Point> = spans.iter().map(|s| unit.point(chrome, s.first)).collect();
    let plot = |id, title: &str, shape, of: &str, points, series| Plot {
        id,
        title: chrome.t(title).to_owned(),
        note: String::new(),
        shape,
        of: chrome.t(of).to_owned(),
        points,
        series,
        heads: Vec::new(),
        nothing: chrome.t("figures.nothing").to_owned(),
    };
    let series = |name: &str, values: Vec<i64>| Series { name: chrome.t(name).to_owned(), values };
    let named = |counted: &[Counted]| -> (Vec<Point>, Vec<i64>) {
        counted.iter().map(|c| (Point::named(&c.name), c.count)).unzip()
    };
    let visits = vec![
        series("figures.visits", spans.iter().map(|s| s.visits).collect()),
        series("figures.lost", spans.iter().map(|s| s.lost).collect()),
    ];
    let nobody = chrome.t("figures.nobody");
    let doctors = figures.doctors.iter();
    let doctors = doctors.map(|d| Point::named(d.name.as_deref().unwrap_or(nobody))).collect();
    let seen = figures.doctors.iter().map(|d| d.visits).collect();
    let registered = spans.iter().map(|s| s.new_patients).collect();
    let (diagnoses, diagnosed) = named(&figures.diagnoses);
    // What is done is part of what was ordered: the bar shows both parts, the table the whole.
    let tests = figures.tests.iter().map(|test| Point {
        cells: vec![chrome.count(test.ordered), chrome.count(test.done)],
        ..Point::named(&test.name)
    });
    let ordered = vec![
        series("figures.done", figures.tests.iter().map(|test| test.done).collect()),
        series("figures.to_do", figures.tests.iter().map(|t| t.ordered - t.done).collect()),
    ];
    let tests = Plot {
        heads: ["figures.ordered", "figures.done"].map(|head| chrome.t(head).to_owned()).into(),
        ..plot("tests", "figures.tests", Shape::Bars, "figures.test", tests.collect(), ordered)
    };
    let plots = [
        plot("visits", "figures.by_day", Shape::Stacked, unit.head(), points.clone(), visits),
        plot(
            "doctors",
            "figures.by_doctor",
            Shape::Bars,
            "figures.doctor",
            doctors,
            vec![series("figures.visits", seen)],
        ),
        plot(
            "patients",
            "figures.new_patients",
            Shape::Line,
            unit.head(),
            points,
            vec![series("figures.patients", registered)],
        ),
        plot(
            "diagnoses",
            "figures.diagnoses",
            Shape::Bars,
            "figures.diagnosis",
            diagnoses,
            vec![series("figures.times", diagnosed)],
        ),
        tests,
    ];
    plots.iter().map(|plot| plot.draw(chrome)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(from: &str, count: usize) -> Vec<DayCount> {
        let from: NaiveDate = from.parse().unwrap();
        let day = |day| DayCount { day, visits: 2, lost: 1, new_patients: 3 };
        from.iter_days().take(count).map(day).collect()
    }

    #[test]
    fn many_days_are_shown_by_weeks_and_months() {
        assert_eq!(
            [31, 32, 92, 93].map(Unit::of),
            [Unit::Day, Unit::Week, Unit::Week, Unit::Month]
        );
        let weeks = spans(&days("2026-01-01", 40), Unit::Week);
        // The last week is whole; what is over stands at the beginning.
        let told: Vec<_> = weeks.iter().map(|s| (s.first.to_string(), s.visits)).collect();
        assert_eq!(told[0], ("2026-01-01".to_owned(), 10));
        assert_eq!(told[1], ("2026-01-06".to_owned(), 14));
        assert_eq!(weeks.iter().map(|s| s.new_patients).sum::<i64>(), 120);
        let months = spans(&days("2026-01-15", 100), Unit::Month);
        let told: Vec<_> = months.iter().map(|s| (s.first.to_string(), s.lost)).collect();
        assert_eq!(told[0], ("2026-01-15".to_owned(), 17));
        assert_eq!(told[1], ("2026-02-01".to_owned(), 28));
        assert_eq!(told.len(), 4);
    }
}
