//! The outermost layer: request ids, security headers, one log line and the metrics of a request.

use std::fmt;
use std::time::Instant;

use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use uuid::Uuid;

use super::Timing;

/// The id of a request: in its answer, in its errors, in the log.
#[derive(Debug, Clone, Copy)]
pub struct RequestId(Uuid);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Middleware around everything. The log line has the route's pattern, never the path's words or the
/// query, where a patient's name may stand.
pub async fn outer<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    // HEAD is answered as GET; the connection leaves the body out.
    if *request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let started = Instant::now();
    let id = RequestId(Uuid::now_v7());
    request.extensions_mut().insert(id);
    let timing = Timing::of(request.request());
    let method = request.method().clone();
    let mut response = next.call(request).await?;
    let spent = started.elapsed();
    let status = response.status().as_u16();
    let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".into());
    let headers = response.headers_mut();
    set(headers, HeaderName::from_static("x-request-id"), &id.to_string());
    set(headers, HeaderName::from_static("server-timing"), &timing.header(spent));
    let labels = [
        ("route", route.clone()),
        ("method", known(&method).to_owned()),
        ("status", status.to_string()),
    ];
    metrics::counter!("polyclinic_requests_total", &labels).increment(1);
    metrics::histogram!("polyclinic_request_seconds", "route" => route.clone())
        .record(spent.as_secs_f64());
    tracing::info!(
        request.id = %id,
        http.method = %method,
        http.route = %route,
        http.status = status,
        elapsed_us = u64::try_from(spent.as_micros()).unwrap_or(u64::MAX),
        "{method} {route} {status}"
    );
    Ok(response)
}

/// The method, for a label: strangers invent methods, and every new label is memory.
fn known(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::PATCH
        | Method::DELETE => method.as_str(),
        _ => "other",
    }
}

/// Headers of every answer. Nothing is fetched from elsewhere, framed, sniffed or kept by a cache.
pub fn security_headers(path: &str, headers: &mut HeaderMap, https: bool) {
    const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
        connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    // The reader of the API's document styles itself; it runs no inline script.
    const READER: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; \
        connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";
    let fixed = [
        (
            header::CONTENT_SECURITY_POLICY,
            if path.starts_with("/api/docs/") { READER } else { CSP },
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in fixed {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if https {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Where a page sends somebody who is not signed in: the clinic's own door, and back afterwards.
pub fn sign_in_for(path: &str) -> String {
    let mut parts = path.splitn(4, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(""), Some("clinic"), Some(slug)) if slug.parse::<crate::tenant::Slug>().is_ok() => {
            let next: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
            format!("/clinic/{slug}/login?next={next}")
        }
        (Some(""), Some("admin"), _) => "/admin/login".into(),
        _ => "/login".into(),
    }
}
