//! The telephone number on the account pages: proven anew, changed, and a change that waits and can be stopped; by the
//! address in the message to the old number too. It does not know how long anything waits.

use super::frame::{go, mark, moment, notice, page as whole, prove_more, refusal, sign_in_first, with_status};
use super::next::escaped;
use super::own::changed;
use super::sent::{Marked, SentBy, SentHere, marked};
use super::visitor::Visitor;
use crate::app::App;
use crate::error::Refused;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use yima_province::{OwnNumber, StandingNumberChange};

/// The page's address: which digits are awaited.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    ask: String,
}

/// Where digits are to go: to a new number, or to the one on file.
#[derive(Deserialize)]
pub struct Send {
    mark: String,
    to: Option<String>,
}

/// The digits.
#[derive(Deserialize)]
pub struct Digits {
    mark: String,
    ask: String,
    digits: String,
}

/// The secret of the message to the old number.
#[derive(Deserialize)]
pub struct Link {
    #[serde(default)]
    link: String,
}

/// The same, with the mark of the form.
#[derive(Deserialize)]
pub struct StopLink {
    mark: String,
    link: String,
}

marked!(Send, Digits, StopLink);

/// GET /account/number.
pub async fn page(State(app): State<App>, mut visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    shown(&app, &mut visitor, &asked.ask, None).await
}

/// POST /account/number/send.
pub async fn send(State(app): State<App>, SentBy(mut visitor, person, sent): SentBy<Send>) -> Response {
    let what = if sent.to.is_some() { "change-number" } else { "prove-number" };
    match app.province.send_number_digits(&person, sent.to.as_deref()).await.map_err(Refused::from) {
        Ok(ask) => go(&mut visitor, &format!("/account/number?ask={}", escaped(&ask))),
        Err(refused) if refused.wants_step_up() => prove_more(&mut visitor, what, "", "/account/number"),
        Err(refused) => {
            let shown = shown(&app, &mut visitor, "", Some(&refused)).await;
            with_status(&refused, shown)
        }
    }
}

/// POST /account/number/digits.
pub async fn digits(State(app): State<App>, SentBy(mut visitor, person, sent): SentBy<Digits>) -> Response {
    match app.province.answer_number_digits(&person, &sent.ask, &sent.digits).await.map_err(Refused::from) {
        Ok(_) => go(&mut visitor, "/account/number"),
        Err(refused) => {
            let shown = shown(&app, &mut visitor, &sent.ask, Some(&refused)).await;
            with_status(&refused, shown)
        }
    }
}

/// POST /account/number/{id}/stop: by a signed-in browser.
pub async fn stop(
    State(app): State<App>,
    Path(id): Path<String>,
    SentBy(mut visitor, person, _): SentBy<Marked>,
) -> Response {
    let done = app.province.stop_number_change(&person.actor(), &id).await;
    changed(&app, &mut visitor, done, ("", "")).await
}

/// GET /account/number/stop.
pub async fn stop_page(mut visitor: Visitor, Query(asked): Query<Link>) -> Response {
    visitor.here = format!("/account/number/stop?link={}", escaped(&asked.link));
    let looks = visitor.looks;
    let body = html! {
        p { (looks.t(
            "按下面的按钮，换号马上停止，原来的手机号照旧。",
            "This stops the change at once; the number on file stays.")) }
        form method="post" action="/account/number/stop" {
            (mark(&visitor))
            input type="hidden" name="link" value=(asked.link);
            button.btn.stop type="submit" { (looks.t("不是我，停止换号", "That was not me: stop it")) }
        }
    };
    whole(&mut visitor, looks.t("停止更换手机号", "Stop the change of number"), false, &body)
}

/// POST /account/number/stop.
pub async fn stop_by_link(State(app): State<App>, SentHere(mut visitor, sent): SentHere<StopLink>) -> Response {
    if let Err(error) = app.province.stop_number_change_by_link(&sent.link).await {
        return refusal(&mut visitor, &Refused::from(error));
    }
    let looks = visitor.looks;
    let body = html! {
        div.notice role="status" { p { (looks.t(
            "已停止，手机号没有换。有人登得上你的账户：请登录看看，不认得的设备都结束掉。",
            "Stopped; the number stays. Somebody can sign in to your account: sign in, and end every device that you don't know.")) } }
        p { a.btn.primary href="/account" { (looks.t("去我的账户", "To my account")) } }
    };
    whole(&mut visitor, looks.t("换号已停止", "The change was stopped"), false, &body)
}

/// On the account page: the number, and what is to be done about it.
pub(super) fn section(visitor: &Visitor, number: &OwnNumber) -> Markup {
    let looks = visitor.looks;
    html! {
        section {
            h2 { (looks.t("手机号", "Telephone number")) }
            p { b { (number.masked.as_deref().unwrap_or_else(|| looks.t("没有登记", "None on file"))) } }
            @if number.idle {
                div.notice { p { (looks.t(
                    "90 天没有用过，短信登录先停了。确认还是你的，就能再用。",
                    "Not used for 90 days, so codes by message are off. Prove that it is still yours to use them again.")) } }
            }
            p.row { a.btn href="/account/number" { (looks.t("确认或更换手机号", "Prove or change the number")) } }
        }
    }
}

/// Above the account while a change waits.
pub(super) fn banner(visitor: &Visitor, change: Option<&StandingNumberChange>) -> Markup {
    let looks = visitor.looks;
    html! {
        @if let Some(change) = change {
            div.notice role="status" {
                p { (looks.t("手机号将换成 ", "Your number will change to ")) b { (change.masked) }
                    (looks.t("，生效时间 ", " at ")) b { (moment(change.due_at)) } }
                form method="post" action=(format!("/account/number/{}/stop", change.id)) {
                    (mark(visitor)) button.btn.stop type="submit" { (looks.t("不换了，停止", "Stop it")) }
                }
            }
        }
    }
}

async fn shown(app: &App, visitor: &mut Visitor, ask: &str, refused: Option<&Refused>) -> Response {
    visitor.here =
        if ask.is_empty() { "/account/number".to_owned() } else { format!("/account/number?ask={}", escaped(ask)) };
    let Some(person) = visitor.person.clone() else { return sign_in_first(visitor) };
    let number = match app.province.number_of(&person).await {
        Ok(number) => number,
        Err(error) => return refusal(visitor, &Refused::from(error)),
    };
    let looks = visitor.looks;
    let body = html! {
        (notice(visitor, refused))
        (banner(visitor, number.change.as_ref()))
        @if ask.is_empty() { (forms(visitor, &number)) } @else { (typed(visitor, ask)) }
        p.more { a href="/account" { (looks.t("回到账户", "Back to the account")) } }
    };
    whole(visitor, looks.t("手机号", "Telephone number"), false, &body)
}

fn typed(visitor: &Visitor, ask: &str) -> Markup {
    let looks = visitor.looks;
    html! {
        p { (looks.t("验证码发出了，3 分钟内有效，能试 3 次。", "A code is on its way. You have 3 minutes and 3 tries.")) }
        form method="post" action="/account/number/digits" {
            (mark(visitor))
            input type="hidden" name="ask" value=(ask);
            label { (looks.t("短信里的数字", "Digits of the message"))
                input name="digits" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required; }
            button.btn.primary type="submit" { (looks.t("确认", "Confirm")) }
        }
        p.more { a href="/account/number" { (looks.t("重新来过", "Begin anew")) } }
    }
}

fn forms(visitor: &Visitor, number: &OwnNumber) -> Markup {
    let looks = visitor.looks;
    html! {
        @if let Some(masked) = &number.masked {
            section {
                h2 { (looks.t("现在的：", "On file: ")) (masked) }
                p.hint { (if number.idle {
                    looks.t("90 天没有用过，要再确认一次。", "Not used for 90 days: prove it anew.")
                } else {
                    looks.t("现在能用。90 天没用过才要再确认。", "It works. It is proven anew only after 90 days without use.")
                }) }
                form method="post" action="/account/number/send" {
                    (mark(visitor)) button.btn type="submit" { (looks.t("发验证码确认", "Send a code to prove it")) }
                }
            }
        }
        @if number.change.is_none() {
            section {
                h2 { (looks.t("换一个手机号", "Another number")) }
                p.hint { (looks.t(
                    "72 小时后生效。旧号码和你的所有设备都会收到通知，都能停止。",
                    "It counts after 72 hours. The old number and all your devices are told, and each can stop it.")) }
                form method="post" action="/account/number/send" {
                    (mark(visitor))
                    label { (looks.t("新手机号", "New number"))
                        input name="to" type="tel" inputmode="tel" autocomplete="tel" maxlength="20" required; }
                    button.btn.primary type="submit" { (looks.t("发验证码到新号码", "Send a code to the new number")) }
                }
            }
        }
    }
}
