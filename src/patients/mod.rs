//! Patients: registered once, found by any word of the name, by phone or number, corrected under their
//! version, archived rather than deleted.

mod age;
mod alike;
mod api;
pub mod banner;
pub mod bulk;
mod label;
mod nouns;
mod pages;
mod search;
mod store;
mod suggest;
mod typed;

pub use age::Born;
pub use alike::{Likeness, alike, dialled};
pub use banner::{Banner, told_age};
pub use label::Label;
pub use nouns::{
    AllergyStatus, BloodGroup, IdentityKind, NewPatient, Patient, PatientId, PatientStatus, Sex,
    Summary,
};
pub(crate) use nouns::{email, name_line, phone};
pub use search::Query;
pub use typed::Typed;

use crate::error::Error;
use crate::numbers;
use crate::tenant::{Clinic, Db, Permission, permission};
use crate::web::Routes;

permission!(
    /// See a patient; a patient's login sees the own row.
    Read = "patients:read", "self:read"
);
permission!(
    /// Search and list patients.
    List = "patients:read"
);
permission!(
    /// Register a patient.
    Register = "patients:register"
);
permission!(
    /// Correct or archive a patient.
    Write = "patients:write"
);

/// Pages and API.
pub fn routes(config: &mut Routes) {
    suggest::routes(config);
    pages::routes(config);
    api::routes(config);
}

/// The patient, or 404: not there and not yours look the same.
pub async fn present(db: &mut Db, id: PatientId) -> Result<Patient, Error> {
    store::find(db, id).await?.ok_or(Error::NotFound)
}

/// Who these patients are, for whom a test is ordered here: what a label says. Of others nothing.
pub async fn labels(db: &mut Db, ids: &[PatientId]) -> Result<Vec<Label>, Error> {
    if ids.is_empty() { Ok(Vec::new()) } else { store::labels(db, ids).await }
}

/// The patient, if somebody may still act on the record: not archived, not deceased.
pub async fn active(db: &mut Db, id: PatientId) -> Result<Patient, Error> {
    let patient = present(db, id).await?;
    match patient.status {
        PatientStatus::Archived => Err(Error::conflict("archived")),
        PatientStatus::Deceased => Err(Error::conflict("deceased")),
        _ => Ok(patient),
    }
}

/// Patients found by the query, or the newest where nothing is asked.
pub async fn search<P: Permission>(
    clinic: &Clinic<P>,
    query: &Query,
) -> Result<Vec<Summary>, Error> {
    if query.is_void() {
        clinic.enter().await?;
        return Ok(Vec::new());
    }
    let lines = if query.is_empty() {
        clinic.glance(async |door| store::newest(door, query).await).await?
    } else {
        clinic.glance(async |door| store::search(door, query).await).await?
    };
    let today = clinic.who()?.today;
    Ok(lines.into_iter().map(|line| line.summary(today)).collect())
}

/// How many were registered on the clinic's day.
pub async fn registered_today(db: &mut Db) -> Result<i64, Error> {
    store::registered_today(db).await
}

/// Registers a patient under the next PT number. Somebody with the same phone, or the same name and
/// birth date, is shown first (409 `possible_duplicate`) unless the caller has looked.
pub async fn register(db: &mut Db, new: &NewPatient) -> Result<Patient, Error> {
    new.refuse_future(db.today())?;
    if !new.duplicate_ok {
        let alike = alike(db, &new.into()).await?;
        if !alike.is_empty() {
            return Err(Error::Conflict {
                code: "possible_duplicate",
                details: serde_json::to_value(alike).ok(),
            });
        }
    }
    let number = numbers::patient(db).await?;
    let id = PatientId::fresh();
    store::insert(db, id, &number, new).await?;
    present(db, id).await
}

/// Replaces the correctable fields, if the caller read this version (else 412).
pub async fn amend(
    db: &mut Db,
    id: PatientId,
    version: i32,
    new: &NewPatient,
) -> Result<Patient, Error> {
    new.refuse_future(db.today())?;
    if store::update(db, id, version, new).await? {
        return present(db, id).await;
    }
    present(db, id).await?;
    Err(Error::Stale)
}

/// Sets the record aside, or brings it back. Nothing is deleted.
pub async fn set_status(
    db: &mut Db,
    id: PatientId,
    version: i32,
    status: PatientStatus,
) -> Result<Patient, Error> {
    if store::set_status(db, id, version, status).await? {
        return present(db, id).await;
    }
    present(db, id).await?;
    Err(Error::Stale)
}
