//! Errors as answers: problem+json (RFC 9457) for programs, a page for people.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, ResponseError, web};
use askama::Template;
use serde::Serialize;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};

use super::Door;
use super::text::{Lang, Spoken};
use crate::app::App;
use crate::error::{Error, FieldError};
use crate::tenant::Slug;

/// The body of every error.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// `/problems/<code>`.
    #[serde(rename = "type")]
    kind: String,
    /// The same for every problem of this type.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened this time, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Fields that must be corrected.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Told>,
    /// What is needed to decide, such as possible duplicates.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<serde_json::Value>,
    /// To find this request in the logs.
    request_id: String,
}

/// One field that was refused, without the value that was sent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = FieldError)]
pub struct Told {
    /// Name of the field as the caller sent it; `lines.2.days` inside lists.
    field: String,
    /// A stable code, such as `required` or `out_of_range`.
    code: String,
    /// What to do, in words.
    message: String,
}

impl Told {
    fn new(error: &FieldError, lang: &Lang) -> Told {
        Told {
            field: error.field.clone(),
            code: error.code.clone().into_owned(),
            message: lang.refusal(error),
        }
    }
}

impl Problem {
    fn new(error: &Error, lang: &Lang, request_id: String) -> Problem {
        let (errors, details) = match error {
            Error::Invalid(errors) => (errors.iter().map(|e| Told::new(e, lang)).collect(), None),
            Error::Twice(name) => {
                (vec![Told::new(&FieldError::new(name.as_str(), "twice"), lang)], None)
            }
            Error::Conflict { details, .. } => (Vec::new(), details.clone()),
            _ => (Vec::new(), None),
        };
        let detail = match error {
            Error::Conflict { code, .. } => Some(lang.objection(code).to_owned()),
            Error::WrongCredentials => Some(lang.objection("wrong_credentials").to_owned()),
            _ => None,
        };
        Problem {
            kind: format!("/problems/{}", error.code()),
            title: title(error.status()),
            status: error.status(),
            detail,
            errors,
            details,
            request_id,
        }
    }
}

fn title(status: u16) -> &'static str {
    match status {
        400 => "The request could not be read",
        401 => "Sign in first",
        403 => "Not permitted",
        404 => "Not found",
        405 => "This address does not answer this method",
        409 => "The present state does not allow it",
        412 => "Changed by somebody else in the meantime",
        413 => "The body is too large",
        416 => "There is no such part of it",
        415 => "This kind of body is not read here",
        422 => "Some fields must be corrected",
        428 => "Say which version you read (If-Match)",
        429 => "Too many attempts",
        503 => "Busy: try again shortly",
        _ => "Something went wrong on our side",
    }
}

/// An error on its way out, in the response's extensions.
struct Carried(Error);

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::build(self.status_code()).finish();
        response.extensions_mut().insert(Carried(self.copy()));
        response
    }
}

impl Error {
    fn copy(&self) -> Error {
        match self {
            Error::NotFound => Error::NotFound,
            Error::SignedOut => Error::SignedOut,
            Error::Forbidden => Error::Forbidden,
            Error::Refused(code) => Error::Refused(code),
            Error::Invalid(errors) => Error::Invalid(errors.clone()),
            Error::Malformed(code) => Error::Malformed(code),
            Error::Twice(name) => Error::Twice(name.clone()),
            Error::Conflict { code, details } => Error::Conflict { code, details: details.clone() },
            Error::WrongCredentials => Error::WrongCredentials,
            Error::Stale => Error::Stale,
            Error::PreconditionRequired => Error::PreconditionRequired,
            Error::TooLarge => Error::TooLarge,
            Error::UnsupportedMedia => Error::UnsupportedMedia,
            Error::TooMany(seconds) => Error::TooMany(*seconds),
            Error::Busy => Error::Busy,
            Error::Internal(cause) => Error::Internal(cause.clone()),
        }
    }
}

#[derive(Template)]
#[template(path = "web/error.html")]
struct ErrorPage {
    door: Door,
    status: u16,
    /// Whether the form was drawn in an earlier session.
    old: bool,
    detail: Option<String>,
    /// Where one can go from here: where the day begins in this clinic, else the front door.
    home: String,
    request_id: String,
}

/// The beginning of the clinic, if the address is inside one.
fn home(path: &str) -> String {
    let slug = path.strip_prefix("/clinic/").and_then(|rest| rest.split('/').next());
    let slug = slug.filter(|slug| slug.parse::<Slug>().is_ok());
    slug.map_or_else(|| "/".to_owned(), |slug| format!("/clinic/{slug}"))
}

/// Middleware: gives every error its body. JSON under `/api/` and for `Accept: application/json`, else a
/// page; a page's 401 is the way to the sign-in page.
pub async fn draw_errors<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let path = request.path().to_owned();
    let wants_json = path.contains("/api/")
        || request
            .headers()
            .get(header::ACCEPT)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|accept| accept.starts_with("application/"));
    let request_id = request.extensions().get::<super::outer::RequestId>().map(ToString::to_string);
    let request_id = request_id.unwrap_or_default();
    let app = request.app_data::<web::Data<App>>().cloned();
    let spoken = Spoken::of(request.request());
    let response = next.call(request).await?;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return Ok(response.map_into_left_body());
    }
    let carried = response.response().extensions().get::<Carried>().map(|c| c.0.copy());
    let already = response.headers().contains_key(header::CONTENT_TYPE) && carried.is_none();
    if already && status != StatusCode::BAD_REQUEST {
        return Ok(response.map_into_left_body());
    }
    let error = carried.unwrap_or_else(|| framework_error(status));
    if let Error::Internal(cause) = &error {
        tracing::error!(request.id = %request_id, cause = %cause, "A request failed");
    }
    let (request, refused) = response.into_parts();
    let lang = app.as_ref().map(|app| spoken.lang(&app.texts)).unwrap_or_default();
    let path = back(request.method(), request.headers(), path);
    let asked = Asked { path, wants_json: wants_json || app.is_none(), request_id, lang };
    let mut drawn = draw(&error, status, asked);
    // What is allowed instead, and how much there is, belong to these answers (RFC 9110, 15.5.6 and 15.5.17).
    for name in [header::ALLOW, header::CONTENT_RANGE] {
        if let Some(value) = refused.headers().get(&name) {
            drawn.headers_mut().insert(name, value.clone());
        }
    }
    Ok(ServiceResponse::new(request, drawn).map_into_right_body())
}

/// Where to return after signing in: the page that was asked for, or that of a form that was sent. Of that page's
/// address the path alone: a query may name somebody.
fn back(method: &Method, headers: &HeaderMap, path: String) -> String {
    if matches!(*method, Method::GET | Method::HEAD) {
        return path;
    }
    let from = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let from = from.and_then(|from| url::Url::parse(from).ok());
    let home = home(&path);
    let inside = |page: &str| page.strip_prefix(&home).is_some_and(|rest| rest.starts_with('/'));
    from.map(|from| from.path().to_owned()).filter(|page| inside(page)).unwrap_or(home)
}

/// The framework's own refusals, in our words.
fn framework_error(status: StatusCode) -> Error {
    match status.as_u16() {
        404 => Error::NotFound,
        413 => Error::TooLarge,
        415 => Error::UnsupportedMedia,
        405 => Error::Malformed("method_not_allowed"),
        408 => Error::Malformed("timeout"),
        416 => Error::Malformed("range_not_satisfiable"),
        400..=499 => Error::Malformed("request"),
        _ => Error::Internal("framework".into()),
    }
}

/// What the answer to an error depends on besides the error.
struct Asked {
    path: String,
    wants_json: bool,
    request_id: String,
    lang: Arc<Lang>,
}

fn draw(error: &Error, status: StatusCode, asked: Asked) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    match error {
        Error::Busy => {
            response.insert_header((header::RETRY_AFTER, "2"));
        }
        Error::TooMany(seconds) => {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        Error::SignedOut if asked.wants_json => {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        _ => {}
    }
    let mut problem = Problem::new(error, &asked.lang, asked.request_id);
    problem.status = status.as_u16();
    problem.title = title(problem.status);
    if asked.wants_json {
        let body = serde_json::to_string(&problem).unwrap_or_default();
        return response.content_type("application/problem+json").body(body);
    }
    if matches!(error, Error::SignedOut) {
        let to = super::outer::sign_in_for(&asked.path);
        return HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish();
    }
    let page = ErrorPage {
        door: Door::plain(asked.lang),
        status: problem.status,
        old: matches!(error, Error::Refused("csrf")),
        detail: problem.detail,
        home: home(&asked.path),
        request_id: problem.request_id,
    };
    response.content_type("text/html; charset=utf-8").body(page.render().unwrap_or_default())
}

/// The error answers that every endpoint of the API may give, for the OpenAPI document.
pub struct Problems;

impl utoipa::IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::response::Response>> {
        [400_u16, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 503]
            .into_iter()
            .map(|status| {
                let content =
                    ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
                let response = ResponseBuilder::new()
                    .description(title(status))
                    .content("application/problem+json", content)
                    .build();
                (status.to_string(), RefOr::T(response))
            })
            .collect()
    }
}
