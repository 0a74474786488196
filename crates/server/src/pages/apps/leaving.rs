//! The way out: back to an app, an error that goes nowhere, signing out. It does not know why.

use super::shell::Shell;
use crate::error::oauth::page_status;
use axum::response::Response;
use maud::html;
use yima_oidc::error::OauthError;
use yima_province::LeaveWish;

/// Back to the app: never a redirect after a form (rule R42), but a page that leads on, with a link for who waits.
#[must_use]
pub fn on_the_way(shell: &Shell<'_>, to: &str) -> Response {
    let title = shell.looks.say("正在回到应用", "Going back to the app");
    let body = html! {
        section.letter {
            h1 { (title) }
            p { (shell.looks.say("如果没有自动跳转，请点下面。", "If nothing happens by itself, go on here.")) }
            p { a.btn.primary href=(to) { (shell.looks.say("继续", "Go on")) } }
        }
    };
    shell.page(title, Some(to), None, &body)
}

/// An error that is shown here and sent nowhere.
#[must_use]
pub fn stopped(shell: &Shell<'_>, error: &OauthError) -> Response {
    let title = shell.looks.say("这个登录请求不能用", "This sign-in request cannot be used");
    let body = html! {
        section.letter {
            h1 { (title) }
            p { (shell.looks.say(
                "应用发来的请求不对，所以没有把你送回去。请回到应用重新开始；还是这样，请把下面的代码告诉应用的客服。",
                "What the app sent is not right, so you were not sent back. Begin again at the app; if it stays so, tell its \
                 support the words below.")) }
            p.code { code { (error.code.as_str()) } " " (error.description) }
            p { a.btn href="/" { (shell.looks.say("回到一码", "To Yima")) } }
        }
    };
    let mut response = shell.page(title, None, None, &body);
    *response.status_mut() = page_status();
    response
}

/// Asks whether to sign out.
#[must_use]
pub fn leave(shell: &Shell<'_>, wish: &LeaveWish, request: &str) -> Response {
    let (mark, cookie) = shell.form_mark();
    let title = shell.looks.say("要退出登录吗？", "Sign out?");
    let name = shell.looks.say(&wish.name_zh, &wish.name_en);
    let body = html! {
        section.letter {
            h1 { (title) }
            @if let Some(owner) = &wish.owner {
                p { (owner) " · " (name) " " (shell.looks.say("请你退出。", "asks you to sign out.")) }
            }
            p { (shell.looks.say(
                "退出以后，从这个浏览器登录的应用都会收到通知，下次要重新登录。",
                "The apps that you signed in to from this browser are told, and ask you to sign in again.")) }
        }
        form method="post" action="/oauth2/logout" {
            input type="hidden" name="request" value=(request);
            input type="hidden" name="mark" value=(mark);
            div.end {
                button.btn type="submit" name="answer" value="stay" { (shell.looks.say("不退出", "Stay")) }
                button.btn.primary type="submit" name="answer" value="leave" { (shell.looks.say("退出登录", "Sign out")) }
            }
        }
    };
    shell.page(title, None, cookie, &body)
}

/// Nobody is signed in any more.
#[must_use]
pub fn left(shell: &Shell<'_>) -> Response {
    let title = shell.looks.say("已退出登录", "You are signed out");
    let body = html! {
        section.letter {
            h1 { (title) }
            p { a.btn href="/" { (shell.looks.say("回到一码", "To Yima")) } }
        }
    };
    shell.page(title, None, None, &body)
}
