//! Built-in files: one stylesheet, one script. Their address changes with their content.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use rust_embed::RustEmbed;

use crate::error::Error;

#[derive(RustEmbed)]
#[folder = "src/web/assets"]
struct Assets;

static VERSION: LazyLock<String> = LazyLock::new(|| {
    use sha2::{Digest, Sha256};
    let mut digest = Sha256::new();
    for name in Assets::iter() {
        if let Some(file) = Assets::get(&name) {
            digest.update(&file.data);
        }
    }
    hex::encode(digest.finalize().get(..6).unwrap_or_default())
});

/// The versioned address of a file.
pub fn url(file: &str) -> String {
    format!("/assets/{}/{file}", *VERSION)
}

/// Serves a built-in file. The version in the address makes it good for a year.
#[utoipa::path(tag = "pages", params(("version" = String, Path,), ("file" = String, Path,)),
    responses((status = 200, description = "The file"), (status = 404, description = "No such file")))]
#[get("/assets/{version}/{file}")]
pub async fn asset(path: web::Path<(String, String)>) -> Result<HttpResponse, Error> {
    let (_, name) = path.into_inner();
    let file = Assets::get(&name).ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok()
        .content_type(file.metadata.mimetype())
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(file.data.into_owned()))
}
