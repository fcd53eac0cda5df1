//! The words of the feature: what is asked, and what is counted.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{Error, FieldError};
use crate::practitioners::PractitionerId;
use crate::visits::{VisitStatus, VisitType};
use crate::web::{Fields, Parse, words};

words!(
    /// What one line counts.
    CountBy { Day = "day", Month = "month", Year = "year" }
);

/// Most lines of a report.
const MOST: i32 = 400;

/// Which check-ins are counted. Dates that are missing are chosen by [`Asked::range`].
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// What one line counts.
    pub by: CountBy,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
    /// Only of this practitioner.
    pub practitioner: Option<PractitionerId>,
    /// Only those that stand so now.
    pub status: Option<VisitStatus>,
    /// Only of this urgency.
    pub visit_type: Option<VisitType>,
}

impl Parse for Asked {
    fn parse(fields: &mut Fields) -> Asked {
        let asked = Asked {
            by: fields.choice_opt("by").unwrap_or_default(),
            from: fields.date("from"),
            to: fields.date("to"),
            practitioner: fields.id_opt("practitioner_id"),
            status: fields.choice_opt("status"),
            visit_type: fields.choice_opt("visit_type"),
        };
        if let (Some(from), Some(to)) = (asked.from, asked.to) {
            if to < from {
                fields.refuse("to", "before_from");
            } else if asked.by.lines(from, to) > MOST {
                fields.wrong(FieldError::new("from", "too_wide").with("max", MOST));
            }
        }
        asked
    }
}

impl CountBy {
    /// The first day of the period of a day.
    pub fn first(self, day: NaiveDate) -> NaiveDate {
        match self {
            CountBy::Day => day,
            CountBy::Month => day.with_day(1).unwrap_or(day),
            CountBy::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1).unwrap_or(day),
        }
    }

    /// The last day of the period that begins with a day.
    pub fn last(self, first: NaiveDate) -> NaiveDate {
        let next = match self {
            CountBy::Day => return first,
            CountBy::Month => first.checked_add_months(Months::new(1)),
            CountBy::Year => first.checked_add_months(Months::new(12)),
        };
        next.and_then(|day| day.checked_sub_days(Days::new(1))).unwrap_or(first)
    }

    /// How the period that begins with a day is written: `2026-03-03`, `2026-03`, `2026`.
    pub fn named(self, first: NaiveDate) -> String {
        let form = match self {
            CountBy::Day => "%Y-%m-%d",
            CountBy::Month => "%Y-%m",
            CountBy::Year => "%Y",
        };
        first.format(form).to_string()
    }

    fn lines(self, from: NaiveDate, to: NaiveDate) -> i32 {
        let years = to.year() - from.year();
        match self {
            CountBy::Day => i32::try_from((to - from).num_days()).unwrap_or(i32::MAX),
            CountBy::Month => years * 12,
            CountBy::Year => years,
        }
    }
}

impl Asked {
    /// The days that are counted. Where no first day was asked for: this month by day, this year by month,
    /// five years by year; all up to today.
    pub fn range(&self, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), Error> {
        let to = self.to.unwrap_or(today);
        let from = self.from.unwrap_or_else(|| match self.by {
            CountBy::Day => CountBy::Month.first(to),
            CountBy::Month => CountBy::Year.first(to),
            CountBy::Year => NaiveDate::from_ymd_opt(to.year() - 4, 1, 1).unwrap_or(to),
        });
        if to < from {
            return Err(Error::field("from", "after_to"));
        }
        if self.by.lines(from, to) > MOST {
            return Err(FieldError::new("from", "too_wide").with("max", MOST).into());
        }
        Ok((from, to))
    }
}

/// What was counted in one day, month or year of the clinic.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = CheckInPeriod)]
pub struct Period {
    /// `2026-03-03`, `2026-03` or `2026`.
    pub period: String,
    /// Its first day.
    pub first_day: NaiveDate,
    /// Everybody who was checked in.
    pub check_ins: i64,
    /// Seen and finished.
    pub completed: i64,
    /// Cancelled.
    pub cancelled: i64,
    /// Called, and not there.
    pub no_show: i64,
    /// Still waiting or with the doctor; of a day that is over: never finished.
    pub open: i64,
    /// Emergencies among all.
    pub emergencies: i64,
    /// Called in.
    pub called: i64,
    /// Whole minutes from check-in to call, on average over those called.
    pub waited_minutes: Option<i64>,
}

impl Period {
    /// The counts, each under the key of its word, in the order of the report.
    pub fn each(&self) -> [(&'static str, i64); 6] {
        [
            ("check_ins.check_ins", self.check_ins),
            ("status.completed", self.completed),
            ("check_ins.open", self.open),
            ("status.cancelled", self.cancelled),
            ("status.no_show", self.no_show),
            ("check_ins.emergencies", self.emergencies),
        ]
    }
}

/// Periods that have check-ins, the newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CheckInReport)]
pub struct Report {
    /// What one line counts.
    pub by: CountBy,
    /// The first day that was counted.
    pub from: NaiveDate,
    /// The last day that was counted.
    pub to: NaiveDate,
    /// The lines.
    #[serde(rename = "items")]
    pub periods: Vec<Period>,
}

impl Report {
    /// All of it in one line.
    pub fn total(&self) -> Period {
        let sum = |of: fn(&Period) -> i64| self.periods.iter().map(of).sum::<i64>();
        let called = sum(|p| p.called);
        let waited = sum(|p| p.waited_minutes.unwrap_or(0) * p.called);
        Period {
            period: String::new(),
            first_day: self.from,
            check_ins: sum(|p| p.check_ins),
            completed: sum(|p| p.completed),
            cancelled: sum(|p| p.cancelled),
            no_show: sum(|p| p.no_show),
            open: sum(|p| p.open),
            emergencies: sum(|p| p.emergencies),
            called,
            waited_minutes: (called > 0).then(|| waited / called.max(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    #[test]
    fn what_nobody_asked_for_is_chosen() {
        let today = day(2026, 3, 17);
        let range = |by| Asked { by, ..Asked::default() }.range(today).unwrap();
        assert_eq!(range(CountBy::Day), (day(2026, 3, 1), today));
        assert_eq!(range(CountBy::Month), (day(2026, 1, 1), today));
        assert_eq!(range(CountBy::Year), (day(2022, 1, 1), today));
        let later = Asked { from: Some(day(2026, 4, 1)), ..Asked::default() };
        assert!(later.range(today).is_err());
        let wide = Asked { from: Some(day(2020, 4, 1)), ..Asked::default() };
        assert!(wide.range(today).is_err());
    }

    #[test]
    fn periods_begin_and_end() {
        assert_eq!(CountBy::Month.last(day(2024, 2, 1)), day(2024, 2, 29));
        assert_eq!(CountBy::Year.last(day(2026, 1, 1)), day(2026, 12, 31));
        assert_eq!(CountBy::Month.named(day(2026, 3, 1)), "2026-03");
    }
}
