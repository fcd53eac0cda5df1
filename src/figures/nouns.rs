//! The words of the feature: what is counted.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::Period;
use crate::practitioners::PractitionerId;

/// One day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct DayCount {
    /// The clinic's day.
    pub day: NaiveDate,
    /// Visits, those apart that came to nothing.
    pub visits: i64,
    /// Visits that were cancelled or missed.
    pub lost: i64,
    /// Patients registered, those left out whose record was set aside.
    pub new_patients: i64,
}

/// One doctor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DoctorCount {
    /// The doctor; `null` for visits to nobody in particular.
    pub practitioner_id: Option<PractitionerId>,
    /// The name.
    pub name: Option<String>,
    /// Visits, those apart that came to nothing.
    pub visits: i64,
    /// Visits that were cancelled or missed.
    pub lost: i64,
}

/// Something by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counted {
    /// As it was written; of several spellings the first.
    pub name: String,
    /// How often.
    pub count: i64,
}

/// A test by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TestCount {
    /// As it was written; of several spellings the first.
    pub name: String,
    /// How often it was ordered; what was called off does not count.
    pub ordered: i64,
    /// How many of these have a result.
    pub done: i64,
}

/// Today so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Now {
    /// Visits of today, those left out that came to nothing.
    pub came: i64,
    /// Those who wait.
    pub waiting: i64,
    /// Those who are with a doctor.
    pub inside: i64,
}

/// What waits for somebody to decide; each is counted to a hundred.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Decisions {
    /// Prescriptions that were drafted more than a day ago and never signed.
    pub unsigned: i64,
    /// Visits of earlier days that nobody has ended.
    pub left_open: i64,
    /// Colleagues who have not chosen a password yet.
    pub invited: i64,
    /// Imports that stopped half way.
    pub interrupted: i64,
}

impl Decisions {
    /// All of them.
    pub fn total(self) -> i64 {
        self.unsigned + self.left_open + self.invited + self.interrupted
    }
}

/// The clinic in figures.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Figures {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// Today so far.
    pub now: Now,
    /// What waits for a decision.
    pub decisions: Decisions,
    /// Visits of the period.
    pub visits: i64,
    /// Patients registered in it.
    pub new_patients: i64,
    /// Prescriptions written in it and signed.
    pub prescriptions: i64,
    /// Every day of it, also those on which nothing happened.
    pub days: Vec<DayCount>,
    /// By doctor, the most visited first.
    pub doctors: Vec<DoctorCount>,
    /// The ten diagnoses that were written most.
    pub diagnoses: Vec<Counted>,
    /// The ten tests that were ordered most.
    pub tests: Vec<TestCount>,
}

impl Figures {
    pub(super) fn of(period: Period, now: Now, decisions: Decisions) -> Figures {
        let day = |day| DayCount { day, visits: 0, lost: 0, new_patients: 0 };
        Figures {
            from: period.from,
            to: period.to,
            now,
            decisions,
            visits: 0,
            new_patients: 0,
            prescriptions: 0,
            days: period.days().into_iter().map(day).collect(),
            doctors: Vec::new(),
            diagnoses: Vec::new(),
            tests: Vec::new(),
        }
    }

    /// The period.
    pub fn period(&self) -> Period {
        Period { from: self.from, to: self.to }
    }

    /// The account of a day of the period.
    pub(super) fn day(&mut self, day: NaiveDate) -> Option<&mut DayCount> {
        let at = usize::try_from((day - self.from).num_days()).ok()?;
        self.days.get_mut(at)
    }
}
