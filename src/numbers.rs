//! Numbers that people read: without gap or duplicate, one sequence a clinic, kind and period, taken in
//! the transaction that uses them. Whoever rolls back gives the number back.

use chrono::Datelike;

use crate::error::Error;
use crate::tenant::Db;

/// `PT-<clinic number>-<year>-<seq>` for the next patient of the clinic's year.
pub async fn patient(db: &mut Db) -> Result<String, Error> {
    yearly(db, "patient", "PT").await
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
    let clinic = db.clinic();
    let value = sqlx::query_scalar!(
        "insert into polyclinic.counters as c (clinic_id, kind, period, value)
         values ($1, $2, $3, 1)
         on conflict (clinic_id, kind, period) do update set value = c.value + 1
         returning value",
        clinic,
        kind,
        period
    )
    .fetch_one(db.sql()?)
    .await?;
    Ok(value)
}
