//! Those who may consult and prescribe. Staff makes and changes them; everybody else only asks who.

mod store;

use serde::Serialize;
use uuid::Uuid;

use crate::error::Error;
use crate::tenant::Db;
use crate::web::id;

id!(
    /// A practitioner's id.
    PractitionerId
);

/// Somebody who practises in this clinic.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Practitioner {
    /// The practitioner.
    pub practitioner_id: PractitionerId,
    /// The login of the same person.
    pub user_id: Uuid,
    /// Name as printed.
    pub name: String,
    /// Field of work.
    pub specialization: Option<String>,
    /// Degrees.
    pub qualification: Option<String>,
    /// Registration number with the medical council, unique in the clinic.
    pub licence_number: Option<String>,
}

/// Those who practise now, by name.
pub async fn active(db: &mut Db) -> Result<Vec<Practitioner>, Error> {
    store::active(db).await
}

/// The practitioner, or 404.
pub async fn present(db: &mut Db, id: PractitionerId) -> Result<Practitioner, Error> {
    store::find(db, id).await?.ok_or(Error::NotFound)
}

/// The practitioner who is signed in, if the person practises.
pub async fn own_if_any(db: &mut Db) -> Result<Option<Practitioner>, Error> {
    store::of_user(db).await
}

/// The practitioner who is signed in. Somebody with the role but without a practitioner's entry may
/// neither consult nor prescribe (409).
pub async fn own(db: &mut Db) -> Result<Practitioner, Error> {
    own_if_any(db).await?.ok_or_else(|| Error::conflict("no_practitioner"))
}
