//! Key ids, blocks of signatures, and the quorum of a role.
//! It does not know which bytes are signed for which purpose; callers give the domain.

use super::bytes::{Reader, Writer, at_most};
use super::error::BundleError;
use std::fmt;
use yima_keys::{PublicKey, SIGNATURE_BYTES, sha256};

/// The most signatures on one thing, and the most keys of one role.
pub const SIGNERS_MAX: usize = 16;

/// The name of a signer's key: the first 8 bytes of SHA-256(`yima.key.v1` 00 ‖ suite ‖ key).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 8]);

impl KeyId {
    /// The id of `key`.
    #[must_use]
    pub fn of(key: &PublicKey) -> KeyId {
        KeyId(first_8(sha256(&[b"yima.key.v1\0", &[key.suite().number()], key.bytes()])))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

fn first_8(hash: [u8; 32]) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = hash;
    [a, b, c, d, e, f, g, h]
}

/// One signature with the id of the key that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Who signed.
    pub key_id: KeyId,
    /// r ‖ s, or R ‖ S.
    pub bytes: [u8; SIGNATURE_BYTES],
}

/// The keys of one role and how many of them must sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// How many distinct keys must sign.
    pub threshold: u8,
    /// The keys, strictly rising by suite and bytes.
    pub keys: Vec<PublicKey>,
}

/// Where a key stands among others: its suite, then its bytes.
pub(super) fn key_order(key: &PublicKey) -> (u8, [u8; 33]) {
    (key.suite().number(), *key.bytes())
}

impl Role {
    /// A role of these keys in the order that the format asks for.
    #[must_use]
    pub fn new(threshold: u8, mut keys: Vec<PublicKey>) -> Role {
        keys.sort_by_key(key_order);
        Role { threshold, keys }
    }

    /// The name of this set: a replaced set of signers starts a new floor.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 8] {
        let mut body = Writer::default();
        body.u8(self.threshold).u8(u8::try_from(self.keys.len()).unwrap_or(u8::MAX));
        self.keys.iter().for_each(|key| {
            body.key(key);
        });
        first_8(sha256(&[&body.0]))
    }

    /// The role's key with this id.
    #[must_use]
    pub fn key(&self, id: KeyId) -> Option<&PublicKey> {
        self.keys.iter().find(|key| KeyId::of(key) == id)
    }

    pub(super) fn read(reader: &mut Reader<'_>, threshold_min: u8) -> Result<Role, BundleError> {
        let threshold = reader.u8()?;
        let count = at_most(usize::from(reader.u8()?), SIGNERS_MAX)?;
        let keys = reader.list(count, Reader::key)?;
        let rising = keys.windows(2).all(|pair| key_order(&pair[0]) < key_order(&pair[1]));
        if rising && threshold >= threshold_min && usize::from(threshold) <= count {
            Ok(Role { threshold, keys })
        } else {
            Err(BundleError::Malformed)
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) -> Result<(), BundleError> {
        writer.u8(self.threshold).count8(at_most(self.keys.len(), SIGNERS_MAX)?)?;
        self.keys.iter().for_each(|key| {
            writer.key(key);
        });
        Ok(())
    }
}

/// Checks that each of `roles` has its quorum among `signatures`, and that no signature is foreign or bad.
pub(super) fn expect_quorums(roles: &[&Role], signatures: &[Signature], message: &[&[u8]]) -> Result<(), BundleError> {
    for signature in signatures {
        let key = roles.iter().find_map(|role| role.key(signature.key_id));
        let key = key.ok_or(BundleError::UnknownSigner)?;
        key.verify(message, &signature.bytes).map_err(|_| BundleError::BadSignature)?;
    }
    // INVARIANT: ids are strictly rising, so each signature counts for another key.
    let met = |role: &&Role| {
        let signed = signatures.iter().filter(|signature| role.key(signature.key_id).is_some());
        signed.count() >= usize::from(role.threshold)
    };
    if roles.iter().all(met) { Ok(()) } else { Err(BundleError::Quorum) }
}

pub(super) fn read_signatures(reader: &mut Reader<'_>) -> Result<Vec<Signature>, BundleError> {
    let count = at_most(usize::from(reader.u8()?), SIGNERS_MAX)?;
    let signatures =
        reader.list(count, |reader| Ok(Signature { key_id: KeyId(reader.array()?), bytes: reader.array()? }))?;
    let rising = signatures.windows(2).all(|pair| pair[0].key_id < pair[1].key_id);
    if rising { Ok(signatures) } else { Err(BundleError::Malformed) }
}

/// Writes signatures in the order that the format asks for.
pub(super) fn write_signatures(writer: &mut Writer, signatures: &[Signature]) -> Result<(), BundleError> {
    let mut sorted = signatures.to_vec();
    sorted.sort_by_key(|signature| signature.key_id);
    writer.count8(at_most(sorted.len(), SIGNERS_MAX)?)?;
    for signature in sorted {
        writer.bytes(&signature.key_id.0).bytes(&signature.bytes);
    }
    Ok(())
}
