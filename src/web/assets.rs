//! Built-in files: one stylesheet and the wall's own, few scripts. Their address changes with their content. The stylesheet is
//! written in `styles/`, a file a topic, and served as one, in the order of their names.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use rust_embed::RustEmbed;

use crate::error::Error;

#[derive(RustEmbed)]
#[folder = "src/web/assets"]
struct Assets;

#[derive(RustEmbed)]
#[folder = "src/web/styles"]
struct Styles;

/// The stylesheet, without what only its readers need.
static STYLE: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Styles::iter().collect();
    names.sort();
    let mut whole = String::new();
    for file in names.iter().filter_map(|name| Styles::get(name)) {
        whole.push_str(&String::from_utf8_lossy(&file.data));
    }
    match minifier::css::minify(&whole) {
        Ok(small) => small.to_string(),
        Err(_) => whole,
    }
});

static VERSION: LazyLock<String> = LazyLock::new(|| {
    use sha2::{Digest, Sha256};
    let mut digest = Sha256::new();
    digest.update(STYLE.as_bytes());
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

/// Serves a built-in file. The version in the address makes it good for a year. Under any other version it may be kept
/// by nobody: while instances are replaced one by one, a page of the new one is dressed by an old one.
#[utoipa::path(tag = "pages", params(("version" = String, Path,), ("file" = String, Path,)),
    responses((status = 200, description = "The file"), (status = 404, description = "No such file")))]
#[get("/assets/{version}/{file}")]
pub async fn asset(path: web::Path<(String, String)>) -> Result<HttpResponse, Error> {
    let (version, name) = path.into_inner();
    let mut response = HttpResponse::Ok();
    let current = version == *VERSION;
    let keep = if current { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.insert_header((header::CACHE_CONTROL, keep));
    if name == "app.css" {
        return Ok(response.content_type("text/css; charset=utf-8").body(STYLE.as_str()));
    }
    let file = Assets::get(&name).ok_or(Error::NotFound)?;
    Ok(response.content_type(file.metadata.mimetype()).body(file.data.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::STYLE;

    #[test]
    fn the_stylesheet_is_small_and_whole() {
        let opened = STYLE.matches('{').count();
        assert!(opened > 200, "{opened}");
        assert_eq!(opened, STYLE.matches('}').count());
        assert!(!STYLE.contains("/*"), "minified");
        // An old phone on a slow line: 25 KB is the promise.
        assert!(STYLE.len() <= 25_600, "{}", STYLE.len());
    }

    #[test]
    fn what_needs_its_blanks_keeps_them() {
        for kept in ["calc(100% - ", " :is(", "min-width:64.01rem", "and (prefers"] {
            let there = super::Styles::iter()
                .filter_map(|name| super::Styles::get(&name))
                .any(|file| String::from_utf8_lossy(&file.data).contains(kept));
            assert!(!there || STYLE.contains(kept), "{kept}");
        }
    }
}
