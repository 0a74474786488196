//! POST /organisations: add a department or an enterprise.
//! It does not know which codes are taken.

use crate::app::{Answer, App};
use crate::convert;
use crate::error::{Code, Refused};
use crate::extract::{Json, OperatorCaller};
use axum::extract::State;
use yima_province::NewOrganisation as New;
use yima_wire::organisation::{NewOrganisation, OrganisationRow};

/// Add an organisation.
#[utoipa::path(post, path = "/api/v1/organisations", tag = "operator", request_body = NewOrganisation,
    responses((status = 200, body = OrganisationRow)), security(("operator" = [])))]
pub async fn add(
    State(app): State<App>,
    operator: OperatorCaller,
    Json(sent): Json<NewOrganisation>,
) -> Answer<Json<OrganisationRow>> {
    let enterprise = match sent.kind.as_str() {
        "enterprise" => true,
        "department" => false,
        _ => {
            return Err(Refused::new(Code::Invalid, "kind")
                .saying("kind 只能是 enterprise 或 department。", "The kind is enterprise or department."));
        }
    };
    let new = New {
        enterprise,
        credit_code: sent.credit_code,
        name: sent.name,
        region: sent.region,
        parent: sent.parent,
        source: sent.source,
    };
    Ok(Json(convert::organisation::row(app.province.add_organisation(operator.actor(), new).await?)))
}
