//! Pure rules: what a line means and how many to give.

use super::nouns::{Line, NewLine, NewTestOrder, TestOrder};
use crate::catalogue::schedule::Count;
use crate::catalogue::{self, Food, Form, Medicine, Schedule, Test, TestKind, wording};
use crate::error::{Error, FieldError};
use crate::web::fold;

/// Names under which the catalogue may have what somebody wrote: the text itself, and each beginning of it
/// that ends with a word, because strength and form may follow the name.
pub fn names(text: &str) -> Vec<String> {
    let text = fold(text);
    let mut names: Vec<String> =
        text.match_indices(' ').filter_map(|(at, _)| text.get(..at).map(str::to_owned)).collect();
    names.push(text);
    names
}

/// Lines as they will be printed, each filled from the catalogue where the medicine stands there.
/// Everything that is wrong is named at once.
pub fn lines(new: &[NewLine], known: &[Medicine]) -> Result<Vec<Line>, Error> {
    let mut wrong = Vec::new();
    let mut lines = Vec::new();
    for (at, (new, position)) in new.iter().zip(1..).enumerate() {
        match line(new, position, known) {
            Ok(line) => lines.push(line),
            Err(mut error) => {
                error.field.insert_str(0, &format!("lines.{at}."));
                wrong.push(error);
            }
        }
    }
    if wrong.is_empty() { Ok(lines) } else { Err(Error::Invalid(wrong)) }
}

fn line(new: &NewLine, position: i32, known: &[Medicine]) -> Result<Line, FieldError> {
    let entry = entry(new, known)?;
    let told = entry.map(|medicine| &medicine.told);
    let written = new.medicine.as_deref().map(wording::generic).unwrap_or_default();
    let form = new.form.filter(|_| told.is_none()).or(told.map(|t| t.form));
    let form = form.ok_or_else(|| FieldError::new("form", "required"))?;
    let default = told.and_then(|t| t.default_schedule.as_deref()).and_then(|s| s.parse().ok());
    let schedule: Schedule =
        new.schedule.or(default).ok_or_else(|| FieldError::new("schedule", "required"))?;
    let dose = new.dose.clone().or_else(|| told.and_then(|t| t.default_dose.clone()));
    if dose.as_deref().is_some_and(is_nothing) {
        return Err(FieldError::new("dose", "nothing"));
    }
    let (dose, schedule) = plain(dose, schedule, form)?;
    let days = match (new.days, schedule) {
        (None, Schedule::AsNeeded) => None,
        (days, _) => days.or_else(|| told.and_then(|t| t.default_days)),
    };
    let quantity = match new.quantity {
        Some(quantity) => quantity,
        None => quantity(form, dose.as_deref(), schedule, days)?,
    };
    Ok(Line {
        position,
        medicine_id: entry.map(|medicine| medicine.medicine_id),
        medicine: told.map_or(written, |t| t.name.clone()),
        form,
        strength: new
            .strength
            .clone()
            .filter(|_| told.is_none())
            .or(told.and_then(|t| t.strength.clone())),
        dose,
        schedule,
        units_per_day: schedule.per_day(),
        food: new.food.or(told.and_then(|t| t.default_food)).unwrap_or_default(),
        days,
        quantity,
        route: new.route.clone().or_else(|| told.and_then(|t| t.route.clone())),
        instructions: new.instructions.clone(),
    })
}

/// The entry of the catalogue that is meant. A strength that the doctor did not write is added only where
/// name or label alone were written; between several nobody guesses.
fn entry<'a>(new: &NewLine, known: &'a [Medicine]) -> Result<Option<&'a Medicine>, FieldError> {
    if let Some(id) = new.medicine_id {
        let found = known.iter().find(|medicine| medicine.medicine_id == id);
        let found = found.ok_or_else(|| FieldError::new("medicine_id", "unknown"))?;
        if !found.told.active {
            return Err(FieldError::new("medicine_id", "inactive"));
        }
        let contradicts = new.form.is_some_and(|form| form != found.told.form)
            || new.strength.as_deref().is_some_and(|s| fold(s) != strength_of(found))
            || new.medicine.as_deref().is_some_and(|name| fold(name) != fold(&found.told.name));
        if contradicts {
            let error = FieldError::new("medicine_id", "contradiction");
            return Err(error.with("medicine", found.label()));
        }
        return Ok(Some(found));
    }
    let text = fold(new.medicine.as_deref().unwrap_or_default());
    let used = || known.iter().filter(|medicine| medicine.told.active);
    if let Some(found) = used().find(|medicine| fold(&medicine.label()) == text) {
        let fits = new.form.is_none_or(|form| form == found.told.form)
            && new.strength.as_deref().is_none_or(|s| fold(s) == strength_of(found));
        return if fits {
            Ok(Some(found))
        } else {
            Err(FieldError::new("medicine", "contradiction"))
        };
    }
    let named: Vec<&Medicine> = used()
        .filter(|medicine| medicine.name_key == text)
        .filter(|medicine| new.form.is_none_or(|form| form == medicine.told.form))
        .filter(|medicine| match (&new.strength, new.form) {
            (None, None) => true,
            (strength, _) => fold(strength.as_deref().unwrap_or_default()) == strength_of(medicine),
        })
        .collect();
    match *named.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => {
            let labels: Vec<String> = named.iter().map(|medicine| medicine.label()).collect();
            Err(FieldError::new("medicine", "ambiguous").with("medicines", labels.join(", ")))
        }
    }
}

fn strength_of(medicine: &Medicine) -> String {
    fold(medicine.told.strength.as_deref().unwrap_or_default())
}

/// A dose of so many tablets goes into the pattern, so that pattern and words say the same number.
fn plain(
    dose: Option<String>,
    schedule: Schedule,
    form: Form,
) -> Result<(Option<String>, Schedule), FieldError> {
    let Some(count) = dose.as_deref().and_then(|dose| units(dose, form)) else {
        return Ok((dose, schedule));
    };
    match schedule {
        Schedule::Pattern(_) if count == Count::ONE => Ok((Some("1".into()), schedule)),
        Schedule::Pattern(_) => {
            let twice = || FieldError::new("dose", "ambiguous");
            let meant = schedule.times(count).ok_or_else(twice)?;
            Ok((Some("1".into()), meant))
        }
        _ => Ok((Some(count.to_string()), schedule)),
    }
}

/// How many units a dose of a counted form is; none where it is told by weight.
fn units(dose: &str, form: Form) -> Option<Count> {
    if !form.is_counted() {
        return None;
    }
    let (number, unit) = dose.split_once(' ').unwrap_or((dose, ""));
    let counted = ["", "tablet", "tablets", "tab", "tabs", "capsule", "capsules", "cap", "caps"];
    if !counted.contains(&unit.to_lowercase().as_str()) {
        return None;
    }
    number.parse().ok().filter(|count: &Count| !count.is_zero())
}

/// A dose of nothing, or of less.
fn is_nothing(dose: &str) -> bool {
    let number = dose.trim_start_matches(['-', '−', '–']);
    let end = number.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number.len());
    let number = number.get(..end).and_then(|number| number.parse::<f64>().ok());
    let negative = dose.starts_with(['-', '−', '–']) && number.is_some();
    negative || number.is_some_and(|number| number == 0.0)
}

/// A dose by weight, `500 mg`: the pattern then says how many tablets that is.
fn is_by_weight(dose: &str) -> bool {
    let mut units = dose.split(|c: char| !c.is_alphabetic()).filter(|unit| !unit.is_empty());
    let known = ["mg", "g", "microgram", "micrograms", "unit", "units"];
    dose.starts_with(|c: char| c.is_ascii_digit())
        && units.next().is_some_and(|unit| known.contains(&unit))
        && units.all(|unit| known.contains(&unit))
}

/// How many to give where nobody said: counted out for the days, or one bottle, tube or inhaler.
fn quantity(
    form: Form,
    dose: Option<&str>,
    schedule: Schedule,
    days: Option<i32>,
) -> Result<i32, FieldError> {
    match form {
        Form::Tablet | Form::Capsule => {}
        Form::Syrup | Form::Ointment | Form::Drops | Form::Soap | Form::Lotion | Form::Inhaler => {
            return Ok(1);
        }
        Form::Injection | Form::Powder | Form::Other => return Err(how_many()),
    }
    if schedule == Schedule::AsNeeded {
        return Err(how_many());
    }
    let days = days.and_then(|days| u32::try_from(days).ok());
    let days = days.ok_or_else(|| FieldError::new("days", "required"))?;
    let doses = schedule.units(days).ok_or_else(how_many)?;
    // Of a dose that is not understood nobody counts how many.
    let each = match (dose, schedule) {
        (None, _) => Count::ONE,
        (Some(dose), Schedule::Pattern(_)) if units(dose, form).is_some() => Count::ONE,
        (Some(dose), _) if is_by_weight(dose) => Count::ONE,
        (Some(dose), _) => units(dose, form).ok_or_else(how_many)?,
    };
    let quantity = i32::try_from(each.of(doses)).unwrap_or(i32::MAX);
    if quantity > 10_000 {
        return Err(FieldError::new("quantity", "too_many").with("max", "10,000"));
    }
    Ok(quantity)
}

fn how_many() -> FieldError {
    FieldError::new("quantity", "required")
}

/// What somebody would write for this line: how many to give only where it is not what is counted out anyway.
pub fn written(line: &Line) -> NewLine {
    let counted = quantity(line.form, line.dose.as_deref(), line.schedule, line.days).ok();
    NewLine {
        medicine_id: None,
        medicine: Some(line.medicine.clone()),
        form: Some(line.form),
        strength: line.strength.clone(),
        dose: line.dose.clone(),
        schedule: Some(line.schedule),
        food: Some(line.food),
        days: line.days,
        quantity: Some(line.quantity).filter(|given| Some(*given) != counted),
        route: line.route.clone(),
        instructions: line.instructions.clone(),
    }
}

/// Tests as they will be printed.
pub fn tests(new: &[NewTestOrder], known: &[Test]) -> Result<Vec<TestOrder>, Error> {
    let mut wrong = Vec::new();
    let mut tests = Vec::new();
    for (at, (new, position)) in new.iter().zip(1..).enumerate() {
        let written = new.name.clone().unwrap_or_default();
        let found = match new.test_id {
            Some(id) => known.iter().find(|test| test.test_id == id),
            None => known.iter().find(|test| test.told.active && test.name_key == fold(&written)),
        };
        let refused = match (new.test_id, found) {
            (Some(_), None) => Some("unknown"),
            (Some(_), Some(test)) if !test.told.active => Some("inactive"),
            _ => None,
        };
        if let Some(code) = refused {
            wrong.push(FieldError::new(format!("tests.{at}.test_id"), code));
            continue;
        }
        let kind = new.kind.or(found.map(|test| test.told.kind));
        tests.push(TestOrder {
            position,
            test_id: found.map(|test| test.test_id),
            name: found.map_or(written, |test| test.told.name.clone()),
            kind: kind.unwrap_or(TestKind::Other),
            instructions: new.instructions.clone(),
        });
    }
    if wrong.is_empty() { Ok(tests) } else { Err(Error::Invalid(wrong)) }
}

/// What a line teaches the catalogue that does not have its medicine.
pub fn lesson(line: &Line) -> catalogue::NewMedicine {
    catalogue::NewMedicine {
        name: line.medicine.clone(),
        form: line.form,
        strength: line.strength.clone(),
        route: line.route.clone(),
        default_dose: line.dose.clone(),
        default_schedule: Some(line.schedule.to_string()),
        default_food: Some(line.food).filter(|food| *food != Food::Any),
        default_days: line.days,
        active: true,
        ..catalogue::NewMedicine::default()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(in crate::prescriptions) fn write(
        medicine: &str,
        form: Form,
        dose: Option<&str>,
        schedule: &str,
        days: Option<i32>,
    ) -> Result<Line, FieldError> {
        let new = NewLine {
            medicine: Some(medicine.into()),
            form: Some(form),
            dose: dose.map(str::to_owned),
            schedule: Some(schedule.parse().unwrap()),
            days,
            ..NewLine::default()
        };
        line(&new, 1, &[])
    }

    fn given(
        form: Form,
        dose: Option<&str>,
        schedule: &str,
        days: Option<i32>,
    ) -> Result<i32, String> {
        write("x", form, dose, schedule, days)
            .map(|line| line.quantity)
            .map_err(|refused| refused.field)
    }

    #[test]
    fn what_is_counted_is_given_for_the_days_and_rounded_up() {
        assert_eq!(given(Form::Tablet, None, "1-0-1", Some(5)), Ok(10));
        assert_eq!(given(Form::Tablet, None, "0.5-0-0", Some(5)), Ok(3));
        assert_eq!(given(Form::Capsule, Some("2"), "1-1-1", Some(5)), Ok(30));
        assert_eq!(given(Form::Tablet, Some("½"), "1-0-1", Some(3)), Ok(3));
        assert_eq!(given(Form::Tablet, Some("2"), "every 6 hours", Some(2)), Ok(16));
        assert_eq!(given(Form::Capsule, None, "weekly", Some(56)), Ok(8));
        assert_eq!(given(Form::Tablet, Some("250 mg"), "1-0-1", Some(5)), Ok(10));
        assert_eq!(given(Form::Syrup, Some("5 mL"), "1-0-1", Some(5)), Ok(1));
        assert_eq!(given(Form::Tablet, None, "as needed", Some(5)), Err("quantity".to_owned()));
        assert_eq!(given(Form::Injection, None, "1-0-0", Some(5)), Err("quantity".to_owned()));
        assert_eq!(given(Form::Tablet, None, "1-0-1", None), Err("days".to_owned()));
        assert_eq!(given(Form::Tablet, Some("2"), "2-0-2", Some(5)), Err("dose".to_owned()));
        assert_eq!(given(Form::Tablet, None, "10-10-10-10", Some(365)), Err("quantity".to_owned()));
    }

    #[test]
    fn nothing_is_counted_out_for_a_dose_that_is_not_understood() {
        for (dose, form, refused) in [
            ("0", Form::Tablet, "dose"),
            ("-1", Form::Tablet, "dose"),
            ("0 mL", Form::Syrup, "dose"),
            ("two", Form::Tablet, "quantity"),
            ("5 mL", Form::Tablet, "quantity"),
            ("2 or 3", Form::Capsule, "quantity"),
        ] {
            assert_eq!(given(form, Some(dose), "1-0-1", Some(5)), Err(refused.into()), "{dose}");
        }
        assert_eq!(given(Form::Tablet, Some("0.5 mg"), "1-0-1", Some(5)), Ok(10));
    }

    #[test]
    fn how_many_is_written_again_only_where_it_was_said() {
        let counted = write("x", Form::Tablet, None, "1-0-1", Some(5)).unwrap();
        assert_eq!(super::written(&counted).quantity, None);
        let said = Line { quantity: 14, ..counted };
        assert_eq!(super::written(&said).quantity, Some(14));
    }

    #[test]
    fn several_tablets_at_a_time_stand_in_the_pattern() {
        let line = write("x", Form::Tablet, Some("2 tablets"), "1-0-1", Some(5)).unwrap();
        assert_eq!(
            (line.schedule.to_string().as_str(), line.dose.as_deref()),
            ("2-0-2", Some("1"))
        );
        assert_eq!(line.units_per_day, Some(4.0));
    }

    proptest! {
        #[test]
        fn enough_is_given_whatever_the_dose(quarters in 1_u8..=16, pattern in prop::array::uniform3(0_u8..=1), days in 1_i32..=365) {
            prop_assume!(pattern.contains(&1));
            let dose = Count::quarters(quarters).unwrap().to_string();
            let schedule = pattern.map(|n| n.to_string()).join("-");
            let line = write("x", Form::Tablet, Some(&dose), &schedule, Some(days)).unwrap();
            let needed = f64::from(quarters) / 4.0 * f64::from(pattern.iter().sum::<u8>()) * f64::from(days);
            prop_assert!(f64::from(line.quantity) >= needed - 1e-6);
            prop_assert!(f64::from(line.quantity) < needed + 1.0);
        }
    }
}
