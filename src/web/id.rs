//! Typed ids from the path, versions from `If-Match`.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};

use crate::error::Error;

/// The `{id}` of the path. Text that is no id is 404, like an id that is not there.
pub struct Id<T>(pub T);

impl<T: FromStr> FromRequest for Id<T> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.match_info().query("id").parse().map(Id).map_err(|_| Error::NotFound))
    }
}

/// The version a caller read before it changes a thing. Missing is 428; a tag that is not ours is 412.
pub struct IfMatch(pub i32);

impl IfMatch {
    /// The version where one was told.
    pub fn if_any(version: Result<IfMatch, Error>) -> Result<Option<i32>, Error> {
        match version {
            Ok(version) => Ok(Some(version.0)),
            Err(Error::PreconditionRequired) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.headers().get(header::IF_MATCH).map(|v| v.to_str()) {
            None => Err(Error::PreconditionRequired),
            Some(Ok(tag)) => tag
                .trim()
                .strip_prefix("\"v")
                .and_then(|tag| tag.strip_suffix('"'))
                .and_then(|tag| tag.parse().ok())
                .map(IfMatch)
                .ok_or(Error::Stale),
            Some(Err(_)) => Err(Error::Stale),
        })
    }
}
