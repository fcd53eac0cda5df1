//! The patient banner: on every page about a patient, always the same, so that one patient is never
//! taken for another.

use super::{AllergyStatus, Born, Patient, PatientStatus, Summary};
use crate::web::Chrome;

/// What the banner says.
pub struct Banner {
    /// FAMILY NAME, Given.
    pub name_line: String,
    /// `born 03-Mar-1987 (39 y)`, or `about 39 y` where only an age was told.
pub fn born_line(chrome: &Chrome, born: Born) -> String {
    let age = born.words(chrome.day(&chrome.now), |key, value| chrome.tx(key, value));
    match born.birth_date {
        Some(date) => chrome.tx("patients.banner.born", chrome.date(&date)).replacen("{}", &age, 1),
        None => chrome.tx("patients.banner.about", &age),
    }
}

impl Summary {
    /// When the person was born, as the banner says it.
    pub fn born_line(&self, chrome: &Chrome) -> String {
        born_line(chrome, self.born)
    }
}
