//! The bytes that are signed: a domain, a zero byte, and the code's own bytes before the signature.
//! It holds no key and computes no signature.

/// Domains, each with its closing zero byte: a signature for one purpose is none for another.
pub mod domain {
    /// Issuer over a T1.
    pub const T1_ISSUER: &[u8] = b"yima.t1.issuer.v1\0";
    /// Holder over a T1.
    pub const T1_HOLDER: &[u8] = b"yima.t1.holder.v1\0";
    /// Holder over a T1c.
    pub const T1C_HOLDER: &[u8] = b"yima.t1c.holder.v1\0";
    /// MAC of a T0.
    pub const T0_MAC: &[u8] = b"yima.t0.v1\0";
    /// Issuer over a T2.
    pub const T2_ISSUER: &[u8] = b"yima.t2.issuer.v1\0";
    /// Digest of a challenge.
    pub const CHALLENGE: &[u8] = b"yima.chal.v1\0";
    /// Checker over a challenge.
    pub const CHALLENGE_CHECKER: &[u8] = b"yima.chal.checker.v1\0";
    /// A gate's own key vouches for itself when it is registered, and the old key for the new one.
    pub const CHECKER_KEY: &[u8] = b"yima.checker.key.v1\0";
    /// A gate claims a token among the gates of its place.
    pub const PEER_CLAIM: &[u8] = b"yima.peer.claim.v1\0";
    /// A gate answers a claim.
    pub const PEER_ANSWER: &[u8] = b"yima.peer.answer.v1\0";
    /// A gate asks what another took.
    pub const PEER_ASK: &[u8] = b"yima.peer.ask.v1\0";
    /// A gate tells what it took.
    pub const PEER_SEEN: &[u8] = b"yima.peer.seen.v1\0";
    /// Tag of a sealed record.
    pub const RECORD_TAG: &[u8] = b"yima.rec.tag.v1\0";
    /// Key of a sealed record, as HKDF's info.
    pub const RECORD_KEY: &[u8] = b"yima.rec.key.v1";
}

/// The longest signed part: a T1c's 141 bytes.
const BODY_BYTES_MAX: usize = 141;

/// A message to sign or to check, without allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    domain: &'static [u8],
    body: [u8; BODY_BYTES_MAX],
    length: usize,
}

impl Message {
    /// Keeps a copy of `body`, at most 141 bytes.
    pub(crate) fn new(domain: &'static [u8], body: &[u8]) -> Message {
        let mut kept = [0; BODY_BYTES_MAX];
        kept[..body.len()].copy_from_slice(body);
        Message { domain, body: kept, length: body.len() }
    }

    /// The message as parts for [`yima_keys::PublicKey::verify`] and for signers.
    #[must_use]
    pub fn parts(&self) -> [&[u8]; 2] {
        [self.domain, &self.body[..self.length]]
    }

    /// The message in one piece.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        self.parts().concat()
    }
}
