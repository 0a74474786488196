//! GET /record/export: the whole record as a file to keep.
//! It does not know how long it is kept here.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, SignedBy};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use yima_wire::record::Record;

/// Pages that one export holds at most.
const PAGES_MAX: usize = 200;
const FILE: &str = "attachment; filename=\"yima-record.json\"";

/// The resident's record as a JSON file.
#[utoipa::path(get, path = "/api/v1/record/export", tag = "device", responses((status = 200, body = Record)), security(("device" = [])))]
pub async fn export(State(app): State<App>, SignedBy(actor): SignedBy) -> Answer<Response> {
    let mut whole = Record { entries: Vec::new(), next: None };
    for _ in 0..PAGES_MAX {
        let page = convert::record::page(app.province.record(&actor, whole.next.as_deref()).await?);
        whole.entries.extend(page.entries);
        whole.next = page.next;
        if whole.next.is_none() {
            break;
        }
    }
    Ok(([(header::CONTENT_DISPOSITION, FILE)], Json(whole)).into_response())
}
