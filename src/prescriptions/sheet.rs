//! The printed sheet: everything that the patient and the chemist need, word for word as it was signed.

use actix_web::{HttpRequest, HttpResponse, get};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa_actix_web::service_config::ServiceConfig;

use super::words::Said;
use super::{Prescription, PrescriptionId, Read, Status, store};
use crate::clinics::Hours;
use crate::error::Error;
use crate::patients::{self, Banner, Patient};
use crate::practitioners::PractitionerId;
use crate::tenant::Clinic;
use crate::web::{Chrome, Fields, Id, page};

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(print);
}

/// A practitioner on the letterhead.
#[derive(Debug, Deserialize)]
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
    fn about(&self) -> String {
        joined(&[self.qualification.clone(), self.specialization.clone()], ", ")
    }
}

/// Vitals of the visit.
#[derive(Debug, Default, Deserialize)]
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
    fn said(&self, chrome: &Chrome) -> Vec<String> {
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
        let said = all.into_iter().filter_map(|(name, value)| {
            value.map(|value| chrome.tx(&format!("rx.vitals.{name}"), value))
        });
        said.collect()
    }
}

/// What is printed around a prescription.
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
}

fn joined(parts: &[Option<String>], between: &str) -> String {
    parts.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(between)
}

#[derive(Template)]
#[template(path = "prescriptions/sheet.html")]
struct Sheet {
    chrome: Chrome,
    banner: Banner,
    patient: Patient,
    rx: Prescription,
    letter: Letterhead,
    lines: Vec<Said>,
    paper: &'static str,
}

impl Sheet {
    fn heading(&self) -> String {
        self.rx.number.clone().unwrap_or_else(|| self.chrome.t("rx.draft").to_owned())
    }

    fn address(&self) -> String {
        joined(&self.letter.address, ", ")
    }

    fn reach(&self) -> String {
        joined(&self.letter.reach, " · ")
    }

    fn hours(&self) -> String {
        self.letter.hours.line(self.chrome.texts())
    }

    fn logo(&self) -> Option<String> {
        let (kind, bytes) = self.letter.logo.as_ref()?;
        Some(format!("data:{kind};base64,{}", STANDARD.encode(bytes)))
    }

    fn chemist(&self) -> String {
        joined(&self.letter.chemist, " · ")
    }

    fn prescriber(&self) -> Option<&Printed> {
        self.letter.practitioners.iter().find(|p| p.practitioner_id == self.rx.practitioner_id)
    }

    fn dated(&self) -> String {
        self.chrome.datetime(&self.rx.signed_at.unwrap_or(self.rx.created_at))
    }

    fn diagnosis(&self) -> &str {
        let said = self.rx.diagnosis.as_deref().or(self.letter.diagnosis.as_deref());
        said.unwrap_or_default()
    }

    fn advice(&self) -> &str {
        let said = self.rx.advice.as_deref().or(self.letter.advice.as_deref());
        said.unwrap_or_default()
    }

    fn vitals(&self) -> Vec<String> {
        self.letter.vitals.as_ref().map(|vitals| vitals.said(&self.chrome)).unwrap_or_default()
    }

    /// What was weighed at the visit, else what the record says.
    fn weight(&self) -> Option<String> {
        let weighed = self.letter.vitals.as_ref().and_then(|vitals| vitals.weight_kg);
        let kg = weighed.or(self.patient.told.weight_kg)?;
        Some(self.chrome.tx("rx.weight", kg.to_string()))
    }

    fn home(&self) -> String {
        let told = &self.patient.told;
        let parts =
            [told.address.clone(), told.city.clone(), told.state.clone(), told.postcode.clone()];
        joined(&parts, ", ")
    }

    fn is_small(&self) -> bool {
        self.paper == "a5"
    }

    fn is_void(&self) -> bool {
        self.rx.status == Status::Voided
    }

    fn is_draft(&self) -> bool {
        matches!(self.rx.status, Status::Draft | Status::Discarded)
    }
}

/// The sheet to print, on A4 or with `?paper=a5` on A5.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PrescriptionId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/prescriptions/{id}/print")]
async fn print(
    clinic: Clinic<Read>,
    id: Id<PrescriptionId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paper = if fields.text_opt("paper", 10).as_deref() == Some("a5") { "a5" } else { "a4" };
    let (rx, patient, letter) = clinic
        .read(async |db| {
            let rx = super::present(db, id.0).await?;
            let patient = patients::present(db, rx.patient_id).await?;
            let letter = store::letterhead(db, &rx).await?;
            Ok((rx, patient, letter))
        })
        .await?;
    let chrome = Chrome::new(&clinic, "prescriptions")?;
    let banner = Banner::new(&chrome, &patient);
    let lines = rx.lines.iter().map(|line| Said::new(&chrome, line)).collect();
    page(&Sheet { chrome, banner, patient, rx, letter, lines, paper })
}
