//! Parameters of a request (RFC 6749 appendix B): read once, bounded, each at most once; and written into an address.
//! It does not know what a parameter means.

use crate::error::{Code, OauthError};
use std::fmt::Write as _;

/// Longest whole request, bytes: a pushed one is refused beyond it (RFC 9126 section 2.3).
pub const REQUEST_LEN_MAX: usize = 16 * 1024;
/// Longest single value, characters; tokens and assertions are the longest.
const VALUE_LEN_MAX: usize = 8 * 1024;
/// Most parameters of a request.
const PARAMETERS_MAX: usize = 64;

/// The parameters of a request. None stands twice, none is empty: an empty one counts as omitted (RFC 6749 section 3.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads `application/x-www-form-urlencoded`, of a body or of a query.
    ///
    /// # Errors
    /// `invalid_request` for what is over-long, repeated (RFC 6749 sections 3.1 and 3.2) or not in that encoding.
    pub fn parse(encoded: &[u8]) -> Result<Self, OauthError> {
        if encoded.len() > REQUEST_LEN_MAX {
            return Err(wrong("the request is longer than 16 KiB"));
        }
        let mut read: Vec<(String, String)> = Vec::new();
        for pair in encoded.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &[][..]),
            };
            let (name, value) = (decoded(name)?, decoded(value)?);
            if value.len() > VALUE_LEN_MAX || read.len() == PARAMETERS_MAX {
                return Err(wrong("a parameter is too long, or there are too many"));
            }
            if read.iter().any(|(before, _)| *before == name) {
                return Err(wrong("a parameter stands twice"));
            }
            read.push((name, value));
        }
        read.retain(|(_, value)| !value.is_empty());
        Ok(Self(read))
    }

    /// Of pairs that were parsed before.
    #[must_use]
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// A parameter, if it was sent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(at, _)| at == name).map(|(_, value)| value.as_str())
    }

    /// A parameter that must be there.
    ///
    /// # Errors
    /// `invalid_request` with the given sentence.
    pub fn need(&self, name: &str, missing: &'static str) -> Result<&str, OauthError> {
        self.get(name).ok_or(OauthError::new(Code::InvalidRequest, missing))
    }

    /// The same without some of them.
    #[must_use]
    pub fn without(&self, names: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect())
    }

    /// The same with one more, or with another value of it.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut all = self.without(&[name]);
        all.0.push((name.to_owned(), value.to_owned()));
        all
    }

    /// All of them.
    #[must_use]
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// As a query or a body.
    #[must_use]
    pub fn encoded(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.0 {
            if !text.is_empty() {
                text.push('&');
            }
            encode_into(&mut text, name);
            text.push('=');
            encode_into(&mut text, value);
        }
        text
    }
}

/// An address with parameters added to its query (RFC 6749 section 4.1.2); what its query held stays.
#[must_use]
pub fn with_query(address: &str, pairs: &[(&str, &str)]) -> String {
    let mut text = address.to_owned();
    let mut joint = if address.contains('?') { '&' } else { '?' };
    for (name, value) in pairs {
        text.push(joint);
        encode_into(&mut text, name);
        text.push('=');
        encode_into(&mut text, value);
        joint = '&';
    }
    text
}

fn encode_into(text: &mut String, raw: &str) {
    for byte in raw.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
}

/// One part, decoded: `+` is a space, `%XX` a byte, and the whole is UTF-8.
///
/// # Errors
/// `invalid_request` for anything else.
pub fn decoded(part: &[u8]) -> Result<String, OauthError> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (rest.next().and_then(nibble), rest.next().and_then(nibble)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(wrong("a percent sign is not followed by two hexadecimal digits")),
            },
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| wrong("a parameter is not UTF-8"))
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

const fn wrong(description: &'static str) -> OauthError {
    OauthError::new(Code::InvalidRequest, description)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_6749_3_1_parameters_stand_once_and_empty_ones_are_omitted() {
        let read = |text: &str| Params::parse(text.as_bytes());
        assert_eq!(read("a=1&b=%E7%A0%81+x&c=").unwrap().get("b"), Some("码 x"));
        assert_eq!(read("a=1&c=").unwrap().get("c"), None);
        for bad in ["a=1&a=1", "a=1&b=2&a=", "a=%", "a=%4", "a=%zz", "a=%ff"] {
            assert_eq!(read(bad).unwrap_err().code, Code::InvalidRequest, "{bad}");
        }
    }

    #[test]
    fn rfc_9126_2_3_over_long_requests_are_refused() {
        assert!(Params::parse(&vec![b'a'; REQUEST_LEN_MAX + 1]).is_err());
        let long = format!("state={}", "s".repeat(VALUE_LEN_MAX + 1));
        assert!(Params::parse(long.as_bytes()).is_err());
        let many = (0..=PARAMETERS_MAX).map(|n| format!("p{n}=1")).collect::<Vec<_>>().join("&");
        assert!(Params::parse(many.as_bytes()).is_err());
    }

    #[test]
    fn what_is_written_is_read_back() {
        let params = Params::parse("a=1%262&b=x%20y".as_bytes()).unwrap().with("c", "码").without(&["b"]);
        assert_eq!(Params::parse(params.encoded().as_bytes()).unwrap(), params);
        assert_eq!(with_query("https://a.cn/cb?x=1", &[("code", "a b")]), "https://a.cn/cb?x=1&code=a%20b");
        assert_eq!(with_query("https://a.cn/cb", &[("code", "c"), ("iss", "i")]), "https://a.cn/cb?code=c&iss=i");
    }
}
