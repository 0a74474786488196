//! Opening: from a file that nobody vouches for to a bundle that every rule of the specification admits.
//! It reads no clock and keeps nothing; the floor that must be kept first comes back beside the bundle.

use super::bytes::Reader;
use super::error::BundleError;
use super::head::{self, Head, Part, PartDigest};
use super::kids::{self, KeysBody};
use super::lists::Lists;
use super::manifests::{self, ManifestsBody};
use super::root::{Chain, Root};
use super::signer::{Role, Signature, expect_quorums, read_signatures};
use super::urgent_part::Urgent;
use super::{Bundle, Opened};
use crate::gate_state::{Accepted, GateFloor};
use yima_keys::sha256;

pub(super) const MAGIC: &[u8; 4] = b"YMB1";
/// Magic, head, its signatures and every part at its largest, rounded up.
pub const FILE_MAX: usize = 52 << 20;

/// Opens a bundle file against the floor of this gate; `now` is the gate's clock, Unix seconds.
pub(super) fn open(file: &[u8], floor: &GateFloor, now: u32) -> Result<Opened, BundleError> {
    let sealed = SealedFile::split(file)?;
    let chain = Chain::parse(sealed.part(Part::Root))?;
    chain.expect_order()?;
    chain.expect_pinned(&floor.root_fingerprint, floor.root_version)?;
    chain.expect_signed()?;
    let root_fingerprint = chain.newest_fingerprint();
    let root = chain.into_newest();
    expect_head(&sealed, &root, floor, now)?;
    let keys = open_keys(&sealed, &root, floor)?;
    let manifests = open_manifests(&sealed, &root, floor)?;
    let (lists, urgent) = open_online(&sealed)?;
    let accepted = Accepted {
        root: &root,
        root_fingerprint,
        head: &sealed.head,
        signatures: &sealed.signatures,
        keys_version: keys.version,
        manifests_version: manifests.version,
    };
    let floor = floor.raised(&accepted);
    let entries = keys.issuer_entries(&urgent.kids);
    let bundle = Bundle {
        hash: sha256(&[file]),
        head: sealed.head,
        root,
        root_fingerprint,
        keys,
        entries,
        manifests,
        lists,
        urgent,
    };
    Ok(Opened { bundle, floor })
}

/// A file cut along its head, with every part's digest checked, and nothing else.
pub(super) struct SealedFile<'a> {
    pub(super) head: Head,
    pub(super) signatures: Vec<Signature>,
    parts: [&'a [u8]; 5],
}

impl<'a> SealedFile<'a> {
    pub(super) fn split(file: &'a [u8]) -> Result<SealedFile<'a>, BundleError> {
        if file.len() > FILE_MAX {
            return Err(BundleError::TooLarge);
        }
        let mut reader = Reader::new(file);
        if reader.array::<4>()? != *MAGIC {
            return Err(BundleError::Malformed);
        }
        let head = Head::read(&mut reader)?;
        let signatures = read_signatures(&mut reader)?;
        let mut parts: [&[u8]; 5] = [&[]; 5];
        for part in Part::ALL {
            let size = head.parts[part as usize].size as usize;
            if size > part.size_max() {
                return Err(BundleError::TooLarge);
            }
            parts[part as usize] = reader.bytes(size)?;
        }
        reader.end()?;
        let matches = |part: &Part| Ok(head.parts[*part as usize]) == PartDigest::of(parts[*part as usize]);
        if !Part::ALL.iter().all(matches) {
            return Err(BundleError::PartMismatch);
        }
        Ok(SealedFile { head, signatures, parts })
    }

    pub(super) fn part(&self, part: Part) -> &'a [u8] {
        self.parts[part as usize]
    }
}

fn expect_head(sealed: &SealedFile<'_>, root: &Root, floor: &GateFloor, now: u32) -> Result<(), BundleError> {
    let head = &sealed.head;
    if head.epoch != root.epoch {
        return Err(BundleError::EpochMismatch);
    }
    if head.epoch < floor.epoch {
        return Err(BundleError::EpochRollback);
    }
    expect_quorums(&[&root.lists], &sealed.signatures, &[head::DOMAIN, &head.to_bytes()])?;
    floor.expect_head(head, root)?;
    let latest = now.max(floor.highest_time_under(root));
    if latest > root.expires_at || latest > head.expires_at {
        return Err(BundleError::Expired);
    }
    Ok(())
}

/// A part that begins with signatures: its body, after the quorum of `role` was checked.
fn signed_body<'a>(part: &'a [u8], role: &Role, domain: &[u8]) -> Result<&'a [u8], BundleError> {
    let mut reader = Reader::new(part);
    let signatures = read_signatures(&mut reader)?;
    let body = reader.rest();
    expect_quorums(&[role], &signatures, &[domain, body])?;
    Ok(body)
}

fn open_keys(sealed: &SealedFile<'_>, root: &Root, floor: &GateFloor) -> Result<KeysBody, BundleError> {
    let body = signed_body(sealed.part(Part::Keys), &root.keys, kids::DOMAIN)?;
    let keys = KeysBody::parse(body)?;
    if !floor.keys.admits(&root.keys, keys.version) {
        return Err(BundleError::KeysRollback);
    }
    if sealed.head.time > keys.expires_at || sealed.head.expires_at > keys.expires_at {
        return Err(BundleError::BeyondKeys);
    }
    keys.expect_distinct(root.all_keys())?;
    Ok(keys)
}

fn open_manifests(sealed: &SealedFile<'_>, root: &Root, floor: &GateFloor) -> Result<ManifestsBody, BundleError> {
    let body = signed_body(sealed.part(Part::Manifests), &root.manifests, manifests::DOMAIN)?;
    let manifests = ManifestsBody::parse(body)?;
    if floor.manifests.admits(&root.manifests, manifests.version) {
        Ok(manifests)
    } else {
        Err(BundleError::ManifestsRollback)
    }
}

fn open_online(sealed: &SealedFile<'_>) -> Result<(Lists, Urgent), BundleError> {
    let lists = Lists::parse(sealed.part(Part::Lists))?;
    let urgent = Urgent::parse(sealed.part(Part::Urgent))?;
    if lists.as_of > sealed.head.time || urgent.as_of > sealed.head.time {
        return Err(BundleError::Malformed);
    }
    Ok((lists, urgent))
}
