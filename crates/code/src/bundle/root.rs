//! The root part: a chain of roots, each naming the keys of the four roles, the ledger and its witnesses.
//! It does not know heads or floors; it proves that a chain holds together and leads back to a pinned root.

use super::bytes::{Reader, Writer, at_most};
use super::error::BundleError;
use super::signer::{Role, Signature, expect_quorums, key_order};
use super::signer::{read_signatures, write_signatures};
use yima_keys::{PublicKey, sha256};

/// The most roots in one chain; older ones are dropped from its head.
pub const CHAIN_MAX: usize = 16;
const LEDGER_KEYS_MAX: usize = 2;
const DOMAIN: &[u8] = b"yima.bundle.root.v1\0";
/// The fewest signers of root, keys, manifests, lists+time.
const THRESHOLDS_MIN: [u8; 4] = [3, 2, 2, 1];

/// What the root role says: who may sign what, and which epoch it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// Rises by one with every root.
    pub version: u32,
    /// Rises when version numbers must start anew, as after the loss of a database.
    pub epoch: u32,
    /// Unix seconds after which nothing under this root is accepted.
    pub expires_at: u32,
    /// The platform's name, for people.
    pub name: String,
    /// Signs roots: 3 of 5, offline.
    pub root: Role,
    /// Signs kid entries: 2 of 3, offline.
    pub keys: Role,
    /// Signs scenario manifests: two reviewers.
    pub manifests: Role,
    /// Signs heads and times: online.
    pub lists: Role,
    /// The ledger's checkpoint keys.
    pub ledger: Vec<PublicKey>,
    /// Who must have seen a checkpoint.
    pub witnesses: Role,
}

/// A root with the signatures under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRoot {
    /// The root's bytes, as signed.
    pub body: Vec<u8>,
    /// By this root's root role, and the one's before.
    pub signatures: Vec<Signature>,
}

impl Root {
    /// The body's bytes.
    ///
    /// # Errors
    /// [`BundleError::Malformed`] if a list or text is too long.
    pub fn to_bytes(&self) -> Result<Vec<u8>, BundleError> {
        let mut body = Writer::default();
        body.u32(self.version).u32(self.epoch).u32(self.expires_at).text(&self.name)?;
        for role in self.roles() {
            role.write(&mut body)?;
        }
        body.count8(at_most(self.ledger.len(), LEDGER_KEYS_MAX)?)?;
        self.ledger.iter().for_each(|key| {
            body.key(key);
        });
        self.witnesses.write(&mut body)?;
        Ok(body.0)
    }

    /// What the root role signs.
    #[must_use]
    pub fn signing_input(body: &[u8]) -> Vec<u8> {
        [DOMAIN, body].concat()
    }

    /// What a gate pins, and people compare: SHA-256 of the body.
    #[must_use]
    pub fn fingerprint(body: &[u8]) -> [u8; 32] {
        sha256(&[body])
    }

    /// Root, keys, manifests, lists+time.
    #[must_use]
    pub fn roles(&self) -> [&Role; 4] {
        [&self.root, &self.keys, &self.manifests, &self.lists]
    }

    /// Reads one root body.
    ///
    /// # Errors
    /// [`BundleError::Malformed`], or [`BundleError::BadKey`].
    pub fn parse(body: &[u8]) -> Result<Root, BundleError> {
        let mut reader = Reader::new(body);
        let root = Root {
            version: reader.u32()?,
            epoch: reader.u32()?,
            expires_at: reader.u32()?,
            name: reader.text()?,
            root: Role::read(&mut reader, THRESHOLDS_MIN[0])?,
            keys: Role::read(&mut reader, THRESHOLDS_MIN[1])?,
            manifests: Role::read(&mut reader, THRESHOLDS_MIN[2])?,
            lists: Role::read(&mut reader, THRESHOLDS_MIN[3])?,
            ledger: read_ledger(&mut reader)?,
            witnesses: Role::read(&mut reader, 0)?,
        };
        reader.end()?;
        if root.version == 0 || root.epoch == 0 || root.shares_a_key() {
            return Err(BundleError::Malformed);
        }
        Ok(root)
    }

    fn shares_a_key(&self) -> bool {
        let mut all: Vec<_> = self.all_keys().map(key_order).collect();
        all.sort_unstable();
        all.windows(2).any(|pair| pair[0] == pair[1])
    }

    /// Every key that the root names, of whatever role.
    pub(super) fn all_keys(&self) -> impl Iterator<Item = &PublicKey> {
        let roles = self.roles().into_iter().chain([&self.witnesses]);
        roles.flat_map(|role| &role.keys).chain(&self.ledger)
    }
}

fn read_ledger(reader: &mut Reader<'_>) -> Result<Vec<PublicKey>, BundleError> {
    let count = at_most(usize::from(reader.u8()?), LEDGER_KEYS_MAX)?;
    reader.list(count, Reader::key)
}

/// A chain that was read, with the fingerprint of each root; not yet verified.
pub(super) struct Chain {
    links: Vec<(Root, SignedRoot)>,
}

impl Chain {
    pub(super) fn parse(part: &[u8]) -> Result<Chain, BundleError> {
        let mut reader = Reader::new(part);
        let count = at_most(usize::from(reader.u8()?), CHAIN_MAX)?;
        let links = reader.list(count, |reader| {
            let length = usize::from(reader.u16()?);
            let signatures = read_signatures(reader)?;
            let body = reader.bytes(length)?.to_vec();
            Ok((Root::parse(&body)?, SignedRoot { body, signatures }))
        })?;
        reader.end()?;
        if links.is_empty() { Err(BundleError::Malformed) } else { Ok(Chain { links }) }
    }

    /// Versions rise by one and the epoch never falls.
    pub(super) fn expect_order(&self) -> Result<(), BundleError> {
        let in_order = self.links.windows(2).all(|pair| {
            let (before, after) = (&pair[0].0, &pair[1].0);
            before.version.checked_add(1) == Some(after.version) && before.epoch <= after.epoch
        });
        if in_order { Ok(()) } else { Err(BundleError::RootChain) }
    }

    /// The pinned root stands in the chain, at the version at which it was accepted (0: any).
    pub(super) fn expect_pinned(&self, fingerprint: &[u8; 32], version: u32) -> Result<(), BundleError> {
        if self.newest().version < version {
            return Err(BundleError::RootRollback);
        }
        let pinned = self.links.iter().any(|(root, signed)| {
            Root::fingerprint(&signed.body) == *fingerprint && (version == 0 || root.version == version)
        });
        if pinned { Ok(()) } else { Err(BundleError::RootUnknown) }
    }

    /// Each root by its own quorum, each but the oldest by its predecessor's too.
    pub(super) fn expect_signed(&self) -> Result<(), BundleError> {
        let mut before: Option<&Root> = None;
        for (root, signed) in &self.links {
            let roles: Vec<&Role> = before.iter().map(|root| &root.root).chain([&root.root]).collect();
            expect_quorums(&roles, &signed.signatures, &[DOMAIN, &signed.body])?;
            before = Some(root);
        }
        Ok(())
    }

    pub(super) fn newest(&self) -> &Root {
        &self.last().0
    }

    pub(super) fn newest_fingerprint(&self) -> [u8; 32] {
        Root::fingerprint(&self.last().1.body)
    }

    pub(super) fn into_signed(self) -> Vec<SignedRoot> {
        self.links.into_iter().map(|(_, signed)| signed).collect()
    }

    pub(super) fn into_newest(mut self) -> Root {
        self.links.pop().expect("parse refuses an empty chain").0
    }

    fn last(&self) -> &(Root, SignedRoot) {
        self.links.last().expect("parse refuses an empty chain")
    }
}

/// The fingerprint of the newest root in a root part, for showing; it proves nothing.
///
/// # Errors
/// [`BundleError::Malformed`] or [`BundleError::BadKey`].
pub fn newest_fingerprint(root_part: &[u8]) -> Result<[u8; 32], BundleError> {
    Chain::parse(root_part).map(|chain| chain.newest_fingerprint())
}

/// The root part of these roots, oldest first.
///
/// # Errors
/// [`BundleError::Malformed`] if there are none, more than [`CHAIN_MAX`], or one is too long.
pub fn root_part(roots: &[SignedRoot]) -> Result<Vec<u8>, BundleError> {
    let mut part = Writer::default();
    part.count8(at_most(roots.len(), CHAIN_MAX)?)?;
    for root in roots {
        part.count16(root.body.len())?;
        write_signatures(&mut part, &root.signatures)?;
        part.bytes(&root.body);
    }
    if roots.is_empty() { Err(BundleError::Malformed) } else { Ok(part.0) }
}
