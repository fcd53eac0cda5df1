//! All SQL about prescriptions.

mod letter;
mod unsaved;

use chrono::{DateTime, Utc};
pub(super) use letter::letterhead;
use sqlx::types::Json;
pub(super) use unsaved::{find_unsaved, forget_unsaved, insert_unsaved, is_of, update_unsaved};
use uuid::Uuid;

use super::nouns::{Line, Prescription, PrescriptionId, Status, Summary, TestOrder};
use super::signed::Kept;
use super::warnings::Running;
use super::{Draft, Query};
use crate::error::Error;
use crate::patients::PatientId;
use crate::practitioners::PractitionerId;
use crate::substances::Reader;
use crate::tenant::Db;
use crate::visits::VisitId;

pub(super) async fn find(db: &mut Db, id: PrescriptionId) -> Result<Option<Prescription>, Error> {
    let clinic = db.clinic();
    let row = sqlx::query_file!("src/prescriptions/find.sql", clinic, id.0)
        .fetch_optional(db.sql()?)
        .await?;
    Ok(row.map(|p| Prescription {
        prescription_id: p.prescription_id,
        number: p.number,
        status: p.status,
        patient_id: p.patient_id,
        visit_id: p.visit_id,
        practitioner_id: p.practitioner_id,
        practitioner_name: p.practitioner_name,
        prescriber: p.prescriber,
        prescriber_left: p.prescriber_left,
        sheet_code: p.sheet_code,
        diagnosis: p.diagnosis,
        advice: p.advice,
        lines: counted(p.lines.map(|lines| lines.0).unwrap_or_default()),
        tests: p.tests.map(|tests| tests.0).unwrap_or_default(),
        warnings: Vec::new(),
        warnings_acknowledged: p.warnings_acknowledged,
        replaces_id: p.replaces_id,
        replaces_number: p.replaces_number,
        replaced_by_id: p.replaced_by_id,
        replaced_by_number: p.replaced_by_number,
        signed_at: p.signed_at,
        signed_by: p.signed_by,
        voided_at: p.voided_at,
        voided_by: p.voided_by,
        void_reason: p.void_reason,
        revision: p.revision,
        version: p.version,
        created_at: p.created_at,
        updated_at: p.updated_at,
    }))
}

fn counted(mut lines: Vec<Line>) -> Vec<Line> {
    for line in &mut lines {
        line.units_per_day = line.schedule.per_day();
    }
    lines
}

/// A page of the list. The cursor's key is the time of drafting.
pub(super) async fn list(db: &mut Db, query: &Query) -> Result<Vec<Summary>, Error> {
    let clinic = db.clinic();
    let end = db.now() + chrono::Duration::days(36_500);
    let (at, id) = query.after.unwrap_or((end, PrescriptionId(Uuid::max())));
    let at = at.min(end);
    let rows = match query.patient {
        None => {
            sqlx::query_file_as!(
                Summary,
                "src/prescriptions/newest.sql",
                clinic,
                at,
                id.0,
                query.status.map(Status::as_str),
                query.limit + 1
            )
            .fetch_all(db.sql()?)
            .await?
        }
        Some(patient) => {
            sqlx::query_file_as!(
                Summary,
                "src/prescriptions/of_patient.sql",
                clinic,
                at,
                id.0,
                query.status.map(Status::as_str),
                query.limit + 1,
                patient.0
            )
            .fetch_all(db.sql()?)
            .await?
        }
    };
    Ok(rows)
}

/// A visit as a prescription begins from it.
pub struct Visit {
    /// Who came.
    pub patient_id: PatientId,
    /// The note's diagnosis.
    pub diagnosis: Option<String>,
    /// The note's advice.
    pub advice: Option<String>,
}

pub(super) async fn visit(db: &mut Db, id: VisitId) -> Result<Option<Visit>, Error> {
    let clinic = db.clinic();
    let visit = sqlx::query_as!(
        Visit,
        r#"
        select v.patient_id as "patient_id: PatientId", n.diagnosis as "diagnosis?", n.advice as "advice?"
        from polyclinic.visits v
        left join polyclinic.notes n on n.clinic_id = v.clinic_id and n.visit_id = v.visit_id
        where v.clinic_id = $1
          and v.visit_id = $2
        "#,
        clinic,
        id.0
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(visit)
}

/// What the catalogue says of medicines of these names, and what this patient takes.
pub(super) async fn dangers(
    db: &mut Db,
    patient: PatientId,
    except: Option<PrescriptionId>,
    names: &[String],
) -> Result<(Reader, Vec<Running>), Error> {
    let (clinic, today, zone) = (db.clinic(), db.today(), db.who().zone.name());
    let rows = sqlx::query_file!(
        "src/prescriptions/dangers.sql",
        clinic,
        patient.0,
        except.map(|id| id.0),
        names,
        today,
        zone
    )
    .fetch_all(db.sql()?)
    .await?;
    let (mut reader, mut running) = (Reader::default(), Vec::new());
    for row in rows {
        match row.number {
            Some(number) => running.push(Running { medicine: row.medicine, number }),
            None => reader.add(&row.medicine, row.brand.as_deref(), row.terms.as_deref()),
        }
    }
    Ok((reader, running))
}

pub(super) async fn insert(db: &mut Db, id: PrescriptionId, draft: &Draft) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "insert into polyclinic.prescriptions
           (clinic_id, prescription_id, patient_id, visit_id, practitioner_id, diagnosis, advice, replaces_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        clinic,
        id.0,
        draft.patient.0,
        draft.visit.map(|id| id.0),
        draft.practitioner.0,
        draft.diagnosis,
        draft.advice,
        draft.replaces.map(|id| id.0)
    )
    .execute(db.sql()?)
    .await?;
    write_lines(db, id, draft.patient, 1, &draft.lines).await?;
    write_tests(db, id, draft.patient, 1, &draft.tests).await
}

/// Writes the next revision of a draft that still has this version.
pub(super) async fn update(
    db: &mut Db,
    id: PrescriptionId,
    version: i32,
    draft: &Draft,
) -> Result<bool, Error> {
    let clinic = db.clinic();
    let revision = sqlx::query_scalar!(
        "update polyclinic.prescriptions
         set diagnosis = $4, advice = $5, revision = revision + 1
         where clinic_id = $1 and prescription_id = $2 and version = $3 and status = 'draft'
         returning revision",
        clinic,
        id.0,
        version,
        draft.diagnosis,
        draft.advice
    )
    .fetch_optional(db.sql()?)
    .await?;
    let Some(revision) = revision else { return Ok(false) };
    write_lines(db, id, draft.patient, revision, &draft.lines).await?;
    write_tests(db, id, draft.patient, revision, &draft.tests).await?;
    Ok(true)
}

async fn write_lines(
    db: &mut Db,
    id: PrescriptionId,
    patient: PatientId,
    revision: i32,
    lines: &[Line],
) -> Result<(), Error> {
    let clinic = db.clinic();
    for line in lines {
        sqlx::query!(
            "insert into polyclinic.prescription_lines
               (clinic_id, line_id, prescription_id, patient_id, revision, position, medicine_id, medicine, form,
                strength, dose, schedule, food, days, quantity, route, instructions)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
            clinic,
            Uuid::now_v7(),
            id.0,
            patient.0,
            revision,
            line.position,
            line.medicine_id.map(|id| id.0),
            line.medicine,
            line.form.as_str(),
            line.strength,
            line.dose,
            line.schedule.to_string(),
            line.food.as_str(),
            line.days,
            line.quantity,
            line.route,
            line.instructions
        )
        .execute(db.sql()?)
        .await?;
    }
    Ok(())
}

async fn write_tests(
    db: &mut Db,
    id: PrescriptionId,
    patient: PatientId,
    revision: i32,
    tests: &[TestOrder],
) -> Result<(), Error> {
    let clinic = db.clinic();
    for test in tests {
        sqlx::query!(
            "insert into polyclinic.prescription_tests
               (clinic_id, ordered_test_id, prescription_id, patient_id, revision, position, test_id, name, kind,
                instructions)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            clinic,
            Uuid::now_v7(),
            id.0,
            patient.0,
            revision,
            test.position,
            test.test_id.map(|id| id.0),
            test.name,
            test.kind.as_str(),
            test.instructions
        )
        .execute(db.sql()?)
        .await?;
    }
    Ok(())
}

/// Holds the prescription until the transaction ends: two who sign the same one take turns. Only who may
/// change it finds it.
pub(super) async fn lock(db: &mut Db, id: PrescriptionId) -> Result<Option<(Status, i32)>, Error> {
    let clinic = db.clinic();
    let row = sqlx::query!(
        r#"
        select p.status as "status: Status", p.version
        from polyclinic.prescriptions p
        where p.clinic_id = $1
          and p.prescription_id = $2
        for update
        "#,
        clinic,
        id.0
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row.map(|row| (row.status, row.version)))
}

pub(super) async fn sign(
    db: &mut Db,
    id: PrescriptionId,
    number: &str,
    acknowledged: Option<serde_json::Value>,
    kept: &Kept,
) -> Result<(), Error> {
    let (clinic, user, now) = (db.clinic(), db.user(), db.now());
    sqlx::query!(
        "update polyclinic.prescriptions
         set status = 'signed', number = $3, signed_at = $4, signed_by = $5, warnings_acknowledged = $6, sheet = $7
         where clinic_id = $1 and prescription_id = $2",
        clinic,
        id.0,
        number,
        now,
        user,
        acknowledged,
        Json(kept) as _
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

/// Voids a signed prescription. Answers whether it was one.
pub(super) async fn void(db: &mut Db, id: PrescriptionId, reason: &str) -> Result<bool, Error> {
    let (clinic, user, now): (_, _, DateTime<Utc>) = (db.clinic(), db.user(), db.now());
    let done = sqlx::query!(
        "update polyclinic.prescriptions
         set status = 'voided', voided_at = $3, voided_by = $4, void_reason = $5
         where clinic_id = $1 and prescription_id = $2 and status = 'signed'",
        clinic,
        id.0,
        now,
        user,
        reason
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Discards a draft. Answers whether it was one.
pub(super) async fn discard(db: &mut Db, id: PrescriptionId) -> Result<bool, Error> {
    let clinic = db.clinic();
    let done = sqlx::query!(
        "update polyclinic.prescriptions
         set status = 'discarded'
         where clinic_id = $1 and prescription_id = $2 and status = 'draft'",
        clinic,
        id.0
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}
