//! Prescriptions as JSON.

use actix_web::{HttpRequest, HttpResponse, get, post, put};

use super::{
    Change, NewPrescription, Prescription, PrescriptionId, Query, Read, Status, Summary, Void,
    Write,
};
use crate::error::Error;
use crate::patients::PatientId;
use crate::tenant::{Answer, Clinic};
use crate::visits::VisitId;
use crate::web::{Fields, Id, IfMatch, JsonBody, List, Paging, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config
        .service(list)
        .service(draft)
        .service(show)
        .service(amend)
        .service(sign)
        .service(void)
        .service(discard)
        .service(repeat);
}

/// What signing needs.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "documents the body that is read field by field")]
struct Signature {
    /// Codes of the warnings that were read: `allergy:2`, `duplicate:1`.
    acknowledge: Vec<String>,
}

/// What voiding needs.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "documents the body that is read field by field")]
struct Voiding {
    /// Why, 3–500 characters.
    #[schema(min_length = 3, max_length = 500)]
    reason: String,
}

/// List prescriptions, the newest first.
///
/// A patient's login sees the own ones that were signed.
#[utoipa::path(tag = "prescriptions",
    params(("slug" = String, Path, description = "The clinic"),
        ("status" = Option<Status>, Query, description = "Only where they stand so"),
        ("patient_id" = Option<PatientId>, Query, description = "Only this patient's"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = List<Summary>, description = "Newest first"), Problems))]
#[get("/clinic/{slug}/api/v1/prescriptions")]
async fn list(clinic: Clinic<Read>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    let status = fields.choice_opt("status");
    let patient = fields.id_opt("patient_id");
    fields.finish()?;
    let after = paging.after(clinic.app(), clinic.slug(), "prescriptions")?;
    let query = Query { status, patient, limit: paging.limit, after };
    let rows = clinic.read(async |db| super::list(db, &query).await).await?;
    let page = paging.page(clinic.app(), clinic.slug(), "prescriptions", rows, |row| {
        (row.created_at, row.prescription_id)
    });
    Ok(HttpResponse::Ok().json(page))
}

/// Draft a prescription.
///
/// Lines are filled from the catalogue where it has the medicine. Abbreviations that are read wrongly are
/// refused with what to write.
#[utoipa::path(tag = "prescriptions",
    params(("slug" = String, Path, description = "The clinic"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = NewPrescription,
    responses((status = 201, body = Prescription, description = "Drafted"), Problems))]
#[post("/clinic/{slug}/api/v1/prescriptions")]
async fn draft(clinic: Clinic<Write>, body: JsonBody) -> Result<HttpResponse, Error> {
    let new: NewPrescription = body.fields.read()?;
    let slug = clinic.slug();
    clinic
        .once(&body.ticket, async |db| {
            let id = super::draft(db, &new).await?.prescription_id;
            let (prescription, _) = super::look(db, id).await?;
            let location = format!("/clinic/{slug}/api/v1/prescriptions/{id}");
            Answer::created(location, prescription.version, &prescription)
        })
        .await
}

/// One prescription.
///
/// A draft comes with the warnings that must be acknowledged to sign it.
#[utoipa::path(tag = "prescriptions",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = PrescriptionId, Path, description = "The prescription")),
    responses((status = 200, body = Prescription, description = "With an ETag"), Problems))]
#[get("/clinic/{slug}/api/v1/prescriptions/{id}")]
async fn show(clinic: Clinic<Read>, id: Id<PrescriptionId>) -> Result<HttpResponse, Error> {
    let (prescription, _) = clinic.read(async |db| super::look(db, id.0).await).await?;
    Ok(Answer::ok(prescription.version, &prescription)?.into())
}

/// Write a draft anew: what it says is replaced as a whole.
///
/// 409 `signed` or `voided` where it is no draft any more; 403 `not_the_prescriber` for a colleague.
#[utoipa::path(tag = "prescriptions",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = PrescriptionId, Path, description = "The prescription"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = Change,
    responses((status = 200, body = Prescription, description = "As it is now"), Problems))]
#[put("/clinic/{slug}/api/v1/prescriptions/{id}")]
async fn amend(
    clinic: Clinic<Write>,
    id: Id<PrescriptionId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let change: Change = body.fields.read()?;
    let prescription = clinic
        .write(async |db| {
            let version =
                version.meant(async || Ok(super::present(db, id.0).await?.version)).await?;
            super::amend(db, id.0, version, &change).await?;
            Ok(super::look(db, id.0).await?.0)
        })
        .await?;
    Ok(Answer::ok(prescription.version, &prescription)?.into())
}

/// Sign a draft: it gets its number and never changes again.
///
/// 409 `warnings_unacknowledged` lists in `details` the warnings that `acknowledge` lacks.
#[utoipa::path(tag = "prescriptions",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = PrescriptionId, Path, description = "The prescription"),
        ("If-Match" = String, Header, description = "The ETag that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = Signature,
    responses((status = 200, body = Prescription, description = "Signed"), Problems))]
#[post("/clinic/{slug}/api/v1/prescriptions/{id}/sign")]
async fn sign(
    clinic: Clinic<Write>,
    id: Id<PrescriptionId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let mut fields = body.fields;
    let acknowledged = fields.texts("acknowledge", 100, 40);
    fields.finish()?;
    clinic
        .once(&body.ticket, async |db| {
            let version =
                version.meant(async || Ok(super::present(db, id.0).await?.version)).await?;
            let prescription = super::sign(db, id.0, version, &acknowledged).await?;
            Answer::ok(prescription.version, &prescription)
        })
        .await
}

/// Void a signed prescription, with the reason.
///
/// Its prescriber may; when the prescriber practises here no more, a colleague or the administrator may too.
/// Else 403 `not_the_prescriber`. A draft is 409 `not_signed`.
#[utoipa::path(tag = "prescriptions",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = PrescriptionId, Path, description = "The prescription"),
        ("If-Match" = String, Header, description = "The ETag that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = Voiding,
    responses((status = 200, body = Prescription, description = "Voided"), Problems))]
#[post("/clinic/{slug}/api/v1/prescriptions/{id}/void")]
async fn void(
    clinic: Clinic<Void>,
    id: Id<PrescriptionId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let reason = reason(body.fields)?;
    clinic
        .once(&body.ticket, async |db| {
            let version =
                version.meant(async || Ok(super::present(db, id.0).await?.version)).await?;
            let prescription = super::void(db, id.0, version, &reason).await?;
            Answer::ok(prescription.version, &prescription)
        })
        .await
}

/// Discard a draft: it is in no list any more.
///
/// Only who drafted it may. 409 `signed` where it is no draft.
#[utoipa::path(tag = "prescriptions",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = PrescriptionId, Path, description = "The prescription"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    responses((status = 204, description = "Discarded"), Problems))]
#[post("/clinic/{slug}/api/v1/prescriptions/{id}/discard")]
async fn discard(
    clinic: Clinic<Write>,
    id: Id<PrescriptionId>,
    version: IfMatch,
) -> Result<HttpResponse, Error> {
    clinic
        .write(async |db| {
            let version =
                version.meant(async || Ok(super::present(db, id.0).await?.version)).await?;
            super::discard(db, id.0, version).await
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What a repetition may belong to.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "documents the body that is read field by field")]
struct Repetition {
    /// The visit at which it is written.
    visit_id: Option<VisitId>,
}

/// Draft the same again for the same patient.
///
/// Whoever signed the earlier prescription, the draft is the caller's own. A draft is not repeated: 409
/// `not_signed`.
#[utoipa::path(tag = "prescriptions",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = PrescriptionId, Path, description = "The earlier prescription"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = Repetition,
    responses((status = 201, body = Prescription, description = "Drafted"), Problems))]
#[post("/clinic/{slug}/api/v1/prescriptions/{id}/repeat")]
async fn repeat(
    clinic: Clinic<Write>,
    id: Id<PrescriptionId>,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let mut fields = body.fields;
    let visit: Option<VisitId> = fields.id_opt("visit_id");
    fields.finish()?;
    let slug = clinic.slug();
    clinic
        .once(&body.ticket, async |db| {
            let fresh = super::repeat(db, id.0, visit).await?.prescription_id;
            let (prescription, _) = super::look(db, fresh).await?;
            let location = format!("/clinic/{slug}/api/v1/prescriptions/{fresh}");
            Answer::created(location, prescription.version, &prescription)
        })
        .await
}

/// A reason of at least three characters.
pub(super) fn reason(mut fields: Fields) -> Result<String, Error> {
    let text = fields.text("reason", 500);
    if (1..3).contains(&text.chars().count()) {
        fields.refuse("reason", "too_short");
    }
    fields.finish()?;
    Ok(text)
}
