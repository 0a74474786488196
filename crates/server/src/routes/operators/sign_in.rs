//! POST /operators/sign-in: password and second factor; the session travels in a cookie that no script can read.
//! It does not know how a password is checked.

use crate::app::{Answer, App};
use crate::convert;
use crate::cookies::Cookie;
use crate::error::{Code, Refused};
use crate::extract::{Json, same_site};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use yima_wire::operator::{Me, SignIn};

/// Sign in. Wrong name, wrong password and wrong digits get one answer.
#[utoipa::path(post, path = "/api/v1/operators/sign-in", tag = "operator", request_body = SignIn, responses((status = 200, body = Me)))]
pub async fn sign_in(State(app): State<App>, headers: HeaderMap, Json(wish): Json<SignIn>) -> Answer<Response> {
    if !same_site(&headers) {
        return Err(Refused::new(Code::CrossSite, "origin"));
    }
    let wish = yima_province::SignIn { name: wish.name, password: wish.password, totp: wish.totp };
    let session = app.province.sign_in(wish).await?;
    let lasts_s = session.me.until_at - app.province.now_s();
    let cookie = Cookie::Operator.set(&app, &session.token, Some(lasts_s));
    let me: Me = convert::operator::me(session.me, app.province.is_demo());
    Ok(([(header::SET_COOKIE, cookie)], Json(me)).into_response())
}
