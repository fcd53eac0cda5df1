//! What an import changes of a patient who is there. A blank cell erases nothing, and nobody loses an
//! allergy by an import.

use crate::error::FieldError;
use crate::patients::{AllergyStatus, NewPatient, Sex};

/// Lays what a row says over what is known. Whether something changed.
pub(super) fn merge(
    known: &mut NewPatient,
    told: &NewPatient,
    nameless: bool,
) -> Result<bool, FieldError> {
    let mut changed = false;
    let mut set = |old: &mut Option<String>, new: &Option<String>| {
        if new.is_some() && old != new {
            old.clone_from(new);
            changed = true;
        }
    };
    set(&mut known.phone, &told.phone);
    set(&mut known.email, &told.email);
    set(&mut known.address, &told.address);
    set(&mut known.city, &told.city);
    set(&mut known.state, &told.state);
    set(&mut known.postcode, &told.postcode);
    set(&mut known.medical_history, &told.medical_history);
    set(&mut known.emergency_name, &told.emergency_name);
    set(&mut known.emergency_phone, &told.emergency_phone);
    set(&mut known.identity_number, &told.identity_number);
    if !nameless {
        set(&mut known.family_name, &told.family_name);
        if known.given_name != told.given_name {
            known.given_name.clone_from(&told.given_name);
            changed = true;
        }
    }
    if told.identity_kind.is_some() && known.identity_kind != told.identity_kind {
        known.identity_kind = told.identity_kind;
        changed = true;
    }
    if told.blood_group.is_some() && known.blood_group != told.blood_group {
        known.blood_group = told.blood_group;
        changed = true;
    }
    if told.sex != Sex::Unknown && known.sex != told.sex {
        known.sex = told.sex;
        changed = true;
    }
    if differs(known.weight_kg, told.weight_kg) {
        known.weight_kg = told.weight_kg;
        changed = true;
    }
    Ok(age(known, told) | allergies(known, told)? | changed)
}

fn differs(old: Option<f64>, new: Option<f64>) -> bool {
    new.is_some_and(|new| old.is_none_or(|old| (old - new).abs() > f64::EPSILON))
}

/// A birth date outweighs an age, whoever told it.
fn age(known: &mut NewPatient, told: &NewPatient) -> bool {
    if told.birth_date.is_some() {
        let changed = known.birth_date != told.birth_date;
        known.birth_date = told.birth_date;
        known.age_years = None;
        return changed;
    }
    if known.birth_date.is_some() || !differs(known.age_years, told.age_years) {
        return false;
    }
    known.age_years = told.age_years;
    true
}

fn allergies(known: &mut NewPatient, told: &NewPatient) -> Result<bool, FieldError> {
    match (known.allergy_status, told.allergy_status) {
        (_, AllergyStatus::Unknown) | (AllergyStatus::None, AllergyStatus::None) => Ok(false),
        (AllergyStatus::Some, AllergyStatus::Some) if known.allergies == told.allergies => {
            Ok(false)
        }
        (AllergyStatus::Some, AllergyStatus::None | AllergyStatus::Some) => {
            Err(FieldError::new("allergies", "recorded_otherwise"))
        }
        (_, status) => {
            known.allergy_status = status;
            known.allergies.clone_from(&told.allergies);
            Ok(true)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::{Fields, Parse};

    fn patient(pairs: &[(&str, &str)]) -> NewPatient {
        let pairs = pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
        NewPatient::parse(&mut Fields::from_pairs(pairs))
    }

    const ASHA: &[(&str, &str)] =
        &[("given_name", "Asha"), ("sex", "female"), ("age_years", "40"), ("phone", "9822001122")];

    #[test]
    fn a_blank_cell_erases_nothing() {
        let mut known = patient(ASHA);
        let told = patient(&[("given_name", "Asha"), ("sex", "unknown"), ("age_years", "40")]);
        assert_eq!(merge(&mut known, &told, false), Ok(false));
        assert_eq!(known.phone.as_deref(), Some("9822001122"));
        let told =
            patient(&[("given_name", "Asha"), ("sex", "unknown"), ("birth_date", "1986-01-01")]);
        assert_eq!(merge(&mut known, &told, false), Ok(true));
        assert_eq!(known.age_years, None);
        let told = patient(ASHA);
        assert_eq!(merge(&mut known, &told, false), Ok(false), "a birth date outweighs an age");
    }

    #[test]
    fn a_name_made_of_an_id_gives_way() {
        let mut known = patient(ASHA);
        let told = patient(&[("given_name", "Patient 7"), ("sex", "female"), ("age_years", "40")]);
        assert_eq!(merge(&mut known, &told, true), Ok(false));
        assert_eq!(known.given_name, "Asha");
    }

    #[test]
    fn nobody_loses_an_allergy() {
        let with = |status: &str, which: &str| {
            patient(&[ASHA, &[("allergy_status", status), ("allergies", which)]].concat())
        };
        let mut known = with("some", "penicillin (rash)");
        assert_eq!(merge(&mut known, &with("some", "penicillin (rash)"), false), Ok(false));
        assert_eq!(merge(&mut known, &with("unknown", ""), false), Ok(false));
        for told in [with("none", ""), with("some", "latex")] {
            let refused = merge(&mut known, &told, false).unwrap_err();
            assert_eq!(
                (refused.field.as_str(), &*refused.code),
                ("allergies", "recorded_otherwise")
            );
        }
        assert_eq!(known.allergies.as_deref(), Some("penicillin (rash)"));
        let mut known = with("none", "");
        assert_eq!(merge(&mut known, &with("some", "latex"), false), Ok(true));
    }
}
