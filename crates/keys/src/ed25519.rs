//! Checks Ed25519 signatures strictly: canonical S, no small-order key or R (RFC 8032 section 5.1.7 and more).
//! It does not know the other curves, and it never signs.

use crate::suite::{BadKey, BadSignature};
use ed25519_dalek::{Signature, VerifyingKey};

/// An Ed25519 key of large order.
#[derive(Clone)]
pub(crate) struct Ed25519Key(VerifyingKey);

impl Ed25519Key {
    pub(crate) fn parse(bytes: &[u8; 33]) -> Result<Ed25519Key, BadKey> {
        let (prefix, key) = bytes.split_first_chunk::<1>().ok_or(BadKey)?;
        let key: &[u8; 32] = key.try_into().map_err(|_| BadKey)?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| BadKey)?;
        // A second encoding of the same point would be a second name for one key.
        let canonical = key.to_edwards().compress().to_bytes() == *key.as_bytes();
        if prefix != &[0] || key.is_weak() || !canonical {
            return Err(BadKey);
        }
        Ok(Ed25519Key(key))
    }

    pub(crate) fn verify(&self, message: &[&[u8]], signature: &[u8; 64]) -> Result<(), BadSignature> {
        let message = message.concat();
        self.0.verify_strict(&message, &Signature::from_bytes(signature)).map_err(|_| BadSignature)
    }
}
