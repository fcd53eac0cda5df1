//! When a medicine is taken. People write it in many ways; it is stored in one, printed beside its words,
//! and the two never disagree.

use std::fmt;
use std::str::FromStr;

use super::wording;
use crate::error::FieldError;

/// Quarters of a unit that may be taken at one time: ten units.
const MOST: u8 = 40;

/// How many units are taken at one time, in quarters: a tablet can be halved twice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count(u8);

impl Count {
    /// So many quarters, up to ten whole units.
    pub fn quarters(quarters: u8) -> Option<Count> {
        (quarters <= MOST).then_some(Count(quarters))
    }

    /// One whole unit.
    pub const ONE: Count = Count(4);

    /// Whether nothing is taken.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Units that so many doses make, rounded up.
    pub fn of(self, doses: u32) -> u32 {
        (self.number() * doses).div_ceil(4)
    }

    fn number(self) -> u32 {
        u32::from(self.0)
    }
}

impl fmt::Display for Count {
    /// A leading zero and no trailing one: `0.5`, `1`, `1.25`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match self.0 % 4 {
            1 => ".25",
            2 => ".5",
            3 => ".75",
            _ => "",
        };
        write!(f, "{}{part}", self.0 / 4)
    }
}

impl FromStr for Count {
    type Err = ();

    fn from_str(text: &str) -> Result<Count, ()> {
        let text = text.trim().replace(',', ".");
        let (whole, part) = match text.char_indices().last() {
            Some((at, '½')) => (text.get(..at).unwrap_or_default(), 2),
            Some((at, '¼')) => (text.get(..at).unwrap_or_default(), 1),
            Some((at, '¾')) => (text.get(..at).unwrap_or_default(), 3),
            _ => match text.as_str() {
                "1/2" => ("", 2),
                "1/4" => ("", 1),
                "3/4" => ("", 3),
                _ => match text.split_once('.') {
                    Some((whole, "5" | "50")) => (whole, 2),
                    Some((whole, "25")) => (whole, 1),
                    Some((whole, "75")) => (whole, 3),
                    Some((whole, "0" | "00")) if !whole.is_empty() => (whole, 0),
                    Some(_) => return Err(()),
                    None if text.is_empty() => return Err(()),
                    None => (text.as_str(), 0),
                },
            },
        };
        let whole = whole.trim();
        if whole.len() > 2 || !whole.bytes().all(|b| b.is_ascii_digit()) {
            return Err(());
        }
        let whole: u8 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| ())? };
        whole.checked_mul(4).and_then(|q| q.checked_add(part)).and_then(Count::quarters).ok_or(())
    }
}

/// The times of a day that a pattern names.
pub const MOMENTS: [&str; 4] = ["morning", "afternoon", "evening", "night"];

/// When a medicine is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Schedule {
    /// So many at each of [`MOMENTS`], at least one of them not zero.
    Pattern([Count; 4]),
    /// Every so many hours, 1–24.
    Hours(u8),
    /// Every so many days, 2–90.
    Days(u8),
    /// When it is needed.
    AsNeeded,
}

impl Schedule {
    /// Units taken in so many days, rounded up; unknown where it is taken as needed.
    pub fn units(self, days: u32) -> Option<u32> {
        match self {
            Schedule::Pattern(counts) => {
                let quarters: u32 = counts.iter().map(|count| count.number()).sum();
                Some((quarters * days).div_ceil(4))
            }
            Schedule::Hours(hours) => Some((24 * days).div_ceil(u32::from(hours.max(1)))),
            Schedule::Days(every) => Some(days.div_ceil(u32::from(every.max(1)))),
            Schedule::AsNeeded => None,
        }
    }

    /// Units a day; unknown where it is taken as needed.
    pub fn per_day(self) -> Option<f64> {
        match self {
            Schedule::Pattern(counts) => {
                Some(f64::from(counts.iter().map(|count| count.number()).sum::<u32>()) / 4.0)
            }
            Schedule::Hours(hours) => Some(24.0 / f64::from(hours.max(1))),
            Schedule::Days(every) => Some(1.0 / f64::from(every.max(1))),
            Schedule::AsNeeded => None,
        }
    }

    /// The pattern as printed beside the words; nothing where the words say it all.
    pub fn pattern(self) -> Option<String> {
        matches!(self, Schedule::Pattern(_)).then(|| self.to_string())
    }

    /// The pattern with so many units where it says one. None where it says other numbers already: how
    /// many are meant would be a guess.
    pub fn times(self, count: Count) -> Option<Schedule> {
        match self {
            Schedule::Pattern(counts) => {
                let single = counts.iter().all(|c| c.is_zero() || *c == Count::ONE);
                let times = counts.map(|c| if c.is_zero() { c } else { count });
                single.then_some(Schedule::Pattern(times))
            }
            other => Some(other),
        }
    }

    /// The words: `1 in the morning, 1 at night`. `dose` is what is taken at a time, such as `5 mL`; `say`
    /// answers the text of a key with its value filled in.
    pub fn words(self, dose: Option<&str>, say: impl Fn(&str, &str) -> String) -> String {
        let one = dose.unwrap_or("1");
        match self {
            Schedule::Pattern(counts) => {
                let said = counts.iter().zip(MOMENTS).filter(|(count, _)| !count.is_zero());
                let said = said.map(|(count, moment)| {
                    let taken = match dose {
                        Some(dose) if *count == Count::ONE => dose.to_owned(),
                        Some(dose) if dose != "1" => format!("{count} × {dose}"),
                        _ => count.to_string(),
                    };
                    say(&format!("schedule.{moment}"), &taken)
                });
                said.collect::<Vec<_>>().join(", ")
            }
            Schedule::Hours(1) => say("schedule.hour", one),
            Schedule::Hours(hours) => {
                say("schedule.hours", one).replacen("{n}", &hours.to_string(), 1)
            }
            Schedule::Days(7) => say("schedule.week", one),
            Schedule::Days(every) => {
                say("schedule.days", one).replacen("{n}", &every.to_string(), 1)
            }
            Schedule::AsNeeded => say("schedule.as_needed", one),
        }
    }
}

impl fmt::Display for Schedule {
    /// As stored. The evening has its place in the pattern only where one takes something then.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Schedule::Pattern([morning, afternoon, evening, night]) if evening.is_zero() => {
                write!(f, "{morning}-{afternoon}-{night}")
            }
            Schedule::Pattern([morning, afternoon, evening, night]) => {
                write!(f, "{morning}-{afternoon}-{evening}-{night}")
            }
            Schedule::Hours(1) => write!(f, "every hour"),
            Schedule::Hours(hours) => write!(f, "every {hours} hours"),
            Schedule::Days(days) => write!(f, "every {days} days"),
            Schedule::AsNeeded => write!(f, "as needed"),
        }
    }
}

impl From<Schedule> for String {
    fn from(schedule: Schedule) -> String {
        schedule.to_string()
    }
}

impl TryFrom<String> for Schedule {
    type Error = NotASchedule;

    fn try_from(text: String) -> Result<Schedule, NotASchedule> {
        text.parse()
    }
}

/// Why a text is no schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a schedule")]
pub enum NotASchedule {
    /// Nobody can say what it means.
    Unclear,
    /// A pattern of zeros.
    Empty,
    /// An abbreviation that is read wrongly too often.
    Abbreviation(&'static str),
}

impl NotASchedule {
    /// Refuses the field, with what to write instead.
    pub fn refusal(self, field: &str) -> FieldError {
        let error = FieldError::new(field, "not_a_schedule");
        match self {
            NotASchedule::Unclear => error,
            NotASchedule::Empty => error.with("about", "no_dose"),
            NotASchedule::Abbreviation(kind) => wording::refusal(field, kind),
        }
    }
}

impl FromStr for Schedule {
    type Err = NotASchedule;

    fn from_str(text: &str) -> Result<Schedule, NotASchedule> {
        let text = text.trim().to_lowercase();
        match text.as_str() {
            "sos" | "as needed" | "as_needed" | "when needed" => return Ok(Schedule::AsNeeded),
            "every hour" | "hourly" => return Ok(Schedule::Hours(1)),
            "weekly" | "every week" | "once a week" => return Ok(Schedule::Days(7)),
            _ => {}
        }
        if let Some(rest) = text.strip_prefix("every ") {
            return every(rest);
        }
        if let Some(kind) = wording::unsafe_in(&text) {
            return Err(NotASchedule::Abbreviation(kind));
        }
        if let Some(dashed) = keyed(&text) {
            return pattern(&dashed);
        }
        if text.contains(|c: char| c.is_ascii_digit() || "½¼¾".contains(c)) {
            return pattern(&text);
        }
        moments(&text)
    }
}

fn every(rest: &str) -> Result<Schedule, NotASchedule> {
    let (number, unit) = rest.trim().split_once(' ').ok_or(NotASchedule::Unclear)?;
    let number: u8 = number.parse().map_err(|_| NotASchedule::Unclear)?;
    match unit.trim() {
        "hours" | "hour" if (1..=24).contains(&number) => Ok(Schedule::Hours(number)),
        "days" if (2..=90).contains(&number) => Ok(Schedule::Days(number)),
        "weeks" if (1..=12).contains(&number) => Ok(Schedule::Days(number * 7)),
        _ => Err(NotASchedule::Unclear),
    }
}

/// `101` is `1-0-1`, as it is keyed in a hurry: three or four digits, none above four, because `500` in this
/// place is a strength that went astray.
fn keyed(text: &str) -> Option<String> {
    let shaped = (3..=4).contains(&text.len()) && text.bytes().all(|b| (b'0'..=b'4').contains(&b));
    shaped.then(|| text.chars().map(String::from).collect::<Vec<_>>().join("-"))
}

/// `1-0-1` is morning, afternoon, night; `1-0-0-1` has the evening before the night.
fn pattern(text: &str) -> Result<Schedule, NotASchedule> {
    let dashes = text.replace(['–', '—', '‑', '−'], "-");
    let counts: Result<Vec<Count>, ()> = dashes.split('-').map(str::parse).collect();
    let counts = counts.map_err(|()| NotASchedule::Unclear)?;
    let counts = match *counts.as_slice() {
        [morning, afternoon, night] => [morning, afternoon, Count::default(), night],
        [morning, afternoon, evening, night] => [morning, afternoon, evening, night],
        _ => return Err(NotASchedule::Unclear),
    };
    if counts.iter().all(|count| count.is_zero()) {
        return Err(NotASchedule::Empty);
    }
    Ok(Schedule::Pattern(counts))
}

/// `morning_night`, `morning and night`, `evening`.
fn moments(text: &str) -> Result<Schedule, NotASchedule> {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty() && *w != "and");
    let mut counts = [Count::default(); 4];
    let mut any = false;
    for word in words {
        let place = counts.iter_mut().zip(MOMENTS).find(|(_, moment)| *moment == word);
        let (count, _) = place.ok_or(NotASchedule::Unclear)?;
        *count = Count::ONE;
        any = true;
    }
    if any { Ok(Schedule::Pattern(counts)) } else { Err(NotASchedule::Unclear) }
}

#[cfg(test)]
mod tests;
