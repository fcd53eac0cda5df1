//! The landlord's rooms: which clinics exist and which are open. Its login has no privilege on any clinic's
//! rows, so nothing here can show a patient, a visit or a colleague.

mod api;
mod door;
mod nouns;
mod pages;
mod store;

pub use door::{Console, ControlDb, SuperAdmin, as_landlord};
pub use nouns::{ClinicStatus, Entry, NewClinic, Query};

use crate::auth::links::Link;
use crate::error::Error;
use crate::staff::{Invitation, Role};
use crate::tenant::Slug;
use crate::web::Routes;

/// Pages and API.
pub fn routes(config: &mut Routes) {
    pages::routes(config);
    api::routes(config);
}

/// The clinics, in the order of their numbers.
pub async fn clinics(db: &mut ControlDb, query: &Query) -> Result<Vec<Entry>, Error> {
    store::clinics(db, query).await
}

/// The clinic, or 404.
pub async fn present(db: &mut ControlDb, slug: &Slug) -> Result<Entry, Error> {
    store::find(db, slug).await?.ok_or(Error::NotFound)
}

/// Closes a clinic's doors or opens them again, for everybody's next request. A closed or moving clinic
/// is not the console's to open (409).
pub async fn set_status(
    db: &mut ControlDb,
    slug: &Slug,
    status: ClinicStatus,
) -> Result<Entry, Error> {
    if !matches!(status, ClinicStatus::Active | ClinicStatus::Suspended) {
        return Err(Error::field("status", "unknown_value"));
    }
    if store::set_status(db, slug, status).await? {
        tracing::info!(clinic.slug = %slug, clinic.status = %status, super_admin.id = ?db.who(),
            "The platform set a clinic's status");
        return present(db, slug).await;
    }
    present(db, slug).await?;
    Err(Error::conflict("not_open"))
}

/// Opens a clinic. Its people come afterwards.
pub async fn create_clinic(db: &mut ControlDb, new: &NewClinic) -> Result<Entry, Error> {
    store::create_clinic(db, new).await?;
    let slug = new.slug.parse().map_err(|_| Error::NotFound)?;
    present(db, &slug).await
}

/// Somebody for a clinic, with a new account or, by the email, one that exists.
pub async fn create_user(
    db: &mut ControlDb,
    slug: &Slug,
    new: &Invitation,
    link: &Link,
) -> Result<(), Error> {
    new.refuse_unfit()?;
    present(db, slug).await?;
    let user = uuid::Uuid::now_v7();
    store::create_user(db, slug, user, new, link).await?;
    if new.named.role == Role::Doctor {
        let practice = new.practitioner.clone().unwrap_or_default();
        store::create_practitioner(db, slug, user, &practice).await?;
    }
    Ok(())
}

/// Somebody who runs the platform, and belongs to no clinic.
pub async fn create_super_admin(
    db: &mut ControlDb,
    email: &str,
    name: &str,
    link: &Link,
) -> Result<(), Error> {
    store::create_super_admin(db, email, name, link).await
}
