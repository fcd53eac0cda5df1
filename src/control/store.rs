//! All SQL of the control plane.

use uuid::Uuid;

use super::{ClinicStatus, ControlDb, Entry, NewClinic, Query, SuperAdmin};
use crate::auth::links::{LIFE_SECONDS, Link};
use crate::error::Error;
use crate::staff::{Invitation, Practice};
use crate::tenant::Slug;

pub(super) async fn session(
    db: &mut ControlDb,
    secret: &[u8],
) -> Result<Option<SuperAdmin>, Error> {
    let row = sqlx::query!("select super_admin_id, name from gate.platform_session($1)", secret)
        .fetch_one(db.sql()?)
        .await?;
    let who = row.super_admin_id.zip(row.name);
    Ok(who.map(|(super_admin_id, name)| SuperAdmin { super_admin_id, name }))
}

pub(super) async fn clinics(db: &mut ControlDb, query: &Query) -> Result<Vec<Entry>, Error> {
    let rows = sqlx::query_as!(
        Entry,
        r#"
        select d.clinic_number, d.slug, d.name, d.status as "status: ClinicStatus", d.zone, d.currency, d.locale,
               d.created_at
        from platform.directory d
        where d.clinic_number > $1
        order by d.clinic_number
        limit $2
        "#,
        query.after,
        query.limit + 1
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows)
}

pub(super) async fn find(db: &mut ControlDb, slug: &Slug) -> Result<Option<Entry>, Error> {
    let row = sqlx::query_as!(
        Entry,
        r#"
        select d.clinic_number, d.slug, d.name, d.status as "status: ClinicStatus", d.zone, d.currency, d.locale,
               d.created_at
        from platform.directory d
        where d.slug = $1
        "#,
        slug.as_str()
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row)
}

pub(super) async fn set_status(
    db: &mut ControlDb,
    slug: &Slug,
    status: ClinicStatus,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update platform.directory
         set status = $2
         where slug = $1
           and status in ('active', 'trial', 'suspended')",
        slug.as_str(),
        status.as_str()
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn create_clinic(db: &mut ControlDb, new: &NewClinic) -> Result<(), Error> {
    sqlx::query!(
        "select gate.create_clinic($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.slug,
        new.name,
        new.zone,
        new.currency,
        new.locale,
        new.registration_number,
        new.address,
        new.city,
        new.phone,
        new.email
    )
    .fetch_one(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn create_user(
    db: &mut ControlDb,
    slug: &Slug,
    user: Uuid,
    new: &Invitation,
    link: &Link,
) -> Result<(), Error> {
    sqlx::query!(
        "select gate.create_user($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        slug.as_str(),
        user,
        Uuid::now_v7(),
        new.named.role.as_str(),
        new.named.identifier,
        new.named.email,
        new.named.name,
        link.sha256,
        LIFE_SECONDS
    )
    .fetch_one(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn create_practitioner(
    db: &mut ControlDb,
    slug: &Slug,
    user: Uuid,
    practice: &Practice,
) -> Result<(), Error> {
    sqlx::query!(
        "select gate.create_practitioner($1, $2, $3, $4, $5, $6)",
        slug.as_str(),
        Uuid::now_v7(),
        user,
        practice.specialization,
        practice.qualification,
        practice.licence_number
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn create_super_admin(
    db: &mut ControlDb,
    email: &str,
    name: &str,
    link: &Link,
) -> Result<(), Error> {
    sqlx::query!(
        "select gate.create_super_admin($1, $2, $3, $4, $5, $6)",
        Uuid::now_v7(),
        Uuid::now_v7(),
        email,
        name,
        link.sha256,
        LIFE_SECONDS
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}
