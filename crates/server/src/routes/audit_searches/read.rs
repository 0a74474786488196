//! POST /manage/audit-searches/{id}/read: the uses of one person, within an approved search.
//! It does not know whose they are.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use yima_wire::Page;
use yima_wire::audit::ReadAuditSearch;
use yima_wire::operator::UseRow;

/// A page of that person's uses, newest first; each page is a use that the person sees.
#[utoipa::path(post, path = "/api/v1/manage/audit-searches/{id}/read", tag = "operator",
    request_body = ReadAuditSearch, params(("id" = String, Path, description = "`aud_…`")),
    responses((status = 200, body = Page<UseRow>)), security(("operator" = [])))]
pub async fn read(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<ReadAuditSearch>,
) -> Answer<Json<Page<UseRow>>> {
    let page = app.province.read_person_uses(operator.actor(), &id, sent.after.as_deref()).await?;
    Ok(Json(Page { items: page.items.into_iter().map(convert::operator::use_row).collect(), next: page.next }))
}
