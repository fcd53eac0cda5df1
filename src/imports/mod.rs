//! Patients from elsewhere: a CSV file, read as it comes, a transaction for every few hundred rows.
//! Whatever becomes of a row is counted; what cannot be read is kept aside with the reason. An import
//! that was interrupted continues where it stopped.
//!
//! It runs as a job: the job holds the permissions of an import and no others, so the admin who asks for
//! it need not be able to register patients, and the trail still names that person.

mod api;
mod columns;
pub mod csv_out;
mod files;
mod intake;
mod mapping;
mod merge;
mod nouns;
mod pages;
mod reader;
mod row;
mod run;
mod store;
mod undo;
mod upload;
mod upsert;

pub use columns::Columns;
pub use intake::{Batch, Intake};
pub use nouns::{
    Column, FileId, Import, ImportId, ImportStatus, Kept, Order, Refused, Reject, Undone, Waiting,
};
pub use run::Run;

use crate::error::Error;
use crate::tenant::{Db, permission};
use crate::web::Routes;

permission!(
    /// See imports and what they kept aside.
    Read = "imports:read"
);
permission!(
    /// Import patients.
    Write = "imports:write"
);

/// The kind of job that an import runs as.
pub const JOB: &str = "import";

/// Pages and API.
pub fn routes(config: &mut Routes) {
    mapping::routes(config);
    pages::routes(config);
    api::routes(config);
}

/// The import, or 404.
pub async fn present(db: &mut Db, id: ImportId) -> Result<Import, Error> {
    store::find(db, id).await?.ok_or(Error::NotFound)
}

/// Imports, the newest first, those before the given one.
pub async fn list(
    db: &mut Db,
    limit: i64,
    after: Option<(chrono::DateTime<chrono::Utc>, ImportId)>,
) -> Result<Vec<Import>, Error> {
    store::newest(db, limit, after).await
}

/// The rows that an import kept aside, from the one after the given row on.
pub async fn rejects(
    db: &mut Db,
    id: ImportId,
    limit: i64,
    after: i32,
) -> Result<Vec<Refused>, Error> {
    store::rejects(db, id, limit, after).await
}

/// An unfinished import of the same file, the newest.
pub async fn unfinished(
    db: &mut Db,
    file_sha256: &[u8],
    dry_run: bool,
) -> Result<Option<Import>, Error> {
    store::unfinished(db, file_sha256, dry_run).await
}

/// Opens the account of an import, or finds the one to continue. One that was ordered under this id
/// before is found again, so that a request which is sent twice is one import.
pub async fn open(
    db: &mut Db,
    order: &Order,
    columns: &Columns,
    header_sha256: &[u8],
) -> Result<Import, Error> {
    if let Some(id) = order.resume {
        let import = present(db, id).await?;
        if import.status == ImportStatus::Completed {
            return Err(Error::conflict("completed"));
        }
        return same_columns(import, columns);
    }
    let id = order.import_id.unwrap_or_else(ImportId::fresh);
    if store::insert(db, id, order, columns, header_sha256).await? {
        return present(db, id).await;
    }
    same_columns(present(db, id).await?, columns)
}

fn same_columns(import: Import, columns: &Columns) -> Result<Import, Error> {
    if import.columns == columns.list {
        return Ok(import);
    }
    Err(Error::conflict("other_file"))
}

/// Works one batch off: rows, rejects and the account in one transaction. A dry run does all of it and
/// keeps the account alone.
pub async fn apply(db: &mut Db, id: ImportId, batch: &Batch) -> Result<Import, Error> {
    let import = store::lock(db, id).await?.ok_or(Error::NotFound)?;
    if import.status == ImportStatus::Completed || import.rows_done != batch.before {
        return Err(Error::conflict("import_moved"));
    }
    if import.dry_run {
        store::set_mark(db).await?;
    }
    let outcome = upsert::upsert(db, batch).await?;
    if import.dry_run {
        store::back_to_mark(db).await?;
    }
    if !import.dry_run {
        store::undo::remember(db, id, &outcome.fresh).await?;
    }
    store::keep_aside(db, id, &outcome.rejects).await?;
    store::advance(db, id, &outcome, &batch.done_sha256).await?;
    present(db, id).await
}

/// Ends the account: the whole file was read, and this is its hash.
pub async fn complete(db: &mut Db, id: ImportId, sha256: &[u8]) -> Result<Import, Error> {
    store::complete(db, id, sha256).await?;
    present(db, id).await
}

/// Says that it stopped half way. What is committed stays.
pub async fn interrupt(db: &mut Db, id: ImportId) -> Result<Import, Error> {
    store::interrupt(db, id).await?;
    present(db, id).await
}
