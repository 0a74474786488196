//! GET /manage/audit-searches: which searches by person were asked for.
//! It does not know what they found.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Query};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yima_wire::Page;
use yima_wire::audit::AuditSearchRow;

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// `next` of the page before.
    after: Option<String>,
}

/// Searches, newest first.
#[utoipa::path(get, path = "/api/v1/manage/audit-searches", tag = "operator", params(Asked),
    responses((status = 200, body = Page<AuditSearchRow>)), security(("operator" = [])))]
pub async fn list(
    State(app): State<App>,
    operator: OperatorCaller,
    Query(asked): Query<Asked>,
) -> Answer<Json<Page<AuditSearchRow>>> {
    let page = app.province.audit_searches(operator.actor(), asked.after.as_deref()).await?;
    Ok(Json(Page { items: page.items.into_iter().map(convert::audit::row).collect(), next: page.next }))
}
