//! Whom an import registered, and setting them aside again.

use uuid::Uuid;

use crate::error::Error;
use crate::imports::{ImportId, Kept};
use crate::patients::PatientId;
use crate::tenant::Db;

pub(in crate::imports) async fn remember(
    db: &mut Db,
    id: ImportId,
    fresh: &[PatientId],
) -> Result<(), Error> {
    if fresh.is_empty() {
        return Ok(());
    }
    let clinic = db.clinic();
    let fresh: Vec<Uuid> = fresh.iter().map(|id| id.0).collect();
    sqlx::query!(
        "insert into polyclinic.import_patients (clinic_id, import_id, patient_id)
         select $1, $2, patient_id
         from unnest($3::uuid[]) as t (patient_id)",
        clinic,
        id.0,
        &fresh
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

/// The next of those whom an import registered.
pub(in crate::imports) async fn registered(
    db: &mut Db,
    id: ImportId,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Uuid>, Error> {
    let clinic = db.clinic();
    let ids = sqlx::query_scalar!(
        "select r.patient_id
         from polyclinic.import_patients r
         where r.clinic_id = $1 and r.import_id = $2 and r.patient_id > $3
         order by r.patient_id
         limit $4",
        clinic,
        id.0,
        after,
        limit
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(ids)
}

/// Sets those of them aside whose record nobody has touched: neither corrected nor used for a visit, vitals, a
/// prescription, a document or a login. Answers how many.
pub(in crate::imports) async fn set_aside(db: &mut Db, ids: &[Uuid]) -> Result<i32, Error> {
    let clinic = db.clinic();
    let done = sqlx::query!(
        "update polyclinic.patients p
         set status = 'archived'
         where p.clinic_id = $1
           and p.patient_id = any ($2)
           and p.version = 1
           and p.status = 'registered'
           and not exists (select from polyclinic.visits v where v.clinic_id = $1 and v.patient_id = p.patient_id)
           and not exists (select from polyclinic.vitals m where m.clinic_id = $1 and m.patient_id = p.patient_id)
           and not exists (select from polyclinic.prescriptions r where r.clinic_id = $1 and r.patient_id = p.patient_id)
           and not exists (select from polyclinic.documents d where d.clinic_id = $1 and d.patient_id = p.patient_id)
           and not exists (select from polyclinic.users u where u.clinic_id = $1 and u.patient_id = p.patient_id)",
        clinic,
        ids
    )
    .execute(db.sql()?)
    .await?;
    Ok(i32::try_from(done.rows_affected()).unwrap_or(i32::MAX))
}

pub(in crate::imports) async fn mark(db: &mut Db, id: ImportId, more: i32) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "update polyclinic.imports
         set undone_at = coalesce(undone_at, now()), undone = undone + $3
         where clinic_id = $1 and import_id = $2",
        clinic,
        id.0,
        more
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

/// Those who were registered by it and whose record was not set aside.
pub(in crate::imports) async fn kept(
    db: &mut Db,
    id: ImportId,
    limit: i64,
) -> Result<Vec<Kept>, Error> {
    let clinic = db.clinic();
    let rows = sqlx::query_as!(
        Kept,
        r#"
        select p.patient_id as "patient_id: PatientId", p.number, p.given_name, p.family_name
        from polyclinic.import_patients r
        join polyclinic.patients p on p.clinic_id = r.clinic_id and p.patient_id = r.patient_id
        where r.clinic_id = $1
          and r.import_id = $2
          and p.status <> 'archived'
        order by r.patient_id
        limit $3
        "#,
        clinic,
        id.0,
        limit
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows)
}
