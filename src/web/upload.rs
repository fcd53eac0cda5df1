//! A file from a form (`multipart/form-data`) or sent as the body itself; kept in memory, within a limit.

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use secrecy::ExposeSecret;

use super::body::{PATIENCE, Reading};
use crate::auth::{credential, csrf};
use crate::error::Error;

/// Most bytes of a file.
pub const MAX_FILE: usize = 256 * 1024;

/// One file.
#[derive(Debug)]
pub struct Upload {
    /// Its bytes; empty when no file was chosen.
    pub bytes: Vec<u8>,
}

impl FromRequest for Upload {
    type Error = Error;
    type Future = Reading<Upload>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let length = request.headers().get("content-length").and_then(|v| v.to_str().ok());
            // A form has room for its token beside the file.
            let most = MAX_FILE + 4096;
            if length.and_then(|l| l.parse::<usize>().ok()).is_some_and(|length| length > most) {
                return Err(Error::TooLarge);
            }
            // A program sends the file alone, a page sends a form.
            let is_form = !request.path().contains("/api/");
            let reading = async {
                if is_form { form(&request, payload).await } else { whole(payload).await }
            };
            let bytes = tokio::time::timeout(PATIENCE, reading)
                .await
                .map_err(|_| Error::Malformed("timeout"))??;
            Ok(Upload { bytes })
        })
    }
}

async fn whole(mut payload: Payload) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        keep(&mut bytes, &chunk.map_err(|_| Error::Malformed("body"))?, MAX_FILE)?;
    }
    Ok(bytes)
}

/// The form's file, if its token fits the session, whichever comes first in the body.
async fn form(request: &HttpRequest, payload: Payload) -> Result<Vec<u8>, Error> {
    csrf::same_origin(request)?;
    let kind = request.headers().get("content-type").and_then(|v| v.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        return Err(Error::UnsupportedMedia);
    }
    let mut parts = Multipart::new(request.headers(), payload);
    let (mut token, mut file) = (Vec::new(), Vec::new());
    while let Some(part) = parts.next().await {
        let part = part.map_err(|_| Error::Malformed("multipart"))?;
        match part.name() {
            Some("csrf") => token = field(part, 200).await?,
            Some("file") => file = field(part, MAX_FILE).await?,
            _ => drop(field(part, 200).await?),
        }
    }
    let secret = credential::session_cookie(request).ok_or(Error::SignedOut)?;
    csrf::check(&String::from_utf8_lossy(&token), secret.expose_secret())?;
    Ok(file)
}

async fn field(mut part: Field, most: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.next().await {
        keep(&mut bytes, &chunk.map_err(|_| Error::Malformed("multipart"))?, most)?;
    }
    Ok(bytes)
}

fn keep(bytes: &mut Vec<u8>, chunk: &[u8], most: usize) -> Result<(), Error> {
    if bytes.len() + chunk.len() > most {
        return Err(Error::TooLarge);
    }
    bytes.extend_from_slice(chunk);
    Ok(())
}
