//! Matches while somebody types: the lines under the search box, as a piece of a page.

use actix_web::{HttpRequest, HttpResponse, get};
use askama::Template;

use super::{List, PatientStatus, Query, Summary, Typed};
use crate::error::Error;
use crate::tenant::Clinic;
use crate::web::{Chrome, Fields, Routes, page};

/// Lines under the box: what the eye takes in at once.
const LINES: i64 = 8;

pub(super) fn routes(config: &mut Routes) {
    config.service(suggest);
}

#[derive(Template)]
#[template(path = "patients/suggest.html")]
struct Piece {
    chrome: Chrome,
    lines: Vec<Line>,
    /// Whether there are more than are shown.
    more: bool,
    /// What a registration would begin with.
    typed: Typed,
    q: String,
}

/// A match as the banner would say it.
struct Line {
    name: String,
    about: Vec<String>,
    status: &'static str,
    href: String,
}

impl Line {
    fn new(chrome: &Chrome, to_check_in: bool, found: &Summary) -> Line {
        let status = match found.status {
            PatientStatus::Deceased => "deceased",
            _ => "",
        };
        let chart = chrome.path(&format!("patients/{}", found.patient_id));
        Line {
            name: found.name_line(),
            about: [
                Some(found.born_line(chrome)),
                Some(chrome.word("sex", found.sex.as_str())),
                Some(found.number.clone()),
                found.phone.clone(),
            ]
            .into_iter()
            .flatten()
            .collect(),
            status,
            href: if to_check_in && status.is_empty() {
                format!("{chart}/check-in")
            } else {
                chart
            },
        }
    }
}

/// Matches of what is being typed, as the options of a list box. With `for=check-in` they lead there.
#[utoipa::path(tag = "pages",
    params(("slug" = String, Path,), ("q" = Option<String>, Query,), ("for" = Option<String>, Query,)),
    responses((status = 200, description = "A piece of a page")))]
#[get("/clinic/{slug}/patients/suggest")]
async fn suggest(clinic: Clinic<List>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let q = fields.text_opt("q", 100).unwrap_or_default();
    let to_check_in = fields.text_opt("for", 20).as_deref() == Some("check-in");
    fields.finish()?;
    let query = Query::new(&q, LINES, None);
    let mut found = if query.is_empty() {
        clinic.enter().await?;
        Vec::new()
    } else {
        super::search(&clinic, &query).await?
    };
    let shown = usize::try_from(LINES).unwrap_or(8);
    let more = found.len() > shown;
    found.truncate(shown);
    let chrome = Chrome::new(&clinic, "patients")?;
    let to_check_in = to_check_in && chrome.may("visits:checkin");
    let lines = found.iter().map(|p| Line::new(&chrome, to_check_in, p)).collect();
    page(&Piece { lines, more, typed: Typed::read(&q), q, chrome })
}
