//! How old a patient was when something was measured, and the groups for which ranges are published.

use chrono::NaiveDate;

/// An age on the day of the measurement, in days.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Age(f64);

const YEAR: f64 = 365.2425;

impl Age {
    /// From the birth date, or from an age in years as told on a day.
    pub fn on(
        day: NaiveDate,
        birth: Option<NaiveDate>,
        told: Option<f64>,
        told_on: Option<NaiveDate>,
    ) -> Age {
        let since = |from: NaiveDate| {
            let days = (day - from).num_days().max(0);
            u32::try_from(days).map_or(0.0, f64::from)
        };
        Age(match birth {
            Some(birth) => since(birth),
            None => told.unwrap_or(30.0) * YEAR + told_on.map_or(0.0, since),
        })
    }

    /// An age of so many years.
    pub fn years(years: f64) -> Age {
        Age(years * YEAR)
    }

    /// In days.
    pub(super) fn days(self) -> f64 {
        self.0
    }

    /// Completed years, where a birthday counts from its morning on.
    pub(super) fn completed(self) -> f64 {
        ((self.0 + 0.5) / YEAR).floor()
    }

    /// Its group.
    pub(super) fn group(self) -> Group {
        if self.0 < 28.0 {
            return Group::Neonate;
        }
        match self.completed() {
            y if y < 1.0 => Group::Infant,
            y if y < 3.0 => Group::Toddler,
            y if y < 6.0 => Group::Preschool,
            y if y < 10.0 => Group::School,
            y if y < 12.0 => Group::Preadolescent,
            y if y < 16.0 => Group::Adolescent,
            _ => Group::Adult,
        }
    }
}

/// The age groups of Pediatric Advanced Life Support; NEWS2 begins at 16 years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// To 28 days.
    Neonate,
    /// To 1 year.
    Infant,
    /// 1–2 years.
    Toddler,
    /// 3–5 years.
    Preschool,
    /// 6–9 years.
    School,
    /// 10–11 years.
    Preadolescent,
    /// 12–15 years.
    Adolescent,
    /// From 16 years.
    Adult,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_age_is_that_of_the_day_of_the_measurement() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let group = |on, birth| Age::on(on, Some(birth), None, None).group();
        assert_eq!(group(day(2026, 3, 3), day(2026, 2, 20)), Group::Neonate);
        assert_eq!(group(day(2026, 3, 2), day(2010, 3, 3)), Group::Adolescent);
        assert_eq!(group(day(2026, 3, 3), day(2010, 3, 3)), Group::Adult);
        assert_eq!(group(day(2027, 3, 3), day(2026, 3, 3)), Group::Toddler);
        let told = Age::on(day(2026, 3, 3), None, Some(15.5), Some(day(2025, 3, 3)));
        assert_eq!(told.group(), Group::Adult);
        let unborn = Age::on(day(2026, 3, 3), Some(day(2026, 3, 4)), None, None);
        assert_eq!(unborn.group(), Group::Neonate);
    }
}
