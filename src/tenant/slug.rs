//! The slug: the clinic's name in the URL.

use std::fmt;
use std::str::FromStr;

/// Words that would be mistaken for the platform's own addresses.
const RESERVED: &[&str] = &[
    "admin",
    "api",
    "app",
    "assets",
    "auth",
    "billing",
    "clinic",
    "clinics",
    "demo",
    "docs",
    "health",
    "help",
    "livez",
    "login",
    "logout",
    "metrics",
    "new",
    "platform",
    "polyclinic",
    "public",
    "readyz",
    "root",
    "settings",
    "signup",
    "static",
    "status",
    "support",
    "system",
    "www",
];

/// A clinic's slug: 3–40 characters, `a-z`, `0-9` and single inner dashes, not reserved.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the word is kept for the platform's own addresses.
    pub fn is_reserved(word: &str) -> bool {
        RESERVED.contains(&word)
    }
}

/// The text is not a slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("3 to 40 characters: a-z, 0-9 and single dashes inside; not a reserved word")]
pub struct NotASlug;

impl FromStr for Slug {
    type Err = NotASlug;

    fn from_str(text: &str) -> Result<Slug, NotASlug> {
        let shaped = (3..=40).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--");
        if shaped && !Slug::is_reserved(text) { Ok(Slug(text.into())) } else { Err(NotASlug) }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_edges_of_the_rule() {
        for good in ["abc", "santkrupa", "a-b-c", "clinic-7", &"a".repeat(40)] {
            assert!(good.parse::<Slug>().is_ok(), "{good}");
        }
        let long = "a".repeat(41);
        for bad in
            ["", "ab", "-ab", "ab-", "a--b", "Abc", "a_b", "a b", "äbc", "admin", "api", &long]
        {
            assert!(bad.parse::<Slug>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn whatever_parses_is_safe_in_a_url(text in "\\PC{0,50}") {
            if let Ok(slug) = text.parse::<Slug>() {
                prop_assert!(slug.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
                prop_assert_eq!(slug.as_str(), text);
            }
        }
    }
}
