//! One row of the file as a patient, by the same parser that reads a form.

use super::columns::Columns;
use crate::cohort::Risk;
use crate::error::{Error, FieldError};
use crate::patients::NewPatient;
use crate::web::cell;
use crate::web::{Fields, Parse, latin_digits};

/// What one row says.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) patient: NewPatient,
    /// The file has no names: the one made from the id gives way to any that is known.
    pub(super) nameless: bool,
    pub(super) risk: Option<Risk>,
    /// What the file calls the birth date.
    pub(super) birth_column: String,
}

/// Reads a row's cells, or says the first thing that is wrong with it.
pub(super) fn read(columns: &Columns, cells: &[String]) -> Result<Row, FieldError> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (column, cell) in columns.list.iter().zip(cells) {
        let Some(field) = column.field.as_deref() else { continue };
        let cell = cell::meant(cell.trim());
        let nothing = matches!(cell, "" | "N/A" | "n/a" | "NA" | "NULL" | "null" | "-");
        if nothing && !field.ends_with("name") {
            continue;
        }
        if field == "birth_date"
            && let Some(code) = no_birth_date(cell)
        {
            return Err(FieldError::new(field, code).called(column.column.clone()));
        }
        put(&mut pairs, field, cell);
    }
    if columns.nameless
        && let Some((_, id)) = pairs.iter().find(|(field, _)| field == "external_id")
    {
        let name = format!("Patient {id}");
        pairs.push(("given_name".into(), name));
    }
    if !pairs.iter().any(|(field, _)| field == "sex") {
        pairs.push(("sex".into(), "unknown".into()));
    }
    let mut fields = Fields::from_pairs(pairs);
    // The parser of the form moves a bare number from the birth date to the age.
    let patient = NewPatient::parse(&mut fields);
    let risk = if columns.risk { Risk::parse_row(&mut fields, patient.age_years) } else { None };
    match fields.finish() {
        Ok(()) => Ok(Row {
            patient,
            nameless: columns.nameless,
            risk,
            birth_column: columns.column_of("birth_date"),
        }),
        Err(Error::Invalid(errors)) => Err(first(columns, errors)),
        Err(_) => Err(FieldError::new("row", "unreadable")),
    }
}

/// Why a bare number is no birth date. Small ones are ages, as in a form. A spreadsheet stores a date as its days since
/// 1900 or 1904, and does not say which: nobody guesses a patient's birthday.
fn no_birth_date(cell: &str) -> Option<&'static str> {
    let number: f64 = latin_digits(cell).parse().ok()?;
    match number {
        10_000.0..100_000.0 => Some("serial_date"),
        1000.0.. => Some("date_in_full"),
        _ => None,
    }
}

/// A cell as the form would have it typed.
fn put(pairs: &mut Vec<(String, String)>, field: &str, cell: &str) {
    let folded = cell.to_lowercase();
    match field {
        "name" => {
            let (given, family) = split(cell);
            pairs.push(("given_name".into(), given.into()));
            pairs.push(("family_name".into(), family.into()));
        }
        "sex" => {
            let sex = match folded.as_str() {
                "m" | "male" | "man" | "boy" | "पुरुष" => "male",
                "f" | "female" | "woman" | "girl" | "महिला" | "स्त्री" => {
                    "female"
                }
                "o" | "other" | "others" | "transgender" | "t" | "x" => "other",
                "u" | "unknown" | "not known" => "unknown",
                _ => cell,
            };
            pairs.push((field.into(), sex.into()));
        }
        "allergies" => match folded.as_str() {
            "none" | "nil" | "no" | "nka" | "nkda" | "no known allergies" => {
                pairs.push(("allergy_status".into(), "none".into()));
            }
            "unknown" | "not known" | "?" => {}
            _ => pairs.push((field.into(), cell.into())),
        },
        "blood_group" => {
            let bare: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
            let bare = bare.to_uppercase().replace("POSITIVE", "+").replace("NEGATIVE", "-");
            let bare = bare.replace("+VE", "+").replace("-VE", "-").replace('−', "-");
            pairs.push((field.into(), bare));
        }
        "identity_kind" => pairs.push((field.into(), folded.replace([' ', '-'], "_"))),
        _ => pairs.push((field.into(), cell.into())),
    }
}

/// Given and family name: `Rao, Asha`, `Asha Rao`, `Asha`.
fn split(name: &str) -> (&str, &str) {
    if let Some((family, given)) = name.split_once(',') {
        return (given.trim(), family.trim());
    }
    name.rsplit_once(char::is_whitespace)
        .map_or((name, ""), |(given, family)| (given.trim(), family.trim()))
}

/// The first error, under the column's name, with a word about the others.
fn first(columns: &Columns, errors: Vec<FieldError>) -> FieldError {
    let mut errors = errors.into_iter();
    let Some(mut error) = errors.next() else {
        return FieldError::new("row", "unreadable");
    };
    let column = columns.column_of(&error.field);
    error = error.called(column);
    let mut others: Vec<String> = errors.map(|e| columns.column_of(&e.field)).collect();
    others.retain(|name| *name != error.field);
    others.dedup();
    if !others.is_empty() {
        error = error.with("also", others.join(", "));
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(header: &str, line: &str) -> Result<Row, (String, String)> {
        let header: Vec<Vec<u8>> = header.split(',').map(|c| c.as_bytes().to_vec()).collect();
        let cells: Vec<String> = line.split('|').map(str::to_owned).collect();
        let columns = Columns::of(&header, &[]).unwrap();
        read(&columns, &cells).map_err(|e| (e.field, e.code.into_owned()))
    }

    #[test]
    fn a_row_is_read_as_kindly_as_a_form() {
        let header = "mrn,name,dob,gender,mobile,allergies,blood group";
        let asha = row(header, "17|Asha Devi Rao|3/3/87|F|+91 98765 43210|NKDA|o +ve").unwrap();
        assert_eq!(asha.patient.given_name, "Asha Devi");
        assert_eq!(asha.patient.family_name.as_deref(), Some("Rao"));
        assert_eq!(asha.patient.external_id.as_deref(), Some("17"));
        assert_eq!(asha.patient.birth_date, chrono::NaiveDate::from_ymd_opt(1987, 3, 3));
        assert_eq!(asha.patient.allergy_status.as_str(), "none");
        assert_eq!(asha.patient.blood_group.map(crate::patients::BloodGroup::as_str), Some("O+"));
        let rao = row(header, "17|Rao, Asha|1987-03-03|||penicillin|").unwrap().patient;
        assert_eq!((rao.given_name.as_str(), rao.allergy_status.as_str()), ("Asha", "some"));
        assert_eq!(rao.sex.as_str(), "unknown");
    }

    #[test]
    fn what_is_wrong_is_told_by_the_column() {
        let refused = |line: &str| row("name,age,gender,mobile", line).unwrap_err();
        let said = |field: &str, code: &str| (field.to_owned(), code.to_owned());
        assert_eq!(refused("Asha|171|F|"), said("age", "out_of_range"));
        assert_eq!(refused("|44|F|"), said("name", "required"));
        assert_eq!(refused("Asha||F|"), said("age", "required"));
        let born = |cell: &str| row("name,dob", &format!("Asha|{cell}"));
        for (cell, code) in [
            ("31838", "serial_date"),
            ("31838.0", "serial_date"),
            ("३१८३८", "serial_date"),
            ("1987", "date_in_full"),
            ("19870303", "date_in_full"),
        ] {
            assert_eq!(born(cell).unwrap_err(), said("dob", code), "{cell}");
        }
        assert_eq!(born("44").unwrap().patient.age_years, Some(44.0));
        let dotted = born("1990.05.06").unwrap().patient.birth_date;
        assert_eq!(dotted, chrono::NaiveDate::from_ymd_opt(1990, 5, 6));
        assert_eq!(refused("Asha|44|Femal|"), said("gender", "unknown_value"));
        assert_eq!(refused("Asha|44|F|none of yours"), said("mobile", "not_a_phone"));
        assert_eq!(refused("As\u{0}ha|44|F|"), said("name", "control_character"));
        assert_eq!(refused(&format!("{}|44|F|", "x".repeat(101))), said("name", "too_long"));
    }

    #[test]
    fn the_stroke_rows_bring_a_risk_profile() {
        let header = "id,gender,age,hypertension,heart_disease,ever_married,work_type,Residence_type,avg_glucose_level,bmi,smoking_status,stroke";
        let line = "51676|Female|0.64|0|1|No|children|Rural|202.21|N/A|never smoked|1";
        let read = row(header, line).unwrap();
        assert_eq!(read.patient.given_name, "Patient 51676");
        assert!(read.nameless);
        let risk = read.risk.unwrap();
        assert_eq!((risk.age_years, risk.bmi, risk.ever_married), (Some(0.64), None, Some(false)));
        assert!(risk.stroke && risk.heart_disease && !risk.hypertension);
        let bad = row(header, &line.replace("|1|No|", "|2|No|")).unwrap_err();
        assert_eq!(bad, ("heart_disease".into(), "unknown_value".into()));
    }
}
