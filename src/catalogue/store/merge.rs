//! Duplicates: taken out of use, pointing to what was kept.

use uuid::Uuid;

use crate::error::Error;
use crate::tenant::Db;

/// Whether the duplicate was still at this version. Those that pointed to it follow.
pub(in crate::catalogue) async fn point_medicine(
    db: &mut Db,
    duplicate: Uuid,
    version: i32,
    kept: Uuid,
) -> Result<bool, Error> {
    let clinic = db.clinic();
    let done = sqlx::query!(
        "update polyclinic.medicines
         set active = false, merged_into = $4
         where clinic_id = $1 and medicine_id = $2 and version = $3",
        clinic,
        duplicate,
        version,
        kept
    )
    .execute(db.sql()?)
    .await?;
    sqlx::query!(
        "update polyclinic.medicines
         set merged_into = $3
         where clinic_id = $1 and merged_into = $2",
        clinic,
        duplicate,
        kept
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether the duplicate was still at this version. Those that pointed to it follow.
pub(in crate::catalogue) async fn point_test(
    db: &mut Db,
    duplicate: Uuid,
    version: i32,
    kept: Uuid,
) -> Result<bool, Error> {
    let clinic = db.clinic();
    let done = sqlx::query!(
        "update polyclinic.tests
         set active = false, merged_into = $4
         where clinic_id = $1 and test_id = $2 and version = $3",
        clinic,
        duplicate,
        version,
        kept
    )
    .execute(db.sql()?)
    .await?;
    sqlx::query!(
        "update polyclinic.tests
         set merged_into = $3
         where clinic_id = $1 and merged_into = $2",
        clinic,
        duplicate,
        kept
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}
