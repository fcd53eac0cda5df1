//! Vitals as JSON.

use actix_web::{HttpRequest, HttpResponse, get, post};

use super::{NewVitals, Read, Vitals, VitalsId, Write};
use crate::error::Error;
use crate::patients::PatientId;
use crate::tenant::{Answer, Clinic};
use crate::web::{Fields, Id, IfMatch, JsonBody, List, Paging, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(list).service(record).service(show).service(mark_error);
}

/// A patient's readings, the newest first.
///
/// Readings that were entered in error are among them, marked.
#[utoipa::path(tag = "vitals",
    params(("slug" = String, Path, description = "The clinic"), ("id" = PatientId, Path, description = "The patient"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = List<Vitals>, description = "Newest first"), Problems))]
#[get("/clinic/{slug}/api/v1/patients/{id}/vitals")]
async fn list(
    clinic: Clinic<Read>,
    id: Id<PatientId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    fields.finish()?;
    let name = format!("vitals {}", id.0);
    let after = paging.after(clinic.app(), clinic.slug(), &name)?;
    let rows =
        clinic.read(async |db| super::of_patient(db, id.0, paging.limit, after).await).await?;
    let page = paging
        .page(clinic.app(), clinic.slug(), &name, rows, |row| (row.measured_at, row.vitals_id));
    Ok(HttpResponse::Ok().json(page))
}

/// Record what was measured.
///
/// Any of the values, at least one. A `visit_id` must be a visit of this patient.
#[utoipa::path(tag = "vitals",
    params(("slug" = String, Path, description = "The clinic"), ("id" = PatientId, Path, description = "The patient"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = NewVitals,
    responses((status = 201, body = Vitals, description = "Recorded"), Problems))]
#[post("/clinic/{slug}/api/v1/patients/{id}/vitals")]
async fn record(
    clinic: Clinic<Write>,
    id: Id<PatientId>,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let ticket = body.ticket;
    let new: NewVitals = body.fields.read()?;
    let slug = clinic.slug();
    clinic
        .once(&ticket, async |db| {
            let vitals = super::record(db, id.0, &new).await?;
            let location = format!("/clinic/{slug}/api/v1/vitals/{}", vitals.vitals_id);
            Answer::created(location, vitals.version, &vitals)
        })
        .await
}

/// One reading.
#[utoipa::path(tag = "vitals",
    params(("slug" = String, Path, description = "The clinic"), ("id" = VitalsId, Path, description = "The reading")),
    responses((status = 200, body = Vitals, description = "The reading, with an ETag"), Problems))]
#[get("/clinic/{slug}/api/v1/vitals/{id}")]
async fn show(clinic: Clinic<Read>, id: Id<VitalsId>) -> Result<HttpResponse, Error> {
    let vitals = clinic.read(async |db| super::present(db, id.0).await).await?;
    Ok(Answer::ok(vitals.version, &vitals)?.into())
}

/// Say that a reading is wrong. It stays on record, marked; the right one is a new reading.
#[utoipa::path(tag = "vitals",
    params(("slug" = String, Path, description = "The clinic"), ("id" = VitalsId, Path, description = "The reading"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    responses((status = 200, body = Vitals, description = "As it is now"), Problems))]
#[post("/clinic/{slug}/api/v1/vitals/{id}/mark-error")]
async fn mark_error(
    clinic: Clinic<Write>,
    id: Id<VitalsId>,
    version: IfMatch,
) -> Result<HttpResponse, Error> {
    let vitals = clinic
        .write(async |db| {
            let version =
                version.meant(async || Ok(super::present(db, id.0).await?.version)).await?;
            super::mark_error(db, id.0, version).await
        })
        .await?;
    Ok(Answer::ok(vitals.version, &vitals)?.into())
}
