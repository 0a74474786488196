//! Gives each request an id, renders its problem, counts it and writes its one log line.
//! INVARIANT: a log line holds the route's template, never the path, the query, a body or a header of the caller.

use crate::app::App;
use crate::error::Refused;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The outermost layer.
pub async fn watch(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = app.next_request_id();
    let method = known(request.method());
    // Absent where nothing matched: pages, and addresses that are not there.
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "(page)".to_owned(), |m| m.as_str().to_owned());
    app.metrics.begin();
    let watch = stopwatch();
    let response = next.run(request).await;
    let took = watch.elapsed();
    let refused = response.extensions().get::<Refused>().cloned();
    let mut response = match &refused {
        Some(refused) => rendered(refused, &id, response),
        None => response,
    };
    let status = response.status().as_u16();
    app.metrics.end(method, &route, status, took);
    let (code, reason) = refused.as_ref().map_or(("", ""), |refused| (refused.word(), refused.reason()));
    // 503 is what the limits answer on purpose: somebody has to come again, and nothing is broken.
    if status == 503 {
        tracing::warn!(request = %id, method, route, status, us = took.as_micros() as u64, code, reason, "answered");
    } else if status >= 500 {
        tracing::error!(request = %id, method, route, status, us = took.as_micros() as u64, code, reason, "answered");
    } else {
        tracing::info!(request = %id, method, route, status, us = took.as_micros() as u64, code, reason, "answered");
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn rendered(refused: &Refused, id: &str, empty: Response) -> Response {
    let mut response = refused.render(id);
    for (name, value) in empty.headers() {
        if !response.headers().contains_key(name) && name != axum::http::header::CONTENT_LENGTH {
            response.headers_mut().insert(name.clone(), value.clone());
        }
    }
    response
}

fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

#[expect(clippy::disallowed_methods, reason = "the stopwatch of the server's metrics; nothing is decided by it")]
fn stopwatch() -> Instant {
    Instant::now()
}
