//! The words of the feature.

use serde::Serialize;
use utoipa::ToSchema;

use crate::patients::PatientId;
use crate::web::Fields;

/// What a row of the stroke data set says about a patient, the age apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Risk {
    /// Age in years when the facts were taken; else it follows from the birth date.
    pub age_years: Option<f64>,
    /// Has hypertension.
    pub hypertension: bool,
    /// Has a heart disease.
    pub heart_disease: bool,
    /// Is or was married.
    pub ever_married: Option<bool>,
    /// Kind of work.
    pub work_type: Option<String>,
    /// Town or country.
    pub residence_type: Option<String>,
    /// Average glucose, mg/dl.
    pub avg_glucose_mg_dl: Option<f64>,
    /// Body mass index; may be unknown.
    pub bmi: Option<f64>,
    /// Smoking, in the data set's words.
    pub smoking_status: Option<String>,
    /// Had a stroke.
    pub stroke: bool,
}

/// A patient's risk profile, as stored.
#[derive(Debug, Clone, Serialize)]
pub struct Profile {
    /// Whose.
    pub patient_id: PatientId,
    /// Age in years when the facts were taken.
    pub age: f64,
    /// The facts.
    #[serde(flatten)]
    pub risk: Risk,
}

impl Risk {
    /// Takes the fields of a row; none where the row says nothing of risk. The three marks belong together.
    pub fn parse_row(fields: &mut Fields, age_years: Option<f64>) -> Option<Risk> {
        const FIELDS: [&str; 9] = [
            "hypertension",
            "heart_disease",
            "stroke",
            "ever_married",
            "work_type",
            "residence_type",
            "avg_glucose_mg_dl",
            "bmi",
            "smoking_status",
        ];
        if !FIELDS.iter().any(|field| fields.has(field)) {
            return None;
        }
        Some(Risk {
            age_years,
            hypertension: mark(fields, "hypertension"),
            heart_disease: mark(fields, "heart_disease"),
            ever_married: yes_no(fields, "ever_married"),
            work_type: fields.text_opt("work_type", 40),
            residence_type: fields.text_opt("residence_type", 40),
            avg_glucose_mg_dl: fields.number("avg_glucose_mg_dl", 0.0..=500.0),
            bmi: fields.number("bmi", 0.1..=100.0),
            smoking_status: fields.text_opt("smoking_status", 40),
            stroke: mark(fields, "stroke"),
        })
    }
}

fn yes_no(fields: &mut Fields, name: &str) -> Option<bool> {
    let text = fields.text_opt(name, 10)?;
    match text.to_lowercase().as_str() {
        "1" | "yes" | "y" | "true" => Some(true),
        "0" | "no" | "n" | "false" => Some(false),
        _ => {
            fields.refuse(name, "unknown_value");
            None
        }
    }
}

fn mark(fields: &mut Fields, name: &str) -> bool {
    let there = fields.has(name);
    let mark = yes_no(fields, name);
    if !there {
        fields.refuse(name, "required");
    }
    mark.unwrap_or_default()
}

/// A part of the cohort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Bucket {
    /// What its patients have in common; `null` where it is not known.
    pub value: Option<String>,
    /// Patients.
    pub count: i64,
    /// Those of them who had a stroke.
    pub stroke: i64,
}

/// Figures over all patients of the clinic who have a risk profile.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Cohort {
    /// Patients with a risk profile, archived records left out.
    pub total: i64,
    /// Those who had a stroke.
    pub stroke: i64,
    /// Those at high risk: hypertension with a heart disease, or with an age of 65 and more.
    pub high_risk: i64,
    /// Mean age in years, to four decimals.
    pub mean_age: Option<f64>,
    /// Mean body mass index of those where it is known, to four decimals.
    pub mean_bmi: Option<f64>,
    /// How many these are.
    pub bmi_known: i64,
    /// By sex.
    pub sex: Vec<Bucket>,
    /// By age in years.
    pub age_groups: Vec<Bucket>,
    /// `high`; `moderate`: hypertension or a heart disease; `lower`.
    pub risk: Vec<Bucket>,
    /// By smoking.
    pub smoking_status: Vec<Bucket>,
    /// By work.
    pub work_type: Vec<Bucket>,
    /// By residence.
    pub residence_type: Vec<Bucket>,
}
