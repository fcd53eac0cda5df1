//! A patient's login as a page of the record: open it, show the link once, close it.

use std::cell::RefCell;

use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;

use super::{Login, NewLogin, Write, suggested};
use crate::auth::links;
use crate::error::Error;
use crate::patients::{Banner, PatientId};
use crate::tenant::{Answer, Clinic};
use crate::web::{Chrome, Fields, Form, FormBody, Id, Routes, address, page, page_with};

pub(super) fn routes(config: &mut Routes) {
    config.service(show).service(open).service(close);
}

#[derive(Template)]
#[template(path = "portal/login.html")]
struct LoginPage {
    chrome: Chrome,
    banner: Banner,
    form: Form,
    login: Option<Login>,
}

impl LoginPage {
    fn is(&self, status: &str) -> bool {
        self.login.as_ref().is_some_and(|login| login.status.as_str() == status)
    }
}

#[derive(Template)]
#[template(path = "portal/link.html")]
struct LinkPage {
    chrome: Chrome,
    banner: Banner,
    login: Login,
    /// The whole address.
    address: String,
    /// Where the patient signs in afterwards.
    door: String,
}

async fn drawn(clinic: &Clinic<Write>, id: PatientId, form: Form) -> Result<LoginPage, Error> {
    let (patient, login) = clinic.read(async |db| super::present(db, id).await).await?;
    let chrome = Chrome::new(clinic, "patients")?;
    let banner = Banner::new(&chrome, &patient);
    let mut form = form;
    if login.is_none() && form.value("identifier").is_empty() && form.errors().is_empty() {
        form.set("identifier", &suggested(&patient));
    }
    Ok(LoginPage { chrome, banner, form, login })
}

/// Whether the patient may sign in, and the way to open or close that.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PatientId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/patients/{id}/login")]
async fn show(
    clinic: Clinic<Write>,
    id: Id<PatientId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let done = Fields::of_query(&request)?.text_opt("done", 60);
    let mut drawn = drawn(&clinic, id.0, Form::new()).await?;
    drawn.chrome = drawn.chrome.done(done.as_deref());
    page(&drawn)
}

/// Opens the login and shows the link, this once. Sent again, it leads back to the page.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PatientId, Path,)), responses((status = 201, description = "The link"), (status = 303, description = "Opened before")))]
#[post("/clinic/{slug}/patients/{id}/login")]
async fn open(
    clinic: Clinic<Write>,
    id: Id<PatientId>,
    request: HttpRequest,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let link = links::fresh();
    let opened = RefCell::new(None);
    let outcome = async {
        let new: NewLogin = body.fields().read()?;
        let slug = clinic.slug();
        clinic
            .once(&body.ticket, async |db| {
                let login = super::open(db, id.0, &new, &link).await?;
                let (patient, _) = super::present(db, id.0).await?;
                opened.replace(Some((login, patient)));
                let to = format!("/clinic/{slug}/patients/{}/login", id.0);
                Ok(Answer::see_other(to))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => {
            let Some((login, patient)) = opened.take() else { return Ok(answer) };
            let chrome = Chrome::new(&clinic, "patients")?.done(Some("login_opened"));
            let banner = Banner::new(&chrome, &patient);
            let whole = |path: &str| address(&request, clinic.app(), path);
            let (address, door) = (whole(&link.path), whole(&chrome.path("login")));
            page_with(201, &LinkPage { chrome, banner, login, address, door })
        }
        Err(error) => {
            let status = error.status();
            clinic.enter().await?;
            let form = body.form.refuse(error, &clinic.lang())?;
            page_with(status, &drawn(&clinic, id.0, form).await?)
        }
    }
}

/// Closes the login.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PatientId, Path,)), responses((status = 303, description = "Closed")))]
#[post("/clinic/{slug}/patients/{id}/login/close")]
async fn close(
    clinic: Clinic<Write>,
    id: Id<PatientId>,
    _body: FormBody,
) -> Result<HttpResponse, Error> {
    clinic.write(async |db| super::close(db, id.0).await).await?;
    let to = format!("/clinic/{}/patients/{}/login?done=login_closed", clinic.slug(), id.0);
    Ok(Answer::see_other(to).into())
}
