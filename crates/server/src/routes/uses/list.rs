//! GET /uses: what was done and refused, for auditors; no names.
//! It does not know who stands behind an id.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Query};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yima_province::ReadUses;
use yima_wire::Page;
use yima_wire::operator::UseRow;
use yima_wire::words::{ActorKindWord, DeedWord, OutcomeWord};

/// Which uses.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// `next` of the page before.
    after: Option<String>,
    /// From this Unix second on; `from` and `to` are at most 31 days apart.
    from: Option<i64>,
    /// Before this Unix second.
    to: Option<i64>,
    /// Only this deed.
    #[param(value_type = Option<DeedWord>)]
    deed: Option<String>,
    /// Only this outcome.
    #[param(value_type = Option<OutcomeWord>)]
    outcome: Option<String>,
    /// Only this kind of actor.
    #[param(value_type = Option<ActorKindWord>)]
    actor_kind: Option<String>,
    /// Only this scenario (slug).
    scenario: Option<String>,
    /// Only what this app did, `app_…`.
    client: Option<String>,
    /// Rows on the page: 100 by itself, 1,000 at most.
    limit: Option<u32>,
}

/// A page of uses, newest first. It may be short, or empty, and still have a `next`: few fitted among those looked at.
#[utoipa::path(get, path = "/api/v1/uses", tag = "operator", params(Asked), responses((status = 200, body = Page<UseRow>)), security(("operator" = [])))]
pub async fn list(
    State(app): State<App>,
    operator: OperatorCaller,
    Query(asked): Query<Asked>,
) -> Answer<Json<Page<UseRow>>> {
    let ask = ReadUses {
        after: asked.after.as_deref(),
        from_s: asked.from,
        to_s: asked.to,
        deed: asked.deed.as_deref(),
        outcome: asked.outcome.as_deref(),
        actor_kind: asked.actor_kind.as_deref(),
        scenario: asked.scenario.as_deref(),
        client: asked.client.as_deref(),
        limit: asked.limit,
    };
    let page = app.province.uses(operator.actor(), ask).await?;
    Ok(Json(Page { items: page.items.into_iter().map(convert::operator::use_row).collect(), next: page.next }))
}
