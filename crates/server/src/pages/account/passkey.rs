//! POST /account/passkey/ask: what the script asks before it speaks to the device's authenticator.
//! It does not know Web Authentication; options come from the province and go out as they are.

use super::frame::with_cookies;
use super::step_up::text_of;
use super::visitor::Visitor;
use crate::app::{Answer, App};
use crate::error::{Code, Refused};
use crate::extract::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::json;

/// What it is for.
#[derive(Deserialize)]
pub struct Ask {
    mark: String,
    what: String,
    #[serde(default, rename = "for")]
    deed: String,
    #[serde(default)]
    id: String,
}

/// Asks.
pub async fn ask(State(app): State<App>, mut visitor: Visitor, Json(ask): Json<Ask>) -> Answer<Response> {
    visitor.form_is_ours(&ask.mark)?;
    let asked = match ask.what.as_str() {
        "sign-in" => app.province.ask_passkey(&visitor.browser).await?,
        "join" => app.province.ask_first_passkey(&visitor.browser).await?,
        "device" => app.province.ask_let_in_passkey(&visitor.browser).await?,
        "recover" => app.province.ask_recovery_passkey(&visitor.browser).await?,
        "add" => app.province.ask_new_passkey(visitor.signed_in()?).await?,
        "step-up" => {
            let person = visitor.signed_in()?;
            let text = text_of(&app, &visitor, person, &ask.deed, &ask.id).await?;
            app.province.ask_step_up(person, &text).await?
        }
        _ => return Err(Refused::new(Code::Invalid, "what")),
    };
    let body = Json(json!({ "ask": asked.ask, "options": asked.options })).into_response();
    Ok(with_cookies(&mut visitor, body))
}
