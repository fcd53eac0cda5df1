//! All SQL about imports.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::upsert::Outcome;
use super::{Columns, FileId, Import, ImportId, ImportStatus, Order, Refused};
use crate::error::{Error, FieldError};
use crate::tenant::Db;

pub(super) mod files;
pub(super) mod undo;

/// Rows of a list or a single one.
struct Line {
    import_id: ImportId,
    file_name: Option<String>,
    file_sha256: Option<Vec<u8>>,
    done_sha256: Vec<u8>,
    mapping: serde_json::Value,
    dry_run: bool,
    status: ImportStatus,
    rows_done: i32,
    created: i32,
    updated: i32,
    unchanged: i32,
    rejected: i32,
    started_by: Option<Uuid>,
    file_id: Option<FileId>,
    undone_at: Option<DateTime<Utc>>,
    undone: i32,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Line> for Import {
    fn from(line: Line) -> Import {
        Import {
            import_id: line.import_id,
            file_name: line.file_name,
            file_sha256: line.file_sha256.map(hex::encode),
            dry_run: line.dry_run,
            status: line.status,
            columns: serde_json::from_value(line.mapping).unwrap_or_default(),
            rows_done: line.rows_done,
            created: line.created,
            updated: line.updated,
            unchanged: line.unchanged,
            rejected: line.rejected,
            started_by: line.started_by,
            file_id: line.file_id,
            undone_at: line.undone_at,
            undone: line.undone,
            version: line.version,
            created_at: line.created_at,
            updated_at: line.updated_at,
            done_sha256: line.done_sha256,
        }
    }
}

pub(super) async fn find(db: &mut Db, id: ImportId) -> Result<Option<Import>, Error> {
    let clinic = db.clinic();
    let line = sqlx::query_as!(
        Line,
        r#"
        select i.import_id as "import_id: ImportId", i.file_name, i.file_sha256, i.done_sha256, i.mapping, i.dry_run,
               i.status as "status: ImportStatus", i.rows_done, i.created, i.updated, i.unchanged, i.rejected,
               i.started_by, i.file_id as "file_id: FileId", i.undone_at, i.undone, i.version, i.created_at, i.updated_at
        from polyclinic.imports i
        where i.clinic_id = $1
          and i.import_id = $2
        "#,
        clinic,
        id.0
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(line.map(Import::from))
}

/// The import, held until the transaction ends.
pub(super) async fn lock(db: &mut Db, id: ImportId) -> Result<Option<Import>, Error> {
    let clinic = db.clinic();
    let held = sqlx::query!(
        "select i.import_id from polyclinic.imports i where i.clinic_id = $1 and i.import_id = $2 for update",
        clinic,
        id.0
    )
    .fetch_optional(db.sql()?)
    .await?;
    if held.is_none() { Ok(None) } else { find(db, id).await }
}

pub(super) async fn newest(
    db: &mut Db,
    limit: i64,
    after: Option<(DateTime<Utc>, ImportId)>,
) -> Result<Vec<Import>, Error> {
    let clinic = db.clinic();
    let far = db.now() + chrono::Duration::days(36_500);
    let (at, id) = after.unwrap_or((far, ImportId(Uuid::max())));
    let lines = sqlx::query_as!(
        Line,
        r#"
        select i.import_id as "import_id: ImportId", i.file_name, i.file_sha256, i.done_sha256, i.mapping, i.dry_run,
               i.status as "status: ImportStatus", i.rows_done, i.created, i.updated, i.unchanged, i.rejected,
               i.started_by, i.file_id as "file_id: FileId", i.undone_at, i.undone, i.version, i.created_at, i.updated_at
        from polyclinic.imports i
        where i.clinic_id = $1
          and (i.created_at, i.import_id) < ($2, $3)
        order by i.created_at desc, i.import_id desc
        limit $4
        "#,
        clinic,
        at,
        id.0,
        limit
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(lines.into_iter().map(Import::from).collect())
}

pub(super) async fn unfinished(
    db: &mut Db,
    file_sha256: &[u8],
    dry_run: bool,
) -> Result<Option<Import>, Error> {
    let clinic = db.clinic();
    let found = sqlx::query_scalar!(
        r#"
        select i.import_id as "import_id: ImportId"
        from polyclinic.imports i
        where i.clinic_id = $1
          and i.file_sha256 = $2
          and i.dry_run = $3
          and i.status in ('running', 'interrupted')
        order by i.created_at desc
        limit 1
        "#,
        clinic,
        file_sha256,
        dry_run
    )
    .fetch_optional(db.sql()?)
    .await?;
    match found {
        Some(id) => find(db, id).await,
        None => Ok(None),
    }
}

/// Whether there was none under this id.
pub(super) async fn insert(
    db: &mut Db,
    id: ImportId,
    order: &Order,
    columns: &Columns,
    done_sha256: &[u8],
) -> Result<bool, Error> {
    let clinic = db.clinic();
    let user = Some(db.user()).filter(|user| !user.is_nil());
    let mapping =
        serde_json::to_value(&columns.list).map_err(|e| Error::Internal(e.to_string()))?;
    let done = sqlx::query!(
        "insert into polyclinic.imports
           (clinic_id, import_id, file_name, file_sha256, done_sha256, mapping, dry_run, started_by, file_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (clinic_id, import_id) do nothing",
        clinic,
        id.0,
        order.file_name,
        order.file_sha256,
        done_sha256,
        mapping,
        order.dry_run,
        user,
        order.file_id.map(|id| id.0)
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn set_mark(db: &mut Db) -> Result<(), Error> {
    sqlx::query!("savepoint before_rows").execute(db.sql()?).await?;
    Ok(())
}

pub(super) async fn back_to_mark(db: &mut Db) -> Result<(), Error> {
    sqlx::query!("rollback to savepoint before_rows").execute(db.sql()?).await?;
    Ok(())
}

pub(super) async fn keep_aside(
    db: &mut Db,
    id: ImportId,
    rejects: &[Refused],
) -> Result<(), Error> {
    if rejects.is_empty() {
        return Ok(());
    }
    let clinic = db.clinic();
    let ids: Vec<Uuid> = rejects.iter().map(|_| Uuid::now_v7()).collect();
    let rows: Vec<i32> = rejects.iter().map(|r| r.row_number).collect();
    let fields: Vec<String> = rejects.iter().map(|r| r.error.field.clone()).collect();
    let codes: Vec<String> = rejects.iter().map(|r| r.error.code.clone().into_owned()).collect();
    let args = rejects.iter().map(|r| serde_json::to_value(&r.error.args));
    let args: Vec<serde_json::Value> =
        args.collect::<Result<_, _>>().map_err(|e| Error::Internal(e.to_string()))?;
    let raw: Vec<serde_json::Value> = rejects.iter().map(|r| r.raw.clone().into()).collect();
    sqlx::query!(
        "insert into polyclinic.import_rejects
           (clinic_id, reject_id, import_id, row_number, field, code, args, raw)
         select $1, r.reject_id, $2, r.row_number, r.field, r.code, r.args, r.raw
         from unnest($3::uuid[], $4::int[], $5::text[], $6::text[], $7::jsonb[], $8::jsonb[])
           as r (reject_id, row_number, field, code, args, raw)",
        clinic,
        id.0,
        &ids,
        &rows,
        &fields,
        &codes,
        &args,
        &raw
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn advance(
    db: &mut Db,
    id: ImportId,
    outcome: &Outcome,
    done_sha256: &[u8],
) -> Result<(), Error> {
    let clinic = db.clinic();
    let rejected = i32::try_from(outcome.rejects.len()).unwrap_or(i32::MAX);
    sqlx::query!(
        "update polyclinic.imports
         set status = 'running', rows_done = rows_done + $3 + $4 + $5 + $6, created = created + $3,
             updated = updated + $4, unchanged = unchanged + $5, rejected = rejected + $6, done_sha256 = $7
         where clinic_id = $1 and import_id = $2",
        clinic,
        id.0,
        outcome.created,
        outcome.updated,
        outcome.unchanged,
        rejected,
        done_sha256
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn complete(db: &mut Db, id: ImportId, sha256: &[u8]) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "update polyclinic.imports
         set status = 'completed', file_sha256 = $3
         where clinic_id = $1 and import_id = $2",
        clinic,
        id.0,
        sha256
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn interrupt(db: &mut Db, id: ImportId) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "update polyclinic.imports
         set status = 'interrupted'
         where clinic_id = $1 and import_id = $2 and status = 'running'",
        clinic,
        id.0
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn rejects(
    db: &mut Db,
    id: ImportId,
    limit: i64,
    after: i32,
) -> Result<Vec<Refused>, Error> {
    let clinic = db.clinic();
    let rows = sqlx::query!(
        "select r.row_number, r.field, r.code, r.args, r.raw
         from polyclinic.import_rejects r
         where r.clinic_id = $1 and r.import_id = $2 and r.row_number > $3
         order by r.row_number
         limit $4",
        clinic,
        id.0,
        after,
        limit
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Refused {
            row_number: r.row_number,
            error: FieldError {
                field: r.field,
                code: r.code.into(),
                args: serde_json::from_value(r.args).unwrap_or_default(),
            },
            raw: serde_json::from_value(r.raw).unwrap_or_default(),
        })
        .collect())
}
