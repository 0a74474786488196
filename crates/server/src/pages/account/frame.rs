//! What is around each page of the account: head, language, large letters, and how a refusal looks.
//! It does not know what stands inside.

use super::next::escaped;
use super::visitor::Visitor;
use crate::error::Refused;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The mark of the house: one stroke, and the eye of a code as its seal.
pub const MARK: &str = "<svg class=\"mark\" viewBox=\"0 0 64 64\" aria-hidden=\"true\"><path class=\"stroke\" d=\"M6 25c8-3 16-2 26-2 11 0 19-1 26-3l-1 6c-8 3-16 3-26 3-10 0-17 0-25 2z\"/><path class=\"eye\" d=\"M40 38h16v16H40zM44 42v8h8v-8zM46.5 44.5h3v3h-3z\" fill-rule=\"evenodd\"/></svg>";

/// How a page comes again by itself.
enum Again {
    /// It does not.
    Never,
    /// Its script asks; without one the whole page is read again.
    ByScript(String),
}

const PASSKEY: &str = "/account/passkey.js";
const AGAIN: &str = "/account/again.js";
const KEPT: &str = "/account/kept.js";

/// A whole page. `title` is the heading, `script` says whether it has passkeys.
#[must_use]
pub fn page(visitor: &mut Visitor, title: &str, script: bool, body: &Markup) -> Response {
    framed(visitor, title, if script { &[PASSKEY] } else { &[] }, Again::Never, body)
}

/// A page that knows of a sign-in which is kept on this device, and has passkeys or none.
#[must_use]
pub fn page_kept(visitor: &mut Visitor, title: &str, passkeys: bool, body: &Markup) -> Response {
    framed(visitor, title, if passkeys { &[KEPT, PASSKEY] } else { &[KEPT] }, Again::Never, body)
}

/// A page that waits for something: its part with `data-again` asks again by a script, or else the page as a whole.
#[must_use]
pub fn page_again(visitor: &mut Visitor, title: &str, after_s: u32, path: &str, body: &Markup) -> Response {
    framed(visitor, title, &[AGAIN], Again::ByScript(format!("{after_s}; url={path}")), body)
}

fn framed(visitor: &mut Visitor, title: &str, scripts: &[&str], again: Again, body: &Markup) -> Response {
    let looks = visitor.looks;
    let link = |pair: &str| {
        let joint = if visitor.here.contains('?') { '&' } else { '?' };
        format!("{}{joint}{pair}", visitor.here)
    };
    let size = if looks.large { "large" } else { "normal" };
    let whole = html! {
        (DOCTYPE)
        html lang=(looks.lang.tag()) data-size=(size) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (looks.t("一码", "Yima")) }
                link rel="stylesheet" href="/account/account.css";
                @match again {
                    Again::Never => {}
                    Again::ByScript(again) => noscript { meta http-equiv="refresh" content=(again); },
                }
                @for script in scripts { script src=(script) defer {} }
            }
            body {
                header {
                    a.brand href="/account" { (PreEscaped(MARK)) span { (looks.t("一码", "Yima")) } }
                    nav aria-label=(looks.t("显示", "Display")) {
                        a href=(link(looks.t("lang=en", "lang=zh"))) lang=(looks.t("en", "zh-CN")) {
                            (looks.t("English", "中文"))
                        }
                        a href=(link(if looks.large { "size=normal" } else { "size=large" })) {
                            (if looks.large { looks.t("标准字", "Normal type") } else { looks.t("大字", "Large type") })
                        }
                        @if visitor.person.is_some() {
                            a href="/account/sign-out" { (looks.t("退出", "Sign out")) }
                        }
                    }
                }
                main {
                    h1 { (title) }
                    (body)
                }
            }
        }
    };
    with_cookies(visitor, Html(whole.into_string()).into_response())
}

/// A line above the rest that says what happened.
#[must_use]
pub fn notice(visitor: &Visitor, refused: Option<&Refused>) -> Markup {
    html! {
        @if let Some(refused) = refused {
            @let words = refused.words();
            div.notice role="alert" {
                p { (visitor.looks.t(&words.zh, &words.en)) }
            }
        }
    }
}

/// Gives a page of a form that was not accepted the status of its refusal.
#[must_use]
pub fn with_status(refused: &Refused, mut response: Response) -> Response {
    *response.status_mut() = refused.status();
    if let Some(seconds) = refused.comes_again_s() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// What a page says when it can't be shown at all.
#[must_use]
pub fn refusal(visitor: &mut Visitor, refused: &Refused) -> Response {
    let looks = visitor.looks;
    let body = html! {
        (notice(visitor, Some(refused)))
        p { a.btn href="/account" { (looks.t("回到账户", "Back to the account")) } }
    };
    let title = looks.t("没有办成", "That was not done");
    let shown = page(visitor, title, false, &body);
    with_status(refused, shown)
}

/// On to another page of ours. A request of an app may lead out to it at once, which browsers stop right after a form:
/// such a way goes on from a page of its own (R42).
#[must_use]
pub fn go(visitor: &mut Visitor, path: &str) -> Response {
    if !path.starts_with("/oauth2/") {
        return with_cookies(visitor, Redirect::to(path).into_response());
    }
    let looks = visitor.looks;
    let whole = html! {
        (DOCTYPE)
        html lang=(looks.lang.tag()) {
            head {
                meta charset="utf-8";
                meta http-equiv="refresh" content=(format!("0; url={path}"));
                title { (looks.t("一码", "Yima")) }
                link rel="stylesheet" href="/account/account.css";
            }
            body { main { p { a.btn.primary href=(path) { (looks.t("继续", "Go on")) } } } }
        }
    };
    with_cookies(visitor, Html(whole.into_string()).into_response())
}

/// Strangers are sent to sign in, and come back.
#[must_use]
pub fn sign_in_first(visitor: &mut Visitor) -> Response {
    if visitor.is_kiosk() {
        return go(visitor, "/account/visit");
    }
    let path = format!("/account/sign-in?next={}", escaped(&visitor.here));
    go(visitor, &path)
}

/// A signed-in person has to prove more first, for this, and comes back to `next`.
#[must_use]
pub fn prove_more(visitor: &mut Visitor, what: &str, id: &str, next: &str) -> Response {
    let path = format!("/account/step-up?for={what}&id={}&next={}", escaped(id), escaped(next));
    go(visitor, &path)
}

/// The hidden mark of a form.
#[must_use]
pub fn mark(visitor: &Visitor) -> Markup {
    html! { input type="hidden" name="mark" value=(visitor.mark()); }
}

/// Sets the cookies of this visit on an answer.
pub fn with_cookies(visitor: &mut Visitor, mut response: Response) -> Response {
    for cookie in visitor.cookies() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A moment, in China's time, to the minute.
#[must_use]
pub fn moment(unix_s: i64) -> String {
    let day_s = 86_400;
    let local = unix_s + 8 * 3_600;
    let (days, rest) = (local.div_euclid(day_s), local.rem_euclid(day_s));
    // Civil date from days (Howard Hinnant's algorithm), years from 1970 to 9999.
    let z = days + 719_468;
    let (era, doe) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let year = yoe + era * 400 + i64::from(month <= 2);
    format!("{year}-{month:02}-{day:02} {:02}:{:02}", rest / 3_600, rest % 3_600 / 60)
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn moments_are_those_of_china() {
        let table = [
            (0, "1970-01-01 08:00"),
            (1_795_399_200, "2026-11-23 10:00"),
            (1_709_135_999, "2024-02-28 23:59"),
            (1_709_136_000, "2024-02-29 00:00"),
        ];
        for (at, expected) in table {
            assert_eq!(moment(at), expected);
        }
    }
}
