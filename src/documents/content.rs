//! The bytes on their way out: piece by piece, the gate asked again for each, no connection held while the reader
//! takes its time.

use actix_web::body::SizedStream;
use actix_web::http::header::{self, ContentEncoding};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get};
use futures_util::{StreamExt, stream};

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
    next: i32,
    left: usize,
}

/// The document itself.
///
/// A picture may stand in a page; with `download`, and for a PDF always, it is a file to keep.
#[utoipa::path(tag = "documents",
    params(("slug" = String, Path, description = "The clinic"), ("id" = DocumentId, Path, description = "The document"),
        ("download" = Option<bool>, Query, description = "As a file to keep, also where a browser could show it")),
    responses((status = 200, content_type = "application/pdf", description = "PDF, JPEG or PNG"), Problems))]
#[get("/clinic/{slug}/api/v1/documents/{id}/content")]
async fn content(
    clinic: Clinic<Read>,
    id: Id<DocumentId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let download = Fields::of_query(&request)?.flag("download");
    let document = clinic.read(async |db| super::present(db, id.0).await).await?;
    let left = usize::try_from(document.size_bytes).unwrap_or(0);
    let mut response = HttpResponse::Ok();
    response
        .content_type(document.content_type.as_str())
        .insert_header((header::CONTENT_DISPOSITION, disposition(&document, download)))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // Opened by itself it runs nothing, whatever is in it.
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        // It is compressed already.
        .insert_header(ContentEncoding::Identity);
    let sending = Sending { clinic, document, next: 0, left };
    let size = u64::try_from(left).unwrap_or(0);
    // The first piece before the first header: what is lost altogether is an error, not half an answer.
    let (first, rest) = piece(sending).await?.ok_or(Error::NotFound)?;
    let first = stream::once(std::future::ready(Ok(first)));
    let pieces = first.chain(stream::try_unfold(rest, piece));
    Ok(response.body(SizedStream::new(size, Box::pin(pieces))))
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
    let (document, number) = (&sending.document, sending.next);
    let store = sending.clinic.app().documents.of(document)?;
    let bytes = sending.clinic.read(async |db| store.piece(db, document, number).await).await?;
    let left = sending.left.checked_sub(bytes.len()).filter(|_| !bytes.is_empty());
    // A file of another length is not the one that was kept: the reader sees that it broke off.
    sending.left = left.ok_or_else(|| Error::Internal("documents: another length".into()))?;
    sending.next += 1;
    Ok(Some((bytes, sending)))
}
