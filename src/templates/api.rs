//! Templates as JSON.

use actix_web::{HttpRequest, HttpResponse, get, post, put};

use super::{NewTemplate, Summary, Template, TemplateId, Write};
use crate::error::Error;
use crate::tenant::{Answer, Clinic};
use crate::web::{Fields, Id, IfMatch, JsonBody, List, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(list).service(add).service(show).service(amend);
}

/// List the own templates and those that colleagues share, by name.
///
/// `q` is the beginning of one word or several, of name and keywords. At most 50 are answered. With
/// `inactive=true` come those of the own that were set aside, and no others.
#[utoipa::path(tag = "templates",
    params(("slug" = String, Path, description = "The clinic"),
        ("q" = Option<String>, Query, description = "Beginnings of words"),
        ("inactive" = Option<bool>, Query, description = "Those that were set aside")),
    responses((status = 200, body = List<Summary>, description = "By name, the own first"), Problems))]
#[get("/clinic/{slug}/api/v1/templates")]
async fn list(clinic: Clinic<Write>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let text = fields.text_opt("q", 100).unwrap_or_default();
    let set_aside = fields.flag("inactive");
    fields.finish()?;
    let items = clinic.read(async |db| super::list(db, &text, set_aside).await).await?;
    Ok(HttpResponse::Ok().json(List { items, next_cursor: None }))
}

/// Add a template to the own ones.
#[utoipa::path(tag = "templates",
    params(("slug" = String, Path, description = "The clinic"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = NewTemplate,
    responses((status = 201, body = Template, description = "Added"), Problems))]
#[post("/clinic/{slug}/api/v1/templates")]
async fn add(clinic: Clinic<Write>, body: JsonBody) -> Result<HttpResponse, Error> {
    let new: NewTemplate = body.fields.read()?;
    let slug = clinic.slug();
    clinic
        .once(&body.ticket, async |db| {
            let template = super::add(db, &new).await?;
            let location = format!("/clinic/{slug}/api/v1/templates/{}", template.template_id);
            Answer::created(location, template.version, &template)
        })
        .await
}

/// One template, with its lines and tests.
#[utoipa::path(tag = "templates",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = TemplateId, Path, description = "The template")),
    responses((status = 200, body = Template, description = "With an ETag"), Problems))]
#[get("/clinic/{slug}/api/v1/templates/{id}")]
async fn show(clinic: Clinic<Write>, id: Id<TemplateId>) -> Result<HttpResponse, Error> {
    let template = clinic.read(async |db| super::present(db, id.0).await).await?;
    Ok(Answer::ok(template.version, &template)?.into())
}

/// Write an own template anew; `active` false sets it aside.
///
/// 403 `not_your_template` for one that a colleague shares.
#[utoipa::path(tag = "templates",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = TemplateId, Path, description = "The template"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = NewTemplate,
    responses((status = 200, body = Template, description = "As it is now"), Problems))]
#[put("/clinic/{slug}/api/v1/templates/{id}")]
async fn amend(
    clinic: Clinic<Write>,
    id: Id<TemplateId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let new: NewTemplate = body.fields.read()?;
    let template = clinic
        .write(async |db| {
            let version =
                version.meant(async || Ok(super::present(db, id.0).await?.version)).await?;
            super::amend(db, id.0, version, &new).await
        })
        .await?;
    Ok(Answer::ok(template.version, &template)?.into())
}
