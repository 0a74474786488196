//! The pages, embedded when the program was built; text is kept gzipped and sent so.
//! It does not know what a page does. Without built pages it says how to build them.

pub mod account;
pub mod apps;
mod lost;

use crate::error::{Code, Refused};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse as _, Response};
use flate2::read::GzDecoder;
use std::io::Read as _;

struct Page {
    path: &'static str,
    content_type: &'static str,
    gzipped: bool,
    bytes: &'static [u8],
}

static PAGES: &[Page] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));
const PLACEHOLDER: &str = include_str!("placeholder.html");
/// File names under it hold a hash of the content.
const HASHED: &str = "/assets/";
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Are the pages in this program?
#[must_use]
pub fn built() -> bool {
    !PAGES.is_empty()
}

/// Everything that is no route: a page, a file of one, or nothing.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Result<Response, Refused> {
    if method != Method::GET && method != Method::HEAD {
        return Err(Refused::new(Code::NotFound, "no such route"));
    }
    let path = file_of(uri.path());
    match PAGES.iter().find(|page| page.path == path) {
        Some(page) => send(page, &headers),
        None if !built() && path.ends_with(".html") => Ok(axum::response::Html(PLACEHOLDER).into_response()),
        None => {
            let refused = Refused::new(Code::NotFound, "no such page");
            let person = lost::asks(&headers);
            if person { Ok(lost::page(&refused, &headers, uri.query().unwrap_or_default())) } else { Err(refused) }
        }
    }
}

/// The console finds its own way below its root; everything else is a file.
fn file_of(path: &str) -> &str {
    match path.trim_end_matches('/') {
        "" => "/index.html",
        "/check" => "/check/index.html",
        path if path == "/console" || (path.starts_with("/console/") && !path.contains('.')) => "/console/index.html",
        path => path,
    }
}

fn send(page: &'static Page, headers: &HeaderMap) -> Result<Response, Refused> {
    let takes_gzip = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        value.split(',').any(|coding| coding.split(';').next().unwrap_or_default().trim() == "gzip")
    });
    let mut response = match (page.gzipped, takes_gzip) {
        (false, _) => Response::new(Body::from(page.bytes)),
        (true, true) => {
            let mut response = Response::new(Body::from(page.bytes));
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            response
        }
        (true, false) => Response::new(Body::from(unpacked(page.bytes)?)),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(page.content_type));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if page.path.starts_with(HASHED) {
        headers.insert(header::CACHE_CONTROL, FOREVER);
    } else if !page.path.ends_with(".html") {
        headers.insert(header::CACHE_CONTROL, ASK_AGAIN);
    }
    Ok(response)
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut plain = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut plain).map_err(|_| Refused::new(Code::Internal, "embedded page"))?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_files() {
        let table = [
            ("/", "/index.html"),
            ("/check", "/check/index.html"),
            ("/check/", "/check/index.html"),
            ("/console", "/console/index.html"),
            ("/console/residents/res_1", "/console/index.html"),
            ("/console/x.js", "/console/x.js"),
            ("/assets/a-1.js", "/assets/a-1.js"),
            ("/../etc/passwd", "/../etc/passwd"),
        ];
        for (path, file) in table {
            assert_eq!(file_of(path), file);
        }
    }
}
