//! From which day to which.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::error::Error;
use crate::web::Fields;

/// Days that are shown unless somebody says otherwise.
const USUAL: i64 = 30;
/// Most days of a period.
const MOST: i64 = 366;

/// What was asked for, before today is known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Asked {
    days: Option<i64>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl Asked {
    /// `?days=90`, or `?from=2026-03-01&to=2026-03-31`.
    pub(super) fn parse(fields: &mut Fields) -> Asked {
        Asked {
            days: fields.int("days", 1..=MOST),
            from: fields.date("from"),
            to: fields.date("to"),
        }
    }

    /// The days meant, the last of them today unless another is named.
    pub(super) fn until(self, today: NaiveDate) -> Result<Period, Error> {
        let to = self.to.unwrap_or(today);
        let days = self.days.unwrap_or(USUAL);
        let from = self.from.unwrap_or(to - chrono::Duration::days(days - 1));
        if to > today {
            return Err(Error::field("to", "in_the_future"));
        }
        if from > to {
            return Err(Error::field("from", "after_the_end"));
        }
        if (to - from).num_days() >= MOST {
            return Err(Error::field("from", "longer_than_a_year"));
        }
        Ok(Period { from, to })
    }
}

/// Days, the first and the last included; never more than a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

impl Period {
    /// The usual days until today.
    pub(super) fn usual(today: NaiveDate) -> Period {
        Period { from: today - chrono::Duration::days(USUAL - 1), to: today }
    }

    /// Every day of it.
    pub fn days(self) -> Vec<NaiveDate> {
        self.from.iter_days().take_while(|day| *day <= self.to).collect()
    }

    /// How many days it has.
    pub fn length(self) -> i64 {
        (self.to - self.from).num_days() + 1
    }

    /// When it begins, and when the day after it does, in a zone.
    pub(super) fn instants(self, zone: Tz) -> (DateTime<Utc>, DateTime<Utc>) {
        let after = self.to.checked_add_days(Days::new(1)).unwrap_or(self.to);
        (midnight(self.from, zone), midnight(after, zone))
    }
}

/// When a day begins. Where the clock skips midnight, the day begins an hour later.
fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN);
    let first = zone.from_local_datetime(&local).earliest();
    let later = || zone.from_local_datetime(&(local + chrono::Duration::hours(1))).earliest();
    first.or_else(later).map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn asked(query: &[(&str, &str)]) -> Result<Period, String> {
        let pairs = query.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
        let asked = Asked::parse(&mut Fields::from_pairs(pairs));
        match asked.until(day("2026-03-03")) {
            Ok(period) => Ok(period),
            Err(Error::Invalid(errors)) => Err(format!("{}: {}", errors[0].field, errors[0].code)),
            Err(other) => Err(other.to_string()),
        }
    }

    #[test]
    fn a_period_ends_today_unless_somebody_says_otherwise() {
        let period = |from: &str, to: &str| Ok(Period { from: day(from), to: day(to) });
        assert_eq!(asked(&[]), period("2026-02-02", "2026-03-03"));
        assert_eq!(asked(&[("days", "1")]), period("2026-03-03", "2026-03-03"));
        assert_eq!(
            asked(&[("from", "2026-01-01"), ("to", "2026-01-31")]),
            period("2026-01-01", "2026-01-31")
        );
        assert_eq!(
            asked(&[("days", "7"), ("to", "2026-01-31")]),
            period("2026-01-25", "2026-01-31")
        );
        assert_eq!(asked(&[("to", "2026-03-04")]), Err("to: in_the_future".into()));
        assert_eq!(
            asked(&[("from", "2026-02-02"), ("to", "2026-02-01")]),
            Err("from: after_the_end".into())
        );
        assert_eq!(asked(&[("from", "2025-03-02")]), Err("from: longer_than_a_year".into()));
        assert_eq!(asked(&[("from", "2025-03-03")]).unwrap().length(), 366);
    }

    #[test]
    fn a_day_begins_at_its_own_midnight() {
        let period = Period { from: day("2026-03-08"), to: day("2026-03-08") };
        let (from, until) = period.instants(chrono_tz::Asia::Kolkata);
        assert_eq!(from.to_rfc3339(), "2026-03-07T18:30:00+00:00");
        assert_eq!((until - from).num_hours(), 24);
        // The clock goes forward in New York, and in Beirut it does so at midnight.
        let (from, until) = period.instants(chrono_tz::America::New_York);
        assert_eq!((until - from).num_hours(), 23);
        let spring = Period { from: day("2026-03-29"), to: day("2026-03-29") };
        let (from, until) = spring.instants(chrono_tz::Asia::Beirut);
        assert_eq!((until - from).num_hours(), 23);
    }
}
