//! What is typed and not saved.

use sqlx::types::Json;
use uuid::Uuid;

use crate::error::Error;
use crate::patients::PatientId;
use crate::prescriptions::unsaved::{NewUnsaved, Typed, Unsaved};
use crate::tenant::Db;

/// The own text at a place.
pub(in crate::prescriptions) async fn find_unsaved(
    db: &mut Db,
    about: Uuid,
) -> Result<Option<Unsaved>, Error> {
    let (clinic, user) = (db.clinic(), db.user());
    let row = sqlx::query!(
        r#"
        select u.about_id, u.patient_id as "patient_id: PatientId", u.typed as "typed: Json<Typed>",
               u.prescription_version, u.version, u.created_at, u.updated_at
        from polyclinic.unsaved_prescriptions u
        where u.clinic_id = $1
          and u.user_id = $2
          and u.about_id = $3
        "#,
        clinic,
        user,
        about
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row.map(|u| Unsaved {
        about_id: u.about_id,
        patient_id: u.patient_id,
        typed: u.typed.0,
        prescription_version: u.prescription_version,
        version: u.version,
        created_at: u.created_at,
        updated_at: u.updated_at,
    }))
}

/// Whether the place is this patient's: a visit, the patient, or a draft of the own.
pub(in crate::prescriptions) async fn is_of(
    db: &mut Db,
    about: Uuid,
    patient: PatientId,
) -> Result<bool, Error> {
    let clinic = db.clinic();
    let is = sqlx::query_scalar!(
        r#"
        select $2::uuid = $3::uuid
            or exists (select from polyclinic.visits v
                       where v.clinic_id = $1 and v.visit_id = $2 and v.patient_id = $3)
            or exists (select from polyclinic.prescriptions p
                       where p.clinic_id = $1 and p.prescription_id = $2 and p.patient_id = $3) as "is!"
        "#,
        clinic,
        about,
        patient.0
    )
    .fetch_one(db.sql()?)
    .await?;
    Ok(is)
}

/// Keeps a first text. Answers whether there was none.
pub(in crate::prescriptions) async fn insert_unsaved(
    db: &mut Db,
    about: Uuid,
    new: &NewUnsaved,
) -> Result<bool, Error> {
    let clinic = db.clinic();
    let done = sqlx::query!(
        "insert into polyclinic.unsaved_prescriptions (clinic_id, unsaved_id, about_id, patient_id, typed, prescription_version)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (clinic_id, user_id, about_id) do nothing",
        clinic,
        Uuid::now_v7(),
        about,
        new.patient_id.0,
        Json(&new.typed) as _,
        new.prescription_version
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Replaces a text of the same patient that still has this version.
pub(in crate::prescriptions) async fn update_unsaved(
    db: &mut Db,
    about: Uuid,
    version: i32,
    new: &NewUnsaved,
) -> Result<bool, Error> {
    let (clinic, user) = (db.clinic(), db.user());
    let done = sqlx::query!(
        "update polyclinic.unsaved_prescriptions
         set typed = $6, prescription_version = $7
         where clinic_id = $1 and user_id = $2 and about_id = $3 and version = $4 and patient_id = $5",
        clinic,
        user,
        about,
        version,
        new.patient_id.0,
        Json(&new.typed) as _,
        new.prescription_version
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Empties the text. An empty one is left where there was none, for a window that is late to keep its first.
pub(in crate::prescriptions) async fn forget_unsaved(
    db: &mut Db,
    about: Uuid,
    patient: PatientId,
) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "insert into polyclinic.unsaved_prescriptions as u (clinic_id, unsaved_id, about_id, patient_id, typed)
         values ($1, $2, $3, $4, '{}')
         on conflict (clinic_id, user_id, about_id) do update
         set typed = '{}', prescription_version = null
         where u.clinic_id = $1",
        clinic,
        Uuid::now_v7(),
        about,
        patient.0
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}
