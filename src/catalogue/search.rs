//! What somebody types into a catalogue as ranges over folded words. Ranges on text are leakproof, so the
//! wall lets an index serve them.

use crate::web::fold;

/// Most words of a search that count.
const MAX_WORDS: usize = 5;
/// Sorts after every character a word may hold.
const LAST: char = '\u{10FFFF}';

/// Which part of a catalogue to list: by name, or by the words that are looked for.
#[derive(Debug, Default)]
pub struct Query<Id> {
    /// Folded beginnings of words, longest first; none for all.
    words: Vec<String>,
    /// Something was typed, and no letter or digit is in it: nothing has that.
    void: bool,
    /// With those that are not used any more.
    pub with_inactive: bool,
    /// Rows to return; one more is read to know whether there are more.
    pub limit: i64,
    /// What the last row of the page before was found by, and its id.
    pub after: Option<(String, Id)>,
}

impl<Id> Query<Id> {
    /// Entries of which a word begins with each word that somebody typed.
    pub fn new(q: &str, with_inactive: bool, limit: i64, after: Option<(String, Id)>) -> Query<Id> {
        let mut words = words(q);
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        words.truncate(MAX_WORDS);
        let void = words.is_empty() && !q.trim().is_empty();
        Query { words, void, with_inactive, limit, after }
    }

    /// Whether nothing is looked for.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether nothing can be found.
    pub(super) fn is_void(&self) -> bool {
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

/// The words of a text, as `polyclinic.words` cuts them in SQL.
fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let parts = folded.split(|c: char| c.is_whitespace() || ",.;:/()'\"+%-".contains(c));
    parts.filter(|part| part.chars().any(char::is_alphanumeric)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_way_of_typing_a_medicine_is_cut_into_its_words() {
        assert_eq!(words("Amoxicillin + Clavulanic  Acid"), ["amoxicillin", "clavulanic", "acid"]);
        assert_eq!(words("250 mg/5 mL"), ["250", "mg", "5", "ml"]);
        assert_eq!(words("PÁRA-500"), ["para", "500"]);
        for typed in [" + , ", "%", "_", "-", "%_"] {
            assert!(words(typed).is_empty(), "{typed}");
            assert!(Query::<()>::new(typed, false, 8, None).is_void(), "{typed}");
        }
        assert!(!Query::<()>::new("", false, 8, None).is_void());
        let query = Query::<()>::new("5 para", false, 8, None);
        assert_eq!(query.range().0, "para", "the longest word drives");
        assert_eq!(query.others().0, ["5"]);
    }
}
