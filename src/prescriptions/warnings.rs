//! What to look at before signing: an allergy on record, a medicine that the patient has already, and what could
//! not be compared because nobody here knows the word.

use super::nouns::{Line, Warning, WarningKind};
use crate::substances::{Allergy, Medicine, Reader};

/// A medicine that the patient takes by another signed prescription.
#[derive(Debug, Clone)]
pub struct Running {
    /// Its name.
    pub medicine: String,
    /// The prescription's number.
    pub number: String,
}

/// What must be acknowledged before these lines are signed, at most one of a kind for each line.
pub fn of(
    lines: &[Line],
    allergies: Option<&str>,
    reader: &Reader,
    running: &[Running],
) -> Vec<Warning> {
    let recorded = reader.allergies(allergies.unwrap_or_default());
    let read: Vec<Medicine> = lines.iter().map(|line| reader.medicine(&line.medicine)).collect();
    let running: Vec<(&str, Medicine)> =
        running.iter().map(|r| (r.number.as_str(), reader.medicine(&r.medicine))).collect();
    let mut warnings: Vec<Warning> = unread(lines, &recorded).into_iter().collect();
    for (line, medicine) in lines.iter().zip(&read) {
        if let Some(by) = recorded.iter().find(|allergy| allergy.forbids(medicine)) {
            warnings.push(warning(WarningKind::Allergy, line, Some(by.text.clone()), Vec::new()));
        } else if medicine.unknown && !recorded.is_empty() {
            let all = recorded.iter().map(|allergy| allergy.text.as_str()).collect::<Vec<_>>();
            let all = Some(all.join(", "));
            warnings.push(warning(WarningKind::UnknownMedicine, line, all, Vec::new()));
        }
        let same =
            |other: &Medicine| !other.holds.substances.is_disjoint(&medicine.holds.substances);
        let twins = lines.iter().zip(&read);
        let twins = twins.filter(|(other, held)| other.position != line.position && same(held));
        let twins: Vec<i32> = twins.map(|(other, _)| other.position).collect();
        let elsewhere = running.iter().filter(|(_, held)| same(held));
        let mut elsewhere: Vec<&str> = elsewhere.map(|(number, _)| *number).collect();
        elsewhere.dedup();
        if !twins.is_empty() || !elsewhere.is_empty() {
            let because = (!elsewhere.is_empty()).then(|| elsewhere.join(", "));
            warnings.push(warning(WarningKind::Duplicate, line, because, twins));
        }
    }
    warnings
}

/// Of the record of allergies, what no medicine was compared with: said once, at the first line.
fn unread(lines: &[Line], recorded: &[Allergy]) -> Option<Warning> {
    let unread: Vec<&str> =
        recorded.iter().filter(|allergy| !allergy.read).map(|a| a.text.as_str()).collect();
    let because = (!unread.is_empty()).then(|| unread.join(", "))?;
    Some(warning(WarningKind::UnknownAllergy, lines.first()?, Some(because), Vec::new()))
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
        let found = of(&lines_of(names), Some(allergies), &Reader::default(), &[]);
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
            ("cefixime", "penicillin"),
            ("cholecalciferol", "vitamin D3"),
        ] {
            assert_eq!(codes(&[medicine], allergies), ["allergy:1"], "{medicine} with {allergies}");
        }
        for (medicine, allergies) in [
            ("paracetamol", "penicillin (rash)"),
            ("folic acid", "acetylsalicylic acid"),
            ("cholecalciferol", "vitamin B12"),
            ("amlodipine", ""),
            ("amoxicillin", "beta blockers"),
            ("amoxicillin", "Dust, peanuts and prawns; धूल"),
        ] {
            assert_eq!(codes(&[medicine], allergies), [""; 0], "{medicine} with {allergies}");
        }
    }

    #[test]
    fn an_allergy_is_found_as_people_write_it() {
        for (medicine, allergies) in [
            ("amoxicillin", "penicilin"),
            ("amoxicillin", "Pencillin since childhood"),
            ("amoxicillin", "पेनिसिलिन से चकत्ते"),
            ("Amoxycillin", "penicillin"),
            ("Augmentin 625", "penicillin, dust"),
            ("amoxicillin", "Augmentin"),
            ("Septran", "sulpha"),
            ("cotrimoxazole", "sulfa drugs"),
            ("sulfamethoxazole + trimethoprim", "Septran"),
            ("Brufen", "NSAIDs"),
            ("Ecosprin 75", "aspirin"),
            ("aspirin", "Disprin (wheeze)"),
            ("diclofenac", "any pain killers"),
            ("ibuprofen", "एस्पिरिन"),
            ("Crocin", "paracetamol"),
            ("lidocaine", "local anesthetics"),
        ] {
            assert_eq!(codes(&[medicine], allergies), ["allergy:1"], "{medicine} with {allergies}");
        }
    }

    #[test]
    fn what_is_only_like_a_known_medicine_or_more_than_it_is_not_passed_over() {
        for (medicine, allergies, said) in [
            ("pénicilline", "penicilline", "allergy:1"),
            ("Avil 25", "Avil", "allergy:1"),
            ("Cotrimazole DS", "sulfa", "allergy:1"),
            ("Zerodol-SP", "paracetamol", "allergy:1"),
            ("Ciplox-TZ", "metronidazole", "allergy:1"),
            ("Budecort 200", "steroids", "allergy:1"),
            ("Levocix 500", "quinolone", "allergy:1"),
            ("Levocix 500", "penicillin", "unknown_medicine:1"),
            ("Crocin-QX", "penicillin", "unknown_medicine:1"),
            ("Betnesol Z", "penicillin", "unknown_medicine:1"),
        ] {
            assert_eq!(codes(&[medicine], allergies), [said], "{medicine} with {allergies}");
        }
        for (medicine, allergies) in [
            ("T. Crocin 650", "penicillin"),
            ("amoxicillin", "Eggs, bees, crabs; NKDA"),
            ("vitamin B complex forte", "Penicillin"),
            ("amlodipine besylate 5 mg tab", "penicillin"),
        ] {
            assert_eq!(codes(&[medicine], allergies), [""; 0], "{medicine} with {allergies}");
        }
    }

    #[test]
    fn what_could_not_be_compared_is_said() {
        assert_eq!(codes(&["Zanthorex"], "penicillin (rash)"), ["unknown_medicine:1"]);
        assert_eq!(
            codes(&["paracetamol", "amoxicillin"], "penicillin, quandrel"),
            ["unknown_allergy:1", "allergy:2"]
        );
        assert_eq!(
            codes(&["Zanthorex"], "allergic to zanthorex"),
            ["unknown_allergy:1", "allergy:1"]
        );
        assert_eq!(codes(&["Zanthorex 5"], ""), [""; 0]);
        assert_eq!(codes(&["paracetamol"], "rash"), [""; 0]);
    }

    #[test]
    fn a_catalogue_adds_its_own_terms_and_brands() {
        let mut reader = Reader::default();
        reader.add("Zanthorex", None, Some("flobbers, NSAID"));
        reader.add("rosuvastatin", Some("Quandrel"), None);
        let found = |medicine: &str, allergies: &str| {
            let found = of(&lines_of(&[medicine]), Some(allergies), &reader, &[]);
            found.into_iter().map(|w| (w.code, w.because.unwrap_or_default())).collect::<Vec<_>>()
        };
        assert_eq!(found("zanthorex", "nsaid"), [("allergy:1".into(), "nsaid".into())]);
        assert_eq!(found("zanthorex", "Dust"), []);
        assert_eq!(found("quandrel", "statins"), [("allergy:1".into(), "statins".into())]);
        assert_eq!(found("Crestor", "Quandrel"), [("allergy:1".into(), "Quandrel".into())]);
        assert!(found("zanthorex", "flobbers").iter().any(|(code, _)| code == "allergy:1"));
        reader.add("influenza vaccine", None, Some("egg"));
        let eggs = of(&lines_of(&["influenza vaccine"]), Some("Eggs"), &reader, &[]);
        assert_eq!(eggs[0].code, "allergy:1");
    }

    #[test]
    fn the_same_medicine_twice_is_told_at_both_places() {
        for lines in [
            ["paracetamol", "ibuprofen", "Paracetamol"],
            ["Crocin", "ibuprofen", "Dolo 650"],
            ["amoxicillin", "cetirizine", "Augmentin"],
            ["amoxicillin", "cetirizine", "Amoxycillin"],
            ["aspirin", "metformin", "Ecosprin-AV"],
            ["Zanthorex", "metformin", "zanthorex"],
        ] {
            assert_eq!(codes(&lines, ""), ["duplicate:1", "duplicate:3"], "{lines:?}");
        }
        assert_eq!(codes(&["Zanthorex syrup", "Quandrel syrup", "vitamin b12"], ""), [""; 0]);
        let running = [Running { medicine: "Brufen".into(), number: "RX-1-2026-00007".into() }];
        let found = of(&lines_of(&["ibuprofen"]), None, &Reader::default(), &running);
        assert_eq!(found[0].because.as_deref(), Some("RX-1-2026-00007"));
        assert!(unacknowledged(&found, &["duplicate:1".into()]).is_empty());
        assert_eq!(unacknowledged(&found, &["allergy:1".into()]).len(), 1);
    }
}
