//! A key of one run, for what lies on a disk for some minutes and is read back by the same run alone.
//! It does not know what it seals or where that lies. The key is nowhere but in memory: who kills the run has destroyed it.

use crate::CryptoRng;
use crate::aead::{Aead, NONCE_LEN, SealSuite, TAG_LEN};
use crate::sealed::Unsealed;
use zeroize::Zeroizing;

/// Octets by which a sealed block is longer.
pub const SEAL_LEN: usize = TAG_LEN;

/// Seals blocks and numbers them; a block opens under its own number alone.
///
/// The number is the nonce, so no two blocks share one (SP 800-38D section 8.2.1).
pub struct PassingKey {
    aead: Aead,
    sealed: u64,
}

impl PassingKey {
    /// A fresh key.
    #[must_use]
    pub fn new(suite: SealSuite, rng: &mut dyn CryptoRng) -> Self {
        let mut key = Zeroizing::new([0u8; 32]);
        rng.fill_bytes(&mut *key);
        Self { aead: Aead::new(suite, &key), sealed: 0 }
    }

    /// Encrypts in place and makes the block longer by [`SEAL_LEN`] octets; the block's number, from 0.
    pub fn seal(&mut self, block: &mut Vec<u8>) -> u64 {
        let number = self.sealed;
        self.sealed += 1;
        let tag = self.aead.seal(&nonce(number), b"yima.passing.v1", block);
        block.extend_from_slice(&tag);
        number
    }

    /// Decrypts in place; what was sealed is what comes back.
    ///
    /// # Errors
    /// [`Unsealed::NotAuthentic`] when it was changed, or is another block.
    pub fn open<'a>(&self, number: u64, block: &'a mut [u8]) -> Result<&'a mut [u8], Unsealed> {
        self.aead.open(&nonce(number), b"yima.passing.v1", block).map_err(|_| Unsealed::NotAuthentic)
    }
}

fn nonce(number: u64) -> [u8; NONCE_LEN] {
    let mut nonce = [0u8; NONCE_LEN];
    nonce[NONCE_LEN - 8..].copy_from_slice(&number.to_be_bytes());
    nonce
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::custody::tests::rng;

    #[test]
    fn a_block_opens_under_its_number_alone() {
        for suite in [SealSuite::Aes256Gcm, SealSuite::Sm4Gcm] {
            let mut key = PassingKey::new(suite, &mut rng(3));
            let blocks = [b"first".to_vec(), b"second".to_vec()].map(|mut block| (key.seal(&mut block), block));
            assert_eq!((blocks[0].0, blocks[1].0), (0, 1));
            assert_eq!(blocks[0].1.len(), 5 + SEAL_LEN);
            assert_eq!(key.open(0, &mut blocks[0].1.clone()), Ok(&mut b"first".to_vec()[..]));
            assert_eq!(key.open(1, &mut blocks[1].1.clone()), Ok(&mut b"second".to_vec()[..]));
            let mut bent = blocks[1].1.clone();
            bent[0] ^= 1;
            let other = PassingKey::new(suite, &mut rng(4));
            for (key, number, block) in
                [(&key, 0, &blocks[1].1), (&key, 1, &bent), (&key, 1, &vec![0; 3]), (&other, 1, &blocks[1].1)]
            {
                assert_eq!(key.open(number, &mut block.clone()), Err(Unsealed::NotAuthentic));
            }
        }
    }
}
