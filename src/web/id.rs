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

/// The version a caller read before it changes a thing (RFC 9110, 13.1.1). Missing is 428, what is no list of tags
/// is 422; a tag that is not ours fits nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whatever is there now.
    Any,
    /// One of these.
    These(Vec<i32>),
}

impl IfMatch {
    /// The version that was told, if one was. `*` where nothing is yet fits nothing.
    pub async fn if_any(
        version: &Result<IfMatch, Error>,
        present: impl AsyncFnOnce() -> Result<i32, Error>,
    ) -> Result<Option<i32>, Error> {
        let nothing = |error| if matches!(error, Error::NotFound) { Ok(0) } else { Err(error) };
        match version {
            Ok(version) => {
                let version = version.meant(async || present().await.or_else(nothing)).await?;
                Ok(Some(version))
            }
            Err(Error::PreconditionRequired) => Ok(None),
            Err(Error::Invalid(errors)) => Err(Error::Invalid(errors.clone())),
            Err(_) => Err(Error::Stale),
        }
    }

    /// The present version, if it is meant (else 412).
    pub fn fits(&self, present: i32) -> Result<i32, Error> {
        match self {
            IfMatch::These(versions) if !versions.contains(&present) => Err(Error::Stale),
            _ => Ok(present),
        }
    }

    /// The version that is meant. Only where the caller did not name a single one `present` is asked.
    pub async fn meant(
        &self,
        present: impl AsyncFnOnce() -> Result<i32, Error>,
    ) -> Result<i32, Error> {
        match self {
            IfMatch::These(versions) if let [version] = versions.as_slice() => Ok(*version),
            _ => self.fits(present().await?),
        }
    }

    /// `*`, or tags with commas between them. A weak tag is a tag, and fits nothing.
    fn read(text: &str) -> Option<IfMatch> {
        if text.trim() == "*" {
            return Some(IfMatch::Any);
        }
        let (mut rest, mut versions) = (text.trim(), Vec::new());
        loop {
            let strong = rest.strip_prefix("W/");
            let (tag, after) = strong.unwrap_or(rest).strip_prefix('"')?.split_once('"')?;
            if tag.bytes().any(|b| b <= b' ' || b == 0x7f) {
                return None;
            }
            let ours = tag.strip_prefix('v').and_then(|version| version.parse::<i32>().ok());
            versions.extend(ours.filter(|_| strong.is_none()));
            let after = after.trim_start();
            if after.is_empty() {
                return Some(IfMatch::These(versions));
            }
            rest = after.strip_prefix(',')?.trim_start();
        }
    }
}

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(value) = request.headers().get(header::IF_MATCH) else {
            return ready(Err(Error::PreconditionRequired));
        };
        ready(match value.to_str().ok().map(IfMatch::read) {
            Some(Some(IfMatch::These(versions))) if versions.is_empty() => Err(Error::Stale),
            Some(Some(told)) => Ok(told),
            _ => Err(Error::field("If-Match", "not_an_etag")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::IfMatch;

    #[test]
    fn a_precondition_is_a_star_or_tags() {
        let these = |versions: &[i32]| Some(IfMatch::These(versions.to_vec()));
        for (text, meant) in [
            ("*", Some(IfMatch::Any)),
            ("\"v3\"", these(&[3])),
            (" \"v3\" , \"v4\"", these(&[3, 4])),
            ("\"a,b\", \"v4\"", these(&[4])),
            ("W/\"v3\"", these(&[])),
            ("\"v-1'\"", these(&[])),
            ("\"\"", these(&[])),
            ("v3", None),
            ("\"v3", None),
            ("\"v3\" \"v4\"", None),
            ("\"v3\",", None),
            ("*, \"v3\"", None),
            ("\"v 3\"", None),
            ("", None),
        ] {
            assert_eq!(IfMatch::read(text), meant, "{text}");
        }
    }
}
