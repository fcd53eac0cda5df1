//! The catalogues as files, on a page: take them out, bring them in, see what became of the rows.

use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;

use super::Report;
use super::api::imported;
use crate::catalogue::entry::Entry;
use crate::catalogue::{NewMedicine, NewTest, Write};
use crate::error::Error;
use crate::tenant::Clinic;
use crate::web::{Chrome, Fields, Form, Routes, Upload, page, page_with};

pub(super) fn routes(config: &mut Routes) {
    config.service(show).service(import_medicines).service(import_tests);
}

/// Refusals on a page; whoever has more begins with these.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "catalogue/csv/csv.html")]
struct CsvPage {
    chrome: Chrome,
    form: Form,
    /// `medicines` or `tests`.
    kind: &'static str,
    columns: &'static [&'static str],
    report: Option<Report>,
}

/// The page where a catalogue is taken out and brought in.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/catalogue/csv")]
async fn show(clinic: Clinic<Write>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let tests = Fields::of_query(&request)?.text_opt("show", 20).as_deref() == Some("tests");
    clinic.enter().await?;
    let chrome = Chrome::new(&clinic, "catalogue")?;
    let (kind, columns) =
        if tests { ("tests", NewTest::COLUMNS) } else { ("medicines", NewMedicine::COLUMNS) };
    page(&CsvPage { chrome, form: Form::new(), kind, columns, report: None })
}

async fn drawn<T: Entry>(
    clinic: &Clinic<Write>,
    request: &HttpRequest,
    upload: Result<Upload, Error>,
    kind: &'static str,
) -> Result<HttpResponse, Error> {
    let dry_run = Fields::of_query(request)?.flag("dry_run");
    let outcome = async {
        let upload = upload?;
        if upload.bytes.is_empty() {
            return Err(Error::field("file", "required"));
        }
        imported::<T>(clinic, &upload.bytes, dry_run).await
    };
    let columns = T::COLUMNS;
    match outcome.await {
        Ok(report) => {
            let chrome = Chrome::new(clinic, "catalogue")?;
            page(&CsvPage { chrome, form: Form::new(), kind, columns, report: Some(report) })
        }
        Err(error) => {
            clinic.enter().await?;
            let chrome = Chrome::new(clinic, "catalogue")?;
            let status = error.status();
            let error = match error {
                Error::Invalid(errors) => {
                    Error::Invalid(errors.into_iter().map(|e| e.called("file".into())).collect())
                }
                Error::TooLarge => Error::field("file", "catalogue_too_large"),
                other => other,
            };
            let form = Form::new().refuse(error, chrome.texts())?;
            page_with(status, &CsvPage { chrome, form, kind, columns, report: None })
        }
    }
}

/// Reads medicines from a file and says what became of its rows.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "The report")))]
#[post("/clinic/{slug}/catalogue/csv/medicines")]
async fn import_medicines(
    clinic: Clinic<Write>,
    request: HttpRequest,
    upload: Result<Upload, Error>,
) -> Result<HttpResponse, Error> {
    drawn::<NewMedicine>(&clinic, &request, upload, "medicines").await
}

/// Reads tests from a file and says what became of its rows.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "The report")))]
#[post("/clinic/{slug}/catalogue/csv/tests")]
async fn import_tests(
    clinic: Clinic<Write>,
    request: HttpRequest,
    upload: Result<Upload, Error>,
) -> Result<HttpResponse, Error> {
    drawn::<NewTest>(&clinic, &request, upload, "tests").await
}
