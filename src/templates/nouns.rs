//! The words of the feature: what a template says.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalogue::{Food, Form, MedicineId, Schedule};
use crate::practitioners::PractitionerId;
use crate::prescriptions::{Content, Line, TestOrder};
use crate::web::{Fields, Parse, id};

id!(
    /// A template's id.
    TemplateId
);

/// A template as somebody writes it.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct NewTemplate {
    /// Its name, 2–80 characters, once among the own ones.
    #[schema(min_length = 2, max_length = 80)]
    pub name: String,
    /// Words by which it is found besides its name.
    #[schema(max_length = 200)]
    pub keywords: Option<String>,
    /// Whether colleagues may use it.
    #[schema(default = false)]
    pub shared: bool,
    /// Whether it is offered.
    #[schema(default = true)]
    pub active: bool,
    /// What it prescribes.
    #[serde(flatten)]
    pub content: Content,
}

impl Parse for NewTemplate {
    fn parse(fields: &mut Fields) -> NewTemplate {
        let name = fields.name("name", 80);
        if name.chars().count() == 1 {
            fields.refuse("name", "too_short");
        }
        let new = NewTemplate {
            name,
            keywords: fields.text_opt("keywords", 200),
            shared: fields.flag("shared"),
            active: !fields.has("active") || fields.flag("active"),
            content: Content::parse(fields),
        };
        if new.content.lines.is_empty() && new.content.tests.is_empty() {
            fields.refuse("lines", "nothing_in_it");
        }
        new
    }
}

/// A medicine of a template.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TemplateLine {
    /// 1 for the first.
    pub position: i32,
    /// The catalogue's medicine, where it is one.
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
    /// With regard to meals.
    pub food: Food,
    /// For how many days.
    pub days: Option<i32>,
    /// How many to give, where somebody said it; else it is counted when the line is prescribed.
    pub quantity: Option<i32>,
    /// How it is given.
    pub route: Option<String>,
    /// What else to mind.
    pub instructions: Option<String>,
}

impl TemplateLine {
    /// A line, with how many to give only where it was said.
    pub(super) fn new(line: Line, said: Option<i32>) -> TemplateLine {
        TemplateLine {
            position: line.position,
            medicine_id: line.medicine_id,
            medicine: line.medicine,
            form: line.form,
            strength: line.strength,
            dose: line.dose,
            schedule: line.schedule,
            food: line.food,
            days: line.days,
            quantity: said,
            route: line.route,
            instructions: line.instructions,
        }
    }
}

/// A template.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Template {
    /// The template.
    pub template_id: TemplateId,
    /// Whose it is.
    pub practitioner_id: PractitionerId,
    /// Their name.
    pub practitioner_name: String,
    /// Whether it is the caller's own.
    pub own: bool,
    /// Its name.
    pub name: String,
    /// Words by which it is found besides.
    pub keywords: Option<String>,
    /// Whether colleagues may use it.
    pub shared: bool,
    /// Whether it is offered.
    pub active: bool,
    /// What it is for.
    pub diagnosis: Option<String>,
    /// What the patient should do.
    pub advice: Option<String>,
    /// Medicines.
    pub lines: Vec<TemplateLine>,
    /// Tests.
    pub tests: Vec<TestOrder>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A template as one line of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TemplateSummary)]
pub struct Summary {
    /// The template.
    pub template_id: TemplateId,
    /// Whose it is.
    pub practitioner_id: PractitionerId,
    /// Their name.
    pub practitioner_name: String,
    /// Whether it is the caller's own.
    pub own: bool,
    /// Its name.
    pub name: String,
    /// Words by which it is found besides.
    pub keywords: Option<String>,
    /// Whether colleagues may use it.
    pub shared: bool,
    /// Whether it is offered.
    pub active: bool,
    /// Names of its medicines.
    pub medicines: Option<String>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}
