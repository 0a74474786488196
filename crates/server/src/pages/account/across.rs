//! Signing in at another screen: the screen shows a picture and asks again by itself, the phone that reads it says what it
//! lets in. Both work without a script, the passkey aside. It does not know when a picture is over.

use super::frame::{go, mark, notice, page as whole, page_again, prove_more, refusal, sign_in_first, with_status};
use super::looks::Looks;
use super::next::{escaped, own_path};
use super::sent::{SentBy, marked};
use super::symbol::symbol;
use super::visitor::Visitor;
use crate::app::App;
use crate::error::Refused;
use axum::extract::{Query, State};
use axum::response::Response;
use maud::html;
use serde::Deserialize;
use yima_province::{AcrossAsked, Near};

/// The screen asks again after this, seconds.
const AGAIN_S: u32 = 4;

/// The screen's address: where to go on, the picture that it shows, and the one before; `by` is `code` where the picture is a
/// challenge for a resident code.
#[derive(Deserialize)]
pub struct Screen {
    next: Option<String>,
    #[serde(default)]
    c: String,
    #[serde(default)]
    was: String,
    #[serde(default)]
    by: String,
}

/// What the phone read.
#[derive(Deserialize)]
pub struct Read {
    #[serde(default)]
    c: String,
}

/// What the person says to it.
#[derive(Deserialize)]
pub struct Answered {
    mark: String,
    c: String,
    #[serde(default)]
    sure: String,
}

marked!(Answered);

/// GET /account/across: the screen.
pub async fn screen(State(app): State<App>, mut visitor: Visitor, Query(asked): Query<Screen>) -> Response {
    let next = own_path(asked.next.as_deref()).to_owned();
    let by_code = asked.by == "code" && app.province.signs_in_by_code();
    let by = if by_code { "&by=code" } else { "" };
    visitor.here = format!("/account/across?next={}{by}", escaped(&next));
    if visitor.person.is_some() {
        return go(&mut visitor, &next);
    }
    visitor.browser.client = super::next::client_of(&next);
    // The one before may have been allowed just as the next one was shown.
    for code in [&asked.c, &asked.was] {
        match app.province.sign_in_across(&visitor.browser, code).await {
            Ok(Some(now)) => {
                visitor.is_signed_in(&now).await;
                return go(&mut visitor, &next);
            }
            Ok(None) => {}
            Err(error) => return refusal(&mut visitor, &Refused::from(error)),
        }
    }
    let shown = if by_code {
        app.province.challenge_shown(&visitor.browser, &asked.c).await
    } else {
        app.province.across_shown(&visitor.browser, &asked.c).await
    };
    let shown = match shown {
        Ok(shown) => shown,
        Err(error) => return refusal(&mut visitor, &Refused::from(error)),
    };
    let was = if shown.code == asked.c { &asked.was } else { &asked.c };
    let again = format!("/account/across?next={}&c={}&was={}{by}", escaped(&next), shown.code, escaped(was));
    let looks = visitor.looks;
    let body = html! {
        ol.steps {
            @if by_code {
                li { (looks.t("打开手机上的居民码，点“扫一扫”，扫这个图。", "Open the resident code on your phone, press Scan, and scan this.")) }
                li { (looks.t("手机上看清是不是这台电脑，用通行密钥确认。", "See on the phone that it is this screen, and confirm with your passkey.")) }
                li { (looks.t("手机用你的码应答，只对这个图有效。", "The phone answers with your code, which is good for this picture alone.")) }
            } @else {
                li { (looks.t("用登录过一码的手机扫这个图。", "Scan this with a phone that is signed in to Yima.")) }
                li { (looks.t("在手机上看清是不是这台电脑，用通行密钥确认。", "See on the phone that it is this screen, and confirm with your passkey.")) }
            }
        }
        div data-again=(again) data-after=(AGAIN_S) { (symbol(&shown.symbol)) }
        p.hint { (looks.t(
            "图每 20 秒换一次。这样登录 2 小时，能看，不能办重要的事。",
            "The picture changes every 20 seconds. It signs you in for two hours: enough to look, not for what matters.")) }
        @if by_code {
            p.more { a href=(format!("/account/across?next={}", escaped(&next))) { (looks.t("手机相机扫的图", "The picture for a phone's camera")) } }
        } @else if app.province.signs_in_by_code() {
            p.more { a href=(format!("/account/across?next={}&by=code", escaped(&next))) { (looks.t("用手机上的居民码登录", "Sign in by the resident code on your phone")) } }
        }
        p.more { a href=(format!("/account/sign-in?next={}", escaped(&next))) { (looks.t("换一种方式", "Another way")) } }
    };
    let title = if by_code {
        looks.t("用居民码登录", "Sign in by your resident code")
    } else {
        looks.t("用手机登录", "Sign in with your phone")
    };
    page_again(&mut visitor, title, AGAIN_S, &again, &body)
}

/// GET /account/across/allow: the phone.
pub async fn read(State(app): State<App>, mut visitor: Visitor, Query(read): Query<Read>) -> Response {
    shown(&app, &mut visitor, &read.c, false, None).await
}

/// POST /account/across/allow.
pub async fn allow(State(app): State<App>, SentBy(mut visitor, person, sent): SentBy<Answered>) -> Response {
    let looks = visitor.looks;
    let sure = sent.sure == "1";
    let near = app.province.across_asked(&visitor.browser, &sent.c).await.map(|asked| asked.near);
    if matches!(near, Ok(Near::Unsure)) && !sure {
        return shown(&app, &mut visitor, &sent.c, true, None).await;
    }
    match app.province.allow_across(&person, &visitor.browser, &sent.c, sure).await.map_err(Refused::from) {
        Ok(()) => {
            let body = html! {
                p { (looks.t("那台电脑几秒后就登录了。", "That screen is signed in within a few seconds.")) }
                p.hint { (looks.t("不是你要的？在账户里结束它。", "Not what you wanted? End it in your account.")) }
                p { a.btn href="/account" { (looks.t("回到账户", "Back to the account")) } }
            };
            whole(&mut visitor, looks.t("已确认", "Confirmed"), false, &body)
        }
        Err(refused) if refused.wants_step_up() => {
            let here = format!("/account/across/allow?c={}", escaped(&sent.c));
            prove_more(&mut visitor, "across", &sent.c, &here)
        }
        Err(refused) => {
            let shown = shown(&app, &mut visitor, &sent.c, false, Some(&refused)).await;
            with_status(&refused, shown)
        }
    }
}

/// The other screen in a few words.
pub fn named(looks: Looks, asked: &AcrossAsked) -> String {
    let label = if asked.label.is_empty() { looks.t("一个浏览器", "a browser") } else { &asked.label };
    match &asked.app {
        Some((zh, en)) => format!("{label} → {}", looks.t(zh, en)),
        None => label.to_owned(),
    }
}

async fn shown(app: &App, visitor: &mut Visitor, code: &str, twice: bool, refused: Option<&Refused>) -> Response {
    visitor.here = format!("/account/across/allow?c={}", escaped(code));
    if visitor.person.is_none() {
        return sign_in_first(visitor);
    }
    let looks = visitor.looks;
    let asked = match app.province.across_asked(&visitor.browser, code).await {
        Ok(asked) => asked,
        Err(error) => {
            let over = Refused::from(error)
                .saying("这个图过期了，请扫电脑上新的图", "This picture is over. Scan the new one on the screen");
            return refusal(visitor, &over);
        }
    };
    let body = html! {
        (notice(visitor, refused))
        @if asked.near == Near::Far {
            div.notice role="alert" { p { (looks.t(
                "那台电脑在别的省，不能这样登录。有人让你扫？不要扫，可能是骗子。",
                "That screen is in another province, and can't be signed in this way. Did somebody ask you to scan? Don't: it may be a fraud.")) } }
        } @else {
            @if twice {
                div.notice role="alert" { p { (looks.t(
                    "那台电脑和这部手机不在一个网络。真的就在你面前吗？",
                    "That screen and this phone are on different networks. Is it really in front of you?")) } }
            }
            p.deed { (looks.t("让它以你的身份登录：", "Sign in as you: ")) (named(looks, &asked)) }
            @if let Some(region) = &asked.region { p.hint { (looks.t("它在：", "It is in ")) (region.name) } }
            p { (looks.t("你就在这台电脑前面吗？别人发来的图不要确认。", "Are you in front of this screen? Never confirm a picture that somebody sent you.")) }
            form method="post" action="/account/across/allow" {
                (mark(visitor))
                input type="hidden" name="c" value=(code);
                @if twice { input type="hidden" name="sure" value="1"; }
                button.btn.primary type="submit" {
                    (if twice { looks.t("确实在我面前，登录", "It is in front of me: sign in") } else { looks.t("是的，登录", "Yes, sign in") })
                }
            }
        }
        p.more { a href="/account" { (looks.t("不是我，回到账户", "Not me, back to the account")) } }
    };
    whole(visitor, looks.t("在另一台电脑上登录？", "Sign in at another screen?"), false, &body)
}
