//! How a search text becomes ranges over folded tokens. Ranges on text are leakproof, so the wall lets
//! an index serve them.

use super::PatientId;
use crate::web::{fold, latin_digits};

/// Most words of a search that count.
const MAX_WORDS: usize = 5;
/// Sorts after every character a token may hold.
const LAST: char = '\u{10FFFF}';

/// What to search and where to continue.
#[derive(Debug, Default)]
pub struct Query {
    /// Folded prefixes, longest first.
    words: Vec<String>,
    /// Something was typed, and no letter or digit is in it: nothing has that.
    void: bool,
    /// Rows to return; one more is read to know whether there are more.
    pub limit: i64,
    /// The last row of the page before.
    pub after: Option<(String, PatientId)>,
}

impl Query {
    /// Reads what somebody typed: words of a name, a phone number with any spacing, a PT number.
    pub fn new(text: &str, limit: i64, after: Option<(String, PatientId)>) -> Query {
        let mut words = words(text);
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        words.truncate(MAX_WORDS);
        let void = words.is_empty() && !text.trim().is_empty();
        Query { words, void, limit, after }
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether nothing can be found.
    pub fn is_void(&self) -> bool {
        self.void
    }

    /// The range of the longest word, which drives the search.
    pub(super) fn range(&self) -> (String, String) {
        self.words.first().map(|word| range(word)).unwrap_or_default()
    }

    /// The ranges of the other words, all of which must match too.
    pub(super) fn others(&self) -> (Vec<String>, Vec<String>) {
        self.words.iter().skip(1).map(|word| range(word)).unzip()
    }
}

fn range(word: &str) -> (String, String) {
    (word.to_owned(), format!("{word}{LAST}"))
}

fn words(text: &str) -> Vec<String> {
    let folded = fold(&latin_digits(text));
    let is_phone = folded.chars().any(|c| c.is_ascii_digit())
        && folded.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c));
    if is_phone {
        return vec![folded.chars().filter(char::is_ascii_digit).collect()];
    }
    let mut words = Vec::new();
    for piece in folded.split_whitespace() {
        if piece.starts_with("pt-") {
            words.push(piece.to_owned());
        } else {
            let parts = piece.split(|c| ",.;:/()'\"-".contains(c));
            words.extend(parts.map(str::to_owned));
        }
    }
    words.retain(|word| word.chars().any(char::is_alphanumeric));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_way_of_typing_a_phone_is_one_word() {
        for typed in ["9876543210", "9 876 543 210", "+91-98765 43210"] {
            assert_eq!(words(typed).len(), 1, "{typed}");
        }
        assert_eq!(words("9 876 543 210"), ["9876543210"]);
        assert_eq!(words("९८७६५ ४३२१०"), ["9876543210"]);
    }

    #[test]
    fn names_fold_and_split() {
        assert_eq!(words("José O'Neil-Kulkarni"), ["jose", "o", "neil", "kulkarni"]);
        assert_eq!(words("O’Neil oneil"), ["o", "neil", "oneil"]);
        assert_eq!(words("PT-1-2026-00041"), ["pt-1-2026-00041"]);
        assert_eq!(words("आशा"), ["आशा"]);
        assert_eq!(words("asha % _"), ["asha"]);
        for typed in ["  ,. ", "-", "%", "_", "—", "+ ()"] {
            assert!(words(typed).is_empty() && Query::new(typed, 8, None).is_void(), "{typed}");
        }
        assert!(!Query::new("  ", 8, None).is_void());
    }
}
