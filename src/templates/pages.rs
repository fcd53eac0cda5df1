//! Templates as pages: find, write, set aside.

use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template as Draws;

use super::{NewTemplate, Summary, TemplateId, Write};
use crate::catalogue::{self, Offered};
use crate::error::Error;
use crate::prescriptions::rows::{Rows, compact, more};
use crate::prescriptions::{self, PrescriptionId};
use crate::tenant::{Answer, Clinic};
use crate::trail;
use crate::web::{Chrome, Fields, Form, FormBody, Id, Overtaken, Routes, page, page_with};

pub(super) fn routes(config: &mut Routes) {
    config
        .service(index)
        .service(new_template)
        .service(add_template)
        .service(edit_template)
        .service(amend_template)
        .service(archive);
}

/// The sets of words of what is chosen.
const WORDS: [(&str, &str); 4] =
    [("shared", "flag"), (".form", "form"), (".food", "food"), (".kind", "kind")];
/// Fields of the form besides its rows.
const PLAIN: [&str; 5] = ["name", "keywords", "shared", "diagnosis", "advice"];

#[derive(Draws)]
#[template(path = "templates/list.html")]
struct ListPage {
    chrome: Chrome,
    templates: Vec<Summary>,
    find: String,
    /// Whether those that were set aside are shown.
    aside: bool,
}

#[derive(Draws)]
#[template(path = "templates/form.html")]
struct FormPage {
    chrome: Chrome,
    form: Form,
    offered: Offered,
    rows: Rows,
    /// Set when writing anew: its id and whether it is offered.
    there: Option<(TemplateId, bool)>,
    /// Where the form is sent.
    action: String,
}

impl FormPage {
    fn new(
        chrome: Chrome,
        form: Form,
        offered: Offered,
        there: Option<(TemplateId, bool)>,
    ) -> FormPage {
        let action = match there {
            Some((id, _)) => chrome.path(&format!("templates/{id}/edit")),
            None => chrome.path("templates"),
        };
        let rows = Rows::of(&form);
        FormPage { chrome, form, offered, rows, there, action }
    }
}

/// The own templates and those of colleagues.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/templates")]
async fn index(clinic: Clinic<Write>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let find = fields.text_opt("find", 100).unwrap_or_default();
    let aside = fields.flag("inactive");
    let done = fields.text_opt("done", 60);
    let templates = clinic.read(async |db| super::list(db, &find, aside).await).await?;
    let chrome = Chrome::new(&clinic, "prescriptions")?.done(done.as_deref());
    page(&ListPage { chrome, templates, find, aside })
}

/// A new template: blank, with all that a prescription says (`of`), or as another template (`copy`).
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/templates/new")]
async fn new_template(clinic: Clinic<Write>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let of: Option<PrescriptionId> = fields.id_opt("of");
    let copy: Option<TemplateId> = fields.id_opt("copy");
    let (form, offered) = clinic
        .read(async |db| {
            let form = match (of, copy) {
                (Some(id), _) => {
                    Form::filled(&super::of_prescription(&prescriptions::present(db, id).await?))
                }
                (None, Some(id)) => {
                    let mut form = Form::filled(&super::present(db, id).await?);
                    form.set("shared", "");
                    form
                }
                (None, None) => Form::new(),
            };
            Ok((form, catalogue::offered(db).await?))
        })
        .await?;
    let chrome = Chrome::new(&clinic, "prescriptions")?;
    page(&FormPage::new(chrome, form, offered, None))
}

/// Adds a template.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 303, description = "Added")))]
#[post("/clinic/{slug}/templates")]
async fn add_template(clinic: Clinic<Write>, body: FormBody) -> Result<HttpResponse, Error> {
    if body.form.is("then", "more") {
        let offered = clinic.read(async |db| catalogue::offered(db).await).await?;
        let chrome = Chrome::new(&clinic, "prescriptions")?;
        return page(&FormPage::new(chrome, more(&body.form), offered, None));
    }
    let (form, pairs) = compact(&body.form, &PLAIN);
    let outcome = async {
        let new: NewTemplate = Fields::from_pairs(pairs).read()?;
        let slug = clinic.slug();
        clinic
            .once(&body.ticket, async |db| {
                super::add(db, &new).await?;
                Ok(Answer::see_other(format!("/clinic/{slug}/templates?done=template_added")))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => Ok(answer),
        Err(error) => {
            let status = error.status();
            let offered = clinic.read(async |db| catalogue::offered(db).await).await?;
            let chrome = Chrome::new(&clinic, "prescriptions")?;
            let form = form.refuse(error, chrome.texts())?;
            page_with(status, &FormPage::new(chrome, form, offered, None))
        }
    }
}

/// An own template, to be written anew. A colleague's is copied instead.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = TemplateId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/templates/{id}/edit")]
async fn edit_template(clinic: Clinic<Write>, id: Id<TemplateId>) -> Result<HttpResponse, Error> {
    let (template, offered) = clinic
        .read(async |db| Ok((super::present(db, id.0).await?, catalogue::offered(db).await?)))
        .await?;
    if !template.own {
        let to = format!("/clinic/{}/templates/new?copy={}", clinic.slug(), id.0);
        return Ok(Answer::see_other(to).into());
    }
    let chrome = Chrome::new(&clinic, "prescriptions")?;
    let form = Form::filled(&template);
    page(&FormPage::new(chrome, form, offered, Some((id.0, template.active))))
}

/// Writes a template anew, unless another window did in the meantime.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = TemplateId, Path,)), responses((status = 303, description = "Saved")))]
#[post("/clinic/{slug}/templates/{id}/edit")]
async fn amend_template(
    clinic: Clinic<Write>,
    id: Id<TemplateId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let adds = body.form.is("then", "more");
    let (form, pairs) = compact(&body.form, &PLAIN);
    let outcome = async {
        let mut fields = body.fields();
        let version = fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
        if adds {
            return Ok(None);
        }
        let new: NewTemplate = Fields::from_pairs(pairs).read()?;
        clinic.write(async |db| super::amend(db, id.0, version, &new).await).await.map(Some)
    };
    let outcome = outcome.await;
    if let Ok(Some(_)) = outcome {
        let to = format!("/clinic/{}/templates?done=template_saved", clinic.slug());
        return Ok(Answer::see_other(to).into());
    }
    let (template, offered) = clinic
        .read(async |db| Ok((super::present(db, id.0).await?, catalogue::offered(db).await?)))
        .await?;
    let chrome = Chrome::new(&clinic, "prescriptions")?;
    let (status, form) = match outcome {
        Ok(_) => (200, more(&body.form)),
        Err(Error::Stale) => {
            let sent: NewTemplate = body.fields().read()?;
            let mut now = compact(&Form::filled(&template), &PLAIN).0;
            now.set("version", &template.version.to_string());
            let by = Overtaken {
                sent: compact(&Form::filled(&sent), &PLAIN).0,
                now,
                changed_at: Some(&template.updated_at),
                changed_by: trail::changed_by(
                    &clinic,
                    "prescription_templates",
                    id.0,
                    template.updated_at,
                )
                .await?,
                words: &WORDS,
            };
            (412, form.overtaken(&chrome, "templates.stale", &by))
        }
        Err(error) => (error.status(), form.refuse(error, chrome.texts())?),
    };
    page_with(status, &FormPage::new(chrome, form, offered, Some((id.0, template.active))))
}

/// Sets a template aside, or brings it back.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = TemplateId, Path,)), responses((status = 303, description = "Done")))]
#[post("/clinic/{slug}/templates/{id}/archive")]
async fn archive(
    clinic: Clinic<Write>,
    id: Id<TemplateId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let mut fields = body.fields();
    let version = fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
    let back = fields.flag("restore");
    clinic.write(async |db| super::set_active(db, id.0, version, back).await).await?;
    let done = if back { "template_restored" } else { "template_archived" };
    Ok(Answer::see_other(format!("/clinic/{}/templates?done={done}", clinic.slug())).into())
}
