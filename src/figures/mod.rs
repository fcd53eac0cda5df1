//! The clinic in figures: who came, to whom, with what, and what waits for a decision. Counted when somebody
//! looks, from the rows of the period alone; a period is a year at most.

mod api;
mod nouns;
mod pages;
mod period;
mod store;

pub use nouns::{Counted, DayCount, Decisions, DoctorCount, Figures, Now, TestCount};
pub use period::Period;

use crate::error::Error;
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

/// The figures of a period, in three questions.
pub async fn summary(db: &mut Db, period: Period) -> Result<Figures, Error> {
    let (now, decisions) = store::now(db).await?;
    let mut figures = Figures::of(period, now, decisions);
    store::visits(db, &mut figures).await?;
    store::work(db, &mut figures).await?;
    Ok(figures)
}
