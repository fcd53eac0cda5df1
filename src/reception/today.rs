//! The receptionist's first page: the day in figures that can be clicked, and who came last.

use actix_web::{HttpResponse, get};
use askama::Template;

use super::Open;
use crate::error::Error;
use crate::patients;
use crate::tenant::Clinic;
use crate::visits::{self, Figures, Query, Visit};
use crate::web::{Chrome, Routes, page};

/// Those who came last.
const LATEST: i64 = 10;

pub(super) fn routes(config: &mut Routes) {
    config.service(today);
}

#[derive(Template)]
#[template(path = "reception/today.html")]
struct Today {
    chrome: Chrome,
    figures: Figures,
    /// Registered today.
    registered: i64,
    latest: Vec<Visit>,
}

/// Today at the counter.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/today")]
async fn today(clinic: Clinic<Open>) -> Result<HttpResponse, Error> {
    let (figures, registered, latest) = clinic
        .read(async |db| {
            let figures = visits::figures(db).await?;
            let registered = patients::registered_today(db).await?;
            let latest = Query { limit: LATEST, ..Query::default() };
            Ok((figures, registered, visits::list(db, &latest, None).await?))
        })
        .await?;
    let chrome = Chrome::new(&clinic, "today")?;
    let day = chrome.day(&chrome.now);
    let latest = latest.into_iter().filter(|visit| visit.visit_day == day).take(10).collect();
    page(&Today { chrome, figures, registered, latest })
}
