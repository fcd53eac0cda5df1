//! Numbers that people read: without gap or duplicate, one sequence a clinic, kind and period, taken in
//! the transaction that uses them. Whoever rolls back gives the number back.

use chrono::Datelike;

use crate::error::Error;
use crate::tenant::Db;

/// `PT-<clinic number>-<year>-<seq>` for the next patient of the clinic's year.
pub async fn patient(db: &mut Db) -> Result<String, Error> {
    yearly(db, "patient", "PT").await
}

/// The numbers of the next `count` patients, taken in one block.
pub async fn patients_block(db: &mut Db, count: usize) -> Result<Vec<String>, Error> {
    let Some(size) = i32::try_from(count).ok().filter(|size| *size > 0) else {
        return Ok(Vec::new());
    };
    let (number, year) = (db.who().clinic_number, db.today().year());
    let last = take(db, "patient", &year.to_string(), size).await?;
    Ok((last - size + 1..=last).map(|value| format!("PT-{number}-{year}-{value:05}")).collect())
}

/// `RX-<clinic number>-<year>-<seq>` for the next signed prescription.
pub async fn prescription(db: &mut Db) -> Result<String, Error> {
    yearly(db, "prescription", "RX").await
}

/// The next token of the clinic's day.
pub async fn token(db: &mut Db) -> Result<i32, Error> {
    let day = db.today().to_string();
    next(db, "token", &day).await
}

async fn yearly(db: &mut Db, kind: &str, prefix: &str) -> Result<String, Error> {
    let year = db.today().year();
    let value = next(db, kind, &year.to_string()).await?;
    Ok(format!("{prefix}-{}-{year}-{value:05}", db.who().clinic_number))
}

async fn next(db: &mut Db, kind: &str, period: &str) -> Result<i32, Error> {
    take(db, kind, period, 1).await
}

/// Moves the counter on by `size`; the last number of the block.
async fn take(db: &mut Db, kind: &str, period: &str, size: i32) -> Result<i32, Error> {
    let clinic = db.clinic();
    let value = sqlx::query_scalar!(
        "insert into polyclinic.counters as c (clinic_id, kind, period, value)
         values ($1, $2, $3, $4)
         on conflict (clinic_id, kind, period) do update set value = c.value + excluded.value
         returning value",
        clinic,
        kind,
        period,
        size
    )
    .fetch_one(db.sql()?)
    .await?;
    Ok(value)
}
