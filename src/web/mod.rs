//! The toolbox of the edge: reading input, writing answers. It knows no feature.

mod ages;
pub mod assets;
mod body;
pub mod cell;
mod chrome;
mod conflict;
mod cursor;
mod dates;
mod digits;
mod fields;
mod fold;
mod form;
mod format;
mod id;
mod ids;
mod instant;
mod json;
mod outer;
pub mod picture;
mod pieces;
pub mod plot;
mod problem;
pub mod routes;
pub mod text;
mod timing;
mod upload;

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

pub use ages::is_age;
pub use body::{DoorForm, FormBody, JsonBody};
pub use chrome::{Chrome, Door};
pub use conflict::Overtaken;
pub use cursor::{Cursor, Paging};
pub use digits::{latin_digits, ungrouped};
pub use fields::{Fields, Parse};
pub use fold::fold;
pub use form::Form;
pub use id::{Id, IfMatch};
pub(crate) use ids::{id, words};
pub use instant::instant;
pub use outer::{outer, security_headers};
pub use pieces::{Piece, held, pieces};
pub use problem::{Problem, Problems, Told, draw_errors};
pub use routes::Routes;
pub use text::{Lang, Spoken};
pub use timing::Timing;
pub use upload::Upload;

use crate::app::App;
use crate::error::Error;

/// Draws a page. The transaction is over: nothing is drawn while a connection is held.
pub fn page(template: &impl Template) -> Result<HttpResponse, Error> {
    page_with(200, template)
}

/// Draws a page with a status, such as 422 for a form that must be corrected.
pub fn page_with(status: u16, template: &impl Template) -> Result<HttpResponse, Error> {
    let html = template.render().map_err(|e| Error::Internal(e.to_string()))?;
    let status = actix_web::http::StatusCode::from_u16(status)
        .map_err(|e| Error::Internal(e.to_string()))?;
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html))
}

/// The whole address of a path, for a link that is shown, sent or printed.
pub fn address(request: &HttpRequest, app: &App, path: &str) -> String {
    if let Some(base) = &app.settings.base_url {
        return format!("{base}{path}");
    }
    let scheme = if app.settings.https { "https" } else { "http" };
    let host = request.headers().get("host").and_then(|v| v.to_str().ok());
    let host = host
        .or_else(|| request.uri().authority().map(actix_web::http::uri::Authority::as_str))
        .unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

/// A list as JSON: the items and where the next page begins.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct List<T> {
    /// The things, in the order the endpoint says.
    pub items: Vec<T>,
    /// Opaque; `null` on the last page.
    pub next_cursor: Option<String>,
}
