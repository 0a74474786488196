//! POST /account/link: a device that a counter enrolled a moment ago opens the ceremony of the first way to sign in.
//! It does not know what is set up in the browser that follows the link.

use crate::app::{Answer, App};
use crate::extract::{Json, SignedBy};
use axum::extract::State;
use yima_wire::account::Link;

/// A link for a browser, for once, within ten minutes. Only for a device that a counter's code enrolled within 15 minutes,
/// and only while the account has no way to sign in.
#[utoipa::path(post, path = "/api/v1/account/link", tag = "device", responses((status = 200, body = Link)),
    security(("device" = [])))]
pub async fn link(State(app): State<App>, SignedBy(actor): SignedBy) -> Answer<Json<Link>> {
    let link = app.province.join_link(&actor).await?;
    Ok(Json(Link { url: link.url, expires_at: link.expires_at }))
}
