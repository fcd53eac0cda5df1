//! The page on which a prescription is written.

use askama::Template;
use uuid::Uuid;

use super::rows::Rows;
use super::unsaved::{self, Unsaved};
use super::words::Said;
use super::{Prescription, Write};
use crate::catalogue::{self, Offered};
use crate::error::Error;
use crate::patients::{self, Banner, Patient, PatientId};
use crate::tenant::{Clinic, Db};
use crate::web::{Chrome, Form};

#[derive(Template)]
#[template(path = "prescriptions/edit.html")]
pub(super) struct EditPage {
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
    patient_id: PatientId,
    /// The visit, the patient or the draft under which it is kept what is typed,
    about: Uuid,
    /// and the version of what is kept; empty where nothing is.
    kept: String,
    /// When it was typed what the form says and was never saved.
    restored: Option<String>,
}

/// What the page needs besides the form.
pub(super) struct Around {
    patient: Patient,
    offered: Offered,
    about: Uuid,
    unsaved: Option<Unsaved>,
}

impl Around {
    pub(super) async fn read(
        db: &mut Db,
        patient: PatientId,
        about: Uuid,
    ) -> Result<Around, Error> {
        Ok(Around {
            patient: patients::present(db, patient).await?,
            offered: catalogue::offered(db).await?,
            unsaved: unsaved::find(db, about).await?.filter(|kept| kept.patient_id == patient),
            about,
        })
    }
}

impl EditPage {
    /// The page with a form as it is.
    pub(super) fn new(
        clinic: &Clinic<Write>,
        around: Around,
        form: Form,
        action: String,
    ) -> Result<EditPage, Error> {
        let Around { patient, offered, about, unsaved } = around;
        let chrome = Chrome::new(clinic, "prescriptions")?;
        let banner = Banner::new(&chrome, &patient);
        let leave = banner.href.clone();
        let rows = Rows::of(&form);
        let (rx, restored, patient_id) = (None, None, patient.patient_id);
        let kept = unsaved.map(|kept| kept.version.to_string()).unwrap_or_default();
        Ok(EditPage {
            chrome,
            banner,
            form,
            offered,
            action,
            leave,
            rx,
            rows,
            patient_id,
            about,
            kept,
            restored,
        })
    }

    /// The page as one comes to it: with what was typed here and never saved.
    pub(super) fn opened(
        clinic: &Clinic<Write>,
        around: Around,
        form: Form,
        action: String,
    ) -> Result<EditPage, Error> {
        let typed = around.unsaved.as_ref();
        let typed = typed.and_then(|kept| Some((kept.over(&form)?, kept.updated_at)));
        let Some((form, at)) = typed else { return EditPage::new(clinic, around, form, action) };
        let drawn = EditPage::new(clinic, around, form, action)?;
        let restored = Some(drawn.chrome.datetime(&at));
        Ok(EditPage { restored, ..drawn })
    }

    /// Where the script keeps what is typed.
    fn keeps(&self) -> String {
        self.chrome.path(&format!("api/v1/unsaved-prescriptions/{}", self.about))
    }

    /// The page of a draft that is saved already.
    pub(super) fn of(self, rx: Prescription) -> EditPage {
        let leave = self.chrome.path(&format!("prescriptions/{}", rx.prescription_id));
        EditPage { leave, rx: Some(rx), ..self }
    }

    /// With what happened a moment ago.
    pub(super) fn done(self, done: Option<&str>) -> EditPage {
        EditPage { chrome: self.chrome.done(done), ..self }
    }

    /// With the lines of the draft in words.
    pub(super) fn saying(mut self, rx: &Prescription) -> EditPage {
        if self.restored.is_some() {
            return self;
        }
        let said = rx.lines.iter().map(|line| Said::new(&self.chrome, line).sentence()).collect();
        self.rows.said = said;
        self
    }
}
