//! The clinic itself: how it is called and reached, its day, its money, its mark.

mod api;
mod countries;
mod currencies;
mod hours;
mod nouns;
mod pages;
mod store;

pub use hours::{Hours, WEEKDAYS};
pub use nouns::{Clinic, Glass, Logo, LogoType, Profile};
pub(crate) use nouns::{is_currency, is_locale, is_zone};

use crate::error::Error;
use crate::numbers;
use crate::tenant::{Db, permission};
use crate::web::Routes;

permission!(
    /// See the clinic's profile.
    Read = "clinic:read"
);
permission!(
    /// Change the clinic's profile and settings.
    Write = "clinic:write"
);

/// Pages and API.
pub fn routes(config: &mut Routes) {
    pages::routes(config);
    api::routes(config);
}

/// The clinic of this context.
pub async fn present(db: &mut Db) -> Result<Clinic, Error> {
    store::find(db).await?.ok_or(Error::NotFound)
}

/// Replaces the profile, if the caller read this version (else 412).
pub async fn amend(db: &mut Db, version: i32, profile: &Profile) -> Result<Clinic, Error> {
    if !store::knows_zone(db, &profile.zone).await? {
        return Err(nouns::unknown_zone());
    }
    if store::update(db, version, profile).await? { present(db).await } else { Err(Error::Stale) }
}

/// The numbers that the next patient and the next prescription get, if nobody is quicker. Takes none.
pub async fn next_numbers(db: &mut Db) -> Result<numbers::Next, Error> {
    numbers::next_ones(db).await
}

/// The clinic's mark, if it has one.
pub async fn logo(db: &mut Db) -> Result<Logo, Error> {
    store::logo(db).await?.ok_or(Error::NotFound)
}

/// Sets or removes the clinic's mark.
pub async fn set_logo(db: &mut Db, logo: Option<&Logo>) -> Result<Clinic, Error> {
    store::set_logo(db, logo).await?;
    present(db).await
}

/// Who looked inside from outside, newest first. Only the administrator is told.
pub async fn glass_broken(db: &mut Db) -> Result<Vec<Glass>, Error> {
    store::glass_broken(db).await
}
