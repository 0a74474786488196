//! Staying signed in on one's own device: the part of the account page that says where, what the script of a page asks and
//! answers, and the end of it. Without a script one simply signs in again. It does not know what a key signs.

use super::frame::{mark, moment, with_cookies};
use super::own::changed;
use super::sent::{Marked, SentBy};
use super::visitor::Visitor;
use crate::app::{Answer, App};
use crate::extract::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use yima_province::{KeptAnswer, KeptRow};

/// Whoever asks for a challenge.
#[derive(Deserialize)]
pub struct Ask {
    mark: String,
}

/// A key that is to keep the sign-in.
#[derive(Deserialize)]
pub struct Keep {
    mark: String,
    ask: String,
    key: String,
    signature: String,
}

/// A key that opens it again.
#[derive(Deserialize)]
pub struct Open {
    mark: String,
    id: String,
    ask: String,
    signature: String,
}

/// POST /account/kept/ask.
pub async fn ask(State(app): State<App>, mut visitor: Visitor, Json(sent): Json<Ask>) -> Answer<Response> {
    visitor.form_is_ours(&sent.mark)?;
    let ask = app.province.ask_kept(&visitor.browser).await?;
    let body = Json(json!({ "ask": ask })).into_response();
    Ok(with_cookies(&mut visitor, body))
}

/// POST /account/kept.
pub async fn keep(State(app): State<App>, mut visitor: Visitor, Json(sent): Json<Keep>) -> Answer<Response> {
    visitor.form_is_ours(&sent.mark)?;
    let person = visitor.signed_in()?.clone();
    let answer = KeptAnswer { ask: sent.ask, signature: sent.signature };
    let id = app.province.keep_sign_in(&person, &visitor.browser, &sent.key, &answer).await?;
    let body = Json(json!({ "id": id })).into_response();
    Ok(with_cookies(&mut visitor, body))
}

/// POST /account/kept/open.
pub async fn open(State(app): State<App>, mut visitor: Visitor, Json(sent): Json<Open>) -> Answer<Response> {
    visitor.form_is_ours(&sent.mark)?;
    let answer = KeptAnswer { ask: sent.ask, signature: sent.signature };
    let now = app.province.sign_in_kept(&visitor.browser, &sent.id, &answer).await?;
    visitor.is_signed_in(&now).await;
    Ok(with_cookies(&mut visitor, StatusCode::NO_CONTENT.into_response()))
}

/// POST /account/kept/{id}/end.
pub async fn end(
    State(app): State<App>,
    Path(id): Path<String>,
    SentBy(mut visitor, person, _): SentBy<Marked>,
) -> Response {
    let done = app.province.end_kept(&person, &id).await;
    changed(&app, &mut visitor, done, ("", "")).await
}

/// On the page of signing in: where the script goes on, when this device keeps a sign-in.
pub fn opener(visitor: &Visitor, next: &str) -> Markup {
    html! { div data-kept-open=(next) data-mark=(visitor.mark()) hidden {} }
}

/// On the account page: where one stays signed in, and the button for this device.
pub fn section(visitor: &Visitor, kept: &[KeptRow]) -> Markup {
    let looks = visitor.looks;
    let here = kept.iter().any(|row| row.this);
    html! {
        section {
            h2 { (looks.t("保持登录的设备", "Devices that keep you signed in")) }
            p.hint { (looks.t(
                "只在你自己的设备上打开。180 天内不用再输密码；重要的事仍要通行密钥。",
                "Only on a device of your own. No password for 180 days; what matters still needs a passkey.")) }
            @if !kept.is_empty() {
                ul.list {
                    @for row in kept {
                        li {
                            div.what {
                                b { (if row.label.is_empty() { looks.t("浏览器", "Browser") } else { &row.label }) }
                                small {
                                    @if row.this { (looks.t("正在用的这个", "This one")) " · " }
                                    (looks.t("保持到 ", "Until ")) (moment(row.until_at))
                                    @if !row.this { " · " (looks.t("最近 ", "used ")) (moment(row.used_at)) }
                                }
                            }
                            form.acts method="post" action=(format!("/account/kept/{}/end", row.id)) {
                                (mark(visitor)) button.btn.small.stop type="submit" { (looks.t("结束", "End")) }
                            }
                        }
                    }
                }
            }
            @if !here {
                form method="post" action="/account/kept" data-keep data-step-up="/account/step-up?for=keep-here&next=/account" {
                    (mark(visitor))
                    button.btn type="submit" disabled { (looks.t("在这部设备上保持登录", "Stay signed in on this device")) }
                    p.notice hidden role="alert" data-failed=(looks.t(
                        "没有完成。可以再试一次。", "That was not finished. You can try again.")) {}
                    noscript { p.hint { (looks.t(
                        "保持登录需要打开 JavaScript；不打开，到时再登录一次就行。",
                        "Staying signed in needs JavaScript; without it, simply sign in again.")) } }
                }
            }
        }
    }
}
