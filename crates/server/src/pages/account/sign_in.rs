//! Signing in: passkey first, then password with a second factor, then a one-time password by message.
//! Unknown names, wrong passwords and those that wait get one page. It does not know who anybody is.

use super::frame::{go, mark, notice, page_kept as whole, with_status};
use super::next::{client_of, escaped, own_path};
use super::sent::{SentHere, marked};
use super::visitor::Visitor;
use crate::app::App;
use crate::error::Refused;
use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use yima_province::{DeedError, PasswordSignIn, SignedInNow, Turn};

/// The page's address.
#[derive(Deserialize)]
pub struct Asked {
    next: Option<String>,
    #[serde(default)]
    ticket: String,
}

/// Password and second factor.
#[derive(Deserialize)]
pub struct ByPassword {
    mark: String,
    next: Option<String>,
    identifier: String,
    password: String,
    digits: String,
    #[serde(default)]
    ticket: String,
}

/// A passkey's answer.
#[derive(Deserialize)]
pub struct ByPasskey {
    mark: String,
    next: Option<String>,
    ask: String,
    answer: String,
}

marked!(ByPassword, ByPasskey);

/// GET /account/sign-in.
pub async fn page(State(app): State<App>, mut visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let next = own_path(asked.next.as_deref()).to_owned();
    if visitor.person.is_some() {
        return go(&mut visitor, &next);
    }
    match app.province.turn_of(&visitor.browser, &asked.ticket) {
        Turn::In(again_s) => super::line::page(&mut visitor, &next, &asked.ticket, again_s),
        Turn::Now => shown(&app, &mut visitor, &next, &asked.ticket, None),
        Turn::None => shown(&app, &mut visitor, &next, "", None),
    }
}

/// POST /account/sign-in.
pub async fn by_password(State(app): State<App>, SentHere(mut visitor, sent): SentHere<ByPassword>) -> Response {
    let next = own_path(sent.next.as_deref()).to_owned();
    visitor.browser.client = client_of(&next);
    let (digits, ticket) = (sent.digits, sent.ticket);
    let wish = PasswordSignIn { identifier: sent.identifier, password: sent.password, digits, ticket: ticket.clone() };
    let done = app.province.sign_in_with_password(&visitor.browser, wish).await;
    if matches!(done, Err(DeedError::Busy)) {
        return super::line::sent_away(&app, &mut visitor, &next, &ticket);
    }
    ended(&app, &mut visitor, &next, done.map_err(Refused::from)).await
}

/// POST /account/sign-in/passkey.
pub async fn by_passkey(State(app): State<App>, SentHere(mut visitor, sent): SentHere<ByPasskey>) -> Response {
    let next = own_path(sent.next.as_deref()).to_owned();
    let done = app.province.sign_in_with_passkey(&visitor.browser, &sent.ask, &sent.answer).await;
    ended(&app, &mut visitor, &next, done.map_err(Refused::from)).await
}

async fn ended(app: &App, visitor: &mut Visitor, next: &str, done: Result<SignedInNow, Refused>) -> Response {
    match done {
        Ok(now) => {
            visitor.is_signed_in(&now).await;
            go(visitor, next)
        }
        Err(refused) => {
            visitor.here = format!("/account/sign-in?next={}", escaped(next));
            let shown = shown(app, visitor, next, "", Some(&refused));
            with_status(&refused, shown)
        }
    }
}

fn shown(app: &App, visitor: &mut Visitor, next: &str, ticket: &str, refused: Option<&Refused>) -> Response {
    let looks = visitor.looks;
    let body = html! {
        (notice(visitor, refused))
        @if refused.is_none() && ticket.is_empty() { (super::kept::opener(visitor, next)) }
        @if !ticket.is_empty() {
            div.notice role="status" { p { (looks.t(
                "轮到你了。请在 5 分钟内再填一次密码。", "It is your turn. Type the password once more within five minutes.")) } }
        }
        @if refused.is_some() {
            p.hint { (looks.t(
                "试过几次了？等 15 分钟再试，或用通行密钥。忘了？到窗口办理。",
                "Tried several times? Wait 15 minutes, or use a passkey. Forgotten? Go to a counter.")) }
        }
        @if app.province.has_passkeys() {
            (passkey_form(visitor, "sign-in", "/account/sign-in/passkey", looks.t("用通行密钥登录", "Sign in with a passkey"), &html! {
                input type="hidden" name="next" value=(next);
            }))
            p.hint.needs-script { (looks.t("用指纹、人脸或锁屏密码，不用填账号。", "Fingerprint, face or screen lock; nothing to type.")) }
        }
        details open[!app.province.has_passkeys() || refused.is_some() || !ticket.is_empty()] {
            summary { (looks.t("用密码登录", "Sign in with a password")) }
            form method="post" action="/account/sign-in" {
                (mark(visitor))
                input type="hidden" name="next" value=(next);
                @if !ticket.is_empty() { input type="hidden" name="ticket" value=(ticket); }
                (identifier(visitor))
                label { (looks.t("密码", "Password"))
                    input type="password" name="password" autocomplete="current-password" maxlength="128" required; }
                label { (looks.t("验证器上的 6 位数字", "Six digits of your authenticator app"))
                    input name="digits" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required; }
                button.btn type="submit" { (looks.t("登录", "Sign in")) }
            }
        }
        details {
            summary { (looks.t("用短信验证码登录", "Sign in with a code by message")) }
            p.hint { (looks.t("能看，不能办重要的事。", "Enough to look, not for what matters.")) }
            form method="post" action="/account/sign-in/message" {
                (mark(visitor))
                input type="hidden" name="next" value=(next);
                (identifier(visitor))
                button.btn type="submit" { (looks.t("发送验证码", "Send a code")) }
            }
        }
        p.more { a href=(format!("/account/sign-in/sheet?next={}", escaped(next))) { (looks.t("用登录码纸上的码登录", "Sign in with a code of a printed sheet")) } }
        p.more { a href=(format!("/account/across?next={}", escaped(next))) { (looks.t("用手机扫码登录这台电脑", "Sign in here with your phone")) } }
        p.more { (looks.t("第一次来？", "Here for the first time? "))
            a href="/account/join" { (looks.t("用窗口给的登记码设置登录", "Set up signing in with a counter's code")) } }
        p.more { a href="/account/recover" { (looks.t("登不进去了？到窗口找回账户", "Can't sign in any more? Recover the account at a counter")) } }
    };
    whole(visitor, looks.t("登录", "Sign in"), true, &body)
}

pub(super) fn identifier(visitor: &Visitor) -> Markup {
    let looks = visitor.looks;
    html! {
        label { (looks.t("身份证号或登录名", "ID number or sign-in name"))
            input name="identifier" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="40" required; }
    }
}

/// A form that the script fills with a passkey's answer; without a script it says so.
pub fn passkey_form(visitor: &Visitor, what: &str, action: &str, label: &str, fields: &Markup) -> Markup {
    let looks = visitor.looks;
    html! {
        form.passkey method="post" action=(action) data-passkey=(what) {
            (mark(visitor))
            (fields)
            input type="hidden" name="ask";
            input type="hidden" name="answer";
            button.btn.primary type="submit" disabled { (label) }
            p.notice hidden role="alert" data-none=(looks.t(
                "这个浏览器不能用通行密钥。", "This browser can't use passkeys."))
                data-failed=(looks.t("没有完成。可以再试一次。", "That was not finished. You can try again.")) {}
            noscript { p.hint { (looks.t("通行密钥需要打开 JavaScript。", "Passkeys need JavaScript.")) } }
        }
    }
}
