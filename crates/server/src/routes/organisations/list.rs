//! GET /organisations: one level of the tree, those of a region, those suspended, or the one with a credit code.
//! It does not know how deep the tree is.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Query};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yima_province::{DeedError, OrganisationsBy};
use yima_wire::Page;
use yima_wire::organisation::OrganisationRow;

/// Which.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// Those directly under this one; the tops of the tree when absent.
    parent: Option<String>,
    /// The one with this credit code, wherever it stands.
    credit_code: Option<String>,
    /// All of a province, a city or a county, by 2, 4 or 6 digits of GB/T 2260, wherever they stand.
    region: Option<String>,
    /// `suspended`: all that are.
    state: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
}

/// One level of the tree; with `credit_code`, `region` or `state` (in this order) those that it names instead.
#[utoipa::path(get, path = "/api/v1/organisations", tag = "operator", params(Asked),
    responses((status = 200, body = Page<OrganisationRow>)), security(("operator" = [])))]
pub async fn list(
    State(app): State<App>,
    operator: OperatorCaller,
    Query(asked): Query<Asked>,
) -> Answer<Json<Page<OrganisationRow>>> {
    let Asked { parent, credit_code, region, state, after } = asked;
    let by = match (credit_code, region, state.as_deref(), parent) {
        (Some(code), ..) => OrganisationsBy::CreditCode(code),
        (None, Some(region), ..) => OrganisationsBy::Region(region),
        (None, None, Some("suspended"), _) => OrganisationsBy::Suspended,
        (None, None, Some(_), _) => {
            return Err(DeedError::invalid("state", "只能查停用的", "only `suspended` is looked for").into());
        }
        (None, None, None, Some(parent)) => OrganisationsBy::Parent(parent),
        (None, None, None, None) => OrganisationsBy::Top,
    };
    let page = app.province.organisations(operator.actor(), by, after.as_deref()).await?;
    Ok(Json(Page { items: page.items.into_iter().map(convert::organisation::row).collect(), next: page.next }))
}
