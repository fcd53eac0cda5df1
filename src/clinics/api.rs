//! The clinic as JSON.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, put};
use serde::Serialize;

use super::{Clinic as TheClinic, Logo, Profile, Read, Write};
use crate::error::Error;
use crate::tenant::{Answer, Clinic, Permission};
use crate::web::{Fields, IfMatch, JsonBody, Problems, Routes, Upload};

pub(super) fn routes(config: &mut Routes) {
    config.service(show).service(amend).service(logo_shown).service(set_logo).service(remove_logo);
}

/// The clinic of this address.
#[utoipa::path(tag = "clinic",
    params(("slug" = String, Path, description = "The clinic")),
    responses((status = 200, body = ShownClinic, description = "The clinic, with an ETag"), Problems))]
#[get("/clinic/{slug}/api/v1/clinic")]
async fn show(clinic: Clinic<Read>) -> Result<HttpResponse, Error> {
    let here = clinic.read(async |db| super::present(db).await).await?;
    shown(&clinic, here)
}

/// The clinic and its slug, which is the address's and not the clinic's to change.
#[derive(Serialize, utoipa::ToSchema)]
struct ShownClinic {
    /// The clinic's name in addresses.
    slug: String,
    #[serde(flatten)]
    clinic: TheClinic,
}

fn shown<P: Permission>(clinic: &Clinic<P>, here: TheClinic) -> Result<HttpResponse, Error> {
    let version = here.version;
    let slug = clinic.slug().to_string();
    Ok(Answer::ok(version, &ShownClinic { slug, clinic: here })?.into())
}

/// Change the clinic's profile: fields that are sent replace, `null` clears, the others stay.
#[utoipa::path(tag = "clinic",
    params(("slug" = String, Path, description = "The clinic"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = Profile,
    responses((status = 200, body = ShownClinic, description = "As it is now"), Problems))]
#[patch("/clinic/{slug}/api/v1/clinic")]
async fn amend(
    clinic: Clinic<Write>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let current = clinic.read(async |db| super::present(db).await).await?;
    let version = version.fits(current.version)?;
    let profile: Profile = body.fields.over(&current.profile).read()?;
    let here = clinic.write(async |db| super::amend(db, version, &profile).await).await?;
    shown(&clinic, here)
}

/// The clinic's mark.
#[utoipa::path(tag = "clinic",
    params(("slug" = String, Path, description = "The clinic"),
        ("v" = Option<String>, Query, max_length = 64, description = "The logo's version as pages say it: that answer may be kept")),
    responses((status = 200, content_type = "image/png", description = "PNG or JPEG"), Problems))]
#[get("/clinic/{slug}/api/v1/clinic/logo")]
async fn logo_shown(request: HttpRequest, clinic: Clinic<Read>) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let version = fields.text_opt("v", 64);
    fields.finish()?;
    let logo = clinic.read(async |db| super::logo(db).await).await?;
    // Another logo has another address: a browser that has this one need not ask again.
    let current = version.is_some() && version == clinic.who()?.logo;
    let keep = if current { "private, max-age=31536000, immutable" } else { "private, no-cache" };
    Ok(HttpResponse::Ok()
        .content_type(logo.kind.as_str())
        .insert_header(("content-disposition", "inline"))
        // Opened by itself, it is a picture and nothing else.
        .insert_header(("content-security-policy", "default-src 'none'; sandbox"))
        .insert_header(("cache-control", keep))
        .body(logo.bytes))
}

/// Set the clinic's mark: the body is a PNG or JPEG of at most 256 KiB.
///
/// What it is, its first bytes say. Answers 415 for anything else, 413 for more, 422 for a picture that cannot be shown
/// or is no mark: each side has 1 to 4000 points, and neither is more than ten times the other.
#[utoipa::path(tag = "clinic",
    params(("slug" = String, Path, description = "The clinic")),
    request_body(content = Vec<u8>, content_type = "image/png"),
    responses((status = 200, body = ShownClinic, description = "As it is now"), Problems))]
#[put("/clinic/{slug}/api/v1/clinic/logo")]
async fn set_logo(clinic: Clinic<Write>, upload: Upload) -> Result<HttpResponse, Error> {
    let logo = Logo::of(upload.bytes).await?;
    let here = clinic.write(async |db| super::set_logo(db, Some(&logo)).await).await?;
    shown(&clinic, here)
}

/// Remove the clinic's mark.
#[utoipa::path(tag = "clinic",
    params(("slug" = String, Path, description = "The clinic")),
    responses((status = 204, description = "Removed"), Problems))]
#[delete("/clinic/{slug}/api/v1/clinic/logo")]
async fn remove_logo(clinic: Clinic<Write>) -> Result<HttpResponse, Error> {
    clinic.write(async |db| super::set_logo(db, None).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
