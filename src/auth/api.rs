//! Sessions as JSON: a short access token and a refresh token that is good once.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use secrecy::SecretSlice;
use serde::Serialize;
use uuid::Uuid;

use super::store::{self, Opened, Rotation, Session};
use super::{NewSession, Own, SignIn, language, pages, passwords, secret, tokens};
use crate::app::App;
use crate::error::Error;
use crate::tenant::{Clinic, Slug};
use crate::web::{JsonBody, List, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config
        .service(open)
        .service(refresh)
        .service(list)
        .service(revoke_current)
        .service(revoke)
        .service(whoami)
        .service(speak);
}

/// What to sign in with.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[expect(dead_code, reason = "describes the body that the fields parser reads")]
struct SignInBody {
    /// Identifier or email in this clinic.
    #[schema(min_length = 1, max_length = 254)]
    identifier: String,
    /// The password.
    #[schema(min_length = 1, max_length = 256)]
    password: String,
}

/// A refresh token as it was given.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[expect(dead_code, reason = "describes the body that the fields parser reads")]
struct RefreshBody {
    /// Good once.
    #[schema(min_length = 1, max_length = 100)]
    refresh_token: String,
}

/// Whose session it is.
#[derive(Serialize, utoipa::ToSchema)]
struct User {
    /// The person.
    user_id: Uuid,
    /// The person's name.
    name: String,
    /// The role.
    role: String,
    /// What the role may do.
    permissions: Vec<String>,
}

/// Tokens for the API.
#[derive(Serialize, utoipa::ToSchema)]
struct Tokens {
    /// Sent as `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds until the access token ends.
    expires_in: i32,
    /// Exchanged for the next pair, once. Used twice, it ends the session.
    refresh_token: String,
    /// Whose session it is.
    user: User,
}

/// The person of this token.
#[derive(Serialize, utoipa::ToSchema)]
struct Me {
    /// The person.
    user_id: Uuid,
    /// The person's name.
    name: String,
    /// The role.
    role: String,
    /// The session.
    session_id: Uuid,
    /// The clinic's slug.
    clinic: String,
    /// The clinic's name.
    clinic_name: String,
    /// IANA zone of the clinic.
    zone: String,
    /// The clinic's day.
    today: chrono::NaiveDate,
    /// The language that the person chose; `null`: the clinic's own.
    language: Option<String>,
    /// The locale in which words are said to this person.
    locale: String,
}

impl Me {
    fn of(clinic: &Clinic<Own>) -> Result<Me, Error> {
        let who = clinic.who()?;
        Ok(Me {
            user_id: who.user_id,
            name: who.user_name.clone(),
            role: who.role.clone(),
            session_id: who.session_id,
            clinic: clinic.slug().to_string(),
            clinic_name: who.clinic_name.clone(),
            zone: who.zone.to_string(),
            today: who.today,
            language: who.language.clone(),
            locale: who.locale.clone(),
        })
    }
}

/// A language to be spoken to in.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[expect(dead_code, reason = "describes the body that the fields parser reads")]
struct LanguageBody {
    /// Its tag, such as `hi`; `null`: the clinic's own.
    #[schema(min_length = 2, max_length = 2)]
    language: Option<String>,
}

fn tokens(
    app: &App,
    slug: &Slug,
    opened: Opened,
    access: &SecretSlice<u8>,
    next: &SecretSlice<u8>,
) -> Result<Tokens, Error> {
    let now = i64::try_from(pages::api_now()).unwrap_or(0);
    let seconds = app.settings.token_seconds;
    let access_token =
        tokens::sign(&app.keys, slug, opened.user_id, &opened.role, access, now, seconds)?;
    Ok(Tokens {
        access_token,
        token_type: "Bearer",
        expires_in: seconds,
        refresh_token: secret::to_text(next),
        user: User {
            user_id: opened.user_id,
            name: opened.name,
            role: opened.role,
            permissions: opened.permissions,
        },
    })
}

fn slug_of(request: &HttpRequest) -> Result<Slug, Error> {
    request.match_info().query("slug").parse().map_err(|_| Error::NotFound)
}

/// Sign in.
#[utoipa::path(tag = "sessions", params(("slug" = String, Path, description = "The clinic")),
    request_body = SignInBody, security(()),
    responses((status = 201, body = Tokens, description = "Signed in"), Problems))]
#[post("/clinic/{slug}/api/v1/sessions")]
async fn open(
    request: HttpRequest,
    app: web::Data<App>,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let slug = slug_of(&request)?;
    let mut fields = body.fields;
    let who = SignIn {
        identifier: fields.text("identifier", 254),
        password: fields.password("password", passwords::MAX_BYTES),
        address: pages::address(&request, &app),
    };
    fields.finish()?;
    if super::front(&app, &slug).await?.is_none() {
        return Err(Error::NotFound);
    }
    let account = super::prove(&app, &slug, &who).await?;
    let (access, first) = (secret::fresh(), secret::fresh());
    let session = NewSession {
        account_id: account,
        session_id: Uuid::now_v7(),
        kind: "api",
        secret: access.clone(),
        secret_seconds: app.settings.token_seconds + 5,
        refresh: Some(first.clone()),
        idle_seconds: app.settings.session_seconds,
        life_seconds: app.settings.session_seconds,
        user_agent: pages::user_agent(&request),
    };
    let opened = super::open(&app, &slug, &session).await?;
    let location = format!("/clinic/{slug}/api/v1/sessions/{}", session.session_id);
    Ok(HttpResponse::Created()
        .insert_header(("location", location))
        .json(tokens(&app, &slug, opened, &access, &first)?))
}

/// Exchange a refresh token for the next pair.
#[utoipa::path(tag = "sessions", params(("slug" = String, Path, description = "The clinic")),
    request_body = RefreshBody, security(()),
    responses((status = 200, body = Tokens, description = "The next pair"), Problems))]
#[post("/clinic/{slug}/api/v1/sessions/refresh")]
async fn refresh(
    request: HttpRequest,
    app: web::Data<App>,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let slug = slug_of(&request)?;
    let mut fields = body.fields;
    let sent = fields.text("refresh_token", 100);
    fields.finish()?;
    let sent = secret::from_text(&sent).ok_or(Error::SignedOut)?;
    let (access, next) = (secret::fresh(), secret::fresh());
    let seconds = app.settings.token_seconds + 5;
    let sent = secrecy::ExposeSecret::expose_secret(&sent);
    match store::rotate(&app, slug.as_str(), sent, &access, seconds, &next).await? {
        Rotation::Rotated(opened) => {
            Ok(HttpResponse::Ok().json(tokens(&app, &slug, opened, &access, &next)?))
        }
        Rotation::Refused => Err(Error::SignedOut),
    }
}

/// My live sessions in this clinic.
#[utoipa::path(tag = "sessions", params(("slug" = String, Path, description = "The clinic")),
    responses((status = 200, body = List<Session>, description = "Newest first"), Problems))]
#[get("/clinic/{slug}/api/v1/sessions")]
async fn list(clinic: Clinic<Own>) -> Result<HttpResponse, Error> {
    let items = clinic.read(async |db| store::sessions(db).await).await?;
    Ok(HttpResponse::Ok().json(List { items, next_cursor: None }))
}

/// End this session.
#[utoipa::path(tag = "sessions", params(("slug" = String, Path, description = "The clinic")),
    responses((status = 204, description = "Ended"), Problems))]
#[delete("/clinic/{slug}/api/v1/sessions/current")]
async fn revoke_current(clinic: Clinic<Own>) -> Result<HttpResponse, Error> {
    clinic
        .write(async |db| {
            let own = db.who().session_id;
            store::revoke(db, own).await
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// End one of my sessions.
#[utoipa::path(tag = "sessions", params(("slug" = String, Path, description = "The clinic"), ("id" = Uuid, Path, description = "The session")),
    responses((status = 204, description = "Ended"), Problems))]
#[delete("/clinic/{slug}/api/v1/sessions/{id}")]
async fn revoke(clinic: Clinic<Own>, id: crate::web::Id<Uuid>) -> Result<HttpResponse, Error> {
    if clinic.write(async |db| store::revoke(db, id.0).await).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Error::NotFound)
    }
}

/// Who am I?
#[utoipa::path(tag = "sessions", params(("slug" = String, Path, description = "The clinic")),
    responses((status = 200, body = Me, description = "The person of this token"), Problems))]
#[get("/clinic/{slug}/api/v1/me")]
async fn whoami(clinic: Clinic<Own>) -> Result<HttpResponse, Error> {
    clinic.enter().await?;
    Ok(HttpResponse::Ok().json(Me::of(&clinic)?))
}

/// Choose the language to be spoken to in.
#[utoipa::path(tag = "sessions", params(("slug" = String, Path, description = "The clinic")), request_body = LanguageBody,
    responses((status = 204, description = "Chosen"), Problems))]
#[put("/clinic/{slug}/api/v1/me/language")]
async fn speak(clinic: Clinic<Own>, body: JsonBody) -> Result<HttpResponse, Error> {
    let mut fields = body.fields;
    let language = language::parse(&mut fields, clinic.app());
    fields.finish()?;
    clinic.write(async |db| store::speak(db, language.as_deref()).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
