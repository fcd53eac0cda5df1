//! Imports as JSON and CSV.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use futures_util::StreamExt;

use super::upload::{self, LIMIT};
use super::{Import, ImportId, Order, Read, Reject, Write};
use crate::error::Error;
use crate::tenant::{Answer, Clinic};
use crate::web::{Fields, Id, List, Paging, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(list).service(start).service(rejects_csv).service(rejects).service(show);
}

/// Imports, the newest first.
#[utoipa::path(tag = "imports",
    params(("slug" = String, Path, description = "The clinic"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = List<Import>, description = "Newest first"), Problems))]
#[get("/clinic/{slug}/api/v1/imports")]
async fn list(clinic: Clinic<Read>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    fields.finish()?;
    let after = paging.after(clinic.app(), clinic.slug(), "imports")?;
    let rows = clinic.read(async |db| super::list(db, paging.limit + 1, after).await).await?;
    let page = paging
        .page(clinic.app(), clinic.slug(), "imports", rows, |row| (row.created_at, row.import_id));
    Ok(HttpResponse::Ok().json(page))
}

/// Import patients from a CSV file.
///
/// The body is the file itself, up to 64 MiB, read as it arrives; several hundred rows are one transaction. The
/// first line names the columns; names that other systems use are known, `map` tells others. Patients are matched
/// by the external id: known ones are corrected (a blank cell erases nothing), others registered. A row that
/// cannot be read is kept aside. With `resume` an import that was interrupted goes on with the same file; the
/// same `Idempotency-Key` does that too. A dry run does everything and keeps the report alone.
#[utoipa::path(tag = "imports",
    params(("slug" = String, Path, description = "The clinic"),
        ("dry_run" = Option<bool>, Query, description = "Read everything, write nothing"),
        ("map" = Option<Vec<String>>, Query, description = "`column:field`, once a column; an empty field leaves the column out"),
        ("file_name" = Option<String>, Query, max_length = 255),
        ("resume" = Option<ImportId>, Query, description = "Continue this import"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body(content = String, content_type = "text/csv", description = "The file"),
    responses((status = 201, body = Import, description = "Read to its end"), Problems))]
#[post("/clinic/{slug}/api/v1/imports")]
async fn start(
    clinic: Clinic<Write>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok());
    let kind = text(header::CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("text/csv") {
        return Err(Error::UnsupportedMedia);
    }
    let length = text(header::CONTENT_LENGTH).and_then(|l| l.parse::<usize>().ok());
    if length.is_some_and(|length| length > LIMIT) {
        return Err(Error::TooLarge);
    }
    let key = match request.headers().get("idempotency-key").map(|v| v.to_str()) {
        None => None,
        Some(Ok(key)) if (1..=128).contains(&key.len()) => Some(key.to_owned()),
        Some(_) => {
            return Err(Error::field("Idempotency-Key", "invalid"));
        }
    };
    let order = order(&request)?;
    let body = payload.map(|bytes| bytes.map_err(|_| Error::Malformed("body")));
    let (import, replayed) = upload::receive(&clinic, order, key.as_deref(), body).await?;
    let location = format!("/clinic/{}/api/v1/imports/{}", clinic.slug(), import.import_id);
    let mut response: HttpResponse = Answer::created(location, import.version, &import)?.into();
    if replayed {
        let name = header::HeaderName::from_static("idempotency-replayed");
        response.headers_mut().insert(name, header::HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// What the query asks for.
fn order(request: &HttpRequest) -> Result<Order, Error> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string())
        .map_err(|_| Error::Malformed("query"))?
        .into_inner();
    let (maps, others): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(name, _)| name == "map");
    let mut fields = Fields::from_pairs(others);
    let order = Order {
        import_id: None,
        file_id: None,
        resume: fields.id_opt("resume"),
        dry_run: fields.flag("dry_run"),
        file_name: fields.text_opt("file_name", 255),
        maps: maps.iter().filter_map(|(_, map)| map_of(map)).collect(),
        file_sha256: None,
    };
    if order.maps.len() < maps.len() {
        fields.refuse("map", "invalid");
    }
    fields.finish()?;
    Ok(order)
}

/// `column:field`; the column's name may contain colons.
pub(super) fn map_of(text: &str) -> Option<(String, String)> {
    let (column, field) = text.rsplit_once(':')?;
    Some((column.to_owned(), field.to_owned()))
}

/// One import's account.
#[utoipa::path(tag = "imports",
    params(("slug" = String, Path, description = "The clinic"), ("id" = ImportId, Path, description = "The import")),
    responses((status = 200, body = Import, description = "How far it is, with an ETag"), Problems))]
#[get("/clinic/{slug}/api/v1/imports/{id}")]
async fn show(clinic: Clinic<Read>, id: Id<ImportId>) -> Result<HttpResponse, Error> {
    let import = clinic.read(async |db| super::present(db, id.0).await).await?;
    Ok(Answer::ok(import.version, &import)?.into())
}

/// The rows that an import kept aside.
#[utoipa::path(tag = "imports",
    params(("slug" = String, Path, description = "The clinic"), ("id" = ImportId, Path, description = "The import"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = List<Reject>, description = "In the file's order"), Problems))]
#[get("/clinic/{slug}/api/v1/imports/{id}/rejects")]
async fn rejects(
    clinic: Clinic<Read>,
    id: Id<ImportId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    fields.finish()?;
    let name = format!("rejects {}", id.0);
    let after: i32 = paging.after(clinic.app(), clinic.slug(), &name)?.unwrap_or(0);
    let rows = clinic
        .read(async |db| {
            super::present(db, id.0).await?;
            super::rejects(db, id.0, paging.limit + 1, after).await
        })
        .await?;
    let lang = clinic.lang();
    let rows = rows.into_iter().map(|row| row.told(&lang)).collect();
    let page = paging.page(clinic.app(), clinic.slug(), &name, rows, |row: &Reject| row.row_number);
    Ok(HttpResponse::Ok().json(page))
}

/// The rows that an import kept aside, as a file to correct and import again.
#[utoipa::path(tag = "imports",
    params(("slug" = String, Path, description = "The clinic"), ("id" = ImportId, Path, description = "The import")),
    responses((status = 200, body = String, content_type = "text/csv", description = "The file's own columns, then the reasons"), Problems))]
#[get("/clinic/{slug}/api/v1/imports/{id}/rejects.csv")]
async fn rejects_csv(clinic: Clinic<Read>, id: Id<ImportId>) -> Result<HttpResponse, Error> {
    super::csv_out::answer(clinic, id.0).await
}
