//! Pages of one's own account, written here as HTML: signing in, joining, proving more, sessions, devices, ways to sign in.
//! All of it works without a script but the passkeys. It does not decide: each form calls a deed of the province.

pub mod frame;
pub mod looks;
pub mod next;
pub mod visitor;

mod across;
mod enterprise;
mod enterprises;
mod join;
mod kept;
mod let_in;
mod line;
mod message;
mod number;
mod own;
mod passkey;
mod posts;
mod recover;
mod sent;
mod sheet;
mod sign_in;
mod step_up;
mod symbol;
mod visit;
mod visit_page;
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
const SCRIPT_AGAIN: &str = include_str!("again.js");
const SCRIPT_KEPT: &str = include_str!("kept.js");

/// The routes under `/account`.
pub fn router() -> Router<App> {
    Router::new()
        .route("/account", get(own::page))
        .route("/account/sign-in", get(sign_in::page).post(sign_in::by_password))
        .route("/account/sign-in/passkey", post(sign_in::by_passkey))
        .route("/account/sign-in/message", get(message::page).post(message::ask))
        .route("/account/sign-in/digits", post(message::sign_in))
        .route("/account/sign-in/sheet", get(sheet::page).post(sheet::sign_in))
        .route("/account/sheet/end", post(sheet::end))
        .route("/account/recover/sheet", post(recover::by_sheet))
        .route("/account/across", get(across::screen))
        .route("/account/across/allow", get(across::read).post(across::allow))
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
        .route("/account/devices/{id}/vouch", post(own::vouch_for_device))
        .route("/account/recover", get(recover::page).post(recover::begin))
        .route("/account/recover/passkey", post(recover::by_passkey))
        .route("/account/recover/password", post(recover::by_password))
        .route("/account/recover/stop", get(recover::stop_page).post(recover::stop_by_link))
        .route("/account/recover/{id}/stop", post(recover::stop))
        .route("/account/enterprises", get(enterprises::page))
        .route("/account/enterprises/self", post(enterprises::be_self))
        .route("/account/enterprises/filings/{id}/withdraw", post(enterprise::withdraw))
        .route("/account/enterprises/{id}", get(enterprise::page))
        .route("/account/enterprises/{id}/represent", post(enterprises::represent))
        .route("/account/enterprises/{id}/accept", post(enterprises::accept))
        .route("/account/enterprises/{id}/dismiss", post(enterprises::dismiss))
        .route("/account/enterprises/{id}/act", post(enterprises::act))
        .route("/account/enterprises/{id}/file", post(enterprise::lodge))
        .route("/account/enterprises/{id}/appoint", post(enterprise::appoint_one))
        .route("/account/enterprises/{id}/confirm", post(enterprise::confirm_all))
        .route("/account/posts", get(posts::page))
        .route("/account/posts/code", post(posts::code))
        .route("/account/posts/{id}/accept", post(posts::accept))
        .route("/account/posts/{id}/operator", post(posts::operator))
        .route("/account/posts/{id}/leave", post(posts::leave))
        .route("/account/posts/{id}/deputy", post(posts::deputy))
        .route("/account/number", get(number::page))
        .route("/account/number/send", post(number::send))
        .route("/account/number/digits", post(number::digits))
        .route("/account/number/stop", get(number::stop_page).post(number::stop_by_link))
        .route("/account/number/{id}/stop", post(number::stop))
        .route("/account/kept", post(kept::keep))
        .route("/account/kept/ask", post(kept::ask))
        .route("/account/kept/open", post(kept::open))
        .route("/account/kept/{id}/end", post(kept::end))
        .route(
            "/account/kept.js",
            get(async || ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT_KEPT)),
        )
        .route("/account/recover/device", post(recover::by_device))
        .route("/account/let-in", get(let_in::page).post(let_in::device))
        .route("/account/let-in/ward", post(let_in::ward))
        .route("/account/visit", get(visit::page).post(visit::open))
        .route("/account/visit/end", post(visit::end))
        .route("/account/visit/settings", post(visit::settings))
        .route("/account/visit/explain", post(visit::explain))
        .route("/account/visit/sessions/end", post(visit::end_sessions))
        .route("/account/visit/apps/{id}/withdraw", post(visit::withdraw))
        .route("/account/visit/requests/{id}/stop", post(visit::stop))
        .route("/account/account.css", get(async || ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)))
        .route(
            "/account/again.js",
            get(async || ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT_AGAIN)),
        )
        .route(
            "/account/passkey.js",
            get(async || ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)),
        )
        .layer(DefaultBodyLimit::max(FORM_MAX))
}
