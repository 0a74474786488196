//! POST /tokens/draw: a day's batch of one-time tokens.
//! It does not know how they are numbered or signed.

use crate::app::{Answer, App};
use crate::bytes;
use crate::convert;
use crate::error::{Code, Refused};
use crate::extract::{Drawing, Json};
use axum::extract::State;
use yima_kernel::scenario::Flavour;
use yima_province::{Disclosure, Draw};
use yima_wire::token::{DrawAnswer, DrawRequest, WantedToken};

/// Draw a batch for today or tomorrow. The same `request_id` with the same keys gets the same numbers again.
/// When many draw at once, some are asked to come again at a turn of their own: 503 with `Retry-After`.
#[utoipa::path(post, path = "/api/v1/tokens/draw", tag = "device", request_body = DrawRequest,
    responses((status = 200, body = DrawAnswer)), security(("device" = [])))]
pub async fn draw(State(app): State<App>, drawing: Drawing<DrawRequest>) -> Answer<Json<DrawAnswer>> {
    let Drawing { actor, wish, place } = drawing;
    let drawn = app.province.draw_tokens(&actor, draw_of(&wish)?).await?;
    drop(place);
    Ok(Json(convert::token::drawn(drawn, app.province.now_s())))
}

/// What was asked for, parsed.
pub(crate) fn draw_of(wish: &DrawRequest) -> Answer<Draw> {
    let request_id = bytes::exact("request_id", &wish.request_id)?;
    let t1 = wish.t1.iter().map(wanted).collect::<Answer<Vec<_>>>()?;
    Ok(Draw { request_id, day: wish.day, t1, t0: wish.t0 })
}

fn wanted(token: &WantedToken) -> Answer<(Disclosure, [u8; 33])> {
    let flavour = Flavour::parse(&token.flavour).ok_or_else(|| Refused::new(Code::Invalid, "flavour"))?;
    Ok((Disclosure::of(flavour, token.benefit), bytes::exact("holder_key", &token.holder_key)?))
}
