//! Sign-in and everything about one's own sessions, as pages.

use std::net::IpAddr;

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use secrecy::{ExposeSecret, SecretSlice};
use serde_json::json;
use uuid::Uuid;

use super::language::Tongue;
use super::store::Session;
use super::{Home, NewSession, Own, SignIn, credential, csrf, passwords, secret, store};
use crate::app::App;
use crate::error::{Error, FieldError};
use crate::tenant::{Answer, Clinic, Slug};
use crate::web::{Chrome, Door, DoorForm, Fields, Form, FormBody, Id, Routes, page, page_with};

/// Sign-in, sign-out, passwords, the own sessions; pages and API.
pub fn routes(config: &mut Routes) {
    config
        .service(sign_in_page)
        .service(sign_in)
        .service(sign_out)
        .service(choose_page)
        .service(choose_sign_in)
        .service(choose)
        .service(me)
        .service(form_token)
        .service(change_password)
        .service(end_session);
    super::link_pages::routes(config);
    super::language::routes(config);
    super::api::routes(config);
}

#[derive(Template)]
#[template(path = "auth/login.html")]
struct LoginPage {
    door: Door,
    form: Form,
    action: String,
    next: String,
}

#[derive(Template)]
#[template(path = "auth/choose.html")]
struct ChoosePage {
    door: Door,
    homes: Vec<Home>,
    ticket: String,
}

#[derive(Template)]
#[template(path = "auth/me.html")]
pub(super) struct MePage {
    chrome: Chrome,
    form: Form,
    sessions: Vec<Session>,
    languages: Vec<Tongue>,
}

/// The address the request came from: the peer, or what our own proxy says of it.
pub(crate) fn address(request: &HttpRequest, app: &App) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.ip());
    if !app.settings.behind_proxy {
        return peer;
    }
    let forwarded = request.headers().get("x-forwarded-for").and_then(|v| v.to_str().ok());
    // The last hop is the one our proxy wrote; the ones before it anybody can write.
    forwarded.and_then(|f| f.rsplit(',').next()?.trim().parse().ok()).unwrap_or(peer)
}

pub(super) fn user_agent(request: &HttpRequest) -> String {
    let sent = request.headers().get("user-agent").and_then(|v| v.to_str().ok());
    sent.unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect()
}

fn slug_of(request: &HttpRequest) -> Result<Slug, Error> {
    request.match_info().query("slug").parse().map_err(|_| Error::NotFound)
}

/// Where to go after sign-in: a page of this clinic, nothing else.
fn next_of(slug: &Slug, wanted: &str) -> String {
    let home = format!("/clinic/{slug}");
    let inside = wanted.starts_with(&format!("{home}/"));
    let plain = wanted.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-_".contains(&b));
    if inside && plain && !wanted.contains("//") { wanted.to_owned() } else { home }
}

pub(crate) fn read_sign_in(body: &FormBody, address: IpAddr) -> Result<SignIn, Error> {
    let mut fields = body.fields();
    let who = SignIn {
        identifier: fields.text("identifier", 254),
        password: fields.password("password", passwords::MAX_BYTES),
        address,
    };
    fields.finish()?;
    Ok(who)
}

fn browser_session(app: &App, request: &HttpRequest, account: Uuid) -> NewSession {
    NewSession {
        account_id: account,
        session_id: Uuid::now_v7(),
        kind: "browser",
        secret: secret::fresh(),
        secret_seconds: app.settings.session_seconds,
        refresh: None,
        idle_seconds: app.settings.idle_seconds,
        life_seconds: app.settings.session_seconds,
        user_agent: user_agent(request),
    }
}

fn retry_after(error: &Error) -> Option<u64> {
    match error {
        Error::TooMany(seconds) => Some(*seconds),
        _ => None,
    }
}

/// The clinic's door.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/login")]
async fn sign_in_page(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, Error> {
    let slug = slug_of(&request)?;
    let front = super::front(&app, &slug).await?.ok_or(Error::NotFound)?;
    let mut query = Fields::of_query(&request)?;
    let next = next_of(&slug, &query.text_opt("next", 300).unwrap_or_default());
    page(&LoginPage {
        door: Door::new(&request, &app, Some((slug.as_str(), &front))),
        form: Form::new(),
        action: format!("/clinic/{slug}/login"),
        next,
    })
}

/// Signs in with identifier and password.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 303, description = "Signed in")))]
#[post("/clinic/{slug}/login")]
async fn sign_in(
    request: HttpRequest,
    app: web::Data<App>,
    DoorForm(body): DoorForm,
) -> Result<HttpResponse, Error> {
    let slug = slug_of(&request)?;
    let front = super::front(&app, &slug).await?.ok_or(Error::NotFound)?;
    let next = next_of(&slug, body.form.value("next"));
    let outcome = async {
        let who = read_sign_in(&body, address(&request, &app))?;
        let account = super::prove(&app, &slug, &who).await?;
        let session = browser_session(&app, &request, account);
        super::open(&app, &slug, &session).await?;
        Ok::<_, Error>(session.secret)
    };
    match outcome.await {
        Ok(session) => Ok(signed_in(&app, &slug, &session, &next)),
        Err(error) => {
            let door = Door::new(&request, &app, Some((slug.as_str(), &front)));
            let status = error.status();
            let (form, wait) = refuse_sign_in(&door, body.form, error)?;
            let action = format!("/clinic/{slug}/login");
            let mut drawn = page_with(status, &LoginPage { door, form, action, next })?;
            retry_header(&mut drawn, wait);
            Ok(drawn)
        }
    }
}

pub(crate) fn refuse_sign_in(
    door: &Door,
    form: Form,
    error: Error,
) -> Result<(Form, Option<u64>), Error> {
    let wait = retry_after(&error);
    let error = match wait {
        Some(seconds) => FieldError::new("password", "wait").with("seconds", seconds).into(),
        None => error,
    };
    Ok((form.refuse(error, door.texts())?, wait))
}

pub(crate) fn retry_header(response: &mut HttpResponse, wait: Option<u64>) {
    use actix_web::http::header::{HeaderValue, RETRY_AFTER};
    if let Some(seconds) = wait {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
}

fn signed_in(app: &App, slug: &Slug, session: &SecretSlice<u8>, next: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header(("location", next))
        .cookie(credential::cookie(app, slug.as_str(), session))
        .finish()
}

/// Ends this session.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 303, description = "Signed out")))]
#[post("/clinic/{slug}/sign-out")]
async fn sign_out(clinic: Clinic<Own>, _body: FormBody) -> Result<HttpResponse, Error> {
    clinic
        .write(async |db| {
            let own = db.who().session_id;
            store::revoke(db, own).await
        })
        .await?;
    let slug = clinic.slug();
    Ok(HttpResponse::SeeOther()
        .insert_header(("location", format!("/clinic/{slug}/login")))
        .cookie(credential::expired(clinic.app(), slug.as_str()))
        .finish())
}

/// Sign-in by email, for people of several clinics.
#[utoipa::path(tag = "pages", responses((status = 200, description = "Page")))]
#[get("/login")]
async fn choose_page(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, Error> {
    let (form, action) = (Form::new(), "/login".to_owned());
    page(&LoginPage { door: Door::new(&request, &app, None), form, action, next: String::new() })
}

/// Signs in by email: straight in where there is one clinic, else a choice.
#[utoipa::path(tag = "pages", responses((status = 200, description = "Choice"), (status = 303, description = "Signed in")))]
#[post("/login")]
async fn choose_sign_in(
    request: HttpRequest,
    app: web::Data<App>,
    DoorForm(body): DoorForm,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let who = read_sign_in(&body, address(&request, &app))?;
        let account = super::prove_account(&app, &who).await?;
        Ok::<_, Error>((account, super::homes(&app, account).await?))
    };
    match outcome.await {
        Ok((account, homes)) => match homes.as_slice() {
            [] => {
                let door = Door::new(&request, &app, None);
                let form = body.form.refuse(super::refused(), door.texts())?;
                page_with(
                    401,
                    &LoginPage { door, form, action: "/login".into(), next: String::new() },
                )
            }
            [home] => enter_home(&app, &request, account, &home.slug).await,
            _ => {
                let until = i64::try_from(api_now()).unwrap_or(0) + TICKET_SECONDS;
                let sealed = serde_json::to_vec(&(account, until)).unwrap_or_default();
                let ticket = app.keys.seal("choose", &sealed);
                page(&ChoosePage { door: Door::new(&request, &app, None), homes, ticket })
            }
        },
        Err(error) => {
            let door = Door::new(&request, &app, None);
            let status = error.status();
            let (form, wait) = refuse_sign_in(&door, body.form, error)?;
            let login = LoginPage { door, form, action: "/login".into(), next: String::new() };
            let mut drawn = page_with(status, &login)?;
            retry_header(&mut drawn, wait);
            Ok(drawn)
        }
    }
}

/// How long a proved account may take to choose its clinic.
const TICKET_SECONDS: i64 = 300;

/// Opens the chosen clinic for the account that proved itself a moment ago.
#[utoipa::path(tag = "pages", responses((status = 303, description = "Signed in")))]
#[post("/login/choose")]
async fn choose(
    request: HttpRequest,
    app: web::Data<App>,
    DoorForm(body): DoorForm,
) -> Result<HttpResponse, Error> {
    let bytes = app.keys.unseal("choose", body.form.value("ticket")).ok_or(Error::SignedOut)?;
    let (account, until): (Uuid, i64) =
        serde_json::from_slice(&bytes).map_err(|_| Error::SignedOut)?;
    if i64::try_from(api_now()).unwrap_or(i64::MAX) > until {
        return Err(Error::SignedOut);
    }
    enter_home(&app, &request, account, body.form.value("slug")).await
}

async fn enter_home(
    app: &App,
    request: &HttpRequest,
    account: Uuid,
    slug: &str,
) -> Result<HttpResponse, Error> {
    let slug: Slug = slug.parse().map_err(|_| Error::NotFound)?;
    let session = browser_session(app, request, account);
    super::open(app, &slug, &session).await?;
    Ok(signed_in(app, &slug, &session.secret, &format!("/clinic/{slug}")))
}

/// Seconds since 1970. Tokens and tickets are dated before there is a transaction to ask for the time.
pub(super) fn api_now() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs())
}

pub(super) async fn me_page(
    clinic: &Clinic<Own>,
    form: Form,
    done: Option<&str>,
) -> Result<MePage, Error> {
    let sessions = clinic.read(async |db| store::sessions(db).await).await?;
    let chrome = Chrome::new(clinic, "me")?.done(done);
    let languages = Tongue::all(clinic, &chrome)?;
    Ok(MePage { chrome, form, sessions, languages })
}

/// Who I am here: my sessions, my password.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/me")]
async fn me(clinic: Clinic<Own>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut query = Fields::of_query(&request)?;
    page(&me_page(&clinic, Form::new(), query.text_opt("done", 60).as_deref()).await?)
}

/// Who is signed in, and the form token: a page that was drawn in an earlier session can still send what was typed.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Token")))]
#[get("/clinic/{slug}/me/token")]
async fn form_token(clinic: Clinic<Own>) -> Result<HttpResponse, Error> {
    clinic.enter().await?;
    let token = csrf::token(clinic.credential().secret());
    Ok(HttpResponse::Ok().json(json!({ "user": clinic.who()?.user_id, "token": token })))
}

/// Changes the own password; every other session ends.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 303, description = "Changed")))]
#[post("/clinic/{slug}/me/password")]
async fn change_password(clinic: Clinic<Own>, body: FormBody) -> Result<HttpResponse, Error> {
    clinic.enter().await?;
    let outcome = async {
        let mut fields = body.fields();
        let current = fields.password("current_password", passwords::MAX_BYTES);
        let new = fields.password("new_password", passwords::MAX_BYTES);
        let again = fields.password("again", passwords::MAX_BYTES);
        if new.expose_secret() != again.expose_secret() {
            fields.refuse("again", "different");
        }
        fields.finish()?;
        let secret = clinic.credential().secret();
        super::change_password(clinic.app(), clinic.slug(), secret, current, new).await
    };
    match outcome.await {
        Ok(()) => {
            let to = format!("/clinic/{}/me?done=password_changed", clinic.slug());
            Ok(Answer::see_other(to).into())
        }
        Err(error) => {
            let form = Form::new().refuse(error, &clinic.lang())?;
            page_with(422, &me_page(&clinic, form, None).await?)
        }
    }
}

/// Ends one of the own sessions.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = String, Path,)), responses((status = 303, description = "Ended")))]
#[post("/clinic/{slug}/me/sessions/{id}/end")]
async fn end_session(
    clinic: Clinic<Own>,
    id: Id<Uuid>,
    _body: FormBody,
) -> Result<HttpResponse, Error> {
    let ended = clinic.write(async |db| store::revoke(db, id.0).await).await?;
    if !ended {
        return Err(Error::NotFound);
    }
    let to = format!("/clinic/{}/me?done=session_ended", clinic.slug());
    Ok(Answer::see_other(to).into())
}
