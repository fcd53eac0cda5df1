//! Recommendations as JSON.

use actix_web::{HttpRequest, HttpResponse, get, post};

use super::nouns::why;
use super::{
    List as All, NewRecommendation, Query, Read, Recommendation, RecommendationId, Standing, Write,
};
use crate::error::Error;
use crate::tenant::{Answer, Clinic};
use crate::visits::VisitId;
use crate::web::{Fields, Id, IfMatch, JsonBody, List, Paging, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(list).service(show).service(recommend).service(withdraw);
}

/// List recommendations to admit somebody, the newest first.
#[utoipa::path(tag = "admissions",
    params(("slug" = String, Path, description = "The clinic"),
        ("status" = inline(Option<Standing>), Query, description = "Only where they stand so"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = List<Recommendation>, description = "Newest first"), Problems))]
#[get("/clinic/{slug}/api/v1/admission-recommendations")]
async fn list(clinic: Clinic<All>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    let status = fields.choice_opt("status");
    fields.finish()?;
    let after = paging.after(clinic.app(), clinic.slug(), "admission recommendations")?;
    let query = Query { status, limit: paging.limit, after };
    let rows = clinic.read(async |db| super::list(db, &query).await).await?;
    let (app, slug) = (clinic.app(), clinic.slug());
    Ok(HttpResponse::Ok().json(paging.page(app, slug, "admission recommendations", rows, |row| {
        (row.created_at, row.recommendation_id)
    })))
}

/// One recommendation.
#[utoipa::path(tag = "admissions",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = RecommendationId, Path, description = "The recommendation")),
    responses((status = 200, body = Recommendation, description = "With an ETag"), Problems))]
#[get("/clinic/{slug}/api/v1/admission-recommendations/{id}")]
async fn show(clinic: Clinic<Read>, id: Id<RecommendationId>) -> Result<HttpResponse, Error> {
    let found = clinic.read(async |db| super::present(db, id.0).await).await?;
    Ok(Answer::ok(found.version, &found)?.into())
}

/// Recommend that the patient of a visit be admitted.
///
/// 409 `already_recommended` where one stands open for the patient.
#[utoipa::path(tag = "admissions",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = VisitId, Path, description = "The visit"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = NewRecommendation,
    responses((status = 201, body = Recommendation, description = "Recommended"), Problems))]
#[post("/clinic/{slug}/api/v1/visits/{id}/admission-recommendation")]
async fn recommend(
    clinic: Clinic<Write>,
    id: Id<VisitId>,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let new: NewRecommendation = body.fields.read()?;
    let slug = clinic.slug();
    clinic
        .once(&body.ticket, async |db| {
            let made = super::recommend(db, id.0, &new).await?;
            let id = made.recommendation_id;
            let location = format!("/clinic/{slug}/api/v1/admission-recommendations/{id}");
            Answer::created(location, made.version, &made)
        })
        .await
}

/// Why a recommendation is withdrawn.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "documents the body that is read field by field")]
struct Withdrawal {
    /// Why, 3–500 characters.
    #[schema(min_length = 3, max_length = 500)]
    reason: String,
}

/// Withdraw a recommendation that stands open.
///
/// 409 `recommendation_closed` where it does not.
#[utoipa::path(tag = "admissions",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = RecommendationId, Path, description = "The recommendation"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = Withdrawal,
    responses((status = 200, body = Recommendation, description = "Withdrawn"), Problems))]
#[post("/clinic/{slug}/api/v1/admission-recommendations/{id}/withdraw")]
async fn withdraw(
    clinic: Clinic<Write>,
    id: Id<RecommendationId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let mut fields = body.fields;
    let reason = why(&mut fields, 500);
    fields.finish()?;
    let closed = clinic
        .write(async |db| {
            let version =
                version.meant(async || Ok(super::present(db, id.0).await?.version)).await?;
            super::withdraw(db, id.0, version, &reason).await
        })
        .await?;
    Ok(Answer::ok(closed.version, &closed)?.into())
}
