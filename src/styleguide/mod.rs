//! The demo's page of samples: every piece of `web/ui.html` in its states. It reads nothing and is no
//! clinic's; a service in use does not have it.

use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;
use chrono::NaiveDate;

use crate::app::App;
use crate::error::{Error, FieldError};
use crate::patients::Banner;
use crate::web::{Chrome, Form, Overtaken, Routes, page};

/// The page.
pub fn routes(config: &mut Routes) {
    config.service(show);
}

/// Results, each with its flag and what is as expected.
const RESULTS: [(&str, &str, &str); 3] =
    [("critical", "512", "70 – 140"), ("high", "188", "70 – 140"), ("low", "61", "70 – 140")];

/// Words that a badge may be asked for.
const STATES: [&str; 22] = [
    "waiting",
    "in_consultation",
    "completed",
    "cancelled",
    "no_show",
    "routine",
    "follow_up",
    "emergency",
    "late",
    "critical",
    "draft",
    "signed",
    "voided",
    "active",
    "invited",
    "inactive",
    "archived",
    "deceased",
    "running",
    "interrupted",
    "registered",
    "entered_in_error",
];

/// A drawn mark.
struct Mark {
    kind: &'static str,
}

/// All of them.
fn marks() -> Vec<Mark> {
    let kinds = [
        "queue", "patient", "pill", "flask", "print", "vitals", "note", "change", "visit", "file",
        "alert", "done",
    ];
    kinds.map(|kind| Mark { kind }).into()
}

#[derive(Template)]
#[template(path = "styleguide/styleguide.html")]
struct Guide {
    chrome: Chrome,
    form: Form,
    both: Form,
    banners: Vec<Banner>,
    marks: Vec<Mark>,
    today: NaiveDate,
    next: Option<String>,
}

impl Guide {
    fn new(chrome: Chrome) -> Result<Guide, Error> {
        let today = NaiveDate::from_ymd_opt(2026, 3, 3).unwrap_or_default();
        let banners = [("some", ""), ("none", ""), ("unknown", ""), ("some", "archived")];
        let banners = banners.map(|(allergy, status)| banner(&chrome, today, allergy, status));
        Ok(Guide {
            form: form(&chrome)?,
            both: both(&chrome),
            banners: banners.into(),
            marks: marks(),
            next: Some("#lists".into()),
            today,
            chrome,
        })
    }

    /// The line under a sheet's medicine.
    fn how(&self) -> String {
        let t = |key| self.chrome.t(key);
        let moment = |key| self.chrome.tx(key, "1");
        let parts =
            [moment("schedule.morning"), moment("schedule.night"), t("food.after").to_owned()];
        format!("{}, {}", parts.join(", "), self.chrome.tx("rx.for_days", "5"))
    }
}

/// What was typed, and what is wrong with it.
fn form(chrome: &Chrome) -> Result<Form, Error> {
    let mut form = Form::new();
    for (name, value) in [
        ("given_name", chrome.t("styleguide.given")),
        ("pulse_bpm", "999"),
        ("weight_kg", "61.5"),
        ("sex", "female"),
        ("lines.0.medicine", "amoxicillin"),
        ("lines.0.dose", "1 or 2"),
    ] {
        form.set(name, value);
    }
    let wrong = vec![
        FieldError::new("family_name", "required"),
        FieldError::new("birth_date", "not_a_date").with("example", "3/3/1987"),
        FieldError::new("pulse_bpm", "out_of_range").with("min", 20).with("max", 300),
        FieldError::new("sex", "unknown_value"),
        FieldError::new("lines.0.dose", "too_long").with("max", 60),
    ];
    form.refuse(Error::Invalid(wrong), chrome.texts())
}

/// What somebody typed whom somebody else outran: one field is contested, one was left alone.
fn both(chrome: &Chrome) -> Form {
    let with = |phone: &str, postcode: &str| {
        let mut form = Form::new();
        form.set("phone", phone);
        form.set("postcode", postcode);
        form
    };
    let typed = "98220 03344";
    let mut form = with("", "").at(1);
    form.set("phone", typed);
    let by = Overtaken {
        sent: with(typed, ""),
        now: with("98220 01122", "411001").at(2),
        changed_at: Some(&chrome.now),
        changed_by: Some(chrome.user.clone()),
        words: &[],
    };
    form.overtaken(chrome, "patients.stale", &by)
}

fn banner(
    chrome: &Chrome,
    today: NaiveDate,
    allergy: &'static str,
    status: &'static str,
) -> Banner {
    let t = |key| chrome.t(key).to_owned();
    let years = chrome.tx("patients.banner.born", chrome.date(&today)).replacen("{}", "39", 1);
    Banner {
        name_line: format!("{}, {}", t("styleguide.family"), t("styleguide.given")),
        born_line: years,
        sex_label: chrome.word("sex", "female"),
        number: "PT-1-2026-00041".into(),
        allergies_line: match allergy {
            "some" => chrome.tx("patients.banner.allergies", t("styleguide.allergy")),
            "none" => t("patients.banner.no_allergies"),
            _ => t("patients.banner.allergies_unknown"),
        },
        allergy_kind: allergy,
        status,
        href: "#record".into(),
    }
}

/// Every piece that pages are made of, from samples. In the demo only.
#[utoipa::path(tag = "pages", responses((status = 200, description = "Page"), (status = 404, description = "Not in a service in use")))]
#[get("/styleguide")]
async fn show(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, Error> {
    if !app.settings.styleguide {
        return Err(Error::NotFound);
    }
    page(&Guide::new(Chrome::of_nobody(&request, &app))?)
}
