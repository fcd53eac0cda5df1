//! The wall: which token is with whom, and who is next. It hangs in the waiting room and names no patient.

use actix_web::{HttpResponse, get};
use askama::Template;

use super::{List, Visit};
use crate::error::Error;
use crate::tenant::Clinic;
use crate::web::{Chrome, Routes, page};

/// Tokens that wait and are still shown.
const NEXT: usize = 8;

pub(super) fn routes(config: &mut Routes) {
    config.service(display);
}

/// A token and whom it is for. There is nothing else in it, so nothing else can hang on the wall.
struct Called {
    token: i32,
    doctor: String,
}

#[derive(Template)]
#[template(path = "visits/wall.html")]
struct Wall {
    chrome: Chrome,
    now: Vec<Called>,
    next: Vec<Called>,
    /// How many wait besides.
    more: i64,
}

/// Tokens for the waiting room: who is in, who is next. No names.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/board/display")]
async fn display(clinic: Clinic<List>) -> Result<HttpResponse, Error> {
    let lanes = clinic.read(async |db| super::board_of(db, None).await).await?;
    let chrome = Chrome::new(&clinic, "queue")?;
    let called = |visit: &Visit| Called {
        token: visit.token,
        doctor: visit.practitioner_name.clone().unwrap_or_default(),
    };
    let next: Vec<_> = lanes.waiting.visits.iter().take(NEXT).map(called).collect();
    let shown = i64::try_from(next.len()).unwrap_or(0);
    page(&Wall {
        // Whoever was called last is read first.
        now: lanes.inside.visits.iter().rev().map(called).collect(),
        more: lanes.waiting.total - shown,
        next,
        chrome,
    })
}
