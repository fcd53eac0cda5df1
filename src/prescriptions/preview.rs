//! A line in words while it is being typed: the same rules and the same words as on the sheet.

use actix_web::{HttpResponse, post};
use serde::Serialize;

use super::words::Said;
use super::{Content, Write, lines_of};
use crate::error::{Error, FieldError};
use crate::tenant::Clinic;
use crate::web::{Chrome, FormBody, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(preview);
}

/// What a line says so far.
#[derive(Default, Serialize)]
struct SoFar {
    /// The line in words, or what must be corrected; empty while there is too little to say.
    said: String,
    /// Whether it must be corrected.
    wrong: bool,
}

/// Says the line of a form (`lines.0.…`) in words; keeps nothing.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "The words, for a script")))]
#[post("/clinic/{slug}/prescriptions/preview")]
async fn preview(clinic: Clinic<Write>, body: FormBody) -> Result<HttpResponse, Error> {
    let written = body.fields().read::<Content>();
    let outcome = match written {
        Ok(content) => clinic.read(async |db| lines_of(db, &content.lines).await).await,
        Err(error) => clinic.enter().await.and(Err(error)),
    };
    let chrome = Chrome::new(&clinic, "prescriptions")?;
    let so_far = match outcome {
        Ok(lines) => {
            let said = lines.first().map(|line| Said::new(&chrome, line).sentence());
            SoFar { said: said.unwrap_or_default(), wrong: false }
        }
        Err(Error::Invalid(errors)) => objection(&chrome, &body, &errors),
        Err(other) => return Err(other),
    };
    Ok(HttpResponse::Ok().json(so_far))
}

/// The first thing that is wrong; what is only missing is not wrong yet, and the schedule is said alone.
fn objection(chrome: &Chrome, body: &FormBody, errors: &[FieldError]) -> SoFar {
    if let Some(error) = errors.iter().find(|error| error.code != "required") {
        return SoFar { said: chrome.texts().refusal(error), wrong: true };
    }
    let dose = Some(body.form.value("lines.0.dose").trim()).filter(|dose| !dose.is_empty());
    let schedule = body.form.value("lines.0.schedule").parse::<crate::catalogue::Schedule>();
    let said = schedule.map(|schedule| {
        let words = schedule.words(dose, |key, value| chrome.tx(key, value));
        match schedule.pattern() {
            Some(pattern) => format!("{words} ({pattern})"),
            None => words,
        }
    });
    SoFar { said: said.unwrap_or_default(), wrong: false }
}
