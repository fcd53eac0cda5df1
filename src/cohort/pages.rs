//! The cohort as a page.

use actix_web::{HttpResponse, get};
use askama::Template;

use super::{Bucket, Cohort, Read};
use crate::error::Error;
use crate::tenant::Clinic;
use crate::web::plot::{Plot, Point, Series, Shape};
use crate::web::{Chrome, Routes, page};

pub(super) fn routes(config: &mut Routes) {
    config.service(show);
}

#[derive(Template)]
#[template(path = "cohort/cohort.html")]
struct CohortPage {
    chrome: Chrome,
    cohort: Cohort,
    charts: Vec<String>,
}

/// Share of the whole in percent, to one decimal.
fn share(part: i64, whole: i64) -> String {
    let tenths = if whole > 0 { (part * 2000 / whole + 1) / 2 } else { 0 };
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// One way of counting: those with a stroke before those without, and of each how many.
fn chart(
    chrome: &Chrome,
    id: &'static str,
    words: &str,
    buckets: &[Bucket],
    total: i64,
) -> Result<String, Error> {
    let word = |value: &str| chrome.word(words, value);
    let named = |bucket: &Bucket| Point {
        label: bucket.value.as_deref().map_or_else(|| chrome.t("cohort.not_known").into(), word),
        cells: vec![
            chrome.count(bucket.count),
            share(bucket.count, total),
            chrome.count(bucket.stroke),
        ],
        ..Point::default()
    };
    let series = |name: &str, of: fn(&Bucket) -> i64| Series {
        name: chrome.t(name).to_owned(),
        values: buckets.iter().map(of).collect(),
    };
    let title = chrome.t(&format!("cohort.{id}")).to_owned();
    let plot = Plot {
        id,
        note: if id == "risk" { chrome.t("cohort.risk_help").to_owned() } else { String::new() },
        shape: Shape::Bars,
        of: title.clone(),
        title,
        points: buckets.iter().map(named).collect(),
        series: vec![
            series("cohort.with_stroke", |b| b.stroke),
            series("cohort.without_stroke", |b| b.count - b.stroke),
        ],
        heads: ["cohort.patients", "cohort.share", "cohort.stroke_of"]
            .map(|head| chrome.t(head).to_owned())
            .into(),
        nothing: chrome.t("cohort.none").to_owned(),
    };
    plot.draw(chrome)
}

impl CohortPage {
    fn mean(value: Option<f64>) -> String {
        value.map_or_else(|| "–".to_owned(), |v| format!("{v:.1}"))
    }

    fn exact(value: Option<f64>) -> String {
        value.map_or_else(String::new, |v| format!("{v:.4}"))
    }
}

/// Figures over all patients with a risk profile.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/cohort")]
async fn show(clinic: Clinic<Read>) -> Result<HttpResponse, Error> {
    let cohort = clinic.read(super::summary).await?;
    let chrome = Chrome::new(&clinic, "figures")?;
    let ways = [
        ("risk", "risk", &cohort.risk),
        ("age", "age_group", &cohort.age_groups),
        ("sex", "sex", &cohort.sex),
        ("smoking", "smoking", &cohort.smoking_status),
        ("work", "work", &cohort.work_type),
        ("residence", "residence", &cohort.residence_type),
    ];
    let charts = ways.map(|(id, words, buckets)| chart(&chrome, id, words, buckets, cohort.total));
    let charts = charts.into_iter().collect::<Result<_, _>>()?;
    page(&CohortPage { chrome, cohort, charts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded() {
        assert_eq!(share(249, 5110), "4.9 %");
        assert_eq!(share(1, 0), "0.0 %");
        assert_eq!(share(3, 3), "100.0 %");
    }
}
