//! Documents as pages: what is filed, file more, look at one, set it aside.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;

use super::{
    Category, Document, DocumentId, NewDocument, Query, Read, Reason, Write, receive_form,
};
use crate::error::Error;
use crate::patients::{self, Banner, PatientId};
use crate::tenant::{Answer, Clinic, Permission};
use crate::web::{Chrome, Fields, Form, FormBody, Id, Paging, Routes, page, page_with};

pub(super) fn routes(config: &mut Routes) {
    config.service(index).service(attach).service(show).service(archive).service(restore);
}

#[derive(Template)]
#[template(path = "documents/list.html")]
struct ListPage {
    chrome: Chrome,
    banner: Banner,
    form: Form,
    documents: Vec<Document>,
    archived: bool,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "documents/document.html")]
struct DocumentPage {
    chrome: Chrome,
    banner: Banner,
    form: Form,
    document: Document,
    /// Whether the reader may set it aside or bring it back.
    own: bool,
}

impl ListPage {
    /// What may be chosen: a face only by who may correct the record.
    fn categories(&self) -> impl Iterator<Item = Category> {
        let face = self.chrome.may("patients:write");
        Category::ALL.iter().copied().filter(move |c| face || *c != Category::Photo)
    }

    /// The same list with or without what is set aside.
    fn turned(&self) -> String {
        let here = format!("{}/documents", self.banner.href);
        if self.archived { here } else { format!("{here}?archived=true") }
    }
}

impl DocumentPage {
    fn content(&self) -> String {
        self.chrome.path(&format!("api/v1/documents/{}/content", self.document.document_id))
    }

    fn here(&self, rest: &str) -> String {
        self.chrome.path(&format!("documents/{}/{rest}", self.document.document_id))
    }

    fn list(&self) -> String {
        if self.chrome.may("self:read") {
            return self.chrome.path("record/documents");
        }
        self.chrome.path(&format!("patients/{}/documents", self.document.patient_id))
    }
}

/// What is filed with a patient, and the form to file more.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PatientId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/patients/{id}/documents")]
async fn index(
    clinic: Clinic<Read>,
    id: Id<PatientId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let done = fields.text_opt("done", 60);
    let mut drawn = listed(&clinic, id.0, fields, Form::new()).await?;
    drawn.chrome = drawn.chrome.done(done.as_deref());
    page(&drawn)
}

async fn listed<P: Permission>(
    clinic: &Clinic<P>,
    id: PatientId,
    mut fields: Fields,
    form: Form,
) -> Result<ListPage, Error> {
    let mut paging = Paging::parse(&mut fields);
    paging.limit = paging.limit.min(50);
    let archived = fields.flag("archived");
    let name = format!("documents {id}");
    let after = paging.after(clinic.app(), clinic.slug(), &name)?;
    let query = Query { category: None, archived, limit: paging.limit, after };
    let (patient, rows) = clinic
        .read(async |db| {
            let patient = patients::present(db, id).await?;
            Ok((patient, super::of_patient(db, id, &query).await?))
        })
        .await?;
    let found = paging
        .page(clinic.app(), clinic.slug(), &name, rows, |row| (row.created_at, row.document_id));
    let chrome = Chrome::new(clinic, "patients")?;
    let banner = Banner::new(&chrome, &patient);
    let more = if archived { "archived=true&" } else { "" };
    let next =
        found.next_cursor.map(|cursor| format!("{}/documents?{more}cursor={cursor}", banner.href));
    Ok(ListPage { chrome, banner, form, documents: found.items, archived, next })
}

/// Files a document with the patient.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PatientId, Path,)), responses((status = 303, description = "Filed")))]
#[post("/clinic/{slug}/patients/{id}/documents")]
async fn attach(
    clinic: Clinic<Write>,
    id: Id<PatientId>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    let mut form = Form::new();
    let outcome = async {
        let incoming = receive_form(&clinic, &request, payload, &mut form).await?;
        let new: NewDocument = incoming.fields().read()?;
        let slug = clinic.slug();
        incoming
            .file(&clinic, async |db, filed| {
                super::attach(db, id.0, &new, filed).await?;
                let to = format!("/clinic/{slug}/patients/{}/documents?done=attached", id.0);
                Ok(Answer::see_other(to))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => Ok(answer),
        Err(error @ (Error::Invalid(_) | Error::Conflict { .. })) => {
            let mut drawn = listed(&clinic, id.0, Fields::default(), form).await?;
            drawn.form = drawn.form.refuse(error, drawn.chrome.texts())?;
            page_with(422, &drawn)
        }
        Err(error) => Err(error),
    }
}

/// One document: what it is, its picture, where to get it.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = DocumentId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/documents/{id}")]
async fn show(
    clinic: Clinic<Read>,
    id: Id<DocumentId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let done = Fields::of_query(&request)?.text_opt("done", 60);
    let mut drawn = drawn(&clinic, id.0, Form::new()).await?;
    drawn.chrome = drawn.chrome.done(done.as_deref());
    page(&drawn)
}

async fn drawn<P: Permission>(
    clinic: &Clinic<P>,
    id: DocumentId,
    form: Form,
) -> Result<DocumentPage, Error> {
    let (document, patient) = clinic
        .read(async |db| {
            let document = super::present(db, id).await?;
            let patient = patients::present(db, document.patient_id).await?;
            Ok((document, patient))
        })
        .await?;
    let patients_own = clinic.may("self:read");
    let chrome = Chrome::new(clinic, if patients_own { "documents" } else { "patients" })?;
    let mut banner = Banner::new(&chrome, &patient);
    if patients_own {
        banner.href = chrome.path("record");
    }
    let face = document.category == Category::Photo;
    let own = clinic.may("documents:archive") || document.uploaded_by == clinic.who()?.user_id;
    let own = own && clinic.may("documents:write") && (!face || clinic.may("patients:write"));
    Ok(DocumentPage { chrome, banner, form, document, own })
}

/// Sets the document aside.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = DocumentId, Path,)), responses((status = 303, description = "Set aside")))]
#[post("/clinic/{slug}/documents/{id}/archive")]
async fn archive(
    clinic: Clinic<Write>,
    id: Id<DocumentId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let mut fields = body.fields();
        let version = fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
        let why: Reason = fields.read()?;
        clinic.write(async |db| super::archive(db, id.0, version, &why.reason).await).await
    };
    match outcome.await {
        Ok(document) => {
            let (slug, patient) = (clinic.slug(), document.patient_id);
            let to = format!("/clinic/{slug}/patients/{patient}/documents?done=set_aside");
            Ok(Answer::see_other(to).into())
        }
        Err(error @ (Error::Invalid(_) | Error::Conflict { .. })) => {
            let mut drawn = drawn(&clinic, id.0, body.form).await?;
            drawn.form = drawn.form.refuse(error, drawn.chrome.texts())?;
            page_with(422, &drawn)
        }
        Err(error) => Err(error),
    }
}

/// Brings the document back.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = DocumentId, Path,)), responses((status = 303, description = "Back")))]
#[post("/clinic/{slug}/documents/{id}/restore")]
async fn restore(
    clinic: Clinic<Write>,
    id: Id<DocumentId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let version =
        body.fields().int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
    clinic.write(async |db| super::restore(db, id.0, version).await).await?;
    let to = format!("/clinic/{}/documents/{}?done=brought_back", clinic.slug(), id.0);
    Ok(Answer::see_other(to).into())
}
