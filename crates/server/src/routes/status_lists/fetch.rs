//! GET /status-lists/{list}: an IETF Token Status List for wallets and gates of others.
//! It does not know which cards it speaks of.

use crate::app::{Answer, App};
use crate::error::{Code, Refused};
use crate::extract::Path;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use std::sync::PoisonError;
use yima_province::StatusFormat;

const JWT: &str = "application/statuslist+jwt";
const CWT: &str = "application/statuslist+cwt";

/// A status list token; `Accept: application/statuslist+cwt` asks for the binary form.
#[utoipa::path(get, path = "/api/v1/status-lists/{list}", tag = "open", params(("list" = u16, Path, description = "List number.")),
    responses((status = 200, body = String, content_type = "application/statuslist+jwt")))]
pub async fn fetch(State(app): State<App>, Path(list): Path<u16>, headers: HeaderMap) -> Answer<Response> {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (format, kind) = if accept.contains(CWT) { (StatusFormat::Cwt, CWT) } else { (StatusFormat::Jwt, JWT) };
    let token = signed(&app, list, format).await?;
    Ok(([(header::CONTENT_TYPE, kind)], token).into_response())
}

/// A list is signed once a bundle, not once a request.
async fn signed(app: &App, list: u16, format: StatusFormat) -> Answer<Vec<u8>> {
    let version = app.province.bundle().version;
    let kept = || app.status_lists.lock().unwrap_or_else(PoisonError::into_inner);
    let held = kept().get(&(list, format)).filter(|(of, _)| *of == version).map(|(_, token)| token.clone());
    if let Some(token) = held {
        return Ok(token);
    }
    let token = app.province.status_list(list, format).await?;
    let token = token.ok_or_else(|| Refused::new(Code::NotFound, "status list"))?;
    kept().insert((list, format), (version, token.clone()));
    Ok(token)
}
