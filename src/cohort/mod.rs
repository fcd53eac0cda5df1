//! Figures over everybody who has a risk profile: how many, how old, how ill. A profile comes by import.

mod api;
mod nouns;
mod pages;
mod store;

use std::collections::HashSet;

pub use nouns::{Bucket, Cohort, Profile, Risk};

use crate::error::Error;
use crate::patients::PatientId;
use crate::tenant::{Db, permission};
use crate::web::Routes;

permission!(
    /// See figures over all patients.
    Read = "cohort:read"
);

/// Pages and API.
pub fn routes(config: &mut Routes) {
    pages::routes(config);
    api::routes(config);
}

/// The figures of this clinic, archived records left out.
pub async fn summary(db: &mut Db) -> Result<Cohort, Error> {
    let mut cohort = store::figures(db).await?;
    for (set, bucket) in store::distributions(db).await? {
        let list = match set.as_str() {
            "sex" => &mut cohort.sex,
            "age_group" => &mut cohort.age_groups,
            "risk" => &mut cohort.risk,
            "smoking_status" => &mut cohort.smoking_status,
            "work_type" => &mut cohort.work_type,
            _ => &mut cohort.residence_type,
        };
        list.push(bucket);
    }
    Ok(cohort)
}

/// Writes the profiles that differ from what is there. Says of whom one was written.
pub async fn record(db: &mut Db, profiles: &[Profile]) -> Result<HashSet<PatientId>, Error> {
    if profiles.is_empty() {
        return Ok(HashSet::new());
    }
    let written = store::record(db, profiles).await?;
    Ok(written.into_iter().collect())
}
