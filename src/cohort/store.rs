//! All SQL about risk profiles.

use super::{Bucket, Cohort, Profile};
use crate::error::Error;
use crate::patients::PatientId;
use crate::tenant::Db;

pub(super) async fn figures(db: &mut Db) -> Result<Cohort, Error> {
    let clinic = db.clinic();
    let row = sqlx::query_file!("src/cohort/figures.sql", clinic).fetch_one(db.sql()?).await?;
    Ok(Cohort {
        total: row.total,
        stroke: row.stroke,
        high_risk: row.high_risk,
        mean_age: row.mean_age,
        mean_bmi: row.mean_bmi,
        bmi_known: row.bmi_known,
        sex: Vec::new(),
        age_groups: Vec::new(),
        risk: Vec::new(),
        smoking_status: Vec::new(),
        work_type: Vec::new(),
        residence_type: Vec::new(),
    })
}

/// Every bucket with the name of its set.
pub(super) async fn distributions(db: &mut Db) -> Result<Vec<(String, Bucket)>, Error> {
    let clinic = db.clinic();
    let rows =
        sqlx::query_file!("src/cohort/distributions.sql", clinic).fetch_all(db.sql()?).await?;
    let bucket = |value, count, stroke| Bucket { value, count, stroke };
    Ok(rows.into_iter().map(|r| (r.kind, bucket(r.value, r.count, r.stroke))).collect())
}

/// Writes what is new or differs; the patients of whom something was written.
pub(super) async fn record(db: &mut Db, profiles: &[Profile]) -> Result<Vec<PatientId>, Error> {
    let clinic = db.clinic();
    let profiles = serde_json::to_value(profiles).map_err(|e| Error::Internal(e.to_string()))?;
    let rows =
        sqlx::query_file!("src/cohort/record.sql", clinic, profiles).fetch_all(db.sql()?).await?;
    Ok(rows.into_iter().map(|r| r.patient_id).collect())
}
