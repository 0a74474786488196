//! Pages of one's own account, written here as HTML: signing in, joining, proving more, sessions, devices, ways to sign in.
//! All of it works without a script but the passkeys. It does not decide: each form calls a deed of the province.

pub mod frame;
pub mod looks;
pub mod next;
pub mod visitor;

mod join;
mod message;
mod own;
mod passkey;
mod posts;
mod sign_in;
mod step_up;
mod ways;

use crate::app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::routing::{get, post};

/// Forms are read up to this, bytes: an answer of a passkey is the largest.
const FORM_MAX: usize = 32 * 1024;
const STYLE: &str = include_str!("account.css");
const SCRIPT: &str = include_str!("passkey.js");

/// The routes under `/account`.
pub fn router() -> Router<App> {
    Router::new()
        .route("/account", get(own::page))
        .route("/account/sign-in", get(sign_in::page).post(sign_in::by_password))
        .route("/account/sign-in/passkey", post(sign_in::by_passkey))
        .route("/account/sign-in/message", get(message::page).post(message::ask))
        .route("/account/sign-in/digits", post(message::sign_in))
        .route("/account/sign-out", get(own::sign_out_page).post(own::sign_out))
        .route("/account/join", get(join::page).post(join::begin))
        .route("/account/join/ways", get(join::ways))
        .route("/account/join/passkey", post(join::by_passkey))
        .route("/account/join/password", post(join::by_password))
        .route("/account/step-up", get(step_up::page).post(step_up::by_password))
        .route("/account/step-up/passkey", post(step_up::by_passkey))
        .route("/account/passkey/ask", post(passkey::ask))
        .route("/account/passkey/add", get(ways::passkey_page).post(ways::add_passkey))
        .route("/account/password", get(ways::password_page).post(ways::add_password))
        .route("/account/password/change", post(ways::change_password))
        .route("/account/password/on", post(ways::passwords_on))
        .route("/account/ways/{id}/remove", post(ways::remove))
        .route("/account/ways/{id}/keep", post(ways::keep))
        .route("/account/sessions/others/end", post(own::end_others))
        .route("/account/sessions/{id}/end", post(own::end_one))
        .route("/account/devices/{id}/end", post(own::end_device))
        .route("/account/posts", get(posts::page))
        .route("/account/posts/code", post(posts::code))
        .route("/account/posts/{id}/accept", post(posts::accept))
        .route("/account/posts/{id}/leave", post(posts::leave))
        .route("/account/posts/{id}/deputy", post(posts::deputy))
        .route("/account/account.css", get(async || ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)))
        .route(
            "/account/passkey.js",
            get(async || ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)),
        )
        .layer(DefaultBodyLimit::max(FORM_MAX))
}
