//! Bodies: read whole, in time, within a limit, before any connection is taken.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use super::{Fields, Form, json};
use crate::auth::{credential, csrf};
use crate::error::Error;
use crate::tenant::once::Ticket;

/// Most bytes of a form or JSON body.
const LIMIT: usize = 256 * 1024;
/// How long a client may take to send it.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

pub(super) type Reading<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

async fn read(request: &HttpRequest, payload: &mut Payload, kind: &str) -> Result<Vec<u8>, Error> {
    let sent = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let sent = sent.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !sent.eq_ignore_ascii_case(kind) {
        return Err(Error::UnsupportedMedia);
    }
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok());
    if length.and_then(|l| l.parse::<u64>().ok()).is_some_and(|l| l > 262_144) {
        return Err(Error::TooLarge);
    }
    let reading = async {
        let mut body = Vec::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Error::Malformed("body"))?;
            if body.len() + chunk.len() > LIMIT {
                return Err(Error::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    tokio::time::timeout(PATIENCE, reading).await.map_err(|_| Error::Malformed("timeout"))?
}

fn ticket(request: &HttpRequest, body: &[u8], key: Option<String>) -> Ticket {
    let mut digest = Sha256::new();
    for part in
        [request.method().as_str().as_bytes(), b"\0", request.path().as_bytes(), b"\0", body]
    {
        digest.update(part);
    }
    Ticket { key, fingerprint: digest.finalize().to_vec() }
}

/// A JSON object.
pub struct JsonBody {
    /// Its fields.
    pub fields: Fields,
    /// Its idempotency ticket.
    pub ticket: Ticket,
}

impl FromRequest for JsonBody {
    type Error = Error;
    type Future = Reading<JsonBody>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let body = read(&request, &mut payload, "application/json").await?;
            let key = match request.headers().get("idempotency-key").map(|v| v.to_str()) {
                None => None,
                Some(Ok(key)) if (1..=128).contains(&key.len()) => Some(key.to_owned()),
                Some(_) => {
                    return Err(Error::field("Idempotency-Key", "invalid"));
                }
            };
            let ticket = ticket(&request, &body, key);
            match json::read(&body)? {
                serde_json::Value::Object(map) => {
                    Ok(JsonBody { fields: Fields::from_json(map), ticket })
                }
                _ => Err(Error::Malformed("json_object_expected")),
            }
        })
    }
}

/// A form of one of our own pages: its token fits the session.
pub struct FormBody {
    /// What was typed, to draw the form again.
    pub form: Form,
    /// Its idempotency ticket, from the hidden field `once`.
    pub ticket: Ticket,
    pairs: Vec<(String, String)>,
}

impl FormBody {
    /// Its fields.
    pub fn fields(&self) -> Fields {
        Fields::from_pairs(self.pairs.iter().cloned())
    }
}

/// A form of a page before sign-in. There is no session to bind a token to, and a browser may still send
/// the cookie of one that is over: the origin check stands alone.
pub struct DoorForm(pub FormBody);

/// The names under which a form carries what is not the thing itself.
const HIDDEN: [&str; 2] = ["csrf", "once"];

impl FromRequest for FormBody {
    type Error = Error;
    type Future = Reading<FormBody>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { form(&request, payload, true).await })
    }
}

impl FromRequest for DoorForm {
    type Error = Error;
    type Future = Reading<DoorForm>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { form(&request, payload, false).await.map(DoorForm) })
    }
}

async fn form(request: &HttpRequest, mut payload: Payload, bound: bool) -> Result<FormBody, Error> {
    csrf::same_origin(request)?;
    let body = read(request, &mut payload, "application/x-www-form-urlencoded").await?;
    let mut pairs: Vec<(String, String)> =
        serde_urlencoded::from_bytes(&body).map_err(|_| Error::Malformed("form"))?;
    let hidden = |name: &str| {
        pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default()
    };
    if bound && let Some(secret) = credential::session_cookie(request) {
        csrf::check(&hidden("csrf"), secret.expose_secret())?;
    }
    let once = hidden("once");
    let key = (1..=128).contains(&once.len()).then(|| format!("form:{once}"));
    let key = key.filter(|key| key.len() <= 128);
    pairs.retain(|(name, _)| !HIDDEN.contains(&name.as_str()));
    let said = serde_urlencoded::to_string(&pairs).unwrap_or_default();
    let ticket = ticket(request, said.as_bytes(), key);
    Ok(FormBody { form: Form::typed(&pairs), ticket, pairs })
}
