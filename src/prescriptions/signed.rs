//! What stood around a prescription when it was signed. The clinic moves, a doctor leaves, a name is corrected, a note
//! is written on: a sheet that is printed again says what the first one said.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::letterhead::Letterhead;
use crate::patients::{AllergyStatus, Patient, Sex};

/// All that a sheet says besides the prescription itself; logo and layout are the clinic's of the day.
#[derive(Debug, Serialize, Deserialize)]
pub struct Kept {
    /// The clinic, those who practise, note and vitals of the visit.
    pub letter: Letterhead,
    /// Whom it is for.
    pub person: Person,
    /// The clinic's zone and locale: its days, its hours and its words.
    pub zone: String,
    /// As `mr-IN`.
    pub locale: String,
}

/// The patient as the sheet names somebody.
#[derive(Debug, Serialize, Deserialize)]
pub struct Person {
    number: String,
    given_name: String,
    family_name: Option<String>,
    birth_date: Option<NaiveDate>,
    age_years: Option<f64>,
    age_told_on: Option<NaiveDate>,
    sex: Sex,
    phone: Option<String>,
    home: [Option<String>; 4],
    weight_kg: Option<f64>,
    allergy_status: AllergyStatus,
    allergies: Option<String>,
}

impl From<&Patient> for Person {
    fn from(patient: &Patient) -> Person {
        let told = patient.told.clone();
        Person {
            number: patient.number.clone(),
            given_name: told.given_name,
            family_name: told.family_name,
            birth_date: told.birth_date,
            age_years: told.age_years,
            age_told_on: patient.age_told_on,
            sex: told.sex,
            phone: told.phone,
            home: [told.address, told.city, told.state, told.postcode],
            weight_kg: told.weight_kg,
            allergy_status: told.allergy_status,
            allergies: told.allergies,
        }
    }
}

impl Person {
    /// The patient as known today, but for what the sheet said.
    pub fn then(self, today: &Patient) -> Patient {
        let mut then = today.clone();
        then.number = self.number;
        then.age_told_on = self.age_told_on;
        let told = &mut then.told;
        (told.given_name, told.family_name) = (self.given_name, self.family_name);
        (told.birth_date, told.age_years, told.sex) = (self.birth_date, self.age_years, self.sex);
        (told.phone, told.weight_kg) = (self.phone, self.weight_kg);
        [told.address, told.city, told.state, told.postcode] = self.home;
        (told.allergy_status, told.allergies) = (self.allergy_status, self.allergies);
        then
    }
}
