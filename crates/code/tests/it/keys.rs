//! Signing keys made from words, one of each suite: for vectors, which must come out the same every time.

use p256::ecdsa::signature::Signer as _;
use yima_keys::{SM2_USER_ID, Suite, sha256};

/// A test key that signs.
pub enum Signer {
    Es256(Box<p256::ecdsa::SigningKey>),
    Sm2(Box<sm2::dsa::SigningKey>),
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

impl Signer {
    /// The key of that suite and those words.
    pub fn from_words(suite: Suite, words: &str) -> Signer {
        let secret = sha256(&[b"yima test key, worth nothing: ", suite.name().as_bytes(), b" ", words.as_bytes()]);
        match suite {
            Suite::Es256 => Signer::Es256(Box::new(p256::ecdsa::SigningKey::from_slice(&secret).unwrap())),
            Suite::Sm2Sm3 => Signer::Sm2(Box::new(sm2::dsa::SigningKey::from_slice(SM2_USER_ID, &secret).unwrap())),
            Suite::Ed25519 => Signer::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(&secret))),
        }
    }

    pub fn suite(&self) -> Suite {
        match self {
            Signer::Es256(_) => Suite::Es256,
            Signer::Sm2(_) => Suite::Sm2Sm3,
            Signer::Ed25519(_) => Suite::Ed25519,
        }
    }

    /// The public key in a code's 33 bytes.
    pub fn public(&self) -> [u8; 33] {
        let bytes = match self {
            Signer::Es256(key) => key.verifying_key().to_sec1_point(true).as_bytes().to_vec(),
            Signer::Sm2(key) => {
                let full = key.verifying_key().to_sec1_bytes();
                let prefix = 2 + (full[64] & 1);
                [&[prefix], &full[1..33]].concat()
            }
            Signer::Ed25519(key) => [&[0][..], key.verifying_key().as_bytes()].concat(),
        };
        bytes.try_into().unwrap()
    }

    /// A deterministic signature, r||s; low s for ES256.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        match self {
            Signer::Es256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.normalize_s().to_bytes().into()
            }
            Signer::Sm2(key) => {
                let signature: sm2::dsa::Signature = key.sign(message);
                signature.to_bytes().into()
            }
            Signer::Ed25519(key) => key.sign(message).to_bytes(),
        }
    }
}
