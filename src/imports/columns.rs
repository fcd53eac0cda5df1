//! Which column is which field: by the names people use, or as the caller says.

use super::Column;
use crate::error::{Error, FieldError};
use crate::web::cell;

/// Fields and the names under which other systems keep them, folded as [`fold`] does.
const NAMES: &[(&str, &[&str])] = &[
    (
        "external_id",
        &[
            "id",
            "patient_id",
            "mrn",
            "uhid",
            "record_no",
            "registration_no",
            "patient_no",
            "ext_id",
        ],
    ),
    ("name", &["full_name", "patient_name", "patient"]),
    ("given_name", &["first_name", "firstname", "given", "forename"]),
    ("family_name", &["last_name", "lastname", "family", "surname"]),
    ("birth_date", &["date_of_birth", "dob", "birthdate", "born", "birthday"]),
    ("age_years", &["age", "age_in_years"]),
    ("sex", &["gender"]),
    ("blood_group", &["blood_type", "bloodgroup"]),
    (
        "phone",
        &[
            "mobile",
            "mobile_no",
            "mobile_number",
            "phone_no",
            "phone_number",
            "contact",
            "contact_no",
            "contact_number",
            "telephone",
            "cell",
        ],
    ),
    ("email", &["e_mail", "mail", "email_address", "email_id"]),
    ("address", &["street", "address_line", "address_1"]),
    ("city", &["town", "village", "place"]),
    ("state", &["province"]),
    ("postcode", &["pincode", "pin", "pin_code", "zip", "zip_code", "zipcode", "postal_code"]),
    ("weight_kg", &["weight"]),
    ("allergies", &["allergy"]),
    ("medical_history", &["history", "past_history"]),
    ("emergency_name", &["emergency_contact", "emergency_contact_name"]),
    ("emergency_phone", &["emergency_contact_phone", "emergency_contact_number"]),
    ("identity_kind", &["identity_type", "id_type"]),
    ("identity_number", &["id_number"]),
    ("hypertension", &[]),
    ("heart_disease", &[]),
    ("ever_married", &["married"]),
    ("work_type", &[]),
    ("residence_type", &[]),
    ("avg_glucose_mg_dl", &["avg_glucose_level", "avg_glucose"]),
    ("bmi", &["body_mass_index"]),
    ("smoking_status", &["smoking"]),
    ("stroke", &[]),
];

/// Most columns of a file.
const MAX_COLUMNS: usize = 200;

/// The columns of one file.
#[derive(Debug, Clone)]
pub struct Columns {
    /// In the file's order.
    pub list: Vec<Column>,
    /// The file knows people by an id alone.
    pub nameless: bool,
    /// The file brings risk profiles.
    pub risk: bool,
}

/// `Residence_type`, ` Date of birth ` and `e-mail` as one kind of word.
fn fold(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

fn field_of(name: &str) -> Option<&'static str> {
    let folded = fold(name);
    let is =
        |(field, others): &&(&str, &[&str])| *field == folded || others.contains(&folded.as_str());
    NAMES.iter().find(is).map(|(field, _)| *field)
}

/// Fields that a column may be read as, in the order of the page.
pub(super) fn fields() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|(field, _)| *field)
}

impl Columns {
    /// Reads the header. Every refusal names what is missing or meant twice (422).
    pub fn of(header: &[Vec<u8>], maps: &[(String, String)]) -> Result<Columns, Error> {
        let mut list = Columns::guess(header)?;
        for (column, field) in maps {
            apply(&mut list, column, field)?;
        }
        Columns::checked(list)
    }

    /// What the names in a first line are known by.
    pub fn guess(header: &[Vec<u8>]) -> Result<Vec<Column>, Error> {
        let refused = |code| Err(Error::field("header", code));
        if header.len() > MAX_COLUMNS {
            return refused("too_many_columns");
        }
        let mut list = Vec::new();
        for name in header {
            let Ok(name) = std::str::from_utf8(name) else {
                return refused("not_utf8");
            };
            if name.chars().any(char::is_control) || name.chars().count() > 100 {
                return refused("not_a_header");
            }
            let column = cell::meant(name.trim()).to_owned();
            let field = field_of(&column).map(str::to_owned);
            list.push(Column { column, field });
        }
        Ok(list)
    }

    /// Columns that are enough to import people by. Every refusal names what is missing or meant twice (422).
    pub fn checked(list: Vec<Column>) -> Result<Columns, Error> {
        let refused = |code| Err(Error::field("header", code));
        let has = |field: &str| list.iter().any(|c| c.field.as_deref() == Some(field));
        for (field, _) in NAMES {
            if list.iter().filter(|c| c.field.as_deref() == Some(field)).count() > 1 {
                return Err(FieldError::new("header", "ambiguous").with("name", field).into());
            }
        }
        if list.iter().all(|c| c.field.is_none()) {
            return refused("not_a_header");
        }
        let nameless = !has("name") && !has("given_name");
        if nameless && !has("external_id") {
            return refused("no_name");
        }
        if !has("birth_date") && !has("age_years") {
            return refused("no_age");
        }
        let marks =
            ["hypertension", "heart_disease", "stroke"].into_iter().filter(|f| has(f)).count();
        if marks != 0 && marks != 3 {
            return refused("risk_incomplete");
        }
        Ok(Columns { list, nameless, risk: marks == 3 })
    }

    /// What the file calls a field.
    pub fn column_of(&self, field: &str) -> String {
        let is = |name: &str| self.list.iter().find(|c| c.field.as_deref() == Some(name));
        let found = is(field).or_else(|| match field {
            "given_name" | "family_name" => is("name"),
            "allergy_status" => is("allergies"),
            "birth_date" => is("age_years"),
            _ => None,
        });
        found.map_or_else(|| field.to_owned(), |column| column.column.clone())
    }
}

/// What the caller says outweighs the name; an empty field leaves the column out.
fn apply(list: &mut [Column], column: &str, field: &str) -> Result<(), Error> {
    let field = fold(field);
    let known = NAMES.iter().find(|(name, _)| *name == field).map(|(name, _)| (*name).to_owned());
    if known.is_none() && !field.is_empty() {
        return Err(Error::field("map", "unknown_field"));
    }
    let Some(at) = list.iter().position(|c| c.column == column.trim()) else {
        return Err(Error::field("map", "unknown_column"));
    };
    for (i, other) in list.iter_mut().enumerate() {
        if i == at {
            other.field.clone_from(&known);
        } else if known.is_some() && other.field == known {
            other.field = None;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(header: &str, maps: &[(&str, &str)]) -> Result<Vec<Option<String>>, String> {
        let header: Vec<Vec<u8>> = header.split(',').map(|c| c.as_bytes().to_vec()).collect();
        let maps: Vec<_> = maps.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        match Columns::of(&header, &maps) {
            Ok(columns) => Ok(columns.list.into_iter().map(|c| c.field).collect()),
            Err(Error::Invalid(errors)) => Err(errors[0].code.to_string()),
            Err(other) => Err(other.to_string()),
        }
    }

    fn some(names: &[&str]) -> Vec<Option<String>> {
        names.iter().map(|n| Some((*n).to_owned()).filter(|n| !n.is_empty())).collect()
    }

    #[test]
    fn columns_are_known_by_the_names_people_use() {
        assert_eq!(
            columns("Patient Name,D.O.B,Date of Birth,Mobile No.,e-mail,shoe size", &[]),
            Ok(some(&["name", "", "birth_date", "phone", "email", ""]))
        );
        let stroke = "id,gender,age,hypertension,heart_disease,ever_married,work_type,Residence_type,avg_glucose_level,bmi,smoking_status,stroke";
        assert!(columns(stroke, &[]).is_ok_and(|fields| fields.iter().all(Option::is_some)));
    }

    #[test]
    fn a_mapping_outweighs_the_name() {
        assert_eq!(
            columns("id,who,age", &[("who", "name"), ("id", "")]),
            Ok(some(&["", "name", "age_years"]))
        );
        assert_eq!(columns("id,age", &[("nope", "name")]), Err("unknown_column".into()));
        assert_eq!(columns("id,age", &[("id", "shoe_size")]), Err("unknown_field".into()));
    }

    #[test]
    fn a_header_that_cannot_make_a_patient_is_refused() {
        for (header, code) in [
            ("1,Asha,44", "not_a_header"),
            ("name,city", "no_age"),
            ("age,city", "no_name"),
            ("id,age,patient_id", "ambiguous"),
            ("id,age,stroke", "risk_incomplete"),
        ] {
            assert_eq!(columns(header, &[]), Err(code.into()), "{header}");
        }
    }
}
