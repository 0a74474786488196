//! What all of these pages have: head, language, size of letters, and the headers that bind the browser (rule R41).
//! It does not know what a page says.

use crate::app::App;
use crate::cookies::{self, Cookie};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use yima_oidc::form::Params;

/// Rule R41, to the letter.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
/// The cookie of looks lives a year, seconds.
const LOOKS_S: i64 = 365 * 24 * 3600;
/// Parameters of a page's address that are only about looks.
pub const OF_LOOKS: [&str; 2] = ["lang", "size"];

/// Language and size of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looks {
    /// Chinese, or else English.
    pub chinese: bool,
    /// Large letters.
    pub large: bool,
    /// They were chosen just now.
    chosen: bool,
}

impl Looks {
    /// By the address, then the cookie, then what the browser says; Chinese and small when nothing says otherwise.
    #[must_use]
    pub fn read(app: &App, headers: &HeaderMap, params: &Params) -> Self {
        let kept: Vec<&str> = Cookie::Looks.read(app, headers).unwrap_or_default().split('.').collect();
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let spoken = params.get("ui_locales").unwrap_or(accepted);
        let chinese = match params.get("lang").or_else(|| kept.iter().copied().find(|word| ["zh", "en"].contains(word)))
        {
            Some("en") => false,
            Some(_) => true,
            None => speaks_chinese(spoken),
        };
        let large = match params.get("size") {
            Some(size) => size == "large",
            None => kept.contains(&"large"),
        };
        Self { chinese, large, chosen: OF_LOOKS.iter().any(|name| params.get(name).is_some()) }
    }

    /// The sentence in this language.
    #[must_use]
    pub const fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        if self.chinese { zh } else { en }
    }

    const fn word(self) -> &'static str {
        match (self.chinese, self.large) {
            (true, true) => "zh.large",
            (true, false) => "zh.normal",
            (false, true) => "en.large",
            (false, false) => "en.normal",
        }
    }
}

/// The first language of a list that is Chinese or English decides.
fn speaks_chinese(list: &str) -> bool {
    let mut tags = list.split([',', ' ']).map(|tag| tag.trim().to_ascii_lowercase());
    tags.find_map(|tag| match tag.get(..2) {
        Some("zh") => Some(true),
        Some("en") => Some(false),
        _ => None,
    })
    .unwrap_or(true)
}

/// A page in the making.
pub struct Shell<'a> {
    /// The app.
    pub app: &'a App,
    /// Of the request.
    pub headers: &'a HeaderMap,
    /// Language and size.
    pub looks: Looks,
    /// Where this page is found again, with at least one parameter; for changing its looks. Empty when it is not.
    pub here: String,
}

impl Shell<'_> {
    /// The mark that a form of this page carries, with the cookie that it goes with.
    #[must_use]
    pub fn form_mark(&self) -> (String, Option<HeaderValue>) {
        if let Some(mark) = cookies::form_mark(self.app, self.headers) {
            return (mark, None);
        }
        let browser = self.app.province.fresh_browser();
        let session = Cookie::Session.read(self.app, self.headers).unwrap_or_default();
        let mark = self.app.province.form_mark(&browser, session);
        (mark, Some(Cookie::Browser.set(self.app, &browser, None)))
    }

    /// The whole page; `refresh` leads on by itself.
    #[must_use]
    pub fn page(&self, title: &str, refresh: Option<&str>, cookie: Option<HeaderValue>, body: &Markup) -> Response {
        let looks = self.looks;
        let demo = self.app.province.is_demo();
        let other = |name: &str, value: &str| format!("{}&{name}={value}", self.here);
        let whole = html! {
            (DOCTYPE)
            html lang=(looks.say("zh-CN", "en")) data-size=(if looks.large { "elder" } else { "usual" }) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="referrer" content="no-referrer";
                    title { (title) " · 一码 Yima" }
                    @if let Some(to) = refresh {
                        meta http-equiv="refresh" content=(format!("0;url={to}"));
                    }
                    link rel="icon" href="/icons/mark.svg";
                    link rel="stylesheet" href="/oauth2/apps.css";
                }
                body {
                    header.top {
                        span.brand { "一码" }
                        @if demo { span.demo { (looks.say("演示数据", "Demo data")) } }
                        span.grow {}
                        @if !self.here.is_empty() {
                            a.tool href=(other("size", if looks.large { "usual" } else { "large" })) {
                                (match (looks.chinese, looks.large) {
                                    (true, false) => "大字",
                                    (true, true) => "常规字号",
                                    (false, false) => "Large type",
                                    (false, true) => "Usual type",
                                })
                            }
                            @if looks.chinese {
                                a.tool lang="en" href=(other("lang", "en")) { "EN" }
                            } @else {
                                a.tool lang="zh-CN" href=(other("lang", "zh")) { "中文" }
                            }
                        }
                    }
                    main { (body) }
                }
            }
        };
        let mut response = Html(whole.into_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        // An app may have opened this page in a window that it waits for (rule R42).
        headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("unsafe-none"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(looks.say("zh-CN", "en")));
        if looks.chosen {
            headers.append(header::SET_COOKIE, Cookie::Looks.set(self.app, looks.word(), Some(LOOKS_S)));
        }
        if let Some(cookie) = cookie {
            headers.append(header::SET_COOKIE, cookie);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_we_speak_decides() {
        let table = [
            ("", true),
            ("en-GB,en;q=0.9", false),
            ("fr, en;q=0.8, zh;q=0.7", false),
            ("zh-CN,zh;q=0.9,en;q=0.8", true),
            ("ug, zh-CN", true),
            ("fr", true),
        ];
        for (list, chinese) in table {
            assert_eq!(speaks_chinese(list), chinese, "{list}");
        }
    }
}
