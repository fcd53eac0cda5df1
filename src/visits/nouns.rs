//! The words of the feature: a visit, where it stands, where it may go.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::patients::{AllergyStatus, Born, PatientId, Sex};
use crate::practitioners::PractitionerId;
use crate::web::{Chrome, Fields, Parse, id, instant, words};

id!(
    /// A visit's id.
    VisitId
);

words!(
    /// How urgent a visit is.
    VisitType { Routine = "routine", FollowUp = "follow_up", Emergency = "emergency" }
);
words!(
    /// Where a visit stands.
    VisitStatus {
        Waiting = "waiting", InConsultation = "in_consultation", Completed = "completed",
        Cancelled = "cancelled", NoShow = "no_show",
    }
);

impl VisitStatus {
    /// Whether a visit may go from here to there. The table's constraint `visit_moves_legal` says the same.
    pub fn may_become(self, to: VisitStatus) -> bool {
        use VisitStatus::{Cancelled, Completed, InConsultation, NoShow, Waiting};
        matches!(
            (self, to),
            (Waiting, InConsultation | Cancelled | NoShow)
                | (InConsultation, Waiting | Completed | Cancelled)
                | (NoShow, Waiting)
        )
    }

    /// Whether the patient is still here.
    pub fn is_open(self) -> bool {
        matches!(self, VisitStatus::Waiting | VisitStatus::InConsultation)
    }
}

/// What the patient comes for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Told {
    /// What the patient comes for, 1–200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub purpose: String,
    /// How urgent it is; routine unless said.
    pub visit_type: VisitType,
    /// Whom the patient wants to see; nobody in particular when absent.
    pub practitioner_id: Option<PractitionerId>,
    /// What the reception adds.
    #[schema(max_length = 2000)]
    pub notes: Option<String>,
}

impl Parse for Told {
    fn parse(fields: &mut Fields) -> Told {
        Told {
            purpose: fields.text("purpose", 200),
            visit_type: fields.choice_opt("visit_type").unwrap_or_default(),
            practitioner_id: fields.id_opt("practitioner_id"),
            notes: fields.text_opt("notes", 2000),
        }
    }
}

/// Somebody comes in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NewVisit {
    /// Who comes.
    pub patient_id: PatientId,
    /// What for.
    #[serde(flatten)]
    pub told: Told,
}

impl Parse for NewVisit {
    fn parse(fields: &mut Fields) -> NewVisit {
        let text = fields.text("patient_id", 40);
        let patient = text.parse();
        if patient.is_err() && !text.is_empty() {
            fields.refuse("patient_id", "not_an_id");
        }
        let patient_id = patient.unwrap_or(PatientId(Uuid::nil()));
        NewVisit { patient_id, told: Told::parse(fields) }
    }
}

/// A step of a visit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NewMove {
    /// Where the visit goes.
    pub to: VisitStatus,
    /// Why; required to cancel.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

impl Parse for NewMove {
    fn parse(fields: &mut Fields) -> NewMove {
        let step = NewMove { to: fields.choice("to"), reason: fields.text_opt("reason", 500) };
        if step.to == VisitStatus::Cancelled && step.reason.is_none() {
            fields.refuse("reason", "required");
        }
        step
    }
}

/// Who came, as a line.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Visitor {
    /// The patient.
    pub patient_id: PatientId,
    /// `PT-<clinic number>-<year>-<seq>`.
    pub number: String,
    /// FAMILY NAME, Given.
    pub name: String,
    /// Age in completed years today.
    pub age: i32,
    /// What is known of the birth.
    #[serde(skip)]
    pub born: Born,
    /// Administrative sex.
    pub sex: Sex,
    /// Whether allergies were asked for.
    pub allergy_status: AllergyStatus,
}

impl Visitor {
    /// The age in words.
    pub fn aged(&self, chrome: &Chrome) -> String {
        self.born.words(chrome.day(&chrome.now), |key, value| chrome.tx(key, value))
    }
}

/// A patient's visit on a day of the clinic.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Visit {
    /// The visit.
    pub visit_id: VisitId,
    /// Who came.
    pub patient_id: PatientId,
    /// Who came, as a line.
    pub patient: Visitor,
    /// What for.
    #[serde(flatten)]
    pub told: Told,
    /// The practitioner's name.
    pub practitioner_name: Option<String>,
    /// The clinic's day.
    pub visit_day: NaiveDate,
    /// The day's number, counted from 1.
    pub token: i32,
    /// Where the visit stands.
    pub status: VisitStatus,
    /// When the patient was checked in.
    #[serde(serialize_with = "instant")]
    pub arrived_at: DateTime<Utc>,
    /// When the patient was called in.
    pub started_at: Option<DateTime<Utc>>,
    /// When the visit was over.
    pub ended_at: Option<DateTime<Utc>>,
    /// Whole minutes waited: until the call, else until the end, else until now.
    pub waiting_minutes: i64,
    /// Who checked the patient in.
    pub checked_in_by: Option<Uuid>,
    /// Counts changes.
    pub version: i32,
    /// When checked in.
    #[serde(serialize_with = "instant")]
    pub created_at: DateTime<Utc>,
    /// When last changed.
    #[serde(serialize_with = "instant")]
    pub updated_at: DateTime<Utc>,
}

/// Minutes after which a wait is long.
pub(super) const LONG_WAIT: i64 = 30;

impl Visit {
    /// Whether the patient waits, and has waited long.
    pub fn is_late(&self) -> bool {
        self.status == VisitStatus::Waiting && self.waiting_minutes > LONG_WAIT
    }

    /// Whether it should come first.
    pub fn is_emergency(&self) -> bool {
        self.told.visit_type == VisitType::Emergency
    }

    /// Whether the visit may go there from where it stands.
    pub fn may_become(&self, to: &str) -> bool {
        to.parse().is_ok_and(|to| self.status.may_become(to))
    }
}

/// One step of a visit: who took it and when.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Move {
    /// The step.
    pub move_id: Uuid,
    /// Where the visit stood; null for the check-in.
    pub from: Option<VisitStatus>,
    /// Where it went.
    pub to: VisitStatus,
    /// Why, where it was said.
    pub reason: Option<String>,
    /// Who took it.
    pub moved_by: Uuid,
    /// That person's name, for those who may see colleagues.
    pub moved_by_name: Option<String>,
    /// When.
    pub moved_at: DateTime<Utc>,
}

/// A visit and every step it took.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Whole {
    /// The visit.
    #[serde(flatten)]
    pub visit: Visit,
    /// Its steps, first to last.
    pub moves: Vec<Move>,
}

/// The day in figures.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    /// Waiting now.
    pub waiting: i64,
    /// With a doctor now.
    pub in_consultation: i64,
    /// Seen and finished today.
    pub completed: i64,
    /// Of those waiting, who has waited long.
    pub late: i64,
}

/// Which visits of the clinic.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Of one day, or of all.
    pub day: Option<Day>,
    /// In one state.
    pub status: Option<VisitStatus>,
    /// Of one urgency.
    pub visit_type: Option<VisitType>,
    /// Of one practitioner.
    pub practitioner: Option<PractitionerId>,
    /// Rows to return; one more is read to know whether there are more.
    pub limit: i64,
}

/// A day as a caller names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// The clinic's day now.
    Today,
    /// A date.
    On(NaiveDate),
}

impl Day {
    /// Takes `?day=`: `today` or a date.
    pub fn parse(fields: &mut Fields) -> Option<Day> {
        let text = fields.text_opt("day", 40)?;
        if text == "today" {
            return Some(Day::Today);
        }
        let shaped = text.len() == 10 && text.is_ascii();
        let date = text.parse().ok().filter(|_| shaped).map(Day::On);
        if date.is_none() {
            fields.refuse("day", "not_a_date");
        }
        date
    }
}
