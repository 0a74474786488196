//! GET /stats/checks: checks by hour, place, reason or scenario.
//! It does not count.

use crate::app::{Answer, App};
use crate::convert;
use crate::error::{Code, Refused};
use crate::extract::{Json, OperatorCaller, Query};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yima_province::By;
use yima_wire::stats::Bars;
use yima_wire::words::Grouping;

/// Which bars.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// `hour`, `site`, `reason` or `scenario`.
    #[param(value_type = Grouping)]
    by: String,
    /// From this Unix second on.
    from: i64,
    /// Before this Unix second.
    to: i64,
}

/// Bars of checks.
#[utoipa::path(get, path = "/api/v1/stats/checks", tag = "operator", params(Asked), responses((status = 200, body = Bars)), security(("operator" = [])))]
pub async fn checks(
    State(app): State<App>,
    operator: OperatorCaller,
    Query(asked): Query<Asked>,
) -> Answer<Json<Bars>> {
    let by = match asked.by.as_str() {
        "hour" => By::Hour,
        "site" => By::Site,
        "reason" => By::Reason,
        "scenario" => By::Scenario,
        _ => return Err(Refused::new(Code::Malformed, "by")),
    };
    let (from, to) = (convert::time("from", asked.from)?, convert::time("to", asked.to)?);
    let bars = app.province.checks(operator.actor(), by, from, to).await?;
    Ok(Json(Bars { bars: bars.into_iter().map(convert::stats::bar).collect() }))
}
