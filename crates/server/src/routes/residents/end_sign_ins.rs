//! POST /residents/{id}/sign-ins/end: whoever lost a computer, or was made to sign in somewhere, asks at a counter.
//! It does not know where the browsers are.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use yima_wire::account::EndedSessions;

/// End every sign-in of a resident in browsers. Their phones are told; their codes go on.
#[utoipa::path(post, path = "/api/v1/residents/{id}/sign-ins/end", tag = "operator", params(("id" = String, Path, description = "`res_…`")),
    responses((status = 200, body = EndedSessions)), security(("operator" = [])))]
pub async fn end(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
) -> Answer<Json<EndedSessions>> {
    let ended = app.province.end_sign_ins_of(operator.actor(), &id).await?;
    Ok(Json(EndedSessions { ended: u32::try_from(ended).unwrap_or(u32::MAX) }))
}
