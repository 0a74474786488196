//! What the people who run it ask: alive, ready, figures, and the API's own description.
//! It does not know the deeds; these pages hold no personal data and need no sign-in.

use crate::app::App;
use crate::error::{Code, Refused};
use crate::extract::Json;
use crate::{docs_page, metrics, openapi};
use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use axum::routing::get;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::sync::atomic::Ordering;

static DOCUMENT: LazyLock<String> = LazyLock::new(openapi::text);
static DOCS: LazyLock<String> = LazyLock::new(|| docs_page::page(&openapi::document()));

/// Routes outside `/api/v1`.
pub fn router() -> Router<App> {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures))
        .route("/api/openapi.json", get(async || ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str())))
        .route("/api/docs", get(async || axum::response::Html(DOCS.as_str())))
        .route(
            "/api/docs/style.css",
            get(async || ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], docs_page::STYLE)),
        )
        .route("/api", get(everything_else))
        .route("/api/{*rest}", get(everything_else).fallback(everything_else))
}

async fn ready(State(app): State<App>) -> Result<&'static str, Refused> {
    if app.draining.load(Ordering::Relaxed) {
        return Err(Refused::new(Code::Busy, "draining").retry_after(1));
    }
    app.province.ready().await?;
    Ok("ready\n")
}

/// Figures are for whoever runs the machine: a collector on it, not a caller from outside, nor one whom a proxy let in.
async fn figures(
    State(app): State<App>,
    ConnectInfo(caller): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refused> {
    let let_in = ["x-forwarded-for", "forwarded", "via"].iter().any(|name| headers.contains_key(*name));
    if let_in || !caller.ip().to_canonical().is_loopback() {
        return Err(Refused::new(Code::NotFound, "figures from outside"));
    }
    let text = app.metrics.print(metrics::resident_bytes(), app.province.announced_until());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}

async fn everything_else() -> Result<Json<()>, Refused> {
    Err(Refused::new(Code::NotFound, "no such route"))
}
