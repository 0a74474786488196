//! POST /operators/sign-in: password and second factor; the session travels in a cookie that no script can read.
//! The browser is known from then on, by a cookie of its own. It does not know how a password is checked.

use crate::app::{Answer, App};
use crate::convert;
use crate::cookies::Cookie;
use crate::error::{Code, Refused};
use crate::extract::{Json, same_site};
use crate::pages::account::visitor::{KNOWN_S, address_of, network};
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use yima_province::Browser;
use yima_wire::operator::{Me, SignIn};

/// Sign in. Wrong name, wrong password and wrong digits get one answer.
#[utoipa::path(post, path = "/api/v1/operators/sign-in", tag = "operator", request_body = SignIn, responses((status = 200, body = Me)))]
pub async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    extensions: Extensions,
    Json(wish): Json<SignIn>,
) -> Answer<Response> {
    if !same_site(&headers) {
        return Err(Refused::new(Code::CrossSite, "origin"));
    }
    let wish = yima_province::SignIn { name: wish.name, password: wish.password, totp: wish.totp };
    let browser = Browser {
        known: Cookie::KnownDevice.read(&app, &headers).unwrap_or_default().to_owned(),
        network: address_of(&headers, &extensions, app.behind_proxy).map(network).unwrap_or_default(),
        ..Browser::default()
    };
    let session = app.province.sign_in(&browser, wish).await?;
    let lasts_s = session.me.until_at - app.province.now_s();
    let cookie = Cookie::Operator.set(&app, &session.token, Some(lasts_s));
    let known = Cookie::KnownDevice.set(&app, &session.known, Some(KNOWN_S));
    let me: Me = convert::operator::me(session.me, app.province.is_demo());
    let cookies = AppendHeaders([(header::SET_COOKIE, cookie), (header::SET_COOKIE, known)]);
    Ok((cookies, Json(me)).into_response())
}
