//! All SQL about documents.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Category, ContentType, Document, DocumentId, Query, SetAside};
use crate::error::Error;
use crate::patients::PatientId;
use crate::tenant::Db;
use crate::visits::VisitId;

/// A row as it is read.
struct Row {
    document_id: DocumentId,
    patient_id: PatientId,
    visit_id: Option<VisitId>,
    ordered_test_id: Option<Uuid>,
    category: Category,
    title: String,
    file_name: Option<String>,
    content_type: ContentType,
    size_bytes: i32,
    sha256: Vec<u8>,
    place: Option<String>,
    uploaded_by: Uuid,
    uploaded_by_name: Option<String>,
    archived_at: Option<DateTime<Utc>>,
    archived_by: Option<Uuid>,
    archive_reason: Option<String>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for Document {
    fn from(row: Row) -> Document {
        let archived = match (row.archived_at, row.archived_by, row.archive_reason) {
            (Some(at), Some(by), Some(reason)) => Some(SetAside { at, by, reason }),
            _ => None,
        };
        Document {
            document_id: row.document_id,
            patient_id: row.patient_id,
            visit_id: row.visit_id,
            ordered_test_id: row.ordered_test_id,
            category: row.category,
            title: row.title,
            file_name: row.file_name,
            content_type: row.content_type,
            size_bytes: row.size_bytes,
            sha256: hex::encode(row.sha256),
            place: row.place,
            uploaded_by: row.uploaded_by,
            uploaded_by_name: row.uploaded_by_name,
            archived,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

pub(super) async fn find(db: &mut Db, id: DocumentId) -> Result<Option<Document>, Error> {
    let clinic = db.clinic();
    let row = sqlx::query_as!(
        Row,
        r#"
        select d.document_id as "document_id: DocumentId", d.patient_id as "patient_id: PatientId",
               d.visit_id as "visit_id: VisitId", d.ordered_test_id, d.category as "category: Category", d.title, d.file_name,
               d.content_type as "content_type: ContentType", d.size_bytes, d.sha256, d.place, d.uploaded_by,
               (select u.name from polyclinic.users u where u.clinic_id = $1 and u.user_id = d.uploaded_by)
                 as uploaded_by_name,
               d.archived_at, d.archived_by, d.archive_reason, d.version, d.created_at, d.updated_at
        from polyclinic.documents d
        where d.clinic_id = $1
          and d.document_id = $2
        "#,
        clinic,
        id.0
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row.map(Document::from))
}

/// A page of a patient's documents, the newest first.
pub(super) async fn of_patient(
    db: &mut Db,
    patient: PatientId,
    query: &Query,
) -> Result<Vec<Document>, Error> {
    let clinic = db.clinic();
    let end = db.now() + chrono::Duration::days(36_500);
    let (at, id) = query.after.unwrap_or((end, DocumentId(Uuid::max())));
    let rows = sqlx::query_as!(
        Row,
        r#"
        select d.document_id as "document_id: DocumentId", d.patient_id as "patient_id: PatientId",
               d.visit_id as "visit_id: VisitId", d.ordered_test_id, d.category as "category: Category", d.title, d.file_name,
               d.content_type as "content_type: ContentType", d.size_bytes, d.sha256, d.place, d.uploaded_by,
               (select u.name from polyclinic.users u where u.clinic_id = $1 and u.user_id = d.uploaded_by)
                 as uploaded_by_name,
               d.archived_at, d.archived_by, d.archive_reason, d.version, d.created_at, d.updated_at
        from polyclinic.documents d
        where d.clinic_id = $1
          and d.patient_id = $2
          and (d.created_at, d.document_id) < ($3, $4)
          and ($5::text is null or d.category = $5)
          and ($6 or d.archived_at is null)
        order by d.created_at desc, d.document_id desc
        limit $7
        "#,
        clinic,
        patient.0,
        at.min(end),
        id.0,
        query.category.map(Category::as_str),
        query.archived,
        query.limit + 1
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows.into_iter().map(Document::from).collect())
}

pub(super) async fn insert(db: &mut Db, new: &Document) -> Result<(), Error> {
    let (clinic, user) = (db.clinic(), db.user());
    let sha256 = hex::decode(&new.sha256).map_err(|e| Error::Internal(e.to_string()))?;
    sqlx::query!(
        "insert into polyclinic.documents
           (clinic_id, document_id, patient_id, visit_id, category, title, file_name, content_type, size_bytes, sha256,
            place, uploaded_by, ordered_test_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        clinic,
        new.document_id.0,
        new.patient_id.0,
        new.visit_id.map(|id| id.0),
        new.category.as_str(),
        new.title,
        new.file_name,
        new.content_type.as_str(),
        new.size_bytes,
        sha256,
        new.place,
        user,
        new.ordered_test_id
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn insert_piece(
    db: &mut Db,
    of: &Document,
    number: i32,
    bytes: &[u8],
) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "insert into polyclinic.document_pieces (clinic_id, document_id, patient_id, number, bytes)
         values ($1, $2, $3, $4, $5)",
        clinic,
        of.document_id.0,
        of.patient_id.0,
        number,
        bytes
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn piece(
    db: &mut Db,
    id: DocumentId,
    number: i32,
) -> Result<Option<Vec<u8>>, Error> {
    let clinic = db.clinic();
    let bytes = sqlx::query_scalar!(
        r#"
        select p.bytes
        from polyclinic.document_pieces p
        where p.clinic_id = $1
          and p.document_id = $2
          and p.number = $3
        "#,
        clinic,
        id.0,
        number
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(bytes)
}

/// Sets a document aside, or with no reason brings it back.
pub(super) async fn set_aside(
    db: &mut Db,
    id: DocumentId,
    version: i32,
    reason: Option<&str>,
) -> Result<bool, Error> {
    let (clinic, user) = (db.clinic(), db.user());
    let done = sqlx::query!(
        "update polyclinic.documents
         set archived_at = case when $4::text is not null then now() end,
             archived_by = case when $4 is not null then $5::uuid end,
             archive_reason = $4
         where clinic_id = $1 and document_id = $2 and version = $3",
        clinic,
        id.0,
        version,
        reason,
        user
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Shows this picture as the patient's face, or none where it was this one.
pub(super) async fn face(
    db: &mut Db,
    patient: PatientId,
    id: DocumentId,
    shown: bool,
) -> Result<bool, Error> {
    let clinic = db.clinic();
    let done = sqlx::query!(
        "update polyclinic.patients
         set photo_id = case when $4 then $3::uuid when photo_id = $3 then null else photo_id end
         where clinic_id = $1 and patient_id = $2",
        clinic,
        patient.0,
        id.0,
        shown
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}
