//! Language and size of letters of the account pages: by the address, then by the cookie, then by what the browser likes.
//! It does not know any page.

use axum::http::{HeaderMap, header};

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// 中文.
    Zh,
    /// English.
    En,
}

/// How a page looks for this browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looks {
    /// Language.
    pub lang: Lang,
    /// 大字.
    pub large: bool,
}

impl Looks {
    /// From the address's query, the cookie's value and the headers.
    #[must_use]
    pub fn of(query: &str, cookie: Option<&str>, headers: &HeaderMap) -> Self {
        let asked = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(of, _)| *of == name).map(|(_, value)| value).next_back()
        };
        let (kept_lang, kept_size) = cookie.and_then(|value| value.split_once('.')).unwrap_or(("", ""));
        let lang = [asked("lang").unwrap_or_default(), kept_lang].into_iter().find_map(lang_of);
        let large = match asked("size") {
            Some(size) => size == "large",
            None => kept_size == "large",
        };
        Self { lang: lang.unwrap_or_else(|| liked(headers)), large }
    }

    /// As the cookie keeps it.
    #[must_use]
    pub fn cookie(self) -> String {
        format!("{}.{}", self.lang.as_str(), if self.large { "large" } else { "normal" })
    }

    /// The sentence in this language.
    #[must_use]
    pub const fn t<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

impl Lang {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// As HTML names it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}

fn lang_of(word: &str) -> Option<Lang> {
    match word {
        "zh" => Some(Lang::Zh),
        "en" => Some(Lang::En),
        _ => None,
    }
}

/// English where the browser names it before Chinese; Chinese otherwise.
fn liked(headers: &HeaderMap) -> Lang {
    let likes = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = likes.split(',').map(str::trim).find_map(|tag| match tag.get(..2) {
        Some("zh") => Some(Lang::Zh),
        Some("en") => Some(Lang::En),
        _ => None,
    });
    first.unwrap_or(Lang::Zh)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_address_comes_before_the_cookie_and_that_before_the_browser() {
        let table = [
            ("", None, "", Lang::Zh, false),
            ("", None, "en-GB,zh;q=0.5", Lang::En, false),
            ("", None, "fr,zh-CN;q=0.9,en", Lang::Zh, false),
            ("", Some("zh.large"), "en", Lang::Zh, true),
            ("next=%2F&lang=en", Some("zh.large"), "zh", Lang::En, true),
            ("size=normal", Some("zh.large"), "zh", Lang::Zh, false),
            ("lang=xx&size=large", Some("en.normal"), "zh", Lang::En, true),
        ];
        for (query, cookie, likes, lang, large) in table {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(likes))]);
            assert_eq!(Looks::of(query, cookie, &headers), Looks { lang, large }, "{query} {cookie:?} {likes}");
        }
    }
}
