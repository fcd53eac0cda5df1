//! All SQL about the clinic itself.

use sqlx::types::Json;

use super::{Clinic, Glass, Hours, Logo, LogoType, Profile};
use crate::error::Error;
use crate::tenant::Db;

pub(super) async fn find(db: &mut Db) -> Result<Option<Clinic>, Error> {
    let (clinic, clinic_number) = (db.clinic(), db.who().clinic_number);
    let row = sqlx::query!(
        r#"
        select c.name, c.registration_number, c.address, c.city, c.state, c.postcode, c.phone, c.email, c.website,
               c.zone, c.currency, c.locale, c.chemist_name, c.chemist_address, c.chemist_phone,
               c.hours as "hours: Json<Hours>", c.logo_type as "logo_type: LogoType", c.version, c.created_at, c.updated_at
        from polyclinic.clinics c
        where c.clinic_id = $1
        "#,
        clinic
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row.map(|c| Clinic {
        clinic_number,
        profile: Profile {
            name: c.name,
            registration_number: c.registration_number,
            address: c.address,
            city: c.city,
            state: c.state,
            postcode: c.postcode,
            phone: c.phone,
            email: c.email,
            website: c.website,
            zone: c.zone,
            currency: c.currency,
            locale: c.locale,
            chemist_name: c.chemist_name,
            chemist_address: c.chemist_address,
            chemist_phone: c.chemist_phone,
            hours: c.hours.0,
        },
        logo_type: c.logo_type,
        version: c.version,
        created_at: c.created_at,
        updated_at: c.updated_at,
    }))
}

/// Whether the database knows the zone too: it makes the clinic's day of it. Its list is long to read, so a
/// zone that stands already is not looked up.
pub(super) async fn knows_zone(db: &mut Db, zone: &str) -> Result<bool, Error> {
    if db.who().zone.name() == zone {
        return Ok(true);
    }
    let known = sqlx::query_scalar!(
        r#"select exists (select from pg_catalog.pg_timezone_names z where z.name = $1) as "known!""#,
        zone
    )
    .fetch_one(db.sql()?)
    .await?;
    Ok(known)
}

pub(super) async fn update(db: &mut Db, version: i32, profile: &Profile) -> Result<bool, Error> {
    let clinic = db.clinic();
    let hours = serde_json::to_value(&profile.hours).map_err(|e| Error::Internal(e.to_string()))?;
    let done = sqlx::query!(
        "update polyclinic.clinics
         set name = $3, registration_number = $4, address = $5, city = $6, state = $7, postcode = $8, phone = $9,
             email = $10, website = $11, zone = $12, currency = $13, locale = $14, chemist_name = $15,
             chemist_address = $16, chemist_phone = $17, hours = jsonb_strip_nulls($18)
         where clinic_id = $1 and version = $2",
        clinic,
        version,
        profile.name,
        profile.registration_number,
        profile.address,
        profile.city,
        profile.state,
        profile.postcode,
        profile.phone,
        profile.email,
        profile.website,
        profile.zone,
        profile.currency,
        profile.locale,
        profile.chemist_name,
        profile.chemist_address,
        profile.chemist_phone,
        hours
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn logo(db: &mut Db) -> Result<Option<Logo>, Error> {
    let clinic = db.clinic();
    let row = sqlx::query!(
        r#"
        select c.logo as "bytes!", c.logo_type as "kind!: LogoType"
        from polyclinic.clinics c
        where c.clinic_id = $1
          and c.logo is not null
          and c.logo_type is not null
        "#,
        clinic
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row.map(|row| Logo { kind: row.kind, bytes: row.bytes }))
}

pub(super) async fn set_logo(db: &mut Db, logo: Option<&Logo>) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "update polyclinic.clinics
         set logo = $2, logo_type = $3
         where clinic_id = $1",
        clinic,
        logo.map(|logo| logo.bytes.as_slice()),
        logo.map(|logo| logo.kind.as_str())
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

/// The door answers for the clinic of this context alone.
pub(super) async fn glass_broken(db: &mut Db) -> Result<Vec<Glass>, Error> {
    let rows = sqlx::query_as!(
        Glass,
        r#"
        select operator as "operator!", reason as "reason!", opened_at as "opened_at!", expires_at as "expires_at!"
        from gate.glass_broken()
        "#
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows)
}
