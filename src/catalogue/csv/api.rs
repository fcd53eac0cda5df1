//! The catalogues as files, for programs and for the links of the page.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post};

use super::Report;
use crate::catalogue::entry::Entry;
use crate::catalogue::{NewMedicine, NewTest, Read, Write};
use crate::error::Error;
use crate::tenant::Clinic;
use crate::web::{Fields, Problems, Routes, Upload};

pub(super) fn routes(config: &mut Routes) {
    config
        .service(export_medicines)
        .service(export_tests)
        .service(import_medicines)
        .service(import_tests);
}

async fn exported<T: Entry>(clinic: &Clinic<Read>, name: &str) -> Result<HttpResponse, Error> {
    let file = clinic.read(super::export::<T>).await?;
    let name = format!("attachment; filename=\"{name}-{}.csv\"", clinic.slug());
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(file))
}

/// Reads a file; a dry run in a transaction that cannot write.
pub(super) async fn imported<T: Entry>(
    clinic: &Clinic<Write>,
    bytes: &[u8],
    dry_run: bool,
) -> Result<Report, Error> {
    let work = async |db: &mut _| super::import::<T>(db, bytes, dry_run).await;
    let outcome = if dry_run { clinic.read(work).await? } else { clinic.write(work).await? };
    Ok(outcome.told(&clinic.lang()))
}

async fn answered<T: Entry>(
    clinic: &Clinic<Write>,
    request: &HttpRequest,
    upload: &Upload,
) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(request)?;
    let dry_run = fields.flag("dry_run");
    fields.finish()?;
    Ok(HttpResponse::Ok().json(imported::<T>(clinic, &upload.bytes, dry_run).await?))
}

/// All medicines as CSV, also those not used any more.
///
/// The columns are the fields of a medicine; the same file may be corrected and sent back. A cell that a
/// spreadsheet would take for a formula has an apostrophe in front.
#[utoipa::path(tag = "catalogue",
    params(("slug" = String, Path, description = "The clinic")),
    responses((status = 200, body = String, content_type = "text/csv", description = "By name"), Problems))]
#[get("/clinic/{slug}/api/v1/catalogue/medicines.csv")]
async fn export_medicines(clinic: Clinic<Read>) -> Result<HttpResponse, Error> {
    exported::<NewMedicine>(&clinic, "medicines").await
}

/// All tests as CSV, also those not used any more.
#[utoipa::path(tag = "catalogue",
    params(("slug" = String, Path, description = "The clinic")),
    responses((status = 200, body = String, content_type = "text/csv", description = "By name"), Problems))]
#[get("/clinic/{slug}/api/v1/catalogue/tests.csv")]
async fn export_tests(clinic: Clinic<Read>) -> Result<HttpResponse, Error> {
    exported::<NewTest>(&clinic, "tests").await
}

/// Read medicines from CSV: up to 256 KiB and 5,000 rows.
///
/// Known by name, form and strength they are corrected, others added; nothing is taken away. A column that the file
/// does not have stays as it is, a blank cell clears. Rows that cannot be read are told and left out; the others go in
/// together.
#[utoipa::path(tag = "catalogue",
    params(("slug" = String, Path, description = "The clinic"),
        ("dry_run" = Option<bool>, Query, description = "Read everything, write nothing")),
    request_body(content = String, content_type = "text/csv", description = "The file"),
    responses((status = 200, body = Report, description = "What became of the rows"), Problems))]
#[post("/clinic/{slug}/api/v1/catalogue/medicines.csv")]
async fn import_medicines(
    clinic: Clinic<Write>,
    request: HttpRequest,
    upload: Upload,
) -> Result<HttpResponse, Error> {
    answered::<NewMedicine>(&clinic, &request, &upload).await
}

/// Read tests from CSV: up to 256 KiB and 5,000 rows.
///
/// Known by name they are corrected, others added; as with medicines.
#[utoipa::path(tag = "catalogue",
    params(("slug" = String, Path, description = "The clinic"),
        ("dry_run" = Option<bool>, Query, description = "Read everything, write nothing")),
    request_body(content = String, content_type = "text/csv", description = "The file"),
    responses((status = 200, body = Report, description = "What became of the rows"), Problems))]
#[post("/clinic/{slug}/api/v1/catalogue/tests.csv")]
async fn import_tests(
    clinic: Clinic<Write>,
    request: HttpRequest,
    upload: Upload,
) -> Result<HttpResponse, Error> {
    answered::<NewTest>(&clinic, &request, &upload).await
}
