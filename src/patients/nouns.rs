//! The words of the feature: what a patient is, and what may be said of one.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::age::Born;
use crate::error::Error;
use crate::web::{Chrome, Fields, Parse, id, instant, latin_digits, words};

id!(
    /// A patient's id.
    PatientId
);

words!(
    /// Administrative sex.
    Sex { Unknown = "unknown", Female = "female", Male = "male", Other = "other" }
);
words!(
    /// ABO and Rh(D) group.
    BloodGroup {
        APos = "A+", ANeg = "A-", BPos = "B+", BNeg = "B-", AbPos = "AB+", AbNeg = "AB-",
        OPos = "O+", ONeg = "O-",
    }
);
words!(
    /// Whether allergies were asked for: nobody asked, there are none, there are some.
    AllergyStatus { Unknown = "unknown", None = "none", Some = "some" }
);
words!(
    /// Kind of identity document.
    IdentityKind {
        Aadhaar = "aadhaar", Pan = "pan", DrivingLicence = "driving_licence",
        Passport = "passport", VoterId = "voter_id", Other = "other",
    }
);
words!(
    /// Where the patient stands with the clinic.
    PatientStatus {
        Registered = "registered", InDiagnosis = "in_diagnosis",
        TreatmentStarted = "treatment_started", Discharged = "discharged",
        Deceased = "deceased", Archived = "archived",
    }
);

/// What somebody tells the receptionist.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NewPatient {
    /// Given name, 1–100 characters.
    #[schema(min_length = 1, max_length = 100)]
    pub given_name: String,
    /// Family name, where there is one.
    #[schema(max_length = 100)]
    pub family_name: Option<String>,
    /// Birth date; or else `age_years`.
    pub birth_date: Option<NaiveDate>,
    /// Age in years as told today, where no birth date is known.
    #[schema(minimum = 0, maximum = 150)]
    pub age_years: Option<f64>,
    /// Administrative sex.
    pub sex: Sex,
    /// Blood group.
    pub blood_group: Option<BloodGroup>,
    /// Phone as people write it.
    #[schema(max_length = 25)]
    pub phone: Option<String>,
    /// Email.
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// Street and house.
    #[schema(max_length = 500)]
    pub address: Option<String>,
    /// Town.
    #[schema(max_length = 100)]
    pub city: Option<String>,
    /// State or province.
    #[schema(max_length = 100)]
    pub state: Option<String>,
    /// Postal code.
    #[schema(max_length = 20)]
    pub postcode: Option<String>,
    /// Body weight in kilograms.
    #[schema(exclusive_minimum = 0, maximum = 700)]
    pub weight_kg: Option<f64>,
    /// Whether allergies were asked for; `some` wants `allergies`.
    pub allergy_status: AllergyStatus,
    /// Substances and reactions, in words.
    #[schema(max_length = 1000)]
    pub allergies: Option<String>,
    /// What was before.
    #[schema(max_length = 4000)]
    pub medical_history: Option<String>,
    /// Whom to call.
    #[schema(max_length = 150)]
    pub emergency_name: Option<String>,
    /// The number to call.
    #[schema(max_length = 25)]
    pub emergency_phone: Option<String>,
    /// Kind of identity document; goes with `identity_number`.
    pub identity_kind: Option<IdentityKind>,
    /// Its number.
    #[schema(max_length = 50)]
    pub identity_number: Option<String>,
    /// The id in another system, unique in this clinic.
    #[schema(max_length = 64)]
    pub external_id: Option<String>,
    /// The caller has looked at possible duplicates: this is another person.
    #[serde(skip_serializing)]
    #[schema(default = false)]
    pub duplicate_ok: bool,
}

/// A phone as people write it: digits with spaces, dashes, brackets, a plus in front.
pub(crate) fn phone(fields: &mut Fields, name: &str) -> Option<String> {
    let text = latin_digits(&fields.text_opt(name, 25)?);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let other = text.chars().any(|c| !c.is_ascii_digit() && !" -+().".contains(c));
    if other || !(4..=16).contains(&digits) {
        fields.refuse(name, "not_a_phone");
        return None;
    }
    Some(text)
}

/// An email in the form that matters here: something, an at sign, something with a dot.
pub(crate) fn email(fields: &mut Fields, name: &str) -> Option<String> {
    let text = fields.text_opt(name, 254)?.to_lowercase();
    let shaped = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !text.contains(char::is_whitespace)
    });
    if !shaped {
        fields.refuse(name, "not_an_email");
        return None;
    }
    Some(text)
}

impl Parse for NewPatient {
    fn parse(fields: &mut Fields) -> NewPatient {
        fields.shift_age("birth_date", "age_years");
        fields.shift_age("age_years", "age_years");
        let new = NewPatient {
            given_name: fields.name("given_name", 100),
            family_name: fields.name_opt("family_name", 100),
            birth_date: fields.date("birth_date"),
            age_years: fields.number("age_years", 0.0..=150.0),
            sex: fields.choice("sex"),
            blood_group: fields.choice_opt("blood_group"),
            phone: phone(fields, "phone"),
            email: email(fields, "email"),
            address: fields.text_opt("address", 500),
            city: fields.text_opt("city", 100),
            state: fields.text_opt("state", 100),
            postcode: fields.text_opt("postcode", 20),
            weight_kg: fields.number("weight_kg", 0.1..=700.0),
            allergy_status: fields.choice_opt("allergy_status").unwrap_or_default(),
            allergies: fields.text_opt("allergies", 1000),
            medical_history: fields.text_opt("medical_history", 4000),
            emergency_name: fields.name_opt("emergency_name", 150),
            emergency_phone: phone(fields, "emergency_phone"),
            identity_kind: fields.choice_opt("identity_kind"),
            identity_number: fields.text_opt("identity_number", 50),
            external_id: fields.text_opt("external_id", 64),
            duplicate_ok: fields.flag("duplicate_ok"),
        };
        new.whole(fields)
    }
}

impl NewPatient {
    /// What must fit together.
    fn whole(mut self, fields: &mut Fields) -> NewPatient {
        let told = self.birth_date.is_some() || self.age_years.is_some();
        // What could not be read is said once, not also missed.
        if !told && !fields.is_wrong("birth_date") && !fields.is_wrong("age_years") {
            fields.refuse("birth_date", "required");
        }
        if self.birth_date.is_some() {
            self.age_years = None;
        }
        match (self.allergy_status, &self.allergies) {
            (AllergyStatus::Some, None) => {
                fields.refuse("allergies", "required");
            }
            (AllergyStatus::None, Some(_)) => {
                fields.refuse("allergies", "contradiction");
            }
            (AllergyStatus::Unknown, Some(_)) => self.allergy_status = AllergyStatus::Some,
            _ => {}
        }
        match (self.identity_kind, &self.identity_number) {
            (Some(_), None) => fields.refuse("identity_number", "required"),
            (None, Some(_)) => {
                fields.refuse("identity_kind", "required");
            }
            _ => {}
        }
        self
    }

    /// Nobody is born tomorrow.
    pub(super) fn refuse_future(&self, today: NaiveDate) -> Result<(), Error> {
        match self.birth_date {
            Some(date) if date > today => Err(Error::field("birth_date", "in_the_future")),
            _ => Ok(()),
        }
    }
}

/// A patient as one line of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PatientSummary)]
pub struct Summary {
    /// The patient.
    pub patient_id: PatientId,
    /// `PT-<clinic number>-<year>-<seq>`.
    pub number: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: Option<String>,
    /// Birth date, where known.
    pub birth_date: Option<NaiveDate>,
    /// Age in completed years today.
    pub age: i32,
    /// What is known of the birth.
    #[serde(skip)]
    pub born: Born,
    /// Administrative sex.
    pub sex: Sex,
    /// Phone.
    pub phone: Option<String>,
    /// Where the patient stands.
    pub status: PatientStatus,
    /// Whether allergies were asked for.
    pub allergy_status: AllergyStatus,
    /// Counts changes.
    pub version: i32,
    /// When registered.
    #[serde(serialize_with = "instant")]
    pub created_at: DateTime<Utc>,
    /// When last changed.
    #[serde(serialize_with = "instant")]
    pub updated_at: DateTime<Utc>,
    /// What the list is ordered by, for the cursor.
    #[serde(skip)]
    pub(super) found_by: String,
}

impl Summary {
    /// The age in words.
    pub fn aged(&self, chrome: &Chrome) -> String {
        self.born.words(chrome.day(&chrome.now), |key, value| chrome.tx(key, value))
    }

    /// FAMILY NAME, Given.
    pub fn name_line(&self) -> String {
        name_line(&self.given_name, self.family_name.as_deref())
    }
}

/// Everything about a patient that the record's first page says.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Patient {
    /// The patient.
    pub patient_id: PatientId,
    /// `PT-<clinic number>-<year>-<seq>`.
    pub number: String,
    /// What was told.
    #[serde(flatten)]
    pub told: NewPatient,
    /// Day on which `age_years` was told.
    pub age_told_on: Option<NaiveDate>,
    /// Age in completed years today.
    pub age: i32,
    /// Where the patient stands.
    pub status: PatientStatus,
    /// The document that shows the patient's face.
    pub photo_id: Option<Uuid>,
    /// Who registered the patient.
    pub registered_by: Option<Uuid>,
    /// Counts changes.
    pub version: i32,
    /// When registered.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

impl Patient {
    /// What is known of the birth.
    pub fn born(&self) -> Born {
        Born {
            birth_date: self.told.birth_date,
            age_years: self.told.age_years,
            age_told_on: self.age_told_on,
        }
    }

    /// FAMILY NAME, Given: how a banner and a list name somebody.
    pub fn name_line(&self) -> String {
        name_line(&self.told.given_name, self.told.family_name.as_deref())
    }

    /// Given Family: how one speaks.
    pub fn full_name(&self) -> String {
        match &self.told.family_name {
            Some(family) => format!("{} {family}", self.told.given_name),
            None => self.told.given_name.clone(),
        }
    }
}

/// FAMILY NAME, Given: how banners and lists name somebody.
pub(crate) fn name_line(given: &str, family: Option<&str>) -> String {
    match family {
        Some(family) => format!("{}, {given}", family.to_uppercase()),
        None => given.to_uppercase(),
    }
}
