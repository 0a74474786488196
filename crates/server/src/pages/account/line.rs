//! The line before a password is checked, when too many come at once: a page that keeps one's place in its address and comes
//! again by itself, with a script or without. It does not know how long the line is.

use super::frame::{page_again, with_status};
use super::next::escaped;
use super::visitor::Visitor;
use crate::app::App;
use crate::error::{Code, Refused};
use axum::response::Response;
use maud::html;

/// What a sign-in is answered that finds no room: 503 with Retry-After, and the place in the line.
pub fn sent_away(app: &App, visitor: &mut Visitor, next: &str, held: &str) -> Response {
    let (text, again_s) = match app.province.ticket_for(&visitor.browser, held) {
        Some(ticket) => (ticket.text, ticket.again_s),
        // A full line: no place, and the form again after a while.
        None => (String::new(), 60),
    };
    let shown = page(visitor, next, &text, again_s);
    with_status(&Refused::new(Code::Busy, "passwords").retry_after(again_s), shown)
}

/// The page of whoever waits.
pub fn page(visitor: &mut Visitor, next: &str, ticket: &str, again_s: u32) -> Response {
    let mut path = format!("/account/sign-in?next={}", escaped(next));
    if !ticket.is_empty() {
        path.push_str(&format!("&ticket={ticket}"));
    }
    path.clone_into(&mut visitor.here);
    let looks = visitor.looks;
    let body = html! {
        div.notice role="status" {
            @if ticket.is_empty() {
                p { (looks.t(
                    "现在登录的人太多，队也满了。这一页会自己再试；用通行密钥不用排队。",
                    "Too many people are signing in, and the line is full. This page tries again by itself; with a passkey there is no line.")) }
            } @else {
                p { (looks.t(
                    "现在用密码登录的人太多。你的位置留着，轮到你时这一页会自己打开登录，再填一次密码就行。",
                    "Too many people sign in with a password just now. Your place is kept: this page opens the form by itself when it is your turn, and you type the password once more.")) }
            }
        }
        // The answer to a form can't be read again: where it is this browser's turn, the page goes on to the address.
        div data-again=(path) data-to=(path) data-after=(again_s) {
            p { (looks.t("大约还要等 ", "About ")) b { (again_s) } (looks.t(" 秒", " seconds to go")) }
        }
        p.row { a.btn href=(format!("/account/sign-in?next={}", escaped(next))) { (looks.t("用通行密钥，不排队", "Use a passkey: no line")) } }
    };
    page_again(visitor, looks.t("请稍等", "Please wait a moment"), again_s, &path, &body)
}
