//! Visits as JSON.

use actix_web::{HttpRequest, HttpResponse, get, patch, post};

use super::{
    CheckIn, Day, Key, List as MayList, NewMove, NewVisit, Query, Read, Step, Told, Visit, VisitId,
    VisitStatus, VisitType, Whole,
};
use crate::error::Error;
use crate::practitioners::PractitionerId;
use crate::tenant::{Answer, Clinic};
use crate::web::{Fields, Id, IfMatch, JsonBody, List, Paging, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(list).service(check_in).service(show).service(amend).service(move_on);
}

/// List visits.
///
/// `day=today&status=waiting` is the queue: emergencies first, then by token. Without `day`, all days, the
/// newest first.
#[utoipa::path(tag = "visits",
    params(("slug" = String, Path, description = "The clinic"),
        ("day" = Option<String>, Query, description = "`today`, or a date: 2026-03-03"),
        ("status" = Option<VisitStatus>, Query, description = "Only in this state"),
        ("visit_type" = Option<VisitType>, Query, description = "Only of this urgency"),
        ("practitioner_id" = Option<PractitionerId>, Query, description = "Only of this practitioner"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = List<Visit>, description = "Visits"), Problems))]
#[get("/clinic/{slug}/api/v1/visits")]
async fn list(clinic: Clinic<MayList>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    let query = Query {
        day: Day::parse(&mut fields),
        status: fields.choice_opt("status"),
        visit_type: fields.choice_opt("visit_type"),
        practitioner: fields.id_opt("practitioner_id"),
        limit: paging.limit,
    };
    fields.finish()?;
    let name = if query.day.is_some() { "visits of a day" } else { "visits" };
    let after = paging.after::<Key>(clinic.app(), clinic.slug(), name)?;
    let rows = clinic.read(async |db| super::list(db, &query, after).await).await?;
    let page = paging.page(clinic.app(), clinic.slug(), name, rows, |row| Key::of(&query, row));
    Ok(HttpResponse::Ok().json(page))
}

/// Check a patient in.
///
/// The patient gets the day's next token. Answers 409 `already_waiting` where the patient is here already,
/// 409 `archived` or `deceased` where the record is set aside.
#[utoipa::path(tag = "visits",
    params(("slug" = String, Path, description = "The clinic"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = NewVisit,
    responses((status = 201, body = Visit, description = "Waiting"), Problems))]
#[post("/clinic/{slug}/api/v1/visits")]
async fn check_in(clinic: Clinic<CheckIn>, body: JsonBody) -> Result<HttpResponse, Error> {
    let ticket = body.ticket;
    let new: NewVisit = body.fields.read()?;
    let slug = clinic.slug();
    clinic
        .once(&ticket, async |db| {
            let visit = super::check_in(db, &new).await?;
            let location = format!("/clinic/{slug}/api/v1/visits/{}", visit.visit_id);
            Answer::created(location, visit.version, &visit)
        })
        .await
}

/// One visit with every step it took.
#[utoipa::path(tag = "visits",
    params(("slug" = String, Path, description = "The clinic"), ("id" = VisitId, Path, description = "The visit")),
    responses((status = 200, body = Whole, description = "The visit, with an ETag"), Problems))]
#[get("/clinic/{slug}/api/v1/visits/{id}")]
async fn show(clinic: Clinic<Read>, id: Id<VisitId>) -> Result<HttpResponse, Error> {
    let whole = clinic.read(async |db| super::whole(db, id.0).await).await?;
    Ok(Answer::ok(whole.visit.version, &whole)?.into())
}

/// Give an open visit another doctor, purpose, urgency or notes: fields that are sent replace, `null` clears,
/// the others stay. Answers 409 `visit_over` once it is over.
#[utoipa::path(tag = "visits",
    params(("slug" = String, Path, description = "The clinic"), ("id" = VisitId, Path, description = "The visit"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = Told,
    responses((status = 200, body = Visit, description = "As it is now"), Problems))]
#[patch("/clinic/{slug}/api/v1/visits/{id}")]
async fn amend(
    clinic: Clinic<Step>,
    id: Id<VisitId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let current = clinic.read(async |db| super::present(db, id.0).await).await?;
    let version = version.fits(current.version)?;
    let told: Told = body.fields.over(&current.told).read()?;
    let visit = clinic.write(async |db| super::amend(db, id.0, version, &told).await).await?;
    Ok(Answer::ok(visit.version, &visit)?.into())
}

/// Move a visit through the queue.
///
/// Waiting may become in consultation, cancelled or no-show; in consultation may become waiting, completed
/// or cancelled; a no-show may wait again. Anything else is 409 `illegal_move` with `from` and `to`.
/// Cancelling wants a reason.
#[utoipa::path(tag = "visits",
    params(("slug" = String, Path, description = "The clinic"), ("id" = VisitId, Path, description = "The visit"),
        ("If-Match" = String, Header, description = "The ETag that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = NewMove,
    responses((status = 200, body = Visit, description = "As it is now"), Problems))]
#[post("/clinic/{slug}/api/v1/visits/{id}/moves")]
async fn move_on(
    clinic: Clinic<Step>,
    id: Id<VisitId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let ticket = body.ticket;
    let step: NewMove = body.fields.read()?;
    clinic
        .once(&ticket, async |db| {
            let version =
                version.meant(async || Ok(super::present(db, id.0).await?.version)).await?;
            let visit = super::step(db, id.0, version, &step).await?;
            Answer::ok(visit.version, &visit)
        })
        .await
}
