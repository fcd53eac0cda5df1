//! The patient banner: on every page about a patient, always the same, so that one patient is never
//! taken for another.

use super::{AllergyStatus, Born, Label, Patient, PatientStatus, Summary};
use crate::web::Chrome;

/// What the banner says.
pub struct Banner {
    /// FAMILY NAME, Given.
    pub name_line: String,
    /// `born 03-Mar-1987 (39 y)`, or `about 39 y`.
    pub born_line: String,
    /// Sex in words.
    pub sex_label: String,
    /// PT number.
    pub number: String,
    /// Allergies in words: some, none known and not recorded are three different things.
    pub allergies_line: String,
    /// `some`, `none` or `unknown`.
    pub allergy_kind: &'static str,
    /// `archived`, `deceased` or empty.
    pub status: &'static str,
    /// The patient's chart.
    pub href: String,
}

impl Banner {
    /// The banner of a patient, in the words of the page's language.
    pub fn new(chrome: &Chrome, patient: &Patient) -> Banner {
        Banner::labelled(chrome, &patient.into())
    }

    /// The banner over the work of somebody who may not open the record.
    pub fn labelled(chrome: &Chrome, patient: &Label) -> Banner {
        let born_line = born_line(chrome, patient.born);
        let allergies_line = match patient.allergy_status {
            AllergyStatus::Some => {
                chrome.tx("patients.banner.allergies", patient.allergies.as_deref().unwrap_or(""))
            }
            AllergyStatus::None => chrome.t("patients.banner.no_allergies").to_owned(),
            AllergyStatus::Unknown => chrome.t("patients.banner.allergies_unknown").to_owned(),
        };
        Banner {
            name_line: patient.name_line(),
            born_line,
            sex_label: chrome.word("sex", patient.sex.as_str()),
            number: patient.number.clone(),
            allergies_line,
            allergy_kind: patient.allergy_status.as_str(),
            status: match patient.status {
                PatientStatus::Archived => "archived",
                PatientStatus::Deceased => "deceased",
                _ => "",
            },
            href: chrome.path(&format!("patients/{}", patient.patient_id)),
        }
    }
}

/// `born 03-Mar-1987 (39 y)`, or `about 39 y` where only an age was told.
pub fn born_line(chrome: &Chrome, born: Born) -> String {
    let age = born.words(chrome.day(&chrome.now), |key, value| chrome.tx(key, value));
    match born.birth_date {
        Some(date) => chrome.tx("patients.banner.born", chrome.date(&date)).replacen("{}", &age, 1),
        None if born.is_under_one(chrome.day(&chrome.now)) => age,
        None => chrome.tx("patients.banner.about", &age),
    }
}

/// An age that was told, as a form has it, in words.
pub fn told_age(chrome: &Chrome, years: &str) -> String {
    let born = Born { age_years: years.parse().ok(), ..Born::default() };
    born.words(chrome.day(&chrome.now), |key, value| chrome.tx(key, value))
}

impl Summary {
    /// When the person was born, as the banner says it.
    pub fn born_line(&self, chrome: &Chrome) -> String {
        born_line(chrome, self.born)
    }
}
