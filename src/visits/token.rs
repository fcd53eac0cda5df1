//! The slip somebody takes from the counter to the bench: the clinic, the token, whom to wait for.

use actix_web::{HttpRequest, HttpResponse, get};
use askama::Template;

use super::{List, Visit, VisitId};
use crate::error::Error;
use crate::patients::{self, Banner};
use crate::tenant::Clinic;
use crate::web::{Chrome, Fields, Id, Routes, page};

pub(super) fn routes(config: &mut Routes) {
    config.service(token);
}

#[derive(Template)]
#[template(path = "visits/token.html")]
struct TokenPage {
    chrome: Chrome,
    banner: Banner,
    visit: Visit,
}

/// The token of a visit, to print: it names nobody, for it is read by everybody in the room.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = VisitId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/visits/{id}/token")]
async fn token(
    clinic: Clinic<List>,
    id: Id<VisitId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let done = Fields::of_query(&request)?.text_opt("done", 60);
    let (visit, patient) = clinic
        .read(async |db| {
            let visit = super::present(db, id.0).await?;
            let patient = patients::present(db, visit.patient_id).await?;
            Ok((visit, patient))
        })
        .await?;
    let chrome = Chrome::new(&clinic, "queue")?.done(done.as_deref());
    let banner = Banner::new(&chrome, &patient);
    page(&TokenPage { chrome, banner, visit })
}
