//! Passwords: argon2id, off the request threads, behind a semaphore.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::error::{Error, FieldError};

/// Fewest characters of a new password (NIST SP 800-63B asks for 8 at least).
pub const MIN_CHARS: usize = 10;
/// Most bytes of a password. Longer ones are refused before any hashing.
pub const MAX_BYTES: usize = 256;
/// How long a sign-in waits for its turn at the hash before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// Hashes and verifies, a few at a time.
pub struct Hasher {
    turns: Arc<Semaphore>,
    dummy: Arc<str>,
}

impl Hasher {
    /// As many at once as [`turns`] says.
    pub fn new() -> Hasher {
        let dummy = hash(&SecretString::from("nobody's password")).unwrap_or_default();
        Hasher { turns: Arc::new(Semaphore::new(turns())), dummy: dummy.into() }
    }

    /// Whether the password fits the stored hash. `None`, an account without a password or no account
    /// at all, takes as long and is false.
    pub async fn verify(&self, password: SecretString, phc: Option<String>) -> Result<bool, Error> {
        if password.expose_secret().len() > MAX_BYTES {
            return Ok(false);
        }
        let dummy = Arc::clone(&self.dummy);
        self.work(move || {
            let known = phc.is_some();
            let stored = phc.unwrap_or_else(|| dummy.to_string());
            let fits = PasswordHash::new(&stored).is_ok_and(|stored| {
                argon2().is_ok_and(|a| {
                    a.verify_password(password.expose_secret().as_bytes(), &stored).is_ok()
                })
            });
            Ok(fits && known)
        })
        .await
    }

    /// The PHC string of a new password.
    pub async fn hash(&self, password: SecretString) -> Result<String, Error> {
        self.work(move || hash(&password)).await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
        // A thread for each: the priority it gives up is never given back.
        let (told, outcome) = tokio::sync::oneshot::channel();
        let hashing = move || {
            step_back();
            let done = work();
            drop(turn);
            // Where nobody waits any more the client has gone.
            let _ = told.send(done);
        };
        let thread = std::thread::Builder::new().name("password".into());
        thread.spawn(hashing).map_err(|e| Error::Internal(e.to_string()))?;
        outcome.await.map_err(|e| Error::Internal(e.to_string()))?
    }
}

impl Default for Hasher {
    fn default() -> Hasher {
        Hasher::new()
    }
}

/// Lets everybody else on the machine go first: whoever signs in waits for a fiftieth of a second anyway, and a page that
/// waits behind a hash is felt. On Linux a thread has a nice value of its own; elsewhere it would be the whole service's.
fn step_back() {
    if cfg!(target_os = "linux") {
        let _ = rustix::process::nice(5);
    }
}

/// How many hashes are made at once: half the cores, so that hashing never takes the whole machine.
pub fn turns() -> usize {
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    (cores / 2).max(1)
}

/// Hashes at once, on this thread: for commands, not for requests.
pub fn hash(password: &SecretString) -> Result<String, Error> {
    let argon2 = argon2()?;
    argon2
        .hash_password(password.expose_secret().as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|e| Error::Internal(e.to_string()))
}

/// Words that are tried first, whatever digits and signs are put around them.
const OFTEN: &[&str] = &[
    "password",
    "passwort",
    "passw",
    "pssword",
    "welcome",
    "qwerty",
    "qwertyuiop",
    "qwertyuiopasdfgh",
    "asdfgh",
    "asdfghjkl",
    "letmein",
    "admin",
    "administrator",
    "iloveyou",
    "monkey",
    "dragon",
    "football",
    "baseball",
    "superman",
    "sunshine",
    "princess",
    "master",
    "login",
    "abc",
    "abcd",
    "hello",
    "secret",
    "changeme",
    "india",
    "hospital",
    "clinic",
    "polyclinic",
    "doctor",
    "nurse",
    "reception",
    "receptionist",
    "krishna",
    "ganesh",
    "sairam",
    "bharat",
    "cricket",
    "default",
    "test",
    "guest",
    "user",
    "mypassword",
    "newpassword",
    "trustno",
    "whatever",
    "computer",
    "internet",
    "pass",
    "qazwsx",
    "qazwsxedc",
];
/// Keys in a row, on the keyboard or in the alphabet, forwards and backwards.
const ROWS: &[&str] =
    &["12345678901234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm"];

/// Why a new password is refused, if it is.
/// `own` is what everybody knows of the person and the clinic: names, email, slug.
pub fn refuse(field: &str, password: &str, own: &[&str]) -> Option<FieldError> {
    if password.chars().count() < MIN_CHARS {
        let error = FieldError::new(field, "too_short").with("about", "password");
        return Some(error.with("min", MIN_CHARS));
    }
    if password.len() > MAX_BYTES {
        return Some(FieldError::new(field, "too_long").with("max", MAX_BYTES));
    }
    let folded = password.to_lowercase();
    let letters = letters_of(&folded);
    let common = OFTEN.iter().any(|word| letters == *word || letters == word.repeat(2));
    let row = |keys: &str| {
        keys.contains(&folded) || keys.chars().rev().collect::<String>().contains(&folded)
    };
    if common || ROWS.iter().any(|keys| row(keys)) {
        return Some(FieldError::new(field, "too_simple"));
    }
    let distinct = folded.chars().collect::<std::collections::BTreeSet<_>>().len();
    let whole = own.iter().any(|name| name.len() >= 4 && folded.contains(&name.to_lowercase()));
    if distinct < 4 || whole || is_made_of(&letters, own) {
        return Some(FieldError::new(field, "too_simple"));
    }
    None
}

fn letters_of(folded: &str) -> String {
    folded.chars().filter(|c| c.is_alphabetic()).collect()
}

/// Whether next to nothing is left of a password's letters without the person's and the clinic's names: digits and signs
/// around them are guessed in minutes.
fn is_made_of(letters: &str, own: &[&str]) -> bool {
    let mut parts = Vec::new();
    for name in own {
        let name = name.to_lowercase();
        let words =
            name.split(|c: char| c.is_whitespace() || ".,@-_+'’".contains(c)).map(letters_of);
        parts.extend(words.filter(|word| word.chars().count() >= 3));
    }
    // The longest first: what is part of another must not tear it.
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    let without = |letters: String, words: &mut dyn Iterator<Item = &str>| {
        words.fold(letters, |left, word| left.replace(word, ""))
    };
    let left = without(letters.to_owned(), &mut parts.iter().map(String::as_str));
    if left == letters {
        return false;
    }
    without(left, &mut OFTEN.iter().copied()).chars().count() < 4
}

/// argon2id with 19 MiB, two passes, one lane (OWASP's first recommendation).
fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(19_456, 2, 1, None).map_err(|e| Error::Internal(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_first_is_refused() {
        let why =
            |password: &str| refuse("password", password, &["nina"]).map(|e| e.code.to_string());
        for password in [
            "password123",
            "Password@2024",
            "1234567890",
            "123456789012",
            "0987654321",
            "passwordpassword",
            "qwertyuiop",
            "Welcome@12345",
            "aaaaaaaaaaaa",
            "xx-nina-xx-1",
        ] {
            assert_eq!(why(password).as_deref(), Some("too_simple"), "{password}");
        }
        for password in ["correct horse", "p4ssagere-tour", "कमलपुष्प सरोवर"]
        {
            assert_eq!(why(password), None, "{password}");
        }
    }

    #[test]
    fn what_everybody_knows_of_somebody_is_no_password() {
        let own =
            ["Dr Asha Kulkarni", "asha.kulkarni@santkrupa.in", "Santkrupa Hospital", "sant-krupa"];
        let refused = |password: &str| refuse("password", password, &own).is_some();
        for password in [
            "Santkrupa2026",
            "SANTKRUPA@123",
            "santkrupa.hospital1",
            "krupasant99",
            "asha1234567",
            "Asha.Kulkarni1",
            "kulkarniasha@1",
            "12345kulkarni",
            "SantkrupaClinic1",
            "asha.kulkarni@santkrupa.in",
        ] {
            assert!(refused(password), "{password}");
        }
        for password in
            ["correct horse", "asha likes mangoes", "krupa-tiger-window", "कमलपुष्प सरोवर"]
        {
            assert!(!refused(password), "{password}");
        }
        assert!(refuse("password", "आशाकुलकर्णी१२३", &["आशा कुलकर्णी"]).is_some());
    }
}
