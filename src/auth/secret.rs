//! Session secrets: 256 random bits, of which only the sha256 is stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretSlice};
use sha2::{Digest, Sha256};

/// A fresh secret.
pub fn fresh() -> SecretSlice<u8> {
    let bytes: [u8; 32] = rand::random();
    bytes.to_vec().into()
}

/// What the database keeps.
pub fn sha256(secret: &[u8]) -> Vec<u8> {
    Sha256::digest(secret).to_vec()
}

/// The secret as text for a cookie, a token or a link.
pub fn to_text(secret: &SecretSlice<u8>) -> String {
    URL_SAFE_NO_PAD.encode(secret.expose_secret())
}

/// The secret in a text, if it has the right form.
pub fn from_text(text: &str) -> Option<SecretSlice<u8>> {
    if text.len() != 43 {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    (bytes.len() == 32).then(|| bytes.into())
}
