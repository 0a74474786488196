//! Where answers may be sent (RFC 6749 section 3.1.2, RFC 8252 section 7, RFC 9700 section 2.1): compared byte by byte.
//! It does not know which client registered an address.

use std::fmt;

/// Longest address, bytes.
const LEN_MAX: usize = 512;

/// A registered address that answers may be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri {
    text: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// `https`, on this host.
    Https { host: String },
    /// `http` on the person's own machine, whatever port (RFC 8252 section 7.3): what stands before and behind the port.
    Loopback { before: String, behind: String },
    /// A scheme of the app's own, in reverse-domain form (RFC 8252 section 7.1).
    Private { scheme: String },
}

/// Why an address can't be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotARedirect(&'static str);

impl fmt::Display for NotARedirect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NotARedirect {}

impl RedirectUri {
    /// Reads an address that is to be registered: `https`, loopback `http`, or a private scheme.
    ///
    /// # Errors
    /// [`NotARedirect`]: another scheme, a fragment (RFC 6749 section 3.1.2), a user name, a wildcard, more than 512 bytes.
    pub fn parse(text: &str) -> Result<Self, NotARedirect> {
        if text.len() > LEN_MAX || text.bytes().any(|b| !b.is_ascii_graphic()) {
            return Err(NotARedirect("an address has at most 512 printable ASCII characters"));
        }
        if text.contains(['#', '*', '\\', '"', '<', '>']) {
            return Err(NotARedirect("no fragment, no wildcard, no backslash or quote in an address"));
        }
        let kind = if let Some(rest) = text.strip_prefix("https://") {
            Kind::Https { host: host(rest)?.to_owned() }
        } else if let Some(rest) = text.strip_prefix("http://") {
            loopback(rest)?
        } else {
            private(text)?
        };
        Ok(Self { text: text.to_owned(), kind })
    }

    /// Is an asked address this one? Byte by byte; only the port of a loopback address is the app's choice.
    #[must_use]
    pub fn is(&self, asked: &str) -> bool {
        let Kind::Loopback { before, behind } = &self.kind else { return self.text == asked };
        let Some(rest) = asked.strip_prefix(before.as_str()) else { return false };
        let port = rest.strip_prefix(':').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count() + 1);
        let digits_ok = port == 0 || (2..=6).contains(&port);
        digits_ok && rest[port..] == **behind
    }

    /// As registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What a person is shown as the destination: the host, or the scheme of an app on their device.
    #[must_use]
    pub fn shown(&self) -> &str {
        match &self.kind {
            Kind::Https { host } => host,
            Kind::Loopback { .. } => "localhost",
            Kind::Private { scheme } => scheme,
        }
    }

    /// Is it reached over TLS, or on the person's own machine?
    #[must_use]
    pub const fn is_web(&self) -> bool {
        matches!(self.kind, Kind::Https { .. })
    }
}

/// The host of what follows `https://`.
fn host(rest: &str) -> Result<&str, NotARedirect> {
    let authority = &rest[..rest.find(['/', '?']).unwrap_or(rest.len())];
    if authority.contains('@') {
        return Err(NotARedirect("no user name in an address"));
    }
    let (name, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let good_port = !port.is_empty() && port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit());
    let label = |l: &str| !l.is_empty() && l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let dotted = name.contains('.') && name.split('.').all(label) && name.len() <= 253;
    let all_digits = name.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    if dotted && good_port && !all_digits {
        Ok(name)
    } else {
        Err(NotARedirect("a host is a domain name in small letters, with a port at most"))
    }
}

fn loopback(rest: &str) -> Result<Kind, NotARedirect> {
    let behind_at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at(behind_at);
    let name = ["127.0.0.1", "[::1]", "localhost"].into_iter().find(|name| {
        authority
            .strip_prefix(name)
            .is_some_and(|port| port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.parse::<u16>().is_ok()))
    });
    let name = name.ok_or(NotARedirect("http only to 127.0.0.1, [::1] or localhost; everything else is https"))?;
    Ok(Kind::Loopback { before: format!("http://{name}"), behind: behind.to_owned() })
}

fn private(text: &str) -> Result<Kind, NotARedirect> {
    let wrong =
        NotARedirect("https, or a scheme of the app's own in reverse-domain form such as cn.example.app:/callback");
    let (scheme, rest) = text.split_once(':').ok_or(wrong)?;
    let label = |l: &str| {
        l.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
            && l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let reverse = scheme.contains('.') && scheme.split('.').all(label);
    // RFC 8252 section 7.1: one slash, for there is no authority.
    if reverse && rest.starts_with('/') && !rest.starts_with("//") {
        Ok(Kind::Private { scheme: scheme.to_owned() })
    } else {
        Err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_9700_2_1_addresses_are_compared_byte_by_byte() {
        let one = RedirectUri::parse("https://app.example.cn/cb?x=1").unwrap();
        assert!(one.is("https://app.example.cn/cb?x=1"));
        assert_eq!(one.shown(), "app.example.cn");
        for other in [
            "https://app.example.cn/cb",
            "https://app.example.cn/cb?x=1&y=2",
            "https://app.example.cn/cb/?x=1",
            "https://APP.example.cn/cb?x=1",
            "https://app.example.cn:443/cb?x=1",
            "https://app.example.cn/cb?x=1#",
            "https://app.example.cn.evil.cn/cb?x=1",
            "https://app.example.cn@evil.cn/cb?x=1",
            "http://app.example.cn/cb?x=1",
            "https://app.example.cn/%63b?x=1",
        ] {
            assert!(!one.is(other), "{other}");
        }
    }

    #[test]
    fn rfc_8252_7_3_the_port_of_a_loopback_address_is_the_apps_choice() {
        let one = RedirectUri::parse("http://localhost/callback").unwrap();
        for good in ["http://localhost/callback", "http://localhost:3000/callback", "http://localhost:65535/callback"] {
            assert!(one.is(good), "{good}");
        }
        for bad in [
            "http://localhost:/callback",
            "http://localhost:3000/callback/x",
            "http://localhost:3000.evil.cn/callback",
            "http://localhost.evil.cn/callback",
            "http://localhost:123456/callback",
            "http://localhost:3000@evil.cn/callback",
            "https://localhost:3000/callback",
            "http://127.0.0.1:3000/callback",
        ] {
            assert!(!one.is(bad), "{bad}");
        }
    }

    #[test]
    fn rfc_6749_3_1_2_what_cannot_be_registered() {
        for good in [
            "https://a.cn/",
            "https://a.cn",
            "https://a.cn:8443/cb",
            "http://127.0.0.1/cb",
            "http://[::1]:9/cb",
            "cn.gov.app:/cb",
        ] {
            assert!(RedirectUri::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "https://",
            "https://a.cn/#x",
            "https://*.a.cn/cb",
            "https://u@a.cn/cb",
            "https://A.cn/cb",
            "https://10.0.0.1/cb",
            "https://localhost/cb",
            "http://a.cn/cb",
            "http://localhost.a.cn/cb",
            "http://127.0.0.1:99999/cb",
            "myapp:/cb",
            "cn.gov.app://host/cb",
            "javascript:/x",
            "data:text/html,x",
            "https://a.cn/c b",
            "https://a.cn/\\cb",
        ] {
            assert!(RedirectUri::parse(bad).is_err(), "{bad}");
        }
    }
}
