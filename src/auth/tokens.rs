//! Access tokens of the API: a short EdDSA JWT whose `jti` is a session secret. The database still
//! verifies the secret, so a leaked signing key opens nothing and revocation is immediate.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header, Validation, decode, encode, get_current_timestamp};
use secrecy::SecretSlice;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
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

/// Seconds by which clocks may differ.
const LEEWAY: u64 = 5;
/// Most tokens that are remembered.
const KNOWN: usize = 10_000;

/// Tokens whose signature held, by their hash, with the second at which each ends. Verifying a signature costs more
/// than all else a request does here, and its outcome never changes; what a token opens is asked of the database
/// every time. A hash of the whole token, signature included: no other token is taken for it.
#[derive(Default)]
pub(super) struct Known(Mutex<HashMap<[u8; 32], i64>>);

impl Known {
    fn has(&self, hash: &[u8; 32]) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(hash)
    }

    fn add(&self, hash: [u8; 32], ends: i64, now: i64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN {
            known.retain(|_, ends| *ends > now);
            if known.len() >= KNOWN {
                known.clear();
            }
        }
        known.insert(hash, ends);
    }
}

/// The secret in a token for this clinic. A good token for another clinic is as if the clinic did
/// not exist (404); anything else that is wrong is 401.
pub fn open(keys: &Keys, slug: &str, token: &str) -> Result<SecretSlice<u8>, Error> {
    if token.len() > 2048 {
        return Err(Error::SignedOut);
    }
    let now = get_current_timestamp();
    let hash: [u8; 32] = Sha256::digest(token).into();
    let claims = if keys.known.has(&hash) {
        read(token)
            .filter(|claims| u64::try_from(claims.exp).is_ok_and(|ends| ends >= now - LEEWAY))
    } else {
        let claims = verify(keys, token);
        if let Some(claims) = &claims {
            keys.known.add(hash, claims.exp, i64::try_from(now).unwrap_or(i64::MAX));
        }
        claims
    };
    let claims = claims.ok_or(Error::SignedOut)?;
    if claims.aud != slug {
        return Err(Error::NotFound);
    }
    secret::from_text(&claims.jti).ok_or(Error::SignedOut)
}

/// The claims of a token whose signature holds and which is not over.
fn verify(keys: &Keys, token: &str) -> Option<Claims> {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[ISSUER]);
    validation.validate_aud = false;
    validation.leeway = LEEWAY;
    Some(decode::<Claims>(token, &keys.verifying, &validation).ok()?.claims)
}

/// The claims of a token that was verified before.
fn read(token: &str) -> Option<Claims> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use secrecy::ExposeSecret;

    use super::*;

    fn keys() -> Keys {
        Keys::from_base64(&STANDARD.encode([7_u8; 32])).unwrap()
    }

    fn token(keys: &Keys, ends: i64) -> (String, SecretSlice<u8>) {
        let (slug, secret) = ("north".parse().unwrap(), secret::fresh());
        let now = i64::try_from(get_current_timestamp()).unwrap();
        let seconds = i32::try_from(ends).unwrap();
        (sign(keys, &slug, Uuid::nil(), "doctor", &secret, now, seconds).unwrap(), secret)
    }

    #[test]
    fn a_token_seen_before_answers_as_at_first() {
        let keys = keys();
        let (token, secret) = token(&keys, 60);
        for _ in 0..2 {
            let opened = open(&keys, "north", &token).unwrap();
            assert_eq!(opened.expose_secret(), secret.expose_secret());
            assert!(matches!(open(&keys, "south", &token), Err(Error::NotFound)));
        }
    }

    #[test]
    fn a_token_is_not_taken_for_one_that_was_seen() {
        let keys = keys();
        let (token, _) = token(&keys, 60);
        open(&keys, "north", &token).unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let head = signed.split('.').next().unwrap();
        let mut claims = read(&token).unwrap();
        claims.exp += 1;
        let claims = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims).unwrap());
        let flipped = if signature.starts_with('A') { "B" } else { "A" };
        for forged in [
            format!("{head}.{claims}.{signature}"),
            format!("{signed}.{flipped}{}", &signature[1..]),
            format!("{signed}."),
            signed.to_owned(),
        ] {
            assert!(matches!(open(&keys, "north", &forged), Err(Error::SignedOut)), "{forged}");
        }
    }

    #[test]
    fn a_token_that_was_seen_still_ends() {
        let keys = keys();
        let (token, _) = token(&keys, -2);
        open(&keys, "north", &token).unwrap();
        let hash: [u8; 32] = Sha256::digest(&token).into();
        assert!(keys.known.has(&hash));
        let (over, _) = self::token(&keys, -60);
        let hash: [u8; 32] = Sha256::digest(&over).into();
        keys.known.add(hash, i64::MAX, 0);
        assert!(matches!(open(&keys, "north", &over), Err(Error::SignedOut)));
    }
}
