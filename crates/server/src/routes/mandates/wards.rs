//! What guardians ask for a child, and how another guardian objects; and, for officers, whoever has no guardian any more.
//! It does not know how long anybody may object.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path, Signed, SignedBy};
use axum::extract::State;
use axum::http::StatusCode;
use yima_province::{CorrectData, Correctable, DeedError, ForWard};
use yima_wire::mandate::{AskForWard, MandateMade, SeenTo, WardAlone, WardRequest, WardRequests};

/// What waits for those in the caller's care and can be objected to.
#[utoipa::path(get, path = "/api/v1/wards/requests", tag = "device", responses((status = 200, body = WardRequests)), security(("device" = [])))]
pub async fn list(State(app): State<App>, SignedBy(actor): SignedBy) -> Answer<Json<WardRequests>> {
    let row = |one: yima_province::WardRequest| WardRequest {
        id: one.id,
        mandate: one.mandate,
        name_masked: one.name_masked,
        kind: one.kind.to_owned(),
        field: one.field,
        mine: one.mine,
        by_ward: one.by_ward,
        asked_at: one.asked_at,
        hold_until: one.hold_until,
    };
    let requests = app.province.ward_requests(&actor).await?.into_iter().map(row).collect();
    Ok(Json(WardRequests { requests, server_at: app.province.now_s() }))
}

/// Ask, as a guardian, for a correction or a deletion of a child under 14, which waits for another guardian where there is one;
/// or switch the use of the child's data off or on again, at once.
#[utoipa::path(post, path = "/api/v1/mandates/{id}/requests", tag = "device", request_body = AskForWard,
    params(("id" = String, Path, description = "`edg_…`, the caller's own over the child")),
    responses((status = 200, body = MandateMade)), security(("device" = [])))]
pub async fn ask(
    State(app): State<App>,
    Path(id): Path<String>,
    Signed(actor, sent): Signed<AskForWard>,
) -> Answer<Json<MandateMade>> {
    let wish = match sent.field.as_deref() {
        None => ForWard::Delete,
        Some("restrict") => ForWard::Restrict,
        Some("lift") => ForWard::Lift,
        Some(word) => {
            let field = Correctable::parse(word).ok_or_else(|| {
                DeedError::invalid(
                    "field",
                    "只能是 name、phone、region、restrict、lift",
                    "name, phone, region, restrict or lift",
                )
            })?;
            ForWard::Correct(CorrectData { field, to: sent.to, why: sent.why })
        }
    };
    let id = app.province.ask_for_ward(&actor, &id, wish).await?;
    Ok(Json(MandateMade { id }))
}

/// Object as another guardian, or take one's own back.
#[utoipa::path(post, path = "/api/v1/mandates/{id}/requests/{request}/object", tag = "device",
    params(("id" = String, Path, description = "`edg_…`, the caller's own over the child"), ("request" = String, Path, description = "`rgt_…`")),
    responses((status = 204, description = "Stopped.")), security(("device" = [])))]
pub async fn object(
    State(app): State<App>,
    Path((id, request)): Path<(String, String)>,
    SignedBy(actor): SignedBy,
) -> Answer<StatusCode> {
    app.province.object_for_ward(&actor, &id, &request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whoever has no guardian any more, the oldest first.
#[utoipa::path(get, path = "/api/v1/manage/wards-alone", tag = "operator", responses((status = 200, body = Vec<WardAlone>)),
    security(("operator" = [])))]
pub async fn alone(State(app): State<App>, operator: OperatorCaller) -> Answer<Json<Vec<WardAlone>>> {
    let row = |one: yima_province::AloneRow| WardAlone {
        resident: one.resident,
        name_masked: one.name_masked,
        reason: one.reason,
        at: one.at,
    };
    Ok(Json(app.province.wards_alone(operator.actor()).await?.into_iter().map(row).collect()))
}

/// Say how somebody without a guardian was seen to. A new guardian says so by itself.
#[utoipa::path(post, path = "/api/v1/residents/{id}/ward-alone/end", tag = "operator", request_body = SeenTo,
    params(("id" = String, Path, description = "`res_…`")),
    responses((status = 204, description = "Seen to.")), security(("operator" = [])))]
pub async fn seen_to(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<SeenTo>,
) -> Answer<StatusCode> {
    app.province.see_to_ward(operator.actor(), &id, &sent.how).await?;
    Ok(StatusCode::NO_CONTENT)
}
