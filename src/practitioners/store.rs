//! All SQL about practitioners that others ask for.

use super::{Practitioner, PractitionerId};
use crate::error::Error;
use crate::tenant::Db;

pub(super) async fn active(db: &mut Db) -> Result<Vec<Practitioner>, Error> {
    let clinic = db.clinic();
    let rows = sqlx::query_as!(
        Practitioner,
        r#"
        select p.practitioner_id as "practitioner_id: PractitionerId", p.user_id, p.name, p.specialization,
               p.qualification, p.licence_number
        from polyclinic.practitioners p
        where p.clinic_id = $1
          and p.status = 'active'
        order by p.name, p.practitioner_id
        limit 200
        "#,
        clinic
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows)
}

pub(super) async fn find(db: &mut Db, id: PractitionerId) -> Result<Option<Practitioner>, Error> {
    let clinic = db.clinic();
    let row = sqlx::query_as!(
        Practitioner,
        r#"
        select p.practitioner_id as "practitioner_id: PractitionerId", p.user_id, p.name, p.specialization,
               p.qualification, p.licence_number
        from polyclinic.practitioners p
        where p.clinic_id = $1
          and p.practitioner_id = $2
        "#,
        clinic,
        id.0
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row)
}

pub(super) async fn of_user(db: &mut Db) -> Result<Option<Practitioner>, Error> {
    let (clinic, user) = (db.clinic(), db.user());
    let row = sqlx::query_as!(
        Practitioner,
        r#"
        select p.practitioner_id as "practitioner_id: PractitionerId", p.user_id, p.name, p.specialization,
               p.qualification, p.licence_number
        from polyclinic.practitioners p
        where p.clinic_id = $1
          and p.user_id = $2
          and p.status = 'active'
        "#,
        clinic,
        user
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row)
}
