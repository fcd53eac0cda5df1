//! A patient's login as JSON.

use std::cell::RefCell;

use actix_web::{HttpResponse, delete, get, post};
use serde::Serialize;

use super::{Login, NewLogin, Write};
use crate::auth::links::{self, LIFE_SECONDS};
use crate::error::Error;
use crate::patients::PatientId;
use crate::tenant::{Answer, Clinic};
use crate::web::{Id, JsonBody, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(show).service(open).service(close);
}

/// A login that was just opened.
#[derive(Serialize, utoipa::ToSchema)]
struct OpenedLogin {
    #[serde(flatten)]
    login: Login,
    /// Where the patient chooses a password, once. It is not kept and never shown again: `null` when a retry is
    /// answered from memory.
    set_password_path: Option<String>,
    /// Seconds until the path ends.
    expires_in: i32,
}

/// A patient's own login.
#[utoipa::path(tag = "logins",
    params(("slug" = String, Path, description = "The clinic"), ("id" = PatientId, Path, description = "The patient")),
    responses((status = 200, body = Login, description = "The login; 404 where none was opened"), Problems))]
#[get("/clinic/{slug}/api/v1/patients/{id}/login")]
async fn show(clinic: Clinic<Write>, id: Id<PatientId>) -> Result<HttpResponse, Error> {
    let (_, login) = clinic.read(async |db| super::present(db, id.0).await).await?;
    let login = login.ok_or(Error::NotFound)?;
    Ok(Answer::ok(login.version, &login)?.into())
}

/// Open a patient's login, or make a fresh link for the one there is.
///
/// The answer has the one-time path to choose a password. It is shown this once and stored nowhere; older links no
/// longer work. Answers 409 `shared_login` where another clinic shares the account.
#[utoipa::path(tag = "logins",
    params(("slug" = String, Path, description = "The clinic"), ("id" = PatientId, Path, description = "The patient"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = NewLogin,
    responses((status = 201, body = OpenedLogin, description = "Opened"), Problems))]
#[post("/clinic/{slug}/api/v1/patients/{id}/login")]
async fn open(
    clinic: Clinic<Write>,
    id: Id<PatientId>,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let ticket = body.ticket;
    let new: NewLogin = body.fields.read()?;
    let link = links::fresh();
    let location = format!("/clinic/{}/api/v1/patients/{}/login", clinic.slug(), id.0);
    // What is remembered for a retry has no link in it: a secret is not kept in the clear.
    let opened = RefCell::new(None);
    let shown = |login: &Login, path| OpenedLogin {
        login: login.clone(),
        set_password_path: path,
        expires_in: LIFE_SECONDS,
    };
    let answer = clinic
        .once(&ticket, async |db| {
            let login = super::open(db, id.0, &new, &link).await?;
            let answer = Answer::created(location.clone(), login.version, &shown(&login, None))?;
            opened.replace(Some(login));
            Ok(answer)
        })
        .await?;
    let Some(login) = opened.take() else { return Ok(answer) };
    let version = login.version;
    Ok(Answer::created(location, version, &shown(&login, Some(link.path)))?.into())
}

/// Close a patient's login: signed out everywhere at once, open links void.
///
/// Answers 409 `no_login` where none is open.
#[utoipa::path(tag = "logins",
    params(("slug" = String, Path, description = "The clinic"), ("id" = PatientId, Path, description = "The patient")),
    responses((status = 204, description = "Closed"), Problems))]
#[delete("/clinic/{slug}/api/v1/patients/{id}/login")]
async fn close(clinic: Clinic<Write>, id: Id<PatientId>) -> Result<HttpResponse, Error> {
    clinic.write(async |db| super::close(db, id.0).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
