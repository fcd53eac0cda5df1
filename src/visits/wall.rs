//! The wall: which token is with whom, and who is next. It hangs in the waiting room and names no patient.

use actix_web::{HttpResponse, get};
use askama::Template;

use super::board::{Cut, Lane};
use super::{List, Visit};
use crate::error::Error;
use crate::tenant::Clinic;
use crate::web::{Chrome, Routes, page};

/// Tokens that are shown: what the smallest screen holds, to be read across the room. The others are counted.
const NOW: usize = 12;
const NEXT: usize = 8;

pub(super) fn routes(config: &mut Routes) {
    config.service(display);
}

/// A token and whom it is for. There is nothing else in it, so nothing else can hang on the wall.
struct Called {
    token: i32,
    doctor: String,
}

/// Tokens in the order in which they are read, and how many there are besides.
struct Part {
    shown: Vec<Called>,
    more: i64,
}

impl Part {
    fn of<'a>(lane: &Lane, visits: impl Iterator<Item = &'a Visit>, most: usize) -> Part {
        let called = |visit: &Visit| Called {
            token: visit.token,
            doctor: visit.practitioner_name.clone().unwrap_or_default(),
        };
        let shown: Vec<_> = visits.take(most).map(called).collect();
        let more = lane.total - i64::try_from(shown.len()).unwrap_or(lane.total);
        Part { shown, more }
    }
}

#[derive(Template)]
#[template(path = "visits/wall.html")]
struct Wall {
    chrome: Chrome,
    now: Part,
    next: Part,
}

/// Tokens for the waiting room: who is in, who is next. No names.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/board/display")]
async fn display(clinic: Clinic<List>) -> Result<HttpResponse, Error> {
    let lanes = clinic.read(async |db| super::board_of(db, None, Cut::WALL).await).await?;
    let chrome = Chrome::new(&clinic, "queue")?;
    // Whoever was called last is read first.
    let now = Part::of(&lanes.inside, lanes.inside.visits.iter().rev(), NOW);
    let next = Part::of(&lanes.waiting, lanes.waiting.visits.iter(), NEXT);
    page(&Wall { chrome, now, next })
}
