//! GET /organisations/{id}/posts. It does not know who accepted what.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Path, Query};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yima_wire::Page;
use yima_wire::post::PostRow;

/// Where the list goes on.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// `next` of the page before.
    after: Option<String>,
}

/// The posts of an organisation, the newest first.
#[utoipa::path(get, path = "/api/v1/organisations/{id}/posts", tag = "operator",
    params(("id" = String, Path, description = "`org_…`"), Asked),
    responses((status = 200, body = Page<PostRow>)), security(("operator" = [])))]
pub async fn list(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Query(asked): Query<Asked>,
) -> Answer<Json<Page<PostRow>>> {
    let page = app.province.posts(operator.actor(), &id, asked.after.as_deref()).await?;
    Ok(Json(Page { items: page.items.into_iter().map(convert::post::row).collect(), next: page.next }))
}
