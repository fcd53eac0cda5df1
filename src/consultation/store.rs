//! All SQL of the consultation's page.

use sqlx::types::Json;

use super::beside::{Before, Beside, Found, Medicine, Prescribed, Reading, SavedNote, Unsaved};
use crate::error::Error;
use crate::patients::PatientId;
use crate::tenant::Db;
use crate::visits::VisitId;

pub(super) async fn beside(
    db: &mut Db,
    visit: VisitId,
    patient: PatientId,
) -> Result<Beside, Error> {
    let (clinic, now, user) = (db.clinic(), db.now(), db.user());
    let row =
        sqlx::query_file!("src/consultation/beside.sql", clinic, visit.0, patient.0, now, user)
            .fetch_one(db.sql()?)
            .await?;
    Ok(Beside {
        note: row.note.map(|note| note.0),
        readings: row.readings.0,
        visits: row.visits.0,
        medicines: row.medicines.0,
        prescribed: row.prescribed.0,
        admission: row.admission,
        draft: row.draft.map(|draft| draft.0),
        results: row.results.0,
    })
}
