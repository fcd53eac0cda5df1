//! Whom to measure next: those who wait today, the unmeasured first.

use actix_web::{HttpRequest, HttpResponse, get};
use askama::Template;
use chrono::{DateTime, Utc};

use super::{Write, store};
use crate::error::Error;
use crate::patients::{self, Born, Sex};
use crate::tenant::{Clinic, Db};
use crate::visits::VisitId;
use crate::web::{Chrome, Fields, Routes, page};

pub(super) fn routes(config: &mut Routes) {
    config.service(queue);
}

/// Somebody who waits.
#[derive(Debug)]
pub struct Waiting {
    /// The visit.
    pub visit_id: VisitId,
    /// The day's number.
    pub token: i32,
    /// Before everybody else.
    pub emergency: bool,
    /// What for.
    pub purpose: String,
    /// Since when.
    pub arrived_at: DateTime<Utc>,
    /// PT number.
    pub number: String,
    /// FAMILY NAME, Given.
    pub name: String,
    /// What is known of the birth.
    pub born: Born,
    /// Administrative sex.
    pub sex: Sex,
    /// For whom.
    pub doctor: Option<String>,
    /// When last measured in this visit.
    pub measured_at: Option<DateTime<Utc>>,
}

/// Who waits today, the unmeasured first.
pub async fn waiting(db: &mut Db) -> Result<Vec<Waiting>, Error> {
    let rows = store::waiting(db).await?;
    let waiting = rows.into_iter().map(|v| Waiting {
        visit_id: v.visit_id,
        token: v.token,
        emergency: v.visit_type == "emergency",
        purpose: v.purpose,
        arrived_at: v.arrived_at,
        number: v.number,
        name: patients::name_line(&v.given_name, v.family_name.as_deref()),
        born: Born { birth_date: v.birth_date, age_years: v.age_years, age_told_on: v.age_told_on },
        sex: v.sex,
        doctor: v.doctor,
        measured_at: v.measured_at,
    });
    Ok(waiting.collect())
}

#[derive(Template)]
#[template(path = "vitals/queue.html")]
struct QueuePage {
    chrome: Chrome,
    people: Vec<Waiting>,
}

impl QueuePage {
    /// Whose turn it is.
    fn first(&self) -> Option<&Waiting> {
        self.people.first().filter(|one| one.measured_at.is_none())
    }

    /// Of how many nothing is measured yet.
    fn unmeasured(&self) -> String {
        self.people.iter().filter(|one| one.measured_at.is_none()).count().to_string()
    }

    fn about(&self, one: &Waiting) -> String {
        let chrome = &self.chrome;
        let age = one.born.words(chrome.day(&chrome.now), |key, value| chrome.tx(key, value));
        format!("{age}, {}", self.chrome.word("sex", one.sex.as_str()))
    }

    fn href(&self, one: &Waiting) -> String {
        self.chrome.path(&format!("visits/{}/consultation", one.visit_id))
    }
}

/// The vitals queue: one button to the next patient's vitals.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/vitals")]
async fn queue(clinic: Clinic<Write>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let done = Fields::of_query(&request)?.text_opt("done", 60);
    let people = clinic.read(async |db| waiting(db).await).await?;
    let chrome = Chrome::new(&clinic, "vitals")?.done(done.as_deref());
    page(&QueuePage { chrome, people })
}
