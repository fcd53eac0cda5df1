//! Writing a prescription: rows of a form that works without a script.

use actix_web::{HttpResponse, get, post};
use askama::Template;

use super::rows::{Rows, append, compact, more};
use super::words::Said;
use super::{Change, Content, NewPrescription, Prescription, PrescriptionId, Status, Write, store};
use crate::catalogue::{self, Offered};
use crate::error::Error;
use crate::patients::{self, Banner, Patient, PatientId};
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

#[derive(Template)]
#[template(path = "prescriptions/edit.html")]
struct EditPage {
    chrome: Chrome,
    banner: Banner,
    form: Form,
    offered: Offered,
    /// Where the form is sent, and where one goes back to.
    action: String,
    leave: String,
    /// Set when the draft exists already.
    rx: Option<Prescription>,
    rows: Rows,
}

impl EditPage {
    fn new(
        clinic: &Clinic<Write>,
        patient: &Patient,
        offered: Offered,
        form: Form,
        action: String,
    ) -> Result<EditPage, Error> {
        let chrome = Chrome::new(clinic, "prescriptions")?;
        let banner = Banner::new(&chrome, patient);
        let leave = banner.href.clone();
        let rows = Rows::of(&form);
        Ok(EditPage { chrome, banner, form, offered, action, leave, rx: None, rows })
    }

    fn of(self, rx: Prescription) -> EditPage {
        let leave = self.chrome.path(&format!("prescriptions/{}", rx.prescription_id));
        EditPage { leave, rx: Some(rx), ..self }
    }

    /// With the lines of the draft in words.
    fn saying(mut self, rx: &Prescription) -> EditPage {
        let said = rx.lines.iter().map(|line| Said::new(&self.chrome, line).sentence()).collect();
        self.rows.said = said;
        self
    }
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

async fn patient_and_offer(
    clinic: &Clinic<Write>,
    id: PatientId,
) -> Result<(Patient, Offered), Error> {
    clinic
        .read(async |db| Ok((patients::present(db, id).await?, catalogue::offered(db).await?)))
        .await
}

/// Drafts what was typed, and signs it where that was asked for and nothing warns.
async fn draft(
    clinic: &Clinic<Write>,
    body: FormBody,
    patient_id: PatientId,
    visit_id: Option<VisitId>,
    rest: &str,
) -> Result<HttpResponse, Error> {
    if let Some((status, form)) = grown(clinic, &body).await? {
        let (patient, offered) = patient_and_offer(clinic, patient_id).await?;
        let action = action(clinic, rest);
        return page_with(status, &EditPage::new(clinic, &patient, offered, form, action)?);
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
            let (patient, offered) = patient_and_offer(clinic, patient_id).await?;
            let chrome = Chrome::new(clinic, "prescriptions")?;
            let form = form.refuse(error, chrome.texts())?;
            let action = action(clinic, rest);
            page_with(status, &EditPage::new(clinic, &patient, offered, form, action)?)
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
async fn of_visit(clinic: Clinic<Write>, id: Id<VisitId>) -> Result<HttpResponse, Error> {
    let (visit, patient, offered) = clinic
        .read(async |db| {
            let visit = store::visit(db, id.0).await?.ok_or(Error::NotFound)?;
            let patient = patients::present(db, visit.patient_id).await?;
            Ok((visit, patient, catalogue::offered(db).await?))
        })
        .await?;
    let mut form = Form::new();
    form.set("diagnosis", visit.diagnosis.as_deref().unwrap_or_default());
    form.set("advice", visit.advice.as_deref().unwrap_or_default());
    let action = action(&clinic, &format!("visits/{}/prescriptions/new", id.0));
    page(&EditPage::new(&clinic, &patient, offered, form, action)?)
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
async fn of_patient(clinic: Clinic<Write>, id: Id<PatientId>) -> Result<HttpResponse, Error> {
    let (patient, offered) = patient_and_offer(&clinic, id.0).await?;
    let action = action(&clinic, &format!("patients/{}/prescriptions/new", id.0));
    page(&EditPage::new(&clinic, &patient, offered, Form::new(), action)?)
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

async fn load(
    clinic: &Clinic<Write>,
    id: PrescriptionId,
) -> Result<(Prescription, Patient, Offered), Error> {
    clinic
        .read(async |db| {
            let rx = super::present(db, id).await?;
            let patient = patients::present(db, rx.patient_id).await?;
            Ok((rx, patient, catalogue::offered(db).await?))
        })
        .await
}

/// A draft to go on with. What is signed or a colleague's is only shown.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PrescriptionId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/prescriptions/{id}/edit")]
async fn edit(clinic: Clinic<Write>, id: Id<PrescriptionId>) -> Result<HttpResponse, Error> {
    let (rx, patient, offered) = load(&clinic, id.0).await?;
    if rx.status != Status::Draft || rx.prescriber != clinic.who()?.user_id {
        let to = action(&clinic, &format!("prescriptions/{}", id.0));
        return Ok(Answer::see_other(to).into());
    }
    let mut form = Form::filled(&rx);
    form.set("version", &rx.version.to_string());
    let action = action(&clinic, &format!("prescriptions/{}/edit", id.0));
    page(&EditPage::new(&clinic, &patient, offered, form, action)?.saying(&rx).of(rx))
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
    if let Some((status, form)) = grown(&clinic, &body).await? {
        let (rx, patient, offered) = load(&clinic, id.0).await?;
        let action = action(&clinic, &rest);
        let drawn = EditPage::new(&clinic, &patient, offered, form, action)?.of(rx);
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
            let (rx, patient, offered) = load(&clinic, id.0).await?;
            let chrome = Chrome::new(&clinic, "prescriptions")?;
            let form = if matches!(error, Error::Stale) {
                let sent: Content = body.fields().read()?;
                let mut now = compact(&Form::filled(&rx), &PLAIN).0;
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
            page_with(status, &EditPage::new(&clinic, &patient, offered, form, action)?.of(rx))
        }
    }
}
