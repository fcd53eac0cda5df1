//! Reads the credential of a request: a bearer token, or this clinic's cookie.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use secrecy::SecretSlice;

use super::{secret, tokens};
use crate::app::App;
use crate::error::Error;
use crate::tenant::{Credential, Slug};

const PREFIX: &str = "polyclinic-";
/// What stands for a slug in the name of the super-admin's cookie; no clinic can be called so.
pub const PLATFORM: &str = "_platform";

/// The credential for this clinic. Signed in elsewhere but not here is 404, like an unknown clinic;
/// signed in nowhere is 401.
pub fn of(request: &HttpRequest, app: &App, slug: &Slug) -> Result<Credential, Error> {
    if let Some(value) = request.headers().get(header::AUTHORIZATION) {
        let value = value.to_str().map_err(|_| Error::SignedOut)?;
        let token = value.strip_prefix("Bearer ").ok_or(Error::SignedOut)?;
        return tokens::open(&app.keys, slug.as_str(), token.trim()).map(Credential::Bearer);
    }
    if let Some(secret) = cookie_secret(request, slug.as_str()) {
        return Ok(Credential::Cookie(secret));
    }
    let elsewhere = request.cookies().is_ok_and(|cookies| {
        cookies.iter().any(|c| c.name().trim_start_matches("__Host-").starts_with(PREFIX))
    });
    Err(if elsewhere { Error::NotFound } else { Error::SignedOut })
}

/// The secret of the session to which a form of this page is bound: the clinic's, or outside of clinics
/// the platform's.
pub fn session_cookie(request: &HttpRequest) -> Option<SecretSlice<u8>> {
    let slug = request.match_info().get("slug").filter(|_| request.path().starts_with("/clinic/"));
    cookie_secret(request, slug.unwrap_or(PLATFORM))
}

/// The secret in this clinic's cookie, if the browser sent one.
pub fn cookie_secret(request: &HttpRequest, name: &str) -> Option<SecretSlice<u8>> {
    let secure = format!("__Host-{PREFIX}{name}");
    let cookie =
        request.cookie(&secure).or_else(|| request.cookie(secure.strip_prefix("__Host-")?))?;
    secret::from_text(cookie.value())
}

/// The session cookie of a clinic (or of `_platform`). One a clinic, so that somebody of two clinics holds two.
/// Over plain http on loopback it goes without `__Host-` and `Secure`, which browsers refuse there.
pub fn cookie(app: &App, name: &str, secret: &SecretSlice<u8>) -> Cookie<'static> {
    build(app, name, secret::to_text(secret))
}

/// The cookie that ends the session in the browser.
pub fn expired(app: &App, name: &str) -> Cookie<'static> {
    let mut cookie = build(app, name, String::new());
    cookie.make_removal();
    cookie
}

fn build(app: &App, name: &str, value: String) -> Cookie<'static> {
    let https = app.settings.https;
    let host = if https { "__Host-" } else { "" };
    Cookie::build(format!("{host}{PREFIX}{name}"), value)
        .path("/")
        .http_only(true)
        .secure(https)
        .same_site(SameSite::Lax)
        .finish()
}
