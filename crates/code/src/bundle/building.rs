//! Building: parts and a head in, the bytes to sign out, and with the signatures a bundle file.
//! It holds no private key and chooses no version; who publishes does.

use super::bytes::Writer;
use super::error::BundleError;
use super::head::{Head, Part, PartDigest};
use super::opening::MAGIC;
use super::signer::{Signature, write_signatures};

/// The keys part: signatures by the keys role over `KeysBody::signing_input`, then the body.
///
/// # Errors
/// [`BundleError::Malformed`] for too many signatures.
pub fn keys_part(body: &[u8], signatures: &[Signature]) -> Result<Vec<u8>, BundleError> {
    let mut part = Writer::default();
    write_signatures(&mut part, signatures)?;
    part.bytes(body);
    Ok(part.0)
}

/// The manifests part: signatures by two reviewers over `ManifestsBody::signing_input`, then the body.
///
/// # Errors
/// [`BundleError::Malformed`] for too many signatures.
pub fn manifests_part(body: &[u8], signatures: &[Signature]) -> Result<Vec<u8>, BundleError> {
    keys_part(body, signatures)
}

/// Five parts and the head over them, waiting for lists+time to sign.
#[derive(Clone, Debug)]
pub struct Draft {
    head: Head,
    parts: [Vec<u8>; 5],
}

impl Draft {
    /// Puts parts together, in the order of [`Part::ALL`]. `expires_at` must not be after the keys part's expiry.
    ///
    /// # Errors
    /// [`BundleError::TooLarge`] for a part above its bound.
    pub fn new(
        version: u32,
        epoch: u32,
        time: u32,
        expires_at: u32,
        parts: [Vec<u8>; 5],
    ) -> Result<Draft, BundleError> {
        let mut digests = [PartDigest { size: 0, sha256: [0; 32] }; 5];
        for part in Part::ALL {
            let bytes = &parts[part as usize];
            if bytes.len() > part.size_max() {
                return Err(BundleError::TooLarge);
            }
            digests[part as usize] = PartDigest::of(bytes)?;
        }
        Ok(Draft { head: Head { version, epoch, time, expires_at, parts: digests }, parts })
    }

    /// The head that will be signed.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// What lists+time signs.
    #[must_use]
    pub fn signing_input(&self) -> Vec<u8> {
        self.head.signing_input()
    }

    /// The bundle file.
    ///
    /// # Errors
    /// [`BundleError::Malformed`] for too many signatures.
    pub fn assemble(&self, signatures: &[Signature]) -> Result<Vec<u8>, BundleError> {
        let mut file = Writer::default();
        file.bytes(MAGIC).bytes(&self.head.to_bytes());
        write_signatures(&mut file, signatures)?;
        self.parts.iter().for_each(|part| {
            file.bytes(part);
        });
        Ok(file.0)
    }
}
