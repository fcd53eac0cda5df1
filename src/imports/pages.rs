//! Imports as pages: upload a file, see what became of it.

use actix_multipart::{Field, Multipart};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use futures_util::StreamExt;

use super::mapping::NAMED;
use super::{
    FileId, Import, ImportId, ImportStatus, Kept, Order, Read, Reject, Write, files, store, upload,
};
use crate::auth::csrf;
use crate::error::Error;
use crate::tenant::{Answer, Clinic, Credential};
use crate::web::{Chrome, Fields, Form, Id, Paging, Routes, page, page_with};

pub(super) fn routes(config: &mut Routes) {
    config.service(index).service(start).service(report);
}

/// Imports on a page.
const LIMIT: i64 = 20;
/// Rejects on a page; the others are in the file.
const SHOWN: i64 = 50;
/// Most bytes of a field that is no file.
const FIELD: usize = 4096;

#[derive(Template)]
#[template(path = "imports/list.html")]
struct ListPage {
    chrome: Chrome,
    form: Form,
    imports: Vec<Import>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "imports/report.html")]
struct ReportPage {
    chrome: Chrome,
    form: Form,
    import: Import,
    rejects: Vec<Reject>,
    /// About how many rows the file has, where it is kept here.
    lines: Option<i32>,
    /// Who stays after it was undone.
    kept: Vec<Kept>,
}

/// An account that has not moved for so long is nobody's work any more.
const QUIET: chrono::Duration = chrono::Duration::minutes(2);

impl ReportPage {
    /// Somebody works on it.
    fn moves(&self) -> bool {
        let young = self.chrome.now - self.import.updated_at < QUIET;
        self.import.status == ImportStatus::Running && young
    }

    /// It began, did not end, and nobody works on it.
    fn stopped(&self) -> bool {
        !self.import.is_over() && !self.moves()
    }

    /// The word for its state.
    fn state(&self) -> &'static str {
        match self.import.status {
            _ if self.import.undone_at.is_some() => "undone",
            ImportStatus::Running if !self.moves() => ImportStatus::Interrupted.as_str(),
            status => status.as_str(),
        }
    }

    fn can_be_undone(&self) -> bool {
        let settled = !self.import.dry_run && !self.moves() && self.import.created > 0;
        settled && self.chrome.may("imports:write")
    }

    /// How far it is, in words.
    fn far(&self) -> String {
        let done = self.chrome.count(self.import.rows_done);
        let text = self.chrome.counted("imports.far", self.import.rows_done);
        let text = text.replacen("{}", &done, 1);
        let Some(lines) = self.lines else { return text };
        format!("{text} {}", self.chrome.tx("imports.far_of", self.chrome.count(lines)))
    }

    /// How far the bar is: never past its end.
    fn reached(&self) -> i32 {
        self.lines.map_or(0, |lines| self.import.rows_done.min(lines))
    }
}

impl Kept {
    fn name_line(&self) -> String {
        crate::patients::name_line(&self.given_name, self.family_name.as_deref())
    }
}

impl Import {
    /// The file's name, or that it has none.
    fn title(&self, chrome: &Chrome) -> String {
        self.file_name.clone().unwrap_or_else(|| chrome.t("imports.unnamed").to_owned())
    }

    fn is_over(&self) -> bool {
        self.status == super::ImportStatus::Completed
    }
}

/// A new import, and those before.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/imports")]
async fn index(clinic: Clinic<Read>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    let done = fields.text_opt("done", 60);
    let drawn = listed(&clinic, &paging, Form::new()).await?;
    page(&ListPage { chrome: drawn.chrome.done(done.as_deref()), ..drawn })
}

async fn listed<P: crate::tenant::Permission>(
    clinic: &Clinic<P>,
    paging: &Paging,
    form: Form,
) -> Result<ListPage, Error> {
    let after = paging.after(clinic.app(), clinic.slug(), "imports")?;
    let limit = paging.limit.min(LIMIT);
    let rows = clinic.read(async |db| super::list(db, limit + 1, after).await).await?;
    let found = paging
        .page(clinic.app(), clinic.slug(), "imports", rows, |row| (row.created_at, row.import_id));
    let chrome = Chrome::new(clinic, "imports")?;
    let next = found.next_cursor.map(|cursor| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("cursor", &cursor);
        format!("{}?{}", chrome.path("imports"), query.finish())
    });
    Ok(ListPage { chrome, form, imports: found.items, next })
}

/// Keeps an uploaded file and shows its columns; an import that stopped goes on with it. A file that cannot be read at all is refused on the form.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 303, description = "Imported")))]
#[post("/clinic/{slug}/imports")]
async fn start(
    clinic: Clinic<Write>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    let mut parts = Multipart::new(request.headers(), payload);
    let mut form = Form::new();
    let outcome = received(&clinic, &mut parts, &mut form).await;
    match outcome {
        Ok(Received::Kept(id)) => {
            Ok(Answer::see_other(format!("/clinic/{}/imports/files/{id}", clinic.slug())).into())
        }
        Ok(Received::Read(import)) => {
            let done = if import.dry_run { "tried" } else { "imported" };
            let (slug, id) = (clinic.slug(), import.import_id);
            Ok(Answer::see_other(format!("/clinic/{slug}/imports/{id}?done={done}")).into())
        }
        Err(error) => {
            let status = if error.status() == 413 { 413 } else { 422 };
            let error = on_the_form(error);
            if !matches!(error, Error::Invalid(_) | Error::Conflict { .. }) {
                return Err(error);
            }
            // A browser that is still sending would not read the answer.
            while let Some(Ok(mut part)) = parts.next().await {
                while let Some(Ok(_)) = part.next().await {}
            }
            let paging = Paging::parse(&mut Fields::default());
            let mut drawn = listed(&clinic, &paging, form).await?;
            drawn.form = drawn.form.refuse(error, drawn.chrome.texts())?;
            page_with(status, &drawn)
        }
    }
}

/// What became of an upload.
enum Received {
    /// A new file is kept, to be looked at.
    Kept(FileId),
    /// A file of an import that stopped was read to its end.
    Read(Box<Import>),
}

/// Everything that is wrong with a file is told beside the file.
fn on_the_form(error: Error) -> Error {
    match error {
        Error::Invalid(errors) => {
            Error::Invalid(errors.into_iter().map(|error| error.called("file".into())).collect())
        }
        Error::TooLarge => Error::field("file", "too_large"),
        other => other,
    }
}

/// The parts in the order of the form: the token first, the file last.
async fn received(
    clinic: &Clinic<Write>,
    parts: &mut Multipart,
    form: &mut Form,
) -> Result<Received, Error> {
    let Credential::Cookie(_) = clinic.credential() else {
        return Err(Error::UnsupportedMedia);
    };
    let mut trusted = false;
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|_| Error::Malformed("multipart"))?;
        let name = part.name().unwrap_or_default().to_owned();
        if name != "file" {
            let value = text(&mut part).await?;
            if name == "csrf" {
                csrf::check(&value, clinic.credential().secret())?;
                trusted = true;
            }
            form.set(&name, &value);
            continue;
        }
        if !trusted {
            return Err(Error::Refused("csrf"));
        }
        let file_name =
            part.content_disposition().and_then(|c| c.get_filename()).unwrap_or_default();
        if file_name.is_empty() {
            break;
        }
        let name = clean(file_name);
        let body = part.map(|bytes| bytes.map_err(|_| Error::Malformed("body")));
        let Some(resume) = Some(form.value("resume")).filter(|id| !id.is_empty()) else {
            clinic.enter().await?;
            return Ok(Received::Kept(files::keep(clinic, &name, body).await?));
        };
        let order =
            Order { resume: resume.parse().ok(), file_name: Some(name), ..Order::default() };
        let once = form.value("once");
        let key = (1..=120).contains(&once.len()).then(|| format!("form:{once}"));
        let (import, _) = upload::receive(clinic, order, key.as_deref(), body).await?;
        return Ok(Received::Read(Box::new(import)));
    }
    Err(Error::field("file", "required"))
}

async fn text(part: &mut Field) -> Result<String, Error> {
    let bytes = part.bytes(FIELD).await.map_err(|_| Error::TooLarge)?;
    let bytes = bytes.map_err(|_| Error::Malformed("multipart"))?;
    String::from_utf8(bytes.to_vec()).map_err(|_| Error::Malformed("form"))
}

/// A file's name as it can be stored: the last part of a path, without control characters.
fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(255).collect()
}

/// What became of an import.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = ImportId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/imports/{id}")]
async fn report(
    clinic: Clinic<Read>,
    id: Id<ImportId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let done = fields.text_opt("done", 60);
    let (import, rejects, lines, kept) = clinic
        .read(async |db| {
            let import = super::present(db, id.0).await?;
            let (mut lines, mut kept) = (None, Vec::new());
            if import.undone_at.is_some() {
                kept = store::undo::kept(db, id.0, NAMED).await?;
            } else if let Some(file) = import.file_id.filter(|_| !import.is_over()) {
                lines = Some(files::present(db, file).await?.lines);
            }
            Ok((import, super::rejects(db, id.0, SHOWN, 0).await?, lines, kept))
        })
        .await?;
    let chrome = Chrome::new(&clinic, "imports")?.done(done.as_deref());
    let rejects = rejects.into_iter().map(|reject| reject.told(chrome.texts())).collect();
    page(&ReportPage { chrome, form: Form::new(), import, rejects, lines, kept })
}
