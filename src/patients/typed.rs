//! What somebody typed into the one box, read as the beginning of a registration: a name, an age, a phone.

use std::cmp::Ordering;

use crate::web::is_age;

/// Digits of the shortest text that is a phone and not an age or a house number.
const PHONE: usize = 7;

/// The parts of a search text that a registration can begin with.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
    /// Age, where a short number follows a name, perhaps with its unit.
    pub age: String,
    /// Phone, as typed.
    pub phone: String,
}

impl Typed {
    /// Reads a text such as `asha kulkarni 39`, `KULKARNI, Asha` or `98765 43210`. A PT number begins nothing.
    pub fn read(text: &str) -> Typed {
        let mut typed = Typed::default();
        if text.trim().to_lowercase().starts_with("pt-") {
            return typed;
        }
        let mut tokens: Vec<&str> = text.split_whitespace().collect();
        typed.age = aged(&mut tokens);
        let (words, numbers): (Vec<&str>, Vec<&str>) =
            tokens.into_iter().partition(|word| word.chars().any(char::is_alphabetic));
        let number = numbers.join(" ");
        let digits = number.chars().filter(char::is_ascii_digit).count();
        let dialled = number.chars().all(|c| c.is_ascii_digit() || " -+().".contains(c));
        match digits.cmp(&PHONE) {
            _ if !dialled => {}
            Ordering::Less if (1..=3).contains(&digits) && !words.is_empty() => typed.age = number,
            Ordering::Less if words.is_empty() && digits > 3 => typed.phone = number,
            Ordering::Less => {}
            _ => typed.phone = number,
        }
        (typed.given, typed.family) = names(&words.join(" "));
        typed
    }
}

/// An age in months, weeks or days at the end, behind a name: it is taken away and answered as it was typed.
fn aged(tokens: &mut Vec<&str>) -> String {
    for from in [2, 1].into_iter().filter_map(|n| tokens.len().checked_sub(n)).filter(|n| *n > 0) {
        let last = tokens.get(from..).unwrap_or_default().join(" ");
        if last.chars().any(char::is_alphabetic) && is_age(&last) {
            tokens.truncate(from);
            return last;
        }
    }
    String::new()
}

/// Given and family name: the last word is the family's, unless a comma says otherwise.
fn names(text: &str) -> (String, String) {
    let (given, family) = match text.split_once(',') {
        Some((family, given)) => (given, family),
        None => text.rsplit_once(' ').unwrap_or((text, "")),
    };
    (proper(given.trim()), proper(family.trim()))
}

/// A name typed in haste, all small or all capitals, gets its capitals. Any other stays as it was typed.
fn proper(name: &str) -> String {
    let small = name.chars().all(|c| !c.is_uppercase());
    let capital = name.chars().count() > 2 && name.chars().all(|c| !c.is_lowercase());
    if !small && !capital {
        return name.to_owned();
    }
    let mut begins = true;
    let mut out = String::new();
    for c in name.chars() {
        if begins {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
        begins = !c.is_alphanumeric() && c != '\u{2019}' && !('\u{900}'..='\u{97f}').contains(&c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> [String; 4] {
        let typed = Typed::read(text);
        [typed.given, typed.family, typed.age, typed.phone]
    }

    #[test]
    fn a_name_a_phone_and_an_age_are_told_apart() {
        for (text, told) in [
            ("asha", ["Asha", "", "", ""]),
            ("asha kulkarni", ["Asha", "Kulkarni", "", ""]),
            ("asha rao kulkarni 39", ["Asha Rao", "Kulkarni", "39", ""]),
            ("asha rao 6m", ["Asha", "Rao", "6m", ""]),
            ("asha 6 months", ["Asha", "", "6 months", ""]),
            ("आशा १० दिन", ["आशा", "", "१० दिन", ""]),
            ("asha rao 10d 98220 01122", ["Asha Rao", "10d", "", "98220 01122"]),
            ("KULKARNI, asha", ["Asha", "Kulkarni", "", ""]),
            ("Ravi deSouza 98220 01122", ["Ravi", "deSouza", "", "98220 01122"]),
            ("+91 98765 43210", ["", "", "", "+91 98765 43210"]),
            ("98765", ["", "", "", "98765"]),
            ("39", ["", "", "", ""]),
            ("PT-1-2026-00041", ["", "", "", ""]),
            ("pt-1", ["", "", "", ""]),
            ("आशा कुलकर्णी", ["आशा", "कुलकर्णी", "", ""]),
            ("o'neil 3/3/87", ["O'Neil", "", "", ""]),
            ("", ["", "", "", ""]),
        ] {
            assert_eq!(read(text), told, "{text}");
        }
    }
}
