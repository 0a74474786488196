//! Chance, from the operating system.
//! It does not know what the numbers are for.

use rand::rngs::SysRng;
use rand::{TryRng, rand_core::UnwrapErr};

/// The source for keys and signatures. It panics if the system has no entropy to give, which ends the program.
pub fn source() -> impl yima_keys::CryptoRng {
    UnwrapErr(SysRng)
}

/// Octets for names and nonces.
pub fn octets<const N: usize>() -> [u8; N] {
    let mut octets = [0; N];
    SysRng.try_fill_bytes(&mut octets).expect("the operating system gives entropy once it has started");
    octets
}

/// A number in [0, bound).
pub fn below(bound: u32) -> u32 {
    // The bias of a remainder of 64 bits is below 2^-32.
    let wide = u64::from_be_bytes(octets());
    u32::try_from(wide % u64::from(bound.max(1))).unwrap_or(0)
}
