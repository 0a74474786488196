//! Signing in with digits that a message brings: asked for here, typed here, on the same browser.
//! The page is the same whether a message was sent or not. It does not know telephone numbers.

use super::frame::{go, mark, notice, page as whole, refusal, with_status};
use super::next::{client_of, escaped, own_path};
use super::sent::{SentHere, marked};
use super::visitor::Visitor;
use crate::app::App;
use crate::error::Refused;
use axum::extract::{Query, State};
use axum::response::Response;
use maud::html;
use serde::Deserialize;

/// The page's address.
#[derive(Deserialize)]
pub struct Asked {
    next: Option<String>,
}

/// Who wants digits.
#[derive(Deserialize)]
pub struct Wanted {
    mark: String,
    next: Option<String>,
    identifier: String,
}

/// The digits.
#[derive(Deserialize)]
pub struct Digits {
    mark: String,
    next: Option<String>,
    digits: String,
}

marked!(Wanted, Digits);

/// POST /account/sign-in/message: sends digits, if there is anybody to send them to.
pub async fn ask(State(app): State<App>, SentHere(mut visitor, sent): SentHere<Wanted>) -> Response {
    let next = own_path(sent.next.as_deref()).to_owned();
    match app.province.send_sign_in_password(&visitor.browser, &sent.identifier).await {
        Ok(cookie) => {
            visitor.has_browser_cookie(&cookie);
            go(&mut visitor, &format!("/account/sign-in/message?next={}", escaped(&next)))
        }
        Err(error) => refusal(&mut visitor, &Refused::from(error)),
    }
}

/// GET /account/sign-in/message: where the digits are typed.
pub async fn page(mut visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let next = own_path(asked.next.as_deref()).to_owned();
    shown(&mut visitor, &next, None)
}

/// POST /account/sign-in/digits.
pub async fn sign_in(State(app): State<App>, SentHere(mut visitor, sent): SentHere<Digits>) -> Response {
    let next = own_path(sent.next.as_deref()).to_owned();
    visitor.browser.client = client_of(&next);
    match app.province.sign_in_with_message(&visitor.browser, &sent.digits).await {
        Ok(now) => {
            visitor.is_signed_in(&now).await;
            go(&mut visitor, &next)
        }
        Err(error) => {
            let refused = Refused::from(error);
            visitor.here = format!("/account/sign-in/message?next={}", escaped(&next));
            let shown = shown(&mut visitor, &next, Some(&refused));
            with_status(&refused, shown)
        }
    }
}

fn shown(visitor: &mut Visitor, next: &str, refused: Option<&Refused>) -> Response {
    let looks = visitor.looks;
    let body = html! {
        (notice(visitor, refused))
        p { (looks.t(
            "如果登记过手机号，验证码已经发出，3 分钟内有效，能试 3 次。",
            "If a telephone number is on file, a code is on its way. It lives 3 minutes and bears 3 tries.")) }
        form method="post" action="/account/sign-in/digits" {
            (mark(visitor))
            input type="hidden" name="next" value=(next);
            label { (looks.t("短信里的数字", "Digits of the message"))
                input name="digits" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required; }
            button.btn.primary type="submit" { (looks.t("登录", "Sign in")) }
        }
        p.more { a href=(format!("/account/sign-in?next={}", escaped(next))) { (looks.t("换一种方式", "Another way")) } }
    };
    whole(visitor, looks.t("填写验证码", "Type the code"), false, &body)
}
