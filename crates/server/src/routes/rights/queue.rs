//! GET /manage/rights: persons' requests by deadline, and one of them opened.
//! It does not know how many days there are.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Path, Query};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yima_wire::Page;
use yima_wire::rights::QueuedRequest;

/// Which.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// Those that are over, newest first, instead of those that wait.
    #[serde(default)]
    over: bool,
    /// `next` of the page before.
    after: Option<String>,
}

/// The queue, the most urgent first. What persons wrote is not opened here.
#[utoipa::path(get, path = "/api/v1/manage/rights", tag = "operator", params(Asked),
    responses((status = 200, body = Page<QueuedRequest>)), security(("operator" = [])))]
pub async fn queue(
    State(app): State<App>,
    operator: OperatorCaller,
    Query(asked): Query<Asked>,
) -> Answer<Json<Page<QueuedRequest>>> {
    let page = app.province.requests(operator.actor(), asked.over, asked.after.as_deref()).await?;
    Ok(Json(Page { items: page.items.into_iter().map(convert::rights::queued).collect(), next: page.next }))
}

/// One request with what was written; its person sees that it was opened.
#[utoipa::path(get, path = "/api/v1/manage/rights/{id}", tag = "operator", params(("id" = String, Path, description = "`rgt_…`")),
    responses((status = 200, body = QueuedRequest)), security(("operator" = [])))]
pub async fn open(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
) -> Answer<Json<QueuedRequest>> {
    Ok(Json(convert::rights::queued(app.province.request(operator.actor(), &id).await?)))
}
