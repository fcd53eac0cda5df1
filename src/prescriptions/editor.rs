//! Writing a prescription: rows of a form that works without a script.

use actix_web::{HttpRequest, HttpResponse, get, post};
use uuid::Uuid;

use super::page::{Around, EditPage};
use super::rows::{append, compact, more};
use super::{
    Change, Content, NewPrescription, Prescription, PrescriptionId, Status, Write, store, unsaved,
};
use crate::error::Error;
use crate::patients::PatientId;
use crate::templates;
use crate::tenant::{Answer, Clinic};
use crate::trail;
use crate::visits::VisitId;
use crate::web::{Chrome, Fields, Form, FormBody, Id, Overtaken, Routes, page, page_with};

pub(super) fn routes(config: &mut Routes) {
    config
        .service(of_visit)
        .service(draft_of_visit)
        .service(of_patient)
        .service(draft_of_patient)
        .service(edit)
        .service(amend);
}

/// Fields of the form besides its rows.
const PLAIN: [&str; 2] = ["diagnosis", "advice"];

/// What the button under the form asks for.
fn then(body: &FormBody) -> &str {
    body.form.value("then")
}

/// The form again without saving anything, where a button under it asked for more rows or for a template.
async fn grown(clinic: &Clinic<Write>, body: &FormBody) -> Result<Option<(u16, Form)>, Error> {
    match then(body) {
        "more" => Ok(Some((200, more(&body.form)))),
        "load" => loaded(clinic, body).await.map(Some),
        _ => Ok(None),
    }
}

/// The form with a template's lines behind its own; diagnosis and advice only where there are none.
async fn loaded(clinic: &Clinic<Write>, body: &FormBody) -> Result<(u16, Form), Error> {
    let (mut form, _) = compact(&body.form, &PLAIN);
    let name = body.form.value("template").trim().to_owned();
    let found = clinic
        .read(async |db| {
            if name.is_empty() {
                return Err(Error::field("template", "required"));
            }
            templates::meant(db, &name).await
        })
        .await;
    let lang = clinic.lang();
    match found {
        Ok(template) => {
            for (field, text) in [("diagnosis", &template.diagnosis), ("advice", &template.advice)]
            {
                if form.value(field).trim().is_empty() {
                    form.set(field, text.as_deref().unwrap_or_default());
                }
            }
            let left = append(&mut form, &template);
            Ok((200, if left > 0 { form.object(lang.t("templates.no_room")) } else { form }))
        }
        Err(error) => {
            form.set("template", &name);
            let status = error.status();
            Ok((status, form.refuse(error, &lang)?))
        }
    }
}

fn action(clinic: &Clinic<Write>, rest: &str) -> String {
    format!("/clinic/{}/{rest}", clinic.slug())
}

/// Forgets what was typed and never saved, and shows what is saved.
async fn discard(
    clinic: &Clinic<Write>,
    about: Uuid,
    patient: PatientId,
    rest: &str,
) -> Result<HttpResponse, Error> {
    clinic.write(async |db| unsaved::forget(db, about, patient).await).await?;
    Ok(Answer::see_other(format!("{}?done=typed_discarded", action(clinic, rest))).into())
}

/// Drafts what was typed, and signs it where that was asked for and nothing warns.
async fn draft(
    clinic: &Clinic<Write>,
    body: FormBody,
    patient_id: PatientId,
    visit_id: Option<VisitId>,
    rest: &str,
) -> Result<HttpResponse, Error> {
    let about = visit_id.map_or(patient_id.0, |visit| visit.0);
    let around = async || clinic.read(async |db| Around::read(db, patient_id, about).await).await;
    if then(&body) == "discard" {
        return discard(clinic, about, patient_id, rest).await;
    }
    if let Some((status, form)) = grown(clinic, &body).await? {
        let drawn = EditPage::new(clinic, around().await?, form, action(clinic, rest))?;
        return page_with(status, &drawn);
    }
    let (form, pairs) = compact(&body.form, &PLAIN);
    let sign = then(&body) == "sign";
    let outcome = async {
        let content: Content = Fields::from_pairs(pairs).read()?;
        let new = NewPrescription { patient_id, visit_id, replaces_id: None, content };
        let slug = clinic.slug();
        clinic
            .once(&body.ticket, async |db| {
                let mut rx = super::draft(db, &new).await?;
                unsaved::forget(db, about, patient_id).await?;
                if sign {
                    rx = super::sign_if_clear(db, rx).await?;
                }
                Ok(Answer::see_other(opened(slug.as_str(), &rx, sign)))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => Ok(answer),
        Err(error) => {
            let status = error.status();
            let form = form.refuse(error, &clinic.lang())?;
            let drawn = EditPage::new(clinic, around().await?, form, action(clinic, rest))?;
            page_with(status, &drawn)
        }
    }
}

/// Where a saved prescription is looked at, with what happened to it.
fn opened(slug: &str, rx: &Prescription, sign: bool) -> String {
    let done = match (rx.status, sign) {
        (Status::Signed, _) => "?done=rx_signed",
        (_, false) => "?done=rx_kept",
        // Warnings speak for themselves.
        (_, true) => "",
    };
    format!("/clinic/{slug}/prescriptions/{}{done}", rx.prescription_id)
}

/// A blank prescription at a visit, with the note's diagnosis.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = VisitId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/visits/{id}/prescriptions/new")]
async fn of_visit(
    clinic: Clinic<Write>,
    id: Id<VisitId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let done = Fields::of_query(&request)?.text_opt("done", 60);
    let (visit, around) = clinic
        .read(async |db| {
            let visit = store::visit(db, id.0).await?.ok_or(Error::NotFound)?;
            let around = Around::read(db, visit.patient_id, id.0.0).await?;
            Ok((visit, around))
        })
        .await?;
    let mut form = Form::new();
    form.set("diagnosis", visit.diagnosis.as_deref().unwrap_or_default());
    form.set("advice", visit.advice.as_deref().unwrap_or_default());
    let action = action(&clinic, &format!("visits/{}/prescriptions/new", id.0));
    page(&EditPage::opened(&clinic, around, form, action)?.done(done.as_deref()))
}

/// Drafts a prescription at a visit.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = VisitId, Path,)), responses((status = 303, description = "Drafted")))]
#[post("/clinic/{slug}/visits/{id}/prescriptions/new")]
async fn draft_of_visit(
    clinic: Clinic<Write>,
    id: Id<VisitId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let visit = clinic.read(async |db| store::visit(db, id.0).await).await?;
    let patient = visit.ok_or(Error::NotFound)?.patient_id;
    let rest = format!("visits/{}/prescriptions/new", id.0);
    draft(&clinic, body, patient, Some(id.0), &rest).await
}

/// A blank prescription for a patient without a visit.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PatientId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/patients/{id}/prescriptions/new")]
async fn of_patient(
    clinic: Clinic<Write>,
    id: Id<PatientId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let done = Fields::of_query(&request)?.text_opt("done", 60);
    let around = clinic.read(async |db| Around::read(db, id.0, id.0.0).await).await?;
    let action = action(&clinic, &format!("patients/{}/prescriptions/new", id.0));
    page(&EditPage::opened(&clinic, around, Form::new(), action)?.done(done.as_deref()))
}

/// Drafts a prescription without a visit.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PatientId, Path,)), responses((status = 303, description = "Drafted")))]
#[post("/clinic/{slug}/patients/{id}/prescriptions/new")]
async fn draft_of_patient(
    clinic: Clinic<Write>,
    id: Id<PatientId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let rest = format!("patients/{}/prescriptions/new", id.0);
    draft(&clinic, body, id.0, None, &rest).await
}

async fn load(clinic: &Clinic<Write>, id: PrescriptionId) -> Result<(Prescription, Around), Error> {
    clinic
        .read(async |db| {
            let rx = super::present(db, id).await?;
            let around = Around::read(db, rx.patient_id, id.0).await?;
            Ok((rx, around))
        })
        .await
}

/// A draft to go on with. What is signed or a colleague's is only shown.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PrescriptionId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/prescriptions/{id}/edit")]
async fn edit(
    clinic: Clinic<Write>,
    id: Id<PrescriptionId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let done = Fields::of_query(&request)?.text_opt("done", 60);
    let (rx, around) = load(&clinic, id.0).await?;
    if rx.status != Status::Draft || rx.prescriber != clinic.who()?.user_id {
        let to = action(&clinic, &format!("prescriptions/{}", id.0));
        return Ok(Answer::see_other(to).into());
    }
    // How many to give stands in it only where it was said: what is counted follows what is changed.
    let mut form = Form::filled(&super::again(&rx));
    form.set("version", &rx.version.to_string());
    let action = action(&clinic, &format!("prescriptions/{}/edit", id.0));
    let drawn = EditPage::opened(&clinic, around, form, action)?.saying(&rx).of(rx);
    page(&drawn.done(done.as_deref()))
}

/// Writes a draft anew, and signs it where that was asked for and nothing warns.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PrescriptionId, Path,)), responses((status = 303, description = "Saved")))]
#[post("/clinic/{slug}/prescriptions/{id}/edit")]
async fn amend(
    clinic: Clinic<Write>,
    id: Id<PrescriptionId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let rest = format!("prescriptions/{}/edit", id.0);
    if then(&body) == "discard" {
        let (rx, _) = load(&clinic, id.0).await?;
        return discard(&clinic, id.0.0, rx.patient_id, &rest).await;
    }
    if let Some((status, form)) = grown(&clinic, &body).await? {
        let (rx, around) = load(&clinic, id.0).await?;
        let drawn = EditPage::new(&clinic, around, form, action(&clinic, &rest))?.of(rx);
        return page_with(status, &drawn);
    }
    let (form, pairs) = compact(&body.form, &PLAIN);
    let sign = then(&body) == "sign";
    let outcome = async {
        let mut fields = body.fields();
        let version = fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
        let content: Content = Fields::from_pairs(pairs).read()?;
        let change = Change { patient_id: None, visit_id: None, replaces_id: None, content };
        let slug = clinic.slug();
        clinic
            .once(&body.ticket, async |db| {
                let mut rx = super::amend(db, id.0, version, &change).await?;
                unsaved::forget(db, id.0.0, rx.patient_id).await?;
                if sign {
                    rx = super::sign_if_clear(db, rx).await?;
                }
                Ok(Answer::see_other(opened(slug.as_str(), &rx, sign)))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => Ok(answer),
        Err(error) => {
            let status = error.status();
            let (rx, around) = load(&clinic, id.0).await?;
            let chrome = Chrome::new(&clinic, "prescriptions")?;
            let form = if matches!(error, Error::Stale) {
                let sent: Content = body.fields().read()?;
                let mut now = compact(&Form::filled(&super::again(&rx)), &PLAIN).0;
                now.set("version", &rx.version.to_string());
                let by = Overtaken {
                    sent: compact(&Form::filled(&sent), &PLAIN).0,
                    now,
                    changed_at: Some(&rx.updated_at),
                    changed_by: trail::changed_by(&clinic, "prescriptions", id.0, rx.updated_at)
                        .await?,
                    words: &[(".form", "form"), (".food", "food"), (".kind", "kind")],
                };
                form.overtaken(&chrome, "rx.stale", &by)
            } else {
                form.refuse(error, chrome.texts())?
            };
            let action = action(&clinic, &rest);
            page_with(status, &EditPage::new(&clinic, around, form, action)?.of(rx))
        }
    }
}
