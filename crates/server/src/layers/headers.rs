//! Headers that bind the browser: no foreign origin, no frame, no sniffing, the camera for our own pages only.
//! It does not know page contents; a handler that sets a header itself keeps it.

use crate::app::App;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Pages of one's own account, written here: nothing but our own files, and forms that go to us.
const ACCOUNT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
/// The console's components place styles at run time; everything else is as strict.
const CONSOLE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    ),
    (header::CACHE_CONTROL, "no-store"),
];
const STAY_ON_TLS: &str = "max-age=31536000; includeSubDomains";

/// Adds what the handler did not set.
pub async fn security(State(app): State<App>, request: Request, next: Next) -> Response {
    let policy = policy(request.uri().path());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(policy));
    if app.stay_on_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(STAY_ON_TLS));
    }
    response
}

fn policy(path: &str) -> &'static str {
    let under = |root: &str| path == root || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
    match () {
        () if under("/api/docs") => PAGE_POLICY,
        () if under("/api") => API_POLICY,
        () if under("/account") => ACCOUNT_POLICY,
        () if under("/console") => CONSOLE_POLICY,
        () => PAGE_POLICY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_console_may_place_styles() {
        for path in ["/", "/check", "/consoleX", "/api/docs", "/api/v1/time", "/assets/a.js"] {
            assert!(!policy(path).contains("unsafe-inline"), "{path}");
        }
        for path in ["/console", "/console/residents"] {
            assert!(policy(path).contains("style-src 'self' 'unsafe-inline'"), "{path}");
        }
    }
}
