//! SHA-256, SM3 and HMAC over both, for a message given in parts.
//! It does not know what the parts mean; whoever calls puts a domain before them.

use aws_lc_rs::{digest, hmac as lc_hmac};
use hmac::{KeyInit, Mac, SimpleHmac};
use sm3::{Digest, Sm3};

/// SHA-256 (FIPS 180-4) of the parts' concatenation.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    parts.iter().for_each(|part| context.update(part));
    filled(context.finish().as_ref())
}

/// SM3 (GB/T 32905-2016) of the parts' concatenation.
#[must_use]
pub fn sm3(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sm3::new();
    parts.iter().for_each(|part| hasher.update(part));
    filled(&hasher.finalize())
}

/// A key of HMAC-SHA256 (RFC 2104) that seals many messages: what depends on the key alone is hashed once. It can't be printed.
pub struct HmacKey(lc_hmac::Key);

impl HmacKey {
    /// Of octets, 32 or more.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self(lc_hmac::Key::new(lc_hmac::HMAC_SHA256, key))
    }

    /// HMAC-SHA256 of the parts' concatenation.
    #[must_use]
    pub fn of(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = lc_hmac::Context::with_key(&self.0);
        parts.iter().for_each(|part| context.update(part));
        filled(context.sign().as_ref())
    }
}

/// HMAC-SHA256 (RFC 2104) of the parts' concatenation.
#[must_use]
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    HmacKey::new(key).of(parts)
}

/// HMAC-SM3 (RFC 2104 with GB/T 32905) of the parts' concatenation.
#[must_use]
pub fn hmac_sm3(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = SimpleHmac::<Sm3>::new_from_slice(key).expect("HMAC takes a key of any length");
    parts.iter().for_each(|part| mac.update(part));
    filled(&mac.finalize().into_bytes())
}

fn filled(digest: &[u8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest);
    bytes
}
