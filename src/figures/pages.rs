//! The figures as a page: the day so far, what waits for a decision, and the period in charts.

use actix_web::{HttpRequest, HttpResponse, get};
use askama::Template;

use super::period::Asked;
use super::{Figures, Period, Read};
use crate::error::Error;
use crate::tenant::Clinic;
use crate::web::{Chrome, Fields, Form, Routes, page_with};

mod charts;

pub(super) fn routes(config: &mut Routes) {
    config.service(show);
}

/// Periods to choose from, in days.
const CHOICES: [i64; 4] = [7, 30, 90, 365];

/// One thing to decide: how many, the words, where.
struct Decision {
    count: String,
    words: String,
    href: String,
}

#[derive(Template)]
#[template(path = "figures/figures.html")]
struct FiguresPage {
    chrome: Chrome,
    form: Form,
    figures: Figures,
    decisions: Vec<Decision>,
    visits: String,
    charts: Vec<String>,
}

impl FiguresPage {
    fn new(chrome: Chrome, form: Form, figures: Figures) -> Result<FiguresPage, Error> {
        let decisions = decisions(&chrome, &figures);
        let mut charts = charts::all(&chrome, &figures)?;
        let visits = if charts.is_empty() { String::new() } else { charts.remove(0) };
        Ok(FiguresPage { chrome, form, figures, decisions, visits, charts })
    }

    /// Whether so many days until today are shown.
    fn is_chosen(&self, days: i64) -> bool {
        self.figures.period().length() == days && self.figures.to == self.chrome.today()
    }
}

/// What waits and for whom the page has a place where it is done.
fn decisions(chrome: &Chrome, figures: &Figures) -> Vec<Decision> {
    let waits = figures.decisions;
    let known = [
        (waits.unsigned, "figures.unsigned", "prescriptions:read", "prescriptions?status=draft"),
        (waits.left_open, "figures.left_open", "visits:read", "queue?left=yes#left-title"),
        (waits.invited, "figures.invited", "staff:write", "staff?status=invited"),
        (waits.interrupted, "figures.interrupted", "imports:read", "imports"),
    ];
    let open = known.into_iter().filter(|(n, _, may, _)| *n > 0 && chrome.may(may));
    open.map(|(count, key, _, path)| Decision {
        count: if count < 100 { count.to_string() } else { chrome.t("figures.many").to_owned() },
        words: chrome.t(key).to_owned(),
        href: chrome.path(path),
    })
    .collect()
}

/// The clinic in figures. A period that cannot be is told, and the usual one shown.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/figures")]
async fn show(clinic: Clinic<Read>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let asked = Asked::parse(&mut fields);
    let read = fields.finish().err();
    let (refused, figures) = clinic
        .read(async |db| {
            let today = db.today();
            let (refused, period) = match asked.until(today) {
                Ok(period) => (None, period),
                Err(error) => (Some(error), Period::usual(today)),
            };
            Ok((refused, super::summary(db, period).await?))
        })
        .await?;
    let chrome = Chrome::new(&clinic, "figures")?;
    let mut form = Form::new();
    form.set("from", &chrome.date(&figures.from));
    form.set("to", &chrome.date(&figures.to));
    let mut status = 200;
    if let Some(error) = read.or(refused) {
        status = 422;
        let typed =
            actix_web::web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        form = typed.map_or(form, |typed| Form::typed(&typed));
        form = form.refuse(error, chrome.texts())?;
    }
    page_with(status, &FiguresPage::new(chrome, form, figures)?)
}
