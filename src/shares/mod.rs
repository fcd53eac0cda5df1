//! Links to one prescription for its patient: made by who treats or receives, good for days, opened with the birth year,
//! revoked at will. Who made one, how often it was opened and every wrong answer is on record.

mod api;
mod guest;
mod nouns;
mod pages;
mod store;

pub use nouns::{NewShare, Share, ShareId, ShareStanding};
use secrecy::{ExposeSecret, SecretSlice};

use crate::auth::secret;
use crate::error::Error;
use crate::patients;
use crate::prescriptions::{self, PrescriptionId, Status};
use crate::tenant::{Db, Slug, permission};
use crate::web::Routes;

permission!(
    /// See the links of a prescription.
    Read = "prescriptions:read"
);
permission!(
    /// Make and revoke them.
    Write = "prescriptions:share"
);

/// Pages and API.
pub fn routes(config: &mut Routes) {
    pages::routes(config);
    api::routes(config);
    guest::routes(config);
}

/// Most links of a prescription that live at once: each is worth five guesses.
const MOST: i64 = 10;

/// A fresh link. Only its hash is stored, and it is shown once.
pub struct Link {
    token: SecretSlice<u8>,
}

impl Link {
    /// Makes one.
    pub fn fresh() -> Link {
        Link { token: secret::fresh() }
    }

    /// Its path below the service's address.
    pub fn path(&self, slug: &Slug) -> String {
        format!("/clinic/{slug}/shared/{}", secret::to_text(&self.token))
    }

    fn sha256(&self) -> Vec<u8> {
        secret::sha256(self.token.expose_secret())
    }
}

/// The newest links of a prescription. Who may not see them sees none.
pub async fn of(db: &mut Db, id: PrescriptionId) -> Result<Vec<Share>, Error> {
    store::of(db, id).await
}

/// Makes a link to a signed prescription of a patient whose birth date is known and whose record is in use.
pub async fn share(
    db: &mut Db,
    id: PrescriptionId,
    new: &NewShare,
    link: &Link,
) -> Result<Share, Error> {
    let prescription = prescriptions::present(db, id).await?;
    match prescription.status {
        Status::Signed => {}
        Status::Draft | Status::Discarded => return Err(Error::conflict("not_signed")),
        Status::Voided => return Err(Error::conflict("voided")),
    }
    let patient = patients::active(db, prescription.patient_id).await?;
    if patient.told.birth_date.is_none() {
        return Err(Error::conflict("birth_date_unknown"));
    }
    if store::living(db, id).await? >= MOST {
        return Err(Error::conflict("too_many_links"));
    }
    let share = ShareId::fresh();
    let until = db.now() + new.life();
    store::insert(db, share, &prescription, &link.sha256(), until).await?;
    store::find(db, share).await?.ok_or(Error::NotFound)
}

/// Ends a link. One that is over stays as it is.
pub async fn revoke(db: &mut Db, id: ShareId) -> Result<Share, Error> {
    store::revoke(db, id).await?;
    store::find(db, id).await?.ok_or(Error::NotFound)
}
