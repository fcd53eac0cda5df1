//! The words of the feature: what a medicine and a test are to this clinic.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::schedule::Schedule;
use super::wording;
use crate::error::FieldError;
use crate::web::{Fields, Parse, fold, id, latin_digits, words};

id!(
    /// A medicine's id in the catalogue.
    MedicineId
);
id!(
    /// A test's id in the catalogue.
    TestId
);

words!(
    /// What a medicine comes as.
    Form {
        Tablet = "tablet", Capsule = "capsule", Syrup = "syrup", Injection = "injection",
        Ointment = "ointment", Drops = "drops", Soap = "soap", Lotion = "lotion", Powder = "powder",
        Inhaler = "inhaler", Other = "other",
    }
);
words!(
    /// When to take it with regard to meals.
    Food { Any = "any", Before = "before", After = "after", With = "with" }
);
words!(
    /// What a test is made with.
    TestKind {
        Other = "other", Blood = "blood", Urine = "urine", Xray = "xray", Ultrasound = "ultrasound",
        Ecg = "ecg", CtScan = "ct_scan", Mri = "mri",
    }
);

impl Form {
    /// Whether it is counted out by the dose: so many a day make so many to give.
    pub fn is_counted(self) -> bool {
        matches!(self, Form::Tablet | Form::Capsule)
    }
}

/// What somebody says of a medicine.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct NewMedicine {
    /// The generic name, 2–100 characters; written in lower case.
    #[schema(min_length = 2, max_length = 100)]
    pub name: String,
    /// A brand by which it is known here.
    #[schema(max_length = 100)]
    pub brand: Option<String>,
    /// What it comes as.
    pub form: Form,
    /// `500 mg`, `250 mg/5 mL`.
    #[schema(max_length = 60)]
    pub strength: Option<String>,
    /// `by mouth`.
    #[schema(max_length = 40)]
    pub route: Option<String>,
    /// What is usually taken at a time: `1`, `5 mL`.
    #[schema(max_length = 60)]
    pub default_dose: Option<String>,
    /// When it is usually taken: `1-0-1`, `morning_night`, `every 6 hours`, `as needed`.
    #[schema(max_length = 40)]
    pub default_schedule: Option<String>,
    /// With regard to meals.
    pub default_food: Option<Food>,
    /// For how many days, usually.
    #[schema(minimum = 1, maximum = 365)]
    pub default_days: Option<i32>,
    /// Words by which an allergy forbids it: `penicillin` for amoxicillin.
    #[schema(max_length = 200)]
    pub allergy_terms: Option<String>,
    /// Whether it is offered.
    #[schema(default = true)]
    pub active: bool,
}

/// Text about a medicine: tidied, and refused with what to write where it holds a dangerous abbreviation or a comma that may
/// be meant as a point.
pub fn safe_text(fields: &mut Fields, name: &str, max: usize) -> Option<String> {
    let text = latin_digits(&fields.text_opt(name, max)?);
    if let Some(kind) = wording::unsafe_in(&text) {
        fields.wrong(wording::refusal(name, kind));
        return None;
    }
    if wording::decimal_comma(&text) {
        fields.refuse(name, "decimal_comma");
        return None;
    }
    let text = wording::tidy(&text);
    if text.chars().count() > max {
        fields.wrong(FieldError::new(name, "too_long").with("max", max));
        return None;
    }
    Some(text)
}

/// A schedule in any of the ways people write it, as it is stored.
pub fn schedule_text(fields: &mut Fields, name: &str) -> Option<Schedule> {
    let text = latin_digits(&fields.text_opt(name, 60)?);
    match text.parse::<Schedule>() {
        Ok(schedule) => Some(schedule),
        Err(why) => {
            fields.wrong(why.refusal(name));
            None
        }
    }
}

/// A medicine's name: at least two characters, no dangerous abbreviation.
pub fn medicine_name(fields: &mut Fields, field: &str) -> String {
    let text = fields.name(field, 100);
    if text.chars().count() == 1 {
        fields.refuse(field, "too_short");
    }
    if let Some(kind) = wording::unsafe_in(&text) {
        fields.wrong(wording::refusal(field, kind));
    }
    text
}

/// `active` unless somebody says no: a form has no box for it, JSON may leave it out.
fn active(fields: &mut Fields) -> bool {
    !fields.has("active") || fields.flag("active")
}

impl Parse for NewMedicine {
    fn parse(fields: &mut Fields) -> NewMedicine {
        NewMedicine {
            name: wording::generic(&medicine_name(fields, "name")),
            brand: fields.name_opt("brand", 100),
            form: fields.choice("form"),
            strength: safe_text(fields, "strength", 60),
            route: safe_text(fields, "route", 40),
            default_dose: safe_text(fields, "default_dose", 60),
            default_schedule: schedule_text(fields, "default_schedule").map(|s| s.to_string()),
            default_food: fields.choice_opt("default_food"),
            default_days: fields.days("default_days", 1..=365),
            allergy_terms: fields.text_opt("allergy_terms", 200).map(|terms| fold(&terms)),
            active: active(fields),
        }
    }
}

/// A medicine of the catalogue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Medicine {
    /// The medicine.
    pub medicine_id: MedicineId,
    /// What is said of it.
    #[serde(flatten)]
    pub told: NewMedicine,
    /// Counts changes.
    pub version: i32,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// What the list is ordered by, for the cursor.
    #[serde(skip)]
    pub name_key: String,
}

impl Medicine {
    /// `amoxicillin 500 mg capsule`: what tells it from others of the same name.
    pub fn label(&self) -> String {
        label(&self.told.name, self.told.strength.as_deref(), self.told.form)
    }
}

/// Name, strength and form in one line.
pub fn label(name: &str, strength: Option<&str>, form: Form) -> String {
    match strength {
        Some(strength) => format!("{name} {strength} {form}"),
        None => format!("{name} {form}"),
    }
}

/// What somebody says of a test.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct NewTest {
    /// Name, 2–100 characters, once a clinic.
    #[schema(min_length = 2, max_length = 100)]
    pub name: String,
    /// What it is made with.
    pub kind: TestKind,
    /// What it is for, or what to mind.
    #[schema(max_length = 500)]
    pub description: Option<String>,
    /// Whether it is offered.
    #[schema(default = true)]
    pub active: bool,
}

impl Parse for NewTest {
    fn parse(fields: &mut Fields) -> NewTest {
        let name = fields.name("name", 100);
        if name.chars().count() == 1 {
            fields.refuse("name", "too_short");
        }
        NewTest {
            name,
            kind: fields.choice("kind"),
            description: fields.text_opt("description", 500),
            active: active(fields),
        }
    }
}

/// A test of the catalogue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Test {
    /// The test.
    pub test_id: TestId,
    /// What is said of it.
    #[serde(flatten)]
    pub told: NewTest,
    /// Counts changes.
    pub version: i32,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// What the list is ordered by, for the cursor.
    #[serde(skip)]
    pub name_key: String,
}
