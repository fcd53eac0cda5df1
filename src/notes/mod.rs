//! Clinical notes: one a visit, amended under its version. The trail keeps every earlier text. What is typed and
//! not yet saved is a draft of its own.

mod api;
pub mod draft;
mod nouns;
mod store;

pub use nouns::{NewNote, Note, NoteId};

use crate::error::Error;
use crate::patients::{self, PatientId};
use crate::practitioners;
use crate::tenant::{Db, permission};
use crate::visits::{self, VisitId, VisitStatus};
use crate::web::Routes;

permission!(
    /// See notes; a patient's login sees the own ones.
    Read = "notes:read", "self:read"
);
permission!(
    /// Write notes.
    Write = "notes:write"
);
permission!(
    /// Keep what one types at a visit: whoever writes notes or vitals there.
    Keep = "vitals:write"
);

/// The API. The page is the consultation's.
pub fn routes(config: &mut Routes) {
    api::routes(config);
}

/// The note of a visit, or 404: no such visit and no note yet look the same.
pub async fn present(db: &mut Db, visit: VisitId) -> Result<Note, Error> {
    store::find(db, visit).await?.ok_or(Error::NotFound)
}

/// A patient's notes, the newest first. One more than `limit` tells that there are more.
pub async fn of_patient(
    db: &mut Db,
    patient: PatientId,
    limit: i64,
    after: Option<store::Key>,
) -> Result<Vec<Note>, Error> {
    patients::present(db, patient).await?;
    store::of_patient(db, patient, limit, after).await
}

/// What became of a note.
pub enum Written {
    /// It is the visit's first.
    First(Note),
    /// It replaced what was read.
    Again(Note),
}

/// Writes the note of a visit: the first one without a version; from then on only who read the present
/// version may replace it (else 412, or 428 where none is told). A visit that did not take place has none.
pub async fn write(
    db: &mut Db,
    id: VisitId,
    version: Option<i32>,
    new: &NewNote,
) -> Result<Written, Error> {
    store::hold_visit(db, id).await?;
    let visit = visits::present(db, id).await?;
    let doctor = practitioners::own(db).await?;
    if matches!(visit.status, VisitStatus::Cancelled | VisitStatus::NoShow) {
        return Err(Error::conflict("visit_closed"));
    }
    let current = store::find(db, id).await?;
    let kept = current.as_ref().and_then(|note| note.told.follow_up_on);
    if new.follow_up_on != kept {
        new.refuse_past(db.today())?;
    }
    match (current, version) {
        (None, None) => {
            patients::active(db, visit.patient_id).await?;
            store::insert(db, NoteId::fresh(), &visit, doctor.practitioner_id, new).await?;
            Ok(Written::First(present(db, id).await?))
        }
        (None, Some(_)) => Err(Error::Stale),
        (Some(_), None) => Err(Error::PreconditionRequired),
        (Some(note), Some(version)) if note.version != version => Err(Error::Stale),
        (Some(note), Some(_)) if note.told == *new => Ok(Written::Again(note)),
        (Some(note), Some(version)) => {
            if !store::update(db, note.note_id, version, new).await? {
                return Err(Error::Stale);
            }
            Ok(Written::Again(present(db, id).await?))
        }
    }
}
