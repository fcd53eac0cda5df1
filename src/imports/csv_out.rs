//! Rejects as CSV: the file's own columns first, so that it can be corrected and imported again; then
//! the reasons, in columns that an import leaves out.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures_util::stream;

use super::{Import, ImportId, Read, Reject};
use crate::error::Error;
use crate::tenant::Clinic;
use crate::web::cell;

/// Rows read in one transaction.
const PAGE: i64 = 1000;

/// The columns after the file's own.
const REASONS: [&str; 4] = ["reject_row", "reject_field", "reject_code", "reject_message"];

/// The first line.
pub fn head(import: &Import) -> Result<Vec<u8>, Error> {
    let own = import.columns.iter().map(|column| column.column.as_str());
    line(own.chain(REASONS))
}

/// One row. A row with too few or too many cells is filled up or cut to the file's width.
pub fn row(import: &Import, reject: &Reject) -> Result<Vec<u8>, Error> {
    let number = reject.row_number.to_string();
    let blank = std::iter::repeat("");
    let own = reject.raw.iter().map(String::as_str).chain(blank).take(import.columns.len());
    let reasons = [number.as_str(), &reject.field, &reject.code, &reject.message];
    line(own.chain(reasons))
}

fn line<'a>(cells: impl Iterator<Item = &'a str>) -> Result<Vec<u8>, Error> {
    let failed = |e: &dyn std::fmt::Display| Error::Internal(format!("csv: {e}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    let safe = cells.map(|text| cell::marked(text).into_owned());
    writer.write_record(safe).map_err(|e| failed(&e))?;
    writer.into_inner().map_err(|e| failed(&e))
}

/// The whole file, read page by page while it is sent.
pub(super) async fn answer(clinic: Clinic<Read>, id: ImportId) -> Result<HttpResponse, Error> {
    let (import, first) = clinic
        .read(async |db| {
            let import = super::present(db, id).await?;
            Ok((import, super::rejects(db, id, PAGE, 0).await?))
        })
        .await?;
    let lang = clinic.lang();
    let head = head(&import)?;
    let name = format!("attachment; filename=\"rejects-{id}.csv\"");
    let body = stream::try_unfold((clinic, import, Some(first), head), move |state| {
        let lang = Arc::clone(&lang);
        async move {
            let (clinic, import, page, mut text) = state;
            let id = import.import_id;
            let Some(page) = page else { return Ok(None) };
            let last = page.last().map(|reject| reject.row_number);
            let full = i64::try_from(page.len()).is_ok_and(|rows| rows == PAGE);
            for reject in page {
                text.extend(row(&import, &reject.told(&lang))?);
            }
            let next = match last.filter(|_| full) {
                Some(last) => {
                    Some(clinic.read(async |db| super::rejects(db, id, PAGE, last).await).await?)
                }
                None => None,
            };
            Ok::<_, Error>(Some((Bytes::from(text), (clinic, import, next, Vec::new()))))
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .streaming(Box::pin(body)))
}
