//! Compact JSON Web Signatures (RFC 7515 section 3.1) over the platform's suites: ES256 (RFC 7518) and EdDSA (RFC 8037).
//! It does not know keys of its own: whoever signs hands in a signer, whoever checks a public key. The algorithm is
//! that of the key, never that of the token's header.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use yima_keys::{PublicKey, Suite};

/// Longest token that is looked at, octets. Ours have some 900; a proof of possession with its key some 500.
pub const TOKEN_LEN_MAX: usize = 8 * 1024;

/// The registered name of a suite's algorithm; SM2 has none.
#[must_use]
pub const fn alg(suite: Suite) -> Option<&'static str> {
    match suite {
        Suite::Es256 => Some("ES256"),
        Suite::Ed25519 => Some("EdDSA"),
        Suite::Sm2Sm3 => None,
    }
}

/// Why a token is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAToken {
    /// Not three parts of base64url, over-long, or not JSON objects.
    Malformed,
    /// `alg` is not that of the key.
    Algorithm,
    /// `typ` is another kind of token.
    Type,
    /// A header parameter that must be understood (`crit`), or that would bring another key in.
    Header,
    /// The signature does not hold.
    Signature,
}

impl fmt::Display for NotAToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "not a compact JWS of two JSON objects",
            Self::Algorithm => "the algorithm is not that of the key",
            Self::Type => "another kind of token",
            Self::Header => "a header parameter that is not taken",
            Self::Signature => "the signature does not hold",
        })
    }
}

impl std::error::Error for NotAToken {}

/// A token whose parts were read and whose signature was not checked yet.
#[derive(Clone, Debug)]
pub struct Unverified<'a> {
    /// The header.
    pub header: Value,
    /// The claims. Nothing in them counts before [`Unverified::verified_by`].
    pub claims: Value,
    signed: &'a str,
    signature: [u8; 64],
}

/// Signs claims: `sign` is given the signing input and returns r||s or the EdDSA signature.
///
/// # Errors
/// What the signer says; a suite without a registered algorithm is the caller's mistake and never reaches it.
pub fn sign<C: Serialize, E>(
    suite: Suite,
    typ: &str,
    kid: &str,
    claims: &C,
    sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
) -> Result<String, E> {
    let alg = alg(suite).unwrap_or("none-registered");
    let mut token = String::with_capacity(1024);
    let header = format!(r#"{{"alg":"{alg}","typ":"{typ}","kid":"{kid}"}}"#);
    URL_SAFE_NO_PAD.encode_string(header, &mut token);
    token.push('.');
    let body = serde_json::to_vec(claims).unwrap_or_default();
    URL_SAFE_NO_PAD.encode_string(body, &mut token);
    let signature = sign(token.as_bytes())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

/// Reads the parts of a token.
///
/// # Errors
/// [`NotAToken::Malformed`], and [`NotAToken::Header`] for `crit`, `jku` and `x5u`: nothing is fetched from where a token says.
pub fn read(token: &str) -> Result<Unverified<'_>, NotAToken> {
    if token.len() > TOKEN_LEN_MAX {
        return Err(NotAToken::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(NotAToken::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(NotAToken::Malformed)?;
    let object = |part: &str| -> Option<Value> {
        let value: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()?;
        value.is_object().then_some(value)
    };
    let header = object(header).ok_or(NotAToken::Malformed)?;
    let claims = object(claims).ok_or(NotAToken::Malformed)?;
    let signature =
        URL_SAFE_NO_PAD.decode(signature).ok().and_then(|s| s.try_into().ok()).ok_or(NotAToken::Malformed)?;
    if ["crit", "jku", "x5u"].iter().any(|name| header.get(name).is_some()) {
        return Err(NotAToken::Header);
    }
    Ok(Unverified { header, claims, signed, signature })
}

impl Unverified<'_> {
    /// The key id of the header, if it has one.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.header.get("kid")?.as_str()
    }

    /// The claims, if this key signed them as this kind of token. `typ` is compared without regard to case and to
    /// `application/` (RFC 7515 section 4.1.9).
    ///
    /// # Errors
    /// [`NotAToken::Algorithm`], [`NotAToken::Type`], [`NotAToken::Signature`].
    pub fn verified_by(self, key: &PublicKey, typ: Option<&str>) -> Result<Value, NotAToken> {
        let said = self.header.get("alg").and_then(Value::as_str);
        if said.is_none() || said != alg(key.suite()) {
            return Err(NotAToken::Algorithm);
        }
        if let Some(typ) = typ {
            let said = self.header.get("typ").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
            if said.strip_prefix("application/").unwrap_or(&said) != typ {
                return Err(NotAToken::Type);
            }
        }
        key.verify_foreign(&[self.signed.as_bytes()], &self.signature).map_err(|_| NotAToken::Signature)?;
        Ok(self.claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7515 appendix A.3.1: an ES256 token, and the x of its key.
    const A3: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    const A3_X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";

    fn a3_key() -> PublicKey {
        let x = URL_SAFE_NO_PAD.decode(A3_X).unwrap();
        let mut bytes = [0u8; 33];
        // Its y ends in 0xad, which is odd.
        bytes[0] = 3;
        bytes[1..].copy_from_slice(&x);
        PublicKey::parse(Suite::Es256, &bytes).unwrap()
    }

    #[test]
    fn the_token_of_rfc_7515_a_3_is_read() {
        let claims = read(A3).unwrap().verified_by(&a3_key(), None).unwrap();
        assert_eq!(claims["iss"], "joe");
    }

    #[test]
    fn what_is_no_token_of_this_key_is_refused() {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let body = part(serde_json::json!({ "iss": "joe" }));
        let with = |header: Value| format!("{}.{body}.{}", part(header), URL_SAFE_NO_PAD.encode([1u8; 64]));
        let table = [
            (String::new(), NotAToken::Malformed),
            ("a.b".to_owned(), NotAToken::Malformed),
            (format!("{}.{body}.", part(serde_json::json!({ "alg": "none" }))), NotAToken::Malformed),
            (with(serde_json::json!([])), NotAToken::Malformed),
            ("a".repeat(TOKEN_LEN_MAX + 1), NotAToken::Malformed),
            (with(serde_json::json!({ "alg": "ES256", "crit": ["exp"] })), NotAToken::Header),
            (with(serde_json::json!({ "alg": "ES256", "jku": "https://x.example" })), NotAToken::Header),
            (with(serde_json::json!({ "alg": "none" })), NotAToken::Algorithm),
            (with(serde_json::json!({ "alg": "HS256" })), NotAToken::Algorithm),
            (with(serde_json::json!({})), NotAToken::Algorithm),
            (with(serde_json::json!({ "alg": "ES256" })), NotAToken::Signature),
        ];
        for (token, expected) in table {
            let found = read(&token).and_then(|token| token.verified_by(&a3_key(), None)).unwrap_err();
            assert_eq!(found, expected, "{}", &token[..token.len().min(60)]);
        }
        assert_eq!(read(A3).unwrap().verified_by(&a3_key(), Some("dpop+jwt")), Err(NotAToken::Type));
    }
}
