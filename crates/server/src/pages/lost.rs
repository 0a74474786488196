//! What a person reads at an address that is no page; programs get the refusal as JSON. It does not know where they wanted to go.

use super::account::frame::{MARK, with_status};
use super::account::looks::Looks;
use crate::error::Refused;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse as _, Response};
use maud::{DOCTYPE, PreEscaped, html};

/// Does a person in a browser ask? Of programs only browsers name HTML (RFC 9110 section 12.5.1).
#[must_use]
pub fn asks(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|range| range.split(';').next().unwrap_or_default().trim() == "text/html")
}

/// The page, in the language that the browser likes, with ways on.
#[must_use]
pub fn page(refused: &Refused, headers: &HeaderMap, query: &str) -> Response {
    let looks = Looks::of(query, None, headers);
    let title = looks.t("没有这个网页", "There is no such page");
    let ways = [
        ("/", looks.t("我的码", "My code")),
        ("/account", looks.t("我的账户", "My account")),
        ("/check", looks.t("验码", "Check a code")),
    ];
    let whole = html! {
        (DOCTYPE)
        html lang=(looks.lang.tag()) data-size=(if looks.large { "large" } else { "normal" }) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (looks.t("一码", "Yima")) }
                link rel="stylesheet" href="/account/account.css";
            }
            body {
                header { a.brand href="/" { (PreEscaped(MARK)) span { (looks.t("一码", "Yima")) } } }
                main {
                    h1 { (title) }
                    p { (looks.t("网址也许少了几个字，或者网页已经搬走。您的码和账户都没有变。", "Perhaps a part of the address is missing, or the page has moved. Your code and your account are as they were.")) }
                    @for (at, word) in ways { p { a.btn href=(at) { (word) } } }
                }
            }
        }
    };
    let mut response = with_status(refused, Html(whole.into_string()).into_response());
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept, accept-language"));
    response
}
