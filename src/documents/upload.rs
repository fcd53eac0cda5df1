//! A file on its way in: from a form, or as the body itself. Who may not file anything is told before a byte is
//! read; what is too large is cut off where it becomes so; only so many come in at once.

use std::cell::Cell;
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::http::header;
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use tokio::sync::OwnedSemaphorePermit;

use super::nouns::clean;
use super::{Content, MAX_BYTES, Store};
use crate::auth::csrf;
use crate::error::{Error, FieldError};
use crate::tenant::once::Ticket;
use crate::tenant::{Answer, Clinic, Credential, Db, Permission};
use crate::web::{Fields, Form};

/// How long a client may take for the next piece, and for the whole.
const PATIENCE: Duration = Duration::from_secs(15);
const WHOLE: Duration = Duration::from_mins(3);
/// Most bytes of a field that is no file.
const FIELD: usize = 4096;

/// A file that has arrived, with what was said of it.
pub struct Incoming {
    /// The file.
    pub content: Content,
    /// What was typed beside it.
    pub form: Form,
    ticket: Ticket,
    pairs: Vec<(String, String)>,
    /// Held until the bytes are somewhere else than in memory.
    _turn: OwnedSemaphorePermit,
}

/// A file on its way into a store.
pub struct Filed<'a> {
    /// The file.
    pub content: &'a Content,
    /// Its name in the store, where it has one.
    pub place: Option<String>,
    /// The store.
    pub store: &'a dyn Store,
}

impl Incoming {
    /// What was said of the file.
    pub fn fields(&self) -> Fields {
        Fields::from_pairs(self.pairs.iter().cloned())
    }

    /// Files it by the verb `work`, at most once a key. What was stowed for nothing is forgotten.
    pub async fn file<P: Permission>(
        &self,
        clinic: &Clinic<P>,
        work: impl AsyncFn(&mut Db, &Filed<'_>) -> Result<Answer, Error>,
    ) -> Result<HttpResponse, Error> {
        let store = clinic.app().documents.chosen();
        let number = clinic.who()?.clinic_number;
        let place = store.stow(number, &self.content).await?;
        let filed = Filed { content: &self.content, place, store };
        let worked = Cell::new(false);
        let outcome = clinic
            .once(&self.ticket, async |db| {
                worked.set(true);
                work(db, &filed).await
            })
            .await;
        // After a failure on our side nobody knows whether the row stands: a file too many is the smaller evil.
        let for_nothing = match &outcome {
            Ok(_) => !worked.get(),
            Err(error) => error.status() < 500,
        };
        if for_nothing && let Some(place) = &filed.place {
            store.forget(number, place).await;
        }
        outcome
    }
}

/// A file from a program: the body itself; what it says of it stands in the query.
pub async fn receive_body<P: Permission>(
    clinic: &Clinic<P>,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Incoming, Error> {
    clinic.enter().await?;
    refuse_long(request)?;
    let key = match request.headers().get("idempotency-key").map(|v| v.to_str()) {
        None => None,
        Some(Ok(key)) if (1..=128).contains(&key.len()) => Some(key.to_owned()),
        Some(_) => return Err(Error::field("Idempotency-Key", "invalid")),
    };
    let turn = clinic.app().documents.turn().await?;
    let body = payload.map(|bytes| bytes.map_err(|_| Error::Malformed("body")));
    let content = Content::of(in_time(whole(body)).await?).await?;
    let said = request.query_string().to_owned();
    let pairs = url::form_urlencoded::parse(said.as_bytes()).into_owned().collect();
    let ticket = ticket(request, key, &said, &content);
    Ok(Incoming { content, form: Form::new(), ticket, pairs, _turn: turn })
}

/// A file from a page: the token first, what is said of the file, the file last. What was typed is in `form` also
/// where something is refused.
pub async fn receive_form<P: Permission>(
    clinic: &Clinic<P>,
    request: &HttpRequest,
    payload: Payload,
    form: &mut Form,
) -> Result<Incoming, Error> {
    csrf::same_origin(request)?;
    clinic.enter().await?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let Credential::Cookie(_) = clinic.credential() else { return Err(Error::UnsupportedMedia) };
    if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        return Err(Error::UnsupportedMedia);
    }
    let turn = clinic.app().documents.turn().await?;
    let mut parts = Multipart::new(request.headers(), payload);
    let mut pairs = Vec::new();
    let read = in_time(typed(clinic, &mut parts, form, &mut pairs)).await;
    if read.is_err() {
        // A browser that is still sending would not read the answer.
        let _ = in_time(drain(&mut parts)).await;
    }
    let content = read?;
    let once = form.value("once");
    let key = (1..=120).contains(&once.len()).then(|| format!("form:{once}"));
    let said = serde_urlencoded::to_string(&pairs).unwrap_or_default();
    let ticket = ticket(request, key, &said, &content);
    Ok(Incoming { content, form: form.clone(), ticket, pairs, _turn: turn })
}

async fn typed<P: Permission>(
    clinic: &Clinic<P>,
    parts: &mut Multipart,
    form: &mut Form,
    pairs: &mut Vec<(String, String)>,
) -> Result<Content, Error> {
    let mut trusted = false;
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|_| Error::Malformed("multipart"))?;
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            if !trusted {
                return Err(Error::Refused("csrf"));
            }
            let told = part.content_disposition().and_then(|c| c.get_filename());
            pairs.push(("file_name".into(), clean(told.unwrap_or_default())));
            return Content::of(
                whole(part.map(|b| b.map_err(|_| Error::Malformed("multipart")))).await?,
            )
            .await;
        }
        let value = text(&mut part).await?;
        if name == "csrf" {
            csrf::check(&value, clinic.credential().secret())?;
            trusted = true;
            continue;
        }
        form.set(&name, &value);
        if name != "once" {
            pairs.push((name, value));
        }
    }
    if trusted { Err(Error::field("file", "required")) } else { Err(Error::Refused("csrf")) }
}

async fn text(part: &mut Field) -> Result<String, Error> {
    let bytes = part.bytes(FIELD).await.map_err(|_| Error::TooLarge)?;
    let bytes = bytes.map_err(|_| Error::Malformed("multipart"))?;
    String::from_utf8(bytes.to_vec()).map_err(|_| Error::Malformed("form"))
}

/// Everything, as long as it is not too much and keeps coming.
async fn whole(
    mut stream: impl Stream<Item = Result<Bytes, Error>> + Unpin,
) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    loop {
        let next = tokio::time::timeout(PATIENCE, stream.next()).await;
        let Some(piece) = next.map_err(|_| Error::Malformed("timeout"))? else { return Ok(bytes) };
        let piece = piece?;
        if bytes.len() + piece.len() > MAX_BYTES {
            return Err(FieldError::new("file", "over_limit").with("max", 10).into());
        }
        bytes.extend_from_slice(&piece);
    }
}

/// Reads on without keeping anything, up to a few times what would have been kept.
async fn drain(parts: &mut Multipart) -> Result<(), Error> {
    let mut left = 4 * MAX_BYTES;
    while let Some(Ok(mut part)) = parts.next().await {
        while let Some(Ok(bytes)) = part.next().await {
            left = left.checked_sub(bytes.len()).ok_or(Error::TooLarge)?;
        }
    }
    Ok(())
}

async fn in_time<T>(reading: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::time::timeout(WHOLE, reading).await.map_err(|_| Error::Malformed("timeout"))?
}

fn refuse_long(request: &HttpRequest) -> Result<(), Error> {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok());
    match length.and_then(|length| length.parse::<usize>().ok()) {
        Some(length) if length > MAX_BYTES => Err(Error::TooLarge),
        _ => Ok(()),
    }
}

fn ticket(request: &HttpRequest, key: Option<String>, said: &str, content: &Content) -> Ticket {
    let mut digest = Sha256::new();
    let parts = [request.method().as_str(), "\0", request.path(), "\0", said, "\0"];
    for part in parts {
        digest.update(part.as_bytes());
    }
    digest.update(&content.sha256);
    Ticket { key, fingerprint: digest.finalize().to_vec() }
}
