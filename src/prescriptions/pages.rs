//! A prescription as a page, with what can be done about it.

use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;

use super::words::Said;
use super::{Prescription, PrescriptionId, Read, Status, Void, Warning, WarningKind, Write, api};
use crate::error::{Error, FieldError};
use crate::patients::{Banner, Patient};
use crate::shares::{self, Share};
use crate::tenant::{Answer, Clinic, Permission};
use crate::visits::{self, VisitId};
use crate::web::{Chrome, Fields, Form, FormBody, Id, Lang, Parse, Routes, page, page_with};

pub(super) fn routes(config: &mut Routes) {
    config
        .service(show)
        .service(sign)
        .service(void)
        .service(correct)
        .service(discard)
        .service(repeat);
}

/// A warning as the page words it.
struct Warned {
    heading: String,
    text: String,
    code: String,
    field: String,
}

#[derive(Template)]
#[template(path = "prescriptions/show.html")]
struct ShowPage {
    chrome: Chrome,
    banner: Banner,
    form: Form,
    rx: Prescription,
    lines: Vec<Said>,
    warned: Vec<Warned>,
    /// Whether whoever looks is the prescriber.
    own: bool,
    /// Whether whoever looks may void it.
    voids: bool,
    /// The visit for which the patient is here now, to which a repetition would belong.
    today: Option<VisitId>,
    /// Links that were made for the patient.
    links: Vec<Share>,
    /// Whether the birth date is known, for which a link asks.
    is_born: bool,
}

/// What the page of a prescription shows.
struct Found {
    rx: Prescription,
    patient: Patient,
    today: Option<VisitId>,
    links: Vec<Share>,
}

impl ShowPage {
    fn new<P: Permission>(
        clinic: &Clinic<P>,
        Found { rx, patient, today, links }: Found,
        form: Form,
    ) -> Result<ShowPage, Error> {
        let own = rx.prescriber == clinic.who()?.user_id && clinic.may("prescriptions:write");
        let voids = clinic.may("prescriptions:void")
            && super::signing::may_void(clinic.who()?.user_id, &rx);
        let chrome = Chrome::new(clinic, "prescriptions")?;
        let banner = Banner::new(&chrome, &patient);
        let lines = rx.lines.iter().map(|line| Said::new(&chrome, line)).collect();
        let warned = rx.warnings.iter().enumerate().map(|(at, warning)| {
            let (heading, text) = in_words(&chrome, warning);
            Warned {
                heading,
                text,
                code: warning.code.clone(),
                field: format!("acknowledge.{at}.code"),
            }
        });
        let warned = warned.collect();
        let is_born = patient.told.birth_date.is_some();
        Ok(ShowPage { chrome, banner, form, rx, lines, warned, own, voids, today, links, is_born })
    }

    fn heading(&self) -> String {
        self.rx.number.clone().unwrap_or_else(|| self.chrome.t("rx.draft").to_owned())
    }

    fn href(&self, rest: &str) -> String {
        self.chrome.path(&format!("prescriptions/{}{rest}", self.rx.prescription_id))
    }

    fn other(&self, id: &PrescriptionId) -> String {
        self.chrome.path(&format!("prescriptions/{id}"))
    }

    /// How often a link was opened and when, and what it was told wrongly.
    fn opened(&self, link: &Share) -> String {
        let chrome = &self.chrome;
        let mut said = match (link.opened, link.opened_at) {
            (1, Some(at)) => format!("{} {}", chrome.t("shares.time"), chrome.datetime(&at)),
            (times, Some(at)) => {
                let times = chrome.tx("shares.times", times.to_string());
                format!("{times} {}", chrome.datetime(&at))
            }
            _ => chrome.t("shares.never").to_owned(),
        };
        if link.wrong_tries > 0 {
            said.push_str(" · ");
            said.push_str(&chrome.tx("shares.wrong", link.wrong_tries.to_string()));
        }
        said
    }

    fn is(&self, word: &str) -> bool {
        self.rx.status.as_str() == word
    }

    /// The form with every warning named that was not ticked.
    fn unread(&self, lang: &Lang) -> Result<Form, Error> {
        let open = self.warned.iter().filter(|w| !self.form.is(&w.field, &w.code));
        let open = open.map(|w| FieldError::new(&w.field, "unacknowledged"));
        self.form.clone().refuse(Error::Invalid(open.collect()), lang)
    }

    /// Who acknowledged warnings, and which.
    fn acknowledged(&self) -> Vec<String> {
        let Some(kept) = &self.rx.warnings_acknowledged else { return Vec::new() };
        let by = kept.get("name").and_then(|name| name.as_str()).unwrap_or_default();
        let warnings = kept.get("warnings").and_then(|w| w.as_array()).cloned().unwrap_or_default();
        let said = warnings.iter().filter_map(|w| serde_json::from_value(w.clone()).ok());
        said.map(|warning: Warning| {
            let (heading, text) = in_words(&self.chrome, &warning);
            format!("{heading} {text} {}", self.chrome.tx("rx.acknowledged_by", by))
        })
        .collect()
    }
}

/// What a warning says: its heading and why.
fn in_words(chrome: &Chrome, warning: &Warning) -> (String, String) {
    let line = |n: &i32| chrome.tx("rx.warn.line", n.to_string());
    let here = warning.lines.iter().map(line).chain(warning.because.clone());
    let because = here.collect::<Vec<_>>().join(", ");
    let (about, why) = (warning.medicine.as_str(), because.as_str());
    let (heading, about, text) = match warning.kind {
        WarningKind::Allergy => ("rx.warn.allergy", about, "rx.warn.allergy_text"),
        WarningKind::Duplicate => ("rx.warn.duplicate", about, "rx.warn.duplicate_text"),
        WarningKind::UnknownMedicine => ("rx.warn.medicine", about, "rx.warn.medicine_text"),
        WarningKind::UnknownAllergy => {
            return (chrome.tx("rx.warn.unread", why), chrome.t("rx.warn.unread_text").to_owned());
        }
    };
    (chrome.tx(heading, about), chrome.tx(text, why))
}

/// The prescription, its patient, and for whoever may repeat it the visit of today.
async fn looked_at<P: Permission>(clinic: &Clinic<P>, id: PrescriptionId) -> Result<Found, Error> {
    clinic
        .read(async |db| {
            let (rx, patient) = super::look(db, id).await?;
            let signed = matches!(rx.status, Status::Signed | Status::Voided);
            let repeats =
                signed && clinic.app().grid.holds(db.who().permissions, "prescriptions:write");
            let today = if repeats { visits::open_of(db, rx.patient_id).await? } else { None };
            let links = if signed { shares::of(db, id).await? } else { Vec::new() };
            Ok(Found { rx, patient, today: today.map(|visit| visit.visit_id), links })
        })
        .await
}

/// One prescription: what it says, what warns, what can be done.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PrescriptionId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/prescriptions/{id}")]
async fn show(
    clinic: Clinic<Read>,
    id: Id<PrescriptionId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let done = Fields::of_query(&request)?.text_opt("done", 60);
    let found = looked_at(&clinic, id.0).await?;
    let mut drawn = ShowPage::new(&clinic, found, Form::new())?;
    drawn.chrome = drawn.chrome.done(done.as_deref());
    page(&drawn)
}

/// A ticked warning.
struct Ticked(String);

impl Parse for Ticked {
    fn parse(fields: &mut Fields) -> Ticked {
        Ticked(fields.text("code", 40))
    }
}

/// Signs, if every warning is ticked; else shows again what is left.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PrescriptionId, Path,)), responses((status = 303, description = "Signed")))]
#[post("/clinic/{slug}/prescriptions/{id}/sign")]
async fn sign(
    clinic: Clinic<Write>,
    id: Id<PrescriptionId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let mut fields = body.fields();
        let version = fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
        let ticked: Vec<Ticked> = fields.list("acknowledge", 100);
        fields.finish()?;
        let codes: Vec<String> = ticked.into_iter().map(|ticked| ticked.0).collect();
        let slug = clinic.slug();
        clinic
            .once(&body.ticket, async |db| {
                super::sign(db, id.0, version, &codes).await?;
                Ok(Answer::see_other(format!(
                    "/clinic/{slug}/prescriptions/{}?done=rx_signed",
                    id.0
                )))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => Ok(answer),
        Err(error) => show_again(&clinic, id.0, body.form, error).await,
    }
}

/// Voids, with the reason.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PrescriptionId, Path,)), responses((status = 303, description = "Voided")))]
#[post("/clinic/{slug}/prescriptions/{id}/void")]
async fn void(
    clinic: Clinic<Void>,
    id: Id<PrescriptionId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let mut fields = body.fields();
        let version = fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
        let reason = api::reason(fields)?;
        let slug = clinic.slug();
        clinic
            .once(&body.ticket, async |db| {
                super::void(db, id.0, version, &reason).await?;
                Ok(Answer::see_other(format!(
                    "/clinic/{slug}/prescriptions/{}?done=rx_voided",
                    id.0
                )))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => Ok(answer),
        Err(error) => show_again(&clinic, id.0, body.form, error).await,
    }
}

/// Begins a correction and opens it.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PrescriptionId, Path,)), responses((status = 303, description = "Drafted")))]
#[post("/clinic/{slug}/prescriptions/{id}/correct")]
async fn correct(
    clinic: Clinic<Write>,
    id: Id<PrescriptionId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let slug = clinic.slug();
    let outcome = clinic
        .once(&body.ticket, async |db| {
            let fresh = super::correction(db, id.0).await?.prescription_id;
            Ok(Answer::see_other(format!("/clinic/{slug}/prescriptions/{fresh}/edit")))
        })
        .await;
    match outcome {
        Ok(answer) => Ok(answer),
        Err(error) => show_again(&clinic, id.0, Form::new(), error).await,
    }
}

/// Discards a draft and goes to where its patient is.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PrescriptionId, Path,)), responses((status = 303, description = "Discarded")))]
#[post("/clinic/{slug}/prescriptions/{id}/discard")]
async fn discard(
    clinic: Clinic<Write>,
    id: Id<PrescriptionId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let version =
            body.fields().int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
        let slug = clinic.slug();
        clinic
            .once(&body.ticket, async |db| {
                let rx = super::present(db, id.0).await?;
                super::discard(db, id.0, version).await?;
                let to = match rx.visit_id {
                    Some(visit) => format!("visits/{visit}/consultation"),
                    None => format!("patients/{}", rx.patient_id),
                };
                Ok(Answer::see_other(format!("/clinic/{slug}/{to}?done=rx_discarded")))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => Ok(answer),
        Err(error) => show_again(&clinic, id.0, Form::new(), error).await,
    }
}

/// Drafts the same again, perhaps at a visit, and opens it.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PrescriptionId, Path,)), responses((status = 303, description = "Drafted")))]
#[post("/clinic/{slug}/prescriptions/{id}/repeat")]
async fn repeat(
    clinic: Clinic<Write>,
    id: Id<PrescriptionId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let mut fields = body.fields();
        let visit: Option<VisitId> = fields.id_opt("visit_id");
        fields.finish()?;
        let slug = clinic.slug();
        clinic
            .once(&body.ticket, async |db| {
                let fresh = super::repeat(db, id.0, visit).await?.prescription_id;
                Ok(Answer::see_other(format!("/clinic/{slug}/prescriptions/{fresh}/edit")))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => Ok(answer),
        Err(error) => show_again(&clinic, id.0, Form::new(), error).await,
    }
}

/// The page again, as the prescription stands now, with what went wrong.
pub async fn show_again<P: Permission>(
    clinic: &Clinic<P>,
    id: PrescriptionId,
    form: Form,
    error: Error,
) -> Result<HttpResponse, Error> {
    let status = error.status();
    let found = looked_at(clinic, id).await?;
    let lang = clinic.lang();
    let form = match error {
        Error::Stale => form.object(lang.t("rx.stale_before_signing")),
        Error::Conflict { code: "warnings_unacknowledged", .. } => {
            let mut drawn = ShowPage::new(clinic, found, form)?;
            drawn.form = drawn.unread(&lang)?;
            return page_with(status, &drawn);
        }
        other => form.refuse(other, &lang)?,
    };
    page_with(status, &ShowPage::new(clinic, found, form)?)
}
