//! What stands beside a consultation: read by one query, as JSON that the database puts together.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::notes::NewNote;
use crate::notes::draft::Typed;
use crate::prescriptions::PrescriptionId;
use crate::results::{OrderedTestId, ResultFlag, TestStatus};
use crate::visits::VisitId;
use crate::vitals::{Values, VitalsId};

/// All of it. What the role may not read is empty.
#[derive(Debug, Default)]
pub struct Beside {
    /// The visit's note.
    pub note: Option<SavedNote>,
    /// Readings, the newest first, of this visit and others; those that are wrong too.
    pub readings: Vec<Reading>,
    /// The visits before, the newest first.
    pub visits: Vec<Before>,
    /// Lines of signed prescriptions whose course is not over.
    pub medicines: Vec<Medicine>,
    /// The last signed prescriptions, the newest first.
    pub prescribed: Vec<Prescribed>,
    /// Why the patient should be admitted, where that is recommended and stands open.
    pub admission: Option<String>,
    /// Results of tests, the newest first, verified or not.
    pub results: Vec<Found>,
    /// What the reader typed here; perhaps nothing any more.
    pub draft: Option<Unsaved>,
}

/// A signed prescription.
#[derive(Debug, Clone, Deserialize)]
pub struct Prescribed {
    /// The prescription.
    pub prescription_id: PrescriptionId,
    /// Its number.
    pub number: String,
    /// When signed.
    pub signed_at: DateTime<Utc>,
    /// By whom.
    pub doctor: String,
    /// Names and strengths.
    pub medicines: Vec<String>,
}

/// What was typed and not saved.
#[derive(Debug, Clone, Deserialize)]
pub struct Unsaved {
    /// By field, as typed.
    pub typed: Typed,
    /// The version of the note that was on the page.
    pub note_version: Option<i32>,
    /// Counts how often it was kept.
    pub version: i32,
    /// When last kept.
    pub updated_at: DateTime<Utc>,
}

/// The note as it is.
#[derive(Debug, Clone, Deserialize)]
pub struct SavedNote {
    /// The text.
    #[serde(flatten)]
    pub told: NewNote,
    /// Counts changes.
    pub version: i32,
    /// Who wrote it first.
    pub doctor: String,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

/// A reading.
#[derive(Debug, Clone, Deserialize)]
pub struct Reading {
    /// The reading.
    pub vitals_id: VitalsId,
    /// In which visit.
    pub visit_id: Option<VisitId>,
    /// The values.
    #[serde(flatten)]
    pub values: Values,
    /// Whether it counts for nothing.
    pub entered_in_error: bool,
    /// When.
    pub measured_at: DateTime<Utc>,
    /// Counts changes.
    pub version: i32,
}

/// An earlier visit.
#[derive(Debug, Clone, Deserialize)]
pub struct Before {
    /// The visit.
    pub visit_id: VisitId,
    /// When.
    pub arrived_at: DateTime<Utc>,
    /// What for.
    pub purpose: String,
    /// What it was.
    pub diagnosis: Option<String>,
    /// What was to be done.
    pub plan: Option<String>,
}

/// A line of a prescription.
#[derive(Debug, Clone, Deserialize)]
pub struct Medicine {
    /// Generic name.
    pub name: String,
    /// Its form.
    pub form: String,
    /// Strength, if any.
    pub strength: Option<String>,
    /// How much at a time.
    pub dose: Option<String>,
    /// When, as stored.
    pub schedule: String,
    /// With or without food.
    pub food: String,
    /// For how many days from signing.
    pub days: Option<i32>,
    /// When signed.
    pub signed_at: DateTime<Utc>,
}

/// What a test found.
#[derive(Debug, Clone, Deserialize)]
pub struct Found {
    /// The test.
    pub ordered_test_id: OrderedTestId,
    /// Its name.
    pub name: String,
    /// Whether a second person has verified it.
    pub status: TestStatus,
    /// When.
    pub resulted_at: DateTime<Utc>,
    /// The worst that its values say.
    pub flag: Option<ResultFlag>,
    /// The first values, each with its name and unit.
    pub values: Vec<String>,
}
