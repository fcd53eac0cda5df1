//! All SQL of the chart.

use chrono::Duration;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Entry, Fact, Query};
use crate::error::Error;
use crate::patients::PatientId;
use crate::tenant::Db;

/// One page of what is known of a patient. The policies of each table decide what this reader sees.
pub(super) async fn timeline(
    db: &mut Db,
    id: PatientId,
    query: &Query,
) -> Result<Vec<Entry>, Error> {
    let clinic = db.clinic();
    let (at, after) = query.after.unwrap_or((db.now() + Duration::days(36_500), Uuid::max()));
    let rows = sqlx::query_file!(
        "src/chart/timeline.sql",
        clinic,
        id.0,
        query.kind.map(super::Kind::as_str),
        at,
        after,
        query.limit + 1,
        query.staff,
        query.changes,
        at.min(db.now() + Duration::days(1))
    )
    .fetch_all(db.sql()?)
    .await?;
    let entries = rows.into_iter().map(|r| Entry { at: r.at, id: r.id, by: r.by, fact: r.fact.0 });
    Ok(entries.collect())
}
