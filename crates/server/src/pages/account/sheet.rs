//! The printed sheet of one-time codes: signing in with one, printing it after two officers agreed, ending it. It does not know
//! the codes but for the moment in which they go onto paper.

use super::frame::{go, mark, notice, page as whole, with_status};
use super::next::{client_of, escaped, own_path};
use super::own::changed;
use super::sent::{Marked, SentBy, SentHere, marked};
use super::sign_in::identifier;
use super::visitor::Visitor;
use crate::app::App;
use crate::error::Refused;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// The page's address.
#[derive(Deserialize)]
pub struct Asked {
    next: Option<String>,
}

/// A code of the sheet.
#[derive(Deserialize)]
pub struct ByCode {
    mark: String,
    next: Option<String>,
    identifier: String,
    code: String,
}

marked!(ByCode);

/// GET /account/sign-in/sheet.
pub async fn page(mut visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let next = own_path(asked.next.as_deref()).to_owned();
    if visitor.person.is_some() {
        return go(&mut visitor, &next);
    }
    shown(&mut visitor, &next, None)
}

/// POST /account/sign-in/sheet.
pub async fn sign_in(State(app): State<App>, SentHere(mut visitor, sent): SentHere<ByCode>) -> Response {
    let next = own_path(sent.next.as_deref()).to_owned();
    visitor.browser.client = client_of(&next);
    match app.province.sign_in_with_sheet(&visitor.browser, &sent.identifier, &sent.code).await {
        Ok(now) => {
            visitor.is_signed_in(&now).await;
            go(&mut visitor, &next)
        }
        Err(error) => {
            let refused = Refused::from(error);
            visitor.here = format!("/account/sign-in/sheet?next={}", escaped(&next));
            let shown = shown(&mut visitor, &next, Some(&refused));
            with_status(&refused, shown)
        }
    }
}

/// POST /account/sheet/end.
pub async fn end(State(app): State<App>, SentBy(mut visitor, person, _): SentBy<Marked>) -> Response {
    let done = app.province.end_own_sheet(&person).await;
    changed(&app, &mut visitor, done, ("", "")).await
}

/// The paper itself, which is made once: it is shown for printing and kept nowhere.
pub(super) fn printed(pdf: Vec<u8>) -> Response {
    let name = "inline; filename=\"yima-sign-in-codes.pdf\"";
    ([(header::CONTENT_TYPE, "application/pdf"), (header::CONTENT_DISPOSITION, name)], pdf).into_response()
}

/// Where a recovery that two officers agreed on prints a sheet instead of making a way to sign in here.
pub(super) fn print_form(visitor: &Visitor, keep: &Markup) -> Markup {
    let looks = visitor.looks;
    html! {
        details {
            summary { (looks.t("没有手机：印一张登录码纸", "No phone: print a sheet of codes")) }
            p { (looks.t(
                "十个一次性的码，只印这一次。请本人自己按、自己取纸；工作人员不看。按虚线折好，封上边。",
                "Ten codes that each work once, printed this once. The resident presses and takes the paper; no officer looks. Fold at the dashed lines and seal the edges.")) }
            p.hint { (looks.t(
                "它只够看，不能办重要的事。这台机器不会登录你的账户。",
                "It is enough to look, not for what matters. This machine is not signed in.")) }
            form method="post" action="/account/recover/sheet" {
                (mark(visitor))
                (keep)
                button.btn type="submit" { (looks.t("印登录码纸", "Print the sheet")) }
            }
        }
    }
}

fn shown(visitor: &mut Visitor, next: &str, refused: Option<&Refused>) -> Response {
    let looks = visitor.looks;
    let body = html! {
        (notice(visitor, refused))
        p { (looks.t(
            "填登录码纸上一个没划掉的码，十位数字。每个码只能用一次。",
            "Type a code of your sheet that you have not crossed out: ten digits. Each works once.")) }
        form method="post" action="/account/sign-in/sheet" {
            (mark(visitor))
            input type="hidden" name="next" value=(next);
            (identifier(visitor))
            label { (looks.t("纸上的码", "Code on the sheet"))
                input name="code" inputmode="numeric" autocomplete="off" maxlength="16" required; }
            button.btn.primary type="submit" { (looks.t("登录", "Sign in")) }
        }
        p.hint { (looks.t("纸丢了？到任何一个窗口，整张当场停用。", "Lost the sheet? Any counter ends the whole of it at once.")) }
        p.more { a href=(format!("/account/sign-in?next={}", escaped(next))) { (looks.t("换一种方式", "Another way")) } }
    };
    whole(visitor, looks.t("用登录码纸登录", "Sign in with a printed code"), false, &body)
}
