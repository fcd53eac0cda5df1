//! When a clinic is open: typed freely, kept in one form, told in few words.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::web::{Fields, Lang, Parse};

/// The days of a week as fields and keys are named.
pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Most times of opening in one day.
const MOST: usize = 4;

/// For each weekday when the clinic is open, as `09:00–13:00, 17:00–21:00`; `null` for a day it is closed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = OpeningHours)]
pub struct Hours {
    /// Monday.
    #[schema(max_length = 60, example = "09:00–13:00, 17:00–21:00")]
    pub mon: Option<String>,
    /// Tuesday.
    #[schema(max_length = 60)]
    pub tue: Option<String>,
    /// Wednesday.
    #[schema(max_length = 60)]
    pub wed: Option<String>,
    /// Thursday.
    #[schema(max_length = 60)]
    pub thu: Option<String>,
    /// Friday.
    #[schema(max_length = 60)]
    pub fri: Option<String>,
    /// Saturday.
    #[schema(max_length = 60)]
    pub sat: Option<String>,
    /// Sunday.
    #[schema(max_length = 60)]
    pub sun: Option<String>,
}

impl Hours {
    /// The days in their order.
    pub fn days(&self) -> [Option<&str>; 7] {
        [&self.mon, &self.tue, &self.wed, &self.thu, &self.fri, &self.sat, &self.sun]
            .map(Option::as_deref)
    }

    /// In one line, days with the same hours together: `Mon–Sat 09:00–13:00 · Sun closed`. Empty where nobody
    /// has said anything.
    pub fn line(&self, lang: &Lang) -> String {
        let days = self.days();
        if days.iter().all(Option::is_none) {
            return String::new();
        }
        let name = |at: usize| {
            let day = WEEKDAYS.get(at).copied().unwrap_or_default();
            lang.t(&format!("weekday.{day}")).to_owned()
        };
        let mut parts: Vec<String> = Vec::new();
        let mut first = 0;
        for (at, hours) in days.iter().enumerate() {
            if days.get(at + 1) == Some(hours) {
                continue;
            }
            let named =
                if first == at { name(at) } else { format!("{}–{}", name(first), name(at)) };
            parts.push(format!("{named} {}", hours.unwrap_or(lang.t("settings.closed"))));
            first = at + 1;
        }
        parts.join(" · ")
    }
}

impl Parse for Hours {
    fn parse(fields: &mut Fields) -> Hours {
        let [mon, tue, wed, thu, fri, sat, sun] = WEEKDAYS.map(|day| day_of(fields, day));
        Hours { mon, tue, wed, thu, fri, sat, sun }
    }
}

fn day_of(fields: &mut Fields, day: &str) -> Option<String> {
    let text = fields.text_opt(day, 60)?;
    match read(&text) {
        Ok(told) => told,
        Err(code) => {
            fields.refuse(day, code);
            None
        }
    }
}

/// The one form of what somebody typed; none where the clinic is closed.
fn read(text: &str) -> Result<Option<String>, &'static str> {
    let text = text.trim().to_lowercase();
    if ["closed", "-", "–"].contains(&text.as_str()) {
        return Ok(None);
    }
    if ["24 hours", "24h", "24 h"].contains(&text.as_str()) {
        return Ok(Some("00:00–24:00".into()));
    }
    let spans = text.split([',', ';', '&']).flat_map(|part| part.split(" and "));
    let mut spans = spans.map(span).collect::<Result<Vec<_>, _>>()?;
    spans.sort_unstable();
    if spans.len() > MOST {
        return Err("too_many_hours");
    }
    if spans.iter().zip(spans.iter().skip(1)).any(|(one, next)| one.1 > next.0) {
        return Err("hours_overlap");
    }
    let clock = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let told: Vec<_> = spans.iter().map(|(a, b)| format!("{}–{}", clock(*a), clock(*b))).collect();
    Ok(Some(told.join(", ")))
}

fn span(text: &str) -> Result<(u32, u32), &'static str> {
    let text = text.replace(['–', '—'], "-").replace(" to ", "-");
    let text = text.replace("a.m.", "am").replace("p.m.", "pm");
    let (from, to) = text.split_once('-').ok_or("not_hours")?;
    let after_noon = to.trim_end().ends_with("pm") && !from.trim_end().ends_with('m');
    let (mut from, to) = (time(from).ok_or("not_hours")?, time(to).ok_or("not_hours")?);
    // The one word behind both: 5-9 pm is an evening, 9-1 pm is not.
    if after_noon && from + NOON < to {
        from += NOON;
    }
    if from < to { Ok((from, to)) } else { Err("hours_backwards") }
}

/// Twelve hours in minutes.
const NOON: u32 = 12 * 60;

/// Minutes after midnight in `9`, `9:30`, `9.30`, `21:00`, `9 pm`.
fn time(text: &str) -> Option<u32> {
    let text = text.trim();
    let half = ["am", "pm"].into_iter().find(|half| text.ends_with(half));
    let plain = text.trim_end_matches(['a', 'p', 'm']).trim_end();
    let (hour, minute) = plain.split_once([':', '.']).unwrap_or((plain, "00"));
    let number = |text: &str, most: u32| {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|n: &u32| digits && *n <= most)
    };
    let (hour, minute) = (number(hour, 24)?, number(minute, 59)?);
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some("am") => hour % 12,
        Some(_) => hour % 12 + 12,
    };
    Some(hour * 60 + minute).filter(|minutes| *minutes <= 24 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::text::Texts;

    #[test]
    fn people_write_hours_in_many_ways_and_they_are_kept_in_one() {
        for (typed, kept) in [
            ("9-13", "09:00–13:00"),
            ("09:00–13:00, 17:00–21:00", "09:00–13:00, 17:00–21:00"),
            ("5 pm to 9 pm; 9.30 am - 1 pm", "09:30–13:00, 17:00–21:00"),
            ("9-13 and 17-21", "09:00–13:00, 17:00–21:00"),
            ("12 am - 12 pm", "00:00–12:00"),
            ("5-9 p.m.", "17:00–21:00"),
            ("9 am - 1 pm, 5-9 pm", "09:00–13:00, 17:00–21:00"),
            ("9-1 pm", "09:00–13:00"),
            ("9-12 pm", "09:00–12:00"),
            ("24 hours", "00:00–24:00"),
            ("18-24", "18:00–24:00"),
        ] {
            assert_eq!(read(typed), Ok(Some(kept.into())), "{typed}");
            assert_eq!(read(kept), Ok(Some(kept.into())), "{kept}");
        }
        assert_eq!(read("Closed"), Ok(None));
        for (typed, code) in [
            ("9", "not_hours"),
            ("9-25", "not_hours"),
            ("9:60-10", "not_hours"),
            ("13 pm - 14 pm", "not_hours"),
            ("morning", "not_hours"),
            ("9-13,", "not_hours"),
            ("9-1", "hours_backwards"),
            ("9-9", "hours_backwards"),
            ("9-13, 12-15", "hours_overlap"),
            ("1-2,3-4,5-6,7-8,9-10", "too_many_hours"),
        ] {
            assert_eq!(read(typed), Err(code), "{typed}");
        }
    }

    #[test]
    fn days_with_the_same_hours_are_told_together() {
        let lang = Texts::load().unwrap().of("en");
        let day = |text: &str| Some(text.to_owned());
        let six = || day("09:00–13:00");
        let hours = Hours {
            mon: six(),
            tue: six(),
            wed: six(),
            thu: day("09:00–12:00"),
            fri: six(),
            sat: None,
            sun: None,
        };
        assert_eq!(
            hours.line(&lang),
            "Mon–Wed 09:00–13:00 · Thu 09:00–12:00 · Fri 09:00–13:00 · Sat–Sun closed"
        );
        assert_eq!(Hours::default().line(&lang), "");
    }
}
