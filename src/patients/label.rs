//! Who a patient is, as far as a label says it: for those who handle a sample and may not open the record.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{AllergyStatus, Born, Patient, PatientId, PatientStatus, Sex};
use crate::web::Chrome;

/// What tells one patient from another, and what must be known before anything is injected.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PatientLabel)]
pub struct Label {
    /// The patient.
    pub patient_id: PatientId,
    /// `PT-<clinic number>-<year>-<seq>`.
    pub number: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: Option<String>,
    /// Birth date, where known.
    pub birth_date: Option<NaiveDate>,
    /// Age in completed years today.
    pub age: i32,
    /// What is known of the birth.
    #[serde(skip)]
    pub born: Born,
    /// Administrative sex.
    pub sex: Sex,
    /// Whether allergies were asked for.
    pub allergy_status: AllergyStatus,
    /// Substances and reactions, in words.
    pub allergies: Option<String>,
    /// Where the patient stands.
    pub status: PatientStatus,
}

impl Label {
    /// When the person was born, as the banner says it.
    pub fn born_line(&self, chrome: &Chrome) -> String {
        super::banner::born_line(chrome, self.born)
    }

    /// FAMILY NAME, Given.
    pub fn name_line(&self) -> String {
        super::name_line(&self.given_name, self.family_name.as_deref())
    }
}

impl From<&Patient> for Label {
    fn from(patient: &Patient) -> Label {
        let told = &patient.told;
        Label {
            patient_id: patient.patient_id,
            number: patient.number.clone(),
            given_name: told.given_name.clone(),
            family_name: told.family_name.clone(),
            birth_date: told.birth_date,
            age: patient.age,
            born: patient.born(),
            sex: told.sex,
            allergy_status: told.allergy_status,
            allergies: told.allergies.clone(),
            status: patient.status,
        }
    }
}
