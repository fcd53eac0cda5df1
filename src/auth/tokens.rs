//! Access tokens of the API: a short EdDSA JWT whose `jti` is a session secret. The database still
//! verifies the secret, so a leaked signing key opens nothing and revocation is immediate.

use jsonwebtoken::{Algorithm, Header, Validation, decode, encode};
use secrecy::SecretSlice;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::Keys;
use super::secret;
use crate::error::Error;
use crate::tenant::Slug;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    role: String,
    jti: String,
    iat: i64,
    exp: i64,
}

const ISSUER: &str = "polyclinic";

/// Signs a token for one clinic, good for `seconds` from `now` (unix seconds).
pub fn sign(
    keys: &Keys,
    slug: &Slug,
    user: Uuid,
    role: &str,
    secret: &SecretSlice<u8>,
    now: i64,
    seconds: i32,
) -> Result<String, Error> {
    let claims = Claims {
        iss: ISSUER.into(),
        aud: slug.as_str().into(),
        sub: user,
        role: role.into(),
        jti: secret::to_text(secret),
        iat: now,
        exp: now + i64::from(seconds),
    };
    encode(&Header::new(Algorithm::EdDSA), &claims, &keys.signing)
        .map_err(|e| Error::Internal(e.to_string()))
}

/// The secret in a token for this clinic. A good token for another clinic is as if the clinic did
/// not exist (404); anything else that is wrong is 401.
pub fn open(keys: &Keys, slug: &str, token: &str) -> Result<SecretSlice<u8>, Error> {
    if token.len() > 2048 {
        return Err(Error::SignedOut);
    }
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[ISSUER]);
    validation.validate_aud = false;
    validation.leeway = 5;
    let token =
        decode::<Claims>(token, &keys.verifying, &validation).map_err(|_| Error::SignedOut)?;
    if token.claims.aud != slug {
        return Err(Error::NotFound);
    }
    secret::from_text(&token.claims.jti).ok_or(Error::SignedOut)
}
