//! What is measured in a test of the catalogue: the page and its JSON.

use actix_web::{HttpRequest, HttpResponse, get, post, put};
use askama::Template;

use super::{Measure, Measures};
use crate::catalogue::{self, Test, TestId};
use crate::error::Error;
use crate::tenant::{Answer, Clinic};
use crate::web::{
    Chrome, Fields, Form, FormBody, Id, IfMatch, JsonBody, Problems, Routes, page, page_with,
};

pub(super) fn routes(config: &mut Routes) {
    config.service(measured).service(set_measures).service(edit_form).service(save);
}

/// What is measured, in the order of the report.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The clinic"), ("id" = TestId, Path, description = "The test")),
    responses((status = 200, body = Measures, description = "The lines, with an ETag; v0 where nobody said"), Problems))]
#[get("/clinic/{slug}/api/v1/catalogue/tests/{id}/measures")]
async fn measured(clinic: Clinic<catalogue::Read>, id: Id<TestId>) -> Result<HttpResponse, Error> {
    let (lines, version) = clinic.read(async |db| super::measures_of(db, id.0).await).await?;
    Ok(Answer::ok(version, &Measures { measures: lines })?.into())
}

/// Say what is measured, with unit and limits; once for each sex where limits differ.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The clinic"), ("id" = TestId, Path, description = "The test"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = Measures,
    responses((status = 200, body = Measures, description = "As it is now"), Problems))]
#[put("/clinic/{slug}/api/v1/catalogue/tests/{id}/measures")]
async fn set_measures(
    clinic: Clinic<catalogue::Write>,
    id: Id<TestId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let new: Measures = body.fields.read()?;
    let (lines, version) = clinic
        .write(async |db| {
            let version = version.meant(async || Ok(super::measures_of(db, id.0).await?.1)).await?;
            super::set_measures(db, id.0, version, &new.measures).await
        })
        .await?;
    Ok(Answer::ok(version, &Measures { measures: lines })?.into())
}

#[derive(Template)]
#[template(path = "results/measures.html")]
struct MeasuresPage {
    chrome: Chrome,
    form: Form,
    test: Test,
    rows: Vec<usize>,
}

fn filled(measures: &[Measure], version: i32) -> Form {
    let mut form = Form::filled(&Measures { measures: measures.to_vec() });
    form.set("version", &version.to_string());
    form
}

fn drawn(chrome: Chrome, form: Form, test: Test) -> MeasuresPage {
    let used = |n: &usize| !form.value(&format!("measures.{n}.name")).is_empty();
    let last = (0..60).filter(used).max().map_or(0, |last| last + 1);
    MeasuresPage { chrome, test, rows: (0..(last + 4).min(60)).collect(), form }
}

/// The form to say what is measured.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = TestId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/catalogue/tests/{id}/measures")]
async fn edit_form(
    clinic: Clinic<catalogue::Write>,
    id: Id<TestId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let done = Fields::of_query(&request)?.text_opt("done", 60);
    let (test, (measures, version)) = clinic
        .read(async |db| {
            Ok((catalogue::test(db, id.0).await?, super::measures_of(db, id.0).await?))
        })
        .await?;
    let chrome = Chrome::new(&clinic, "catalogue")?.done(done.as_deref());
    page(&drawn(chrome, filled(&measures, version), test))
}

/// Keeps what is measured, unless somebody else said otherwise in the meantime.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = TestId, Path,)), responses((status = 303, description = "Saved")))]
#[post("/clinic/{slug}/catalogue/tests/{id}/measures")]
async fn save(
    clinic: Clinic<catalogue::Write>,
    id: Id<TestId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let mut fields = body.fields();
        let version = fields.int32("version", 0..=i32::MAX).ok_or(Error::PreconditionRequired)?;
        let new: Measures = fields.read()?;
        clinic.write(async |db| super::set_measures(db, id.0, version, &new.measures).await).await
    };
    match outcome.await {
        Ok(_) => {
            let slug = clinic.slug();
            let to =
                format!("/clinic/{slug}/catalogue/tests/{}/measures?done=measures_saved", id.0);
            Ok(Answer::see_other(to).into())
        }
        Err(error) => {
            let status = error.status();
            let (test, (_, version)) = clinic
                .read(async |db| {
                    Ok((catalogue::test(db, id.0).await?, super::measures_of(db, id.0).await?))
                })
                .await?;
            let chrome = Chrome::new(&clinic, "catalogue")?;
            let form = if matches!(error, Error::Stale) {
                let mut form = body.form;
                form.set("version", &version.to_string());
                form.object(chrome.t("catalogue.stale"))
            } else {
                body.form.refuse(error, chrome.texts())?
            };
            page_with(status, &drawn(chrome, form, test))
        }
    }
}
