//! Notes as JSON.

use actix_web::{HttpRequest, HttpResponse, get, put};

use super::draft::{self, Draft, Kept, NewDraft};
use super::{Keep, NewNote, Note, Read, Write, Written};
use crate::error::Error;
use crate::patients::PatientId;
use crate::tenant::{Answer, Clinic};
use crate::visits::VisitId;
use crate::web::{Fields, Id, IfMatch, JsonBody, List, Paging, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(list).service(show).service(write).service(show_draft).service(keep_draft);
}

/// A patient's notes, the newest first.
#[utoipa::path(tag = "notes",
    params(("slug" = String, Path, description = "The clinic"), ("id" = PatientId, Path, description = "The patient"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = List<Note>, description = "Newest first"), Problems))]
#[get("/clinic/{slug}/api/v1/patients/{id}/notes")]
async fn list(
    clinic: Clinic<Read>,
    id: Id<PatientId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    fields.finish()?;
    let name = format!("notes {}", id.0);
    let after = paging.after(clinic.app(), clinic.slug(), &name)?;
    let rows =
        clinic.read(async |db| super::of_patient(db, id.0, paging.limit, after).await).await?;
    let page =
        paging.page(clinic.app(), clinic.slug(), &name, rows, |row| (row.created_at, row.note_id));
    Ok(HttpResponse::Ok().json(page))
}

/// The note of a visit.
#[utoipa::path(tag = "notes",
    params(("slug" = String, Path, description = "The clinic"), ("id" = VisitId, Path, description = "The visit")),
    responses((status = 200, body = Note, description = "The note, with an ETag"), Problems))]
#[get("/clinic/{slug}/api/v1/visits/{id}/note")]
async fn show(clinic: Clinic<Read>, id: Id<VisitId>) -> Result<HttpResponse, Error> {
    let note = clinic.read(async |db| super::present(db, id.0).await).await?;
    Ok(Answer::ok(note.version, &note)?.into())
}

/// Write the note of a visit.
///
/// The first is created without `If-Match`. After that the whole note is replaced, under the version
/// that was read: fields that are not sent become empty.
#[utoipa::path(tag = "notes",
    params(("slug" = String, Path, description = "The clinic"), ("id" = VisitId, Path, description = "The visit"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read, if there is a note"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = NewNote,
    responses((status = 201, body = Note, description = "The first one"),
        (status = 200, body = Note, description = "As it is now"), Problems))]
#[put("/clinic/{slug}/api/v1/visits/{id}/note")]
async fn write(
    clinic: Clinic<Write>,
    id: Id<VisitId>,
    version: Result<IfMatch, Error>,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let ticket = body.ticket;
    let new: NewNote = body.fields.read()?;
    let slug = clinic.slug();
    clinic
        .once(&ticket, async |db| {
            let present = async || Ok(super::present(db, id.0).await?.version);
            let version = IfMatch::if_any(&version, present).await?;
            match super::write(db, id.0, version, &new).await? {
                Written::First(note) => {
                    let location = format!("/clinic/{slug}/api/v1/visits/{}/note", note.visit_id);
                    Answer::created(location, note.version, &note)
                }
                Written::Again(note) => Answer::ok(note.version, &note),
            }
        })
        .await
}

/// What the caller typed at a visit and did not save.
///
/// Nobody else sees it. It is empty once it was saved or discarded.
#[utoipa::path(tag = "notes",
    params(("slug" = String, Path, description = "The clinic"), ("id" = VisitId, Path, description = "The visit")),
    responses((status = 200, body = Draft, description = "With an ETag"), Problems))]
#[get("/clinic/{slug}/api/v1/visits/{id}/note-draft")]
async fn show_draft(clinic: Clinic<Keep>, id: Id<VisitId>) -> Result<HttpResponse, Error> {
    let draft = clinic.read(async |db| draft::present(db, id.0).await).await?;
    Ok(Answer::ok(draft.version, &draft)?.into())
}

/// Keep what is being typed at a visit.
///
/// Any fields of note and vitals, as text and unchecked. The first is kept without `If-Match`, each next one
/// under the version that was answered: 412 says that another window kept something in between.
#[utoipa::path(tag = "notes",
    params(("slug" = String, Path, description = "The clinic"), ("id" = VisitId, Path, description = "The visit"),
        ("If-Match" = Option<String>, Header, description = "The ETag of what was kept before, if anything was")),
    request_body = NewDraft,
    responses((status = 201, body = Draft, description = "The first one"),
        (status = 200, body = Draft, description = "As it is now"), Problems))]
#[put("/clinic/{slug}/api/v1/visits/{id}/note-draft")]
async fn keep_draft(
    clinic: Clinic<Keep>,
    id: Id<VisitId>,
    version: Result<IfMatch, Error>,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let new: NewDraft = body.fields.read()?;
    let slug = clinic.slug();
    let kept = clinic
        .write(async |db| {
            let present = async || Ok(draft::present(db, id.0).await?.version);
            let version = IfMatch::if_any(&version, present).await?;
            draft::keep(db, id.0, version, &new).await
        })
        .await?;
    let answer = match kept {
        Kept::First(draft) => {
            let location = format!("/clinic/{slug}/api/v1/visits/{}/note-draft", id.0);
            Answer::created(location, draft.version, &draft)?
        }
        Kept::Again(draft) => Answer::ok(draft.version, &draft)?,
    };
    Ok(answer.into())
}
