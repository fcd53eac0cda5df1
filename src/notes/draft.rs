//! What is being typed at a visit, kept before it is saved. Raw text, so that nothing is refused that is only
//! half written.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::store;
use crate::error::Error;
use crate::tenant::Db;
use crate::visits::{self, VisitId, VisitStatus};
use crate::web::{Fields, Parse};

/// Fields of the page that are kept, each with the most characters it may hold.
pub const KEPT: [(&str, usize); 16] = [
    ("complaint", 4000),
    ("findings", 4000),
    ("diagnosis", 1000),
    ("diagnosis_code", 40),
    ("plan", 4000),
    ("advice", 4000),
    ("follow_up_on", 40),
    ("systolic_mmhg", 20),
    ("diastolic_mmhg", 20),
    ("pulse_bpm", 20),
    ("respiration_bpm", 20),
    ("temperature_c", 20),
    ("spo2_percent", 20),
    ("glucose_mg_dl", 20),
    ("weight_kg", 20),
    ("height_cm", 20),
];

/// Text by field, as typed.
pub type Typed = BTreeMap<String, String>;

/// What is being typed.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct NewDraft {
    /// Any field of note and vitals, as text.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub typed: Typed,
    /// The version of the note that is on the page, if there is one.
    #[schema(minimum = 1)]
    pub note_version: Option<i32>,
}

impl Parse for NewDraft {
    fn parse(fields: &mut Fields) -> NewDraft {
        let typed =
            |(name, max): &(&str, usize)| Some(((*name).to_owned(), fields.text_opt(name, *max)?));
        NewDraft {
            typed: KEPT.iter().filter_map(typed).collect(),
            note_version: fields.int32("note_version", 1..=i32::MAX),
        }
    }
}

/// What was typed and not saved.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = NoteDraft)]
pub struct Draft {
    /// At which visit.
    pub visit_id: VisitId,
    /// By field, as typed; empty once it was saved or discarded.
    #[schema(value_type = Object)]
    pub typed: Typed,
    /// The version of the note that was on the page, if there was one.
    pub note_version: Option<i32>,
    /// Counts how often it was kept.
    pub version: i32,
    /// When it was first kept.
    pub created_at: DateTime<Utc>,
    /// When it was last kept.
    pub updated_at: DateTime<Utc>,
}

/// The own draft of a visit, or 404.
pub async fn present(db: &mut Db, visit: VisitId) -> Result<Draft, Error> {
    store::find_draft(db, visit).await?.ok_or(Error::NotFound)
}

/// What became of a draft.
pub enum Kept {
    /// It is the first of this person at this visit.
    First(Draft),
    /// It replaced what was kept before.
    Again(Draft),
}

/// Keeps what is being typed: first without a version, then only over what this window kept itself (else 412,
/// or 428 where none is told), so that two windows do not overwrite each other.
pub async fn keep(
    db: &mut Db,
    id: VisitId,
    version: Option<i32>,
    new: &NewDraft,
) -> Result<Kept, Error> {
    let visit = visits::present(db, id).await?;
    if matches!(visit.status, VisitStatus::Cancelled | VisitStatus::NoShow) {
        return Err(Error::conflict("visit_closed"));
    }
    match version {
        None if store::insert_draft(db, &visit, new).await? => {
            Ok(Kept::First(present(db, id).await?))
        }
        None => Err(Error::PreconditionRequired),
        Some(version) if store::update_draft(db, id, version, new).await? => {
            Ok(Kept::Again(present(db, id).await?))
        }
        Some(_) => Err(Error::Stale),
    }
}

/// Forgets what was typed: it was saved, or is not wanted. A window that is late to keep it finds a newer
/// version.
pub async fn forget(db: &mut Db, id: VisitId) -> Result<(), Error> {
    let visit = visits::present(db, id).await?;
    store::forget_draft(db, &visit).await
}
