//! What must be seen once, client assertions and proofs of possession, and the nonces by which our clock reaches them.
//! It does not know what a proof is for. A restart forgets all of it, and with it every nonce: old proofs die.

use crate::Province;
use crate::app_error::{AppError, refused};
use crate::clock::MICROS;
use crate::error::DeedError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq as _;
use yima_keys::hmac_sha256;
use yima_oidc::dpop::{self, Proof, Setting};
use yima_oidc::error::Code;
use yima_store::seen_proof;

/// A nonce is good for so long, seconds.
const NONCE_S: i64 = 60;
/// A proof is remembered for so long, seconds: the nonce's life twice, or `iat` on both sides.
const REMEMBER_S: i64 = 2 * NONCE_S;
/// Proofs that are remembered; beyond it those that are over go, and when none is, the oldest are not waited for.
const KEPT_MAX: usize = 200_000;

/// What was seen since the start, and the key of the nonces since then.
pub(crate) struct Proofs {
    epoch: [u8; 32],
    seen: Mutex<HashMap<[u8; 32], i64>>,
}

impl Proofs {
    pub(crate) fn new(epoch: [u8; 32]) -> Self {
        Self { epoch, seen: Mutex::new(HashMap::new()) }
    }

    fn nonce(&self, now_s: i64) -> String {
        let time = now_s.to_be_bytes();
        let seal = hmac_sha256(&self.epoch, &[b"yima.dpop-nonce.v1\0", &time]);
        URL_SAFE_NO_PAD.encode([&time[..], &seal[..16]].concat())
    }

    fn nonce_good(&self, nonce: &str, now_s: i64) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(nonce) else { return false };
        let Some((time, seal)) = bytes.split_first_chunk::<8>() else { return false };
        let right = hmac_sha256(&self.epoch, &[b"yima.dpop-nonce.v1\0", time]);
        let age = now_s - i64::from_be_bytes(*time);
        bool::from(right[..16].ct_eq(seal)) && (0..=NONCE_S).contains(&age)
    }

    pub(crate) fn first(&self, once: [u8; 32], now_s: i64, until_s: i64) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= KEPT_MAX {
            seen.retain(|_, until| *until > now_s);
        }
        match seen.get(&once) {
            Some(until) if *until > now_s => false,
            _ => seen.len() < KEPT_MAX && seen.insert(once, until_s).is_none_or(|until| until <= now_s),
        }
    }
}

impl Province {
    /// A nonce for the next proof (RFC 9449 section 8).
    #[must_use]
    pub fn dpop_nonce(&self) -> String {
        self.proofs.nonce(self.now_s())
    }

    /// Checks a proof of possession at one of our own addresses. Where `once` is asked, it may not have been seen before;
    /// a code and a refresh token that rotates are taken once themselves.
    pub(crate) async fn proof_of_possession(
        &self,
        proof: &str,
        (method, path): (&str, &str),
        access_token: Option<&str>,
        once: bool,
    ) -> Result<Proof, AppError> {
        let now_s = self.now_s();
        let url = format!("{}{path}", self.issuer());
        let setting = Setting { method, url: &url, now_s, access_token };
        let proof = dpop::check(proof, &setting, |nonce| self.proofs.nonce_good(nonce, now_s))?;
        if once && !self.seen_first(proof.once, now_s + REMEMBER_S).await? {
            return Err(refused(Code::InvalidDpopProof, "this proof was used before"));
        }
        Ok(proof)
    }

    /// Is this seen for the first time? With several nodes behind one database each learns of the others'.
    pub(crate) async fn seen_first(&self, once: [u8; 32], until_s: i64) -> Result<bool, DeedError> {
        if !self.proofs.first(once, self.now_s(), until_s) {
            return Ok(false);
        }
        if self.store.kind() != "postgres" {
            return Ok(true);
        }
        self.store
            .deed::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(seen_proof::first(tx, &once, until_s * MICROS).await?) })
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r30_a_nonce_is_ours_for_a_minute_and_of_this_start() {
        let proofs = Proofs::new([1; 32]);
        let nonce = proofs.nonce(1_000);
        for (now, good) in [(1_000, true), (1_060, true), (1_061, false), (999, false)] {
            assert_eq!(proofs.nonce_good(&nonce, now), good, "{now}");
        }
        assert!(!Proofs::new([2; 32]).nonce_good(&nonce, 1_000), "another start");
        for bad in ["", "x", &nonce[1..]] {
            assert!(!proofs.nonce_good(bad, 1_000), "{bad}");
        }
    }

    #[test]
    fn r35_what_was_seen_is_not_taken_again_until_it_is_over() {
        let proofs = Proofs::new([1; 32]);
        assert!(proofs.first([7; 32], 1_000, 1_120));
        assert!(!proofs.first([7; 32], 1_119, 1_300));
        assert!(proofs.first([8; 32], 1_119, 1_300));
        assert!(proofs.first([7; 32], 1_120, 1_300), "it was over");
    }
}
