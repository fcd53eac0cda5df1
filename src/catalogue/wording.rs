//! How a medicine is written so that nobody reads it wrongly: the rules of ISMP and of the Australian
//! Commission. A number is tidied without changing it; an abbreviation is never guessed at but sent back
//! with what to write.

use crate::error::FieldError;

/// Abbreviations that are read wrongly too often, by the word that the catalogue says about them.
const ABBREVIATIONS: &[(&[&str], &str)] = &[
    (&["od", "qd"], "od"),
    (&["qod", "eod"], "qod"),
    (&["bd", "bid", "bds"], "bd"),
    (&["tds", "tid"], "tds"),
    (&["qid", "qds"], "qid"),
    (&["hs"], "hs"),
    (&["sos", "prn"], "prn"),
    (&["ac"], "ac"),
    (&["pc"], "pc"),
    (&["u", "iu"], "units"),
    (&["µg", "μg", "ug", "mcg"], "micrograms"),
    (&["cc"], "cc"),
];

/// Units as they are written, by any way they are typed.
const UNITS: &[(&str, &str)] = &[
    ("mg", "mg"),
    ("mgs", "mg"),
    ("g", "g"),
    ("gm", "g"),
    ("gms", "g"),
    ("kg", "kg"),
    ("ml", "mL"),
    ("l", "L"),
    ("microgram", "micrograms"),
    ("micrograms", "micrograms"),
    ("unit", "units"),
    ("units", "units"),
];

/// The kind of abbreviation that is read wrongly, if the text holds one.
pub fn unsafe_in(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let of = |word: &str| {
        ABBREVIATIONS.iter().find(|(words, _)| words.contains(&word)).map(|(_, kind)| *kind)
    };
    // "O.D." is one word with its dots, "10U" one without its digits.
    let dotted = text.split(|c: char| c.is_whitespace() || ",;:/()+".contains(c));
    let mut dotted = dotted.map(|word| word.replace('.', ""));
    dotted
        .find_map(|word| of(&word))
        .or_else(|| text.split(|c: char| !c.is_alphabetic()).find_map(of))
}

/// Refuses the field for such an abbreviation, with what to write.
pub fn refusal(field: &str, kind: &'static str) -> FieldError {
    FieldError::new(field, "unsafe_abbreviation").with("about", kind)
}

/// The text with its numbers as they are read safely: a leading zero and no trailing one, thousands
/// separated, a space before the unit, the unit as it is written. Values stay as they are.
pub fn tidy(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let number_here = first.is_ascii_digit()
            || (first == '.' && rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit()));
        let inside_word = out.chars().last().is_some_and(|c| c.is_alphanumeric() || c == '.');
        if !number_here || inside_word {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            if first == '/' {
                rest = unit(rest, "", &mut out);
            }
            continue;
        }
        let end = rest
            .char_indices()
            .find(|(at, c)| {
                let next = rest.get(at + c.len_utf8()..).and_then(|r| r.chars().next());
                let joins = (*c == '.' || *c == ',') && next.is_some_and(|n| n.is_ascii_digit());
                !(c.is_ascii_digit() || joins)
            })
            .map_or(rest.len(), |(at, _)| at);
        let (number, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        out.push_str(&tidy_number(number));
        rest = unit(after, " ", &mut out);
    }
    out.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Writes the unit that the text begins with, if it does, and answers what follows.
fn unit<'a>(text: &'a str, space: &str, out: &mut String) -> &'a str {
    let spaced = text.trim_start_matches(' ');
    let end =
        spaced.char_indices().find(|(_, c)| !c.is_alphabetic()).map_or(spaced.len(), |(at, _)| at);
    let (word, after) = spaced.split_at_checked(end).unwrap_or((spaced, ""));
    let lower = word.to_lowercase();
    let Some((_, written)) = UNITS.iter().find(|(typed, _)| *typed == lower) else { return text };
    out.push_str(space);
    out.push_str(written);
    after
}

/// Whether a number has a comma that does not separate thousands: a point for whoever wrote "0,5", nothing for whoever
/// reads "05".
pub fn decimal_comma(text: &str) -> bool {
    let runs = text.split(|c: char| !c.is_ascii_digit() && c != ',' && c != '.');
    let numbers = runs.map(|run| run.trim_matches(['.', ',']));
    numbers
        .map(|number| number.split_once('.').unwrap_or((number, "")))
        .any(|(whole, part)| part.contains(',') || !separates_thousands(whole))
}

/// One number. Nothing is touched where a comma does not separate thousands.
fn tidy_number(text: &str) -> String {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.contains(['.', ',']) || !separates_thousands(whole) {
        return text.to_owned();
    }
    let whole = whole.replace(',', "");
    let part = part.trim_end_matches('0');
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if part.is_empty() { grouped } else { format!("{grouped}.{part}") }
}

/// Whether the commas of a whole number stand between its thousands, or as in India between lakhs: "60,000", "1,00,000".
fn separates_thousands(whole: &str) -> bool {
    let Some((first, groups)) = whole.split_once(',') else { return true };
    let groups: Vec<usize> = groups.split(',').map(str::len).collect();
    let (last, middle) = groups.split_last().unwrap_or((&0, &[]));
    let in_front = if middle.contains(&2) { 1..=2 } else { 1..=3 };
    let even = middle.iter().all(|len| *len == 3) || middle.iter().all(|len| *len == 2);
    *last == 3 && even && in_front.contains(&first.len()) && !first.starts_with('0')
}

/// A generic name as printed: lower case, but for parts that are written otherwise, like B12 or ORS.
pub fn generic(name: &str) -> String {
    let word = |word: &str| {
        let letters = word.chars().count();
        let plain = word.chars().all(|c| c.is_alphabetic() || "-/".contains(c));
        let shouted = word.chars().all(|c| !c.is_lowercase());
        let titled = word.chars().skip(1).all(|c| !c.is_uppercase());
        if plain && letters > 3 && (shouted || titled) {
            word.to_lowercase()
        } else {
            word.to_owned()
        }
    };
    name.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_tidied_and_keep_their_value() {
        for (typed, written) in [
            (".5 mg", "0.5 mg"),
            ("0.50mg", "0.5 mg"),
            ("1.0 mg", "1 mg"),
            ("500MG", "500 mg"),
            ("5ml", "5 mL"),
            ("60000 units", "60,000 units"),
            ("60,000 units", "60,000 units"),
            ("250 mg/5ml", "250 mg/5 mL"),
            ("100units/ml", "100 units/mL"),
            ("1 gm", "1 g"),
            ("2 puffs", "2 puffs"),
            ("vitamin B12", "vitamin B12"),
            ("1000", "1,000"),
            ("1,00,000 units", "100,000 units"),
            ("1,200,000 units", "1,200,000 units"),
            // A comma for a point: written as it was, not ten times as much.
            ("0,5 mg", "0,5 mg"),
            ("1,25 mg", "1,25 mg"),
            ("0,125 mg", "0,125 mg"),
            ("0,.0", "0,0"),
            ("2.5 %", "2.5 %"),
            ("100 micrograms", "100 micrograms"),
        ] {
            assert_eq!(tidy(typed), written, "{typed}");
        }
    }

    #[test]
    fn a_comma_for_a_point_is_found() {
        for bad in ["0,5 mg", "1,25", "0,125 mg", "2.5,5 mL", "1,0000"] {
            assert!(decimal_comma(bad), "{bad}");
        }
        for good in [
            "0.5 mg",
            "60,000 units",
            "1,00,000 units",
            "250 mg, 500 mg",
            "1,200.5 mg",
            ",",
            "a.b,c",
        ] {
            assert!(!decimal_comma(good), "{good}");
        }
    }

    #[test]
    fn dangerous_abbreviations_are_found_and_words_are_not() {
        for bad in [
            "1 OD",
            "o.d.",
            "QD",
            "10U",
            "10 u",
            "500 µg",
            "500μg",
            "5cc",
            "HS",
            "h.s.",
            "take bd",
            "1 tab. TDS",
            "PRN",
            "50mcg",
        ] {
            assert!(unsafe_in(bad).is_some(), "{bad}");
        }
        for good in [
            "1",
            "5 mL",
            "100 units",
            "50 micrograms",
            "daily after food",
            "with a cup of milk",
            "stop if rash",
            "odd days",
            "push",
            "account",
            "0.5 mg",
        ] {
            assert_eq!(unsafe_in(good), None, "{good}");
        }
    }

    #[test]
    fn a_generic_name_is_in_lower_case() {
        for (typed, written) in [
            ("Amoxicillin", "amoxicillin"),
            ("PARACETAMOL", "paracetamol"),
            ("Vitamin B12", "vitamin B12"),
            ("ORS", "ORS"),
            ("Amoxicillin + Clavulanic  Acid", "amoxicillin + clavulanic acid"),
            ("hydrOXYzine", "hydrOXYzine"),
        ] {
            assert_eq!(generic(typed), written);
        }
    }

    proptest! {
        #[test]
        fn tidying_twice_changes_nothing_more(text in "[0-9a-zA-Z., /%µ]{0,30}") {
            let once = tidy(&text);
            prop_assert_eq!(tidy(&once), once);
        }
    }
}
