//! All SQL about paper.

use chrono::NaiveDate;
use uuid::Uuid;

use super::layout::{Format, Layout, ShownLayout};
use crate::app::App;
use crate::db::{Mode, Tx};
use crate::error::Error;
use crate::tenant::Db;

pub(super) async fn layout(db: &mut Db) -> Result<Option<ShownLayout>, Error> {
    let clinic = db.clinic();
    let row = sqlx::query!(
        r#"
        select c.paper as "paper: Format", c.letterhead, c.margin_top_mm, c.margin_right_mm, c.margin_bottom_mm,
               c.margin_left_mm, c.version
        from polyclinic.clinics c
        where c.clinic_id = $1
        "#,
        clinic
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row.map(|c| ShownLayout {
        layout: Layout {
            paper: c.paper,
            letterhead: c.letterhead,
            margin_top_mm: c.margin_top_mm,
            margin_right_mm: c.margin_right_mm,
            margin_bottom_mm: c.margin_bottom_mm,
            margin_left_mm: c.margin_left_mm,
        },
        version: c.version,
    }))
}

pub(super) async fn set_layout(db: &mut Db, version: i32, new: &Layout) -> Result<bool, Error> {
    let clinic = db.clinic();
    let done = sqlx::query!(
        "update polyclinic.clinics
         set paper = $3, letterhead = $4, margin_top_mm = $5, margin_right_mm = $6, margin_bottom_mm = $7,
             margin_left_mm = $8
         where clinic_id = $1 and version = $2",
        clinic,
        version,
        new.paper.as_str(),
        new.letterhead,
        new.margin_top_mm,
        new.margin_right_mm,
        new.margin_bottom_mm,
        new.margin_left_mm
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What anybody who holds a sheet may know.
pub(super) struct Standing {
    /// Whose sheet it is.
    pub clinic: String,
    /// The language of the clinic.
    pub locale: String,
    /// The day it was signed, in the clinic's zone.
    pub signed_on: NaiveDate,
    /// `issued`, `replaced` or `voided`.
    pub word: String,
}

/// Asks the door about a code. There is no clinic to be inside of: the answer is all there is.
pub(super) async fn standing(
    app: &App,
    number: i32,
    code: Uuid,
) -> Result<Option<Standing>, Error> {
    let mut tx = Tx::begin(&app.pools.auth, Mode::Read).await?;
    let row = sqlx::query!(
        "select clinic_name, locale, signed_on, standing from gate.sheet($1, $2)",
        number,
        code
    )
    .fetch_one(tx.connection()?)
    .await?;
    tx.commit().await?;
    let all = row.clinic_name.zip(row.locale).zip(row.signed_on.zip(row.standing));
    Ok(all.map(|((clinic, locale), (signed_on, word))| Standing {
        clinic,
        locale,
        signed_on,
        word,
    }))
}
