//! Recommending that somebody be admitted: by a doctor at a visit, with why and how urgently.

mod api;
mod nouns;
mod pages;
mod store;

use chrono::{DateTime, Utc};
pub use nouns::{NewRecommendation, Recommendation, RecommendationId, Standing, Urgency};

use crate::error::Error;
use crate::patients::{self, PatientId};
use crate::practitioners;
use crate::tenant::{Db, permission};
use crate::visits::{self, VisitId, VisitStatus};
use crate::web::Routes;

permission!(
    /// See recommendations; a patient's login sees the own ones.
    Read = "visits:read", "self:read"
);
permission!(
    /// See all of them.
    List = "visits:read"
);
permission!(
    /// Recommend, and withdraw it.
    Write = "notes:write"
);

/// Pages and API.
pub fn routes(config: &mut Routes) {
    pages::routes(config);
    api::routes(config);
}

/// Which recommendations, the newest first.
#[derive(Debug, Default)]
pub struct Query {
    /// Only where they stand so.
    pub status: Option<Standing>,
    /// Rows to return; one more is read to know whether there are more.
    pub limit: i64,
    /// Time and id of the last row of the page before.
    pub after: Option<(DateTime<Utc>, RecommendationId)>,
}

/// A page of the list.
pub async fn list(db: &mut Db, query: &Query) -> Result<Vec<Recommendation>, Error> {
    store::list(db, query).await
}

/// The recommendation, or 404.
pub async fn present(db: &mut Db, id: RecommendationId) -> Result<Recommendation, Error> {
    store::find(db, id).await?.ok_or(Error::NotFound)
}

/// The one that stands open for a patient, if there is one.
pub async fn open_of(db: &mut Db, patient: PatientId) -> Result<Option<Recommendation>, Error> {
    store::open_of(db, patient).await
}

/// Recommends that the patient of a visit be admitted. One stands open at a time (409
/// `already_recommended`).
pub async fn recommend(
    db: &mut Db,
    visit: VisitId,
    new: &NewRecommendation,
) -> Result<Recommendation, Error> {
    let visit = visits::present(db, visit).await?;
    let own = practitioners::own(db).await?;
    if matches!(visit.status, VisitStatus::Cancelled | VisitStatus::NoShow) {
        return Err(Error::conflict("visit_closed"));
    }
    patients::active(db, visit.patient_id).await?;
    let id = RecommendationId::fresh();
    store::insert(db, id, &visit, own.practitioner_id, new).await?;
    present(db, id).await
}

/// Withdraws a recommendation that stands open, if the caller read this version (else 412). It stays on
/// record with the reason.
pub async fn withdraw(
    db: &mut Db,
    id: RecommendationId,
    version: i32,
    reason: &str,
) -> Result<Recommendation, Error> {
    let found = present(db, id).await?;
    if found.status != Standing::Open {
        return Err(Error::conflict("recommendation_closed"));
    }
    if found.version != version || !store::withdraw(db, id, version, reason).await? {
        return Err(Error::Stale);
    }
    present(db, id).await
}
