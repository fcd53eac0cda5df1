//! Links as JSON.

use actix_web::{HttpResponse, get, post};
use serde::Serialize;

use super::{Link, NewShare, Read, Share, ShareId, Write};
use crate::error::Error;
use crate::prescriptions::{self, PrescriptionId};
use crate::tenant::{Answer, Clinic};
use crate::web::{Id, JsonBody, List, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(list).service(make).service(revoke);
}

/// A link that was just made.
#[derive(Serialize, utoipa::ToSchema)]
struct MadeShare {
    #[serde(flatten)]
    share: Share,
    /// The path to give to the patient. It is shown this once and stored nowhere.
    path: String,
}

/// List the links to a prescription, the newest first: who made each, how it stands, how often it was opened.
#[utoipa::path(tag = "shares",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = PrescriptionId, Path, description = "The prescription")),
    responses((status = 200, body = List<Share>, description = "The newest twenty"), Problems))]
#[get("/clinic/{slug}/api/v1/prescriptions/{id}/shares")]
async fn list(clinic: Clinic<Read>, id: Id<PrescriptionId>) -> Result<HttpResponse, Error> {
    let items = clinic
        .read(async |db| {
            prescriptions::present(db, id.0).await?;
            super::of(db, id.0).await
        })
        .await?;
    Ok(HttpResponse::Ok().json(List { items, next_cursor: None }))
}

/// Make a link to a signed prescription for its patient.
///
/// Whoever opens it is asked for the birth year; the fifth wrong answer ends it. The path is in this answer alone: a
/// retry makes another link, and does not repeat it. 409 where the birth date is unknown, the record is archived, or
/// ten links live.
#[utoipa::path(tag = "shares",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = PrescriptionId, Path, description = "The prescription")),
    request_body = NewShare,
    responses((status = 201, body = MadeShare, description = "The link, shown this once"), Problems))]
#[post("/clinic/{slug}/api/v1/prescriptions/{id}/shares")]
async fn make(
    clinic: Clinic<Write>,
    id: Id<PrescriptionId>,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let new: NewShare = body.fields.read()?;
    let link = Link::fresh();
    let share = clinic.write(async |db| super::share(db, id.0, &new, &link).await).await?;
    let (location, version) =
        (format!("/clinic/{}/api/v1/prescriptions/{}/shares", clinic.slug(), id.0), share.version);
    let path = link.path(clinic.slug());
    Ok(Answer::created(location, version, &MadeShare { share, path })?.into())
}

/// End a link. One that is over stays as it is.
#[utoipa::path(tag = "shares",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = ShareId, Path, description = "The link")),
    responses((status = 200, body = Share, description = "As it is now"), Problems))]
#[post("/clinic/{slug}/api/v1/shares/{id}/revoke")]
async fn revoke(clinic: Clinic<Write>, id: Id<ShareId>) -> Result<HttpResponse, Error> {
    let share = clinic.write(async |db| super::revoke(db, id.0).await).await?;
    Ok(Answer::ok(share.version, &share)?.into())
}
