//! All SQL about ordered tests and their results.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    Measure, NewResult, News, OrderedTest, OrderedTestId, Query, Report, ResultFlag, StepTo,
    TestResult, TestStatus, Whole,
};
use crate::catalogue::{TestId, TestKind};
use crate::error::Error;
use crate::patients::PatientId;
use crate::prescriptions::PrescriptionId;
use crate::tenant::Db;

/// A row as it is read; whose it is, is asked of another.
struct Row {
    ordered_test_id: OrderedTestId,
    patient_id: PatientId,
    prescription_id: PrescriptionId,
    test_id: Option<TestId>,
    name: String,
    kind: TestKind,
    instructions: Option<String>,
    ordered_by: String,
    ordered_at: DateTime<Utc>,
    status: TestStatus,
    sampled_at: Option<DateTime<Utc>>,
    reason: Option<String>,
    revision: i32,
    resulted_at: Option<DateTime<Utc>>,
    flag: Option<ResultFlag>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

macro_rules! ordered {
    ($row:expr) => {
        OrderedTest {
            ordered_test_id: $row.ordered_test_id,
            patient_id: $row.patient_id,
            patient: None,
            prescription_id: $row.prescription_id,
            test_id: $row.test_id,
            name: $row.name,
            kind: $row.kind,
            instructions: $row.instructions,
            ordered_by: $row.ordered_by,
            ordered_at: $row.ordered_at,
            status: $row.status,
            sampled_at: $row.sampled_at,
            reason: $row.reason,
            revision: $row.revision,
            resulted_at: $row.resulted_at,
            flag: $row.flag,
            version: $row.version,
            created_at: $row.created_at,
            updated_at: $row.updated_at,
        }
    };
}

/// A page of the work list: of days from `day.0` up to `day.1`, where a day is asked for.
pub(super) async fn work(
    db: &mut Db,
    query: &Query,
    day: Option<(DateTime<Utc>, DateTime<Utc>)>,
) -> Result<Vec<OrderedTest>, Error> {
    let clinic = db.clinic();
    let (from, until) = (day.map(|day| day.0), day.map(|day| day.1));
    let (kind, status) = (query.kind.map(TestKind::as_str), query.status.as_str());
    let rows = if query.status.is_open() {
        let (at, id) = query.after.unwrap_or((DateTime::UNIX_EPOCH, OrderedTestId(Uuid::nil())));
        sqlx::query_file_as!(
            Row,
            "src/results/todo.sql",
            clinic,
            status,
            at,
            id.0,
            kind,
            from,
            until,
            query.limit + 1
        )
        .fetch_all(db.sql()?)
        .await?
    } else {
        let (at, id) = begin(db, query.after);
        sqlx::query_file_as!(
            Row,
            "src/results/past.sql",
            clinic,
            status,
            at,
            id.0,
            kind,
            from,
            until,
            query.limit + 1
        )
        .fetch_all(db.sql()?)
        .await?
    };
    Ok(rows.into_iter().map(|row| ordered!(row)).collect())
}

type Key = (DateTime<Utc>, OrderedTestId);

fn begin(db: &Db, after: Option<Key>) -> Key {
    let end = db.now() + chrono::Duration::days(36_500);
    let (at, id) = after.unwrap_or((end, OrderedTestId(Uuid::max())));
    (at.min(end), id)
}

/// Patients with a result that came since they did, or a critical one since `lately`.
pub(super) async fn news(
    db: &mut Db,
    here: &[(PatientId, DateTime<Utc>)],
    lately: DateTime<Utc>,
) -> Result<Vec<News>, Error> {
    let clinic = db.clinic();
    let (who, since): (Vec<Uuid>, Vec<_>) = here.iter().map(|(who, since)| (who.0, *since)).unzip();
    let news = sqlx::query_file_as!(News, "src/results/news.sql", clinic, &who, &since, lately)
        .fetch_all(db.sql()?)
        .await?;
    Ok(news)
}

pub(super) async fn of_patient(
    db: &mut Db,
    patient: PatientId,
    limit: i64,
    after: Option<Key>,
) -> Result<Vec<OrderedTest>, Error> {
    let clinic = db.clinic();
    let (at, id) = begin(db, after);
    let rows = sqlx::query_file_as!(
        Row,
        "src/results/of_patient.sql",
        clinic,
        patient.0,
        at,
        id.0,
        limit + 1
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows.into_iter().map(|row| ordered!(row)).collect())
}

pub(super) async fn whole(db: &mut Db, id: OrderedTestId) -> Result<Option<Whole>, Error> {
    let clinic = db.clinic();
    let row =
        sqlx::query_file!("src/results/whole.sql", clinic, id.0).fetch_optional(db.sql()?).await?;
    Ok(row.map(|row| Whole {
        results: row.results.0,
        reports: row.reports.0,
        measures: row.measures.map(|measures| measures.0).unwrap_or_default(),
        test: ordered!(row),
    }))
}

/// Where a test stands and which version that is, held until the end of the transaction.
pub(super) async fn lock(
    db: &mut Db,
    id: OrderedTestId,
) -> Result<Option<(TestStatus, i32, i32, PatientId)>, Error> {
    let clinic = db.clinic();
    let row = sqlx::query!(
        r#"
        select t.status as "status: TestStatus", t.version, t.revision, t.patient_id as "patient_id: PatientId"
        from polyclinic.ordered_tests t
        where t.clinic_id = $1
          and t.ordered_test_id = $2
        for update
        "#,
        clinic,
        id.0
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row.map(|t| (t.status, t.version, t.revision, t.patient_id)))
}

pub(super) async fn step(
    db: &mut Db,
    id: OrderedTestId,
    to: StepTo,
    reason: Option<&str>,
) -> Result<(), Error> {
    let (clinic, user) = (db.clinic(), db.user());
    sqlx::query!(
        "update polyclinic.ordered_tests
         set status = $3,
             sampled_at = case $3 when 'sampled' then now() when 'waiting' then null else sampled_at end,
             sampled_by = case $3 when 'sampled' then $4::uuid when 'waiting' then null else sampled_by end,
             reason = $5
         where clinic_id = $1 and ordered_test_id = $2",
        clinic,
        id.0,
        to.as_str(),
        user,
        reason
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn insert(
    db: &mut Db,
    id: OrderedTestId,
    patient: PatientId,
    revision: i32,
    new: &NewResult,
) -> Result<(), Error> {
    let (clinic, user) = (db.clinic(), db.user());
    sqlx::query!(
        "insert into polyclinic.test_results
           (clinic_id, ordered_test_id, revision, patient_id, finding, flag, reason, entered_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        clinic,
        id.0,
        revision,
        patient.0,
        new.finding,
        new.flag().map(ResultFlag::as_str),
        new.reason,
        user
    )
    .execute(db.sql()?)
    .await?;
    for (position, line) in (1..).zip(&new.values) {
        sqlx::query!(
            "insert into polyclinic.result_values
               (clinic_id, ordered_test_id, revision, position, patient_id, name, value, word, unit, low, high,
                critical_low, critical_high, flag)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            clinic,
            id.0,
            revision,
            position,
            patient.0,
            line.name,
            line.value,
            line.word,
            line.unit,
            line.limits.low,
            line.limits.high,
            line.limits.critical_low,
            line.limits.critical_high,
            line.flag().map(ResultFlag::as_str)
        )
        .execute(db.sql()?)
        .await?;
    }
    sqlx::query!(
        "update polyclinic.ordered_tests
         set status = 'resulted', revision = $3, resulted_at = now(), reason = null
         where clinic_id = $1 and ordered_test_id = $2",
        clinic,
        id.0,
        revision
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

/// Marks the result that counts as verified; false where the database lets this person not.
pub(super) async fn verify(db: &mut Db, id: OrderedTestId, revision: i32) -> Result<bool, Error> {
    let (clinic, user) = (db.clinic(), db.user());
    let done = sqlx::query!(
        "update polyclinic.test_results
         set verified_by = $4, verified_at = now()
         where clinic_id = $1 and ordered_test_id = $2 and revision = $3",
        clinic,
        id.0,
        revision,
        user
    )
    .execute(db.sql()?)
    .await?;
    if done.rows_affected() != 1 {
        return Ok(false);
    }
    sqlx::query!(
        "update polyclinic.ordered_tests
         set status = 'verified'
         where clinic_id = $1 and ordered_test_id = $2",
        clinic,
        id.0
    )
    .execute(db.sql()?)
    .await?;
    Ok(true)
}

/// What is measured in a test, and the version of that list; nothing where nobody said.
pub(super) async fn measures(
    db: &mut Db,
    test: TestId,
) -> Result<Option<(Vec<Measure>, i32)>, Error> {
    let clinic = db.clinic();
    let row = sqlx::query!(
        r#"
        select m.measures as "measures: Json<Vec<Measure>>", m.version
        from polyclinic.test_measures m
        where m.clinic_id = $1
          and m.test_id = $2
        "#,
        clinic,
        test.0
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row.map(|row| (row.measures.0, row.version)))
}

/// Writes the list, if it still stands as it was read; version 0 is that there was none.
pub(super) async fn set_measures(
    db: &mut Db,
    test: TestId,
    version: i32,
    measures: &[Measure],
) -> Result<bool, Error> {
    let clinic = db.clinic();
    let done = sqlx::query!(
        "insert into polyclinic.test_measures as m (clinic_id, test_id, measures)
         values ($1, $2, $3)
         on conflict (clinic_id, test_id) do update set measures = excluded.measures
         where m.version = $4",
        clinic,
        test.0,
        Json(measures) as _,
        version
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}
