//! All SQL about links.

use chrono::{DateTime, Utc};

use super::nouns::{Share, ShareId, ShareStanding};
use crate::app::App;
use crate::db::{Mode, Tx};
use crate::error::Error;
use crate::patients::PatientId;
use crate::prescriptions::{Prescription, PrescriptionId};
use crate::tenant::Db;

/// The newest links of a prescription, as many as a page shows.
pub(super) async fn of(db: &mut Db, id: PrescriptionId) -> Result<Vec<Share>, Error> {
    let (clinic, now) = (db.clinic(), db.now());
    let rows = sqlx::query_as!(
        Share,
        r#"
        select s.share_id as "share_id: ShareId", s.prescription_id as "prescription_id: PrescriptionId",
               s.patient_id as "patient_id: PatientId", s.created_by_name,
               case when s.revoked_at is not null then 'revoked'
                    when s.wrong_tries >= 5 then 'locked'
                    when s.expires_at <= $3 then 'expired'
                    else 'live' end as "standing!: ShareStanding",
               s.expires_at, s.revoked_at, s.wrong_tries, s.opened, s.opened_at, s.version, s.created_at, s.updated_at
        from polyclinic.shares s
        where s.clinic_id = $1
          and s.prescription_id = $2
        order by s.created_at desc
        limit 20
        "#,
        clinic,
        id.0,
        now
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows)
}

pub(super) async fn find(db: &mut Db, id: ShareId) -> Result<Option<Share>, Error> {
    let (clinic, now) = (db.clinic(), db.now());
    let row = sqlx::query_as!(
        Share,
        r#"
        select s.share_id as "share_id: ShareId", s.prescription_id as "prescription_id: PrescriptionId",
               s.patient_id as "patient_id: PatientId", s.created_by_name,
               case when s.revoked_at is not null then 'revoked'
                    when s.wrong_tries >= 5 then 'locked'
                    when s.expires_at <= $3 then 'expired'
                    else 'live' end as "standing!: ShareStanding",
               s.expires_at, s.revoked_at, s.wrong_tries, s.opened, s.opened_at, s.version, s.created_at, s.updated_at
        from polyclinic.shares s
        where s.clinic_id = $1
          and s.share_id = $2
        "#,
        clinic,
        id.0,
        now
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row)
}

pub(super) async fn living(db: &mut Db, id: PrescriptionId) -> Result<i64, Error> {
    let (clinic, now) = (db.clinic(), db.now());
    let count = sqlx::query_scalar!(
        r#"
        select count(*) as "count!"
        from polyclinic.shares s
        where s.clinic_id = $1
          and s.prescription_id = $2
          and s.revoked_at is null
          and s.wrong_tries < 5
          and s.expires_at > $3
        "#,
        clinic,
        id.0,
        now
    )
    .fetch_one(db.sql()?)
    .await?;
    Ok(count)
}

pub(super) async fn insert(
    db: &mut Db,
    id: ShareId,
    of: &Prescription,
    token_sha256: &[u8],
    until: DateTime<Utc>,
) -> Result<(), Error> {
    let (clinic, user, name) = (db.clinic(), db.user(), db.who().user_name.clone());
    sqlx::query!(
        "insert into polyclinic.shares
           (clinic_id, share_id, prescription_id, patient_id, token_sha256, created_by, created_by_name, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        clinic,
        id.0,
        of.prescription_id.0,
        of.patient_id.0,
        token_sha256,
        user,
        name,
        until
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn revoke(db: &mut Db, id: ShareId) -> Result<(), Error> {
    let (clinic, now) = (db.clinic(), db.now());
    sqlx::query!(
        "update polyclinic.shares
         set revoked_at = $3
         where clinic_id = $1 and share_id = $2 and revoked_at is null",
        clinic,
        id.0,
        now
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

/// Whether a link is good, asked by somebody who is nowhere inside.
pub(super) async fn lives(app: &App, slug: &str, token_sha256: &[u8]) -> Result<bool, Error> {
    let mut tx = Tx::begin(&app.pools.auth, Mode::Read).await?;
    let lives =
        sqlx::query_scalar!(r#"select gate.share_lives($1, $2) as "lives!""#, slug, token_sha256)
            .fetch_one(tx.connection()?)
            .await?;
    tx.commit().await?;
    Ok(lives)
}
