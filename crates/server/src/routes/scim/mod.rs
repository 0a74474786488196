//! SCIM 2.0 (RFC 7644) for personnel systems: a table of its own, for it speaks `application/scim+json` and not problem
//! details. It decides nothing; a User here is a post, never an account.

mod about;
mod caller;
mod users;

use crate::app::App;
use crate::error::scim::ScimRefused;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get};

/// A User is small.
const BODY_MAX: usize = 16 * 1024;

/// All of it.
pub fn router() -> Router<App> {
    Router::new()
        .route("/scim/v2/ServiceProviderConfig", get(about::config))
        .route("/scim/v2/ResourceTypes", get(about::resource_types))
        .route("/scim/v2/ResourceTypes/{id}", get(about::resource_type))
        .route("/scim/v2/Schemas", get(about::schemas))
        .route("/scim/v2/Schemas/{id}", get(about::schema))
        .route("/scim/v2/Users", get(users::list).post(users::make))
        .route("/scim/v2/Users/{id}", get(users::show).put(users::replace).patch(users::patch).delete(users::remove))
        .route("/scim/v2/Me", any(async || ScimRefused::not_here()))
        .route("/scim/v2/Bulk", any(async || ScimRefused::not_here()))
        .route("/scim/v2/{*rest}", any(async || ScimRefused::not_found()))
        .layer(DefaultBodyLimit::max(BODY_MAX))
}

/// Where SCIM is.
fn base(app: &App) -> String {
    format!("{}/scim/v2", app.province.issuer())
}
