//! The bytes on their way out: piece by piece, the gate asked again for each, no connection held while the reader
//! takes its time.

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    self, ContentEncoding, ContentRange, ContentRangeSpec, HeaderMap, Range,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get};
use futures_util::{StreamExt, stream};

use super::keep::PIECE;
use super::{Document, DocumentId, Read};
use crate::error::Error;
use crate::tenant::Clinic;
use crate::web::{Fields, Id, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(content);
}

/// What is still to be sent.
struct Sending {
    clinic: Clinic<Read>,
    document: Document,
    /// The next piece.
    next: usize,
    /// How much of it comes before what was asked for.
    skip: usize,
    left: usize,
}

/// The document itself.
///
/// A picture may stand in a page; with `download`, and for a PDF always, it is a file to keep. Viewers on phones ask for
/// a part at a time: one range of bytes is answered with that part.
#[utoipa::path(tag = "documents",
    params(("slug" = String, Path, description = "The clinic"), ("id" = DocumentId, Path, description = "The document"),
        ("download" = Option<bool>, Query, description = "As a file to keep, also where a browser could show it"),
        ("Range" = Option<String>, Header, description = "One range of bytes")),
    responses((status = 200, content_type = "application/pdf", description = "PDF, JPEG or PNG"),
        (status = 206, content_type = "application/pdf", description = "The part that was asked for"),
        (status = 416, content_type = "application/problem+json", body = crate::web::Problem, description = "There is no such part"), Problems))]
#[get("/clinic/{slug}/api/v1/documents/{id}/content")]
async fn content(
    clinic: Clinic<Read>,
    id: Id<DocumentId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let download = Fields::of_query(&request)?.flag("download");
    let document = clinic.read(async |db| super::present(db, id.0).await).await?;
    let whole = u64::try_from(document.size_bytes).unwrap_or(0);
    // Its bytes never change.
    let tag = format!("\"{}\"", document.sha256);
    let part = match asked(request.headers(), &tag, whole) {
        Asked::Whole => None,
        Asked::Part(first, last) => Some((first, last)),
        Asked::Beyond => {
            let size = ContentRangeSpec::Bytes { range: None, instance_length: Some(whole) };
            let mut refused = HttpResponse::RangeNotSatisfiable();
            return Ok(refused.insert_header(ContentRange(size)).finish());
        }
    };
    let (first, last) = part.unwrap_or((0, whole.saturating_sub(1)));
    let size = if whole == 0 { 0 } else { last - first + 1 };
    let mut response = HttpResponse::Ok();
    if let Some(range) = part {
        let spec = ContentRangeSpec::Bytes { range: Some(range), instance_length: Some(whole) };
        response.status(StatusCode::PARTIAL_CONTENT).insert_header(ContentRange(spec));
    }
    response
        .content_type(document.content_type.as_str())
        .insert_header((header::CONTENT_DISPOSITION, disposition(&document, download)))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // Opened by itself it runs nothing, whatever is in it.
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::ETAG, tag))
        // It is compressed already.
        .insert_header(ContentEncoding::Identity);
    let bytes = |n: u64| usize::try_from(n).unwrap_or(0);
    let (next, skip, left) = (bytes(first) / PIECE, bytes(first) % PIECE, bytes(size));
    let sending = Sending { clinic, document, next, skip, left };
    // The first piece before the first header: what is lost altogether is an error, not half an answer.
    let (first, rest) = piece(sending).await?.ok_or(Error::NotFound)?;
    let first = stream::once(std::future::ready(Ok(first)));
    let pieces = first.chain(stream::try_unfold(rest, piece));
    Ok(response.body(SizedStream::new(size, Box::pin(pieces))))
}

/// What a request asks for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Whole,
    /// From this byte to that.
    Part(u64, u64),
    /// What begins after the end.
    Beyond,
}

/// Of several ranges, of one that cannot be read, or of a file that the caller has in another state, the whole is sent
/// (RFC 9110, 14.2 and 13.1.5).
fn asked(headers: &HeaderMap, tag: &str, whole: u64) -> Asked {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if text(header::IF_RANGE).is_some_and(|known| known.trim() != tag) {
        return Asked::Whole;
    }
    let range = text(header::RANGE).and_then(|range| range.parse::<Range>().ok());
    let Some(Range::Bytes(specs)) = range else { return Asked::Whole };
    let [spec] = specs.as_slice() else { return Asked::Whole };
    match spec.to_satisfiable_range(whole) {
        Some((first, last)) => Asked::Part(first, last),
        None => Asked::Beyond,
    }
}

/// Never a page, never a name that the sender chose.
fn disposition(document: &Document, download: bool) -> String {
    let kind =
        if document.content_type.is_picture() && !download { "inline" } else { "attachment" };
    let (plain, whole) = document.download_name();
    let encoded: String = url::form_urlencoded::byte_serialize(whole.as_bytes()).collect();
    let encoded = encoded.replace('+', "%20");
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

async fn piece(mut sending: Sending) -> Result<Option<(Bytes, Sending)>, Error> {
    if sending.left == 0 {
        return Ok(None);
    }
    let document = &sending.document;
    let number = i32::try_from(sending.next).unwrap_or(i32::MAX);
    let store = sending.clinic.app().documents.of(document)?;
    let bytes = sending.clinic.read(async |db| store.piece(db, document, number).await).await?;
    // A file of another length is not the one that was kept: the reader sees that it broke off.
    let whole = usize::try_from(document.size_bytes).unwrap_or(0);
    if bytes.len() != whole.saturating_sub(sending.next * PIECE).min(PIECE) {
        return Err(Error::Internal("documents: another length".into()));
    }
    let end = bytes.len().min(sending.skip + sending.left);
    let bytes = bytes.slice(sending.skip.min(end)..end);
    sending.left -= bytes.len();
    sending.skip = 0;
    sending.next += 1;
    Ok(Some((bytes, sending)))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn of(pairs: &[(HeaderName, &'static str)]) -> Asked {
        let pairs = pairs.iter().map(|(name, text)| (name.clone(), HeaderValue::from_static(text)));
        asked(&pairs.collect(), "\"abc\"", 1000)
    }

    #[test]
    fn one_range_is_a_part_and_anything_else_the_whole() {
        for (range, meant) in [
            ("bytes=0-0", Asked::Part(0, 0)),
            ("bytes=900-", Asked::Part(900, 999)),
            ("bytes=900-5000", Asked::Part(900, 999)),
            ("bytes=-5", Asked::Part(995, 999)),
            ("bytes=-5000", Asked::Part(0, 999)),
            ("bytes=1000-", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=0-1,5-6", Asked::Whole),
            ("bytes=5-1", Asked::Whole),
            ("bytes=99999999999999999999-", Asked::Whole),
            ("lines=1-2", Asked::Whole),
            ("bytes", Asked::Whole),
        ] {
            assert_eq!(of(&[(header::RANGE, range)]), meant, "{range}");
        }
        assert_eq!(of(&[]), Asked::Whole);
        let if_range = |tag| of(&[(header::RANGE, "bytes=0-9"), (header::IF_RANGE, tag)]);
        assert_eq!(if_range("\"abc\""), Asked::Part(0, 9));
        assert_eq!(if_range("\"older\""), Asked::Whole);
        assert_eq!(if_range("W/\"abc\""), Asked::Whole);
    }
}
