//! POST /cards/{id}/replace: a new card for an old one, which ends.
//! It does not know the photo of the old one.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use yima_wire::resident::CardRow;

/// Replace a card.
#[utoipa::path(post, path = "/api/v1/cards/{id}/replace", tag = "operator", params(("id" = String, Path, description = "`crd_…`")),
    responses((status = 200, body = CardRow)), security(("operator" = [])))]
pub async fn replace(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
) -> Answer<Json<CardRow>> {
    Ok(Json(convert::resident::card(app.province.replace_card(operator.actor(), &id).await?)))
}
