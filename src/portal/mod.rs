//! The patient's own side: a login that the clinic opens and closes from the record, and the pages behind it. They show
//! the own record and nothing else; the wall sees to that, whatever a page asks.

mod api;
mod login;
mod own;
mod store;

use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::links::Link;
use crate::error::Error;
use crate::patients::{self, Patient, PatientId};
use crate::staff::{UserId, UserStatus};
use crate::tenant::{Db, permission};
use crate::web::{Fields, Parse, Routes};

permission!(
    /// Open and close a patient's own login.
    Write = "logins:write"
);
permission!(
    /// See the own record.
    Own = "self:read"
);

/// Pages and API.
pub fn routes(config: &mut Routes) {
    login::routes(config);
    own::routes(config);
    api::routes(config);
}

/// A patient's own login.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PatientLogin)]
pub struct Login {
    /// The login.
    pub user_id: UserId,
    /// Whose.
    pub patient_id: PatientId,
    /// What the patient types to sign in.
    pub identifier: String,
    /// Not used yet, in use, closed.
    pub status: UserStatus,
    /// Counts changes.
    pub version: i32,
}

/// What is said when a login is opened.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = NewPatientLogin)]
pub struct NewLogin {
    /// What the patient types to sign in; the PT number in small letters unless said. A login that was opened before
    /// keeps its own.
    #[schema(pattern = "^[a-z0-9][a-z0-9._@+-]{1,99}$")]
    pub identifier: Option<String>,
}

impl Parse for NewLogin {
    fn parse(fields: &mut Fields) -> NewLogin {
        let said = fields.brings("identifier");
        NewLogin { identifier: said.then(|| crate::staff::identifier(fields)) }
    }
}

/// What the patient would type to sign in, unless the clinic chooses otherwise.
pub fn suggested(patient: &Patient) -> String {
    patient.number.to_lowercase()
}

/// The patient and the own login, if there is one.
pub async fn present(db: &mut Db, id: PatientId) -> Result<(Patient, Option<Login>), Error> {
    let patient = patients::present(db, id).await?;
    Ok((patient, store::login(db, id).await?))
}

/// Opens the login, or makes a fresh link where there is one. It becomes active when the patient chooses a password
/// behind the link.
pub async fn open(db: &mut Db, id: PatientId, new: &NewLogin, link: &Link) -> Result<Login, Error> {
    let patient = patients::active(db, id).await?;
    let identifier = new.identifier.clone().unwrap_or_else(|| suggested(&patient));
    if !store::open(db, id, &identifier, &patient.full_name(), link).await? {
        return Err(Error::conflict("shared_login"));
    }
    store::login(db, id).await?.ok_or(Error::NotFound)
}

/// Closes the login: signed out everywhere at once. The record stays as it is.
pub async fn close(db: &mut Db, id: PatientId) -> Result<(), Error> {
    patients::present(db, id).await?;
    if store::close(db, id).await? { Ok(()) } else { Err(Error::conflict("no_login")) }
}
