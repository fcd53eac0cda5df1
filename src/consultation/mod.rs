//! The consultation: one page on which a doctor writes the note and a nurse the vitals, with what was
//! before beside it.

mod beside;
mod pages;
mod shown;
mod store;
mod trends;

pub use beside::Beside;

use crate::error::Error;
use crate::notes::{self, NewNote, Written, draft};
use crate::patients::{self, Patient};
use crate::tenant::{Db, permission};
use crate::visits::{self, NewMove, Visit, VisitId, VisitStatus};
use crate::vitals::{self, NewVitals, Values};
use crate::web::Routes;

permission!(
    /// Open a visit; what of it is shown depends on the role.
    Read = "visits:read"
);

/// The pages.
pub fn routes(config: &mut Routes) {
    pages::routes(config);
}

/// Everything that the page says, in three queries.
pub struct Scene {
    /// The visit.
    pub visit: Visit,
    /// Who came.
    pub patient: Patient,
    /// The note, and what was before.
    pub beside: Beside,
}

/// The visit with all that belongs to it, or 404.
pub async fn present(db: &mut Db, id: VisitId) -> Result<Scene, Error> {
    let visit = visits::present(db, id).await?;
    let patient = patients::present(db, visit.patient_id).await?;
    let beside = store::beside(db, id, visit.patient_id).await?;
    Ok(Scene { visit, patient, beside })
}

/// What somebody wrote on the page: a note, vitals, or both.
#[derive(Debug)]
pub struct Entry {
    /// The version of the note that was on the page, if there was one.
    pub version: Option<i32>,
    /// The note.
    pub note: Option<NewNote>,
    /// The vitals.
    pub values: Option<Values>,
    /// The version of the visit that was on the page, where the visit is over now.
    pub complete: Option<i32>,
}

/// Keeps what was written, all of it or nothing.
pub async fn keep(db: &mut Db, id: VisitId, entry: &Entry) -> Result<(), Error> {
    if let Some(values) = entry.values {
        measure(db, id, values).await?;
    }
    if let Some(note) = &entry.note {
        match notes::write(db, id, entry.version, note).await {
            // A note came into being while the first one was being written here.
            Err(Error::PreconditionRequired) => return Err(Error::Stale),
            outcome => match outcome? {
                Written::First(_) | Written::Again(_) => {}
            },
        }
    }
    if let Some(version) = entry.complete {
        complete(db, id, version).await?;
    }
    draft::forget(db, id).await
}

/// The visit is over, unless it went elsewhere in the meantime.
async fn complete(db: &mut Db, id: VisitId, version: i32) -> Result<(), Error> {
    let step = NewMove { to: VisitStatus::Completed, reason: None };
    match visits::step(db, id, version, &step).await {
        Err(Error::Stale) => Err(Error::conflict("visit_moved")),
        outcome => outcome.map(|_| ()),
    }
}

/// Records vitals in a visit.
pub async fn measure(db: &mut Db, id: VisitId, values: Values) -> Result<(), Error> {
    let visit = visits::present(db, id).await?;
    let new = NewVitals { visit_id: Some(id), values };
    vitals::record(db, visit.patient_id, &new).await?;
    Ok(())
}
