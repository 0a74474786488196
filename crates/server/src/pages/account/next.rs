//! Where a page goes afterwards: a path of our own site and nothing else, so that a link can't lead a person who has just
//! signed in to another site. It does not know which pages there are.

/// Longest path, bytes.
const NEXT_MAX: usize = 2_048;
/// Where it goes when nothing that can be trusted was said.
const HOME: &str = "/account";

/// The path, or one's own account.
#[must_use]
pub fn own_path(next: Option<&str>) -> &str {
    next.filter(|path| is_own(path)).unwrap_or(HOME)
}

/// One slash, then no second one and no backslash (browsers read both as the start of a host), and nothing that a header
/// or a browser's reading of an address would drop.
fn is_own(path: &str) -> bool {
    path.len() <= NEXT_MAX
        && path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
}

/// The app that a sign-in is for, when the way on leads through its request.
#[must_use]
pub fn client_of(next: &str) -> Option<String> {
    let (path, query) = next.split_once('?')?;
    let client = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == "client_id")?.1;
    (path.starts_with("/oauth2/") && client.len() <= 64).then(|| client.to_owned())
}

/// For a query.
#[must_use]
pub fn escaped(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_away() {
        let away = [
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\n/evil.example",
            "/ok\r\nLocation: //evil.example",
            "",
            "account",
            "/a\\b",
            "/ä",
            " /account",
        ];
        for path in away {
            assert_eq!(own_path(Some(path)), "/account", "{path:?}");
        }
        for path in ["/", "/account", "/oauth2/authorize?client_id=app_1&scope=a%20b", "/account/step-up?for=remove"] {
            assert_eq!(own_path(Some(path)), path);
        }
        assert_eq!(own_path(None), "/account");
        assert_eq!(own_path(Some(&format!("/{}", "a".repeat(NEXT_MAX)))), "/account");
    }

    #[test]
    fn the_app_is_read_from_its_request_alone() {
        assert_eq!(client_of("/oauth2/authorize?scope=x&client_id=app_1"), Some("app_1".to_owned()));
        for path in ["/account?client_id=app_1", "/oauth2/authorize", "/oauth2/authorize?scope=x"] {
            assert_eq!(client_of(path), None, "{path}");
        }
    }
}
