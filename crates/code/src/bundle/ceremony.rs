//! One part by itself, as those need it who sign it offline or put signed parts together: read, and verified by its role.
//! It does not know heads or floors; a gate opens whole bundles and nothing less.

use super::bytes::Reader;
use super::error::BundleError;
use super::kids::{self, KeysBody};
use super::manifests::{self, ManifestsBody};
use super::root::{self, Chain, Root, SignedRoot};
use super::signer::{Signature, expect_quorums, read_signatures};

/// The roots of a root part, oldest first; nothing is verified.
///
/// # Errors
/// [`BundleError::Malformed`] or [`BundleError::BadKey`].
pub fn roots(part: &[u8]) -> Result<Vec<SignedRoot>, BundleError> {
    Ok(Chain::parse(part)?.into_signed())
}

/// The newest root of a part whose chain holds together and leads back to `pinned`.
///
/// # Errors
/// As opening a bundle refuses a root part.
pub fn verified_root(part: &[u8], pinned: &[u8; 32]) -> Result<Root, BundleError> {
    let chain = Chain::parse(part)?;
    chain.expect_order()?;
    chain.expect_pinned(pinned, 0)?;
    chain.expect_signed()?;
    Ok(chain.into_newest())
}

/// The signatures at the head of a keys or manifests part, and the body that they are over.
///
/// # Errors
/// [`BundleError::Malformed`].
pub fn split_part(part: &[u8]) -> Result<(Vec<Signature>, &[u8]), BundleError> {
    let mut reader = Reader::new(part);
    let signatures = read_signatures(&mut reader)?;
    Ok((signatures, reader.rest()))
}

/// Checks a keys body as a gate would: quorum, form, and that no key serves twice.
///
/// # Errors
/// As opening a bundle refuses a keys part.
pub fn verified_keys(body: &[u8], signatures: &[Signature], root: &Root) -> Result<KeysBody, BundleError> {
    expect_once(signatures)?;
    expect_quorums(&[&root.keys], signatures, &[kids::DOMAIN, body])?;
    let keys = KeysBody::parse(body)?;
    keys.expect_distinct(root.all_keys())?;
    Ok(keys)
}

/// Checks a manifests body as a gate would: quorum and form.
///
/// # Errors
/// As opening a bundle refuses a manifests part.
pub fn verified_manifests(body: &[u8], signatures: &[Signature], root: &Root) -> Result<ManifestsBody, BundleError> {
    expect_once(signatures)?;
    expect_quorums(&[&root.manifests], signatures, &[manifests::DOMAIN, body])?;
    ManifestsBody::parse(body)
}

/// The root part with one more root at its end, if that one is signed by its own quorum and the last one's.
/// The oldest are dropped where a chain would grow too long.
///
/// # Errors
/// As opening a bundle refuses a root part.
pub fn with_next_root(part: &[u8], next: SignedRoot) -> Result<Vec<u8>, BundleError> {
    let mut chain = roots(part)?;
    chain.push(next);
    let from = chain.len().saturating_sub(root::CHAIN_MAX);
    let longer = root::root_part(&chain[from..])?;
    let read = Chain::parse(&longer)?;
    read.expect_order()?;
    read.expect_signed()?;
    Ok(longer)
}

/// Nobody counts twice; in a part's bytes the order of key ids already says so.
fn expect_once(signatures: &[Signature]) -> Result<(), BundleError> {
    let mut ids: Vec<_> = signatures.iter().map(|signature| signature.key_id).collect();
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair[0] == pair[1]) { Err(BundleError::Malformed) } else { Ok(()) }
}
