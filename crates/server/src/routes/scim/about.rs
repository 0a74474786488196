//! What the server says about itself: ServiceProviderConfig, ResourceTypes, Schemas. The same for everybody.
//! It does not know any resource.

use super::base;
use crate::app::App;
use crate::error::scim::{ScimRefused, answer};
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::Value;
use yima_wire::scim;

/// GET /ServiceProviderConfig.
pub async fn config(State(app): State<App>) -> Response {
    answer(&scim::service_provider_config(&base(&app)))
}

/// GET /ResourceTypes.
pub async fn resource_types(State(app): State<App>) -> Response {
    answer(&scim::all(&scim::resource_types(&base(&app))))
}

/// GET /ResourceTypes/{id}.
pub async fn resource_type(State(app): State<App>, Path(id): Path<String>) -> Result<Response, ScimRefused> {
    one(scim::resource_types(&base(&app)), &id)
}

/// GET /Schemas.
pub async fn schemas(State(app): State<App>) -> Response {
    answer(&scim::all(&scim::schemas(&base(&app))))
}

/// GET /Schemas/{id}.
pub async fn schema(State(app): State<App>, Path(id): Path<String>) -> Result<Response, ScimRefused> {
    one(scim::schemas(&base(&app)), &id)
}

fn one(all: Vec<Value>, id: &str) -> Result<Response, ScimRefused> {
    all.into_iter().find(|one| one["id"] == id).map(|one| answer(&one)).ok_or_else(ScimRefused::not_found)
}
