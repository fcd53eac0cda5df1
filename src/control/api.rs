//! The directory as JSON, for a super-admin's session.

use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::Serialize;

use super::{ClinicStatus, Console, Entry, Query};
use crate::auth::credential::PLATFORM;
use crate::error::Error;
use crate::tenant::Slug;
use crate::web::{Fields, JsonBody, List, Paging, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(list).service(change_status);
}

/// What a clinic's status is to be.
#[derive(Serialize, utoipa::ToSchema)]
struct NewStatus {
    /// `suspended` shuts everybody out at the next request, `active` lets them in again.
    status: ClinicStatus,
}

/// The clinics of the platform, by number. Needs the session cookie of a super-admin.
#[utoipa::path(tag = "platform",
    params(("limit" = Option<i64>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = List<Entry>, description = "By number"), Problems))]
#[get("/api/v1/clinics")]
async fn list(console: Console, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    fields.finish()?;
    let after = paging.after(console.app(), &PLATFORM, "clinics")?.unwrap_or(0);
    let query = Query { limit: paging.limit, after };
    let (_, rows) = console.read(async |db| super::clinics(db, &query).await).await?;
    let page = paging.page(console.app(), &PLATFORM, "clinics", rows, |entry| entry.clinic_number);
    Ok(HttpResponse::Ok().json(page))
}

/// Suspend or reactivate a clinic. Needs the session cookie of a super-admin and `X-CSRF-Token`.
#[utoipa::path(tag = "platform",
    params(("slug" = String, Path, description = "The clinic"),
        ("X-CSRF-Token" = String, Header, description = "The form token of the session")),
    request_body = NewStatus,
    responses((status = 200, body = Entry, description = "As it is now"), Problems))]
#[post("/api/v1/clinics/{slug}/status")]
async fn change_status(
    console: Console,
    request: HttpRequest,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let slug: Slug = request.match_info().query("slug").parse().map_err(|_| Error::NotFound)?;
    let mut fields = body.fields;
    let status = fields.choice("status");
    fields.finish()?;
    let entry = console.write(async |db| super::set_status(db, &slug, status).await).await?;
    Ok(HttpResponse::Ok().json(entry))
}
