//! The octets around a wrapped key, the same in every custody.
//! It does not know the wrapping keys, nor what is wrapped.
//!
//! `version 1 · cipher 1 · number of the wrapping key 4 · nonce 12 · ciphertext · tag 16`, big-endian.

use super::{CustodyError, WRAP_LEN_MAX};
use crate::CryptoRng;
use crate::aead::{NONCE_LEN, SealSuite, TAG_LEN};

const VERSION: u8 = 1;
const HEAD_LEN: usize = 2 + 4 + NONCE_LEN;

/// What stands before the ciphertext.
pub(super) struct Head {
    pub(super) cipher: SealSuite,
    pub(super) number: u32,
    pub(super) nonce: [u8; NONCE_LEN],
}

impl Head {
    /// A head with a fresh nonce, if the secret may be wrapped at all.
    pub(super) fn fresh(
        cipher: SealSuite,
        number: u32,
        secret: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, CustodyError> {
        if secret.len() > WRAP_LEN_MAX {
            return Err(CustodyError::Unsupported("wrapping more than 4096 octets"));
        }
        let mut nonce = [0u8; NONCE_LEN];
        rng.fill_bytes(&mut nonce);
        Ok(Self { cipher, number, nonce })
    }

    /// The head with what follows it.
    pub(super) fn join(&self, sealed: &[&[u8]]) -> Vec<u8> {
        let mut out = vec![VERSION, self.cipher as u8];
        out.extend_from_slice(&self.number.to_be_bytes());
        out.extend_from_slice(&self.nonce);
        sealed.iter().for_each(|part| out.extend_from_slice(part));
        out
    }

    /// Parts a wrapped key into its head, and its ciphertext with the tag.
    pub(super) fn split(wrapped: &[u8]) -> Option<(Self, &[u8])> {
        let (head, sealed) = wrapped.split_at_checked(HEAD_LEN)?;
        let cipher = SealSuite::from_byte(head[1])?;
        let number = u32::from_be_bytes(head[2..6].try_into().ok()?);
        let nonce = head[6..].try_into().ok()?;
        let fits = head[0] == VERSION && (TAG_LEN..=WRAP_LEN_MAX + TAG_LEN).contains(&sealed.len());
        fits.then_some((Self { cipher, number, nonce }, sealed))
    }
}

/// The number of the wrapping key under which this was sealed, if it has the form at all.
#[must_use]
pub fn wrapped_under(wrapped: &[u8]) -> Option<u32> {
    Head::split(wrapped).map(|(head, _)| head.number)
}

/// What a wrapped key is bound to besides its wrapping key.
pub(super) fn aad(context: &str) -> Vec<u8> {
    [b"yima.wrap.v1\0", context.as_bytes()].concat()
}
