//! What a patient sees after signing in, besides the own timeline: prescriptions, results, visits and documents, each
//! with what can be printed or kept.

use actix_web::{HttpRequest, HttpResponse, get};
use askama::Template;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Own;
use crate::error::Error;
use crate::patients::PatientId;
use crate::prescriptions;
use crate::tenant::{Clinic, Db};
use crate::web::{Chrome, Fields, Paging, Routes, page};
use crate::{documents, results, visits};

pub(super) fn routes(config: &mut Routes) {
    config.service(prescribed).service(tested).service(visited).service(filed);
}

/// One line of a list.
struct Line {
    title: String,
    about: String,
    at: String,
    /// A state worth a badge; empty where there is none.
    badge: String,
    href: String,
    /// What else can be done with it: where, and the key of the words.
    also: Vec<(String, &'static str)>,
}

#[derive(Template)]
#[template(path = "portal/own.html")]
struct OwnPage {
    chrome: Chrome,
    /// Beginning of the keys of this list.
    kind: &'static str,
    lines: Vec<Line>,
    next: Option<String>,
}

impl OwnPage {
    fn key(&self, rest: &str) -> String {
        format!("portal.{}.{rest}", self.kind)
    }
}

fn joined(parts: &[&str]) -> String {
    parts.iter().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The patient whose login this is.
fn own(db: &Db) -> Result<PatientId, Error> {
    db.who().patient_id.map(PatientId).ok_or(Error::NotFound)
}

/// A page of one list: read it, cut it, say each row.
async fn listed<T, K: Serialize + DeserializeOwned + Clone>(
    clinic: &Clinic<Own>,
    request: &HttpRequest,
    kind: &'static str,
    read: impl AsyncFn(&mut Db, PatientId, i64, Option<K>) -> Result<Vec<T>, Error>,
    key: impl Fn(&T) -> K,
    line: impl Fn(&Chrome, &T) -> Line,
) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(request)?;
    let mut paging = Paging::parse(&mut fields);
    paging.limit = paging.limit.min(50);
    let name = format!("own {kind}");
    let after: Option<K> = paging.after(clinic.app(), clinic.slug(), &name)?;
    let rows = clinic
        .read(async |db| {
            let id = own(db)?;
            read(db, id, paging.limit, after.clone()).await
        })
        .await?;
    let found = paging.page(clinic.app(), clinic.slug(), &name, rows, key);
    let chrome = Chrome::new(clinic, kind)?;
    let next = found
        .next_cursor
        .map(|cursor| format!("{}?cursor={cursor}", chrome.path(&format!("record/{kind}"))));
    let lines = found.items.iter().map(|row| line(&chrome, row)).collect();
    page(&OwnPage { chrome, kind, lines, next })
}

/// The own prescriptions: those that were signed.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/record/prescriptions")]
async fn prescribed(clinic: Clinic<Own>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let read = async |db: &mut Db, id, limit, after| {
        let query = prescriptions::Query { status: None, patient: Some(id), limit, after };
        prescriptions::list(db, &query).await
    };
    listed(
        &clinic,
        &request,
        "prescriptions",
        read,
        |rx| (rx.created_at, rx.prescription_id),
        |chrome, rx| {
            let href = chrome.path(&format!("prescriptions/{}", rx.prescription_id));
            let status = rx.status.as_str();
            Line {
                title: rx.number.clone().unwrap_or_default(),
                about: joined(&[
                    rx.medicines.as_deref().unwrap_or_default(),
                    rx.diagnosis.as_deref().unwrap_or_default(),
                    &rx.practitioner_name,
                ]),
                at: chrome.datetime(&rx.signed_at.unwrap_or(rx.created_at)),
                badge: if status == "signed" { String::new() } else { status.to_owned() },
                also: vec![
                    (format!("{href}/sheet.pdf"), "paper.pdf"),
                    (format!("{href}/print"), "portal.print"),
                ],
                href,
            }
        },
    )
    .await
}

/// The own tests: where each stands, and what was found once it is verified.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/record/results")]
async fn tested(clinic: Clinic<Own>, request: HttpRequest) -> Result<HttpResponse, Error> {
    listed(
        &clinic,
        &request,
        "results",
        async |db: &mut Db, id, limit, after| results::of_patient(db, id, limit, after).await,
        |test| (test.ordered_at, test.ordered_test_id),
        |chrome, test| {
            let status = test.status.as_str();
            let said = chrome.word("own_test", status);
            Line {
                title: test.name.clone(),
                about: joined(&[&said, &test.ordered_by]),
                at: chrome.datetime(&test.resulted_at.unwrap_or(test.ordered_at)),
                badge: test
                    .flag
                    .filter(|flag| *flag != results::ResultFlag::Normal)
                    .map(|flag| flag.to_string())
                    .unwrap_or_default(),
                href: chrome.path(&format!("lab/{}", test.ordered_test_id)),
                also: Vec::new(),
            }
        },
    )
    .await
}

/// The own visits.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/record/visits")]
async fn visited(clinic: Clinic<Own>, request: HttpRequest) -> Result<HttpResponse, Error> {
    listed(
        &clinic,
        &request,
        "visits",
        async |db: &mut Db, id, limit, after| visits::of_patient(db, id, limit, after).await,
        |visit| (visit.arrived_at, visit.visit_id),
        |chrome, visit| {
            let status = visit.status.as_str();
            let token = chrome.tx("chart.token", visit.token.to_string());
            Line {
                title: visit.told.purpose.clone(),
                about: joined(&[visit.practitioner_name.as_deref().unwrap_or_default(), &token]),
                at: chrome.datetime(&visit.arrived_at),
                badge: if status == "completed" { String::new() } else { status.to_owned() },
                href: String::new(),
                also: Vec::new(),
            }
        },
    )
    .await
}

/// The own documents.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/record/documents")]
async fn filed(clinic: Clinic<Own>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let read = async |db: &mut Db, id, limit, after| {
        let query = documents::Query { category: None, archived: false, limit, after };
        documents::of_patient(db, id, &query).await
    };
    listed(
        &clinic,
        &request,
        "documents",
        read,
        |document| (document.created_at, document.document_id),
        |chrome, document| {
            let content =
                chrome.path(&format!("api/v1/documents/{}/content", document.document_id));
            Line {
                title: document.title.clone(),
                about: joined(&[
                    &chrome.word("category", document.category.as_str()),
                    &document.size(),
                ]),
                at: chrome.datetime(&document.created_at),
                badge: String::new(),
                href: chrome.path(&format!("documents/{}", document.document_id)),
                also: vec![(format!("{content}?download=true"), "documents.get")],
            }
        },
    )
    .await
}
