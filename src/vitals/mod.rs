//! Vitals: measured and kept. A wrong reading is marked, never overwritten and never deleted.

mod age;
mod api;
mod nouns;
pub mod queue;
pub mod rules;
pub mod sparkline;
mod store;

pub use age::Age;
pub use nouns::{NewVitals, Values, Vitals, VitalsId};

use crate::error::Error;
use crate::patients::{self, PatientId};
use crate::tenant::{Db, permission};
use crate::visits::{self, VisitId, VisitStatus};
use crate::web::Routes;

permission!(
    /// See vitals; a patient's login sees the own ones.
    Read = "vitals:read", "self:read"
);
permission!(
    /// Record vitals, and mark a wrong reading.
    Write = "vitals:write"
);

/// The API and the vitals queue. Where vitals are written is the consultation's page.
pub fn routes(config: &mut Routes) {
    queue::routes(config);
    api::routes(config);
}

/// The reading, or 404.
pub async fn present(db: &mut Db, id: VitalsId) -> Result<Vitals, Error> {
    store::find(db, id).await?.ok_or(Error::NotFound)
}

/// A patient's readings, the newest first, those entered in error among them. One more than `limit`
/// tells that there are more.
pub async fn of_patient(
    db: &mut Db,
    patient: PatientId,
    limit: i64,
    after: Option<store::Key>,
) -> Result<Vec<Vitals>, Error> {
    patients::present(db, patient).await?;
    store::of_patient(db, patient, limit, after).await
}

/// Records what was measured. A visit that is named must be this patient's and must have taken place.
pub async fn record(db: &mut Db, patient: PatientId, new: &NewVitals) -> Result<Vitals, Error> {
    patients::active(db, patient).await?;
    if let Some(visit) = new.visit_id {
        fits(db, visit, patient).await?;
    }
    let id = VitalsId::fresh();
    store::insert(db, id, patient, new).await?;
    present(db, id).await
}

async fn fits(db: &mut Db, id: VisitId, patient: PatientId) -> Result<(), Error> {
    let visit = visits::present(db, id).await.map_err(|error| match error {
        Error::NotFound => Error::field("visit_id", "unknown"),
        other => other,
    })?;
    if visit.patient_id != patient {
        return Err(Error::field("visit_id", "other_patient"));
    }
    match visit.status {
        VisitStatus::Cancelled | VisitStatus::NoShow => Err(Error::conflict("visit_closed")),
        _ => Ok(()),
    }
}

/// Says that a reading is wrong, if the caller read this version (else 412). It stays on record.
pub async fn mark_error(db: &mut Db, id: VitalsId, version: i32) -> Result<Vitals, Error> {
    let vitals = present(db, id).await?;
    if vitals.version != version {
        return Err(Error::Stale);
    }
    if vitals.entered_in_error {
        return Err(Error::conflict("already_marked"));
    }
    if !store::mark_error(db, id, version).await? {
        return Err(Error::Stale);
    }
    present(db, id).await
}
