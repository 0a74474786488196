//! GET /keys: the keys that the province signs with, and their states.
//! It never holds a private one.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller};
use axum::extract::State;
use yima_wire::operator::Keys;

/// All keys.
#[utoipa::path(get, path = "/api/v1/keys", tag = "operator", responses((status = 200, body = Keys)), security(("operator" = [])))]
pub async fn list(State(app): State<App>, operator: OperatorCaller) -> Answer<Json<Keys>> {
    let keys = app.province.keys(operator.actor()).await?;
    let root_fingerprint = hex::encode(app.province.root_fingerprint());
    let bundle_version = i64::from(app.province.bundle().version);
    let signing = convert::operator::signing(app.province.signing()?);
    let keys = keys.into_iter().map(convert::operator::key).collect();
    Ok(Json(Keys { keys, root_fingerprint, bundle_version, signing }))
}
