//! The cohort as JSON.

use actix_web::{HttpResponse, get};

use super::{Cohort, Read};
use crate::error::Error;
use crate::tenant::Clinic;
use crate::web::{Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(show);
}

/// Figures over all patients with a risk profile.
#[utoipa::path(tag = "cohort",
    params(("slug" = String, Path, description = "The clinic")),
    responses((status = 200, body = Cohort, description = "As of now"), Problems))]
#[get("/clinic/{slug}/api/v1/cohort")]
async fn show(clinic: Clinic<Read>) -> Result<HttpResponse, Error> {
    let cohort = clinic.read(super::summary).await?;
    Ok(HttpResponse::Ok().json(cohort))
}
