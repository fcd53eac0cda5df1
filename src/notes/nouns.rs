//! The words of the feature: what a doctor writes, and a note.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::Error;
use crate::patients::PatientId;
use crate::practitioners::PractitionerId;
use crate::visits::VisitId;
use crate::web::{Fields, Parse, id};

id!(
    /// A note's id.
    NoteId
);

/// What a doctor writes: any of these, at least one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewNote {
    /// What the patient says.
    #[schema(max_length = 4000)]
    pub complaint: Option<String>,
    /// What the doctor sees.
    #[schema(max_length = 4000)]
    pub findings: Option<String>,
    /// What it is, in words.
    #[schema(max_length = 1000)]
    pub diagnosis: Option<String>,
    /// Its ICD-10 code, such as `J45.9`.
    #[schema(pattern = "^[A-Z][0-9][0-9A-Z](\\.[0-9A-Z]{1,4})?$")]
    pub diagnosis_code: Option<String>,
    /// What will be done.
    #[schema(max_length = 4000)]
    pub plan: Option<String>,
    /// What the patient should do.
    #[schema(max_length = 4000)]
    pub advice: Option<String>,
    /// When to come back: today or later.
    pub follow_up_on: Option<NaiveDate>,
}

/// Names of the fields.
const FIELDS: [&str; 7] =
    ["complaint", "findings", "diagnosis", "diagnosis_code", "plan", "advice", "follow_up_on"];

impl NewNote {
    /// Whether a form or body brings any of it.
    pub fn any(fields: &Fields) -> bool {
        FIELDS.iter().any(|name| fields.brings(name))
    }

    /// Nobody comes back yesterday.
    pub(super) fn refuse_past(&self, today: NaiveDate) -> Result<(), Error> {
        match self.follow_up_on {
            Some(day) if day < today => Err(Error::field("follow_up_on", "in_the_past")),
            _ => Ok(()),
        }
    }
}

impl Parse for NewNote {
    fn parse(fields: &mut Fields) -> NewNote {
        if !NewNote::any(fields) {
            fields.refuse("complaint", "nothing_written");
        }
        NewNote {
            complaint: fields.text_opt("complaint", 4000),
            findings: fields.text_opt("findings", 4000),
            diagnosis: fields.text_opt("diagnosis", 1000),
            diagnosis_code: icd(fields, "diagnosis_code"),
            plan: fields.text_opt("plan", 4000),
            advice: fields.text_opt("advice", 4000),
            follow_up_on: fields.date("follow_up_on"),
        }
    }
}

/// An ICD-10 code as it is written: a letter, a digit, a digit or letter, and after a point up to four
/// more. Small letters and a missing point are read kindly.
fn icd(fields: &mut Fields, name: &str) -> Option<String> {
    let text = fields.text_opt(name, 40)?;
    let code = icd_code(&text);
    if code.is_none() {
        fields.refuse(name, "not_a_code");
    }
    code
}

fn icd_code(text: &str) -> Option<String> {
    let text = text.to_ascii_uppercase();
    let (category, detail) = match text.split_once('.') {
        Some((category, detail)) => (category, Some(detail)),
        None => match text.split_at_checked(3) {
            Some((category, detail)) if !detail.is_empty() => (category, Some(detail)),
            _ => (text.as_str(), None),
        },
    };
    let mut letters = category.bytes();
    let shaped = category.len() == 3
        && letters.next().is_some_and(|b| b.is_ascii_uppercase())
        && letters.next().is_some_and(|b| b.is_ascii_digit())
        && letters.next().is_some_and(|b| b.is_ascii_alphanumeric());
    let detailed = detail.is_none_or(|detail| {
        (1..=4).contains(&detail.len()) && detail.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    (shaped && detailed).then(|| match detail {
        Some(detail) => format!("{category}.{detail}"),
        None => category.to_owned(),
    })
}

/// A note.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Note {
    /// The note.
    pub note_id: NoteId,
    /// Whose.
    pub patient_id: PatientId,
    /// Of which visit.
    pub visit_id: VisitId,
    /// Who wrote it first.
    pub practitioner_id: PractitionerId,
    /// Their name.
    pub practitioner_name: String,
    /// The text.
    #[serde(flatten)]
    pub told: NewNote,
    /// Counts changes.
    pub version: i32,
    /// When written.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_kindly_and_kept_as_it_is_printed() {
        for (typed, code) in [
            ("J45.9", "J45.9"),
            ("j45.9", "J45.9"),
            ("j459", "J45.9"),
            ("I10", "I10"),
            ("c4a", "C4A"),
            ("s72001a", "S72.001A"),
        ] {
            assert_eq!(icd_code(typed).as_deref(), Some(code), "{typed}");
        }
        for wrong in [
            "",
            "J",
            "J4",
            "45J",
            "J45.",
            "J45.99999",
            "J45 9",
            "J45.9.1",
            "ÄJ4",
            "JJ5",
            "hypertension",
        ] {
            assert_eq!(icd_code(wrong), None, "{wrong}");
        }
    }
}
