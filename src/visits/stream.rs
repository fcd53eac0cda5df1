//! The queue's bell over HTTP: server-sent events (WHATWG HTML, section 9.2) that say "something changed"
//! and nothing else. Whoever hears one asks what, through the gate like everybody.

use std::time::Duration;

use actix_web::http::header::{CacheControl, CacheDirective, ContentEncoding};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, get};
use futures_util::stream;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, Interval, interval_at};

use super::List;
use crate::error::Error;
use crate::tenant::Clinic;
use crate::web::{Problems, Routes};

/// A dead peer is noticed, and the session is proved again, at least so often.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Nobody listens longer than this in one go; the browser comes back by itself.
const LIFE: Duration = Duration::from_hours(1);

/// Where to come back, and a first ring for what changed between the page and the stream.
const HELLO: &[u8] = b"retry: 2000\n\nevent: queue\ndata: {\"changed\":true}\n\n";
const RING: &[u8] = b"event: queue\ndata: {\"changed\":true}\n\n";
const BEAT: &[u8] = b": still here\n\n";

pub(super) fn routes(config: &mut Routes) {
    config.service(events);
}

/// One listener. Nothing is buffered for it: it is asked when the peer can take more, and rings that
/// came meanwhile are one.
struct Listener {
    clinic: Clinic<List>,
    rings: Receiver<()>,
    heartbeat: Interval,
    until: Instant,
    greeted: bool,
}

/// Changes of the queue as server-sent events.
///
/// Event `queue` with `{"changed":true}` comes at once and at every change of the clinic's queue; ask
/// `visits?day=today` what changed. The stream ends with the session.
#[utoipa::path(tag = "visits",
    params(("slug" = String, Path, description = "The clinic")),
    responses((status = 200, content_type = "text/event-stream", body = String, description = "Events"), Problems))]
#[get("/clinic/{slug}/api/v1/queue/events")]
async fn events(clinic: Clinic<List>) -> Result<HttpResponse, Error> {
    clinic.enter().await?;
    let number = clinic.who()?.clinic_id;
    let rings = clinic.app().bell.watch(number).ok_or(Error::Busy)?;
    let now = Instant::now();
    let listener = Listener {
        clinic,
        rings,
        heartbeat: interval_at(now + HEARTBEAT, HEARTBEAT),
        until: now + LIFE,
        greeted: false,
    };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(CacheControl(vec![CacheDirective::NoStore]))
        // A proxy or an encoder that collects bytes would keep the news.
        .insert_header(ContentEncoding::Identity)
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream::unfold(listener, next)))
}

async fn next(mut listener: Listener) -> Option<(Result<Bytes, Error>, Listener)> {
    if listener.clinic.app().is_draining() {
        return None;
    }
    if !listener.greeted {
        listener.greeted = true;
        return Some((Ok(Bytes::from_static(HELLO)), listener));
    }
    let said = tokio::select! {
        rung = listener.rings.recv() => match rung {
            Ok(()) | Err(RecvError::Lagged(_)) => {
                listener.rings = listener.rings.resubscribe();
                RING
            }
            Err(RecvError::Closed) => return None,
        },
        _ = listener.heartbeat.tick() => BEAT,
    };
    if listener.clinic.app().is_draining() || Instant::now() >= listener.until {
        return None;
    }
    // Whoever was signed out in the meantime hears nothing more. That the database is busy proves nothing.
    match listener.clinic.recheck().await {
        Ok(()) | Err(Error::Busy) => Some((Ok(Bytes::from_static(said)), listener)),
        Err(_) => None,
    }
}
