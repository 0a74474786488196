//! POST /manage/clients/{id}/end: stop an app at once.
//! It does not know what hangs on it.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::client::ClientEnd;

/// Stop an app: it gets no token any more, and those that are out open nothing here.
#[utoipa::path(post, path = "/api/v1/manage/clients/{id}/end", tag = "operator", request_body = ClientEnd,
    params(("id" = String, Path, description = "`app_…`")),
    responses((status = 204, description = "Stopped.")), security(("operator" = [])))]
pub async fn end(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<ClientEnd>,
) -> Answer<StatusCode> {
    app.province.end_client(operator.actor(), &id, &sent.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
