//! How old somebody is, in the words of banner, board and sheet: days, weeks and months for small children,
//! as the NHS writes ages, because a dose for six weeks is not one for six months.

use chrono::{Datelike, Months, NaiveDate};

/// What is known of a birth: the date, or an age in years as told on a day.
#[derive(Debug, Clone, Copy, Default)]
pub struct Born {
    /// Birth date.
    pub birth_date: Option<NaiveDate>,
    /// Or an age in years,
    pub age_years: Option<f64>,
    /// as told on a day.
    pub age_told_on: Option<NaiveDate>,
}

impl Born {
    /// Completed years on a day.
    pub fn years(self, today: NaiveDate) -> i32 {
        if let Some(birth) = self.birth_date {
            let had_birthday = (today.month(), today.day()) >= (birth.month(), birth.day());
            return today.year() - birth.year() - i32::from(!had_birthday);
        }
        whole(self.told_days(today) / YEAR)
    }

    /// Whether nothing is known but that the first birthday was to come: somebody told an age of no years.
    pub fn is_under_one(self, today: NaiveDate) -> bool {
        let told = self.birth_date.is_none() && self.age_years.is_none_or(|years| years < 0.001);
        told && self.told_days(today) < YEAR
    }

    /// The age in words: days below four weeks, weeks and days below one year, months and days below two,
    /// years and months below eighteen, then years. An age that was told is not known so well: it is said in
    /// one unit. `say` answers the text of a key with its value filled in.
    pub fn words(self, today: NaiveDate, say: impl Fn(&str, &str) -> String) -> String {
        if self.is_under_one(today) {
            return say("age.under_years", "1");
        }
        let parts = match self.birth_date {
            Some(birth) => exact(birth.min(today), today),
            None => told(self.told_days(today)),
        };
        let said = parts.iter().enumerate().filter(|(at, part)| *at == 0 || part.1 > 0);
        let said = said.map(|(_, (unit, number))| say(&format!("age.{unit}"), &number.to_string()));
        said.collect::<Vec<_>>().join(" ")
    }

    fn told_days(self, today: NaiveDate) -> f64 {
        let since = self.age_told_on.map_or(0, |on| (today - on).num_days().max(0));
        self.age_years.unwrap_or(0.0) * YEAR + u32::try_from(since).map_or(0.0, f64::from)
    }
}

const YEAR: f64 = 365.2425;

/// A unit and how many of it.
type Part = (&'static str, i32);

/// The largest whole number up to this; nobody is older than 250 years of days.
fn whole(number: f64) -> i32 {
    let (mut low, mut high) = (0, 100_000);
    while low < high {
        let middle = low + (high - low + 1) / 2;
        if f64::from(middle) <= number { low = middle } else { high = middle - 1 }
    }
    low
}

/// Between two days: whole months, and the days beyond them.
fn months_and_days(birth: NaiveDate, today: NaiveDate) -> (i32, i32) {
    let mut months = (today.year() - birth.year()) * 12;
    months +=
        i32::try_from(today.month0()).unwrap_or(0) - i32::try_from(birth.month0()).unwrap_or(0);
    if today.day() < birth.day() {
        months -= 1;
    }
    let last = u32::try_from(months).ok().and_then(|n| birth.checked_add_months(Months::new(n)));
    let days = last.map_or(0, |last| (today - last).num_days().max(0));
    (months, i32::try_from(days).unwrap_or(0))
}

fn exact(birth: NaiveDate, today: NaiveDate) -> [Part; 2] {
    let days = i32::try_from((today - birth).num_days()).unwrap_or(0);
    let (months, rest) = months_and_days(birth, today);
    match (days, months) {
        (..28, _) => [("days", days), ("days", 0)],
        (_, ..12) => [("weeks", days / 7), ("days", days % 7)],
        (_, ..24) => [("months", months), ("days", rest)],
        (_, ..216) => [("years", months / 12), ("months", months % 12)],
        _ => [("years", months / 12), ("months", 0)],
    }
}

/// A told age is years with a fraction: a hair more keeps 6 months from being 5 and the rest.
fn told(days: f64) -> [Part; 2] {
    let days = days + 0.01;
    if days < 28.0 {
        [("days", whole(days)), ("days", 0)]
    } else if days < 60.0 {
        [("weeks", whole(days / 7.0)), ("days", 0)]
    } else if days < 2.0 * YEAR {
        [("months", whole(days / YEAR * 12.0)), ("days", 0)]
    } else {
        [("years", whole(days / YEAR)), ("months", 0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    fn words(born: Born) -> String {
        let unit = |key: &str, n: &str| format!("{n}{}", &key.replace("age.", "")[..1]);
        born.words(day(2026, 3, 3), unit)
    }

    fn on(y: i32, m: u32, d: u32) -> String {
        words(Born { birth_date: Some(day(y, m, d)), ..Born::default() })
    }

    #[test]
    fn a_small_child_is_so_many_days_weeks_or_months() {
        for (birth, age) in [
            (on(2026, 3, 3), "0d"),
            (on(2026, 3, 1), "2d"),
            (on(2026, 2, 4), "27d"),
            (on(2026, 2, 3), "4w"),
            (on(2026, 1, 10), "7w 3d"),
            (on(2025, 3, 4), "52w"),
            (on(2025, 3, 3), "12m"),
            (on(2024, 12, 31), "14m 3d"),
            (on(2024, 3, 4), "23m 27d"),
            (on(2024, 3, 3), "2y"),
            (on(2021, 9, 2), "4y 6m"),
            (on(2008, 3, 4), "17y 11m"),
            (on(2008, 3, 3), "18y"),
            (on(1987, 3, 4), "38y"),
            (on(2026, 3, 9), "0d"),
        ] {
            assert_eq!(birth, age);
        }
    }

    #[test]
    fn an_age_that_was_told_grows_and_is_not_known_to_the_day() {
        let told =
            |years, on| Born { age_years: Some(years), age_told_on: Some(on), birth_date: None };
        for (born, age, years) in [
            (told(0.0, day(2026, 3, 3)), "1u", 0),
            (told(0.0, day(2025, 9, 3)), "1u", 0),
            (told(0.0, day(2025, 1, 3)), "13m", 1),
            (told(0.5 / YEAR, day(2026, 3, 3)), "0d", 0),
            (told(0.05, day(2026, 3, 3)), "18d", 0),
            (told(10.0 / YEAR, day(2026, 3, 3)), "10d", 0),
            (told(14.0 / YEAR, day(2026, 3, 3)), "14d", 0),
            (told(42.0 / YEAR, day(2026, 3, 3)), "6w", 0),
            (told(0.08, day(2026, 3, 3)), "4w", 0),
            (told(2.0 / 12.0, day(2026, 3, 3)), "2m", 0),
            (told(0.25, day(2026, 3, 3)), "3m", 0),
            (told(1.5, day(2026, 3, 3)), "18m", 1),
            (told(0.5, day(2026, 3, 3)), "6m", 0),
            (told(0.5, day(2025, 3, 3)), "17m", 1),
            (told(1.9, day(2025, 3, 3)), "2y", 2),
            (told(39.9, day(2025, 3, 3)), "40y", 40),
        ] {
            assert_eq!((words(born).as_str(), born.years(day(2026, 3, 3))), (age, years));
        }
    }

    #[test]
    fn age_is_in_completed_years() {
        let years = |y, m, d| {
            Born { birth_date: Some(day(y, m, d)), ..Born::default() }.years(day(2026, 3, 3))
        };
        assert_eq!((years(1987, 3, 3), years(1987, 3, 4), years(2024, 2, 29)), (39, 38, 2));
    }
}
