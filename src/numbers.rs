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

/// The numbers that come next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// Of a patient.
    pub patient: String,
    /// Of a prescription.
    pub prescription: String,
}

/// What comes next, without taking it.
pub async fn next_ones(db: &mut Db) -> Result<Next, Error> {
    let (clinic, number, year) = (db.clinic(), db.who().clinic_number, db.today().year());
    let last = sqlx::query!(
        r#"
        select coalesce(max(c.value) filter (where c.kind = 'patient'), 0) as "patient!",
               coalesce(max(c.value) filter (where c.kind = 'prescription'), 0) as "prescription!"
        from polyclinic.counters c
        where c.clinic_id = $1
          and c.kind = any (array['patient', 'prescription'])
          and c.period = $2
        "#,
        clinic,
        year.to_string()
    )
    .fetch_one(db.sql()?)
    .await?;
    Ok(Next {
        patient: format!("PT-{number}-{year}-{:05}", last.patient + 1),
        prescription: format!("RX-{number}-{year}-{:05}", last.prescription + 1),
    })
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
