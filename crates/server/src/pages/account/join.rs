//! The ceremony of the first ways to sign in: a counter's code or a device's link begins it, a passkey or a password with a
//! second factor ends it. It does not know whose code it is.

use super::frame::{go, mark, notice, page as whole, refusal, with_status};
use super::sent::{SentHere, marked};
use super::sign_in::passkey_form;
use super::symbol::symbol;
use super::visitor::Visitor;
use crate::app::App;
use crate::error::{Code, Refused};
use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use yima_province::{NewTotp, SignedInNow};

/// The page's address: a link from a device.
#[derive(Deserialize)]
pub struct Asked {
    link: Option<String>,
}

/// What begins it.
#[derive(Deserialize)]
pub struct Begin {
    mark: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    link: String,
}

/// A passkey's answer.
#[derive(Deserialize)]
pub struct ByPasskey {
    mark: String,
    ask: String,
    answer: String,
    name: String,
}

/// A password and a second factor.
#[derive(Deserialize)]
pub struct ByPassword {
    pub(super) mark: String,
    #[serde(default)]
    pub(super) sign_in_name: String,
    pub(super) password: String,
    pub(super) secret: String,
    pub(super) offer: String,
    pub(super) digits: String,
}

marked!(Begin, ByPasskey, ByPassword);

/// GET /account/join.
pub async fn page(mut visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let link = asked.link.unwrap_or_default();
    begun(&mut visitor, &link, None)
}

/// POST /account/join.
pub async fn begin(State(app): State<App>, SentHere(mut visitor, sent): SentHere<Begin>) -> Response {
    let joined = if sent.link.is_empty() {
        app.province.join_by_code(&sent.code).await
    } else {
        app.province.join_by_link(&sent.link).await
    };
    match joined {
        Ok(joining) => {
            visitor.has_browser_cookie(&joining.cookie);
            go(&mut visitor, "/account/join/ways")
        }
        Err(error) => {
            let refused = Refused::from(error);
            "/account/join".clone_into(&mut visitor.here);
            let shown = begun(&mut visitor, "", Some(&refused));
            with_status(&refused, shown)
        }
    }
}

/// GET /account/join/ways.
pub async fn ways(State(app): State<App>, mut visitor: Visitor) -> Response {
    offered(&app, &mut visitor, None).await
}

/// POST /account/join/passkey.
pub async fn by_passkey(State(app): State<App>, SentHere(mut visitor, sent): SentHere<ByPasskey>) -> Response {
    let done = app.province.join_with_passkey(&visitor.browser, &sent.ask, &sent.answer, &sent.name).await;
    ended(&app, &mut visitor, done.map_err(Refused::from)).await
}

/// POST /account/join/password.
pub async fn by_password(State(app): State<App>, SentHere(mut visitor, sent): SentHere<ByPassword>) -> Response {
    let totp = (sent.secret.as_str(), sent.offer.as_str(), sent.digits.as_str());
    let done = app.province.join_with_password(&visitor.browser, &sent.sign_in_name, &sent.password, totp).await;
    ended(&app, &mut visitor, done.map_err(Refused::from)).await
}

async fn ended(app: &App, visitor: &mut Visitor, done: Result<SignedInNow, Refused>) -> Response {
    match done {
        Ok(now) => {
            visitor.is_signed_in(&now).await;
            go(visitor, "/account")
        }
        Err(refused) => {
            "/account/join/ways".clone_into(&mut visitor.here);
            let shown = offered(app, visitor, Some(&refused)).await;
            with_status(&refused, shown)
        }
    }
}

fn begun(visitor: &mut Visitor, link: &str, refused: Option<&Refused>) -> Response {
    let looks = visitor.looks;
    let body = html! {
        (notice(visitor, refused))
        @if link.is_empty() {
            p { (looks.t(
                "请输入窗口给你的登记码。短信验证码不能用来设置登录。",
                "Type the enrolment code that a counter gave you. A code by message can't set this up.")) }
        } @else {
            p { (looks.t(
                "你的手机开了这个链接。按下面的按钮，在这里设置登录。",
                "Your phone opened this link. Go on to set up signing in here.")) }
        }
        form method="post" action="/account/join" {
            (mark(visitor))
            @if link.is_empty() {
                label { (looks.t("登记码", "Enrolment code"))
                    input name="code" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="40" required; }
            } @else {
                input type="hidden" name="link" value=(link);
            }
            button.btn.primary type="submit" { (looks.t("继续", "Go on")) }
        }
        p.more.beside {
            a href="/account/sign-in" { (looks.t("已经设置过？登录", "Set up before? Sign in")) }
            a href="/account/recover" { (looks.t("登不进去？找回", "Can't get in? Recover")) }
        }
    };
    whole(visitor, looks.t("设置登录", "Set up signing in"), false, &body)
}

async fn offered(app: &App, visitor: &mut Visitor, refused: Option<&Refused>) -> Response {
    match app.province.is_joining(&visitor.browser).await {
        Ok(true) => {}
        Ok(false) => return begun(visitor, "", refused.or(Some(&Refused::new(Code::NotAccepted, "not joining")))),
        Err(error) => return refusal(visitor, &Refused::from(error)),
    }
    let offer = match app.province.offer_totp(&visitor.browser.cookie) {
        Ok(offer) => offer,
        Err(error) => return refusal(visitor, &Refused::from(error)),
    };
    let looks = visitor.looks;
    let body = html! {
        (notice(visitor, refused))
        @if app.province.has_passkeys() {
            p { (looks.t(
                "建议用通行密钥：指纹、人脸或锁屏密码，骗不走，也不用记。",
                "A passkey is best: your fingerprint, face or screen lock. It can't be phished, and there is nothing to remember.")) }
            (passkey_form(visitor, "join", "/account/join/passkey", looks.t("添加通行密钥", "Add a passkey"), &name_field(visitor)))
        }
        details open[!app.province.has_passkeys() || refused.is_some()] {
            summary { (looks.t("或者：密码加验证器", "Or: a password and an authenticator app")) }
            (password_form(visitor, "/account/join/password", &offer, &html! {}))
        }
    };
    whole(visitor, looks.t("选一种登录方式", "Choose a way to sign in"), true, &body)
}

/// What the owner calls a passkey.
pub(super) fn name_field(visitor: &Visitor) -> Markup {
    let looks = visitor.looks;
    html! {
        label { (looks.t("给它起个名字", "Give it a name"))
            input name="name" value=(looks.t("我的手机", "My phone")) maxlength="40" required; }
    }
}

/// A new password with its second factor.
pub(super) fn password_form(visitor: &Visitor, action: &str, offer: &NewTotp, more: &Markup) -> Markup {
    let looks = visitor.looks;
    html! {
        form method="post" action=(action) {
            (mark(visitor))
            input type="hidden" name="secret" value=(offer.secret);
            input type="hidden" name="offer" value=(offer.mark);
            (more)
            label { (looks.t("登录名（可不填，用身份证号）", "Sign-in name (or leave it, and use your ID number)"))
                input name="sign_in_name" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="40"; }
            label { (looks.t("新密码，至少 10 个字符", "New password, at least 10 characters"))
                input type="password" name="password" autocomplete="new-password" minlength="10" maxlength="128" required; }
            p { (looks.t("用验证器扫这个图，或输入密钥：", "Scan this with an authenticator app, or type the key:")) }
            (symbol(&offer.symbol))
            p.key { @for part in offer.secret.as_bytes().chunks(4) { span { (String::from_utf8_lossy(part)) } " " } }
            label { (looks.t("验证器上的 6 位数字", "Six digits of the app"))
                input name="digits" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required; }
            button.btn type="submit" { (looks.t("保存", "Save")) }
        }
    }
}
