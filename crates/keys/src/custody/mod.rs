//! The only private keys: made, kept, used and erased behind one trait, in a sealed file or in a PKCS#11 module.
//! It does not know what is signed, nor the clock, nor where chance comes from: both are arguments.

mod disk;
mod error;
mod file;
mod issuing;
mod key;
#[cfg(feature = "pkcs11")]
mod pkcs11;
mod secret;
mod vault;
mod wrapped;

pub use error::CustodyError;
pub use file::FileCustody;
pub use issuing::IssuingKey;
pub use key::{KeyInfo, KeyRef, KeyState, KeyUse};
#[cfg(feature = "pkcs11")]
pub use pkcs11::{Pkcs11Config, Pkcs11Custody};
pub use secret::SecretKey;
pub use vault::{Argon2Cost, Lock};
pub use wrapped::wrapped_under;

pub use crate::aead::SealSuite;
use crate::{CryptoRng, Suite};
use zeroize::Zeroizing;

/// Longest secret that may be wrapped, in octets: keys, never data.
pub const WRAP_LEN_MAX: usize = 4096;

/// A keeper of private keys. Secrets never leave it, except wrapped or erased.
pub trait Custody: Send + Sync {
    /// `file` or `pkcs11`, for logs and pages.
    fn kind(&self) -> &'static str;

    /// Makes a key pair for one use, in state [`KeyState::Assigned`]; `at` is in Unix seconds.
    fn generate(
        &self,
        used_for: KeyUse,
        suite: Suite,
        at: i64,
        rng: &mut dyn CryptoRng,
    ) -> Result<KeyInfo, CustodyError>;

    /// Every key that was ever made here, oldest first.
    fn list(&self) -> Result<Vec<KeyInfo>, CustodyError>;

    /// Takes in what another process has changed since.
    fn refresh(&self) -> Result<(), CustodyError>;

    /// One key.
    fn info(&self, key: &KeyRef) -> Result<KeyInfo, CustodyError>;

    /// Signs the parts, joined, with an active key: r||s, low s for ES256, the default id for SM2.
    fn sign(&self, key: &KeyRef, parts: &[&[u8]], rng: &mut dyn CryptoRng) -> Result<[u8; 64], CustodyError>;

    /// Moves a key forwards in its life; [`KeyState::Destroyed`] erases the secret.
    fn advance(&self, key: &KeyRef, to: KeyState, at: i64, rng: &mut dyn CryptoRng) -> Result<KeyInfo, CustodyError>;

    /// Seals a short-lived or symmetric key for keeping elsewhere. The context says what for, and is needed again.
    fn wrap(&self, context: &str, secret: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>, CustodyError>;

    /// Opens what [`Custody::wrap`] sealed, under the same context.
    fn unwrap(&self, context: &str, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, CustodyError>;

    /// Makes a new wrapping key and returns its number; older ones still unwrap.
    fn rotate_wrapping(&self, at: i64, rng: &mut dyn CryptoRng) -> Result<u32, CustodyError>;

    /// The number of the wrapping key that wraps now.
    fn wrapping_number(&self) -> Result<u32, CustodyError>;

    /// Erases the wrapping keys before this number, for ever; how many. The newest one is never erased.
    fn erase_wrapping_before(&self, number: u32, rng: &mut dyn CryptoRng) -> Result<u32, CustodyError>;

    /// Copies a key into a holder's own file, in its present state; the copy here stays until it is destroyed.
    ///
    /// # Errors
    /// [`CustodyError::Unsupported`] where keys never leave, which is the point of a module.
    fn hand_over(&self, key: &KeyRef, to: &FileCustody, rng: &mut dyn CryptoRng) -> Result<(), CustodyError>;

    /// Lets an assigned key sign.
    fn activate(&self, key: &KeyRef, at: i64, rng: &mut dyn CryptoRng) -> Result<KeyInfo, CustodyError> {
        self.advance(key, KeyState::Active, at, rng)
    }

    /// Stops a key from signing; what it signed still checks.
    fn retire(&self, key: &KeyRef, at: i64, rng: &mut dyn CryptoRng) -> Result<KeyInfo, CustodyError> {
        self.advance(key, KeyState::Retired, at, rng)
    }

    /// Erases a key's secret.
    fn destroy(&self, key: &KeyRef, at: i64, rng: &mut dyn CryptoRng) -> Result<KeyInfo, CustodyError> {
        self.advance(key, KeyState::Destroyed, at, rng)
    }

    /// The newest active key of a use and suite, if there is one.
    fn active(&self, used_for: KeyUse, suite: Suite) -> Result<Option<KeyInfo>, CustodyError> {
        let fits = |info: &KeyInfo| info.used_for == used_for && info.suite == suite && info.state == KeyState::Active;
        Ok(self.list()?.into_iter().filter(fits).max_by_key(|info| (info.changed_at, info.made_at)))
    }
}

#[cfg(test)]
mod file_tests;
#[cfg(test)]
pub(crate) mod tests;
