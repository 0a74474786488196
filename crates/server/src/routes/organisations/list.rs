//! GET /organisations: one level of the tree, or the one with a credit code.
//! It does not know how deep the tree is.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Query};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yima_wire::Page;
use yima_wire::organisation::OrganisationRow;

/// Which.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// Those directly under this one; the tops of the tree when absent.
    parent: Option<String>,
    /// The one with this credit code, wherever it stands.
    credit_code: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
}

/// One level of the tree.
#[utoipa::path(get, path = "/api/v1/organisations", tag = "operator", params(Asked),
    responses((status = 200, body = Page<OrganisationRow>)), security(("operator" = [])))]
pub async fn list(
    State(app): State<App>,
    operator: OperatorCaller,
    Query(asked): Query<Asked>,
) -> Answer<Json<Page<OrganisationRow>>> {
    let (parent, code, after) = (asked.parent.as_deref(), asked.credit_code.as_deref(), asked.after.as_deref());
    let page = app.province.organisations(operator.actor(), parent, code, after).await?;
    Ok(Json(Page { items: page.items.into_iter().map(convert::organisation::row).collect(), next: page.next }))
}
