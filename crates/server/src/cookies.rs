//! Our cookies: their names, how they are read, set and cleared, and the mark that a form carries.
//! Over TLS each has the `__Host-` prefix (RFC 6265bis 4.1.3.2), so that no neighbouring host can set it; on plain
//! `http://localhost` browsers refuse that prefix, and the plain name is used. It does not know what is in them.

use crate::app::App;
use axum::http::{HeaderMap, HeaderValue, header};

/// A cookie of ours by its short name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// The session of a person: `__Host-ys`.
    Session,
    /// The browser before and beside any session, to which challenges and forms are bound: `__Host-yb`.
    Browser,
    /// A device on which an account had signed in: `__Host-kd`.
    KnownDevice,
    /// Language and size of letters: `__Host-yl`.
    Looks,
    /// The session of an operator: `__Host-yima_op`. It comes with no request that another site began.
    Operator,
}

/// Longest value that is read, characters.
const VALUE_MAX: usize = 512;

impl Cookie {
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Session => ("__Host-ys", "ys"),
            Self::Browser => ("__Host-yb", "yb"),
            Self::KnownDevice => ("__Host-kd", "kd"),
            Self::Looks => ("__Host-yl", "yl"),
            Self::Operator => ("__Host-yima_op", "yima_op"),
        }
    }

    /// Its name at this server.
    #[must_use]
    pub fn name(self, app: &App) -> &'static str {
        let (secure, plain) = self.names();
        if app.secure { secure } else { plain }
    }

    /// Its value in a request, if it was sent.
    #[must_use]
    pub fn read<'h>(self, app: &App, headers: &'h HeaderMap) -> Option<&'h str> {
        value(headers, self.name(app))
    }

    /// The header that sets it for so many seconds; None keeps it until the browser is closed, 0 clears it.
    #[must_use]
    pub fn set(self, app: &App, value: &str, lasts_s: Option<i64>) -> HeaderValue {
        let secure = if app.secure { "; Secure" } else { "" };
        let lasts = lasts_s.map(|s| format!("; Max-Age={}", s.max(0))).unwrap_or_default();
        let sites = if self == Self::Operator { "Strict" } else { "Lax" };
        let line = format!("{}={value}; Path=/{lasts}; HttpOnly; SameSite={sites}{secure}", self.name(app));
        HeaderValue::from_str(&line).unwrap_or(HeaderValue::from_static(""))
    }
}

/// The value of a cookie by name, if it can be one of ours.
#[must_use]
pub fn value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(of, value)| (of == name).then_some(value))
        .filter(|value| !value.is_empty() && value.len() <= VALUE_MAX)
}

/// The mark that a form of this browser carries: over its browser cookie and its session, so that it is another one after
/// each sign-in. None for a browser without a browser cookie, which has seen no form of ours.
#[must_use]
pub fn form_mark(app: &App, headers: &HeaderMap) -> Option<String> {
    let browser = Cookie::Browser.read(app, headers)?;
    Some(app.province.form_mark(browser, Cookie::Session.read(app, headers).unwrap_or_default()))
}

/// Does a form carry the mark of this browser?
#[must_use]
pub fn form_is_ours(app: &App, headers: &HeaderMap, mark: &str) -> bool {
    // Both are marks of this program over what only this browser holds; an equal one can't be found by its timing.
    form_mark(app, headers).is_some_and(|own| own == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let headers = |line: &'static str| HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(line))]);
        let table = [
            ("ys=tok", Some("tok")),
            ("a=1; ys=tok; b=2", Some("tok")),
            ("xys=tok", None),
            ("ysx=tok", None),
            ("__Host-ys=tok", None),
            ("ys=", None),
            ("ys", None),
        ];
        for (line, expected) in table {
            assert_eq!(value(&headers(line), "ys"), expected, "{line}");
        }
    }
}
