//! GET /gates: the gates, where they stand, and how far behind they are.
//! It does not know their keys.

use crate::app::{Answer, App};
use crate::convert;
use crate::error::{Code, Refused};
use crate::extract::{Json, OperatorCaller, Query};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yima_province::{OnlyGates, SeeGates};
use yima_wire::Page;
use yima_wire::gate::Gate;
use yima_wire::words::GateChoice;

/// Which gates.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// `next` of the page before.
    after: Option<String>,
    /// Only late ones (not seen for an hour, or two bundles behind), or only ended ones.
    #[param(value_type = Option<GateChoice>)]
    only: Option<String>,
    /// Part of a name, a whole id, or a scenario's slug.
    find: Option<String>,
}

/// A page of gates, in the order in which they were added.
#[utoipa::path(get, path = "/api/v1/gates", tag = "operator", params(Asked), responses((status = 200, body = Page<Gate>)), security(("operator" = [])))]
pub async fn list(
    State(app): State<App>,
    operator: OperatorCaller,
    Query(asked): Query<Asked>,
) -> Answer<Json<Page<Gate>>> {
    let only = match asked.only.as_deref() {
        None | Some("") => None,
        Some("late") => Some(OnlyGates::Late),
        Some("ended") => Some(OnlyGates::Ended),
        Some(_) => {
            return Err(
                Refused::new(Code::Invalid, "only").saying("only 只能是 late 或 ended。", "One of late, ended.")
            );
        }
    };
    let ask = SeeGates { after: asked.after.as_deref(), only, find: asked.find.as_deref() };
    let page = app.province.gates(operator.actor(), ask).await?;
    Ok(Json(Page { items: page.items.into_iter().map(convert::gate::gate).collect(), next: page.next }))
}
