//! All SQL about notes.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::draft::{Draft, NewDraft, Typed};
use super::{NewNote, Note, NoteId};
use crate::error::Error;
use crate::patients::PatientId;
use crate::practitioners::PractitionerId;
use crate::tenant::Db;
use crate::visits::{Visit, VisitId};

/// Where a page of notes begins.
pub type Key = (DateTime<Utc>, NoteId);

struct Row {
    note_id: NoteId,
    patient_id: PatientId,
    visit_id: VisitId,
    practitioner_id: PractitionerId,
    practitioner_name: String,
    complaint: Option<String>,
    findings: Option<String>,
    diagnosis: Option<String>,
    diagnosis_code: Option<String>,
    plan: Option<String>,
    advice: Option<String>,
    follow_up_on: Option<NaiveDate>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for Note {
    fn from(row: Row) -> Note {
        Note {
            note_id: row.note_id,
            patient_id: row.patient_id,
            visit_id: row.visit_id,
            practitioner_id: row.practitioner_id,
            practitioner_name: row.practitioner_name,
            told: NewNote {
                complaint: row.complaint,
                findings: row.findings,
                diagnosis: row.diagnosis,
                diagnosis_code: row.diagnosis_code,
                plan: row.plan,
                advice: row.advice,
                follow_up_on: row.follow_up_on,
            },
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

pub(super) async fn find(db: &mut Db, visit: VisitId) -> Result<Option<Note>, Error> {
    let clinic = db.clinic();
    let row = sqlx::query_as!(
        Row,
        r#"
        select n.note_id as "note_id: NoteId", n.patient_id as "patient_id: PatientId",
               n.visit_id as "visit_id: VisitId", n.practitioner_id as "practitioner_id: PractitionerId",
               d.name as practitioner_name, n.complaint, n.findings, n.diagnosis, n.diagnosis_code, n.plan,
               n.advice, n.follow_up_on, n.version, n.created_at, n.updated_at
        from polyclinic.notes n
        join polyclinic.practitioners d on d.clinic_id = n.clinic_id and d.practitioner_id = n.practitioner_id
        where n.clinic_id = $1
          and n.visit_id = $2
        "#,
        clinic,
        visit.0
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row.map(Note::from))
}

pub(super) async fn of_patient(
    db: &mut Db,
    patient: PatientId,
    limit: i64,
    after: Option<Key>,
) -> Result<Vec<Note>, Error> {
    let clinic = db.clinic();
    let far = db.now() + chrono::Duration::days(36_500);
    let (at, id) = after.unwrap_or((far, NoteId(Uuid::max())));
    let rows = sqlx::query_as!(
        Row,
        r#"
        select n.note_id as "note_id: NoteId", n.patient_id as "patient_id: PatientId",
               n.visit_id as "visit_id: VisitId", n.practitioner_id as "practitioner_id: PractitionerId",
               d.name as practitioner_name, n.complaint, n.findings, n.diagnosis, n.diagnosis_code, n.plan,
               n.advice, n.follow_up_on, n.version, n.created_at, n.updated_at
        from polyclinic.notes n
        join polyclinic.practitioners d on d.clinic_id = n.clinic_id and d.practitioner_id = n.practitioner_id
        where n.clinic_id = $1
          and n.patient_id = $2
          and (n.created_at, n.note_id) < ($3, $4)
        order by n.created_at desc, n.note_id desc
        limit $5
        "#,
        clinic,
        patient.0,
        at.min(far),
        id.0,
        limit + 1
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows.into_iter().map(Note::from).collect())
}

/// Holds the visit, if it is there: it stays as it is until this transaction ends.
pub(super) async fn hold_visit(db: &mut Db, id: VisitId) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "select v.visit_id
         from polyclinic.visits v
         where v.clinic_id = $1
           and v.visit_id = $2
         for no key update",
        clinic,
        id.0
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn insert(
    db: &mut Db,
    id: NoteId,
    visit: &Visit,
    doctor: PractitionerId,
    new: &NewNote,
) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "insert into polyclinic.notes
           (clinic_id, note_id, patient_id, visit_id, practitioner_id, complaint, findings, diagnosis,
            diagnosis_code, plan, advice, follow_up_on)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        clinic,
        id.0,
        visit.patient_id.0,
        visit.visit_id.0,
        doctor.0,
        new.complaint,
        new.findings,
        new.diagnosis,
        new.diagnosis_code,
        new.plan,
        new.advice,
        new.follow_up_on
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn update(
    db: &mut Db,
    id: NoteId,
    version: i32,
    new: &NewNote,
) -> Result<bool, Error> {
    let clinic = db.clinic();
    let done = sqlx::query!(
        "update polyclinic.notes
         set complaint = $4, findings = $5, diagnosis = $6, diagnosis_code = $7, plan = $8, advice = $9,
             follow_up_on = $10
         where clinic_id = $1 and note_id = $2 and version = $3",
        clinic,
        id.0,
        version,
        new.complaint,
        new.findings,
        new.diagnosis,
        new.diagnosis_code,
        new.plan,
        new.advice,
        new.follow_up_on
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn find_draft(db: &mut Db, visit: VisitId) -> Result<Option<Draft>, Error> {
    let (clinic, user) = (db.clinic(), db.user());
    let row = sqlx::query!(
        r#"
        select d.visit_id as "visit_id: VisitId", d.typed as "typed: Json<Typed>", d.note_version, d.version,
               d.created_at, d.updated_at
        from polyclinic.note_drafts d
        where d.clinic_id = $1
          and d.visit_id = $2
          and d.user_id = $3
        "#,
        clinic,
        visit.0,
        user
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row.map(|d| Draft {
        visit_id: d.visit_id,
        typed: d.typed.0,
        note_version: d.note_version,
        version: d.version,
        created_at: d.created_at,
        updated_at: d.updated_at,
    }))
}

fn json(typed: &Typed) -> Result<serde_json::Value, Error> {
    serde_json::to_value(typed).map_err(|e| Error::Internal(e.to_string()))
}

/// Keeps a first draft. Answers whether there was none.
pub(super) async fn insert_draft(
    db: &mut Db,
    visit: &Visit,
    new: &NewDraft,
) -> Result<bool, Error> {
    let clinic = db.clinic();
    let done = sqlx::query!(
        "insert into polyclinic.note_drafts (clinic_id, note_draft_id, visit_id, patient_id, typed, note_version)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (clinic_id, visit_id, user_id) do nothing",
        clinic,
        Uuid::now_v7(),
        visit.visit_id.0,
        visit.patient_id.0,
        json(&new.typed)?,
        new.note_version
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Replaces a draft that still has this version.
pub(super) async fn update_draft(
    db: &mut Db,
    visit: VisitId,
    version: i32,
    new: &NewDraft,
) -> Result<bool, Error> {
    let (clinic, user) = (db.clinic(), db.user());
    let done = sqlx::query!(
        "update polyclinic.note_drafts
         set typed = $5, note_version = $6
         where clinic_id = $1 and visit_id = $2 and user_id = $3 and version = $4",
        clinic,
        visit.0,
        user,
        version,
        json(&new.typed)?,
        new.note_version
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Empties the draft. An empty one is left where there was none, for a window that is late to keep its first.
pub(super) async fn forget_draft(db: &mut Db, visit: &Visit) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "insert into polyclinic.note_drafts as d (clinic_id, note_draft_id, visit_id, patient_id, typed)
         values ($1, $2, $3, $4, '{}')
         on conflict (clinic_id, visit_id, user_id) do update
         set typed = '{}', note_version = null
         where d.clinic_id = $1",
        clinic,
        Uuid::now_v7(),
        visit.visit_id.0,
        visit.patient_id.0
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}
