//! Cross-site request forgery: a write with a cookie must come from our own page. The browser's own word
//! (`Sec-Fetch-Site`, `Origin`) is checked, and each form carries a token that only a page of this
//! session can know.

use actix_web::HttpRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::error::Error;

/// The form token of a session: a hash of its secret, from which the secret cannot be had.
pub fn token(secret: &[u8]) -> String {
    let digest = Sha256::new().chain_update(b"polyclinic form\0").chain_update(secret).finalize();
    URL_SAFE_NO_PAD.encode(digest.get(..18).unwrap_or_default())
}

/// Whether the token belongs to the session.
pub fn check(token_sent: &str, secret: &[u8]) -> Result<(), Error> {
    let fits: bool = token_sent.as_bytes().ct_eq(token(secret).as_bytes()).into();
    if fits { Ok(()) } else { Err(Error::Refused("csrf")) }
}

/// The token in the `X-CSRF-Token` header, for scripts of our own pages.
pub fn header(request: &HttpRequest, secret: &[u8]) -> Result<(), Error> {
    let sent = request.headers().get("x-csrf-token").and_then(|v| v.to_str().ok());
    check(sent.unwrap_or_default(), secret)
}

/// Refuses what the browser itself says came from another site.
pub fn same_origin(request: &HttpRequest) -> Result<(), Error> {
    let text = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site")
        && !matches!(site, "same-origin" | "none")
    {
        return Err(Error::Refused("cross_site"));
    }
    if let Some(origin) = text("origin") {
        // HTTP/2 has no Host header: the address itself names the host.
        let authority = request.uri().authority().map(actix_web::http::uri::Authority::as_str);
        let host = text("host").or(authority).unwrap_or_default();
        let same = origin.split_once("://").is_some_and(|(_, rest)| rest == host);
        if !same {
            return Err(Error::Refused("cross_site"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn our_own_pages_are_recognized_over_http_1_and_2() {
        let said = |request: TestRequest| same_origin(&request.to_http_request()).is_ok();
        let ours = ("origin", "https://clinic.example:8443");
        let host = ("host", "clinic.example:8443");
        assert!(said(TestRequest::with_uri("/").insert_header(host).insert_header(ours)));
        assert!(said(TestRequest::with_uri("https://clinic.example:8443/").insert_header(ours)));
        assert!(!said(TestRequest::with_uri("https://other.example/").insert_header(ours)));
        assert!(!said(TestRequest::with_uri("/").insert_header(ours)));
        let elsewhere = ("origin", "null");
        assert!(!said(TestRequest::with_uri("/").insert_header(host).insert_header(elsewhere)));
    }
}
