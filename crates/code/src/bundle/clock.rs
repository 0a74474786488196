//! The clock of a gate: what time may be trusted, and signed answers that set it.
//! It reads no clock; codes never set one.

use super::root::Root;
use super::signer::KeyId;
use yima_keys::SIGNATURE_BYTES;

/// How far a gate's clock may lag the highest signed time before it is not trusted, seconds.
pub const LAG_ALLOWED_S: u32 = 30;
/// Bytes of a gate's nonce: at least 16, at most 32.
pub const NONCE_LEN: std::ops::RangeInclusive<usize> = 16..=32;

/// The gate's clock was never set, or stands below a signed time: could-not-check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockUntrusted {
    /// Unix seconds: the true time is not before this.
    pub not_before: u32,
}

impl std::fmt::Display for ClockUntrusted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the clock is not set: the time is not before {}", self.not_before)
    }
}

impl std::error::Error for ClockUntrusted {}

/// The time to check with, Unix seconds.
///
/// `persisted` is the floor's highest time, `head` the bundle's, `build` the software's; `system` is the clock of
/// the machine, `None` if it was never set.
///
/// # Errors
/// [`ClockUntrusted`] for a clock that was never set or lags by more than [`LAG_ALLOWED_S`].
pub fn trusted_time(persisted: u32, head: u32, build: u32, system: Option<u32>) -> Result<u32, ClockUntrusted> {
    let not_before = persisted.max(head).max(build);
    match system {
        Some(system) if system.saturating_add(LAG_ALLOWED_S) >= not_before => Ok(system.max(not_before)),
        Some(_) | None => Err(ClockUntrusted { not_before }),
    }
}

/// What a lists+time key signs to answer a gate's nonce with a time in Unix milliseconds.
#[must_use]
pub fn time_signing_input(nonce: &[u8], time_ms: u64) -> Vec<u8> {
    [b"yima.time.v1\0", nonce, &time_ms.to_be_bytes()].concat()
}

/// Who signed this answer to `nonce`, if a lists+time key of `root` did.
#[must_use]
pub fn time_signer(root: &Root, nonce: &[u8], time_ms: u64, signature: &[u8; SIGNATURE_BYTES]) -> Option<KeyId> {
    if !NONCE_LEN.contains(&nonce.len()) {
        return None;
    }
    let input = time_signing_input(nonce, time_ms);
    let signed = |key: &&yima_keys::PublicKey| key.verify(&[&input], signature).is_ok();
    root.lists.keys.iter().find(signed).map(KeyId::of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_never_below_what_was_signed() {
        let table = [
            (100, 200, 300, Some(400), Ok(400)),
            (100, 200, 300, Some(300), Ok(300)),
            (100, 200, 300, Some(270), Ok(300)),
            (100, 200, 300, Some(269), Err(300)),
            (500, 200, 300, Some(400), Err(500)),
            (100, 500, 300, Some(400), Err(500)),
            (0, 0, 0, Some(0), Ok(0)),
            (0, 0, 300, None, Err(300)),
        ];
        for (persisted, head, build, system, expected) in table {
            let expected = expected.map_err(|not_before| ClockUntrusted { not_before });
            assert_eq!(trusted_time(persisted, head, build, system), expected);
        }
    }
}
