//! Who is it? Passwords, sessions, tokens, the brakes, and the pages where one signs in.
//!
//! Sign-in uses a login of its own, which sees credentials and makes sessions and has no privilege on
//! any table. Hashing happens between two short transactions, never inside one.

pub mod api;
pub mod credential;
pub mod csrf;
pub mod keys;
mod language;
mod link_pages;
pub mod links;
pub mod pages;
pub mod passwords;
pub mod secret;
mod store;
pub mod throttle;
pub mod tokens;

use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretSlice, SecretString};
use uuid::Uuid;

pub use store::{Front, Home, NewSession, Opened};

use crate::app::App;
use crate::error::Error;
use crate::tenant::{Slug, permission};

permission!(
    /// See and end the own sessions.
    Own = "session:own"
);

pub use pages::routes;

/// What a person typed to sign in.
pub struct SignIn {
    /// Identifier or email.
    pub identifier: String,
    /// Password.
    pub password: SecretString,
    /// Where the request came from.
    pub address: IpAddr,
}

/// The one answer to a sign-in that failed, whatever the reason.
fn refused() -> Error {
    Error::WrongCredentials
}

/// Verifies a password in one clinic. Gives the account.
pub async fn prove(app: &App, slug: &Slug, who: &SignIn) -> Result<Uuid, Error> {
    app.throttle.check(who.address)?;
    let identifier = who.identifier.trim().to_lowercase();
    let candidate = store::candidate(app, slug.as_str(), &identifier).await?;
    settle(app, candidate, who, format!("{slug} {identifier}")).await
}

/// Verifies a password by the account's email, for people of several clinics and super-admins.
pub async fn prove_account(app: &App, who: &SignIn) -> Result<Uuid, Error> {
    app.throttle.check(who.address)?;
    let email = who.identifier.trim().to_lowercase();
    let candidate = store::account_candidate(app, &email).await?;
    settle(app, candidate, who, email).await
}

async fn settle(
    app: &App,
    found: Option<store::Candidate>,
    who: &SignIn,
    name: String,
) -> Result<Uuid, Error> {
    if found.is_none() {
        app.throttle.check_stranger(&name)?;
    }
    if let Some(wait) = found.as_ref().map(|c| c.wait_seconds).filter(|wait| *wait > 0) {
        return Err(Error::TooMany(u64::try_from(wait).unwrap_or(1)));
    }
    let phc = found.as_ref().and_then(|c| c.password_phc.clone());
    let fits = app.hasher.verify(who.password.clone(), phc).await?;
    match found {
        Some(candidate) if fits => {
            store::note_attempt(app, candidate.account_id, true).await?;
            Ok(candidate.account_id)
        }
        found => {
            app.throttle.failed(who.address);
            match found {
                Some(candidate) => store::note_attempt(app, candidate.account_id, false).await?,
                None => app.throttle.failed_stranger(name),
            }
            metrics::counter!("polyclinic_sign_in_failures_total").increment(1);
            Err(refused())
        }
    }
}

/// Opens a session for an account that proved itself. 404 when it has no place in this clinic.
pub async fn open(app: &App, slug: &Slug, session: &NewSession) -> Result<Opened, Error> {
    store::open_session(app, slug.as_str(), session).await?.ok_or_else(refused)
}

/// Verifies a super-admin's password and opens a session of the platform. Somebody of a clinic gets the
/// same answer as a stranger.
pub async fn open_platform(app: &App, who: &SignIn) -> Result<SecretSlice<u8>, Error> {
    let account = prove_account(app, who).await?;
    let secret = secret::fresh();
    if store::open_platform_session(app, account, &secret, app.settings.session_seconds).await? {
        return Ok(secret);
    }
    app.throttle.failed(who.address);
    Err(refused())
}

/// Ends a session of the platform.
pub async fn end_platform(app: &App, secret: &[u8]) -> Result<(), Error> {
    store::end_platform_session(app, secret).await
}

/// The clinics an account belongs to.
pub async fn homes(app: &App, account: Uuid) -> Result<Vec<Home>, Error> {
    store::homes(app, account).await
}

/// What anybody may know of a clinic: its name. `None` when there is none.
pub async fn front(app: &App, slug: &Slug) -> Result<Option<Front>, Error> {
    store::front(app, slug.as_str()).await
}

/// Changes the password of the person in a live session; every other session of the account ends.
pub async fn change_password(
    app: &App,
    slug: &Slug,
    session_secret: &[u8],
    current: SecretString,
    new: SecretString,
) -> Result<(), Error> {
    let (own, known) = store::own_credentials(app, slug.as_str(), session_secret).await?;
    let known: Vec<&str> = known.iter().map(String::as_str).chain([slug.as_str()]).collect();
    if let Some(refusal) = passwords::refuse("new_password", new.expose_secret(), &known) {
        return Err(refusal.into());
    }
    if own.wait_seconds > 0 {
        return Err(Error::TooMany(u64::try_from(own.wait_seconds).unwrap_or(1)));
    }
    if !app.hasher.verify(current, own.password_phc).await? {
        store::note_attempt(app, own.account_id, false).await?;
        return Err(Error::field("current_password", "wrong"));
    }
    let phc = app.hasher.hash(new).await?;
    store::change_password(app, slug.as_str(), session_secret, &phc).await
}
