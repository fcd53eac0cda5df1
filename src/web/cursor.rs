//! Keyset cursors: where the next page begins, opaque and signed, so that a caller can neither read nor
//! bend them.

use std::fmt::Display;

use actix_web::web;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::fields::Fields;
use crate::app::App;
use crate::error::Error;

/// Rows on a page unless the caller says otherwise.
const LIMIT: i64 = 20;
/// Most rows on a page of JSON.
const MAX_LIMIT: i64 = 100;

/// Seals the keys of the last row for one list of one clinic; the scope is the clinic's slug, or the platform.
pub struct Cursor;

impl Cursor {
    /// The opaque text.
    pub fn seal(
        app: &App,
        scope: &impl Display,
        list: &str,
        keys: &impl Serialize,
    ) -> Option<String> {
        let bytes = serde_json::to_vec(keys).ok()?;
        Some(app.keys.seal(&format!("cursor {scope} {list}"), &bytes))
    }

    /// The keys, if the text is ours, for this list of this clinic.
    pub fn open<K: DeserializeOwned>(
        app: &App,
        scope: &impl Display,
        list: &str,
        text: &str,
    ) -> Result<K, Error> {
        let refused = || Error::field("cursor", "invalid");
        let bytes = app.keys.unseal(&format!("cursor {scope} {list}"), text).ok_or_else(refused)?;
        serde_json::from_slice(&bytes).map_err(|_| refused())
    }
}

/// `?limit=&cursor=` of a list.
#[derive(Debug)]
pub struct Paging {
    /// Rows to return, 1–100.
    pub limit: i64,
    cursor: Option<String>,
}

impl Paging {
    /// Takes both from the query.
    pub fn parse(fields: &mut Fields) -> Paging {
        let limit = fields.int("limit", 1..=MAX_LIMIT).unwrap_or(LIMIT);
        Paging { limit, cursor: fields.text_opt("cursor", 500) }
    }

    /// The keys after which the page begins.
    pub fn after<K: DeserializeOwned>(
        &self,
        app: &App,
        scope: &impl Display,
        list: &str,
    ) -> Result<Option<K>, Error> {
        self.cursor.as_deref().map(|text| Cursor::open(app, scope, list, text)).transpose()
    }

    /// Cuts the row that was asked for beyond the limit and seals where the next page begins.
    pub fn page<T, K: Serialize>(
        &self,
        app: &App,
        scope: &impl Display,
        list: &str,
        mut rows: Vec<T>,
        keys: impl Fn(&T) -> K,
    ) -> super::List<T> {
        let limit = usize::try_from(self.limit).unwrap_or(20);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows
            .last()
            .filter(|_| more)
            .and_then(|last| Cursor::seal(app, scope, list, &keys(last)));
        super::List { items: rows, next_cursor }
    }
}

/// The query string as fields. Repeated names: the last counts.
impl Fields {
    /// Reads a query string. Broken UTF-8 becomes replacement characters, which match nothing.
    pub fn of_query(request: &actix_web::HttpRequest) -> Result<Fields, Error> {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string())
            .map_err(|_| Error::Malformed("query"))?;
        Ok(Fields::from_pairs(pairs.into_inner()))
    }
}
