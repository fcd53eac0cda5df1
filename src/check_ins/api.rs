//! The report as JSON and as CSV.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get};

use super::{Asked, CountBy, Read, Report};
use crate::error::Error;
use crate::practitioners::PractitionerId;
use crate::tenant::Clinic;
use crate::visits::{VisitStatus, VisitType};
use crate::web::{Fields, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(count).service(file);
}

/// Count check-ins.
///
/// By day, month or year of the clinic, the newest first; periods without any are left out. Without dates:
/// this month by day, this year by month, five years by year. At most 400 periods.
#[utoipa::path(tag = "visits",
    params(("slug" = String, Path, description = "The clinic"),
        ("by" = Option<CountBy>, Query, description = "What one line counts; `day` unless said"),
        ("from" = Option<String>, Query, description = "First day: 2026-03-03"),
        ("to" = Option<String>, Query, description = "Last day; today unless said"),
        ("practitioner_id" = Option<PractitionerId>, Query, description = "Only of this practitioner"),
        ("status" = Option<VisitStatus>, Query, description = "Only those in this state now"),
        ("visit_type" = Option<VisitType>, Query, description = "Only of this urgency")),
    responses((status = 200, body = Report, description = "The counts"), Problems))]
#[get("/clinic/{slug}/api/v1/check-ins")]
async fn count(clinic: Clinic<Read>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let asked: Asked = Fields::of_query(&request)?.read()?;
    let report = clinic.read(async |db| super::report(db, &asked).await).await?;
    Ok(HttpResponse::Ok().json(report))
}

/// The same as a CSV file.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)),
    responses((status = 200, content_type = "text/csv", body = String, description = "The counts")))]
#[get("/clinic/{slug}/check-ins.csv")]
async fn file(clinic: Clinic<Read>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let asked: Asked = Fields::of_query(&request)?.read()?;
    let report = clinic.read(async |db| super::report(db, &asked).await).await?;
    let name = format!(
        "attachment; filename=\"check-ins-{}-{}-{}.csv\"",
        clinic.slug(),
        report.from,
        report.to
    );
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(super::csv::file(&report)?))
}
