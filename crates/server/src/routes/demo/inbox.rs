//! GET /demo: the messages that a real province would send by SMS; only in a demonstration.
//! It does not know how real ones travel.

use crate::app::{Answer, App};
use crate::error::{Code, Refused};
use crate::extract::Json;
use axum::extract::State;
use yima_wire::stats::{Inbox, InboxMessage};

/// The demonstration's inbox, newest first.
#[utoipa::path(get, path = "/api/v1/demo", tag = "open", responses((status = 200, body = Inbox)))]
pub async fn inbox(State(app): State<App>) -> Answer<Json<Inbox>> {
    if !app.province.is_demo() {
        return Err(Refused::new(Code::NotFound, "no demonstration"));
    }
    let row = |m: yima_province::InboxMessage| InboxMessage { to: m.to, text: m.text, at: m.at };
    Ok(Json(Inbox { messages: app.province.inbox().into_iter().map(row).collect() }))
}
