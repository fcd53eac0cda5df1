//! The list of prescriptions as a page.

use actix_web::{HttpRequest, HttpResponse, get};
use askama::Template;

use super::{Query, Read, Status, Summary};
use crate::error::Error;
use crate::patients::PatientId;
use crate::tenant::Clinic;
use crate::web::{Chrome, Fields, Paging, Routes, page};

pub(super) fn routes(config: &mut Routes) {
    config.service(index);
}

/// A word that narrows the list.
struct Filter {
    href: String,
    key: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "prescriptions/list.html")]
struct ListPage {
    chrome: Chrome,
    filters: Vec<Filter>,
    prescriptions: Vec<Summary>,
    next: Option<String>,
}

fn address(
    chrome: &Chrome,
    status: Option<Status>,
    patient: Option<PatientId>,
    cursor: &str,
) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(status) = status {
        query.append_pair("status", status.as_str());
    }
    if let Some(patient) = patient {
        query.append_pair("patient_id", &patient.to_string());
    }
    if !cursor.is_empty() {
        query.append_pair("cursor", cursor);
    }
    let query = query.finish();
    let path = chrome.path("prescriptions");
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// The newest prescriptions, of the clinic or of one patient.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/prescriptions")]
async fn index(clinic: Clinic<Read>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let mut paging = Paging::parse(&mut fields);
    paging.limit = 50;
    let current: Option<Status> = fields.choice_opt("status");
    let patient: Option<PatientId> = fields.id_opt("patient_id");
    let done = fields.text_opt("done", 60);
    let after = paging.after(clinic.app(), clinic.slug(), "prescriptions")?;
    let query = Query { status: current, patient, limit: paging.limit, after };
    let rows = clinic.read(async |db| super::list(db, &query).await).await?;
    let found = paging.page(clinic.app(), clinic.slug(), "prescriptions", rows, |row| {
        (row.created_at, row.prescription_id)
    });
    let chrome = Chrome::new(&clinic, "prescriptions")?.done(done.as_deref());
    let words = [None, Some(Status::Draft), Some(Status::Signed), Some(Status::Voided)];
    let offered = words
        .iter()
        .filter(|word| **word != Some(Status::Draft) || chrome.may("prescriptions:read"));
    let filters = offered.map(|word| Filter {
        href: address(&chrome, *word, patient, ""),
        key: word.map_or_else(|| "rx.all".to_owned(), |word| format!("rx.filter.{word}")),
        current: *word == current,
    });
    let filters = filters.collect();
    let next = found.next_cursor.map(|cursor| address(&chrome, current, patient, &cursor));
    page(&ListPage { chrome, filters, prescriptions: found.items, next })
}
