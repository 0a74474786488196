//! The endpoints of OAuth and OpenID: a table of their own, for they speak RFC 6749 and not problem details.
//! It decides nothing; each file is an endpoint.

mod acting;
mod allowed;
mod authorize;
mod deletions;
mod device;
mod discovery;
mod form;
mod introspect;
mod logo;
mod logout;
mod par;
mod register;
mod token;
mod userinfo;

use crate::app::App;
use crate::error::oauth::nothing_to_say;
use crate::pages::apps;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

/// All of them.
pub fn router() -> Router<App> {
    let for_apps = Router::new()
        .route("/.well-known/openid-configuration", get(discovery::document))
        .route("/.well-known/oauth-authorization-server", get(discovery::document))
        .route("/oauth2/jwks", get(discovery::jwks))
        .route("/oauth2/par", post(par::push).options(nothing))
        .route("/oauth2/token", post(token::token).options(nothing))
        .route("/oauth2/userinfo", get(userinfo::userinfo).post(userinfo::userinfo).options(nothing))
        .route("/oauth2/device_authorization", post(device::begin).options(nothing))
        .route("/oauth2/introspect", post(introspect::introspect))
        .route("/oauth2/deletions", post(deletions::list))
        .route("/oauth2/deletions/answer", post(deletions::answer))
        .route("/oauth2/register", post(register::register))
        .route("/oauth2/revoke", post(introspect::revoke).options(nothing))
        .layer(from_fn(from_any_page));
    let for_people = Router::new()
        .route("/oauth2/authorize", get(authorize::ask).post(authorize::ask_by_form))
        .route("/oauth2/consent", post(authorize::answer))
        .route("/oauth2/for", post(acting::choose))
        .route("/oauth2/acting", get(acting::ask).post(acting::answer))
        .route("/oauth2/apps.css", get(style))
        .route("/oauth2/logo/{hash}", get(logo::logo))
        .route("/account/apps", get(allowed::list).post(allowed::withdraw))
        .route("/account/device", get(device::ask).post(device::answer))
        .route("/oauth2/logout", get(logout::ask).post(logout::answer));
    for_apps.merge(for_people)
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], apps::STYLE)
}

async fn nothing() -> Response {
    nothing_to_say()
}

/// Apps that live in a page of their own site may come here: no cookie of ours goes with them, and none counts.
async fn from_any_page(request: Request, next: Next) -> Response {
    let asks_first = request.method() == Method::OPTIONS;
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("dpop-nonce, www-authenticate, retry-after"),
    );
    if asks_first {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("authorization, content-type, dpop"),
        );
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
    }
    response
}
