//! One block of AES-128 or SM4 under a key: the permutation that hides who a token id belongs to.
//! It does not know what a block means; modes of operation are not its business.

use crate::Suite;
use aes::Aes128;
use aes::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use sm4::Sm4;

/// A block key: AES-128 (FIPS 197) under ES256 and Ed25519, SM4 (GB/T 32907-2016) under SM2.
pub struct BlockKey(Cipher);

enum Cipher {
    Aes(Box<Aes128>),
    Sm4(Box<Sm4>),
}

impl BlockKey {
    /// Takes 16 random bytes as the key of the suite's cipher.
    #[must_use]
    pub fn new(suite: Suite, key: &[u8; 16]) -> BlockKey {
        let key = Array::from(*key);
        BlockKey(match suite {
            Suite::Sm2Sm3 => Cipher::Sm4(Box::new(Sm4::new(&key))),
            Suite::Es256 | Suite::Ed25519 => Cipher::Aes(Box::new(Aes128::new(&key))),
        })
    }

    /// Encrypts one block.
    #[must_use]
    pub fn encrypt(&self, block: [u8; 16]) -> [u8; 16] {
        let mut block = Array::from(block);
        match &self.0 {
            Cipher::Aes(cipher) => cipher.encrypt_block(&mut block),
            Cipher::Sm4(cipher) => cipher.encrypt_block(&mut block),
        }
        block.into()
    }

    /// Decrypts one block.
    #[must_use]
    pub fn decrypt(&self, block: [u8; 16]) -> [u8; 16] {
        let mut block = Array::from(block);
        match &self.0 {
            Cipher::Aes(cipher) => cipher.decrypt_block(&mut block),
            Cipher::Sm4(cipher) => cipher.decrypt_block(&mut block),
        }
        block.into()
    }
}

impl std::fmt::Debug for BlockKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BlockKey(..)")
    }
}
