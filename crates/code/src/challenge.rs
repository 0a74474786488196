//! Challenges: what a checker shows so that a holder's answer can't have been made before, or elsewhere.
//! It draws no random number and remembers nothing; the checker does both.

use crate::digits;
use crate::signing::{Message, domain};
use crate::token::CHALLENGE_DIGIT;
use yima_keys::{PublicKey, sha256};

/// A challenge as the checker shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Where the answer will be taken.
    pub site: u32,
    /// For what.
    pub scenario: u16,
    /// When it was made, Unix seconds.
    pub time: u32,
    /// Random.
    pub nonce: [u8; 8],
    /// The checker's signature over [`Challenge::checker_message`], or zeros from a checker without a key.
    pub signature: [u8; 64],
}

/// Seconds for which a challenge is open.
pub const CHALLENGE_OPEN_S: u32 = 60;

const BYTE_0: u8 = 0x15;
const SIGNED: usize = 19;

impl Challenge {
    /// Bytes of a challenge.
    pub const BYTES: usize = 83;

    /// A challenge without a checker's signature.
    #[must_use]
    pub fn unsigned(scenario: u16, site: u32, time: u32, nonce: [u8; 8]) -> Challenge {
        Challenge { site, scenario, time, nonce, signature: [0; 64] }
    }

    /// The message that a checker with a key signs.
    #[must_use]
    pub fn checker_message(&self) -> Message {
        Message::new(domain::CHALLENGE_CHECKER, &self.to_bytes()[..SIGNED])
    }

    /// Whether a checker signed it; that says nothing about who.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.signature != [0; 64]
    }

    /// The one of these keys that signed it: the keys that a verifier bundle names for the challenge's own place.
    #[must_use]
    pub fn signer<'a>(&self, checkers: &'a [PublicKey]) -> Option<&'a PublicKey> {
        let message = self.checker_message();
        checkers.iter().find(|key| self.is_signed() && key.verify(&message.parts(), &self.signature).is_ok())
    }

    /// The eight bytes that the answer carries and signs.
    #[must_use]
    pub fn short(&self) -> [u8; 8] {
        let digest = sha256(&[domain::CHALLENGE, &self.to_bytes()]);
        let mut short = [0; 8];
        short.copy_from_slice(&digest[..8]);
        short
    }

    /// `0x15 · site 4 · scenario 2 · time 4 · nonce 8 · signature 64`.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Challenge::BYTES] {
        let mut bytes = [0; Challenge::BYTES];
        bytes[0] = BYTE_0;
        bytes[1..5].copy_from_slice(&self.site.to_be_bytes());
        bytes[5..7].copy_from_slice(&self.scenario.to_be_bytes());
        bytes[7..11].copy_from_slice(&self.time.to_be_bytes());
        bytes[11..SIGNED].copy_from_slice(&self.nonce);
        bytes[SIGNED..].copy_from_slice(&self.signature);
        bytes
    }

    /// Reads the bytes; `None` when byte 0 is another.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; Challenge::BYTES]) -> Option<Challenge> {
        let [BYTE_0, a, b, c, d, e, f, g, h, i, j, rest @ ..] = *bytes else { return None };
        let (nonce, signature) = rest.split_first_chunk::<8>()?;
        Some(Challenge {
            site: u32::from_be_bytes([a, b, c, d]),
            scenario: u16::from_be_bytes([e, f]),
            time: u32::from_be_bytes([g, h, i, j]),
            nonce: *nonce,
            signature: signature.try_into().ok()?,
        })
    }

    /// The digit 5 and the bytes as digits: 201 in all, a QR of version 5-M.
    #[must_use]
    pub fn to_digits(&self) -> String {
        let mut digits = String::from(char::from(CHALLENGE_DIGIT));
        digits.push_str(&digits::encode(&self.to_bytes()));
        digits
    }

    /// Reads digits by the same exact rules as a code's.
    #[must_use]
    pub fn from_digits(text: &str) -> Option<Challenge> {
        let (first, rest) = text.as_bytes().split_first()?;
        let mut bytes = [0; Challenge::BYTES];
        (*first == CHALLENGE_DIGIT).then_some(())?;
        digits::decode(rest, &mut bytes)?;
        Challenge::from_bytes(&bytes)
    }

    /// The challenge as the check wants it.
    #[must_use]
    pub fn open(&self) -> OpenChallenge {
        OpenChallenge { short: self.short(), time: self.time }
    }
}

/// What a checker keeps of a challenge that it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenChallenge {
    /// The eight bytes that an answer carries.
    pub short: [u8; 8],
    /// When it was made, Unix seconds.
    pub time: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_comes_back_from_its_digits() {
        let mut challenge = Challenge::unsigned(3, 1_042, 1_798_000_000, *b"nonce-08");
        assert!(!challenge.is_signed());
        challenge.signature = [9; 64];
        let digits = challenge.to_digits();
        assert_eq!(digits.len(), 201);
        assert_eq!(Challenge::from_digits(&digits), Some(challenge));
        assert_eq!(Challenge::from_digits(&digits[1..]), None);
        assert_ne!(challenge.short(), Challenge::unsigned(3, 1_042, 1_798_000_000, *b"nonce-08").short());
    }
}
