//! The report as a page: how many came, how they fared, how long they waited.

use actix_web::{HttpRequest, HttpResponse, get};
use askama::Template;

use super::{Asked, CountBy, Period, Read, Report};
use crate::error::Error;
use crate::practitioners::{self, Practitioner};
use crate::tenant::Clinic;
use crate::visits::{self, Day, Visit};
use crate::web::{Chrome, Fields, Form, Parse, Routes, page_with};

/// Lines of a page; the file has them all.
const SHOWN: usize = 50;

pub(super) fn routes(config: &mut Routes) {
    config.service(index);
}

#[derive(Template)]
#[template(path = "check_ins/report.html")]
struct ReportPage {
    chrome: Chrome,
    form: Form,
    here: Vec<Practitioner>,
    lines: Vec<Line>,
    total: Option<Period>,
    /// Periods that are not shown.
    more: usize,
    /// Of one day: who came, by token.
    visits: Vec<Visit>,
    /// The same question for the file.
    csv: String,
}

/// A period, and where it is looked at more closely.
struct Line {
    name: String,
    href: Option<String>,
    counts: Period,
}

/// Check-ins by day, month or year.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/check-ins")]
async fn index(clinic: Clinic<Read>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let asked = Asked::parse(&mut fields);
    let wrong = fields.finish().err();
    let readable = wrong.is_none();
    let (outcome, here, visits) = clinic
        .read(async |db| {
            let here = practitioners::active(db).await?;
            if !readable {
                return Ok((Err(Error::NotFound), here, Vec::new()));
            }
            // A range that cannot be counted is the asker's to correct, on the same page.
            let report = match super::report(db, &asked).await {
                Err(error @ Error::Invalid(_)) => return Ok((Err(error), here, Vec::new())),
                other => other?,
            };
            let visits = if report.from == report.to {
                of_day(db, &asked, &report).await?
            } else {
                Vec::new()
            };
            Ok((Ok(report), here, visits))
        })
        .await?;
    let chrome = Chrome::new(&clinic, "check_ins")?;
    let mut form = filled(&request);
    let (report, status) = match (outcome, wrong) {
        (Ok(report), _) => (Some(report), 200),
        (Err(_), Some(error)) | (Err(error), None) => {
            form = form.refuse(error, chrome.texts())?;
            (None, 422)
        }
    };
    if let Some(report) = &report {
        form.set("by", report.by.as_str());
        form.set("from", &chrome.date(&report.from));
        form.set("to", &chrome.date(&report.to));
    }
    let csv =
        report.as_ref().map(|r| address(&chrome, "check-ins.csv", &asked, r.by, r.from, r.to));
    let mut lines: Vec<Line> =
        report.iter().flat_map(|r| r.periods.iter().map(|p| line(&chrome, &asked, r, p))).collect();
    let more = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    let total = report.as_ref().filter(|r| r.periods.len() > 1).map(Report::total);
    let csv = csv.unwrap_or_default();
    page_with(status, &ReportPage { chrome, form, here, lines, total, more, visits, csv })
}

async fn of_day(
    db: &mut crate::tenant::Db,
    asked: &Asked,
    report: &Report,
) -> Result<Vec<Visit>, Error> {
    let query = visits::Query {
        day: Some(Day::On(report.from)),
        status: asked.status,
        visit_type: asked.visit_type,
        practitioner: asked.practitioner,
        limit: i64::try_from(SHOWN).unwrap_or(50),
    };
    let mut visits = visits::list(db, &query, None).await?;
    visits.truncate(SHOWN);
    Ok(visits)
}

/// What was asked, as it was typed.
fn filled(request: &HttpRequest) -> Form {
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect();
    Form::typed(&pairs)
}

fn line(chrome: &Chrome, asked: &Asked, report: &Report, counts: &Period) -> Line {
    let first = counts.first_day;
    let finer = match report.by {
        CountBy::Year => Some(CountBy::Month),
        CountBy::Month => Some(CountBy::Day),
        CountBy::Day if report.from != report.to => Some(CountBy::Day),
        CountBy::Day => None,
    };
    // No further than was asked for.
    let (from, to) = (first.max(report.from), report.by.last(first).min(report.to));
    let name = match report.by {
        CountBy::Day => chrome.date(&first),
        CountBy::Month => first.format("%b %Y").to_string(),
        CountBy::Year => first.format("%Y").to_string(),
    };
    let href = finer.map(|by| address(chrome, "check-ins", asked, by, from, to));
    Line { name, href, counts: counts.clone() }
}

fn address(
    chrome: &Chrome,
    to_page: &str,
    asked: &Asked,
    by: CountBy,
    from: chrono::NaiveDate,
    to: chrono::NaiveDate,
) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("by", by.as_str());
    query.append_pair("from", &from.to_string()).append_pair("to", &to.to_string());
    if let Some(id) = asked.practitioner {
        query.append_pair("practitioner_id", &id.to_string());
    }
    if let Some(status) = asked.status {
        query.append_pair("status", status.as_str());
    }
    if let Some(kind) = asked.visit_type {
        query.append_pair("visit_type", kind.as_str());
    }
    format!("{}?{}", chrome.path(to_page), query.finish())
}
