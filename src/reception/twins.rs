//! Two people side by side: the one being registered and one on record, with what differs marked.

use actix_web::{HttpRequest, HttpResponse, get};
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

use super::Receive;
use crate::error::Error;
use crate::patients::banner::born_line;
use crate::patients::{self, Born, Likeness, PatientId, PatientStatus, Sex};
use crate::tenant::Clinic;
use crate::web::{Chrome, Fields, Form, Parse, Routes, page};

/// As many as are compared at a time.
const SHOWN: usize = 3;
/// Years by which an age as told may be wrong.
const ABOUT: i32 = 1;

pub(super) fn routes(config: &mut Routes) {
    config.service(alike);
}

/// Somebody on record who is like the one being registered, as a refusal's details tell it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Kept {
    patient_id: PatientId,
    number: String,
    given_name: String,
    family_name: Option<String>,
    birth_date: Option<NaiveDate>,
    age: i32,
    sex: Sex,
    phone: Option<String>,
    status: PatientStatus,
    created_at: DateTime<Utc>,
}

/// One of them, compared.
pub(super) struct Twin {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) number: String,
    pub(super) href: String,
    pub(super) may_check_in: bool,
    pub(super) rows: Vec<Row>,
}

/// One fact about both.
pub(super) struct Row {
    pub(super) label: &'static str,
    pub(super) typed: String,
    pub(super) kept: String,
    pub(super) differs: bool,
}

#[derive(Template)]
#[template(path = "reception/alike.html")]
struct Piece {
    chrome: Chrome,
    form: Form,
    twins: Vec<Twin>,
}

/// Who on record is like what was typed so far, side by side with it, as a piece of the page.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "A piece of a page")))]
#[get("/clinic/{slug}/patients/alike")]
async fn alike(clinic: Clinic<Receive>, request: HttpRequest) -> Result<HttpResponse, Error> {
    // Half-typed fields are no mistakes yet: what cannot be read is not compared.
    let typed = Likeness::parse(&mut Fields::of_query(&request)?);
    let found = clinic.read(async |db| patients::alike(db, &typed).await).await?;
    let chrome = Chrome::new(&clinic, "patients")?;
    let found = serde_json::to_value(found).ok();
    let twins = compare(&chrome, &typed, found.as_ref());
    page(&Piece { twins, form: Form::new(), chrome })
}

/// Those whom a refusal names.
pub(super) fn of_refusal(chrome: &Chrome, typed: &Likeness, error: &Error) -> Vec<Twin> {
    match error {
        Error::Conflict { code: "possible_duplicate", details } => {
            compare(chrome, typed, details.as_ref())
        }
        _ => Vec::new(),
    }
}

fn compare(chrome: &Chrome, typed: &Likeness, found: Option<&serde_json::Value>) -> Vec<Twin> {
    let kept: Vec<Kept> = found.and_then(|found| Vec::deserialize(found).ok()).unwrap_or_default();
    kept.into_iter().take(SHOWN).map(|kept| twin(chrome, typed, kept)).collect()
}

fn twin(chrome: &Chrome, typed: &Likeness, kept: Kept) -> Twin {
    let name = patients::name_line(&kept.given_name, kept.family_name.as_deref());
    let typed_name = match typed.given_name.as_str() {
        "" => String::new(),
        given => patients::name_line(given, typed.family_name.as_deref()),
    };
    let today = chrome.day(&chrome.now);
    let told =
        Born { birth_date: typed.birth_date, age_years: typed.age_years, age_told_on: Some(today) };
    let on_record = Born {
        birth_date: kept.birth_date,
        age_years: Some(f64::from(kept.age)),
        age_told_on: Some(today),
    };
    let (born, born_differs) = match (typed.birth_date, typed.age_years) {
        (None, None) => (String::new(), false),
        (Some(date), _) if kept.birth_date.is_some() => {
            (born_line(chrome, told), kept.birth_date != Some(date))
        }
        _ => (born_line(chrome, told), (told.years(today) - kept.age).abs() > ABOUT),
    };
    let phone = typed.phone.clone().unwrap_or_default();
    let kept_phone = kept.phone.unwrap_or_default();
    let sex = |sex: Sex| chrome.word("sex", sex.as_str());
    let row = |label, typed: String, kept: String, differs| Row { label, typed, kept, differs };
    let rows = vec![
        row(
            "patients.name",
            typed_name.clone(),
            name.clone(),
            typed_name.to_lowercase() != name.to_lowercase(),
        ),
        row("patients.born", born, born_line(chrome, on_record), born_differs),
        row(
            "patients.sex",
            typed.sex.map(sex).unwrap_or_default(),
            sex(kept.sex),
            typed.sex.is_some_and(|sex| sex != kept.sex),
        ),
        row(
            "patients.phone",
            phone.clone(),
            kept_phone.clone(),
            patients::dialled(&phone) != patients::dialled(&kept_phone),
        ),
        row(
            "reception.registered",
            String::new(),
            chrome.date(&chrome.day(&kept.created_at)),
            false,
        ),
    ];
    Twin {
        // What nobody said is not different.
        rows: rows
            .into_iter()
            .map(|row| Row { differs: row.differs && !row.typed.is_empty(), ..row })
            .collect(),
        href: chrome.path(&format!("patients/{}", kept.patient_id)),
        may_check_in: !matches!(kept.status, PatientStatus::Deceased | PatientStatus::Archived),
        id: kept.patient_id.to_string(),
        number: kept.number,
        name,
    }
}
