//! All SQL of the report.

use chrono::NaiveDate;

use super::{Asked, Period};
use crate::error::Error;
use crate::tenant::Db;
use crate::visits::{VisitStatus, VisitType};

pub(super) async fn by_period(
    db: &mut Db,
    asked: &Asked,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<Period>, Error> {
    let clinic = db.clinic();
    let rows = sqlx::query_file!(
        "src/check_ins/by_period.sql",
        clinic,
        from,
        to,
        asked.practitioner.map(|p| p.0),
        asked.status.map(VisitStatus::as_str),
        asked.visit_type.map(VisitType::as_str),
        asked.by.as_str()
    )
    .fetch_all(db.sql()?)
    .await?;
    let periods = rows.into_iter().map(|row| Period {
        period: asked.by.named(row.first_day),
        first_day: row.first_day,
        check_ins: row.check_ins,
        completed: row.completed,
        cancelled: row.cancelled,
        no_show: row.no_show,
        open: row.open,
        emergencies: row.emergencies,
        called: row.called,
        waited_minutes: row.waited_minutes,
    });
    Ok(periods.collect())
}
