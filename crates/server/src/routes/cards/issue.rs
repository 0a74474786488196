//! POST /residents/{id}/cards: a paper card, or a sheet of unlinked codes.
//! It does not know how paper is printed.

use crate::app::{Answer, App};
use crate::convert;
use crate::error::{Code, Refused};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use yima_province::CardKind;
use yima_wire::resident::{CardRow, NewCard};

/// Issue a card or a sheet.
#[utoipa::path(post, path = "/api/v1/residents/{id}/cards", tag = "operator", request_body = NewCard,
    params(("id" = String, Path, description = "`res_…`")),
    responses((status = 200, body = CardRow)), security(("operator" = [])))]
pub async fn issue(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(wish): Json<NewCard>,
) -> Answer<Json<CardRow>> {
    let kind = match wish.kind.as_str() {
        "card" => CardKind::Card,
        "sheet" => CardKind::Sheet,
        _ => return Err(Refused::new(Code::Invalid, "kind")),
    };
    let card = app.province.issue_card(operator.actor(), &id, kind).await?;
    Ok(Json(convert::resident::card(card)))
}
