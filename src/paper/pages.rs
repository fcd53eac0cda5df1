//! Sheets as PDF, the style of their print pages, and the page of the layout.

use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;

use super::{Format, Layout, Read, ShownLayout, WriteLayout};
use crate::error::Error;
use crate::prescriptions::{self, Parts, PrescriptionId, Sheet};
use crate::tenant::{Answer, Clinic, Permission};
use crate::web::{Chrome, Fields, Form, FormBody, Id, Overtaken, Routes, address, page, page_with};

pub(super) fn routes(config: &mut Routes) {
    config.service(style).service(sheet).service(settings).service(amend);
}

/// The sheet of what was read, for somebody who is inside.
pub(super) fn sheet_of<P: Permission>(
    clinic: &Clinic<P>,
    parts: Parts,
    format: Option<Format>,
    request: &HttpRequest,
) -> Result<Sheet, Error> {
    let chrome = Chrome::new(clinic, "prescriptions")?;
    let words = parts.words(clinic.app(), clinic.slug().as_str(), clinic.who()?);
    Ok(Sheet::new(chrome, words, parts, format, |path| address(request, clinic.app(), path)))
}

/// The sheet as a PDF, on the clinic's paper or with `?paper=` on A4, A5 or a slip of 80 mm.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PrescriptionId, Path,)), responses((status = 200, description = "PDF")))]
#[get("/clinic/{slug}/prescriptions/{id}/sheet.pdf")]
async fn sheet(
    clinic: Clinic<Read>,
    id: Id<PrescriptionId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let format = Fields::of_query(&request)?.choice_opt("paper");
    let parts = clinic.read(async |db| prescriptions::parts(db, id.0).await).await?;
    super::answer(sheet_of(&clinic, parts, format, &request)?).await
}

/// What the layout adds to the style of a print page.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Stylesheet")))]
#[get("/clinic/{slug}/prescriptions/sheet.css")]
async fn style(clinic: Clinic<Read>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let format = Fields::of_query(&request)?.choice_opt("paper");
    let shown = clinic.read(async |db| super::layout(db).await).await?;
    let format = format.unwrap_or(shown.layout.paper);
    Ok(HttpResponse::Ok().content_type("text/css; charset=utf-8").body(shown.layout.style(format)))
}

#[derive(Template)]
#[template(path = "paper/settings.html")]
struct LayoutPage {
    chrome: Chrome,
    form: Form,
}

fn drawn(clinic: &Clinic<WriteLayout>, form: Form) -> Result<LayoutPage, Error> {
    Ok(LayoutPage { chrome: Chrome::new(clinic, "settings")?, form })
}

fn filled(shown: &ShownLayout) -> Form {
    Form::filled(&shown.layout).at(shown.version)
}

/// How sheets are laid out.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/settings/paper")]
async fn settings(
    clinic: Clinic<WriteLayout>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let done = Fields::of_query(&request)?.text_opt("done", 60);
    let shown = clinic.read(async |db| super::layout(db).await).await?;
    let mut drawn = drawn(&clinic, filled(&shown))?;
    drawn.chrome = drawn.chrome.done(done.as_deref());
    page(&drawn)
}

/// Changes the layout, unless somebody else changed the settings in the meantime.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 303, description = "Saved")))]
#[post("/clinic/{slug}/settings/paper")]
async fn amend(clinic: Clinic<WriteLayout>, body: FormBody) -> Result<HttpResponse, Error> {
    let outcome = async {
        let mut fields = body.fields();
        let version = fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
        let layout: Layout = fields.read()?;
        clinic.write(async |db| super::set_layout(db, version, &layout).await).await
    };
    match outcome.await {
        Ok(_) => {
            let place = format!("/clinic/{}/settings/paper?done=layout_saved", clinic.slug());
            Ok(Answer::see_other(place).into())
        }
        Err(error) => {
            let status = error.status();
            let shown = clinic.read(async |db| super::layout(db).await).await?;
            let form = if matches!(error, Error::Stale) {
                let by = Overtaken {
                    sent: Form::filled(&body.fields().read::<Layout>()?),
                    now: filled(&shown),
                    changed_at: None,
                    changed_by: None,
                    words: &[("paper", "paper_format"), ("letterhead", "flag")],
                };
                body.form.overtaken(&Chrome::new(&clinic, "settings")?, "settings.stale", &by)
            } else {
                body.form.refuse(error, &clinic.lang())?
            };
            page_with(status, &drawn(&clinic, form)?)
        }
    }
}
