//! The words of the chart: facts of every kind, on one line of time.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::admissions::{Standing, Urgency};
use crate::documents::{Category, ContentType};
use crate::results::{ResultFlag, TestStatus};
use crate::visits::{VisitId, VisitStatus, VisitType};
use crate::web::words;

words!(
    /// Kinds of facts.
    Kind {
        Visit = "visit", Vitals = "vitals", Note = "note", Prescription = "prescription",
        Admission = "admission", Result = "result", Document = "document",
        Registered = "registered", Change = "change",
    }
);

/// Where a page of the timeline begins: after this time and id.
pub type Key = (DateTime<Utc>, Uuid);

/// Which facts.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Of one kind, or of all.
    pub kind: Option<Kind>,
    /// Rows to return; one more is read to know whether there are more.
    pub limit: i64,
    /// Where the page begins.
    pub after: Option<Key>,
    /// For staff: drafts and readings entered in error too.
    pub staff: bool,
    /// With corrections of the record, for those who may read the trail.
    pub changes: bool,
}

/// One line of the chart.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Entry {
    /// When it was.
    pub at: DateTime<Utc>,
    /// The visit, the reading, the note, the prescription, the patient or the change.
    pub id: Uuid,
    /// Whose doing it was: the practitioner or, for those who may see colleagues, the person.
    pub by: Option<String>,
    /// What it was.
    #[serde(flatten)]
    pub fact: Fact,
}

/// What a line says, by its kind.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// The patient came.
    Visit {
        /// The day's number.
        token: i32,
        /// How urgent.
        visit_type: VisitType,
        /// What for.
        purpose: String,
        /// Where the visit stands.
        status: VisitStatus,
        /// When it was over.
        ended_at: Option<DateTime<Utc>>,
    },
    /// Something was measured.
    Vitals {
        /// Systolic pressure in mmHg.
        systolic_mmhg: Option<i32>,
        /// Diastolic pressure in mmHg.
        diastolic_mmhg: Option<i32>,
        /// Pulse a minute.
        pulse_bpm: Option<i32>,
        /// Breaths a minute.
        respiration_bpm: Option<i32>,
        /// Temperature in degrees Celsius.
        temperature_c: Option<f64>,
        /// Oxygen saturation in percent.
        spo2_percent: Option<i32>,
        /// Glucose in mg/dL.
        glucose_mg_dl: Option<i32>,
        /// Weight in kilograms.
        weight_kg: Option<f64>,
        /// Height in centimetres.
        height_cm: Option<f64>,
        /// Marked as wrong.
        entered_in_error: bool,
        /// The visit it was taken at.
        visit_id: Option<VisitId>,
    },
    /// Something was thought.
    Note {
        /// What the patient complains of.
        complaint: Option<String>,
        /// What was found.
        findings: Option<String>,
        /// What it is.
        diagnosis: Option<String>,
        /// ICD-10 code.
        diagnosis_code: Option<String>,
        /// What is to be done.
        plan: Option<String>,
        /// What the patient was told.
        advice: Option<String>,
        /// When to come back.
        follow_up_on: Option<NaiveDate>,
        /// The visit it belongs to.
        visit_id: VisitId,
    },
    /// Something was prescribed.
    Prescription {
        /// `RX-<clinic number>-<year>-<seq>`, once signed.
        number: Option<String>,
        /// `draft`, `signed` or `voided`.
        status: String,
        /// What for.
        diagnosis: Option<String>,
        /// Medicines with their strength, in the order of the sheet.
        medicines: Vec<String>,
        /// When it was signed.
        signed_at: Option<DateTime<Utc>>,
        /// The visit it belongs to.
        visit_id: Option<VisitId>,
    },
    /// Something was found.
    Result {
        /// The test.
        name: String,
        /// `resulted`, or `verified` by a second person.
        status: TestStatus,
        /// The worst that its values say.
        flag: Option<ResultFlag>,
        /// The first values, each with its name and unit.
        values: Vec<String>,
    },
    /// Something was filed.
    Document {
        /// What it is about.
        category: Category,
        /// What it is called.
        title: String,
        /// What its bytes are.
        content_type: ContentType,
        /// The visit it belongs to.
        visit_id: Option<VisitId>,
    },
    /// It was recommended to admit the patient.
    Admission {
        /// Why.
        reason: String,
        /// How soon.
        urgency: Urgency,
        /// Where that stands.
        status: Standing,
        /// Why it was withdrawn.
        closed_reason: Option<String>,
        /// The visit it belongs to.
        visit_id: VisitId,
    },
    /// The patient was registered.
    Registered {
        /// `PT-<clinic number>-<year>-<seq>`.
        number: String,
    },
    /// The record was corrected.
    Change {
        /// By column: what was there, what is there now.
        #[schema(value_type = Object)]
        changes: BTreeMap<String, (serde_json::Value, serde_json::Value)>,
    },
}

/// A chart as JSON.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Chart {
    /// Whose chart it is.
    pub(super) patient: crate::patients::Patient,
    /// What is known, the newest first.
    pub(super) timeline: crate::web::List<Entry>,
}
