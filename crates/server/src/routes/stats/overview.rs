//! GET /stats/overview: the province at a glance.
//! It does not count.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller};
use axum::extract::State;
use yima_wire::stats::Overview;

/// The figures of the first console page.
#[utoipa::path(get, path = "/api/v1/stats/overview", tag = "operator", responses((status = 200, body = Overview)), security(("operator" = [])))]
pub async fn overview(State(app): State<App>, operator: OperatorCaller) -> Answer<Json<Overview>> {
    let overview = app.province.overview(operator.actor()).await?;
    Ok(Json(convert::stats::overview(overview, app.province.now_s(), app.province.is_demo())))
}
