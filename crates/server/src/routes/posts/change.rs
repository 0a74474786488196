//! POST /organisations/{id}/posts, /posts/{id}/renew and end. It does not know what hangs on a post.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::post::{NewPost, PostRow};
use yima_wire::resident::StateChange;

/// Propose that a resident has a post; they accept it on their own page.
#[utoipa::path(post, path = "/api/v1/organisations/{id}/posts", tag = "operator", request_body = NewPost,
    params(("id" = String, Path, description = "`org_…`")),
    responses((status = 200, body = PostRow)), security(("operator" = [])))]
pub async fn propose(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<NewPost>,
) -> Answer<Json<PostRow>> {
    let wish = yima_province::NewPost { resident: sent.resident, role: sent.role };
    Ok(Json(convert::post::row(app.province.propose_post(operator.actor(), &id, wish).await?)))
}

/// Say that a post without a personnel system still stands: seven more days.
#[utoipa::path(post, path = "/api/v1/posts/{id}/renew", tag = "operator",
    params(("id" = String, Path, description = "`pst_…`")),
    responses((status = 200, body = PostRow)), security(("operator" = [])))]
pub async fn renew(State(app): State<App>, Path(id): Path<String>, operator: OperatorCaller) -> Answer<Json<PostRow>> {
    Ok(Json(convert::post::row(app.province.renew_post(operator.actor(), &id).await?)))
}

/// End a post, with the sessions that acted in it and its deputies.
#[utoipa::path(post, path = "/api/v1/posts/{id}/end", tag = "operator", request_body = StateChange,
    params(("id" = String, Path, description = "`pst_…`")),
    responses((status = 204, description = "Ended.")), security(("operator" = [])))]
pub async fn end(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<StateChange>,
) -> Answer<StatusCode> {
    app.province.end_post(operator.actor(), &id, &sent.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
