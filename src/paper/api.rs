//! Paper for programs.

use actix_web::{HttpRequest, HttpResponse, get, patch};

use super::{Format, Layout, Read, ReadLayout, ShownLayout, WriteLayout};
use crate::error::Error;
use crate::prescriptions::{self, PrescriptionId};
use crate::tenant::{Answer, Clinic};
use crate::web::{Fields, Id, IfMatch, JsonBody, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(sheet).service(layout).service(amend);
}

/// The prescription's sheet as a PDF.
///
/// It says what the print page says. A void prescription and a draft are marked on every page.
#[utoipa::path(tag = "paper",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = PrescriptionId, Path, description = "The prescription"),
        ("paper" = Option<Format>, Query, description = "The clinic's own where it is left out")),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>, description = "The sheet"), Problems))]
#[get("/clinic/{slug}/api/v1/prescriptions/{id}.pdf")]
async fn sheet(
    clinic: Clinic<Read>,
    id: Id<PrescriptionId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let format: Option<Format> = fields.choice_opt("paper");
    fields.finish()?;
    let parts = clinic.read(async |db| prescriptions::parts(db, id.0).await).await?;
    super::answer(super::pages::sheet_of(&clinic, parts, format, &request)?).await
}

/// How the clinic's sheets are laid out.
#[utoipa::path(tag = "paper",
    params(("slug" = String, Path, description = "The clinic")),
    responses((status = 200, body = ShownLayout, description = "With an ETag: the version of the clinic's settings"), Problems))]
#[get("/clinic/{slug}/api/v1/clinic/layout")]
async fn layout(clinic: Clinic<ReadLayout>) -> Result<HttpResponse, Error> {
    let shown = clinic.read(async |db| super::layout(db).await).await?;
    Ok(Answer::ok(shown.version, &shown)?.into())
}

/// Change how the clinic's sheets are laid out: fields that are sent replace, the others stay.
#[utoipa::path(tag = "paper",
    params(("slug" = String, Path, description = "The clinic"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = Layout,
    responses((status = 200, body = ShownLayout, description = "As it is now"), Problems))]
#[patch("/clinic/{slug}/api/v1/clinic/layout")]
async fn amend(
    clinic: Clinic<WriteLayout>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let current = clinic.read(async |db| super::layout(db).await).await?;
    let version = version.fits(current.version)?;
    let new: Layout = body.fields.over(&current.layout).read()?;
    let shown = clinic.write(async |db| super::set_layout(db, version, &new).await).await?;
    Ok(Answer::ok(shown.version, &shown)?.into())
}
