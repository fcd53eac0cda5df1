//! Documents as JSON; the file itself is the body.

use actix_web::{HttpRequest, HttpResponse, get, post, web};

use super::{
    Category, Document, DocumentId, NewDocument, Query, Read, Reason, Write, receive_body,
};
use crate::error::Error;
use crate::patients::{self, PatientId};
use crate::tenant::{Answer, Clinic};
use crate::visits::VisitId;
use crate::web::{Fields, Id, IfMatch, JsonBody, List, Paging, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(list).service(attach).service(show).service(archive).service(restore);
}

/// A patient's documents, the newest first.
#[utoipa::path(tag = "documents",
    params(("slug" = String, Path, description = "The clinic"), ("id" = PatientId, Path, description = "The patient"),
        ("category" = inline(Option<Category>), Query, description = "Only of this category"),
        ("archived" = Option<bool>, Query, description = "Also those set aside that you may bring back"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = List<Document>, description = "Newest first"), Problems))]
#[get("/clinic/{slug}/api/v1/patients/{id}/documents")]
async fn list(
    clinic: Clinic<Read>,
    id: Id<PatientId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    let category = fields.choice_opt("category");
    let archived = fields.flag("archived");
    fields.finish()?;
    let name = format!("documents {}", id.0);
    let after = paging.after(clinic.app(), clinic.slug(), &name)?;
    let query = Query { category, archived, limit: paging.limit, after };
    let rows = clinic
        .read(async |db| {
            patients::present(db, id.0).await?;
            super::of_patient(db, id.0, &query).await
        })
        .await?;
    let page = paging
        .page(clinic.app(), clinic.slug(), &name, rows, |row| (row.created_at, row.document_id));
    Ok(HttpResponse::Ok().json(page))
}

/// Attach a document: the body is a PDF, JPEG or PNG of at most 10 MiB.
///
/// What it is, its first bytes say, not the content type that is sent. HEIC and everything else is refused (422), more
/// bytes too (413). A `photo` of at most 1 MiB is shown as the patient's face from then on.
#[utoipa::path(tag = "documents",
    params(("slug" = String, Path, description = "The clinic"), ("id" = PatientId, Path, description = "The patient"),
        ("category" = inline(Category), Query, description = "What it is about"),
        ("title" = Option<String>, Query, max_length = 200, description = "What it is called; else the file's name"),
        ("file_name" = Option<String>, Query, max_length = 255, description = "What the file is called at its origin"),
        ("visit_id" = Option<VisitId>, Query, description = "The visit it belongs to"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body(content = Vec<u8>, content_type = "image/png"),
    responses((status = 201, body = Document, description = "Attached"), Problems))]
#[post("/clinic/{slug}/api/v1/patients/{id}/documents")]
async fn attach(
    clinic: Clinic<Write>,
    id: Id<PatientId>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    let incoming = receive_body(&clinic, &request, payload).await?;
    let new: NewDocument = incoming.fields().read()?;
    let slug = clinic.slug();
    incoming
        .file(&clinic, async |db, filed| {
            let document = super::attach(db, id.0, &new, filed).await?;
            let location = format!("/clinic/{slug}/api/v1/documents/{}", document.document_id);
            Answer::created(location, document.version, &document)
        })
        .await
}

/// What is known of a document, without its bytes.
#[utoipa::path(tag = "documents",
    params(("slug" = String, Path, description = "The clinic"), ("id" = DocumentId, Path, description = "The document")),
    responses((status = 200, body = Document, description = "The document, with an ETag"), Problems))]
#[get("/clinic/{slug}/api/v1/documents/{id}")]
async fn show(clinic: Clinic<Read>, id: Id<DocumentId>) -> Result<HttpResponse, Error> {
    let document = clinic.read(async |db| super::present(db, id.0).await).await?;
    Ok(Answer::ok(document.version, &document)?.into())
}

/// Set a document aside, with a reason. Nothing is deleted.
///
/// Whoever filed it may, and doctors and administrators may with any.
#[utoipa::path(tag = "documents",
    params(("slug" = String, Path, description = "The clinic"), ("id" = DocumentId, Path, description = "The document"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = Reason,
    responses((status = 200, body = Document, description = "As it is now"), Problems))]
#[post("/clinic/{slug}/api/v1/documents/{id}/archive")]
async fn archive(
    clinic: Clinic<Write>,
    id: Id<DocumentId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let why: Reason = body.fields.read()?;
    let document = clinic
        .write(async |db| {
            let version =
                version.meant(async || Ok(super::present(db, id.0).await?.version)).await?;
            super::archive(db, id.0, version, &why.reason).await
        })
        .await?;
    Ok(Answer::ok(document.version, &document)?.into())
}

/// Bring a document back that was set aside.
#[utoipa::path(tag = "documents",
    params(("slug" = String, Path, description = "The clinic"), ("id" = DocumentId, Path, description = "The document"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    responses((status = 200, body = Document, description = "As it is now"), Problems))]
#[post("/clinic/{slug}/api/v1/documents/{id}/restore")]
async fn restore(
    clinic: Clinic<Write>,
    id: Id<DocumentId>,
    version: IfMatch,
) -> Result<HttpResponse, Error> {
    let document = clinic
        .write(async |db| {
            let version =
                version.meant(async || Ok(super::present(db, id.0).await?.version)).await?;
            super::restore(db, id.0, version).await
        })
        .await?;
    Ok(Answer::ok(document.version, &document)?.into())
}
