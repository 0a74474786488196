//! GET /manage/clients/deletions: what apps were told to delete and have not answered.
//! It does not know whose data it is.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Query};
use axum::extract::State;
use serde::Deserialize;
use yima_wire::Page;
use yima_wire::client::AppDeletion;

/// Where the page begins.
#[derive(Debug, Deserialize)]
pub struct Begin {
    after: Option<String>,
}

/// Deletions that apps have not answered, the most urgent first.
#[utoipa::path(get, path = "/api/v1/manage/clients/deletions", tag = "operator",
    params(("after" = Option<String>, Query, description = "`next` of the page before.")),
    responses((status = 200, body = Page<AppDeletion>)), security(("operator" = [])))]
pub async fn deletions(
    State(app): State<App>,
    operator: OperatorCaller,
    Query(begin): Query<Begin>,
) -> Answer<Json<Page<AppDeletion>>> {
    let (items, next) = app.province.deletions_waiting(operator.actor(), begin.after.as_deref()).await?;
    Ok(Json(Page { items: items.into_iter().map(convert::client::deletion).collect(), next }))
}
