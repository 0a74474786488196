//! Chance as an argument: one seeded generator, from which each deed draws a generator of its own.
//! It does not know what the random bytes are for.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

/// A generator that a deed takes into its transaction. Its clone begins at the same place as it did, so that a deed that is
/// tried again makes the same ids.
pub struct Rolls {
    seed: [u8; 32],
    rng: StdRng,
}

impl Clone for Rolls {
    fn clone(&self) -> Self {
        Self { seed: self.seed, rng: StdRng::from_seed(self.seed) }
    }
}

impl Deref for Rolls {
    type Target = StdRng;

    fn deref(&self) -> &StdRng {
        &self.rng
    }
}

impl DerefMut for Rolls {
    fn deref_mut(&mut self) -> &mut StdRng {
        &mut self.rng
    }
}

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

    /// A generator for one deed's transaction.
    pub fn rolls(&self) -> Rolls {
        let seed = self.bytes();
        Rolls { seed, rng: StdRng::from_seed(seed) }
    }

    /// Some random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0u8; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut out);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn sixteen_threads_that_ask_at_once_never_draw_the_same() {
        let chance = Chance::new(Some([7; 32])).unwrap();
        let drawn: Vec<Vec<[u8; 16]>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16)
                .map(|n| {
                    let chance = &chance;
                    scope.spawn(move || {
                        let mut mine = Vec::new();
                        for _ in 0..2_000 {
                            mine.push(chance.bytes());
                            let mut own = if n % 2 == 0 { chance.rng() } else { chance.rolls().rng };
                            let mut bytes = [0; 16];
                            own.fill_bytes(&mut bytes);
                            mine.push(bytes);
                        }
                        mine
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let all: HashSet<_> = drawn.iter().flatten().collect();
        assert_eq!(all.len(), 16 * 4_000);
    }

    #[test]
    fn two_starts_of_the_program_draw_differently() {
        let first = |_| Chance::new(None).unwrap().bytes::<32>();
        let starts: HashSet<_> = (0..64).map(first).collect();
        assert_eq!(starts.len(), 64);
    }
}
