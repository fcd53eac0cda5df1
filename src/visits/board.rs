//! The queue as a board: waiting, with the doctor, done today.

use actix_web::{HttpRequest, HttpResponse, get};
use askama::Template;
use chrono::{DateTime, Utc};

use super::{List, Visit, VisitStatus};
use crate::error::Error;
use crate::patients::PatientId;
use crate::practitioners::{self, Practitioner, PractitionerId};
use crate::results::{self, News};
use crate::tenant::Clinic;
use crate::web::{Chrome, Fields, Routes, page};

/// Visits of earlier days that are shown of each state.
const LEFT: i64 = 50;

pub(super) fn routes(config: &mut Routes) {
    config.service(board);
}

/// How many of each column are shown.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    pub(super) inside: i64,
    pub(super) waiting: i64,
    pub(super) done: i64,
}

impl Cut {
    /// What a screen holds.
    const SCREEN: Cut = Cut { inside: 10, waiting: 30, done: 10 };
    /// All, as far as a day has ever gone.
    const WHOLE: Cut = Cut { inside: 500, waiting: 500, done: 500 };
    /// What the wall chooses from: everybody who was called, and the first who wait.
    pub(super) const WALL: Cut = Cut { inside: 500, waiting: 10, done: 0 };
}

/// One column of the board: what fits, and how many there are.
#[derive(Debug, Default)]
pub struct Lane {
    /// The first of them.
    pub visits: Vec<Visit>,
    /// How many there are.
    pub total: i64,
}

impl Lane {
    fn push(&mut self, visit: Visit, total: i64) {
        self.visits.push(visit);
        self.total = total;
    }

    /// Who they are, and since when they are here.
    fn here(&self) -> impl Iterator<Item = (PatientId, DateTime<Utc>)> {
        self.visits.iter().map(|visit| (visit.patient_id, visit.arrived_at))
    }

    /// How many are not shown.
    pub fn more(&self) -> i64 {
        self.total - i64::try_from(self.visits.len()).unwrap_or(self.total)
    }
}

/// The three columns.
#[derive(Debug, Default)]
pub struct Lanes {
    /// Emergencies first, then by token.
    pub waiting: Lane,
    /// Who was called first.
    pub inside: Lane,
    /// The last first.
    pub done: Lane,
}

impl Lanes {
    pub(super) fn sort(rows: Vec<(Visit, i64)>) -> Lanes {
        let mut lanes = Lanes::default();
        for (visit, total) in rows {
            let lane = match visit.status {
                VisitStatus::Waiting => &mut lanes.waiting,
                VisitStatus::InConsultation => &mut lanes.inside,
                _ => &mut lanes.done,
            };
            lane.push(visit, total);
        }
        lanes
    }
}

#[derive(Template)]
#[template(path = "visits/board.html")]
struct BoardPage {
    chrome: Chrome,
    lanes: Lanes,
    /// Who is with the doctor whose page this is.
    with_me: Option<Visit>,
    /// Whom that doctor calls next.
    up_next: Option<Visit>,
    filters: Vec<Filter>,
    /// Results that a doctor should know of.
    news: Vec<News>,
    /// Visits of earlier days that nobody ended, where they were asked for.
    left: Vec<Visit>,
    /// The practitioner whose queue is shown, as a hidden field of the forms.
    of: String,
    /// Whether every card is shown, not only what a screen holds; the addresses of both.
    is_whole: bool,
    all: String,
    fewer: String,
    at: String,
}

impl BoardPage {
    fn news(&self, visit: &Visit) -> Option<&News> {
        self.news.iter().find(|news| news.patient_id == visit.patient_id)
    }
}

/// A practitioner whose queue may be shown alone; an empty address is everybody's.
struct Filter {
    word: String,
    href: String,
    current: bool,
}

fn filters(chrome: &Chrome, here: &[Practitioner], chosen: Option<PractitionerId>) -> Vec<Filter> {
    let everybody = Filter {
        word: chrome.t("queue.everybody").to_owned(),
        href: chrome.path("queue"),
        current: chosen.is_none(),
    };
    let others = here.iter().map(|p| Filter {
        word: p.name.clone(),
        href: format!("{}?practitioner_id={}", chrome.path("queue"), p.practitioner_id),
        current: chosen == Some(p.practitioner_id),
    });
    std::iter::once(everybody).chain(others.take(40)).collect()
}

/// The board's address after `/clinic/<slug>/`, with what chooses the part of it that is shown.
pub(super) fn address(chosen: Option<PractitionerId>, is_whole: bool) -> String {
    let of = chosen.map(|id| format!("practitioner_id={id}"));
    let all = is_whole.then(|| "all=yes".to_owned());
    let pairs: Vec<_> = of.into_iter().chain(all).collect();
    if pairs.is_empty() { "queue".to_owned() } else { format!("queue?{}", pairs.join("&")) }
}

/// The queue of today.
#[utoipa::path(tag = "pages",
    params(("slug" = String, Path,), ("practitioner_id" = Option<PractitionerId>, Query,),
        ("all" = Option<bool>, Query, description = "All cards, not only what a screen holds"),
        ("left" = Option<bool>, Query, description = "Also the visits of earlier days that nobody ended")),
    responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/queue")]
async fn board(clinic: Clinic<List>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let chosen: Option<PractitionerId> = fields.id_opt("practitioner_id");
    let is_whole = fields.flag("all");
    let asks_left = fields.flag("left");
    let done = fields.text_opt("done", 60);
    let cut = if is_whole { Cut::WHOLE } else { Cut::SCREEN };
    let (lanes, left, news, here) = clinic
        .read(async |db| {
            let lanes = super::board_of(db, chosen, cut).await?;
            let left = if asks_left { super::left_open(db, LEFT).await? } else { Vec::new() };
            let open: Vec<_> = lanes.waiting.here().chain(lanes.inside.here()).collect();
            let news = if clinic.may("notes:write") && clinic.may("results:read") {
                results::news(db, &open).await?
            } else {
                Vec::new()
            };
            Ok((lanes, left, news, practitioners::active(db).await?))
        })
        .await?;
    let chrome = Chrome::new(&clinic, "queue")?.done(done.as_deref());
    let me = clinic.who()?.user_id;
    let own = here.iter().find(|p| p.user_id == me).map(|p| p.practitioner_id);
    let own = own.filter(|own| chosen.is_none_or(|chosen| chosen == *own));
    let mine = |v: &&Visit| own.is_some() && v.told.practitioner_id == own;
    let callable = |v: &&Visit| own.is_some() && (v.told.practitioner_id.is_none() || mine(v));
    let page_of = BoardPage {
        with_me: lanes.inside.visits.iter().find(mine).cloned(),
        up_next: lanes.waiting.visits.iter().find(callable).cloned(),
        filters: filters(&chrome, &here, chosen),
        all: chrome.path(&address(chosen, true)),
        fewer: chrome.path(&address(chosen, false)),
        of: chosen.map(|id| id.to_string()).unwrap_or_default(),
        is_whole,
        at: chrome.datetime(&chrome.now),
        news,
        left,
        lanes,
        chrome,
    };
    page(&page_of)
}
