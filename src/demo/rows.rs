//! Rows as the tables take them; column names are the fields' names.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

type Time = DateTime<Utc>;

/// A patient.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PatientRow {
    pub(super) patient_id: Uuid,
    pub(super) number: String,
    pub(super) given_name: String,
    pub(super) family_name: Option<String>,
    pub(super) birth_date: Option<NaiveDate>,
    pub(super) age_years: Option<f64>,
    pub(super) age_told_on: Option<NaiveDate>,
    pub(super) sex: &'static str,
    pub(super) blood_group: Option<&'static str>,
    pub(super) phone: Option<String>,
    pub(super) address: Option<String>,
    pub(super) city: Option<String>,
    pub(super) state: Option<&'static str>,
    pub(super) postcode: Option<&'static str>,
    pub(super) allergy_status: &'static str,
    pub(super) allergies: Option<&'static str>,
    pub(super) status: &'static str,
    pub(super) registered_by: Uuid,
    pub(super) created_at: Time,
}

/// A visit.
#[derive(Debug, Clone, Serialize)]
pub(super) struct VisitRow {
    pub(super) visit_id: Uuid,
    pub(super) patient_id: Uuid,
    pub(super) practitioner_id: Uuid,
    pub(super) visit_day: NaiveDate,
    pub(super) token: i32,
    pub(super) visit_type: &'static str,
    pub(super) purpose: &'static str,
    pub(super) status: &'static str,
    pub(super) arrived_at: Time,
    pub(super) started_at: Option<Time>,
    pub(super) ended_at: Option<Time>,
    pub(super) checked_in_by: Uuid,
}

/// A move of a visit.
#[derive(Debug, Serialize)]
pub(super) struct MoveRow {
    pub(super) move_id: Uuid,
    pub(super) visit_id: Uuid,
    pub(super) patient_id: Uuid,
    pub(super) from_status: Option<&'static str>,
    pub(super) to_status: &'static str,
    pub(super) reason: Option<&'static str>,
    pub(super) moved_by: Uuid,
    pub(super) moved_at: Time,
}

/// Measurements.
#[derive(Debug, Serialize)]
pub(super) struct VitalsRow {
    pub(super) vitals_id: Uuid,
    pub(super) patient_id: Uuid,
    pub(super) visit_id: Uuid,
    pub(super) systolic_mmhg: Option<i32>,
    pub(super) diastolic_mmhg: Option<i32>,
    pub(super) pulse_bpm: i32,
    pub(super) temperature_c: f64,
    pub(super) spo2_percent: i32,
    pub(super) glucose_mg_dl: Option<i32>,
    pub(super) weight_kg: f64,
    pub(super) measured_by: Uuid,
    pub(super) measured_at: Time,
}

/// A note.
#[derive(Debug, Serialize)]
pub(super) struct NoteRow {
    pub(super) note_id: Uuid,
    pub(super) patient_id: Uuid,
    pub(super) visit_id: Uuid,
    pub(super) practitioner_id: Uuid,
    pub(super) complaint: &'static str,
    pub(super) findings: &'static str,
    pub(super) diagnosis: &'static str,
    pub(super) diagnosis_code: &'static str,
    pub(super) plan: &'static str,
    pub(super) advice: &'static str,
    pub(super) follow_up_on: Option<NaiveDate>,
    pub(super) created_at: Time,
}

/// A prescription, as it will stand in the end.
#[derive(Debug, Serialize)]
pub(super) struct RxRow {
    pub(super) prescription_id: Uuid,
    pub(super) patient_id: Uuid,
    pub(super) visit_id: Uuid,
    pub(super) practitioner_id: Uuid,
    pub(super) diagnosis: &'static str,
    pub(super) advice: &'static str,
    pub(super) replaces_id: Option<Uuid>,
    pub(super) created_at: Time,
    pub(super) number: Option<String>,
    pub(super) signed_at: Option<Time>,
    pub(super) signed_by: Option<Uuid>,
    pub(super) voided_at: Option<Time>,
    pub(super) void_reason: Option<&'static str>,
}

/// A line of a prescription.
#[derive(Debug, Serialize)]
pub(super) struct LineRow {
    pub(super) line_id: Uuid,
    pub(super) prescription_id: Uuid,
    pub(super) patient_id: Uuid,
    pub(super) position: usize,
    pub(super) medicine: &'static str,
    pub(super) form: &'static str,
    pub(super) strength: Option<&'static str>,
    pub(super) dose: &'static str,
    pub(super) schedule: &'static str,
    pub(super) food: &'static str,
    pub(super) days: i32,
    pub(super) quantity: i32,
    pub(super) route: &'static str,
    pub(super) created_at: Time,
}

/// An ordered test.
#[derive(Debug, Serialize)]
pub(super) struct TestRow {
    pub(super) ordered_test_id: Uuid,
    pub(super) prescription_id: Uuid,
    pub(super) patient_id: Uuid,
    pub(super) position: usize,
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) created_at: Time,
}

/// Where a counter stands.
#[derive(Debug, Serialize)]
pub(super) struct CounterRow {
    pub(super) kind: &'static str,
    pub(super) period: String,
    pub(super) value: i32,
}

/// Everything to plant in one clinic.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) patients: Vec<PatientRow>,
    pub(super) visits: Vec<VisitRow>,
    pub(super) moves: Vec<MoveRow>,
    pub(super) vitals: Vec<VitalsRow>,
    pub(super) notes: Vec<NoteRow>,
    pub(super) prescriptions: Vec<RxRow>,
    pub(super) lines: Vec<LineRow>,
    pub(super) tests: Vec<TestRow>,
    pub(super) counters: Vec<CounterRow>,
}
