//! Public keys as JSON (RFC 7517, RFC 7518 section 6, RFC 8037) and their thumbprints (RFC 7638): P-256 and Ed25519.
//! It does not know private keys: a JWK that holds one is refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::fmt;
use yima_keys::{PublicKey, Suite, p256_compressed, p256_coordinates, sha256};

/// Most keys of a set that are looked at.
const KEYS_MAX: usize = 10;
/// Longest key id.
const KID_LEN_MAX: usize = 128;

/// A key with the id that its owner gave it.
#[derive(Clone, Debug)]
pub struct Jwk {
    /// `kid`, where there is one.
    pub kid: Option<String>,
    /// The key.
    pub key: PublicKey,
}

/// Why something is no key that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAKey(&'static str);

impl fmt::Display for NotAKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NotAKey {}

/// Reads one public key.
///
/// # Errors
/// [`NotAKey`]: another kind of key or curve, a point off the curve, a private or symmetric key.
pub fn read(jwk: &Value) -> Result<Jwk, NotAKey> {
    if jwk.get("d").is_some() || jwk.get("k").is_some() {
        return Err(NotAKey("a key that is shown must be a public one"));
    }
    let text = |name: &str| jwk.get(name).and_then(Value::as_str).unwrap_or_default();
    let octets = |name: &str| -> Result<[u8; 32], NotAKey> {
        let bytes = URL_SAFE_NO_PAD.decode(text(name)).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.ok_or(NotAKey("a coordinate is 32 bytes in base64url"))
    };
    if !matches!(text("use"), "" | "sig") {
        return Err(NotAKey("a key for signatures is needed"));
    }
    let key = match (text("kty"), text("crv")) {
        ("EC", "P-256") => {
            let point = p256_compressed(&octets("x")?, &octets("y")?).ok_or(NotAKey("not a point of P-256"))?;
            PublicKey::parse(Suite::Es256, &point)
        }
        ("OKP", "Ed25519") => {
            let mut bytes = [0u8; 33];
            bytes[1..].copy_from_slice(&octets("x")?);
            PublicKey::parse(Suite::Ed25519, &bytes)
        }
        _ => return Err(NotAKey("keys are EC P-256 (ES256) or OKP Ed25519 (EdDSA)")),
    };
    let key = key.map_err(|_| NotAKey("not a key of that curve"))?;
    let kid = jwk.get("kid").and_then(Value::as_str).map(str::to_owned);
    if kid.as_ref().is_some_and(|kid| kid.is_empty() || kid.len() > KID_LEN_MAX) {
        return Err(NotAKey("a kid has 1 to 128 characters"));
    }
    Ok(Jwk { kid, key })
}

/// Reads a set of keys, `{"keys": […]}`.
///
/// # Errors
/// [`NotAKey`] for the first key that is not taken, for none and for more than ten.
pub fn read_set(set: &Value) -> Result<Vec<Jwk>, NotAKey> {
    let keys = set.get("keys").and_then(Value::as_array).ok_or(NotAKey("a key set is {\"keys\": [...]}"))?;
    if keys.is_empty() || keys.len() > KEYS_MAX {
        return Err(NotAKey("a key set holds 1 to 10 keys"));
    }
    keys.iter().map(read).collect()
}

/// Writes a public key; `None` for a suite without a registered form.
#[must_use]
pub fn write(key: &PublicKey, kid: &str) -> Option<Value> {
    let mut jwk = bare(key)?;
    jwk["kid"] = kid.into();
    jwk["use"] = "sig".into();
    jwk["alg"] = crate::jwt::alg(key.suite())?.into();
    Some(jwk)
}

/// SHA-256 thumbprint (RFC 7638 section 3): what a proof of possession binds a token to.
#[must_use]
pub fn thumbprint(key: &PublicKey) -> Option<[u8; 32]> {
    let jwk = bare(key)?;
    let text = |name: &str| jwk[name].as_str().unwrap_or_default();
    // The required members alone, in the order of their names, without blanks.
    let canonical = match key.suite() {
        Suite::Es256 => format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, text("x"), text("y")),
        Suite::Ed25519 => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, text("x")),
        Suite::Sm2Sm3 => return None,
    };
    Some(sha256(&[canonical.as_bytes()]))
}

fn bare(key: &PublicKey) -> Option<Value> {
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    match key.suite() {
        Suite::Es256 => {
            let (x, y) = p256_coordinates(key.bytes())?;
            Some(json!({ "kty": "EC", "crv": "P-256", "x": text(&x), "y": text(&y) }))
        }
        Suite::Ed25519 => Some(json!({ "kty": "OKP", "crv": "Ed25519", "x": text(&key.bytes()[1..]) })),
        Suite::Sm2Sm3 => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7515 appendix A.3.1, without its private part.
    fn a3() -> Value {
        json!({ "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" })
    }

    #[test]
    fn rfc_7517_a_key_comes_back_as_it_was() {
        let jwk = read(&a3()).unwrap();
        let written = write(&jwk.key, "k1").unwrap();
        for name in ["kty", "crv", "x", "y"] {
            assert_eq!(written[name], a3()[name], "{name}");
        }
        assert_eq!((&written["alg"], &written["kid"]), (&json!("ES256"), &json!("k1")));
    }

    #[test]
    fn rfc_8037_a_3_the_thumbprint_of_the_example() {
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        let print = thumbprint(&read(&jwk).unwrap().key).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(print), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn what_is_no_public_key_is_refused() {
        let with = |name: &str, value: Value| {
            let mut jwk = a3();
            jwk[name] = value;
            jwk
        };
        let table = [
            with("d", json!("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI")),
            with("y", json!("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1")),
            with("x", json!("AAAA")),
            with("crv", json!("P-384")),
            with("kty", json!("RSA")),
            with("use", json!("enc")),
            with("kid", json!("")),
            json!({ "kty": "oct", "k": "c2VjcmV0" }),
            json!({}),
        ];
        for jwk in table {
            assert!(read(&jwk).is_err(), "{jwk}");
        }
        assert!(read_set(&json!({ "keys": [] })).is_err());
        assert!(read_set(&json!({ "keys": [a3(), a3()] })).is_ok());
    }
}
