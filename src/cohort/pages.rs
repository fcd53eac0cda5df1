//! The cohort as a page.

use actix_web::{HttpResponse, get};
use askama::Template;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Bucket, Cohort, Read};
use crate::error::Error;
use crate::tenant::Clinic;
use crate::web::{Chrome, page};

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(show);
}

/// One way of counting, as a table.
struct Table {
    title: &'static str,
    /// The set of words that its values belong to.
    words: &'static str,
    buckets: Vec<Bucket>,
}

#[derive(Template)]
#[template(path = "cohort/cohort.html")]
struct CohortPage {
    chrome: Chrome,
    cohort: Cohort,
    tables: Vec<Table>,
}

impl CohortPage {
    fn word(&self, words: &str, bucket: &Bucket) -> String {
        match &bucket.value {
            Some(value) => self.chrome.word(words, value),
            None => self.chrome.t("cohort.not_known").to_owned(),
        }
    }

    /// Share of the whole in percent, to one decimal.
    fn share(part: i64, whole: i64) -> String {
        let tenths = if whole > 0 { (part * 2000 / whole + 1) / 2 } else { 0 };
        format!("{}.{} %", tenths / 10, tenths % 10)
    }

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
    let mut cohort = clinic.read(super::summary).await?;
    let chrome = Chrome::new(&clinic, "cohort")?;
    let table = |title, words, buckets: &mut Vec<Bucket>| Table {
        title,
        words,
        buckets: std::mem::take(buckets),
    };
    let tables = vec![
        table("cohort.risk", "risk", &mut cohort.risk),
        table("cohort.age", "age_group", &mut cohort.age_groups),
        table("cohort.sex", "sex", &mut cohort.sex),
        table("cohort.smoking", "smoking", &mut cohort.smoking_status),
        table("cohort.work", "work", &mut cohort.work_type),
        table("cohort.residence", "residence", &mut cohort.residence_type),
    ];
    page(&CohortPage { chrome, cohort, tables })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded() {
        assert_eq!(CohortPage::share(249, 5110), "4.9 %");
        assert_eq!(CohortPage::share(1, 0), "0.0 %");
        assert_eq!(CohortPage::share(3, 3), "100.0 %");
    }
}
