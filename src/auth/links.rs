//! One-time links to set a password. Shown once to whoever invites, never stored in the clear.

use secrecy::{ExposeSecret, SecretSlice, SecretString};

use super::{passwords, secret, store};
use crate::app::App;
use crate::error::Error;

/// How long a link is good, in seconds: three days.
pub const LIFE_SECONDS: i32 = 3 * 24 * 3600;

/// A fresh link: the path for the browser, and what the database keeps.
pub struct Link {
    /// `/password/<token>`, below the service's base address.
    pub path: String,
    /// The token's sha256.
    pub sha256: Vec<u8>,
}

/// Makes a link.
pub fn fresh() -> Link {
    let token = secret::fresh();
    Link {
        path: format!("/password/{}", secret::to_text(&token)),
        sha256: secret::sha256(token.expose_secret()),
    }
}

/// Whose link this is.
pub struct Owner {
    /// Their name.
    pub name: String,
    /// The clinic where they sign in, if they have one.
    pub slug: Option<String>,
    /// What everybody knows besides: how they sign in, what the clinic is called.
    pub known: Vec<String>,
}

/// Whose link this is, while it is good; 404 afterwards.
pub async fn owner(app: &App, token: &SecretSlice<u8>) -> Result<Owner, Error> {
    store::link_owner(app, token.expose_secret()).await?.ok_or(Error::NotFound)
}

/// Uses the link up. Where to sign in, if the account has a clinic.
pub async fn set_password(
    app: &App,
    token: &SecretSlice<u8>,
    password: SecretString,
) -> Result<Option<String>, Error> {
    let Owner { name, slug, known } = owner(app, token).await?;
    let own = known.iter().map(String::as_str).chain([name.as_str()]);
    let own: Vec<&str> = own.chain(slug.as_deref()).collect();
    if let Some(refusal) = passwords::refuse("password", password.expose_secret(), &own) {
        return Err(refusal.into());
    }
    let phc = app.hasher.hash(password).await?;
    if store::use_link(app, token.expose_secret(), &phc).await? {
        Ok(slug)
    } else {
        Err(Error::NotFound)
    }
}
