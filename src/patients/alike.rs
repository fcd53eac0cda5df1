//! Somebody who may be registered already: what is known of the person, and who on record is like that.

use chrono::{Duration, NaiveDate};

use super::{NewPatient, Sex, Summary, nouns, store};
use crate::error::Error;
use crate::tenant::Db;
use crate::web::{Fields, Parse};

/// What is known so far of somebody at the counter.
#[derive(Debug, Clone, Default)]
pub struct Likeness {
    /// Given name; empty while nobody said it.
    pub given_name: String,
    /// Family name.
    pub family_name: Option<String>,
    /// Birth date.
    pub birth_date: Option<NaiveDate>,
    /// Or else the age.
    pub age_years: Option<f64>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Phone.
    pub phone: Option<String>,
}

impl Parse for Likeness {
    fn parse(fields: &mut Fields) -> Likeness {
        fields.shift_age("birth_date", "age_years");
        fields.shift_age("age_years", "age_years");
        let birth_date = fields.date("birth_date");
        let age_years = fields.number("age_years", 0.0..=150.0);
        Likeness {
            given_name: fields.text_opt("given_name", 100).unwrap_or_default(),
            family_name: fields.text_opt("family_name", 100),
            age_years: age_years.filter(|_| birth_date.is_none()),
            birth_date,
            sex: fields.choice_opt("sex"),
            phone: nouns::phone(fields, "phone"),
        }
    }
}

impl From<&NewPatient> for Likeness {
    fn from(new: &NewPatient) -> Likeness {
        Likeness {
            given_name: new.given_name.clone(),
            family_name: new.family_name.clone(),
            birth_date: new.birth_date,
            age_years: new.age_years,
            sex: Some(new.sex),
            phone: new.phone.clone(),
        }
    }
}

impl Likeness {
    /// The last ten digits of the phone, if that is enough to tell phones apart.
    pub fn dialled(&self) -> Option<String> {
        dialled(self.phone.as_deref().unwrap_or_default())
    }

    /// About when somebody of this age was born.
    pub(super) fn born_about(&self, today: NaiveDate) -> Option<NaiveDate> {
        let days = |years: f64| (0..=55_000_i64).find(|n| days_as_years(*n) >= years);
        let told = || today.checked_sub_signed(Duration::days(days(self.age_years?)?));
        self.birth_date.or_else(told)
    }
}

fn days_as_years(days: i64) -> f64 {
    i32::try_from(days).map_or(f64::MAX, f64::from) / 365.2425
}

/// The digits by which two phones are the same: with or without the country in front.
pub fn dialled(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let ten = digits.get(digits.len().saturating_sub(10)..).unwrap_or_default();
    (ten.len() >= 7).then(|| ten.to_owned())
}

/// Those on record with the same phone, or the same name and birth date; where one of the two told only an
/// age, the same name and about that age.
pub async fn alike(db: &mut Db, likeness: &Likeness) -> Result<Vec<Summary>, Error> {
    let nameless = likeness.given_name.is_empty() && likeness.family_name.is_none();
    if nameless && likeness.dialled().is_none() {
        return Ok(Vec::new());
    }
    store::alike(db, likeness).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_the_same_with_or_without_the_country() {
        assert_eq!(dialled("+91 98220 01122"), dialled("9822001122"));
        assert_eq!(dialled("98220"), None);
    }

    #[test]
    fn an_age_is_about_a_birth_date() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 3).unwrap();
        let aged = |years| Likeness { age_years: Some(years), ..Likeness::default() };
        let about = aged(39.0).born_about(today).unwrap();
        assert!((about - NaiveDate::from_ymd_opt(1987, 3, 3).unwrap()).num_days().abs() < 3);
        assert_eq!(aged(0.0).born_about(today), Some(today));
        assert_eq!(Likeness::default().born_about(today), None);
    }
}
