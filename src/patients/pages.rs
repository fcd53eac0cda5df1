//! Patients as pages: find, correct. Reception registers.

use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;

use super::{Banner, List, NewPatient, PatientId, PatientStatus, Query, Summary, Write};
use crate::error::Error;
use crate::tenant::{Answer, Clinic};
use crate::trail;
use crate::web::{Chrome, Fields, Form, FormBody, Id, Overtaken, Paging, Routes, page, page_with};

pub(super) fn routes(config: &mut Routes) {
    config.service(index).service(edit_form).service(amend).service(archive);
}

#[derive(Template)]
#[template(path = "patients/list.html")]
struct ListPage {
    chrome: Chrome,
    patients: Vec<Summary>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "patients/form.html")]
struct FormPage {
    chrome: Chrome,
    form: Form,
    banner: Banner,
}

/// Patients found, or the newest.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/patients")]
async fn index(clinic: Clinic<List>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let mut paging = Paging::parse(&mut fields);
    paging.limit = paging.limit.min(50);
    let text = fields.text_opt("q", 100).unwrap_or_default();
    let done = fields.text_opt("done", 60);
    let name = if text.is_empty() { "patients" } else { "patients by token" };
    let after = paging.after(clinic.app(), clinic.slug(), name)?;
    let query = Query::new(&text, paging.limit, after);
    let rows = super::search(&clinic, &query).await?;
    let found = paging.page(clinic.app(), clinic.slug(), name, rows, |row| {
        (row.found_by.clone(), row.patient_id)
    });
    let chrome = Chrome::new(&clinic, "patients")?.searching(&text).done(done.as_deref());
    let next = found.next_cursor.map(|cursor| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", &text).append_pair("cursor", &cursor);
        format!("{}?{}", chrome.path("patients"), query.finish())
    });
    page(&ListPage { chrome, patients: found.items, next })
}

/// The form to correct a record.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PatientId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/patients/{id}/edit")]
async fn edit_form(clinic: Clinic<Write>, id: Id<PatientId>) -> Result<HttpResponse, Error> {
    let patient = clinic.read(async |db| super::present(db, id.0).await).await?;
    let chrome = Chrome::new(&clinic, "patients")?;
    let form = filled(&chrome, &patient.told).at(patient.version);
    let banner = Banner::new(&chrome, &patient);
    page(&FormPage { chrome, form, banner })
}

/// The sets of words of what is chosen.
const WORDS: [(&str, &str); 3] =
    [("sex", "sex"), ("allergy_status", "allergy"), ("identity_kind", "identity")];

fn filled(chrome: &Chrome, told: &NewPatient) -> Form {
    let mut form = Form::filled(told);
    if let Some(date) = told.birth_date {
        form.set("birth_date", &chrome.date(&date));
    }
    form
}

/// Corrects the record, unless somebody else did in the meantime.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PatientId, Path,)), responses((status = 303, description = "Corrected")))]
#[post("/clinic/{slug}/patients/{id}/edit")]
async fn amend(
    clinic: Clinic<Write>,
    id: Id<PatientId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let slug = clinic.slug();
    let outcome = async {
        let mut fields = body.fields();
        let version = fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
        let told: NewPatient = fields.read()?;
        clinic.write(async |db| super::amend(db, id.0, version, &told).await).await
    };
    match outcome.await {
        Ok(_) => {
            Ok(Answer::see_other(format!("/clinic/{slug}/patients/{}?done=corrected", id.0)).into())
        }
        Err(error) => {
            let status = error.status();
            let patient = clinic.read(async |db| super::present(db, id.0).await).await?;
            let chrome = Chrome::new(&clinic, "patients")?;
            let form = if matches!(error, Error::Stale) {
                let by = Overtaken {
                    sent: filled(&chrome, &body.fields().read()?),
                    now: filled(&chrome, &patient.told).at(patient.version),
                    changed_at: Some(&patient.updated_at),
                    changed_by: trail::changed_by(&clinic, "patients", id.0, patient.updated_at)
                        .await?,
                    words: &WORDS,
                };
                body.form.overtaken(&chrome, "patients.stale", &by)
            } else {
                body.form.refuse(error, chrome.texts())?
            };
            let banner = Banner::new(&chrome, &patient);
            page_with(status, &FormPage { chrome, form, banner })
        }
    }
}

/// Sets the record aside, or brings it back.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PatientId, Path,)), responses((status = 303, description = "Done")))]
#[post("/clinic/{slug}/patients/{id}/archive")]
async fn archive(
    clinic: Clinic<Write>,
    id: Id<PatientId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let mut fields = body.fields();
    let version = fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
    let back = fields.flag("restore");
    let status = if back { PatientStatus::Registered } else { PatientStatus::Archived };
    clinic.write(async |db| super::set_status(db, id.0, version, status).await).await?;
    let done = if back { "restored" } else { "archived" };
    let slug = clinic.slug();
    Ok(Answer::see_other(format!("/clinic/{slug}/patients/{}?done={done}", id.0)).into())
}
