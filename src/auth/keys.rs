//! One secret, three keys: tokens, cursors, tickets. Each is derived by HMAC with its purpose, so that
//! none tells anything about another.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{DecodingKey, EncodingKey};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;

use super::tokens::Known;

/// Keys derived from the service's secret.
pub struct Keys {
    pub(super) signing: EncodingKey,
    pub(super) verifying: DecodingKey,
    seal: SecretSlice<u8>,
    pub(super) known: Known,
}

/// The secret is not 32 bytes of base64.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the secret key must be 32 bytes in base64; make one with: openssl rand -base64 32")]
pub struct BadSecret;

/// PKCS#8 version 1 header of an Ed25519 private key (RFC 8410, section 7), before the 32-byte seed.
const PKCS8_ED25519: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

impl Keys {
    /// Derives the keys from the secret as configured: 32 bytes in base64.
    pub fn from_base64(text: &str) -> Result<Keys, BadSecret> {
        let secret = STANDARD.decode(text.trim()).map_err(|_| BadSecret)?;
        if secret.len() == 32 { Keys::derive(&secret) } else { Err(BadSecret) }
    }

    fn derive(secret: &[u8]) -> Result<Keys, BadSecret> {
        let seed = mac(secret, &[b"token"]);
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| BadSecret)?;
        let der = [&PKCS8_ED25519[..], &seed[..]].concat();
        Ok(Keys {
            signing: EncodingKey::from_ed_der(&der),
            verifying: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            seal: mac(secret, &[b"seal"]).into(),
            known: Known::default(),
        })
    }

    /// Seals bytes for a purpose: opaque text that only this service can have made.
    pub fn seal(&self, purpose: &str, bytes: &[u8]) -> String {
        let tag = mac(self.seal.expose_secret(), &[purpose.as_bytes(), b"\0", bytes]);
        let mut sealed = bytes.to_vec();
        sealed.extend(tag.iter().take(16));
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// The bytes under a seal of this purpose, if it holds.
    pub fn unseal(&self, purpose: &str, text: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (bytes, tag) = sealed.split_at_checked(sealed.len().checked_sub(16)?)?;
        let expected = mac(self.seal.expose_secret(), &[purpose.as_bytes(), b"\0", bytes]);
        let expected = expected.get(..16)?;
        subtle::ConstantTimeEq::ct_eq(expected, tag).unwrap_u8().eq(&1).then(|| bytes.to_vec())
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    // HMAC takes a key of any length; the error type has no value in practice.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return vec![0; 32] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys() -> Keys {
        Keys::from_base64(&STANDARD.encode([7_u8; 32])).unwrap()
    }

    #[test]
    fn a_secret_of_another_length_is_refused() {
        assert!(Keys::from_base64("c2hvcnQ=").is_err());
        assert!(Keys::from_base64("not base64!").is_err());
    }

    proptest! {
        #[test]
        fn a_seal_opens_only_whole_and_for_its_purpose(bytes in proptest::collection::vec(any::<u8>(), 0..80), at in 0_usize..60) {
            let keys = keys();
            let sealed = keys.seal("cursor", &bytes);
            prop_assert_eq!(keys.unseal("cursor", &sealed), Some(bytes));
            prop_assert_eq!(keys.unseal("other", &sealed), None);
            let mut broken = sealed.into_bytes();
            let at = at % broken.len();
            broken[at] = if broken[at] == b'A' { b'B' } else { b'A' };
            let broken = String::from_utf8(broken).unwrap();
            prop_assert_eq!(keys.unseal("cursor", &broken), None);
        }
    }
}
