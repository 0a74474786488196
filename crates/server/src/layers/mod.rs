//! What happens around every handler, from the outside in: watch, headers, gzip, room, time, panic.
//! It does not know what a route does.

mod calm;
mod headers;
mod watch;

pub use calm::patience;

use crate::app::App;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// Answers below this are sent as they are, bytes.
const GZIP_MIN_BYTES: u16 = 1024;

/// Wraps the whole router.
pub fn around(router: Router, app: &App) -> Router {
    let worth_gzip = SizeAbove::new(GZIP_MIN_BYTES)
        .and(NotForContentType::const_new("application/octet-stream"))
        .and(NotForContentType::const_new("application/pdf"))
        .and(NotForContentType::const_new("image/"));
    router
        .layer(from_fn(calm::hurry))
        .layer(from_fn(calm::panics))
        .layer(from_fn(calm::time))
        .layer(from_fn_with_state(app.clone(), calm::room))
        .layer(CompressionLayer::new().compress_when(worth_gzip))
        .layer(from_fn_with_state(app.clone(), headers::security))
        .layer(from_fn_with_state(app.clone(), watch::watch))
}
