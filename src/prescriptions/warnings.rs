//! What to look at before signing: an allergy on record, a medicine that the patient has already.

use std::collections::HashMap;

use super::nouns::{Line, Warning, WarningKind};
use crate::catalogue;
use crate::web::fold;

/// A medicine that the patient takes by another signed prescription.
#[derive(Debug, Clone)]
pub struct Running {
    /// Its folded name.
    pub name_key: String,
    /// The prescription's number.
    pub number: String,
}

/// Words by which an allergy forbids a medicine, by the medicine's folded name.
#[derive(Debug, Default)]
pub struct Terms(HashMap<String, Vec<String>>);

impl Terms {
    /// What medicine knows anyway; the clinic's catalogue adds to it.
    pub fn known() -> Terms {
        let mut terms = Terms::default();
        for medicine in &catalogue::MEDICINES {
            terms.add(medicine.name, medicine.allergy_terms);
        }
        terms
    }

    /// Adds the terms of a medicine, separated by commas.
    pub fn add(&mut self, name: &str, terms: &str) {
        let said = fold(terms);
        let said = said.split([',', ';']).map(str::trim).filter(|term| !term.is_empty());
        self.0.entry(fold(name)).or_default().extend(said.map(str::to_owned));
    }

    fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.get(name).into_iter().flatten().map(String::as_str)
    }
}

/// Words of names that say nothing about what is in a medicine.
const EMPTY_WORDS: [&str; 13] = [
    "vitamin",
    "acid",
    "and",
    "with",
    "oral",
    "salt",
    "salts",
    "sodium",
    "hydrochloride",
    "tablet",
    "syrup",
    "cream",
    "forte",
];

/// The words of a text that may name a substance.
pub fn substances(text: &str) -> Vec<String> {
    let text = fold(text);
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '-'));
    let words = words.map(|word| word.trim_matches('-'));
    let said = words.filter(|word| word.chars().count() >= 2 && !EMPTY_WORDS.contains(word));
    said.map(str::to_owned).collect()
}

/// The same word, or one begins the other: penicillin and penicillins, sulfa and sulfamethoxazole.
fn alike(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    a == b || (short.chars().count() >= 5 && long.starts_with(short))
}

/// What must be acknowledged before these lines are signed, at most one of a kind for each line.
pub fn of(
    lines: &[Line],
    allergies: Option<&str>,
    terms: &Terms,
    running: &[Running],
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let recorded = substances(allergies.unwrap_or_default());
    for line in lines {
        if let Some(because) = allergy(&line.medicine, &recorded, terms) {
            warnings.push(warning(WarningKind::Allergy, line, Some(because), Vec::new()));
        }
        let name = fold(&line.medicine);
        let twins = lines
            .iter()
            .filter(|other| other.position != line.position && fold(&other.medicine) == name);
        let twins: Vec<i32> = twins.map(|other| other.position).collect();
        let mut elsewhere: Vec<&str> = running
            .iter()
            .filter(|other| other.name_key == name)
            .map(|other| other.number.as_str())
            .collect();
        elsewhere.dedup();
        if !twins.is_empty() || !elsewhere.is_empty() {
            let because = (!elsewhere.is_empty()).then(|| elsewhere.join(", "));
            warnings.push(warning(WarningKind::Duplicate, line, because, twins));
        }
    }
    warnings
}

/// The recorded word that forbids the medicine: by its name, by its terms, or because the word is itself a
/// medicine of the same kind.
fn allergy(medicine: &str, recorded: &[String], terms: &Terms) -> Option<String> {
    let whole = fold(medicine);
    let parts = substances(medicine);
    let forbidding: Vec<&str> = std::iter::once(whole.as_str())
        .chain(parts.iter().map(String::as_str))
        .flat_map(|name| terms.of(name))
        .collect();
    recorded
        .iter()
        .find(|word| {
            let kin: Vec<&str> = std::iter::once(word.as_str()).chain(terms.of(word)).collect();
            let by_name = parts.iter().any(|part| kin.iter().any(|k| alike(part, k)));
            let by_term = forbidding.iter().any(|term| {
                let words = substances(term);
                !words.is_empty()
                    && words.iter().all(|t| recorded.iter().any(|r| alike(t, r)))
                    && words.iter().any(|t| alike(t, word))
                    || kin.iter().skip(1).any(|k| k == term)
            });
            by_name || by_term
        })
        .cloned()
}

fn warning(kind: WarningKind, line: &Line, because: Option<String>, lines: Vec<i32>) -> Warning {
    Warning {
        code: format!("{kind}:{}", line.position),
        kind,
        line: line.position,
        medicine: line.medicine.clone(),
        because,
        lines,
    }
}

/// Those that nobody acknowledged.
pub fn unacknowledged<'a>(warnings: &'a [Warning], acknowledged: &[String]) -> Vec<&'a Warning> {
    warnings.iter().filter(|warning| !acknowledged.contains(&warning.code)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::rules::tests::write;
    use super::*;
    use crate::catalogue::Form;

    fn lines_of(names: &[&str]) -> Vec<Line> {
        let lines = names.iter().zip(1..).map(|(name, position)| Line {
            position,
            ..write(name, Form::Tablet, None, "1-0-1", Some(5)).unwrap()
        });
        lines.collect()
    }

    fn codes(names: &[&str], allergies: &str) -> Vec<String> {
        let found = of(&lines_of(names), Some(allergies), &Terms::known(), &[]);
        found.into_iter().map(|warning| warning.code).collect()
    }

    #[test]
    fn an_allergy_is_found_by_name_by_kind_and_by_kin() {
        for (medicine, allergies) in [
            ("amoxicillin", "Penicillin (rash)"),
            ("amoxicillin", "penicillins"),
            ("amoxicillin", "AMOXICILLIN"),
            ("amoxicillin + clavulanic acid", "penicillin"),
            ("diclofenac", "ibuprofen: wheeze"),
            ("ibuprofen", "aspirin, dust"),
            ("sulfamethoxazole", "sulfa drugs"),
            ("cefixime", "amoxicillin"),
            ("cholecalciferol", "vitamin D3"),
            ("pénicilline", "penicilline"),
        ] {
            assert_eq!(codes(&[medicine], allergies), ["allergy:1"], "{medicine} with {allergies}");
        }
        for (medicine, allergies) in [
            ("paracetamol", "penicillin (rash)"),
            ("folic acid", "acetylsalicylic acid"),
            ("cholecalciferol", "vitamin B12"),
            ("amlodipine", ""),
            ("amoxicillin", "beta blockers"),
        ] {
            assert!(codes(&[medicine], allergies).is_empty(), "{medicine} with {allergies}");
        }
    }

    #[test]
    fn a_catalogue_adds_its_own_terms() {
        let mut terms = Terms::known();
        terms.add("Metamizole", "dipyrone, NSAID");
        let found = of(&lines_of(&["metamizole"]), Some("nsaid"), &terms, &[]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].because.as_deref(), Some("nsaid"));
    }

    #[test]
    fn the_same_medicine_twice_is_told_at_both_places() {
        assert_eq!(
            codes(&["paracetamol", "ibuprofen", "Paracetamol"], ""),
            ["duplicate:1", "duplicate:3"]
        );
        let running = [Running { name_key: "ibuprofen".into(), number: "RX-1-2026-00007".into() }];
        let found = of(&lines_of(&["ibuprofen"]), None, &Terms::known(), &running);
        assert_eq!(found[0].because.as_deref(), Some("RX-1-2026-00007"));
        assert!(unacknowledged(&found, &["duplicate:1".into()]).is_empty());
        assert_eq!(unacknowledged(&found, &["allergy:1".into()]).len(), 1);
    }
}
