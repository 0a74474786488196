//! Public keys as JSON (RFC 7517, RFC 7518 section 6, RFC 8037) and their thumbprints (RFC 7638): P-256 and Ed25519.
//! It does not know private keys: a JWK that holds one is refused.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
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

/// Longest text of a public key that is looked at, octets.
const TEXT_LEN_MAX: usize = 4_096;
/// What stands before the 32 octets of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410 section 4).
const SPKI_ED25519: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// And before the 64 octets of a P-256 point in its own (RFC 5480 section 2), the 04 of its uncompressed form included.
const SPKI_P256: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];

/// Reads one public key as people paste it: a JWK, or a PEM of `openssl pkey -pubout` (RFC 7468 section 13).
///
/// # Errors
/// [`NotAKey`] as [`read`] does, for a private key too.
pub fn read_text(text: &str) -> Result<PublicKey, NotAKey> {
    let text = text.trim();
    if text.len() > TEXT_LEN_MAX {
        return Err(NotAKey("a public key is shorter"));
    }
    if text.contains("PRIVATE KEY") {
        return Err(NotAKey("that is a private key: keep it, and make a new one, for this one was shown"));
    }
    if !text.starts_with("-----BEGIN PUBLIC KEY-----") {
        let jwk = serde_json::from_str(text).map_err(|_| NotAKey("a key is a JWK, or a PEM that says PUBLIC KEY"))?;
        return read(&jwk).map(|jwk| jwk.key);
    }
    let inner: String = text.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    let der = STANDARD.decode(inner).map_err(|_| NotAKey("the PEM holds no base64"))?;
    let octets = |at: &[u8]| URL_SAFE_NO_PAD.encode(at);
    match (der.strip_prefix(SPKI_ED25519), der.strip_prefix(SPKI_P256)) {
        (Some(key), _) => read(&json!({ "kty": "OKP", "crv": "Ed25519", "x": octets(key) })),
        (_, Some(point)) => {
            let (x, y) = point.split_at_checked(32).ok_or(NotAKey("not a point of P-256"))?;
            read(&json!({ "kty": "EC", "crv": "P-256", "x": octets(x), "y": octets(y) }))
        }
        _ => Err(NotAKey("keys are EC P-256 (ES256), not compressed, or OKP Ed25519 (EdDSA)")),
    }
    .map(|jwk| jwk.key)
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
    fn a_public_key_is_read_as_openssl_writes_it() {
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        for (jwk, head) in [(jwk, SPKI_ED25519), (a3(), SPKI_P256)] {
            let part = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap_or_default()).unwrap();
            let der = [head, &part("x"), &part("y")].concat();
            let pem = |name: &str, der: &[u8]| {
                format!("-----BEGIN {name}-----\n{}\n-----END {name}-----\n", STANDARD.encode(der))
            };
            let key = read(&jwk).unwrap().key;
            assert_eq!(read_text(&pem("PUBLIC KEY", &der)), Ok(key.clone()));
            assert_eq!(read_text(&jwk.to_string()), Ok(key));
            for bad in
                [pem("PRIVATE KEY", &der), pem("PUBLIC KEY", &der[1..]), pem("PUBLIC KEY", &der[..der.len() - 1])]
            {
                assert!(read_text(&bad).is_err(), "{bad}");
            }
        }
        for bad in [String::new(), "{}".to_owned(), " ".repeat(5_000), "x".repeat(5_000)] {
            assert!(read_text(&bad).is_err(), "{bad}");
        }
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
