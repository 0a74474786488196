//! GET and POST /organisations/{id}/feeds, POST /feeds/{id}/end: what personnel systems sign in with.
//! It does not know what they say.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::post::{Feeds, MadeFeed, NewFeed};

/// The tokens of an organisation's personnel systems, never their text.
#[utoipa::path(get, path = "/api/v1/organisations/{id}/feeds", tag = "operator",
    params(("id" = String, Path, description = "`org_…`")),
    responses((status = 200, body = Feeds)), security(("operator" = [])))]
pub async fn list(State(app): State<App>, Path(id): Path<String>, operator: OperatorCaller) -> Answer<Json<Feeds>> {
    let feeds = app.province.feeds(operator.actor(), &id).await?;
    Ok(Json(Feeds { feeds: feeds.into_iter().map(convert::post::feed).collect() }))
}

/// Let the personnel system of an organisation in; the token is shown this once.
#[utoipa::path(post, path = "/api/v1/organisations/{id}/feeds", tag = "operator", request_body = NewFeed,
    params(("id" = String, Path, description = "`org_…`")),
    responses((status = 200, body = MadeFeed)), security(("operator" = [])))]
pub async fn make(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<NewFeed>,
) -> Answer<Json<MadeFeed>> {
    let made = app.province.make_feed(operator.actor(), &id, &sent.label).await?;
    Ok(Json(MadeFeed { id: made.id, token: made.token }))
}

/// Shut a personnel system out.
#[utoipa::path(post, path = "/api/v1/feeds/{id}/end", tag = "operator",
    params(("id" = String, Path, description = "`fee_…`")),
    responses((status = 204, description = "Ended.")), security(("operator" = [])))]
pub async fn end(State(app): State<App>, Path(id): Path<String>, operator: OperatorCaller) -> Answer<StatusCode> {
    app.province.end_feed(operator.actor(), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
