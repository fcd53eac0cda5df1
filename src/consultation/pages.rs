//! The consultation as a page, and the two forms on it.

use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;

use super::shown::{self, Line, Measured, NoteShown};
use super::trends::{self, Trend};
use super::{Entry, Read, Scene};
use crate::error::Error;
use crate::notes::draft::{self, KEPT};
use crate::notes::{self, Keep, NewNote};
use crate::patients::Banner;
use crate::results::ResultFlag;
use crate::tenant::{Answer, Clinic, Permission};
use crate::visits::VisitId;
use crate::vitals::{self, Values, VitalsId};
use crate::web::{Chrome, Fields, Form, FormBody, Id, Parse, Routes, page_with};

pub(super) fn routes(config: &mut Routes) {
    config
        .service(consultation_page)
        .service(save_note)
        .service(save_vitals)
        .service(mark_wrong)
        .service(discard_draft);
}

#[derive(Template)]
#[template(path = "consultation/consultation.html")]
struct ConsultationPage {
    chrome: Chrome,
    scene: Scene,
    banner: Banner,
    form: Form,
    about: String,
    measured: Vec<Measured>,
    entries: Vec<shown::Entry>,
    before: Vec<Line>,
    medicines: Vec<Line>,
    prescribed: Vec<shown::Prescribed>,
    trends: Vec<Trend>,
    /// When what stands in the form was typed, where it was never saved.
    restored: Option<String>,
    /// The note, where it is only read, or where it was saved by somebody else meanwhile.
    saved: Option<NoteShown>,
    /// Somebody else saved the note while this one was being written.
    stale: bool,
}

impl ConsultationPage {
    fn new(chrome: Chrome, scene: Scene, form: Form, stale: bool) -> ConsultationPage {
        let note = scene.beside.note.as_ref();
        ConsultationPage {
            banner: Banner::new(&chrome, &scene.patient),
            about: about(&chrome, &scene),
            measured: shown::measured(&chrome, &scene),
            entries: shown::entries(&chrome, &scene),
            before: shown::before(&chrome, &scene),
            medicines: shown::medicines(&chrome, &scene),
            prescribed: shown::prescribed(&chrome, &scene),
            trends: trends::of(&chrome, &scene),
            restored: None,
            saved: note.map(|note| shown::note(&chrome, note)),
            chrome,
            scene,
            form,
            stale,
        }
    }

    /// The version of the draft that is kept, for the script.
    fn draft_version(&self) -> String {
        self.scene.beside.draft.as_ref().map(|draft| draft.version.to_string()).unwrap_or_default()
    }

    /// The fields that the script keeps.
    fn kept() -> String {
        KEPT.map(|(name, _)| name).join(" ")
    }

    /// An address of this visit.
    fn here(&self, rest: &str) -> String {
        self.chrome.path(&format!("visits/{}/{rest}", self.scene.visit.visit_id))
    }

    /// Where the script keeps what is typed.
    fn keeps(&self) -> String {
        self.chrome.path(&format!("api/v1/visits/{}/note-draft", self.scene.visit.visit_id))
    }

    fn is(&self, status: &str) -> bool {
        self.scene.visit.status.as_str() == status
    }

    /// Whether anything can be written: the visit takes or took place.
    fn open(&self) -> bool {
        !self.is("cancelled") && !self.is("no_show")
    }

    fn writes_notes(&self) -> bool {
        self.open() && self.chrome.may("notes:write")
    }

    fn writes_vitals(&self) -> bool {
        self.open() && self.chrome.may("vitals:write")
    }

    /// Whether a result came since the patient did, or one of the last is critical.
    fn has_news(&self) -> bool {
        self.scene.beside.results.iter().any(|found| {
            found.resulted_at >= self.scene.visit.arrived_at
                || found.flag == Some(ResultFlag::Critical)
        })
    }

    /// How many readings are folded away.
    fn earlier(&self) -> String {
        self.measured.len().saturating_sub(1).to_string()
    }

    /// A doctor whose patient was measured already begins with the note; nothing typed is folded away.
    fn folds_vitals(&self) -> bool {
        self.writes_notes()
            && self.measured.iter().any(|reading| !reading.wrong)
            && self.entries.iter().all(|entry| self.form.value(entry.name).is_empty())
    }
}

/// The line under the title.
fn about(chrome: &Chrome, scene: &Scene) -> String {
    let visit = &scene.visit;
    let mut said = chrome
        .tx("consultation.about", visit.token.to_string())
        .replacen("{}", &chrome.word("visit_type", visit.told.visit_type.as_str()), 1)
        .replacen("{}", &chrome.datetime(&visit.arrived_at), 1)
        .replacen("{}", &visit.told.purpose, 1);
    if let Some(doctor) = &visit.practitioner_name {
        said.push(' ');
        said.push_str(&chrome.tx("consultation.doctor", doctor));
    }
    said
}

/// The form as it begins: the note that is there, empty boxes for what is measured now.
fn filled(chrome: &Chrome, scene: &Scene) -> Form {
    let Some(note) = &scene.beside.note else { return Form::new() };
    let mut form = Form::filled(&note.told);
    form.set("version", &note.version.to_string());
    if let Some(day) = note.told.follow_up_on {
        form.set("follow_up_on", &chrome.date(&day));
    }
    form
}

/// The form with what the reader typed and never saved, and when that was; as it is where there is nothing, or
/// nothing else than what is saved.
fn restored(chrome: &Chrome, scene: &Scene, saved: Form) -> (Form, Option<String>) {
    let Some(draft) = scene.beside.draft.as_ref().filter(|draft| !draft.typed.is_empty()) else {
        return (saved, None);
    };
    let text = |name: &str| draft.typed.get(name).map_or("", String::as_str);
    if KEPT.iter().all(|(name, _)| saved.value(name).trim() == text(name)) {
        return (saved, None);
    }
    let mut form = Form::new();
    for (name, _) in KEPT {
        form.set(name, text(name));
    }
    // Under the version that was read then: whoever was faster is shown when this is saved.
    let version = draft.note_version.map(|version| version.to_string());
    form.set("version", version.as_deref().unwrap_or_default());
    (form, Some(chrome.datetime(&draft.updated_at)))
}

/// A visit: the note, the vitals, and what was before.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = VisitId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/visits/{id}/consultation")]
async fn consultation_page(
    clinic: Clinic<Read>,
    id: Id<VisitId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let done = fields.text_opt("done", 60);
    let scene = clinic.read(async |db| super::present(db, id.0).await).await?;
    let chrome = Chrome::new(&clinic, "queue")?.done(done.as_deref());
    let (form, typed_at) = restored(&chrome, &scene, filled(&chrome, &scene));
    let mut drawn = ConsultationPage::new(chrome, scene, form, false);
    drawn.restored = typed_at.filter(|_| drawn.writes_notes() || drawn.writes_vitals());
    page_with(200, &drawn)
}

/// The page again, with everything typed and what must be corrected.
async fn again<P: Permission>(
    clinic: &Clinic<P>,
    id: VisitId,
    mut form: Form,
    error: Error,
) -> Result<HttpResponse, Error> {
    let status = error.status();
    let scene = clinic.read(async |db| super::present(db, id).await).await?;
    let chrome = Chrome::new(clinic, "queue")?;
    let stale = matches!(error, Error::Stale);
    let form = if stale {
        let version = scene.beside.note.as_ref().map(|note| note.version.to_string());
        form.set("version", version.as_deref().unwrap_or_default());
        form.object(chrome.t("consultation.stale"))
    } else {
        form.refuse(error, chrome.texts())?
    };
    page_with(status, &ConsultationPage::new(chrome, scene, form, stale))
}

fn entry(body: &FormBody) -> Result<Entry, Error> {
    let mut fields = body.fields();
    let version = fields.int32("version", 1..=i32::MAX);
    let values = Values::any(&fields).then(|| Values::parse(&mut fields));
    let written = version.is_some() || NewNote::any(&fields);
    let note = written.then(|| NewNote::parse(&mut fields));
    let complete = if body.form.is("then", "complete") {
        Some(fields.int32("visit_version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?)
    } else {
        None
    };
    if note.is_none() && values.is_none() && body.form.value("then").is_empty() {
        fields.refuse("complaint", "nothing_written");
    }
    fields.finish()?;
    Ok(Entry { version, note, values, complete })
}

/// Keeps what the doctor wrote, note and vitals together, and goes where the doctor wants to go next.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = VisitId, Path,)), responses((status = 303, description = "Saved")))]
#[post("/clinic/{slug}/visits/{id}/note")]
async fn save_note(
    clinic: Clinic<notes::Write>,
    id: Id<VisitId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let entry = entry(&body)?;
        let slug = clinic.slug();
        let to = match body.form.value("then") {
            "complete" => "queue?done=visit_completed".to_owned(),
            "prescribe" => format!("visits/{}/prescriptions/new", id.0),
            _ => format!("visits/{}/consultation?done=note_saved", id.0),
        };
        clinic
            .once(&body.ticket, async |db| {
                super::keep(db, id.0, &entry).await?;
                Ok(Answer::see_other(format!("/clinic/{slug}/{to}")))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => Ok(answer),
        Err(error) => again(&clinic, id.0, body.form, error).await,
    }
}

/// Records vitals in the visit.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = VisitId, Path,)), responses((status = 303, description = "Recorded")))]
#[post("/clinic/{slug}/visits/{id}/vitals")]
async fn save_vitals(
    clinic: Clinic<vitals::Write>,
    id: Id<VisitId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let values: Values = body.fields().read()?;
        let next = body.form.is("then", "next");
        let slug = clinic.slug();
        clinic
            .once(&body.ticket, async |db| {
                super::measure(db, id.0, values).await?;
                draft::forget(db, id.0).await?;
                Ok(Answer::see_other(if next {
                    format!("/clinic/{slug}/vitals?done=vitals_saved")
                } else {
                    format!("/clinic/{slug}/visits/{}/consultation?done=vitals_saved", id.0)
                }))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => Ok(answer),
        Err(error) => again(&clinic, id.0, body.form, error).await,
    }
}

/// Discards what was typed and never saved.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = VisitId, Path,)), responses((status = 303, description = "Discarded")))]
#[post("/clinic/{slug}/visits/{id}/note-draft/discard")]
async fn discard_draft(
    clinic: Clinic<Keep>,
    id: Id<VisitId>,
    _body: FormBody,
) -> Result<HttpResponse, Error> {
    clinic.write(async |db| draft::forget(db, id.0).await).await?;
    let to = format!("/clinic/{}/visits/{}/consultation?done=typed_discarded", clinic.slug(), id.0);
    Ok(Answer::see_other(to).into())
}

/// Marks a reading as wrong and returns to its visit, or to the patient where it belongs to none.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = VitalsId, Path,)), responses((status = 303, description = "Marked")))]
#[post("/clinic/{slug}/vitals/{id}/mark-error")]
async fn mark_wrong(
    clinic: Clinic<vitals::Write>,
    id: Id<VitalsId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let version =
        body.fields().int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
    let marked = clinic.write(async |db| vitals::mark_error(db, id.0, version).await).await?;
    let slug = clinic.slug();
    let to = match marked.visit_id {
        Some(visit) => format!("visits/{visit}/consultation"),
        None => format!("patients/{}", marked.patient_id),
    };
    Ok(Answer::see_other(format!("/clinic/{slug}/{to}?done=vitals_marked")).into())
}
