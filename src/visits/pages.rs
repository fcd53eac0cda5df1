//! A visit as pages: check in, see, change, move on. And where each role's day begins.

use actix_web::{HttpResponse, get, post};
use askama::Template;

use super::{
    CheckIn, Home, List, NewMove, NewVisit, Step, Told, Visit, VisitId, VisitStatus, Whole, board,
};
use crate::error::Error;
use crate::patients::{self, Banner, Patient, PatientId};
use crate::practitioners::{self, Practitioner, PractitionerId};
use crate::tenant::{Answer, Clinic, Permission};
use crate::trail;
use crate::web::{Chrome, Fields, Form, FormBody, Id, Overtaken, Parse, Routes, page, page_with};

pub(super) fn routes(config: &mut Routes) {
    config
        .service(home)
        .service(check_in_form)
        .service(check_in)
        .service(show)
        .service(move_on)
        .service(edit_form)
        .service(amend);
}

#[derive(Template)]
#[template(path = "visits/form.html")]
struct FormPage {
    chrome: Chrome,
    banner: Banner,
    form: Form,
    here: Vec<Practitioner>,
    /// Set when changing a visit, unset when checking in.
    visit: Option<Visit>,
    /// The visit for which the patient is here already.
    already: Option<Visit>,
}

#[derive(Template)]
#[template(path = "visits/visit.html")]
struct VisitPage {
    chrome: Chrome,
    banner: Banner,
    form: Form,
    visit: Visit,
    moves: Vec<StepLine>,
}

/// One step as the page tells it.
struct StepLine {
    at: String,
    what: String,
    who: String,
    reason: String,
}

/// Where somebody's day begins: a patient's at the own record, the administrator's at the figures, the counter's at
/// today's, a nurse's at the vitals, the laboratory's at its list, the others' at the queue.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 303, description = "On")))]
#[get("/clinic/{slug}")]
async fn home(clinic: Clinic<Home>) -> Result<HttpResponse, Error> {
    clinic.enter().await?;
    let to = if clinic.may("self:read") {
        "record"
    } else if clinic.may("clinic:write") {
        "figures"
    } else if clinic.may("visits:checkin") {
        "today"
    } else if clinic.may("vitals:write") && !clinic.may("visits:move") {
        "vitals"
    } else if clinic.may("visits:read") {
        "queue"
    } else if clinic.may("results:write") {
        "lab"
    } else {
        "me"
    };
    Ok(Answer::see_other(format!("/clinic/{}/{to}", clinic.slug())).into())
}

/// The form to check a patient in.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PatientId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/patients/{id}/check-in")]
async fn check_in_form(clinic: Clinic<CheckIn>, id: Id<PatientId>) -> Result<HttpResponse, Error> {
    let mut form = Form::new();
    form.set("visit_type", "routine");
    draw_check_in(&clinic, id.0, form, 200).await
}

async fn draw_check_in(
    clinic: &Clinic<CheckIn>,
    id: PatientId,
    form: Form,
    status: u16,
) -> Result<HttpResponse, Error> {
    let (patient, here, already) = clinic
        .read(async |db| {
            let patient = patients::present(db, id).await?;
            let here = practitioners::active(db).await?;
            Ok((patient, here, super::open_of(db, id).await?))
        })
        .await?;
    let chrome = Chrome::new(clinic, "queue")?;
    let banner = Banner::new(&chrome, &patient);
    page_with(status, &FormPage { chrome, banner, form, here, visit: None, already })
}

/// Checks the patient in and shows the token.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PatientId, Path,)), responses((status = 303, description = "Checked in")))]
#[post("/clinic/{slug}/patients/{id}/check-in")]
async fn check_in(
    clinic: Clinic<CheckIn>,
    id: Id<PatientId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let slug = clinic.slug();
    let outcome = async {
        let told: Told = body.fields().read()?;
        let new = NewVisit { patient_id: id.0, told };
        clinic
            .once(&body.ticket, async |db| {
                // The patient is in the address here: not there is 404.
                patients::present(db, id.0).await?;
                let visit = super::check_in(db, &new).await?.visit_id;
                Ok(Answer::see_other(format!(
                    "/clinic/{slug}/visits/{visit}/token?done=checked_in"
                )))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => Ok(answer),
        Err(error) => {
            let status = error.status();
            clinic.enter().await?;
            let form = body.form.refuse(error, &clinic.lang())?;
            draw_check_in(&clinic, id.0, form, status).await
        }
    }
}

/// A visit: who, what for, what happened, and where to go on.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = VisitId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/visits/{id}")]
async fn show(
    clinic: Clinic<List>,
    id: Id<VisitId>,
    request: actix_web::HttpRequest,
) -> Result<HttpResponse, Error> {
    let done = Fields::of_query(&request)?.text_opt("done", 60);
    let (whole, patient) = read(&clinic, id.0).await?;
    let chrome = Chrome::new(&clinic, "queue")?.done(done.as_deref());
    page(&VisitPage::of(chrome, whole, &patient, Form::new()))
}

async fn read<P: Permission>(clinic: &Clinic<P>, id: VisitId) -> Result<(Whole, Patient), Error> {
    clinic
        .read(async |db| {
            let whole = super::whole(db, id).await?;
            let patient = patients::present(db, whole.visit.patient_id).await?;
            Ok((whole, patient))
        })
        .await
}

impl VisitPage {
    fn of(chrome: Chrome, whole: Whole, patient: &Patient, form: Form) -> VisitPage {
        let moves = whole.moves.into_iter().map(|step| StepLine {
            at: chrome.datetime(&step.moved_at),
            what: match step.from {
                None => chrome.t("visits.move.arrived").to_owned(),
                Some(_) => chrome.word("visits.move", step.to.as_str()),
            },
            who: step.moved_by_name.unwrap_or_default(),
            reason: step.reason.unwrap_or_default(),
        });
        VisitPage {
            moves: moves.collect(),
            banner: Banner::new(&chrome, patient),
            visit: whole.visit,
            chrome,
            form,
        }
    }
}

/// Moves the visit on. A doctor who calls somebody goes to the consultation, everybody else back to the queue.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = VisitId, Path,)), responses((status = 303, description = "Moved")))]
#[post("/clinic/{slug}/visits/{id}/move")]
async fn move_on(
    clinic: Clinic<Step>,
    id: Id<VisitId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let slug = clinic.slug();
    let mut fields = body.fields();
    let of: Option<PractitionerId> = fields.id_opt("of");
    let all = fields.flag("all");
    let outcome = async {
        let version = fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
        let step = NewMove::parse(&mut fields);
        fields.finish()?;
        clinic.write(async |db| super::step(db, id.0, version, &step).await).await?;
        Ok::<_, Error>(step.to)
    };
    match outcome.await {
        Ok(VisitStatus::InConsultation) if clinic.may("notes:write") => Ok(Answer::see_other(
            format!("/clinic/{slug}/visits/{}/consultation?done=called", id.0),
        )
        .into()),
        Ok(to) => {
            let back = board::address(of, all);
            let sign = if back.contains('?') { '&' } else { '?' };
            Ok(Answer::see_other(format!("/clinic/{slug}/{back}{sign}done=visit_{to}")).into())
        }
        Err(error) => {
            let status = error.status();
            let (whole, patient) = read(&clinic, id.0).await?;
            let chrome = Chrome::new(&clinic, "queue")?;
            let form = match error {
                Error::Stale => body.form.object(chrome.t("visits.moved_meanwhile")),
                other => body.form.refuse(other, chrome.texts())?,
            };
            page_with(status, &VisitPage::of(chrome, whole, &patient, form))
        }
    }
}

/// The form to give an open visit another doctor, purpose or urgency.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = VisitId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/visits/{id}/edit")]
async fn edit_form(clinic: Clinic<Step>, id: Id<VisitId>) -> Result<HttpResponse, Error> {
    draw_edit(&clinic, id.0, None, None, 200).await
}

async fn draw_edit(
    clinic: &Clinic<Step>,
    id: VisitId,
    form: Option<Form>,
    outrun: Option<Told>,
    status: u16,
) -> Result<HttpResponse, Error> {
    let (visit, patient, here) = clinic
        .read(async |db| {
            let visit = super::present(db, id).await?;
            let patient = patients::present(db, visit.patient_id).await?;
            Ok((visit, patient, practitioners::active(db).await?))
        })
        .await?;
    let chrome = Chrome::new(clinic, "queue")?;
    let now = Form::filled(&visit.told).at(visit.version);
    let form = match (form, outrun) {
        (None, _) => now,
        (Some(form), None) => form,
        (Some(form), Some(sent)) => {
            let by = Overtaken {
                sent: Form::filled(&sent),
                now,
                changed_at: Some(&visit.updated_at),
                changed_by: trail::changed_by(clinic, "visits", id, visit.updated_at).await?,
                words: &[("visit_type", "status")],
            };
            form.overtaken(&chrome, "visits.stale", &by).reworded("practitioner_id", |id| {
                let known = here.iter().find(|p| p.practitioner_id.to_string() == id);
                known.map_or_else(|| chrome.t("visits.any_doctor").into(), |p| p.name.clone())
            })
        }
    };
    let banner = Banner::new(&chrome, &patient);
    let already = None;
    page_with(status, &FormPage { chrome, banner, form, here, visit: Some(visit), already })
}

/// Changes the visit, unless somebody else did in the meantime.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = VisitId, Path,)), responses((status = 303, description = "Changed")))]
#[post("/clinic/{slug}/visits/{id}/edit")]
async fn amend(
    clinic: Clinic<Step>,
    id: Id<VisitId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let mut fields = body.fields();
        let version = fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
        let told: Told = fields.read()?;
        clinic.write(async |db| super::amend(db, id.0, version, &told).await).await
    };
    match outcome.await {
        Ok(_) => {
            let to = format!("/clinic/{}/visits/{}?done=visit_changed", clinic.slug(), id.0);
            Ok(Answer::see_other(to).into())
        }
        Err(error) => {
            let status = error.status();
            clinic.enter().await?;
            let (form, outrun) = match error {
                Error::Stale => (body.form.clone(), Some(body.fields().read()?)),
                other => (body.form.refuse(other, &clinic.lang())?, None),
            };
            draw_edit(&clinic, id.0, Some(form), outrun, status).await
        }
    }
}
