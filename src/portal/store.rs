//! All SQL about patients' logins. They are made and closed by the doors alone.

use super::Login;
use crate::auth::links::{LIFE_SECONDS, Link};
use crate::error::Error;
use crate::patients::PatientId;
use crate::staff::{UserId, UserStatus};
use crate::tenant::Db;

pub(super) async fn login(db: &mut Db, patient: PatientId) -> Result<Option<Login>, Error> {
    let clinic = db.clinic();
    let row = sqlx::query!(
        r#"
        select u.user_id as "user_id: UserId", u.identifier, u.status as "status: UserStatus", u.version
        from polyclinic.users u
        where u.clinic_id = $1
          and u.patient_id = $2
        "#,
        clinic,
        patient.0
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row.map(|u| Login {
        user_id: u.user_id,
        patient_id: patient,
        identifier: u.identifier,
        status: u.status,
        version: u.version,
    }))
}

pub(super) async fn open(
    db: &mut Db,
    patient: PatientId,
    identifier: &str,
    name: &str,
    link: &Link,
) -> Result<bool, Error> {
    let name: String = name.chars().take(150).collect();
    let user = sqlx::query_scalar!(
        "select gate.open_patient_login($1, $2, $3, $4, $5, $6, $7)",
        patient.0,
        UserId::fresh().0,
        uuid::Uuid::now_v7(),
        identifier,
        name,
        link.sha256,
        LIFE_SECONDS
    )
    .fetch_one(db.sql()?)
    .await?;
    Ok(user.is_some())
}

pub(super) async fn close(db: &mut Db, patient: PatientId) -> Result<bool, Error> {
    let closed = sqlx::query_scalar!("select gate.close_patient_login($1)", patient.0)
        .fetch_one(db.sql()?)
        .await?;
    Ok(closed.unwrap_or(false))
}
