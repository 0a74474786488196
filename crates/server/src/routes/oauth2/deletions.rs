//! POST /oauth2/deletions, what an app was told to delete, and /oauth2/deletions/answer, what came of it (rule R32).
//! It does not know clocks or persons.

use super::form::{OfApp, refused};
use crate::app::App;
use crate::error::oauth::{OauthRefused, nothing_to_say};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

/// What waits for an answer of the app's organisation, the oldest first.
pub async fn list(State(app): State<App>, OfApp(request): OfApp) -> Result<Json<Value>, OauthRefused> {
    let waiting = app.province.deletions_of_app(&request).await.map_err(|error| refused(&app, error))?;
    let shown = waiting.into_iter().map(|one| {
        json!({
            "asked_at": one.asked_at, "client_id": one.client, "deletion": one.reference, "due_at": one.due_at,
            "sub": one.sub,
        })
    });
    Ok(Json(json!({ "deletions": shown.collect::<Vec<_>>() })))
}

/// The answer: `deleted`, or `kept` and why.
pub async fn answer(State(app): State<App>, OfApp(request): OfApp) -> Result<Response, OauthRefused> {
    app.province.answer_deletion(&request).await.map_err(|error| refused(&app, error))?;
    Ok(nothing_to_say())
}
