//! Leaving at the wish of an app (OpenID Connect RP-Initiated Logout 1.0). It does not know sessions.

use crate::error::{Code, OauthError};
use crate::form::{Params, with_query};
use crate::metadata::Metadata;
use crate::tokens::IdToken;

/// Longest `state`, bytes.
const STATE_LEN_MAX: usize = 512;

/// A wish to leave that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// Where to go afterwards, with `state`; `None` stays on our page.
    pub back: Option<String>,
    /// The sign-in at the app, from the hint.
    pub sid: Option<String>,
}

/// Which client a wish speaks of: by the hint's `aud`, or by `client_id` (section 2).
///
/// # Errors
/// `invalid_request` when both are there and differ.
pub fn client_of(params: &Params, hint: Option<&IdToken>) -> Result<Option<String>, OauthError> {
    let named = params.get("client_id").map(str::to_owned);
    match (named, hint) {
        (Some(named), Some(hint)) if named != hint.aud => {
            Err(OauthError::new(Code::InvalidRequest, "client_id is not the one that the id_token_hint was for"))
        }
        (named, hint) => Ok(named.or_else(|| hint.map(|hint| hint.aud.clone()))),
    }
}

/// Reads the wish of a client, or of nobody in particular.
///
/// # Errors
/// `invalid_request` for an address that the client did not register: nobody is sent there (section 3).
pub fn parse(params: &Params, client: Option<&Metadata>, hint: Option<&IdToken>) -> Result<Leaving, OauthError> {
    let state = params.get("state").filter(|state| state.len() <= STATE_LEN_MAX);
    let back = match params.get("post_logout_redirect_uri") {
        None => None,
        Some(asked) => {
            let known = client.is_some_and(|client| client.post_logout_redirect_uris.iter().any(|one| one.is(asked)));
            if !known {
                return Err(OauthError::new(
                    Code::InvalidRequest,
                    "post_logout_redirect_uri is not registered for this client",
                ));
            }
            Some(match state {
                Some(state) => with_query(asked, &[("state", state)]),
                None => asked.to_owned(),
            })
        }
    };
    Ok(Leaving { back, sid: hint.map(|hint| hint.sid.clone()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::SignedIn;

    #[test]
    fn rp_initiated_logout_3_nobody_is_sent_where_the_client_did_not_register() {
        let words = serde_json::json!({ "zh": "用", "en": "use" });
        let text = serde_json::json!({ "client_name": "测试", "redirect_uris": ["https://a.cn/cb"], "scope": "openid",
            "post_logout_redirect_uris": ["https://a.cn/out"], "yima_purpose": words });
        let client = Metadata::parse(&text.to_string()).unwrap();
        let read = |query: &str, client| parse(&Params::parse(query.as_bytes()).unwrap(), client, None).map(|l| l.back);
        let good = "post_logout_redirect_uri=https://a.cn/out&state=x y";
        assert_eq!(read(good, Some(&client)), Ok(Some("https://a.cn/out?state=x%20y".into())));
        assert!(read(good, None).is_err());
        assert!(read("post_logout_redirect_uri=https://evil.cn/", Some(&client)).is_err());
        assert_eq!(read("", None), Ok(None));
    }

    #[test]
    fn rp_initiated_logout_2_the_hint_and_the_client_agree() {
        let hint = IdToken {
            iss: "i".into(),
            sub: "s".into(),
            aud: "app_1".into(),
            exp: 1,
            iat: 0,
            nonce: None,
            sid: "sid".into(),
            signed_in: SignedIn { auth_time: 0, acr: "yima:1".into(), amr: Vec::new(), proofing: 1 },
            act: None,
            mandate: None,
        };
        let read = |query: &str| client_of(&Params::parse(query.as_bytes()).unwrap(), Some(&hint));
        assert_eq!(read(""), Ok(Some("app_1".into())));
        assert_eq!(read("client_id=app_1"), Ok(Some("app_1".into())));
        assert!(read("client_id=app_2").is_err());
    }
}
