//! Files that wait, in pieces.

use uuid::Uuid;

use crate::error::Error;
use crate::imports::{Column, FileId, Waiting};
use crate::tenant::Db;

pub(in crate::imports) async fn begin(
    db: &mut Db,
    id: FileId,
    name: &str,
    columns: &[Column],
) -> Result<(), Error> {
    let clinic = db.clinic();
    let columns = serde_json::to_value(columns).map_err(|e| Error::Internal(e.to_string()))?;
    sqlx::query!(
        "insert into polyclinic.import_files (clinic_id, file_id, file_name, columns)
         values ($1, $2, $3, $4)",
        clinic,
        id.0,
        name,
        columns
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(in crate::imports) async fn add_piece(
    db: &mut Db,
    id: FileId,
    number: i32,
    bytes: &[u8],
) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "insert into polyclinic.import_pieces (clinic_id, file_id, number, bytes)
         values ($1, $2, $3, $4)",
        clinic,
        id.0,
        number,
        bytes
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

/// All of it has come.
pub(in crate::imports) async fn whole(
    db: &mut Db,
    id: FileId,
    sha256: &[u8],
    size: i64,
    lines: i32,
) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "update polyclinic.import_files
         set sha256 = $3, size = $4, lines = $5
         where clinic_id = $1 and file_id = $2",
        clinic,
        id.0,
        sha256,
        size,
        lines
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

/// A file that has come whole.
pub(in crate::imports) async fn find(db: &mut Db, id: FileId) -> Result<Option<Waiting>, Error> {
    let clinic = db.clinic();
    let row = sqlx::query!(
        r#"
        select f.file_name, f.columns, f.lines as "lines!", f.created_at
        from polyclinic.import_files f
        where f.clinic_id = $1
          and f.file_id = $2
          and f.lines is not null
        "#,
        clinic,
        id.0
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row.map(|f| Waiting {
        file_id: id,
        file_name: f.file_name,
        columns: serde_json::from_value(f.columns).unwrap_or_default(),
        lines: f.lines,
        created_at: f.created_at,
    }))
}

pub(in crate::imports) async fn piece(
    db: &mut Db,
    id: Uuid,
    number: i32,
) -> Result<Option<Vec<u8>>, Error> {
    let clinic = db.clinic();
    let bytes = sqlx::query_scalar!(
        "select p.bytes
         from polyclinic.import_pieces p
         where p.clinic_id = $1 and p.file_id = $2 and p.number = $3",
        clinic,
        id,
        number
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(bytes)
}
