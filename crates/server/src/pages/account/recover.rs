//! Coming back to an account at a counter, on the resident's own device: letters for the officer, then the new way to sign in
//! and which of the old ones stay; and the page that stops a recovery by one touch. It does not know who may.

use super::frame::{go, mark, moment, notice, page as whole, refusal, with_status};
use super::join::{name_field, password_form};
use super::own::changed;
use super::sent::{Fields, Marked, SentBy, SentHere, marked};
use super::sign_in::passkey_form;
use super::visitor::Visitor;
use crate::app::App;
use crate::error::Refused;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use yima_province::{PhoneToKeep, Recovering, SignedInNow, StandingRecovery, Way, WayKind};

/// The address in the message to the telephone.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    link: String,
}

/// The button on its page.
#[derive(Deserialize)]
pub struct Stop {
    mark: String,
    link: String,
}

marked!(Stop);

/// GET /account/recover.
pub async fn page(State(app): State<App>, mut visitor: Visitor) -> Response {
    shown(&app, &mut visitor, None).await
}

/// POST /account/recover: shows letters.
pub async fn begin(State(app): State<App>, SentHere(mut visitor, _): SentHere<Marked>) -> Response {
    match app.province.show_recovery(&visitor.browser).await {
        Ok(cookie) => {
            visitor.has_browser_cookie(&cookie);
            go(&mut visitor, "/account/recover")
        }
        Err(error) => refusal(&mut visitor, &Refused::from(error)),
    }
}

/// POST /account/recover/passkey.
pub async fn by_passkey(State(app): State<App>, SentHere(mut visitor, sent): SentHere<Fields>) -> Response {
    let answer = (sent.one("ask"), sent.one("answer"));
    let done = app.province.recover_with_passkey(&visitor.browser, answer, sent.one("name"), sent.all("keep")).await;
    ended(&app, &mut visitor, done.map_err(Refused::from)).await
}

/// POST /account/recover/device: on a device that another one let in.
pub async fn by_device(State(app): State<App>, SentHere(mut visitor, sent): SentHere<Fields>) -> Response {
    let answer = (sent.one("ask"), sent.one("answer"));
    let done = app.province.join_device(&visitor.browser, answer, sent.one("name")).await;
    ended(&app, &mut visitor, done.map_err(Refused::from)).await
}

/// POST /account/recover/password.
pub async fn by_password(State(app): State<App>, SentHere(mut visitor, sent): SentHere<Fields>) -> Response {
    let totp = (sent.one("secret"), sent.one("offer"), sent.one("digits"));
    let (name, password) = (sent.one("sign_in_name"), sent.one("password"));
    let done = app.province.recover_with_password(&visitor.browser, name, password, totp, sent.all("keep")).await;
    ended(&app, &mut visitor, done.map_err(Refused::from)).await
}

/// POST /account/recover/sheet: prints a sheet of codes, once, and signs nobody in.
pub async fn by_sheet(State(app): State<App>, SentHere(mut visitor, sent): SentHere<Fields>) -> Response {
    match app.province.recover_with_sheet(&visitor.browser, sent.all("keep")).await {
        Ok(pdf) => super::sheet::printed(pdf),
        Err(error) => ended(&app, &mut visitor, Err(Refused::from(error))).await,
    }
}

/// GET /account/recover/stop.
pub async fn stop_page(mut visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let looks = visitor.looks;
    let body = html! {
        p { (looks.t(
            "按下面的按钮，找回马上停止：新加的登录方式和手机作废，原来的恢复，所有浏览器退出登录。",
            "This stops the recovery at once: the new way to sign in and phones added since end, the old ones work again, and every browser is signed out.")) }
        form method="post" action="/account/recover/stop" {
            (mark(&visitor))
            input type="hidden" name="link" value=(asked.link);
            button.btn.stop type="submit" { (looks.t("不是我，停止找回", "That was not me: stop it")) }
        }
    };
    whole(&mut visitor, looks.t("停止找回账户", "Stop the recovery"), false, &body)
}

/// POST /account/recover/stop.
pub async fn stop_by_link(State(app): State<App>, SentHere(mut visitor, sent): SentHere<Stop>) -> Response {
    match app.province.stop_recovery_by_link(&sent.link).await {
        Ok(()) => stopped(&mut visitor),
        Err(error) => refusal(&mut visitor, &Refused::from(error)),
    }
}

/// POST /account/recover/{id}/stop: by a signed-in browser.
pub async fn stop(
    State(app): State<App>,
    Path(id): Path<String>,
    SentBy(mut visitor, person, _): SentBy<Marked>,
) -> Response {
    match app.province.stop_recovery(&person.actor(), &id).await {
        Ok(()) => stopped(&mut visitor),
        Err(error) => changed(&app, &mut visitor, Err(error), ("", "")).await,
    }
}

fn stopped(visitor: &mut Visitor) -> Response {
    let looks = visitor.looks;
    let body = html! {
        div.notice role="status" { p { (looks.t(
            "已停止。请用原来的方式登录，并到窗口说明情况。",
            "Stopped. Sign in with your old way, and tell a counter what happened.")) } }
        p { a.btn.primary href="/account/sign-in" { (looks.t("去登录", "Sign in")) } }
    };
    whole(visitor, looks.t("找回已停止", "The recovery was stopped"), false, &body)
}

/// What stands above the account while a recovery can be stopped.
pub(super) fn banner(visitor: &Visitor, standing: &[StandingRecovery]) -> Markup {
    let looks = visitor.looks;
    html! {
        @for one in standing {
            div.notice role="status" {
                p { (match (one.own, one.hold_until) {
                    (true, Some(_)) => looks.t(
                        "账户刚找回。没有勾选的手机已停用。授权、家人、登录方式、注销暂缓到 ",
                        "This account was recovered, and phones that were not kept stopped. Agreeing, mandates, ways to sign in and deletion wait until "),
                    (true, None) => looks.t("有人正在窗口为你的账户办理找回。", "Somebody asks at a counter to recover this account."),
                    (false, _) => looks.t("你监护的家人的账户正在窗口找回，或刚找回。",
                        "The account of somebody in your care is, or was just, recovered at a counter."),
                })
                @if let (true, Some(until)) = (one.own, one.hold_until) { b { (moment(until)) } } }
                form method="post" action=(format!("/account/recover/{}/stop", one.id)) {
                    (mark(visitor)) button.btn.stop type="submit" { (looks.t("不是我，停止找回", "That was not me: stop it")) }
                }
            }
        }
    }
}

async fn ended(app: &App, visitor: &mut Visitor, done: Result<SignedInNow, Refused>) -> Response {
    match done {
        Ok(now) => {
            visitor.is_signed_in(&now).await;
            go(visitor, "/account")
        }
        Err(refused) => {
            let shown = shown(app, visitor, Some(&refused)).await;
            with_status(&refused, shown)
        }
    }
}

async fn shown(app: &App, visitor: &mut Visitor, refused: Option<&Refused>) -> Response {
    "/account/recover".clone_into(&mut visitor.here);
    let looks = visitor.looks;
    let title = looks.t("找回账户", "Recover the account");
    let far = match app.province.recovering(&visitor.browser).await {
        Ok(far) => far,
        Err(error) => return refusal(visitor, &Refused::from(error)),
    };
    match far {
        Recovering::Approved { ways, phones, sheet } => approved(app, visitor, (&ways, &phones, sheet), refused),
        Recovering::Nothing => {
            let body = html! {
                (notice(visitor, refused))
                p { (looks.t(
                    "登不进去了？带上身份证到服务窗口，用你自己的手机打开这一页。要两位工作人员都同意；他们看不到你的密码或密钥。",
                    "Can't sign in any more? Take your ID card to a service counter and open this page on your own phone. Two officers have to agree; they see neither passwords nor keys.")) }
                form method="post" action="/account/recover" {
                    (mark(visitor)) button.btn.primary type="submit" { (looks.t("我在窗口，显示找回号", "I am at a counter: show the letters")) }
                }
                p.more { a href="/account/sign-in" { (looks.t("回到登录", "Back to signing in")) } }
            };
            whole(visitor, title, false, &body)
        }
        Recovering::Showing(number) => {
            let body = html! {
                p { (looks.t("把这个找回号念给窗口的工作人员：", "Read these letters to the officer at the counter:")) }
                p.key { b { (number) } }
                p { (looks.t(
                    "或者：用另一部已登录的设备扫这个图（自己的设备，或监护人的设备）。",
                    "Or scan this with another device that is signed in: your own, or your guardian's.")) }
                (super::symbol::symbol(&app.province.let_in_symbol(&number)))
                p.hint { (looks.t(
                    "它只说明是哪部手机，15 分钟内有效，念给别人也打不开你的账户。",
                    "They only say which phone it is, for 15 minutes; nobody opens your account with them.")) }
                p { a.btn href="/account/recover" { (looks.t("看看办好没有", "See whether it is done")) } }
            };
            whole(visitor, title, false, &body)
        }
        Recovering::LetIn => {
            let body = html! {
                (notice(visitor, refused))
                p { (looks.t(
                    "你的另一部设备已放行。在这里做一个通行密钥，以后就能用它登录；24 小时后才能办重要的事。",
                    "Your other device let this one in. Make a passkey here to sign in with from now on; it does what matters after 24 hours.")) }
                (passkey_form(visitor, "device", "/account/recover/device", looks.t("做通行密钥", "Make a passkey"), &name_field(visitor)))
            };
            whole(visitor, looks.t("添加这部设备", "Add this device"), true, &body)
        }
        Recovering::Asked => {
            let body = html! {
                p { (looks.t(
                    "第一位工作人员已提交，正等系统抽到的第二位核对。",
                    "The first officer has asked; the second one, whom the system drew, is looking.")) }
                p { a.btn href="/account/recover" { (looks.t("看看办好没有", "See whether it is done")) } }
            };
            whole(visitor, title, false, &body)
        }
    }
}

fn approved(
    app: &App,
    visitor: &mut Visitor,
    (ways, phones, sheet): (&[Way], &[PhoneToKeep], bool),
    refused: Option<&Refused>,
) -> Response {
    let offer = match app.province.offer_totp(&visitor.browser.cookie) {
        Ok(offer) => offer,
        Err(error) => return refusal(visitor, &Refused::from(error)),
    };
    let looks = visitor.looks;
    let keep = keep(visitor, ways, phones);
    let fields = html! { (keep) (name_field(visitor)) };
    let body = html! {
        (notice(visitor, refused))
        p { (looks.t(
            "都同意了。现在在这部手机上做一个新的登录方式。所有浏览器和应用会退出登录。",
            "It was agreed to. Make a new way to sign in on this phone now. Every browser and app is signed out.")) }
        @if app.province.has_passkeys() {
            (passkey_form(visitor, "recover", "/account/recover/passkey", looks.t("做一个新的通行密钥", "Make a new passkey"), &fields))
        }
        details open[!app.province.has_passkeys() || refused.is_some()] {
            summary { (looks.t("或者：密码加验证器", "Or: a password and an authenticator app")) }
            (password_form(visitor, "/account/recover/password", &offer, &keep))
        }
        @if sheet { (super::sheet::print_form(visitor, &keep)) }
    };
    whole(visitor, looks.t("做新的登录方式", "Make a new way to sign in"), true, &body)
}

/// What stays: old ways to sign in, and phones that show codes. Nothing is ticked, since the usual reason is a phone that is gone.
fn keep(visitor: &Visitor, ways: &[Way], phones: &[PhoneToKeep]) -> Markup {
    let looks = visitor.looks;
    html! {
        @if !ways.is_empty() {
            fieldset {
                legend { (looks.t("原来的方式都会停用。勾上的留着：", "Every old way goes on hold. Those that you tick stay:")) }
                @for way in ways {
                    label.check { input type="checkbox" name="keep" value=(way.id); " "
                        (match way.kind {
                            WayKind::Passkey => way.name.as_str(),
                            WayKind::Password => looks.t("密码和验证器", "Password and authenticator app"),
                            WayKind::Sheet => looks.t("登录码纸", "Sheet of codes"),
                        }) }
                }
            }
        }
        @if !phones.is_empty() {
            fieldset {
                legend { (looks.t(
                    "亮码的手机也都会停用。还在你手里的，勾上留着：",
                    "Phones that show your code stop too. Tick those that you still have:")) }
                @for phone in phones {
                    label.check { input type="checkbox" name="keep" value=(phone.id); " "
                        span { b { (phone.label) } " " small { (seen(visitor, phone)) } } }
                }
                p.hint { (looks.t(
                    "丢了、被偷了，或不认识的，不要勾：它的码马上作废。",
                    "Lost, stolen, or not one that you know? Leave it: its codes end now.")) }
            }
        }
    }
}

/// When a phone was seen last: it draws codes each day that it is used.
fn seen(visitor: &Visitor, phone: &PhoneToKeep) -> String {
    let looks = visitor.looks;
    match phone.seen_at {
        Some(at) => format!("{} {}", looks.t("最近备码", "last drew codes"), moment(at)),
        None => {
            let (zh, en) = ("一周内没有备码，添加于", "no codes drawn for a week; added");
            format!("{} {}", looks.t(zh, en), moment(phone.enrolled_at))
        }
    }
}
