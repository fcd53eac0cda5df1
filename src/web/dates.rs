//! Dates as people type them. JSON is strict (ISO 8601); a form is kind: day before month, or all of it from the year
//! on, any separator, names of months in English, Hindi and Marathi, digits of either script, two-digit years.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};

use super::digits::latin;

/// The date in a JSON text.
pub fn strict(text: &str) -> Option<NaiveDate> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    shaped
        .then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
        .flatten()
        .filter(|date| sane(*date))
}

/// The date in what somebody typed: `3/3/87`, `03-Mar-1987`, `3.3.1987`, `1987-03-03`. Two-digit years
/// above the pivot belong to the last century.
pub fn kind(text: &str, pivot: i32) -> Option<NaiveDate> {
    let (day, month, year) = parts(text, pivot)?;
    NaiveDate::from_ymd_opt(year, month, day).filter(|date| sane(*date))
}

/// Why what somebody typed is shaped like a date and is none.
#[derive(Debug, PartialEq, Eq)]
pub enum Impossible {
    /// The month is shorter; its first day stands for it.
    Day {
        /// Its first day.
        month: NaiveDate,
        /// How many it has.
        days: u32,
    },
    /// A year that is not read.
    Year {
        /// The first that is.
        first: i32,
        /// The last.
        last: i32,
    },
}

/// What is impossible about a text that has a day, a month and a year.
pub fn impossible(text: &str, pivot: i32) -> Option<Impossible> {
    let (day, month, year) = parts(text, pivot)?;
    if !YEARS.contains(&year) {
        return Some(Impossible::Year { first: *YEARS.start(), last: *YEARS.end() });
    }
    let first = NaiveDate::from_ymd_opt(year, month, 1)?;
    let days = (28..=31).rev().find(|last| first.with_day(*last).is_some())?;
    (day == 0 || day > days).then_some(Impossible::Day { month: first, days })
}

/// Day, month and year of a text, whether there is such a day or not.
fn parts(text: &str, pivot: i32) -> Option<(u32, u32, i32)> {
    let text: String = text.trim().chars().map(latin).collect();
    let parts: Vec<&str> =
        text.split(|c: char| !is_part(c)).filter(|part| !part.is_empty()).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    // Four digits in front are the year, whatever stands between: then the day comes last.
    let year_first = first.len() == 4 && last.len() <= 2;
    let (day, year) = if year_first { (last, first) } else { (first, last) };
    let month = month.parse().ok().or_else(|| month_of(month))?;
    let typed: i32 = year.parse().ok()?;
    let year = match year.len() {
        2 if typed > pivot => 1900 + typed,
        2 => 2000 + typed,
        4 => typed,
        _ => return None,
    };
    Some((day.parse().ok()?, month, year))
}

/// How the names of a month begin.
const MONTHS: [&[&str]; 12] = [
    &["jan", "जन", "जान"],
    &["feb", "फर", "फ़र", "फेब"],
    &["mar", "मार"],
    &["apr", "अप", "एप"],
    &["may", "मई", "मे"],
    &["jun", "जून"],
    &["jul", "जुल"],
    &["aug", "अग", "ऑग"],
    &["sep", "सित", "सप्ट"],
    &["oct", "अक्ट", "अक्तू", "ऑक्ट"],
    &["nov", "नव", "नोव"],
    &["dec", "दिस", "डिस"],
];

fn month_of(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let at = MONTHS.iter().position(|names| names.iter().any(|start| name.starts_with(start)))?;
    u32::try_from(at + 1).ok()
}

/// The signs that join or soften Devanagari letters are no letters, but stand inside a word.
fn is_part(c: char) -> bool {
    c.is_alphanumeric() || ['\u{93c}', '\u{94d}'].contains(&c)
}

/// Years that are read.
const YEARS: RangeInclusive<i32> = 1875..=2200;

fn sane(date: NaiveDate) -> bool {
    YEARS.contains(&date.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_reads_what_people_type() {
        let march = NaiveDate::from_ymd_opt(1987, 3, 3);
        for typed in ["3/3/87", "03-Mar-1987", "3.3.1987", "1987-03-03", "3 march 1987", " 3-3-87 "]
        {
            assert_eq!(kind(typed, 26), march, "{typed}");
        }
        for typed in ["3 मार्च 1987", "03-मार्च-1987", "३/३/८७"] {
            assert_eq!(kind(typed, 26), march, "{typed}");
        }
        for typed in ["1987.03.03", "1987/3/3", "1987 Mar 3", "१९८७.०३.०३"] {
            assert_eq!(kind(typed, 26), march, "{typed}");
        }
        assert_eq!(kind("1990.05.06", 26), NaiveDate::from_ymd_opt(1990, 5, 6));
        assert_eq!(kind("1990.13.06", 26), None);
        assert_eq!(kind("1/2/05", 26), NaiveDate::from_ymd_opt(2005, 2, 1));
        for typed in ["", "3/3", "31/2/2020", "3/13/2020", "0000-01-01", "1/1/0000", "yesterday"] {
            assert_eq!(kind(typed, 26), None, "{typed}");
        }
    }

    #[test]
    fn a_day_that_there_is_not_is_told_from_no_date() {
        let day = |y, m, days| {
            let month = NaiveDate::from_ymd_opt(y, m, 1).unwrap();
            Some(Impossible::Day { month, days })
        };
        let year = Some(Impossible::Year { first: 1875, last: 2200 });
        for (typed, why) in [
            ("31/2/1990", day(1990, 2, 28)),
            ("1990-02-31", day(1990, 2, 28)),
            ("29/2/2023", day(2023, 2, 28)),
            ("30-feb-2024", day(2024, 2, 29)),
            ("0/4/2024", day(2024, 4, 30)),
            ("31 जून 2024", day(2024, 6, 30)),
            ("01-01-1850", year),
            ("3/13/2020", None),
            ("3/3", None),
            ("soon", None),
            ("29/2/2024", None),
        ] {
            assert_eq!(impossible(typed, 40), why, "{typed}");
        }
    }

    #[test]
    fn a_form_reads_the_dates_that_pages_show() {
        let texts = crate::web::text::Texts::load().unwrap();
        for lang in texts.all() {
            for month in 1..=12 {
                let date = NaiveDate::from_ymd_opt(1987, month, 13);
                let shown = lang.date(date.unwrap());
                assert_eq!(kind(&shown, 26), date, "{shown}");
            }
        }
    }

    #[test]
    fn json_reads_iso_only() {
        assert!(strict("2026-02-28").is_some());
        for text in
            ["2026-2-28", "28/02/2026", "0000-00-00", "2026-02-30", "+026-02-01", "２026-02-28"]
        {
            assert_eq!(strict(text), None, "{text}");
        }
    }
}
