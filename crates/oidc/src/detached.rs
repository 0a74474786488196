//! A source's signature over a file: a detached compact JWS (RFC 7515 appendix F) whose payload is the 32 octets of the file's
//! SHA-256. Its header binds what the file brings and whose it is. It does not know which keys are registered, nor the time.

use crate::jwt::alg;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use std::fmt;
use yima_keys::PublicKey;

/// `typ` of the header: a signature that was made for something else is none over a file.
pub const TYP: &str = "yima-file+jws";
/// Longest signature that is looked at, octets. One with a name of eighty Chinese letters has some 600.
pub const SIGNATURE_LEN_MAX: usize = 2_048;

/// What a protected header says: these members and no others, each once. `crit`, `b64` (RFC 7797), keys and addresses of keys
/// are not among them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// `ES256` or `EdDSA`; it has to be that of the registered key.
    pub alg: String,
    /// [`TYP`].
    pub typ: String,
    /// Thumbprint of the key (RFC 7638, SHA-256) in base64url.
    pub kid: String,
    /// What the file brings.
    pub kind: String,
    /// Whose file it is, letter for letter as it is registered.
    pub source: String,
    /// When it was signed, Unix seconds.
    pub iat: i64,
}

/// Why a signature is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotASignature {
    /// Over-long, or not `header..signature` in base64url.
    Malformed,
    /// The payload stands in it: only the file itself is taken.
    Attached,
    /// The header has other members than it should, or one twice.
    Header,
    /// `typ` is another one.
    Type,
    /// `alg` is not that of the key.
    Algorithm,
    /// It was not made by this key, or over another file.
    Signature,
}

impl fmt::Display for NotASignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "not a detached JWS: header..signature in base64url, 2,048 octets at most",
            Self::Attached => {
                "the payload stands in it: leave the part between the two dots empty (RFC 7515 appendix F)"
            }
            Self::Header => "the header has to hold alg, typ, kid, kind, source and iat, each once and nothing else",
            Self::Type => "typ in the header has to be yima-file+jws",
            Self::Algorithm => "alg in the header is not that of the registered key",
            Self::Signature => "the signature does not hold: another key made it, or it is over another file",
        })
    }
}

impl std::error::Error for NotASignature {}

/// A signature whose parts were read. Nothing in it counts before [`Detached::holds`].
#[derive(Clone, Debug)]
pub struct Detached<'a> {
    /// The header.
    pub header: Header,
    protected: &'a str,
    signature: [u8; 64],
}

/// Reads the parts of a signature.
///
/// # Errors
/// [`NotASignature`] for all that can be seen without a key.
pub fn read(jws: &str) -> Result<Detached<'_>, NotASignature> {
    if jws.len() > SIGNATURE_LEN_MAX {
        return Err(NotASignature::Malformed);
    }
    let mut parts = jws.split('.');
    let (Some(protected), Some(payload), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(NotASignature::Malformed);
    };
    if !payload.is_empty() {
        return Err(NotASignature::Attached);
    }
    let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| NotASignature::Malformed);
    let signature = bytes(signature)?.try_into().map_err(|_| NotASignature::Malformed)?;
    let header = bytes(protected)?;
    // An array of the six values would be read as the object.
    let header = header.starts_with(b"{").then(|| serde_json::from_slice(&header).ok()).flatten();
    let header: Header = header.ok_or(NotASignature::Header)?;
    if header.typ != TYP {
        return Err(NotASignature::Type);
    }
    Ok(Detached { header, protected, signature })
}

impl Detached<'_> {
    /// Whether this key signed a file with that SHA-256. What is signed is `protected || '.' || BASE64URL(hash)` (RFC 7515
    /// section 5.1); the algorithm is that of the key.
    ///
    /// # Errors
    /// [`NotASignature::Algorithm`], [`NotASignature::Signature`].
    pub fn holds(self, key: &PublicKey, file_hash: &[u8; 32]) -> Result<Header, NotASignature> {
        if alg(key.suite()) != Some(self.header.alg.as_str()) {
            return Err(NotASignature::Algorithm);
        }
        let payload = URL_SAFE_NO_PAD.encode(file_hash);
        let signed: [&[u8]; 3] = [self.protected.as_bytes(), b".", payload.as_bytes()];
        key.verify_foreign(&signed, &self.signature).map_err(|_| NotASignature::Signature)?;
        Ok(self.header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwk::thumbprint;
    use crate::tokens::tests::Signer;
    use serde_json::{Value, json};
    use yima_keys::Suite;

    fn header(alg: &str, kid: &str) -> Value {
        json!({ "alg": alg, "iat": 1_800_000_000, "kid": kid, "kind": "posts", "source": "省人社厅", "typ": TYP })
    }

    fn part(bytes: impl AsRef<[u8]>) -> String {
        URL_SAFE_NO_PAD.encode(bytes)
    }

    #[test]
    fn rfc_7515_f_a_detached_signature_holds_over_its_file_and_no_other() {
        let hash = yima_keys::sha256(&[b"id_number,organisation,role\n"]);
        for suite in [Suite::Es256, Suite::Ed25519] {
            let signer = Signer::new(suite, 1);
            let public = signer.public();
            let kid = part(thumbprint(&public).unwrap());
            let protected = part(header(alg(suite).unwrap(), &kid).to_string());
            let signature = signer.signed(format!("{protected}.{}", part(hash)).as_bytes());
            let jws = format!("{protected}..{}", part(signature));
            let told = read(&jws).unwrap().holds(&public, &hash).unwrap();
            assert_eq!((told.kind.as_str(), told.source.as_str(), told.kid), ("posts", "省人社厅", kid.clone()));
            let other = yima_keys::sha256(&[b"another file"]);
            assert_eq!(read(&jws).unwrap().holds(&public, &other), Err(NotASignature::Signature));
            let stranger = Signer::new(suite, 2).public();
            assert_eq!(read(&jws).unwrap().holds(&stranger, &hash), Err(NotASignature::Signature));
            // One letter of the header, with the same signature.
            let turned = part(header(alg(suite).unwrap(), &kid).to_string().replace("posts", "poste"));
            let turned = format!("{turned}..{}", part(signature));
            assert_eq!(read(&turned).unwrap().holds(&public, &hash), Err(NotASignature::Signature));
        }
    }

    #[test]
    fn what_is_no_detached_signature_of_this_key_is_refused() {
        let key = Signer::new(Suite::Es256, 1).public();
        let signature = part([1u8; 64]);
        let of = |header: &str| format!("{}..{signature}", part(header));
        let good = header("ES256", "k");
        let with = |name: &str, value: Value| {
            let mut header = good.clone();
            header[name] = value;
            of(&header.to_string())
        };
        let without = |name: &str| {
            let mut header = good.clone();
            header.as_object_mut().unwrap().remove(name);
            of(&header.to_string())
        };
        let twice = good.to_string().replacen('{', r#"{"alg":"none","#, 1);
        let table = [
            ("nothing", String::new(), NotASignature::Malformed),
            ("two parts", "e30.AA".to_owned(), NotASignature::Malformed),
            ("four parts", format!("{}.", of(&good.to_string())), NotASignature::Malformed),
            ("padding", format!("{}==", of(&good.to_string())), NotASignature::Malformed),
            ("blanks", format!(" {}", of(&good.to_string())), NotASignature::Malformed),
            ("no signature", format!("{}..", part(good.to_string())), NotASignature::Malformed),
            (
                "a signature in DER",
                format!("{}..{}", part(good.to_string()), part([1u8; 70])),
                NotASignature::Malformed,
            ),
            ("JSON serialisation", json!({ "payload": "", "signatures": [] }).to_string(), NotASignature::Malformed),
            ("over-long", with("source", "x".repeat(SIGNATURE_LEN_MAX).into()), NotASignature::Malformed),
            ("attached", of(&good.to_string()).replace("..", ".AAAA."), NotASignature::Attached),
            ("no JSON", of("{"), NotASignature::Header),
            ("no object", of(r#"["ES256","yima-file+jws","k","posts","s",1]"#), NotASignature::Header),
            ("something behind it", of(&format!("{good}{{}}")), NotASignature::Header),
            ("alg twice", of(&twice), NotASignature::Header),
            ("no alg", without("alg"), NotASignature::Header),
            ("no kid", without("kid"), NotASignature::Header),
            ("no kind", without("kind"), NotASignature::Header),
            ("no source", without("source"), NotASignature::Header),
            ("no iat", without("iat"), NotASignature::Header),
            ("iat as text", with("iat", "1800000000".into()), NotASignature::Header),
            ("b64", with("b64", false.into()), NotASignature::Header),
            ("crit", with("crit", json!(["b64"])), NotASignature::Header),
            ("jwk", with("jwk", json!({})), NotASignature::Header),
            ("jku", with("jku", "https://x.example".into()), NotASignature::Header),
            ("x5c", with("x5c", json!([])), NotASignature::Header),
            ("another typ", with("typ", "JWT".into()), NotASignature::Type),
            ("alg none", with("alg", "none".into()), NotASignature::Algorithm),
            ("alg of a secret", with("alg", "HS256".into()), NotASignature::Algorithm),
            ("alg of another key", with("alg", "EdDSA".into()), NotASignature::Algorithm),
            ("made by nobody", of(&good.to_string()), NotASignature::Signature),
        ];
        for (what, jws, expected) in table {
            let found = read(&jws).and_then(|jws| jws.holds(&key, &[7; 32])).unwrap_err();
            assert_eq!(found, expected, "{what}");
        }
    }
}
