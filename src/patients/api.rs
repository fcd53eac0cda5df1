//! Patients as JSON.

use actix_web::{HttpRequest, HttpResponse, get, patch, post};

use super::{
    List as MayList, NewPatient, Patient, PatientId, PatientStatus, Query, Read, Register, Summary,
    Write,
};
use crate::error::Error;
use crate::tenant::{Answer, Clinic};
use crate::web::{Fields, Id, IfMatch, JsonBody, List, Paging, Parse, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(list).service(register).service(show).service(amend);
}

/// What a change may set: any field of a patient, and the status.
#[derive(serde::Serialize, utoipa::ToSchema)]
struct PatientPatch {
    #[serde(flatten)]
    told: NewPatient,
    /// Where the patient stands; `archived` sets the record aside.
    status: PatientStatus,
}

/// Find patients, or list the newest.
///
/// `q` is the beginning of any word of a name, of a phone number or its last four digits, of a PT number or its last
/// part; all words must match.
#[utoipa::path(tag = "patients",
    params(("slug" = String, Path, description = "The clinic"),
        ("q" = Option<String>, Query, description = "Words of a name, phone or number"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = List<Summary>, description = "By name, or newest first"), Problems))]
#[get("/clinic/{slug}/api/v1/patients")]
async fn list(clinic: Clinic<MayList>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    let text = fields.text_opt("q", 100).unwrap_or_default();
    fields.finish()?;
    let name = if text.is_empty() { "patients" } else { "patients by token" };
    let after = paging.after(clinic.app(), clinic.slug(), name)?;
    let query = Query::new(&text, paging.limit, after);
    let rows = super::search(&clinic, &query).await?;
    let page = paging.page(clinic.app(), clinic.slug(), name, rows, |row| {
        (row.found_by.clone(), row.patient_id)
    });
    Ok(HttpResponse::Ok().json(page))
}

/// Register a patient.
///
/// Answers 409 `possible_duplicate` with the look-alikes in `details`, unless `duplicate_ok` is true.
#[utoipa::path(tag = "patients",
    params(("slug" = String, Path, description = "The clinic"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = NewPatient,
    responses((status = 201, body = Patient, description = "Registered"), Problems))]
#[post("/clinic/{slug}/api/v1/patients")]
async fn register(clinic: Clinic<Register>, body: JsonBody) -> Result<HttpResponse, Error> {
    let ticket = body.ticket;
    let new: NewPatient = body.fields.read()?;
    let slug = clinic.slug();
    clinic
        .once(&ticket, async |db| {
            let patient = super::register(db, &new).await?;
            let location = format!("/clinic/{slug}/api/v1/patients/{}", patient.patient_id);
            Answer::created(location, patient.version, &patient)
        })
        .await
}

/// One patient.
#[utoipa::path(tag = "patients",
    params(("slug" = String, Path, description = "The clinic"), ("id" = PatientId, Path, description = "The patient")),
    responses((status = 200, body = Patient, description = "The patient, with an ETag"), Problems))]
#[get("/clinic/{slug}/api/v1/patients/{id}")]
async fn show(clinic: Clinic<Read>, id: Id<PatientId>) -> Result<HttpResponse, Error> {
    let patient = clinic.read(async |db| super::present(db, id.0).await).await?;
    Ok(Answer::ok(patient.version, &patient)?.into())
}

/// Correct a patient: fields that are sent replace, `null` clears, the others stay.
#[utoipa::path(tag = "patients",
    params(("slug" = String, Path, description = "The clinic"), ("id" = PatientId, Path, description = "The patient"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = PatientPatch,
    responses((status = 200, body = Patient, description = "As it is now"), Problems))]
#[patch("/clinic/{slug}/api/v1/patients/{id}")]
async fn amend(
    clinic: Clinic<Write>,
    id: Id<PatientId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let current = clinic.read(async |db| super::present(db, id.0).await).await?;
    let version = version.fits(current.version)?;
    let patch = PatientPatch { told: current.told, status: current.status };
    let mut fields = patch_over(body.fields, &patch);
    let told = NewPatient::parse(&mut fields);
    let status = fields.choice("status");
    fields.finish()?;
    let patient = clinic
        .write(async |db| {
            let patient = super::amend(db, id.0, version, &told).await?;
            if status == patient.status {
                return Ok(patient);
            }
            super::set_status(db, id.0, patient.version, status).await
        })
        .await?;
    Ok(Answer::ok(patient.version, &patient)?.into())
}

/// The change over the present state. A birth date that is sent displaces a told age, and the reverse.
fn patch_over(change: Fields, current: &PatientPatch) -> Fields {
    let ages = (change.has("birth_date"), change.has("age_years"));
    let mut current = serde_json::to_value(current).unwrap_or_default();
    if let Some(map) = current.as_object_mut() {
        if ages == (true, false) {
            map.remove("age_years");
        }
        if ages == (false, true) {
            map.remove("birth_date");
        }
    }
    change.over(&current)
}
