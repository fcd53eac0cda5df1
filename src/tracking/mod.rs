//! Keeping track: each patient's last visit, and where the patient stands with the clinic.

mod api;
mod pages;
mod store;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Error;
use crate::patients::{self, Born, Patient, PatientId, PatientStatus, Sex};
use crate::practitioners::PractitionerId;
use crate::tenant::{Db, permission};
use crate::visits::VisitId;
use crate::web::{Chrome, Fields, Routes};

permission!(
    /// See the list.
    Read = "visits:read"
);
permission!(
    /// Say where a patient stands.
    Track = "patients:track"
);

/// Pages and API.
pub fn routes(config: &mut Routes) {
    pages::routes(config);
    api::routes(config);
}

/// Where a page of the list begins: the last visit's arrival and id.
pub type Key = (DateTime<Utc>, VisitId);

/// Which patients, the last seen first.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Only where they stand so.
    pub status: Option<PatientStatus>,
    /// Only whose last visit was with this practitioner.
    pub practitioner: Option<PractitionerId>,
    /// Only who did not come for so many days.
    pub days: i32,
    /// Rows to return; one more is read to know whether there are more.
    pub limit: i64,
    /// Where the page begins.
    pub after: Option<Key>,
}

impl Query {
    /// Takes `?status=&practitioner_id=&days=`.
    fn parse(fields: &mut Fields, limit: i64) -> Query {
        Query {
            status: fields.choice_opt("status"),
            practitioner: fields.id_opt("practitioner_id"),
            days: fields.int32("days", 0..=3650).unwrap_or_default(),
            limit,
            after: None,
        }
    }
}

/// A patient with the last visit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Tracked {
    /// The patient.
    pub patient_id: PatientId,
    /// PT number.
    pub number: String,
    /// FAMILY NAME, Given.
    pub name: String,
    /// What is known of the birth.
    #[serde(skip)]
    pub born: Born,
    /// Administrative sex.
    pub sex: Sex,
    /// Where the patient stands.
    pub status: PatientStatus,
    /// The patient's version, to change where the patient stands.
    pub version: i32,
    /// The last visit that took place or takes place.
    pub visit_id: VisitId,
    /// When that was.
    pub arrived_at: DateTime<Utc>,
    /// Days since, by the clinic's days.
    pub days_since: i64,
    /// What for.
    pub purpose: String,
    /// Whom the patient saw.
    pub practitioner_id: Option<PractitionerId>,
    /// Their name.
    pub practitioner_name: Option<String>,
    /// What it was.
    pub diagnosis: Option<String>,
    /// When the patient was to come back.
    pub follow_up_on: Option<NaiveDate>,
}

impl Tracked {
    /// Age and sex in words.
    pub fn about(&self, chrome: &Chrome) -> String {
        let today = chrome.day(&chrome.now);
        let age = self.born.words(today, |key, value| chrome.tx(key, value));
        format!("{age}, {}", chrome.word("sex", self.sex.as_str()))
    }
}

/// A page of the list.
pub async fn list(db: &mut Db, query: &Query) -> Result<Vec<Tracked>, Error> {
    store::list(db, query).await
}

/// Says where a patient stands: anywhere on the way from registered to discharged. Who has died and whose
/// record is set aside stay where they are.
pub async fn set_status(
    db: &mut Db,
    id: PatientId,
    version: i32,
    status: PatientStatus,
) -> Result<Patient, Error> {
    if matches!(status, PatientStatus::Archived | PatientStatus::Deceased) {
        return Err(Error::field("status", "not_on_the_way"));
    }
    patients::active(db, id).await?;
    patients::set_status(db, id, version, status).await
}

/// The stations of the way.
pub const WAY: [PatientStatus; 4] = [
    PatientStatus::Registered,
    PatientStatus::InDiagnosis,
    PatientStatus::TreatmentStarted,
    PatientStatus::Discharged,
];
