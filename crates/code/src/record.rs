//! The tag and key of a sealed record: both come from the shown code, so only who holds its bytes finds and opens it.
//! It does not encrypt, and does not know where records are kept.

use crate::signing::domain;
use yima_keys::{hmac_sha256, sha256};

/// What a record is found by: SHA-256 over the shown code's bytes, cut to 16.
#[must_use]
pub fn record_tag(shown: &[u8]) -> [u8; 16] {
    let digest = sha256(&[domain::RECORD_TAG, shown]);
    let mut tag = [0; 16];
    tag.copy_from_slice(&digest[..16]);
    tag
}

/// The key that seals a record: HKDF-SHA256 (RFC 5869) of the shown code's bytes, with the record's nonce as salt.
#[must_use]
pub fn record_key(shown: &[u8], nonce: &[u8; 16]) -> [u8; 32] {
    let extracted = hmac_sha256(nonce, &[shown]);
    hmac_sha256(&extracted, &[domain::RECORD_KEY, &[1]])
}
