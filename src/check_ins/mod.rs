//! Who came: check-ins counted by day, month or year.

mod api;
mod csv;
mod nouns;
mod pages;
mod store;

pub use nouns::{Asked, CountBy, Period, Report};

use crate::error::Error;
use crate::tenant::{Db, permission};
use crate::web::Routes;

permission!(
    /// Count visits: whoever may list them could count them by hand.
    Read = "visits:read"
);

/// Pages and API.
pub fn routes(config: &mut Routes) {
    pages::routes(config);
    api::routes(config);
}

/// The check-ins that were asked for, the newest period first.
pub async fn report(db: &mut Db, asked: &Asked) -> Result<Report, Error> {
    let (from, to) = asked.range(db.today())?;
    let periods = store::by_period(db, asked, from, to).await?;
    Ok(Report { by: asked.by, from, to, periods })
}
