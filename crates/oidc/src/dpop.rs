//! Demonstrating proof of possession (RFC 9449): a proof is for this method, this address, this moment and this token.
//! It does not know which proofs were seen, nor how nonces are made: both are the caller's.

use crate::error::{Code, OauthError};
use crate::{jwk, jwt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use subtle::ConstantTimeEq as _;
use yima_keys::sha256;

/// How far `iat` may be from now where no nonce tells the time, seconds.
pub const IAT_S: i64 = 60;
const JTI_LEN_MAX: usize = 128;

/// What a proof is held against.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// Method of the request.
    pub method: &'a str,
    /// Its address, without query and fragment.
    pub url: &'a str,
    /// Now, Unix seconds.
    pub now_s: i64,
    /// The access token that the proof comes with, at a resource.
    pub access_token: Option<&'a str>,
}

/// A proof that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Thumbprint of the key (RFC 7638).
    pub jkt: [u8; 32],
    /// What must be seen once: SHA-256 over key and `jti`.
    pub once: [u8; 32],
}

/// Checks a proof. `nonce_good` says whether a nonce is one of ours and fresh.
///
/// # Errors
/// `invalid_dpop_proof` (RFC 9449 section 5), or `use_dpop_nonce` for a nonce that is not, or no more, ours (section 8).
pub fn check(proof: &str, s: &Setting<'_>, nonce_good: impl FnOnce(&str) -> bool) -> Result<Proof, OauthError> {
    let refused = |description| OauthError::new(Code::InvalidDpopProof, description);
    let read = jwt::read(proof).map_err(|_| refused("the proof is not a signed JWT"))?;
    let header = read.header.get("jwk").ok_or(refused("the proof shows no public key in its header"))?;
    let key = jwk::read(header).map_err(|_| refused("the key of the proof is no public P-256 or Ed25519 key"))?.key;
    let claims = read
        .verified_by(&key, Some("dpop+jwt"))
        .map_err(|_| refused("the proof is not signed by its own key as dpop+jwt"))?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("htm") != Some(s.method) {
        return Err(refused("htm is not the method of this request"));
    }
    if text("htu").map(bare) != Some(s.url) {
        return Err(refused("htu is not the address of this request"));
    }
    let iat = claims.get("iat").and_then(Value::as_i64).ok_or(refused("the proof needs iat"))?;
    match text("nonce") {
        Some(nonce) if nonce_good(nonce) => {}
        Some(_) => return Err(OauthError::new(Code::UseDpopNonce, "prove it again with the nonce of this answer")),
        None if (iat - s.now_s).abs() <= IAT_S => {}
        None => {
            return Err(OauthError::new(
                Code::UseDpopNonce,
                "iat is not now; prove it again with the nonce of this answer",
            ));
        }
    }
    if let Some(token) = s.access_token {
        let expected = URL_SAFE_NO_PAD.encode(sha256(&[token.as_bytes()]));
        let said = text("ath").unwrap_or_default();
        if !bool::from(said.as_bytes().ct_eq(expected.as_bytes())) {
            return Err(refused("ath is not the hash of the access token"));
        }
    }
    let jti =
        text("jti").filter(|jti| !jti.is_empty() && jti.len() <= JTI_LEN_MAX).ok_or(refused("the proof needs jti"))?;
    let jkt = jwk::thumbprint(&key).ok_or(refused("the key of the proof has no thumbprint"))?;
    Ok(Proof { jkt, once: sha256(&[b"yima.dpop.v1\0", &jkt, jti.as_bytes()]) })
}

/// RFC 9449 section 4.3: query and fragment don't count.
fn bare(url: &str) -> &str {
    &url[..url.find(['?', '#']).unwrap_or(url.len())]
}

/// A thumbprint as `dpop_jkt` and `cnf.jkt` carry it.
#[must_use]
pub fn jkt_text(jkt: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(jkt)
}

/// Reads such a text.
#[must_use]
pub fn jkt_of(text: &str) -> Option<[u8; 32]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::tests::Signer;
    use serde_json::json;
    use yima_keys::Suite;

    const URL: &str = "https://id.cn/oauth2/token";

    fn setting(access_token: Option<&str>) -> Setting<'_> {
        Setting { method: "POST", url: URL, now_s: 1_000, access_token }
    }

    #[test]
    fn rfc_9449_4_3_a_proof_is_for_this_request_alone() {
        let signer = Signer::new(Suite::Es256, 1);
        let good = json!({ "htm": "POST", "htu": URL, "iat": 1_000, "jti": "j" });
        let check = |claims: &Value| super::check(&signer.proof("dpop+jwt", claims), &setting(None), |n| n == "fresh");
        let proof = check(&good).unwrap();
        assert_eq!(Some(proof.jkt), jwk::thumbprint(&signer.public()));
        assert_eq!(jkt_of(&jkt_text(&proof.jkt)), Some(proof.jkt));
        let with = |name: &str, value: Value| {
            let mut all = good.clone();
            all[name] = value;
            all
        };
        assert!(check(&with("htu", json!("https://id.cn/oauth2/token?x=1#y"))).is_ok());
        let mut late = with("nonce", json!("fresh"));
        late["iat"] = json!(1);
        assert!(check(&late).is_ok(), "a fresh nonce tells the time");
        let table = [
            (with("htm", json!("GET")), Code::InvalidDpopProof),
            (with("htu", json!("https://id.cn/oauth2/par")), Code::InvalidDpopProof),
            (with("htu", json!("https://evil.cn/oauth2/token")), Code::InvalidDpopProof),
            (with("jti", json!("")), Code::InvalidDpopProof),
            (with("iat", Value::Null), Code::InvalidDpopProof),
            (with("iat", json!(1_061)), Code::UseDpopNonce),
            (with("iat", json!(939)), Code::UseDpopNonce),
            (with("nonce", json!("stale")), Code::UseDpopNonce),
        ];
        for (claims, code) in table {
            assert_eq!(check(&claims).unwrap_err().code, code, "{claims}");
        }
    }

    #[test]
    fn rfc_9449_11_6_forged_proofs_are_refused() {
        let signer = Signer::new(Suite::Es256, 1);
        let claims = json!({ "htm": "POST", "htu": URL, "iat": 1_000, "jti": "j" });
        let refuse = |proof: &str| super::check(proof, &setting(None), |_| true).unwrap_err().code;
        let proof = signer.proof("dpop+jwt", &claims);
        for bad in [
            signer.proof("JWT", &claims),
            signer.sign("dpop+jwt", "k", &claims),
            signer.proof_showing("dpop+jwt", &claims, &Signer::new(Suite::Es256, 2).public()),
            proof[..proof.len() - 4].to_owned(),
            "a.b.c".to_owned(),
        ] {
            assert_eq!(refuse(&bad), Code::InvalidDpopProof, "{}", &bad[..bad.len().min(40)]);
        }
    }

    #[test]
    fn rfc_9449_7_a_proof_at_a_resource_names_its_token() {
        let signer = Signer::new(Suite::Ed25519, 3);
        let ath = URL_SAFE_NO_PAD.encode(sha256(&[b"token"]));
        let claims = json!({ "htm": "POST", "htu": URL, "iat": 1_000, "jti": "j", "ath": ath });
        let proof = signer.proof("dpop+jwt", &claims);
        assert!(check(&proof, &setting(Some("token")), |_| false).is_ok());
        assert_eq!(check(&proof, &setting(Some("other")), |_| false).unwrap_err().code, Code::InvalidDpopProof);
    }
}
