//! The figures as JSON.

use actix_web::{HttpRequest, HttpResponse, get};

use super::period::Asked;
use super::{Figures, Read};
use crate::error::Error;
use crate::tenant::Clinic;
use crate::web::{Fields, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(show);
}

/// The clinic in figures over a period of at most 366 days: visits by day and doctor, new patients, what was
/// diagnosed and ordered most, and what waits for a decision.
#[utoipa::path(tag = "figures",
    params(("slug" = String, Path, description = "The clinic"),
        ("days" = Option<i64>, Query, minimum = 1, maximum = 366, description = "So many days; 30 unless said otherwise"),
        ("from" = Option<String>, Query, format = Date, description = "The first day, instead of `days`"),
        ("to" = Option<String>, Query, format = Date, description = "The last day; today unless said otherwise")),
    responses((status = 200, body = Figures, description = "As of now"), Problems))]
#[get("/clinic/{slug}/api/v1/figures")]
async fn show(clinic: Clinic<Read>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let asked = Asked::parse(&mut fields);
    fields.finish()?;
    let figures = clinic
        .read(async |db| {
            let period = asked.until(db.today())?;
            super::summary(db, period).await
        })
        .await?;
    Ok(HttpResponse::Ok().json(figures))
}
