//! What a doctor is typing into a prescription and has not saved. Raw text, so that nothing is refused that is only
//! half written.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, put};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Write, rows, store};
use crate::error::Error;
use crate::patients::{self, PatientId};
use crate::tenant::{Answer, Clinic, Db};
use crate::web::{Fields, Form, Id, IfMatch, JsonBody, Parse, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(show_unsaved).service(keep_unsaved);
}

/// Text by field of the page, as typed.
pub type Typed = BTreeMap<String, String>;

/// Most characters of one field.
const LONGEST: usize = 2000;

/// What is being typed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NewUnsaved {
    /// Whom it will be for.
    pub patient_id: PatientId,
    /// Any field of the page, as text: `diagnosis`, `lines.0.medicine`, `tests.1.name`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub typed: Typed,
    /// The version of the draft that is on the page, if it is one.
    #[schema(minimum = 1)]
    pub prescription_version: Option<i32>,
}

impl Parse for NewUnsaved {
    fn parse(fields: &mut Fields) -> NewUnsaved {
        let typed = rows::names().filter_map(|name| {
            let text = fields.text_opt(&name, LONGEST)?;
            Some((name, text))
        });
        let typed = typed.collect();
        NewUnsaved {
            patient_id: fields.id("patient_id").unwrap_or(PatientId(Uuid::nil())),
            typed,
            prescription_version: fields.int32("prescription_version", 1..=i32::MAX),
        }
    }
}

/// What was typed and not saved.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = UnsavedPrescription)]
pub struct Unsaved {
    /// The visit, the patient or the draft at which it is typed.
    pub about_id: Uuid,
    /// Whom it will be for.
    pub patient_id: PatientId,
    /// By field of the page, as typed; empty once it was saved or discarded.
    #[schema(value_type = Object)]
    pub typed: Typed,
    /// The version of the draft that was on the page, if it was one.
    pub prescription_version: Option<i32>,
    /// Counts how often it was kept.
    pub version: i32,
    /// When it was first kept.
    pub created_at: DateTime<Utc>,
    /// When it was last kept.
    pub updated_at: DateTime<Utc>,
}

impl Unsaved {
    /// The form as it was typed; none where nothing is kept, or nothing else than what the form says anyway.
    pub(super) fn over(&self, form: &Form) -> Option<Form> {
        let text = |name: &str| self.typed.get(name).map_or("", String::as_str);
        if self.typed.is_empty()
            || rows::names().all(|name| form.value(&name).trim() == text(&name))
        {
            return None;
        }
        let mut typed = Form::new();
        for (name, text) in &self.typed {
            typed.set(name, text);
        }
        // Under the version that was read then: whoever was faster is shown when this is saved.
        let version = self.prescription_version.map(|version| version.to_string());
        typed.set("version", version.as_deref().unwrap_or_default());
        Some(typed)
    }
}

/// The own text at a place, if any was ever kept.
pub(super) async fn find(db: &mut Db, about: Uuid) -> Result<Option<Unsaved>, Error> {
    store::find_unsaved(db, about).await
}

/// Forgets what was typed: it was saved, or is not wanted. A window that is late to keep it finds a newer version.
pub(super) async fn forget(db: &mut Db, about: Uuid, patient: PatientId) -> Result<(), Error> {
    store::forget_unsaved(db, about, patient).await
}

/// What the caller is typing into a prescription and did not save.
///
/// Nobody else sees it. It is empty once it was saved or discarded.
#[utoipa::path(tag = "prescriptions",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = Uuid, Path, description = "The visit, the patient or the draft at which it is typed")),
    responses((status = 200, body = Unsaved, description = "With an ETag"), Problems))]
#[get("/clinic/{slug}/api/v1/unsaved-prescriptions/{id}")]
async fn show_unsaved(clinic: Clinic<Write>, id: Id<Uuid>) -> Result<HttpResponse, Error> {
    let kept = clinic.read(async |db| find(db, id.0).await?.ok_or(Error::NotFound)).await?;
    Ok(Answer::ok(kept.version, &kept)?.into())
}

/// Keep what is being typed into a prescription.
///
/// Any fields of the page, as text and unchecked. The first is kept without `If-Match`, each next one under the
/// version that was answered: 412 says that another window kept something in between.
#[utoipa::path(tag = "prescriptions",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = Uuid, Path, description = "The visit, the patient or the draft at which it is typed"),
        ("If-Match" = Option<String>, Header, description = "The ETag of what was kept before, if anything was")),
    request_body = NewUnsaved,
    responses((status = 201, body = Unsaved, description = "The first one"),
        (status = 200, body = Unsaved, description = "As it is now"), Problems))]
#[put("/clinic/{slug}/api/v1/unsaved-prescriptions/{id}")]
async fn keep_unsaved(
    clinic: Clinic<Write>,
    id: Id<Uuid>,
    version: Result<IfMatch, Error>,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let new: NewUnsaved = body.fields.read()?;
    let kept = clinic.write(async |db| {
        match patients::active(db, new.patient_id).await {
            Err(Error::NotFound) => return Err(Error::field("patient_id", "unknown")),
            other => drop(other?),
        }
        if !store::is_of(db, id.0, new.patient_id).await? {
            return Err(Error::NotFound);
        }
        let there = async || Ok(find(db, id.0).await?.ok_or(Error::NotFound)?.version);
        let version = IfMatch::if_any(&version, there).await?;
        let done = match version {
            None => store::insert_unsaved(db, id.0, &new).await?,
            Some(version) => store::update_unsaved(db, id.0, version, &new).await?,
        };
        match (done, version) {
            (true, _) => Ok((find(db, id.0).await?.ok_or(Error::NotFound)?, version)),
            (false, None) => Err(Error::PreconditionRequired),
            (false, Some(_)) => Err(Error::Stale),
        }
    });
    let (kept, version) = kept.await?;
    let slug = clinic.slug();
    let answer = match version {
        None => {
            let location = format!("/clinic/{slug}/api/v1/unsaved-prescriptions/{}", id.0);
            Answer::created(location, kept.version, &kept)?
        }
        Some(_) => Answer::ok(kept.version, &kept)?,
    };
    Ok(answer.into())
}
