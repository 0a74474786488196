//! POST /residents/{id}/cards: a paper card, or a sheet of unlinked codes.
//! It does not know how paper is printed.

use crate::app::{Answer, App};
use crate::convert;
use crate::error::{Code, Refused};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use yima_kernel::scenario::Flavour;
use yima_province::{CardKind, Disclosure};
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
    let flavour = Flavour::parse(wish.flavour.as_deref().unwrap_or("plain"));
    let flavour = flavour.ok_or_else(|| Refused::new(Code::Invalid, "flavour"))?;
    let says = Disclosure::of(flavour, wish.benefit);
    let card = app.province.issue_card_saying(operator.actor(), &id, kind, says).await?;
    Ok(Json(convert::resident::card(card)))
}
