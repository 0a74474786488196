//! Access tokens whose signature was found right, so that it is not checked again whenever an API asks about one. A memory
//! belongs to one look at the keys and ends with it (decision 0023). It does not know whether the sign-in behind a token stands.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use yima_oidc::jwt::NotAToken;
use yima_oidc::tokens::AccessToken;

/// Tokens in each half; a token takes about 1 KB.
const HALF_MAX: usize = 2_048;

/// Tokens by the hash of their whole text. When the young half is full it becomes the old one, whose tokens are forgotten
/// unless they are brought again.
#[derive(Default)]
pub(crate) struct CheckedTokens(Mutex<Halves>);

#[derive(Default)]
struct Halves {
    young: HashMap<[u8; 32], Arc<AccessToken>>,
    old: HashMap<[u8; 32], Arc<AccessToken>>,
}

impl CheckedTokens {
    /// The token as it was read before, or as `check` reads it now. That it is ours and not over is looked at each time.
    ///
    /// # Errors
    /// What `check` says, and [`NotAToken::Malformed`] for one that is over since.
    pub(crate) fn read(
        &self,
        token: &str,
        issuer: &str,
        now_s: i64,
        check: impl FnOnce() -> Result<AccessToken, NotAToken>,
    ) -> Result<Arc<AccessToken>, NotAToken> {
        let hash = yima_keys::sha256(&[token.as_bytes()]);
        if let Some(read) = self.halves().find(&hash) {
            return if read.counts(issuer, now_s) { Ok(read) } else { Err(NotAToken::Malformed) };
        }
        let read = Arc::new(check()?);
        self.halves().keep(hash, Arc::clone(&read));
        Ok(read)
    }

    fn halves(&self) -> std::sync::MutexGuard<'_, Halves> {
        // INVARIANT: both halves are whole between any two steps.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Halves {
    fn find(&mut self, hash: &[u8; 32]) -> Option<Arc<AccessToken>> {
        if let Some(read) = self.young.get(hash) {
            return Some(Arc::clone(read));
        }
        let read = self.old.remove(hash)?;
        self.keep(*hash, Arc::clone(&read));
        Some(read)
    }

    fn keep(&mut self, hash: [u8; 32], read: Arc<AccessToken>) {
        if self.young.len() >= HALF_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(hash, read);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://id.example.cn";

    fn token(number: usize) -> AccessToken {
        AccessToken {
            iss: ISSUER.into(),
            sub: number.to_string(),
            aud: ISSUER.into(),
            exp: 1_300,
            iat: 1_000,
            jti: number.to_string(),
            client_id: "app_1".into(),
            scope: String::new(),
            sid: None,
            signed_in: None,
            cnf: None,
            act: None,
            mandate: None,
        }
    }

    #[test]
    fn a_signature_is_checked_once_and_the_end_each_time() {
        let checked = CheckedTokens::default();
        let known = || -> Result<AccessToken, NotAToken> { panic!("it was checked before") };
        assert_eq!(checked.read("a.b.c", ISSUER, 1_000, || Ok(token(1))).unwrap().sub, "1");
        assert_eq!(checked.read("a.b.c", ISSUER, 1_299, known).unwrap().sub, "1");
        assert!(checked.read("a.b.c", ISSUER, 1_300, known).is_err(), "over");
        assert!(checked.read("a.b.c", "https://other.cn", 1_000, known).is_err(), "of another issuer");
        let wrong = || Err(NotAToken::Signature);
        assert_eq!(checked.read("a.b.d", ISSUER, 1_000, wrong), Err(NotAToken::Signature), "another text");
        assert_eq!(checked.read("a.b.d", ISSUER, 1_000, wrong), Err(NotAToken::Signature), "no wrong one is kept");
    }

    #[test]
    fn the_memory_is_bounded_and_keeps_what_is_asked_again() {
        let checked = CheckedTokens::default();
        for number in 0..10 * HALF_MAX {
            let text = number.to_string();
            checked.read(&text, ISSUER, 1_000, || Ok(token(number))).unwrap();
            checked.read("0", ISSUER, 1_000, || panic!("asked all the time")).unwrap();
        }
        let halves = checked.halves();
        assert!(halves.young.len() <= HALF_MAX && halves.old.len() <= HALF_MAX);
    }
}
