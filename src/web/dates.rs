//! Dates as people type them. JSON is strict (ISO 8601); a form is kind: day before month, any separator,
//! names of months, two-digit years.

use chrono::{Datelike, NaiveDate};

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
    let text = text.trim();
    if let Some(date) = strict(text) {
        return Some(date);
    }
    let parts: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let [day, month, year] = parts.as_slice() else { return None };
    let month = month.parse().ok().or_else(|| month_of(month))?;
    let typed: i32 = year.parse().ok()?;
    let year = match year.len() {
        2 if typed > pivot => 1900 + typed,
        2 => 2000 + typed,
        4 => typed,
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year, month, day.parse().ok()?).filter(|date| sane(*date))
}

fn month_of(name: &str) -> Option<u32> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let name = name.to_lowercase();
    let start = name.get(..3)?;
    let at = MONTHS.iter().position(|month| *month == start)?;
    u32::try_from(at + 1).ok()
}

fn sane(date: NaiveDate) -> bool {
    (1875..=2200).contains(&date.year())
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
        assert_eq!(kind("1/2/05", 26), NaiveDate::from_ymd_opt(2005, 2, 1));
        for typed in ["", "3/3", "31/2/2020", "3/13/2020", "0000-01-01", "1/1/0000", "yesterday"] {
            assert_eq!(kind(typed, 26), None, "{typed}");
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
