//! Reads what people wrote: a record of allergies, the name of a medicine.

use std::collections::HashMap;

use super::book::{BOOK, Meaning, Word, is_letter, sound};
use crate::web::fold;

/// The book, and what a clinic's own catalogue adds to it.
#[derive(Debug, Default)]
pub struct Reader {
    own: HashMap<String, Meaning>,
    /// What forbids a medicine besides its substances, by the sound of its name.
    terms: HashMap<String, (Meaning, Vec<String>)>,
}

/// A medicine as it was read.
#[derive(Debug, Default)]
pub struct Medicine {
    /// What it holds.
    pub holds: Meaning,
    /// What else forbids it.
    forbidden: Meaning,
    /// Words of the name and of what forbids it that nobody knows, by their sound.
    words: Vec<String>,
    /// Whether a part of the name says nothing.
    pub unknown: bool,
}

/// One thing in a record of allergies.
#[derive(Debug)]
pub struct Allergy {
    /// As it was written.
    pub text: String,
    meaning: Meaning,
    words: Vec<String>,
    /// Whether it could be read: a medicine, or something that is none.
    pub read: bool,
}

impl Allergy {
    /// Whether it speaks against the medicine.
    pub fn forbids(&self, medicine: &Medicine) -> bool {
        self.meaning.meets(&medicine.holds)
            || self.meaning.meets(&medicine.forbidden)
            || self.words.iter().any(|a| medicine.words.iter().any(|b| alike(a, b)))
    }
}

/// The same, or one begins the other.
fn alike(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    a == b || (short.chars().count() >= 5 && long.starts_with(short))
}

/// A word of a text, or a few that are one name.
enum Said {
    Means(Meaning),
    /// Perhaps: it is near to a known one.
    Perhaps(Meaning, String),
    Other(String),
    Unknown(String),
}

/// How far from a known word another may be and still count as it: of a misread allergy one warning too many
/// comes, of a misread medicine one too few.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Care {
    Loose,
    Close,
}

impl Reader {
    /// Adds a medicine of the clinic's catalogue: its name, its brand, and the words whose allergy forbids it.
    pub fn add(&mut self, name: &str, brand: Option<&str>, terms: Option<&str>) {
        let mut holds = Meaning::default();
        for said in self.said(name, Care::Close) {
            if let Said::Means(meaning) = said {
                holds.join(&meaning);
            }
        }
        let known = !holds.substances.is_empty();
        if !known {
            holds.substances.insert(fold(name));
        }
        if let Some(brand) = brand.map(sound).filter(|brand| brand.chars().count() >= 3) {
            self.own.insert(brand, holds.clone());
        }
        let Some(terms) = terms else { return };
        let key = sound(name);
        if !known {
            self.own.insert(key.clone(), holds);
        }
        let (mut forbidden, mut words) = (Meaning::default(), Vec::new());
        for said in self.said(terms, Care::Loose) {
            match said {
                Said::Means(meaning) | Said::Perhaps(meaning, _) => forbidden.join(&meaning),
                Said::Unknown(word) | Said::Other(word) => words.push(word),
            }
        }
        self.terms.insert(key, (forbidden, words));
    }

    /// What a medicine holds, by its name.
    pub fn medicine(&self, name: &str) -> Medicine {
        let mut read = Medicine::default();
        let parts = fold(name).replace(" with ", "+").replace(" and ", "+");
        for part in parts.split(['+', '/', '&', ',']) {
            let (mut known, mut words) = (false, Vec::new());
            for said in self.said(part, Care::Close) {
                match said {
                    Said::Means(meaning) => {
                        known = true;
                        read.holds.join(&meaning);
                    }
                    Said::Perhaps(meaning, word) => {
                        read.holds.join(&meaning);
                        words.push(word);
                    }
                    Said::Unknown(word) => words.push(word),
                    Said::Other(_) => {}
                }
            }
            // A word behind a brand says that something else is in it.
            read.unknown |= !words.is_empty();
            if !known && !words.is_empty() {
                read.holds.substances.insert(part.trim().to_owned());
            }
            read.words.extend(words);
        }
        if read.holds.substances.is_empty() {
            read.unknown = read.holds.kinds.is_empty();
            read.holds.substances.insert(fold(name));
        }
        // A combination that stands as one name: co-amoxiclav.
        if read.unknown
            && let Some(whole) = self.known(&sound(name))
        {
            read = Medicine { holds: whole.clone(), ..Medicine::default() };
        }
        let names =
            std::iter::once(sound(name)).chain(read.holds.substances.iter().map(|n| sound(n)));
        for (forbidden, words) in names.filter_map(|name| self.terms.get(&name)) {
            read.forbidden.join(forbidden);
            read.words.extend(words.iter().cloned());
        }
        read
    }

    /// What somebody is allergic to, one by one.
    pub fn allergies(&self, text: &str) -> Vec<Allergy> {
        let apart = text.replace(" and ", ",").replace(" और ", ",").replace(" आणि ", ",");
        let items = apart.split([',', ';', '\n', '+', '&', '/', '•', '|', '।']);
        items.filter_map(|item| self.allergy(item)).collect()
    }

    fn allergy(&self, item: &str) -> Option<Allergy> {
        let (mut meaning, mut words, mut read) = (Meaning::default(), Vec::new(), false);
        for said in self.said(item, Care::Loose) {
            match said {
                Said::Means(said) => {
                    read = true;
                    meaning.join(&said);
                }
                // A short word is too easily another.
                Said::Perhaps(said, word) => {
                    read |= word.chars().count() >= 7;
                    meaning.join(&said);
                    words.push(word);
                }
                Said::Other(word) => {
                    read = true;
                    words.push(word);
                }
                Said::Unknown(word) => words.push(word),
            }
        }
        let text = item.trim().to_owned();
        (read || !words.is_empty()).then_some(Allergy { text, meaning, words, read })
    }

    fn known(&self, sound: &str) -> Option<&Meaning> {
        self.own.get(sound).or_else(|| match BOOK.get(sound) {
            Some(Word::Means(meaning)) => Some(meaning),
            _ => None,
        })
    }

    /// The words of a text: the longest name first, what names nothing left out.
    fn said(&self, text: &str, care: Care) -> Vec<Said> {
        let words = words(text);
        let mut said = Vec::new();
        // T. Crocin: a letter in front says what it comes as.
        let form =
            care == Care::Close && words.first().is_some_and(|word| word.chars().count() == 1);
        let mut rest = words.get(usize::from(form)..).unwrap_or_default();
        while let Some(word) = rest.first() {
            let mut found = (1..=6.min(rest.len())).rev().filter_map(|n| {
                let sound = sound(&rest.get(..n)?.join(" "));
                match (self.known(&sound), BOOK.get(&sound)) {
                    (Some(meaning), _) => Some((n, Some(Said::Means(meaning.clone())))),
                    (None, Some(Word::Other)) => Some((n, Some(Said::Other(sound)))),
                    (None, Some(Word::Filler)) if n == 1 => Some((n, None)),
                    _ => None,
                }
            });
            let (n, meant) = found.next().unwrap_or_else(|| (1, self.guessed(word, care)));
            said.extend(meant);
            rest = rest.get(n..).unwrap_or_default();
        }
        said
    }

    /// A word that stands nowhere: a misspelt or shortened one, a number, or an unknown one.
    fn guessed(&self, word: &str, care: Care) -> Option<Said> {
        let sound = sound(word);
        let length = sound.chars().count();
        if word.starts_with(|c: char| c.is_numeric()) || (care == Care::Loose && length < 2) {
            return None;
        }
        if length >= 5 {
            let far = match (care, length) {
                (_, ..=7) | (Care::Close, _) => 1,
                (Care::Loose, _) => 2,
            };
            let near = self.near(|known| {
                let apart = known.chars().count().abs_diff(length) <= far;
                let same = known.chars().next() == sound.chars().next();
                (apart && same).then(|| strsim::osa_distance(known, &sound)).filter(|d| *d <= far)
            });
            let begun = || self.near(|known| known.starts_with(&sound).then_some(0));
            for found in [near, begun()] {
                let mut meant = found.into_iter();
                let Some(mut meaning) = meant.next() else { continue };
                for other in meant {
                    match care {
                        Care::Loose => meaning.join(&other),
                        Care::Close => meaning.keep(&other),
                    }
                }
                if meaning != Meaning::default() {
                    return Some(Said::Perhaps(meaning, sound));
                }
            }
        }
        Some(Said::Unknown(sound))
    }

    /// What the nearest known words mean.
    fn near(&self, distance: impl Fn(&str) -> Option<usize>) -> Vec<Meaning> {
        let book = BOOK.iter().filter_map(|(sound, word)| match word {
            Word::Means(meaning) => Some((sound, meaning)),
            _ => None,
        });
        let far = book.chain(&self.own).filter_map(|(sound, m)| Some((distance(sound)?, m)));
        let mut far: Vec<(usize, &Meaning)> = far.collect();
        let nearest = far.iter().map(|(distance, _)| *distance).min();
        far.retain(|(distance, _)| Some(*distance) == nearest);
        far.into_iter().map(|(_, meaning)| meaning.clone()).collect()
    }
}

/// The words of a text in lower case; a strength that is written to a name is taken off it: `pan40`.
fn words(text: &str) -> Vec<String> {
    let text = fold(text).replace('\'', "");
    let words = text.split(|c: char| !is_letter(c)).filter(|word| !word.is_empty());
    let bare = words.flat_map(|word| {
        let end = word.find(|c: char| c.is_ascii_digit()).filter(|at| *at >= 3);
        let (name, strength) = word.split_at(end.unwrap_or(word.len()));
        [name, strength]
    });
    bare.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Names under which a catalogue may have what is written: the text, each of its words, each beginning of it that
/// ends with a word, and the substances that it is known to hold.
pub fn names(text: &str) -> Vec<String> {
    let whole = fold(text);
    let mut names: Vec<String> =
        whole.match_indices(' ').filter_map(|(at, _)| whole.get(..at).map(str::to_owned)).collect();
    names.extend(words(text));
    for said in Reader::default().said(text, Care::Loose) {
        if let Said::Means(meaning) | Said::Perhaps(meaning, _) = said {
            names.extend(meaning.substances);
        }
    }
    names.push(whole);
    names
}
