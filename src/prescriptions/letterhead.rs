//! What stands around a prescription on paper: the clinic, those who practise there, and what the visit's note and
//! vitals say.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::clinics::Hours;
use crate::paper::Layout;
use crate::practitioners::PractitionerId;
use crate::web::{Chrome, Piece};

/// A practitioner on the letterhead.
#[derive(Debug, Serialize, Deserialize)]
pub struct Printed {
    /// The practitioner.
    pub practitioner_id: PractitionerId,
    /// Name.
    pub name: String,
    /// Field of work.
    pub specialization: Option<String>,
    /// Degrees.
    pub qualification: Option<String>,
    /// Registration with the medical council.
    pub licence_number: Option<String>,
}

impl Printed {
    /// Degrees and field of work.
    pub fn about(&self) -> String {
        joined(&[self.qualification.clone(), self.specialization.clone()], ", ")
    }
}

/// Vitals of the visit.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct PrintedVitals {
    systolic_mmhg: Option<i32>,
    diastolic_mmhg: Option<i32>,
    pulse_bpm: Option<i32>,
    respiration_bpm: Option<i32>,
    temperature_c: Option<f64>,
    spo2_percent: Option<i32>,
    glucose_mg_dl: Option<i32>,
    weight_kg: Option<f64>,
    height_cm: Option<f64>,
}

impl PrintedVitals {
    /// Each measurement with its name and unit.
    pub fn said(&self, chrome: &Chrome) -> Vec<Piece> {
        let pressure = match (self.systolic_mmhg, self.diastolic_mmhg) {
            (Some(systolic), Some(diastolic)) => Some(format!("{systolic}/{diastolic}")),
            (Some(systolic), None) => Some(systolic.to_string()),
            _ => None,
        };
        let whole = |n: Option<i32>| n.map(|n| n.to_string());
        let part = |n: Option<f64>| n.map(|n| n.to_string());
        let all = [
            ("pressure", pressure),
            ("pulse", whole(self.pulse_bpm)),
            ("respiration", whole(self.respiration_bpm)),
            ("temperature", part(self.temperature_c)),
            ("spo2", whole(self.spo2_percent)),
            ("glucose", whole(self.glucose_mg_dl)),
            ("weight", part(self.weight_kg)),
            ("height", part(self.height_cm)),
        ];
        let mut said = Vec::new();
        for (name, value) in all {
            let Some(value) = value else { continue };
            if !said.is_empty() {
                said.push(Piece { text: " · ".to_owned(), together: false });
            }
            let text = chrome.tx(&format!("rx.vitals.{name}"), value);
            said.push(Piece { text, together: true });
        }
        said
    }

    /// What was weighed.
    pub fn weight(&self) -> Option<f64> {
        self.weight_kg
    }
}

/// What is printed around a prescription.
#[derive(Debug, Serialize, Deserialize)]
pub struct Letterhead {
    /// The clinic.
    pub name: String,
    /// Its registration.
    pub registration_number: Option<String>,
    /// Street, town, state, postcode.
    pub address: [Option<String>; 4],
    /// Phone, email, website.
    pub reach: [Option<String>; 3],
    /// When the clinic is open.
    pub hours: Hours,
    /// Media type and bytes.
    #[serde(skip)]
    pub logo: Option<(String, Vec<u8>)>,
    /// The chemist: name, address, phone.
    pub chemist: [Option<String>; 3],
    /// Those who practise, the prescriber first.
    pub practitioners: Vec<Printed>,
    /// Of the visit's note.
    pub complaint: Option<String>,
    /// Of the visit's note.
    pub findings: Option<String>,
    /// Of the visit's note; the prescription's own comes first.
    pub diagnosis: Option<String>,
    /// Of the visit's note; the prescription's own comes first.
    pub advice: Option<String>,
    /// When to come again.
    pub follow_up_on: Option<NaiveDate>,
    /// Of the visit.
    pub vitals: Option<PrintedVitals>,
    /// How the clinic's sheets are laid out.
    #[serde(skip)]
    pub layout: Layout,
}

/// What is there, with something between.
pub fn joined(parts: &[Option<String>], between: &str) -> String {
    parts.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(between)
}
