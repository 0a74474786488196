//! GET /manage/clients: versions of apps, with who proposed and who reviewed.
//! It does not read metadata.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Query};
use axum::extract::State;
use serde::Deserialize;
use yima_wire::Page;
use yima_wire::client::ClientVersion;

/// Where the page begins.
#[derive(Debug, Deserialize)]
pub struct Begin {
    after: Option<String>,
    state: Option<String>,
}

/// Versions of apps, by app, the newest version first.
#[utoipa::path(get, path = "/api/v1/manage/clients", tag = "operator",
    params(("after" = Option<String>, Query, description = "`next` of the page before."),
        ("state" = Option<String>, Query, description = "Only `proposed`, `active`, `refused`, `retired` or `ended`.")),
    responses((status = 200, body = Page<ClientVersion>)), security(("operator" = [])))]
pub async fn list(
    State(app): State<App>,
    operator: OperatorCaller,
    Query(begin): Query<Begin>,
) -> Answer<Json<Page<ClientVersion>>> {
    let (items, next) =
        app.province.list_clients(operator.actor(), begin.after.as_deref(), begin.state.as_deref()).await?;
    Ok(Json(Page { items: items.into_iter().map(convert::client::version).collect(), next }))
}
