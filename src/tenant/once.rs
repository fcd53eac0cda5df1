//! Nothing is done twice: a write that carries a key is answered once and remembered, in the same
//! transaction as the work. The key comes from the `Idempotency-Key` header or a form's hidden field.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use serde::Serialize;

use super::{Clinic, Db, Permission};
use crate::error::Error;

/// What identifies a write: its key, if it has one, and a hash of everything that was asked.
#[derive(Debug, Clone, Default)]
pub struct Ticket {
    /// At most 128 characters, chosen by the caller.
    pub key: Option<String>,
    /// SHA-256 of method, path and body.
    pub fingerprint: Vec<u8>,
}

/// An answer that can be remembered.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    location: Option<String>,
    etag: Option<String>,
    body: Vec<u8>,
    replayed: bool,
}

impl Answer {
    /// 201 with `Location`, `ETag` and the thing as JSON.
    pub fn created(
        location: String,
        version: i32,
        thing: &impl Serialize,
    ) -> Result<Answer, Error> {
        Ok(Answer { location: Some(location), ..Answer::json(201, Some(version), thing)? })
    }

    /// 200 with `ETag` and the thing as JSON.
    pub fn ok(version: i32, thing: &impl Serialize) -> Result<Answer, Error> {
        Answer::json(200, Some(version), thing)
    }

    /// JSON with a status, and an `ETag` where the thing has a version.
    pub fn json(
        status: u16,
        version: Option<i32>,
        thing: &impl Serialize,
    ) -> Result<Answer, Error> {
        let body = serde_json::to_vec(thing).map_err(|e| Error::Internal(e.to_string()))?;
        let etag = version.map(|v| format!("\"v{v}\""));
        Ok(Answer { status, location: None, etag, body, replayed: false })
    }

    /// 303 to a page: how a form ends.
    pub fn see_other(location: String) -> Answer {
        let location = Some(location);
        Answer { status: 303, location, etag: None, body: Vec::new(), replayed: false }
    }
}

impl From<Answer> for HttpResponse {
    fn from(answer: Answer) -> HttpResponse {
        let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        if let Some(location) = answer.location {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(etag) = answer.etag {
            response.insert_header((header::ETAG, etag));
        }
        if answer.replayed {
            let name = HeaderName::from_static("idempotency-replayed");
            response.insert_header((name, HeaderValue::from_static("true")));
        }
        if answer.body.is_empty() {
            return response.finish();
        }
        response.content_type("application/json").body(answer.body)
    }
}

impl<P: Permission> Clinic<P> {
    /// [`Clinic::write`] at most once a key: the same key and body get the first answer again, the
    /// same key with another body is refused (422).
    pub async fn once(
        &self,
        ticket: &Ticket,
        work: impl AsyncFn(&mut Db) -> Result<Answer, Error>,
    ) -> Result<HttpResponse, Error> {
        let answer = self
            .write(async |db| {
                let Some(key) = &ticket.key else { return work(db).await };
                if let Some(answer) = claim(db, key, &ticket.fingerprint).await? {
                    return Ok(answer);
                }
                let answer = work(db).await?;
                remember(db, key, &answer).await?;
                Ok(answer)
            })
            .await?;
        Ok(answer.into())
    }
}

/// Claims the key, waiting for another transaction that holds it. `Some` is the first answer.
async fn claim(db: &mut Db, key: &str, fingerprint: &[u8]) -> Result<Option<Answer>, Error> {
    let (clinic, user) = (db.clinic(), db.user());
    let claimed = sqlx::query!(
        "insert into polyclinic.idempotency_keys (clinic_id, user_id, key, fingerprint)
         values ($1, $2, $3, $4)
         on conflict do nothing",
        clinic,
        user,
        key,
        fingerprint
    )
    .execute(db.sql()?)
    .await?;
    if claimed.rows_affected() == 1 {
        return Ok(None);
    }
    let first = sqlx::query!(
        r#"
        select k.fingerprint, k.status, k.headers, k.body
        from polyclinic.idempotency_keys k
        where k.clinic_id = $1
          and k.user_id = $2
          and k.key = $3
        "#,
        clinic,
        user,
        key
    )
    .fetch_one(db.sql()?)
    .await?;
    if first.fingerprint != fingerprint {
        return Err(Error::field("Idempotency-Key", "reused"));
    }
    let header = |name: &str| {
        let headers = first.headers.as_ref()?;
        headers.get(name)?.as_str().map(str::to_owned)
    };
    Ok(Some(Answer {
        status: first.status.and_then(|s| u16::try_from(s).ok()).unwrap_or(200),
        location: header("location"),
        etag: header("etag"),
        body: first.body.unwrap_or_default(),
        replayed: true,
    }))
}

async fn remember(db: &mut Db, key: &str, answer: &Answer) -> Result<(), Error> {
    let (clinic, user) = (db.clinic(), db.user());
    let headers = serde_json::json!({ "location": answer.location, "etag": answer.etag });
    sqlx::query!(
        "update polyclinic.idempotency_keys
         set status = $4, headers = $5, body = $6
         where clinic_id = $1 and user_id = $2 and key = $3",
        clinic,
        user,
        key,
        i16::try_from(answer.status).unwrap_or(200),
        headers,
        answer.body
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}
