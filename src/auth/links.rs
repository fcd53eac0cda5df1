//! One-time links to set a password. Shown once to whoever invites, never stored in the clear.

use actix_web::HttpRequest;
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

/// The address a browser types for a path, from the one it used for this request.
pub fn address(app: &App, request: &HttpRequest, path: &str) -> String {
    let scheme = if app.settings.https { "https" } else { "http" };
    let host = request.headers().get("host").and_then(|v| v.to_str().ok());
    let host = host
        .or_else(|| request.uri().authority().map(actix_web::http::uri::Authority::as_str))
        .unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

/// Whose link this is and where they sign in, while it is good; 404 afterwards.
pub async fn owner(app: &App, token: &SecretSlice<u8>) -> Result<(String, Option<String>), Error> {
    store::link_owner(app, token.expose_secret()).await?.ok_or(Error::NotFound)
}

/// Uses the link up. Where to sign in, if the account has a clinic.
pub async fn set_password(
    app: &App,
    token: &SecretSlice<u8>,
    password: SecretString,
) -> Result<Option<String>, Error> {
    let (name, slug) = owner(app, token).await?;
    if let Some(refusal) = passwords::refuse("password", password.expose_secret(), &name) {
        return Err(refusal.into());
    }
    let phc = app.hasher.hash(password).await?;
    if store::use_link(app, token.expose_secret(), &phc).await? {
        Ok(slug)
    } else {
        Err(Error::NotFound)
    }
}
