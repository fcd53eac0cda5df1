//! The platform's console: sign in, see the clinics, suspend and reactivate.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use chrono::{DateTime, Utc};

use super::{ClinicStatus, Console, Entry, Query, SuperAdmin};
use crate::app::App;
use crate::auth::credential::{self, PLATFORM};
use crate::auth::{self, csrf, pages as sign_in};
use crate::error::Error;
use crate::tenant::{Answer, Slug};
use crate::web::text::Lang;
use crate::web::{Door, DoorForm, Fields, Form, FormBody, Paging, Routes, Spoken, page, page_with};

pub(super) fn routes(config: &mut Routes) {
    config.service(login_page).service(login).service(logout).service(index).service(change_status);
}

/// Around a page of the console.
struct Desk {
    lang: Arc<Lang>,
    name: String,
    csrf: String,
    flash: Option<String>,
}

impl Desk {
    fn new(request: &HttpRequest, console: &Console, who: SuperAdmin, done: Option<&str>) -> Desk {
        let lang = Spoken::of(request).lang(&console.app().texts);
        let flash = done.and_then(|code| lang.get(&format!("done.{code}"))).map(str::to_owned);
        Desk { name: who.name, csrf: csrf::token(console.secret()), flash, lang }
    }

    fn t<'a>(&'a self, key: &'a str) -> &'a str {
        self.lang.t(key)
    }

    fn tx(&self, key: &str, value: &str) -> String {
        self.lang.tx(key, value)
    }

    fn lang(&self) -> &str {
        self.lang.tag()
    }

    fn date(&self, at: &DateTime<Utc>) -> String {
        self.lang.date(at.date_naive())
    }
}

#[derive(Template)]
#[template(path = "control/login.html")]
struct LoginPage {
    door: Door,
    form: Form,
}

#[derive(Template)]
#[template(path = "control/clinics.html")]
struct ClinicsPage {
    desk: Desk,
    clinics: Vec<Entry>,
    next: Option<String>,
}

/// The console's door.
#[utoipa::path(tag = "pages", responses((status = 200, description = "Page")))]
#[get("/admin/login")]
async fn login_page(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, Error> {
    page(&LoginPage { door: Door::new(&request, &app, None), form: Form::new() })
}

/// Signs a super-admin in.
#[utoipa::path(tag = "pages", responses((status = 303, description = "Signed in")))]
#[post("/admin/login")]
async fn login(
    request: HttpRequest,
    app: web::Data<App>,
    DoorForm(body): DoorForm,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let who = sign_in::read_sign_in(&body, sign_in::address(&request, &app))?;
        auth::open_platform(&app, &who).await
    };
    match outcome.await {
        Ok(secret) => Ok(HttpResponse::SeeOther()
            .insert_header(("location", "/admin"))
            .cookie(credential::cookie(&app, PLATFORM, &secret))
            .finish()),
        Err(error) => {
            let door = Door::new(&request, &app, None);
            let status = error.status();
            let (form, wait) = sign_in::refuse_sign_in(&door, body.form, error)?;
            let mut drawn = page_with(status, &LoginPage { door, form })?;
            sign_in::retry_header(&mut drawn, wait);
            Ok(drawn)
        }
    }
}

/// Ends the console's session.
#[utoipa::path(tag = "pages", responses((status = 303, description = "Signed out")))]
#[post("/admin/logout")]
async fn logout(console: Console, _body: FormBody) -> Result<HttpResponse, Error> {
    auth::end_platform(console.app(), console.secret()).await?;
    Ok(HttpResponse::SeeOther()
        .insert_header(("location", "/admin/login"))
        .cookie(credential::expired(console.app(), PLATFORM))
        .finish())
}

/// The clinics.
#[utoipa::path(tag = "pages", responses((status = 200, description = "Page")))]
#[get("/admin")]
async fn index(console: Console, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    let done = fields.text_opt("done", 60);
    let after = paging.after(console.app(), &PLATFORM, "clinics")?.unwrap_or(0);
    let query = Query { limit: paging.limit.min(50), after };
    let (who, rows) = console.read(async |db| super::clinics(db, &query).await).await?;
    let found = paging.page(console.app(), &PLATFORM, "clinics", rows, |entry| entry.clinic_number);
    let next = found.next_cursor.map(|cursor| format!("/admin?cursor={cursor}"));
    page(&ClinicsPage {
        desk: Desk::new(&request, &console, who, done.as_deref()),
        clinics: found.items,
        next,
    })
}

/// Suspends or reactivates a clinic.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 303, description = "Done")))]
#[post("/admin/clinics/{slug}/status")]
async fn change_status(
    console: Console,
    request: HttpRequest,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let slug: Slug = request.match_info().query("slug").parse().map_err(|_| Error::NotFound)?;
    let mut fields = body.fields();
    let status: ClinicStatus = fields.choice("status");
    fields.finish()?;
    console.write(async |db| super::set_status(db, &slug, status).await).await?;
    let done =
        if status == ClinicStatus::Active { "clinic_reactivated" } else { "clinic_suspended" };
    Ok(Answer::see_other(format!("/admin?done={done}")).into())
}
