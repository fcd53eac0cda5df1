//! The SQL of the list.

use chrono::Duration;
use uuid::Uuid;

use super::{Query, Tracked};
use crate::error::Error;
use crate::patients::{Born, PatientId, PatientStatus, Sex, name_line};
use crate::practitioners::PractitionerId;
use crate::tenant::Db;
use crate::visits::VisitId;

pub(super) async fn list(db: &mut Db, query: &Query) -> Result<Vec<Tracked>, Error> {
    let (clinic, today) = (db.clinic(), db.today());
    // Who did not come for so many days was last seen before them; from then on the index is read.
    let end = if query.days > 0 {
        db.now() - Duration::days(i64::from(query.days))
    } else {
        db.now() + Duration::days(1)
    };
    let (at, id) = query.after.unwrap_or((end, VisitId(Uuid::max())));
    let rows = sqlx::query_file!(
        "src/tracking/list.sql",
        clinic,
        at.min(end),
        id.0,
        query.status.map(PatientStatus::as_str),
        query.practitioner.map(|p| p.0),
        query.limit + 1
    )
    .fetch_all(db.sql()?)
    .await?;
    let tracked = rows.into_iter().map(|row| Tracked {
        patient_id: row.patient_id,
        number: row.number,
        name: name_line(&row.given_name, row.family_name.as_deref()),
        born: Born {
            birth_date: row.birth_date,
            age_years: row.age_years,
            age_told_on: row.age_told_on,
        },
        sex: row.sex,
        status: row.status,
        version: row.version,
        visit_id: row.visit_id,
        arrived_at: row.arrived_at,
        days_since: (today - row.visit_day).num_days(),
        purpose: row.purpose,
        practitioner_id: row.practitioner_id,
        practitioner_name: row.practitioner_name,
        diagnosis: row.diagnosis,
        follow_up_on: row.follow_up_on,
    });
    Ok(tracked.collect())
}
