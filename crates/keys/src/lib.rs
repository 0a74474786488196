//! Keys: the suites of the platform, and the only place where a private key may live.
//! Without the feature `custody` it is the checking half, which a gate is built from.

#[cfg(feature = "custody")]
mod aead;
mod block;
#[cfg(test)]
mod checking_tests;
#[cfg(feature = "custody")]
pub mod custody;
mod ed25519;
mod es256;
mod hash;
#[cfg(feature = "custody")]
pub mod passing;
#[cfg(feature = "custody")]
pub mod person;
#[cfg(feature = "custody")]
pub mod sealed;
mod sm2_plain;
mod sm2_table;
mod suite;

pub use block::BlockKey;
#[cfg(feature = "custody")]
pub use elliptic_curve::rand_core::CryptoRng;
pub use es256::{P256_HALF_ORDER, p256_compressed, p256_coordinates, verify_es256_der};
pub use hash::{HmacKey, hmac_sha256, hmac_sm3, sha256, sm3};
pub use sm2_plain::{SM2_USER_ID, verify_sm2_digest};
pub use suite::{BadKey, BadSignature, KnownKey, PUBLIC_KEY_BYTES, PublicKey, SIGNATURE_BYTES, Suite};
