//! Symmetric keys in memory: token id keys, T0 keys, data, index and pairwise keys.
//! It does not know what a key is for; the context under which it is wrapped says so.

use super::{Custody, CustodyError};
use crate::CryptoRng;
use std::fmt;
use zeroize::Zeroizing;

/// `N` octets that are wiped on drop and never printed.
#[derive(Clone)]
pub struct SecretKey<const N: usize>(Zeroizing<[u8; N]>);

impl<const N: usize> SecretKey<N> {
    /// Random octets.
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut key = Zeroizing::new([0u8; N]);
        rng.fill_bytes(&mut *key);
        Self(key)
    }

    /// Takes octets that are secret already.
    #[must_use]
    pub fn from_octets(octets: &[u8; N]) -> Self {
        Self(Zeroizing::new(*octets))
    }

    /// The octets: for a cipher, never for a page or a log.
    #[must_use]
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }

    /// Seals the key for the store; the context says what for, and is needed again.
    ///
    /// # Errors
    /// Those of [`Custody::wrap`].
    pub fn wrap(&self, custody: &dyn Custody, context: &str, rng: &mut dyn CryptoRng) -> Result<Vec<u8>, CustodyError> {
        custody.wrap(context, &*self.0, rng)
    }

    /// Opens what [`SecretKey::wrap`] sealed.
    ///
    /// # Errors
    /// [`CustodyError::NotUnwrapped`] under another custody or context, or if it has not `N` octets.
    pub fn unwrap(custody: &dyn Custody, context: &str, wrapped: &[u8]) -> Result<Self, CustodyError> {
        let octets = custody.unwrap(context, wrapped)?;
        let octets: &[u8; N] = octets[..].try_into().map_err(|_| CustodyError::NotUnwrapped)?;
        Ok(Self::from_octets(octets))
    }
}

impl<const N: usize> fmt::Debug for SecretKey<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey<{N}>(…)")
    }
}
