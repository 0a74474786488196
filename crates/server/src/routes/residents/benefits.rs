//! POST /residents/{id}/benefits and …/{number}/end: give a resident a benefit, and end it.
//! It does not know who is entitled to one.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_province::GiveBenefit;
use yima_wire::resident::{BenefitRow, NewBenefit, StateChange};

/// Give a benefit, or give it anew with other days.
#[utoipa::path(post, path = "/api/v1/residents/{id}/benefits", tag = "operator", request_body = NewBenefit,
    params(("id" = String, Path, description = "`res_…`")),
    responses((status = 200, body = BenefitRow)), security(("operator" = [])))]
pub async fn give(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<NewBenefit>,
) -> Answer<Json<BenefitRow>> {
    let wish = GiveBenefit { number: sent.number, from: sent.from, until: sent.until, source: sent.source };
    let given = app.province.give_benefit(operator.actor(), &id, wish).await?;
    Ok(Json(convert::resident::benefit(given)))
}

/// End a benefit before its last day. Paper that says it is revoked.
#[utoipa::path(post, path = "/api/v1/residents/{id}/benefits/{number}/end", tag = "operator", request_body = StateChange,
    params(("id" = String, Path, description = "`res_…`"), ("number" = u8, Path, description = "1 to 15")),
    responses((status = 204, description = "Ended.")), security(("operator" = [])))]
pub async fn end(
    State(app): State<App>,
    Path((id, number)): Path<(String, u8)>,
    operator: OperatorCaller,
    Json(sent): Json<StateChange>,
) -> Answer<StatusCode> {
    app.province.end_benefit(operator.actor(), &id, number, &sent.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
