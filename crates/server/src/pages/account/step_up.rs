//! Proving more in a session: the page names the deed, the proof is bound to that text, and the way goes on to where it
//! came from. It does not do the deed.

use super::frame::{go, mark, notice, page as whole, refusal, sign_in_first, with_status};
use super::next::{escaped, own_path};
use super::sent::{SentBy, marked};
use super::sign_in::passkey_form;
use super::visitor::Visitor;
use crate::app::App;
use crate::error::Refused;
use axum::extract::{Query, State};
use axum::response::Response;
use maud::html;
use serde::Deserialize;
use yima_province::{Person, WayKind};

/// The page's address: for which deed, of what, and where to go on.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default, rename = "for")]
    deed: String,
    #[serde(default)]
    id: String,
    next: Option<String>,
}

/// Password and second factor.
#[derive(Deserialize)]
pub struct ByPassword {
    mark: String,
    #[serde(default, rename = "for")]
    deed: String,
    #[serde(default)]
    id: String,
    next: Option<String>,
    password: String,
    digits: String,
}

/// A passkey's answer.
#[derive(Deserialize)]
pub struct ByPasskey {
    mark: String,
    #[serde(default, rename = "for")]
    deed: String,
    #[serde(default)]
    id: String,
    next: Option<String>,
    ask: String,
    answer: String,
}

marked!(ByPassword, ByPasskey);

/// What the person is told that they prove themselves for; the proof is bound to these words.
pub async fn text_of(app: &App, visitor: &Visitor, person: &Person, deed: &str, id: &str) -> Result<String, Refused> {
    let looks = visitor.looks;
    let named = match deed {
        "remove" | "keep" => {
            let own = app.province.ways_of(person).await?;
            let way = own.ways.into_iter().find(|way| way.id == id);
            way.map(|way| match way.kind {
                WayKind::Passkey => way.name,
                WayKind::Password => looks.t("密码", "password").to_owned(),
                WayKind::Sheet => looks.t("登录码纸", "sheet of codes").to_owned(),
            })
        }
        "end-device" | "vouch-device" => {
            let own = app.province.ways_of(person).await?;
            own.devices.into_iter().find(|device| device.id == id).map(|device| device.label)
        }
        "accept-post" | "appoint-deputy" | "leave-post" => {
            let own = app.province.posts_of(person).await?;
            own.into_iter().find(|post| post.id == id).map(|post| post.organisation)
        }
        "be-operator" => {
            let named = app.province.named_as(person).await?;
            named.into_iter().find(|one| one.id == id).map(|one| one.name)
        }
        _ => None,
    }
    .unwrap_or_default();
    Ok(match deed {
        "across" => {
            let asked = app.province.across_asked(&visitor.browser, id).await?;
            format!(
                "{}「{}」",
                looks.t("让另一台电脑登录：", "Sign in another screen: "),
                super::across::named(looks, &asked)
            )
        }
        "remove" => format!("{}「{named}」", looks.t("移除登录方式", "Remove the way to sign in: ")),
        "keep" => format!("{}「{named}」", looks.t("保留登录方式", "Keep the way to sign in: ")),
        "end-device" => format!("{}「{named}」", looks.t("停用设备", "End the device: ")),
        "vouch-device" => format!("{}「{named}」", looks.t("这是我的手机：", "This phone is mine: ")),
        "be-operator" => format!("{}「{named}」", looks.t("确认我是管理员", "Confirm that I am the operator ")),
        "accept-post" => format!("{}「{named}」", looks.t("接受职务", "Accept the post at ")),
        "appoint-deputy" => format!("{}「{named}」", looks.t("委托代理人", "Appoint a deputy at ")),
        "leave-post" => format!("{}「{named}」", looks.t("离任", "Leave the post at ")),
        "post-code" => looks.t("生成给单位或同事的码", "Make a code for an office or a colleague").to_owned(),
        "act-for" => looks.t("替企业办事", "Act for an enterprise").to_owned(),
        "file" => looks.t("替企业提交或撤回办件", "File for an enterprise, or withdraw what was filed").to_owned(),
        "dismiss" => looks.t("结束企业的任命", "End an appointment of an enterprise").to_owned(),
        "add-passkey" => looks.t("添加通行密钥", "Add a passkey").to_owned(),
        "add-password" => looks.t("设置密码和验证器", "Set a password and an authenticator app").to_owned(),
        "change-password" => looks.t("更改密码", "Change the password").to_owned(),
        "represent" => looks.t("担任企业的法定代表人", "Become the legal representative of an enterprise").to_owned(),
        "accept-appointment" => looks.t("接受企业的任命", "Accept an enterprise's appointment").to_owned(),
        "appoint" => looks.t("替企业任命经办人", "Appoint an agent for an enterprise").to_owned(),
        "confirm-agents" => looks.t("确认企业的经办人", "Confirm an enterprise's agents").to_owned(),
        "keep-here" => looks.t("在这部设备上保持登录", "Stay signed in on this device").to_owned(),
        "prove-number" => looks.t("再次确认手机号", "Prove the telephone number anew").to_owned(),
        "change-number" => looks.t("更换手机号", "Change the telephone number").to_owned(),
        "let-in" => looks.t("让另一部设备做通行密钥并登录", "Let another device in to make a passkey").to_owned(),
        "recover-ward" => looks.t("为你监护的家人找回账户", "Recover the account of somebody in your care").to_owned(),
        "passwords-on" => looks.t("允许在新设备上用密码登录", "Allow passwords on new devices").to_owned(),
        _ => looks.t("继续办理，需要再确认是你", "Going on needs to see that it is you").to_owned(),
    })
}

/// GET /account/step-up.
pub async fn page(State(app): State<App>, mut visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    shown(&app, &mut visitor, &asked.deed, &asked.id, own_path(asked.next.as_deref()), None).await
}

/// POST /account/step-up.
pub async fn by_password(State(app): State<App>, SentBy(mut visitor, person, sent): SentBy<ByPassword>) -> Response {
    let next = own_path(sent.next.as_deref()).to_owned();
    let done = app
        .province
        .step_up_with_password(&person, &visitor.token, &visitor.browser, &sent.password, &sent.digits)
        .await;
    match done {
        Ok(raised) => {
            visitor.has_session(&raised.token, raised.until_at);
            go(&mut visitor, &next)
        }
        Err(error) => {
            let refused = Refused::from(error);
            let shown = shown(&app, &mut visitor, &sent.deed, &sent.id, &next, Some(&refused)).await;
            with_status(&refused, shown)
        }
    }
}

/// POST /account/step-up/passkey.
pub async fn by_passkey(State(app): State<App>, SentBy(mut visitor, person, sent): SentBy<ByPasskey>) -> Response {
    let next = own_path(sent.next.as_deref()).to_owned();
    let text = match text_of(&app, &visitor, &person, &sent.deed, &sent.id).await {
        Ok(text) => text,
        Err(refused) => return refusal(&mut visitor, &refused),
    };
    match app.province.step_up_with_passkey(&person, &visitor.token, &sent.ask, &sent.answer, &text).await {
        Ok(raised) => {
            visitor.has_session(&raised.token, raised.until_at);
            go(&mut visitor, &next)
        }
        Err(error) => {
            let refused = Refused::from(error);
            let shown = shown(&app, &mut visitor, &sent.deed, &sent.id, &next, Some(&refused)).await;
            with_status(&refused, shown)
        }
    }
}

async fn shown(
    app: &App,
    visitor: &mut Visitor,
    deed: &str,
    id: &str,
    next: &str,
    refused: Option<&Refused>,
) -> Response {
    visitor.here = format!("/account/step-up?for={}&id={}&next={}", escaped(deed), escaped(id), escaped(next));
    let Some(person) = visitor.person.clone() else { return sign_in_first(visitor) };
    let found = match app.province.ways_of(&person).await {
        Ok(own) => text_of(app, visitor, &person, deed, id).await.map(|text| (own, text)),
        Err(error) => Err(Refused::from(error)),
    };
    let (own, text) = match found {
        Ok(found) => found,
        Err(refused) => return refusal(visitor, &refused),
    };
    let has = |kind: WayKind| own.ways.iter().any(|way| way.kind == kind && !way.suspended);
    let looks = visitor.looks;
    let fields = html! {
        input type="hidden" name="for" value=(deed);
        input type="hidden" name="id" value=(id);
        input type="hidden" name="next" value=(next);
    };
    let body = html! {
        (notice(visitor, refused))
        p.deed { (text) }
        p.hint { (looks.t("确认后 5 分钟内有效。", "This counts for five minutes.")) }
        @if has(WayKind::Passkey) {
            (passkey_form(visitor, "step-up", "/account/step-up/passkey", looks.t("用通行密钥确认", "Confirm with a passkey"), &fields))
        }
        @if has(WayKind::Password) {
            details open[!has(WayKind::Passkey)] {
                summary { (looks.t("用密码确认", "Confirm with the password")) }
                p.hint { (looks.t("重要的事只认通行密钥。", "What matters most needs a passkey.")) }
                form method="post" action="/account/step-up" {
                    (mark(visitor))
                    (fields)
                    label { (looks.t("密码", "Password"))
                        input type="password" name="password" autocomplete="current-password" maxlength="128" required; }
                    label { (looks.t("验证器上的 6 位数字", "Six digits of your authenticator app"))
                        input name="digits" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required; }
                    button.btn type="submit" { (looks.t("确认", "Confirm")) }
                }
            }
        }
        @if !has(WayKind::Passkey) && !has(WayKind::Password) {
            p { (looks.t("你还没有能确认身份的登录方式，请到窗口领登记码。",
                "You have no way to prove this yet. Ask at a counter for an enrolment code.")) }
        }
        p.more { a href="/account" { (looks.t("不办了，回到账户", "Leave it, back to the account")) } }
    };
    whole(visitor, looks.t("确认是你", "Confirm that it is you"), true, &body)
}
