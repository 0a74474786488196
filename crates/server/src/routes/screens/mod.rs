//! Another screen that shows a challenge: which one it is, and the holder's yes. It does not decide anything.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, SignedFrom};
use axum::extract::State;
use yima_province::ScreenAnswer;
use yima_wire::screen::{AllowScreen, ReadScreen, ScreenAllowed, ScreenRead};

/// Which screen shows a challenge of scenario `sign-in`, and what the phone's passkey is asked before it answers.
#[utoipa::path(post, path = "/api/v1/screens/read", tag = "device", request_body = ReadScreen,
    responses((status = 200, body = ScreenRead)), security(("device" = [])))]
pub async fn read(
    State(app): State<App>,
    SignedFrom(actor, from, sent): SignedFrom<ReadScreen>,
) -> Answer<Json<ScreenRead>> {
    Ok(Json(convert::screen::read(app.province.screen_read(&actor, &from, &sent.challenge).await?)))
}

/// Signs the screen in as the phone's holder, for two hours and to look, by a T1c of this phone that answers the challenge.
/// Any other code is `wrong_scenario`.
#[utoipa::path(post, path = "/api/v1/screens/allow", tag = "device", request_body = AllowScreen,
    responses((status = 200, body = ScreenAllowed)), security(("device" = [])))]
pub async fn allow(
    State(app): State<App>,
    SignedFrom(actor, from, sent): SignedFrom<AllowScreen>,
) -> Answer<Json<ScreenAllowed>> {
    let AllowScreen { challenge, digits, ask, answer, sure } = sent;
    let wish = ScreenAnswer { challenge, digits, ask, answer, sure };
    Ok(Json(convert::screen::allowed(&app.province.allow_by_code(&actor, &from, wish).await?)))
}
