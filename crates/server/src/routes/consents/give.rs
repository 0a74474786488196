//! POST /consents: agree that a scenario may learn attributes, until a day.
//! It does not know their values.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, Signed};
use axum::extract::State;
use yima_province::GiveConsent;
use yima_wire::device::{Consent, ConsentRequest};

/// Give a consent.
#[utoipa::path(post, path = "/api/v1/consents", tag = "device", request_body = ConsentRequest,
    responses((status = 200, body = Consent)), security(("device" = [])))]
pub async fn give(State(app): State<App>, Signed(actor, wish): Signed<ConsentRequest>) -> Answer<Json<Consent>> {
    let wish = GiveConsent {
        scenario: wish.scenario,
        attributes: wish.attributes,
        until_at: convert::time("until_at", wish.until_at)?,
    };
    Ok(Json(convert::device::consent(app.province.give_consent(&actor, wish).await?)))
}
