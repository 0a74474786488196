//! A client's signed assertion, `private_key_jwt` (RFC 7523 section 3, as narrowed by rule R35). It does not know which
//! assertions were seen: the caller remembers `jti` and refuses it twice.

use crate::error::{Code, OauthError};
use crate::jwk::Jwk;
use crate::jwt;
use serde_json::Value;
use yima_keys::sha256;

/// Longest life of an assertion, seconds.
pub const LIFE_MAX_S: i64 = 60;
/// How far clocks may be apart, seconds.
pub const SKEW_S: i64 = 60;
const JTI_LEN_MAX: usize = 128;

/// An assertion that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asserted {
    /// What must be seen once: SHA-256 over client and `jti`.
    pub once: [u8; 32],
    /// Until when it must be remembered, Unix seconds.
    pub until_s: i64,
}

/// Checks an assertion of a client with its registered keys.
///
/// # Errors
/// `invalid_client` whatever the cause: `aud` is not the issuer as one text, it lives longer than 60 s, it is over, it has
/// no `jti`, another key signed it.
pub fn check(token: &str, client: &str, keys: &[Jwk], issuer: &str, now_s: i64) -> Result<Asserted, OauthError> {
    let refused = |description| OauthError::new(Code::InvalidClient, description);
    let read = jwt::read(token).map_err(|_| refused("the assertion is not a signed JWT"))?;
    let kid = read.kid().map(str::to_owned);
    // One without a key id is tried against every key: there are ten at most.
    let fits = keys.iter().filter(|key| kid.is_none() || key.kid == kid);
    let claims = fits
        .into_iter()
        .find_map(|key| read.clone().verified_by(&key.key, None).ok())
        .ok_or(refused("no registered key of this client signed the assertion"))?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(client) || text("sub") != Some(client) {
        return Err(refused("iss and sub of an assertion are the client_id"));
    }
    if text("aud") != Some(issuer) {
        return Err(refused("aud of an assertion is the issuer, as one text"));
    }
    let exp = claims.get("exp").and_then(Value::as_i64).ok_or(refused("an assertion needs exp"))?;
    if exp <= now_s - SKEW_S || exp > now_s + LIFE_MAX_S + SKEW_S {
        return Err(refused("an assertion lives at most 60 seconds"));
    }
    let begins = ["iat", "nbf"].iter().filter_map(|name| claims.get(*name).and_then(Value::as_i64));
    if begins.clone().any(|at| at > now_s + SKEW_S || exp - at > LIFE_MAX_S) {
        return Err(refused("an assertion lives at most 60 seconds"));
    }
    let jti = text("jti")
        .filter(|jti| !jti.is_empty() && jti.len() <= JTI_LEN_MAX)
        .ok_or(refused("an assertion needs jti"))?;
    Ok(Asserted {
        once: sha256(&[b"yima.assertion.v1\0", client.as_bytes(), b"\0", jti.as_bytes()]),
        until_s: exp + SKEW_S,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::tests::Signer;
    use serde_json::json;
    use yima_keys::Suite;

    #[test]
    fn rfc_7523_3_an_assertion_is_for_us_short_and_of_a_registered_key() {
        let signer = Signer::new(Suite::Es256, 1);
        let keys = [Jwk { kid: Some("k".into()), key: signer.public() }];
        let good =
            json!({ "iss": "app_1", "sub": "app_1", "aud": "https://id.cn", "exp": 1_050, "iat": 1_000, "jti": "j" });
        let check = |claims: &Value, kid: &str| {
            super::check(&signer.sign("JWT", kid, claims), "app_1", &keys, "https://id.cn", 1_000)
        };
        assert!(check(&good, "k").is_ok());
        let with = |name: &str, value: Value| {
            let mut all = good.clone();
            all[name] = value;
            all
        };
        let table = [
            with("iss", json!("app_2")),
            with("sub", json!("app_2")),
            with("aud", json!("https://id.cn/oauth2/token")),
            with("aud", json!(["https://id.cn"])),
            with("exp", json!(1_121)),
            with("exp", json!(940)),
            with("exp", json!(1_061)),
            with("exp", json!("1050")),
            with("iat", json!(1_061)),
            with("jti", json!("")),
            with("jti", Value::Null),
        ];
        for claims in table {
            assert_eq!(check(&claims, "k").unwrap_err().code, Code::InvalidClient, "{claims}");
        }
        assert!(check(&good, "other").is_err());
        let stranger = Signer::new(Suite::Es256, 2).sign("JWT", "k", &good);
        assert!(super::check(&stranger, "app_1", &keys, "https://id.cn", 1_000).is_err());
        assert!(super::check("a.b.c", "app_1", &keys, "https://id.cn", 1_000).is_err());
    }

    #[test]
    fn r35_the_same_jti_of_two_clients_is_two() {
        let signer = Signer::new(Suite::Ed25519, 1);
        let keys = [Jwk { kid: None, key: signer.public() }];
        let once = |client: &str| {
            let claims = json!({ "iss": client, "sub": client, "aud": "i", "exp": 1_050, "jti": "j" });
            check(&signer.sign("JWT", "any", &claims), client, &keys, "i", 1_000).map(|a| a.once)
        };
        // A kid that no key has is not taken.
        assert!(once("a").is_err());
        let keys = [Jwk { kid: Some("any".into()), key: signer.public() }];
        let once = |client: &str| {
            let claims = json!({ "iss": client, "sub": client, "aud": "i", "exp": 1_050, "jti": "j" });
            check(&signer.sign("JWT", "any", &claims), client, &keys, "i", 1_000).map(|a| a.once)
        };
        assert_ne!(once("a"), once("b"));
    }
}
