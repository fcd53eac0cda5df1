//! The one screen of the counter: find, or register and check in.

use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;

use super::twins::{self, Twin};
use super::{Arrival, Receive};
use crate::error::Error;
use crate::patients::{self, Likeness, Query, Summary, Typed};
use crate::practitioners::{self, Practitioner};
use crate::tenant::{Answer, Clinic};
use crate::web::{Chrome, Fields, Form, FormBody, Parse, Routes, page_with};

/// Lines of those found, above the form.
const LINES: i64 = 8;

pub(super) fn routes(config: &mut Routes) {
    config.service(desk).service(receive);
    twins::routes(config);
}

#[derive(Template)]
#[template(path = "reception/desk.html")]
struct DeskPage {
    chrome: Chrome,
    /// What was searched for.
    q: String,
    /// Who was found by it.
    found: Vec<Summary>,
    /// Whether there are more of them.
    more: bool,
    form: Form,
    here: Vec<Practitioner>,
    /// Those on record who are like the one being registered.
    twins: Vec<Twin>,
}

/// Find, or register and check in: whoever is found by `q`, and the form filled with what it says.
#[utoipa::path(tag = "pages",
    params(("slug" = String, Path,), ("q" = Option<String>, Query,)),
    responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/patients/new")]
async fn desk(clinic: Clinic<Receive>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let q = Fields::of_query(&request)?.text_opt("q", 100).unwrap_or_default();
    let typed = Typed::read(&q);
    let mut form = Form::new();
    for (name, value) in [
        ("given_name", &typed.given),
        ("family_name", &typed.family),
        ("birth_date", &typed.age),
        ("phone", &typed.phone),
    ] {
        form.set(name, value);
    }
    form.set("check_in", "yes");
    form.set("visit_type", "routine");
    draw(&clinic, q, form, None, 200).await
}

async fn draw(
    clinic: &Clinic<Receive>,
    q: String,
    form: Form,
    refused: Option<(Error, Likeness)>,
    status: u16,
) -> Result<HttpResponse, Error> {
    let query = Query::new(&q, LINES, None);
    let here = clinic.read(async |db| practitioners::active(db).await).await?;
    let mut found =
        if query.is_empty() { Vec::new() } else { patients::search(clinic, &query).await? };
    let shown = usize::try_from(LINES).unwrap_or(8);
    let more = found.len() > shown;
    found.truncate(shown);
    let chrome = Chrome::new(clinic, "desk")?;
    let (form, twins) = match refused {
        None => (form, Vec::new()),
        Some((error, typed)) => {
            let twins = twins::of_refusal(&chrome, &typed, &error);
            let form = if twins.is_empty() {
                form.refuse(error, chrome.texts())?
            } else {
                // The words lead to the box that says "another person".
                form.refuse(Error::field("duplicate_ok", "possible_duplicate"), chrome.texts())?
            };
            (form, twins)
        }
    };
    page_with(status, &DeskPage { chrome, q, found, more, form, here, twins })
}

/// Registers, and checks in where that was asked. On to the token, or to the chart.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 303, description = "Registered")))]
#[post("/clinic/{slug}/patients")]
async fn receive(clinic: Clinic<Receive>, body: FormBody) -> Result<HttpResponse, Error> {
    let slug = clinic.slug();
    let outcome = async {
        let arrival: Arrival = body.fields().read()?;
        clinic
            .once(&body.ticket, async |db| {
                if arrival.visit.is_some() && !clinic.may("visits:checkin") {
                    return Err(Error::Forbidden);
                }
                let arrived = super::receive(db, &arrival).await?;
                let to = match arrived.visit {
                    Some(visit) => format!("visits/{}/token?done=received", visit.visit_id),
                    None => format!("patients/{}?done=registered", arrived.patient.patient_id),
                };
                Ok(Answer::see_other(format!("/clinic/{slug}/{to}")))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => Ok(answer),
        Err(error) => {
            let typed = Likeness::parse(&mut body.fields());
            draw(&clinic, String::new(), body.form, Some((error, typed)), 422).await
        }
    }
}
