//! POST /manage/audit-searches: ask to search the uses of one person, in a case.
//! It does not know how many a day.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller};
use axum::extract::State;
use yima_wire::audit::{AskAuditSearch, AskedAuditSearch};

/// Ask for a search. Somebody else approves it, and the person sees that it was asked for.
#[utoipa::path(post, path = "/api/v1/manage/audit-searches", tag = "operator", request_body = AskAuditSearch,
    responses((status = 200, body = AskedAuditSearch)), security(("operator" = [])))]
pub async fn ask(
    State(app): State<App>,
    operator: OperatorCaller,
    Json(sent): Json<AskAuditSearch>,
) -> Answer<Json<AskedAuditSearch>> {
    let ask = yima_province::AskAuditSearch {
        person: sent.person,
        case_number: sent.case_number,
        purpose: sent.purpose,
        from_s: sent.from,
        to_s: sent.to,
        order: sent.order.map(convert::audit::order),
    };
    Ok(Json(AskedAuditSearch { id: app.province.ask_audit_search(operator.actor(), ask).await? }))
}
