//! The words of the feature: what a prescription says and where it stands.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::catalogue::{
    Food, Form, MedicineId, Schedule, TestId, TestKind, medicine_name, safe_text, schedule_text,
    wording,
};
use crate::patients::PatientId;
use crate::practitioners::PractitionerId;
use crate::visits::VisitId;
use crate::web::{Fields, Parse, id, words};

id!(
    /// A prescription's id.
    PrescriptionId
);

words!(
    /// Where a prescription stands: a draft is signed or discarded, a signed one may be voided.
    Status { Draft = "draft", Signed = "signed", Voided = "voided", Discarded = "discarded" }
);

/// Most lines, and most tests, of one prescription.
pub const MOST: usize = 50;

/// A medicine as somebody prescribes it. What is left out comes from the catalogue, where the medicine
/// stands there.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct NewLine {
    /// A medicine of the catalogue; or else `medicine`.
    pub medicine_id: Option<MedicineId>,
    /// The generic name, or name, strength and form as the catalogue has them.
    #[schema(max_length = 100)]
    pub medicine: Option<String>,
    /// What it comes as; needed where the catalogue does not have the medicine.
    pub form: Option<Form>,
    /// `500 mg`.
    #[schema(max_length = 60)]
    pub strength: Option<String>,
    /// What is taken at a time: `1`, `5 mL`.
    #[schema(max_length = 60)]
    pub dose: Option<String>,
    /// `1-0-1`, `morning_night`, `every 6 hours`, `as needed`.
    #[schema(value_type = Option<String>)]
    pub schedule: Option<Schedule>,
    /// With regard to meals.
    pub food: Option<Food>,
    /// For how many days.
    #[schema(minimum = 1, maximum = 365)]
    pub days: Option<i32>,
    /// How many to give; counted from schedule and days where it can be.
    #[schema(minimum = 1, maximum = 10000)]
    pub quantity: Option<i32>,
    /// `by mouth`.
    #[schema(max_length = 40)]
    pub route: Option<String>,
    /// What else to mind.
    #[schema(max_length = 500)]
    pub instructions: Option<String>,
}

impl Parse for NewLine {
    fn parse(fields: &mut Fields) -> NewLine {
        let medicine_id = fields.id_opt("medicine_id");
        let named = medicine_id.is_none() || fields.has("medicine");
        NewLine {
            medicine_id,
            medicine: named.then(|| medicine_name(fields, "medicine")),
            form: fields.choice_opt("form"),
            strength: safe_text(fields, "strength", 60),
            dose: safe_text(fields, "dose", 60),
            schedule: schedule_text(fields, "schedule"),
            food: fields.choice_opt("food"),
            days: fields.days("days", 1..=365),
            quantity: fields.int32("quantity", 1..=10_000),
            route: safe_text(fields, "route", 40),
            instructions: instructions(fields),
        }
    }
}

/// Free words to the patient: no dangerous abbreviation; numbers stay as they were written.
fn instructions(fields: &mut Fields) -> Option<String> {
    let text = fields.text_opt("instructions", 500)?;
    if let Some(kind) = wording::unsafe_in(&text) {
        fields.wrong(wording::refusal("instructions", kind));
    }
    Some(text)
}

/// A test as somebody orders it.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct NewTestOrder {
    /// A test of the catalogue; or else `name`.
    pub test_id: Option<TestId>,
    /// Its name.
    #[schema(max_length = 100)]
    pub name: Option<String>,
    /// What it is made with; the catalogue's where it is left out.
    pub kind: Option<TestKind>,
    /// What to mind.
    #[schema(max_length = 500)]
    pub instructions: Option<String>,
}

impl Parse for NewTestOrder {
    fn parse(fields: &mut Fields) -> NewTestOrder {
        let test_id = fields.id_opt("test_id");
        let name = if test_id.is_none() || fields.has("name") {
            let name = fields.name("name", 100);
            if name.chars().count() == 1 {
                fields.refuse("name", "too_short");
            }
            Some(name)
        } else {
            None
        };
        NewTestOrder {
            test_id,
            name,
            kind: fields.choice_opt("kind"),
            instructions: instructions(fields),
        }
    }
}

/// What a prescription says: all of it can change while it is a draft.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Content {
    /// What it is for.
    #[schema(max_length = 1000)]
    pub diagnosis: Option<String>,
    /// What the patient should do.
    #[schema(max_length = 2000)]
    pub advice: Option<String>,
    /// Medicines, in the order they are printed.
    #[schema(max_items = 50)]
    pub lines: Vec<NewLine>,
    /// Tests.
    #[schema(max_items = 50)]
    pub tests: Vec<NewTestOrder>,
}

impl Parse for Content {
    fn parse(fields: &mut Fields) -> Content {
        Content {
            diagnosis: fields.text_opt("diagnosis", 1000),
            advice: fields.text_opt("advice", 2000),
            lines: fields.list("lines", MOST),
            tests: fields.list("tests", MOST),
        }
    }
}

/// A new draft.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NewPrescription {
    /// Whom it is for.
    pub patient_id: PatientId,
    /// The visit at which it is written.
    pub visit_id: Option<VisitId>,
    /// The signed prescription that this one corrects; it is voided when this one is signed.
    pub replaces_id: Option<PrescriptionId>,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
}

impl Parse for NewPrescription {
    fn parse(fields: &mut Fields) -> NewPrescription {
        NewPrescription {
            patient_id: fields.id("patient_id").unwrap_or(PatientId(Uuid::nil())),
            visit_id: fields.id_opt("visit_id"),
            replaces_id: fields.id_opt("replaces_id"),
            content: Content::parse(fields),
        }
    }
}

/// A change of a draft. Patient, visit and what it replaces stay; they may be repeated as they are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Change {
    /// As it is.
    pub patient_id: Option<PatientId>,
    /// As it is.
    pub visit_id: Option<VisitId>,
    /// As it is.
    pub replaces_id: Option<PrescriptionId>,
    /// What it says from now on.
    #[serde(flatten)]
    pub content: Content,
}

impl Parse for Change {
    fn parse(fields: &mut Fields) -> Change {
        Change {
            patient_id: fields.id_opt("patient_id"),
            visit_id: fields.id_opt("visit_id"),
            replaces_id: fields.id_opt("replaces_id"),
            content: Content::parse(fields),
        }
    }
}

/// A medicine as prescribed: word for word what was printed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Line {
    /// 1 for the first.
    pub position: i32,
    /// The catalogue's medicine, where it was one.
    pub medicine_id: Option<MedicineId>,
    /// The generic name.
    pub medicine: String,
    /// What it comes as.
    pub form: Form,
    /// Its strength.
    pub strength: Option<String>,
    /// What is taken at a time.
    pub dose: Option<String>,
    /// When: `1-0-1`, `every 6 hours`, `as needed`.
    #[schema(value_type = String)]
    pub schedule: Schedule,
    /// Units a day; unknown where it is taken as needed.
    #[serde(default)]
    pub units_per_day: Option<f64>,
    /// With regard to meals.
    pub food: Food,
    /// For how many days.
    pub days: Option<i32>,
    /// How many to give.
    pub quantity: i32,
    /// How it is given.
    pub route: Option<String>,
    /// What else to mind.
    pub instructions: Option<String>,
}

/// A test as ordered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TestOrder {
    /// 1 for the first.
    pub position: i32,
    /// The catalogue's test, where it was one.
    pub test_id: Option<TestId>,
    /// Its name.
    pub name: String,
    /// What it is made with.
    pub kind: TestKind,
    /// What to mind.
    pub instructions: Option<String>,
}

words!(
    /// What a warning is about.
    WarningKind {
        Allergy = "allergy",
        Duplicate = "duplicate",
        UnknownMedicine = "unknown_medicine",
        UnknownAllergy = "unknown_allergy",
    }
);

/// Something to look at before signing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Warning {
    /// `allergy:2`, `duplicate:1`: what to send in `acknowledge`.
    pub code: String,
    /// What it is about.
    pub kind: WarningKind,
    /// The line's position.
    pub line: i32,
    /// The medicine.
    pub medicine: String,
    /// What the record of allergies says, or the number of the prescription by which the patient has it already.
    pub because: Option<String>,
    /// The other lines of this prescription that have it too.
    pub lines: Vec<i32>,
}

/// A prescription.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Prescription {
    /// The prescription.
    pub prescription_id: PrescriptionId,
    /// `RX-<clinic number>-<year>-<seq>`, from signing on.
    pub number: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Whom it is for.
    pub patient_id: PatientId,
    /// The visit at which it was written.
    pub visit_id: Option<VisitId>,
    /// Who prescribes.
    pub practitioner_id: PractitionerId,
    /// The prescriber's name.
    pub practitioner_name: String,
    /// The prescriber's login.
    #[serde(skip)]
    pub prescriber: Uuid,
    /// Whether the prescriber practises here no more: then others may void it.
    #[serde(skip)]
    pub prescriber_left: bool,
    /// What the code on its sheet names.
    #[serde(skip)]
    pub sheet_code: Uuid,
    /// What it is for.
    pub diagnosis: Option<String>,
    /// What the patient should do.
    pub advice: Option<String>,
    /// Medicines.
    pub lines: Vec<Line>,
    /// Tests.
    pub tests: Vec<TestOrder>,
    /// What must be acknowledged to sign it; empty once it is signed.
    pub warnings: Vec<Warning>,
    /// What was acknowledged at signing, and by whom.
    pub warnings_acknowledged: Option<serde_json::Value>,
    /// The prescription that this one corrects.
    pub replaces_id: Option<PrescriptionId>,
    /// Its number.
    pub replaces_number: Option<String>,
    /// The prescription that corrects this one, or the draft of it.
    pub replaced_by_id: Option<PrescriptionId>,
    /// Its number, once it is signed.
    pub replaced_by_number: Option<String>,
    /// When it was signed.
    pub signed_at: Option<DateTime<Utc>>,
    /// Who signed.
    pub signed_by: Option<Uuid>,
    /// When it was voided.
    pub voided_at: Option<DateTime<Utc>>,
    /// Who voided it.
    pub voided_by: Option<Uuid>,
    /// Why.
    pub void_reason: Option<String>,
    /// Counts how often lines and tests were written.
    pub revision: i32,
    /// Counts changes.
    pub version: i32,
    /// When it was drafted.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A prescription as one line of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PrescriptionSummary)]
pub struct Summary {
    /// The prescription.
    pub prescription_id: PrescriptionId,
    /// Its number, from signing on.
    pub number: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Whom it is for.
    pub patient_id: PatientId,
    /// PT number.
    pub patient_number: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: Option<String>,
    /// Who prescribes.
    pub practitioner_id: PractitionerId,
    /// The prescriber's name.
    pub practitioner_name: String,
    /// What it is for.
    pub diagnosis: Option<String>,
    /// Names of the medicines.
    pub medicines: Option<String>,
    /// When it was signed.
    pub signed_at: Option<DateTime<Utc>>,
    /// Counts changes.
    pub version: i32,
    /// When it was drafted.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Summary {
    /// FAMILY NAME, Given.
    pub fn name_line(&self) -> String {
        match &self.family_name {
            Some(family) => format!("{}, {}", family.to_uppercase(), self.given_name),
            None => self.given_name.to_uppercase(),
        }
    }
}
