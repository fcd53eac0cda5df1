//! Tracking as JSON.

use actix_web::{HttpRequest, HttpResponse, get, post};

use super::{Query, Read, Track, Tracked};
use crate::error::Error;
use crate::patients::{self, Patient, PatientId, PatientStatus};
use crate::practitioners::PractitionerId;
use crate::tenant::{Answer, Clinic};
use crate::web::{Fields, Id, IfMatch, JsonBody, List, Paging, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(list).service(set_status);
}

/// Patients by their last visit, the last seen first.
#[utoipa::path(tag = "tracking",
    params(("slug" = String, Path, description = "The clinic"),
        ("status" = inline(Option<PatientStatus>), Query, description = "Only where they stand so"),
        ("practitioner_id" = Option<PractitionerId>, Query, description = "Only whose last visit was with this one"),
        ("days" = Option<i32>, Query, minimum = 0, maximum = 3650, description = "Only who did not come for so many days"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = List<Tracked>, description = "The last seen first"), Problems))]
#[get("/clinic/{slug}/api/v1/tracking")]
async fn list(clinic: Clinic<Read>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    let query = Query::parse(&mut fields, paging.limit);
    fields.finish()?;
    let after = paging.after(clinic.app(), clinic.slug(), "tracking")?;
    let query = Query { after, ..query };
    let rows = clinic.read(async |db| super::list(db, &query).await).await?;
    Ok(HttpResponse::Ok().json(
        paging.page(clinic.app(), clinic.slug(), "tracking", rows, |row| {
            (row.arrived_at, row.visit_id)
        }),
    ))
}

/// Where a patient stands.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "documents the body that is read field by field")]
struct Stand {
    /// `registered`, `in_diagnosis`, `treatment_started` or `discharged`.
    status: PatientStatus,
}

/// Say where a patient stands: anywhere from registered to discharged.
///
/// To set a record aside or to record a death, correct the patient.
#[utoipa::path(tag = "tracking",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = PatientId, Path, description = "The patient"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = Stand,
    responses((status = 200, body = Patient, description = "As it is now"), Problems))]
#[post("/clinic/{slug}/api/v1/patients/{id}/status")]
async fn set_status(
    clinic: Clinic<Track>,
    id: Id<PatientId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let mut fields = body.fields;
    let status = fields.choice("status");
    fields.finish()?;
    let patient = clinic
        .write(async |db| {
            let version =
                version.meant(async || Ok(patients::present(db, id.0).await?.version)).await?;
            super::set_status(db, id.0, version, status).await
        })
        .await?;
    Ok(Answer::ok(patient.version, &patient)?.into())
}
