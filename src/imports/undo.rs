//! Undoing an import: whom it registered and nobody has touched since is set aside. Who was corrected or used
//! meanwhile stays and is listed; what it corrected in older records stays corrected.

use uuid::Uuid;

use super::{Import, ImportId, ImportStatus, Write, store};
use crate::error::Error;
use crate::tenant::Clinic;

/// Patients of a transaction.
const TOGETHER: i64 = 500;
/// An account that has not moved for so long is nobody's work any more.
const QUIET: chrono::Duration = chrono::Duration::minutes(2);

/// Undoes it, a few hundred patients a transaction. Asked again it goes on where it stopped.
pub(super) async fn undo(clinic: &Clinic<Write>, id: ImportId) -> Result<Import, Error> {
    let mut after = Uuid::nil();
    loop {
        let next = clinic
            .write(async |db| {
                let import = store::lock(db, id).await?.ok_or(Error::NotFound)?;
                if import.dry_run {
                    return Err(Error::conflict("nothing_to_undo"));
                }
                let moves = db.now() - import.updated_at < QUIET;
                if import.status == ImportStatus::Running && moves {
                    return Err(Error::conflict("still_running"));
                }
                let ids = store::undo::registered(db, id, after, TOGETHER).await?;
                let aside = store::undo::set_aside(db, &ids).await?;
                if aside > 0 || import.undone_at.is_none() {
                    store::undo::mark(db, id, aside).await?;
                }
                Ok(ids.last().copied())
            })
            .await?;
        match next {
            Some(last) => after = last,
            None => break,
        }
    }
    clinic.read(async |db| super::present(db, id).await).await
}
