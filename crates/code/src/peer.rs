//! What the gates of one place tell each other about tokens: a claim before one is taken, and what was taken.
//! It knows bytes and signatures; who is reached, and how long to wait, is the gate's business.

use crate::signing::{Message, domain};
use yima_keys::{PUBLIC_KEY_BYTES, PublicKey, Suite, sha256};

/// A claim or a question older or newer than this by the clock of whoever reads it is not answered, seconds.
pub const PEER_AGE_MAX_S: u32 = 30;
/// What one answer tells at most: the newest of what was taken.
pub const PEER_SEEN_MAX: usize = 10_000;
/// Bytes of a key with its suite.
pub const PEER_KEY_BYTES: usize = 1 + PUBLIC_KEY_BYTES;
const SEEN_BYTES: usize = 20;

/// A gate is about to take a token, and asks the gates beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerClaim {
    /// The place that both stand at.
    pub site: u32,
    /// When, Unix seconds.
    pub time: u32,
    /// The token.
    pub id: [u8; 16],
    /// Random.
    pub nonce: [u8; 8],
}

/// What a gate knows of a token that another claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerHolder {
    /// Nobody that it knows of has it: take it.
    Free,
    /// This gate has it, or heard that it has: since when, Unix seconds.
    Held {
        /// Suite and key of the gate.
        by: [u8; PEER_KEY_BYTES],
        /// Since when.
        at: u32,
    },
}

/// A gate asks what another took since a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAsk {
    /// The place that both stand at.
    pub site: u32,
    /// When, Unix seconds.
    pub time: u32,
    /// Since when, Unix seconds.
    pub since: u32,
    /// Random.
    pub nonce: [u8; 8],
}

impl PeerClaim {
    /// Bytes of a claim.
    pub const BYTES: usize = 32;

    /// `site 4 · time 4 · id 16 · nonce 8`.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; PeerClaim::BYTES] {
        let mut bytes = [0; PeerClaim::BYTES];
        bytes[..4].copy_from_slice(&self.site.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.time.to_be_bytes());
        bytes[8..24].copy_from_slice(&self.id);
        bytes[24..].copy_from_slice(&self.nonce);
        bytes
    }

    /// Reads the bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; PeerClaim::BYTES]) -> PeerClaim {
        let (id, nonce) = (array(&bytes[8..24]), array(&bytes[24..]));
        PeerClaim { site: number(&bytes[..4]), time: number(&bytes[4..8]), id, nonce }
    }

    /// What the gate that claims signs.
    #[must_use]
    pub fn message(&self) -> Message {
        Message::new(domain::PEER_CLAIM, &self.to_bytes())
    }
}

impl PeerHolder {
    /// Bytes of an answer.
    pub const BYTES: usize = 1 + PEER_KEY_BYTES + 4;

    /// `0 or 1 · suite and key 34 · time 4`, zeros when free.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; PeerHolder::BYTES] {
        let mut bytes = [0; PeerHolder::BYTES];
        if let PeerHolder::Held { by, at } = self {
            bytes[0] = 1;
            bytes[1..=PEER_KEY_BYTES].copy_from_slice(by);
            bytes[1 + PEER_KEY_BYTES..].copy_from_slice(&at.to_be_bytes());
        }
        bytes
    }

    /// Reads the bytes; `None` for another first byte, and for anything but zeros when free.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; PeerHolder::BYTES]) -> Option<PeerHolder> {
        match bytes[0] {
            0 if bytes.iter().all(|byte| *byte == 0) => Some(PeerHolder::Free),
            1 => Some(PeerHolder::Held {
                by: array(&bytes[1..=PEER_KEY_BYTES]),
                at: number(&bytes[1 + PEER_KEY_BYTES..]),
            }),
            _ => None,
        }
    }

    /// What the gate that answers signs: the claim that it answers, and the answer.
    #[must_use]
    pub fn message(&self, claim: &PeerClaim) -> Message {
        let body = [&sha256(&[&claim.to_bytes()])[..], &self.to_bytes()].concat();
        Message::new(domain::PEER_ANSWER, &body)
    }
}

impl PeerAsk {
    /// Bytes of a question.
    pub const BYTES: usize = 20;

    /// `site 4 · time 4 · since 4 · nonce 8`.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; PeerAsk::BYTES] {
        let mut bytes = [0; PeerAsk::BYTES];
        bytes[..4].copy_from_slice(&self.site.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.time.to_be_bytes());
        bytes[8..12].copy_from_slice(&self.since.to_be_bytes());
        bytes[12..].copy_from_slice(&self.nonce);
        bytes
    }

    /// Reads the bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; PeerAsk::BYTES]) -> PeerAsk {
        let (site, time, since) = (number(&bytes[..4]), number(&bytes[4..8]), number(&bytes[8..12]));
        PeerAsk { site, time, since, nonce: array(&bytes[12..]) }
    }

    /// What the gate that asks signs.
    #[must_use]
    pub fn message(&self) -> Message {
        Message::new(domain::PEER_ASK, &self.to_bytes())
    }

    /// What the gate that answers signs: the question, and the list.
    #[must_use]
    pub fn seen_message(&self, list: &[u8]) -> Message {
        let body = [sha256(&[&self.to_bytes()]), sha256(&[list])].concat();
        Message::new(domain::PEER_SEEN, &body)
    }
}

/// What was taken, as bytes: `id 16 · time 4` each.
#[must_use]
pub fn seen_to_bytes(seen: &[([u8; 16], u32)]) -> Vec<u8> {
    seen.iter().take(PEER_SEEN_MAX).flat_map(|(id, at)| [&id[..], &at.to_be_bytes()].concat()).collect()
}

/// Reads what was taken; `None` for a wrong length.
#[must_use]
pub fn seen_from_bytes(bytes: &[u8]) -> Option<Vec<([u8; 16], u32)>> {
    if !bytes.len().is_multiple_of(SEEN_BYTES) || bytes.len() > PEER_SEEN_MAX * SEEN_BYTES {
        return None;
    }
    Some(bytes.chunks_exact(SEEN_BYTES).map(|one| (array(&one[..16]), number(&one[16..]))).collect())
}

/// A key with its suite before it, as gates name each other.
#[must_use]
pub fn key_bytes(key: &PublicKey) -> [u8; PEER_KEY_BYTES] {
    let mut bytes = [0; PEER_KEY_BYTES];
    bytes[0] = key.suite().number();
    bytes[1..].copy_from_slice(key.bytes());
    bytes
}

/// The key of that name, if it is one of the place's.
#[must_use]
pub fn named<'a>(checkers: &'a [PublicKey], name: &[u8; PEER_KEY_BYTES]) -> Option<&'a PublicKey> {
    let suite = Suite::from_number(name[0])?;
    checkers.iter().find(|key| key.suite() == suite && key.bytes()[..] == name[1..])
}

/// Whether a message's time is now, give or take [`PEER_AGE_MAX_S`].
#[must_use]
pub fn is_fresh(time: u32, now: u32) -> bool {
    time.abs_diff(now) <= PEER_AGE_MAX_S
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    std::array::from_fn(|at| bytes[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gates_say_comes_back_from_its_bytes() {
        let claim = PeerClaim { site: 1_042, time: 1_798_000_000, id: [7; 16], nonce: *b"nonce-08" };
        assert_eq!(PeerClaim::from_bytes(&claim.to_bytes()), claim);
        let held = PeerHolder::Held { by: [3; PEER_KEY_BYTES], at: 1_798_000_001 };
        for answer in [PeerHolder::Free, held] {
            assert_eq!(PeerHolder::from_bytes(&answer.to_bytes()), Some(answer));
        }
        let mut bent = PeerHolder::Free.to_bytes();
        bent[5] = 1;
        assert_eq!(PeerHolder::from_bytes(&bent), None, "free says nothing else");
        bent[0] = 2;
        assert_eq!(PeerHolder::from_bytes(&bent), None, "no third word");
        let ask = PeerAsk { site: 1, time: 2, since: 3, nonce: [4; 8] };
        assert_eq!(PeerAsk::from_bytes(&ask.to_bytes()), ask);
        let seen = vec![([1; 16], 5), ([2; 16], u32::MAX)];
        assert_eq!(seen_from_bytes(&seen_to_bytes(&seen)), Some(seen));
        assert_eq!(seen_from_bytes(&[0; 21]), None);
    }

    #[test]
    fn an_answer_is_signed_for_its_claim() {
        let claim = PeerClaim { site: 1, time: 2, id: [3; 16], nonce: [4; 8] };
        let other = PeerClaim { nonce: [5; 8], ..claim };
        assert_ne!(PeerHolder::Free.message(&claim), PeerHolder::Free.message(&other));
        assert!(is_fresh(100, 130) && is_fresh(130, 100) && !is_fresh(100, 131));
    }
}
