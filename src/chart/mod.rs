//! The chart: a patient and everything known of that patient on one line of time, the newest first.

mod api;
mod entry;
mod lines;
mod pages;
mod store;

pub use entry::{Entry, Fact, Key, Kind, Query};

use crate::error::Error;
use crate::patients::{self, Patient, PatientId};
use crate::tenant::{Clinic, Db, Permission, permission};
use crate::web::{Paging, Routes};

permission!(
    /// See a chart; a patient's login sees the own one.
    Read = "patients:read", "self:read"
);
permission!(
    /// See the own record.
    Own = "self:read"
);

/// Pages and API.
pub fn routes(config: &mut Routes) {
    pages::routes(config);
    api::routes(config);
}

/// The patient and one page of the timeline, or 404.
pub async fn read(
    db: &mut Db,
    id: PatientId,
    query: &Query,
) -> Result<(Patient, Vec<Entry>), Error> {
    let patient = patients::present(db, id).await?;
    let entries = store::timeline(db, id, query).await?;
    Ok((patient, entries))
}

/// The query of a request: who asks decides whether drafts and changes are part of the chart.
fn query_of<P: Permission>(
    clinic: &Clinic<P>,
    db: &Db,
    paging: &Paging,
    kind: Option<Kind>,
    after: Option<Key>,
) -> Query {
    let holds = |name| clinic.app().grid.holds(db.who().permissions, name);
    Query {
        kind,
        limit: paging.limit,
        after,
        staff: holds("patients:read"),
        changes: holds("history:read"),
    }
}

/// What cursors of a patient's timeline are sealed for.
fn name_of(id: PatientId) -> String {
    format!("chart {id}")
}
