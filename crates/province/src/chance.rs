//! Chance as an argument: one seeded generator, from which each deed draws a generator of its own.
//! It does not know what the random bytes are for.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::sync::{Mutex, PoisonError};

/// The province's source of randomness.
pub struct Chance(Mutex<StdRng>);

impl Chance {
    /// From a seed of the operating system, or a fixed one in tests.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn new(seed: Option<[u8; 32]>) -> Result<Self, String> {
        let seed = match seed {
            Some(seed) => seed,
            None => {
                let mut fresh = [0u8; 32];
                getrandom::fill(&mut fresh).map_err(|e| format!("the operating system gives no randomness: {e}"))?;
                fresh
            }
        };
        Ok(Self(Mutex::new(StdRng::from_seed(seed))))
    }

    /// A generator for one deed.
    pub fn rng(&self) -> StdRng {
        let mut mother = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        StdRng::from_rng(&mut *mother)
    }

    /// Some random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0u8; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut out);
        out
    }
}
