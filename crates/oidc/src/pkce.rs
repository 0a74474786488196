//! Proof Key for Code Exchange (RFC 7636) with S256 alone. It does not know codes.

use crate::error::{Code, OauthError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

/// A challenge: SHA-256 of a verifier, base64url.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Challenge(String);

impl Challenge {
    /// Reads `code_challenge` and its method.
    ///
    /// # Errors
    /// `invalid_request` when it is missing, or the method is `plain` or left out, which means `plain`
    /// (RFC 7636 section 4.4.1; RFC 9700 section 2.1.1 asks for S256).
    pub fn parse(challenge: Option<&str>, method: Option<&str>) -> Result<Self, OauthError> {
        let wrong = |description| OauthError::new(Code::InvalidRequest, description);
        let challenge =
            challenge.ok_or(wrong("code_challenge is missing: every request proves its code (RFC 7636)"))?;
        if method != Some("S256") {
            return Err(wrong("code_challenge_method has to be S256"));
        }
        match URL_SAFE_NO_PAD.decode(challenge) {
            Ok(bytes) if bytes.len() == 32 => Ok(Self(challenge.to_owned())),
            _ => Err(wrong("code_challenge is not the SHA-256 of a verifier in base64url")),
        }
    }

    /// Does this verifier belong to it? (RFC 7636 section 4.6)
    #[must_use]
    pub fn proven_by(&self, verifier: &str) -> bool {
        let form = (43..=128).contains(&verifier.len())
            && verifier.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~'));
        let made = URL_SAFE_NO_PAD.encode(yima_keys::sha256(&[verifier.as_bytes()]));
        form && bool::from(made.as_bytes().ct_eq(self.0.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn rfc_7636_b_the_example_is_proven_and_nothing_else() {
        let challenge = Challenge::parse(Some(CHALLENGE), Some("S256")).unwrap();
        assert!(challenge.proven_by(VERIFIER));
        for other in ["", CHALLENGE, &VERIFIER[1..], &format!("{VERIFIER} "), &"a".repeat(129)] {
            assert!(!challenge.proven_by(other), "{other}");
        }
    }

    #[test]
    fn rfc_7636_4_4_1_plain_and_missing_are_refused() {
        let table = [
            (None, Some("S256")),
            (Some(CHALLENGE), None),
            (Some(CHALLENGE), Some("plain")),
            (Some(CHALLENGE), Some("s256")),
            (Some("short"), Some("S256")),
            (Some(VERIFIER), Some("plain")),
        ];
        for (challenge, method) in table {
            let found = Challenge::parse(challenge, method).unwrap_err();
            assert_eq!(found.code, Code::InvalidRequest, "{challenge:?} {method:?}");
        }
    }
}
