//! Keeps the server calm: a bound on requests at once, a bound on time, and a panic that ends one request only.
//! It does not know routes; the health pages are let in even when the house is full.

use crate::app::App;
use crate::error::{Code, Refused};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// A request that takes longer is given up; its deed, if it reached the store, still runs to its end.
const REQUEST_MAX: Duration = Duration::from_secs(20);
/// What a caller that was turned away is asked to wait, seconds.
const RETRY_AFTER_S: u32 = 1;

/// Turns requests away when all room is taken.
pub async fn room(State(app): State<App>, request: Request, next: Next) -> Response {
    if matches!(request.uri().path(), "/healthz" | "/readyz" | "/metrics") {
        return next.run(request).await;
    }
    let Ok(_permit) = app.room.try_acquire() else {
        app.metrics.shed();
        return Refused::new(Code::Busy, "no room").retry_after(RETRY_AFTER_S).into_response();
    };
    next.run(request).await
}

/// Gives up after [`REQUEST_MAX`].
pub async fn time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refused::new(Code::Busy, "took too long").retry_after(RETRY_AFTER_S).into_response(),
    }
}

/// A request is an ordinary deed: each statement of it has the short limit of the store (R29).
pub async fn hurry(request: Request, next: Next) -> Response {
    yima_province::hurried(next.run(request)).await
}

/// But for routes that say so.
pub async fn patience(request: Request, next: Next) -> Response {
    yima_province::unhurried(next.run(request)).await
}

/// A panic becomes a calm answer; its message stays in the log of the panic hook.
pub async fn panics(request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => Refused::new(Code::Internal, "panic").into_response(),
    }
}
