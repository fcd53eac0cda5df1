//! The words that are known: read once from the tables beside this file.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use crate::web::fold;

/// What a word stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meaning {
    /// Substances by their generic names.
    pub substances: BTreeSet<String>,
    /// Kinds, those of the substances among them.
    pub kinds: BTreeSet<String>,
}

impl Meaning {
    /// With all that the other stands for.
    pub fn join(&mut self, other: &Meaning) {
        self.substances.extend(other.substances.iter().cloned());
        self.kinds.extend(other.kinds.iter().cloned());
    }

    /// Only what the other stands for as well.
    pub fn keep(&mut self, other: &Meaning) {
        self.substances.retain(|name| other.substances.contains(name));
        self.kinds.retain(|kind| other.kinds.contains(kind));
    }

    /// Whether both hold a substance, or belong to a kind.
    pub fn meets(&self, other: &Meaning) -> bool {
        !self.substances.is_disjoint(&other.substances) || !self.kinds.is_disjoint(&other.kinds)
    }
}

/// A word of the book.
#[derive(Debug, Clone)]
pub(super) enum Word {
    /// It names a medicine or a kind.
    Means(Meaning),
    /// People are allergic to it, and it is no medicine.
    Other,
    /// It names nothing.
    Filler,
}

/// How a name sounds: spellings that are pronounced alike are one, and so is a name in one word or in two.
/// `amoxycillin` is `amoxisilin`.
pub(super) fn sound(text: &str) -> String {
    fold(text).split(|c: char| !is_letter(c)).map(heard).collect()
}

fn heard(word: &str) -> String {
    let plain = word.replace("ph", "f").replace("th", "t").replace("ae", "e").replace("oe", "e");
    let letters: Vec<char> = plain.replace('y', "i").chars().collect();
    let mut heard = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        let soft = letters.get(at + 1).is_some_and(|next| "ei".contains(*next));
        let letter = match letter {
            'c' if soft => 's',
            // Not the letter of a vitamin.
            'c' if letters.len() > 1 => 'k',
            other => other,
        };
        if !(letter.is_ascii_alphabetic() && heard.ends_with(letter)) {
            heard.push(letter);
        }
    }
    // One of several: eggs, penicillins.
    if word.chars().count() > 3 && heard.ends_with('s') {
        heard.pop();
    }
    heard
}

/// Letters, numbers, and the vowel signs of Devanagari, which are no letters to Unicode.
pub(super) fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || ('\u{900}'..='\u{963}').contains(&c)
}

/// The words by their sound.
pub(super) static BOOK: LazyLock<HashMap<String, Word>> = LazyLock::new(|| {
    let mut book = HashMap::new();
    for (text, word) in
        [(include_str!("other.txt"), Word::Other), (include_str!("filler.txt"), Word::Filler)]
    {
        for name in lines(text).flat_map(names) {
            book.insert(sound(name), word.clone());
        }
    }
    for (name, also, meaning) in kinds().into_iter().chain(substances()) {
        for name in std::iter::once(name).chain(also) {
            book.insert(sound(name), Word::Means(meaning.clone()));
        }
    }
    book
});

type Row = (&'static str, Vec<&'static str>, Meaning);

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn names(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty())
}

fn columns(line: &'static str) -> (&'static str, &'static str, &'static str) {
    let mut columns = line.split('|').map(str::trim);
    let mut next = || columns.next().unwrap_or_default();
    (next(), next(), next())
}

fn kinds() -> Vec<Row> {
    let rows = lines(include_str!("kinds.txt")).map(columns);
    let rows = rows.map(|(name, also, above)| {
        let kinds = std::iter::once(name).chain(names(above)).map(str::to_owned).collect();
        (name, names(also).collect(), Meaning { kinds, ..Meaning::default() })
    });
    rows.collect()
}

fn substances() -> Vec<Row> {
    let above: HashMap<&str, Meaning> =
        kinds().into_iter().map(|(name, _, meaning)| (name, meaning)).collect();
    let mut single: HashMap<&str, Meaning> = HashMap::new();
    let mut rows: Vec<Row> = Vec::new();
    for (name, also, kinds) in lines(include_str!("table.txt")).map(columns) {
        if name.contains(" + ") {
            continue;
        }
        let mut meaning = Meaning { substances: [name.to_owned()].into(), ..Meaning::default() };
        for kind in names(kinds) {
            meaning.join(above.get(kind).unwrap_or(&Meaning::default()));
        }
        single.insert(name, meaning.clone());
        rows.push((name, names(also).collect(), meaning));
    }
    for (name, also, _) in lines(include_str!("table.txt")).map(columns) {
        if !name.contains(" + ") {
            continue;
        }
        let mut meaning = Meaning::default();
        for part in name.split(" + ") {
            meaning.join(single.get(part).unwrap_or(&Meaning::default()));
        }
        rows.push((name, names(also).collect(), meaning));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_and_every_part_is_in_the_tables_and_no_word_means_two_things() {
        let above: Vec<&str> = kinds().into_iter().map(|(name, ..)| name).collect();
        let rows = substances();
        let single: Vec<&str> = rows.iter().map(|row| row.0).filter(|n| !n.contains('+')).collect();
        for (name, _, said) in lines(include_str!("table.txt")).map(columns) {
            assert!(names(said).all(|kind| above.contains(&kind)), "{name}: {said}");
            if name.contains('+') {
                assert!(name.split(" + ").all(|part| single.contains(&part)), "{name}");
            }
        }
        for (name, _, said) in lines(include_str!("kinds.txt")).map(columns) {
            assert!(names(said).all(|kind| above.contains(&kind)), "{name}: {said}");
        }
        let mut seen: HashMap<String, (&str, String)> = HashMap::new();
        let rows = kinds().into_iter().chain(rows);
        let idle = [include_str!("other.txt"), include_str!("filler.txt")];
        let idle = idle.map(|text| lines(text).flat_map(names).collect::<Vec<_>>());
        let idle = [("other", idle[0].clone()), ("filler", idle[1].clone())];
        let said = rows.flat_map(|(name, also, meaning)| {
            let means = format!("{meaning:?}");
            std::iter::once(name).chain(also).map(move |n| (n, means.clone())).collect::<Vec<_>>()
        });
        let idle = idle.into_iter().flat_map(|(what, names)| {
            names.into_iter().map(move |name| (name, what.to_owned())).collect::<Vec<_>>()
        });
        let mut wrong = Vec::new();
        for (name, means) in said.chain(idle) {
            let key = sound(name);
            assert!(!key.is_empty(), "{name}");
            match seen.get(&key) {
                // A substance may have the name of its kind.
                Some((other, before)) if *before != means && *other != name => {
                    wrong.push(format!("{name} and {other}"));
                }
                _ => drop(seen.insert(key, (name, means))),
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn spellings_that_sound_alike_are_one() {
        for (a, b) in [
            ("Amoxycillin", "amoxicillin"),
            ("penicilin", "Penicillins"),
            ("sulphamethoxazole", "sulfametoxazole"),
            ("co-trimoxazole", "Cotrimoxazole"),
            ("cephalexin", "sefaleksin"),
            ("anaesthetic", "anesthetic"),
        ] {
            let (a, b) = (sound(a), sound(b));
            assert!(a == b || strsim::osa_distance(&a, &b) <= 2, "{a} {b}");
        }
        assert_eq!(sound("amoxycillin"), sound("amoxicillin"));
        assert_ne!(sound("prednisone"), sound("prednisolone"));
    }
}
