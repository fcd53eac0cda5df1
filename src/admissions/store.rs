//! All SQL about recommendations.

use uuid::Uuid;

use super::{NewRecommendation, Query, Recommendation, RecommendationId, Standing, Urgency};
use crate::error::Error;
use crate::patients::PatientId;
use crate::practitioners::PractitionerId;
use crate::tenant::Db;
use crate::visits::{Visit, VisitId};

pub(super) async fn list(db: &mut Db, query: &Query) -> Result<Vec<Recommendation>, Error> {
    let clinic = db.clinic();
    let end = db.now() + chrono::Duration::days(36_500);
    let (at, id) = query.after.unwrap_or((end, RecommendationId(Uuid::max())));
    let rows = sqlx::query_file_as!(
        Recommendation,
        "src/admissions/list.sql",
        clinic,
        query.status.map(Standing::as_str),
        at.min(end),
        id.0,
        query.limit + 1
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows)
}

pub(super) async fn find(
    db: &mut Db,
    id: RecommendationId,
) -> Result<Option<Recommendation>, Error> {
    let clinic = db.clinic();
    let row = sqlx::query_file_as!(Recommendation, "src/admissions/find.sql", clinic, id.0)
        .fetch_optional(db.sql()?)
        .await?;
    Ok(row)
}

pub(super) async fn open_of(
    db: &mut Db,
    patient: PatientId,
) -> Result<Option<Recommendation>, Error> {
    let clinic = db.clinic();
    let row = sqlx::query_file_as!(Recommendation, "src/admissions/open.sql", clinic, patient.0)
        .fetch_optional(db.sql()?)
        .await?;
    Ok(row)
}

pub(super) async fn insert(
    db: &mut Db,
    id: RecommendationId,
    visit: &Visit,
    own: PractitionerId,
    new: &NewRecommendation,
) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "insert into polyclinic.admission_recommendations
           (clinic_id, recommendation_id, patient_id, visit_id, practitioner_id, reason, urgency)
         values ($1, $2, $3, $4, $5, $6, $7)",
        clinic,
        id.0,
        visit.patient_id.0,
        visit.visit_id.0,
        own.0,
        new.reason,
        new.urgency.as_str()
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn withdraw(
    db: &mut Db,
    id: RecommendationId,
    version: i32,
    reason: &str,
) -> Result<bool, Error> {
    let (clinic, user, now) = (db.clinic(), db.user(), db.now());
    let done = sqlx::query!(
        "update polyclinic.admission_recommendations
         set status = 'withdrawn', closed_at = $4, closed_by = $5, closed_reason = $6
         where clinic_id = $1 and recommendation_id = $2 and version = $3",
        clinic,
        id.0,
        version,
        now,
        user,
        reason
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}
