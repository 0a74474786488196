//! GET /uses: what was done and refused, for auditors; no names.
//! It does not know who stands behind an id.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Query};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yima_wire::Page;
use yima_wire::operator::UseRow;

/// Which uses.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// `next` of the page before.
    after: Option<String>,
    /// Only this deed.
    deed: Option<String>,
    /// Only this outcome.
    outcome: Option<String>,
}

/// A page of uses, newest first.
#[utoipa::path(get, path = "/api/v1/uses", tag = "operator", params(Asked), responses((status = 200, body = Page<UseRow>)), security(("operator" = [])))]
pub async fn list(
    State(app): State<App>,
    operator: OperatorCaller,
    Query(asked): Query<Asked>,
) -> Answer<Json<Page<UseRow>>> {
    let (after, deed, outcome) = (asked.after.as_deref(), asked.deed.as_deref(), asked.outcome.as_deref());
    let page = app.province.uses(operator.actor(), after, deed, outcome).await?;
    Ok(Json(Page { items: page.items.into_iter().map(convert::operator::use_row).collect(), next: page.next }))
}
