//! Ages and spans of days as people tell them: `39`, `6 months`, `3m`, `10 days`, `1 y 6 m`, `६ महिने`.

use super::digits::latin_digits;

/// Days of a mean year.
const YEAR: f64 = 365.2425;

/// A told age in years, if the text is one. A bare number is years. Nobody is told to be zero days old for long:
/// `0 days` is half a day, so that it is not taken for an age of less than a year.
pub fn years(text: &str) -> Option<f64> {
    let text = latin_digits(text.trim()).to_lowercase();
    let mut rest = text.as_str();
    let (mut years, mut before) = (0.0, None);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(end)?;
        let number: f64 = number.parse().ok()?;
        let after = after.trim_start();
        let end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (word, after) = after.split_at_checked(end)?;
        let unit = match word.trim().trim_end_matches(['.', ',']) {
            "" if before.is_none() && after.is_empty() => Unit::Years,
            word => Unit::of(word)?,
        };
        // From the largest unit to the smallest, each once.
        if before.is_some_and(|before| before >= unit) {
            return None;
        }
        years += unit.years(number);
        before = Some(unit);
        rest = after;
    }
    before.map(|unit| if unit == Unit::Days && years <= 0.0 { 0.5 / YEAR } else { years })
}

/// Whether a text is a told age.
pub fn is_age(text: &str) -> bool {
    years(text).is_some()
}

/// Whole days, if the text says how many and of what: `5 days`, `2 weeks`, `1 month`, `५ दिन`. A month is 30 days.
pub fn days(text: &str) -> Option<i32> {
    let text = latin_digits(text.trim()).to_lowercase();
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, word) = text.split_at_checked(end)?;
    let each = match Unit::of(word.trim().trim_end_matches('.'))? {
        Unit::Days => 1,
        Unit::Weeks => 7,
        Unit::Months => 30,
        Unit::Years => return None,
    };
    number.parse::<i32>().ok()?.checked_mul(each)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Years,
    Months,
    Weeks,
    Days,
}

impl Unit {
    /// The unit of a word: English in full or short, Hindi and Marathi by how their forms begin.
    fn of(word: &str) -> Option<Unit> {
        const BEGIN: [(&str, Unit); 11] = [
            ("साल", Unit::Years),
            ("वर्ष", Unit::Years),
            ("मही", Unit::Months),
            ("महि", Unit::Months),
            ("माह", Unit::Months),
            ("मास", Unit::Months),
            ("सप्ताह", Unit::Weeks),
            ("ह", Unit::Weeks),
            ("आठवड", Unit::Weeks),
            ("दिन", Unit::Days),
            ("दिव", Unit::Days),
        ];
        match word {
            "y" | "yr" | "yrs" | "year" | "years" => Some(Unit::Years),
            "m" | "mo" | "mos" | "mth" | "mths" | "month" | "months" => Some(Unit::Months),
            "w" | "wk" | "wks" | "week" | "weeks" => Some(Unit::Weeks),
            "d" | "day" | "days" => Some(Unit::Days),
            _ => BEGIN.iter().find(|(begin, _)| word.starts_with(begin)).map(|(_, unit)| *unit),
        }
    }

    fn years(self, number: f64) -> f64 {
        match self {
            Unit::Years => number,
            Unit::Months => number / 12.0,
            Unit::Weeks => number * 7.0 / YEAR,
            Unit::Days => number / YEAR,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_read_in_years_months_weeks_and_days() {
        for (text, days) in [
            ("39", 39.0 * YEAR),
            ("39 y", 39.0 * YEAR),
            ("६ महिने", YEAR / 2.0),
            ("6 months", YEAR / 2.0),
            ("6 m", YEAR / 2.0),
            ("3m", YEAR / 4.0),
            ("10 days", 10.0),
            ("१० दिन", 10.0),
            ("10 दिवस", 10.0),
            ("2 w", 14.0),
            ("२ हफ़्ते", 14.0),
            ("3 आठवडे", 21.0),
            ("1 y 6 m", 1.5 * YEAR),
            ("1y6m", 1.5 * YEAR),
            ("2 साल", 2.0 * YEAR),
            ("४ वर्षे", 4.0 * YEAR),
            ("5 महीने", YEAR * 5.0 / 12.0),
            ("0 days", 0.5),
            ("0", 0.0),
            ("0.64", 0.64 * YEAR),
        ] {
            let read = years(text).map(|years| years * YEAR);
            assert!(read.is_some_and(|read| (read - days).abs() < 0.001), "{text}: {read:?}");
        }
    }

    #[test]
    fn days_are_read_in_days_weeks_and_months() {
        for (text, number) in [
            ("5 days", Some(5)),
            ("५ दिन", Some(5)),
            ("1 week", Some(7)),
            ("2 weeks", Some(14)),
            ("2w", Some(14)),
            ("1 month", Some(30)),
            ("३ महिने", Some(90)),
            ("2 आठवडे", Some(14)),
            ("5", None),
            ("1 year", None),
            ("2-3 days", None),
            ("a week", None),
            ("99999999999 days", None),
        ] {
            assert_eq!(days(text), number, "{text}");
        }
    }

    #[test]
    fn what_is_a_date_or_nothing_is_no_age() {
        for text in [
            "",
            "3/3/87",
            "3.3.1987",
            "3 mar 1987",
            "3 m 87",
            "6 m 1 y",
            "2 m 3 m",
            "nan",
            "m",
            "-3",
            "6 moons",
        ] {
            assert_eq!(years(text), None, "{text}");
        }
    }
}
