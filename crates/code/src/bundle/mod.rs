//! The verifier bundle (`docs/spec/verifier-bundle.md`): everything a gate needs to check codes without a network.
//! It trusts nobody who carries it; it knows no files, no network and no clock.

mod building;
mod bytes;
mod ceremony;
mod clock;
mod delta;
mod error;
mod head;
mod kids;
mod lists;
mod manifests;
mod opening;
mod root;
mod signer;
mod urgent_part;

pub use building::{Draft, keys_part, manifests_part};
pub use ceremony::{roots, split_part, verified_keys, verified_manifests, verified_root, with_next_root};
pub use clock::{ClockUntrusted, LAG_ALLOWED_S, NONCE_LEN, time_signer, time_signing_input, trusted_time};
pub use delta::{apply_delta, make_delta};
pub use error::BundleError;
pub use head::{HEAD_LEN, Head, Part, PartDigest};
pub use kids::{ENTRIES_MAX, Issuer, KeysBody, KidEntry, KidUse};
pub use lists::{LIST_SIZE_MAX, LISTS_MAX, Lists, REVOKED_MAX, RevocationList, Standing};
pub use manifests::{CHECKERS_MAX, ManifestsBody, Notice, RULES_MAX, SITES_MAX, Scenario, Site};
pub use opening::FILE_MAX;
pub use root::{CHAIN_MAX, Root, SignedRoot, root_part};
pub use signer::{KeyId, Role, SIGNERS_MAX, Signature};
pub use urgent_part::Urgent;

use crate::check::ListTimes;
use crate::gate_state::GateFloor;
use crate::issuer::{CardStanding, IssuerEntry, Issuers, Kid, Withdrawn};
use crate::rule::ScenarioRule;
use yima_keys::sha256;

/// A bundle that every rule admitted; what it says may be used.
#[derive(Debug)]
pub struct Bundle {
    hash: [u8; 32],
    head: Head,
    root: Root,
    root_fingerprint: [u8; 32],
    keys: KeysBody,
    entries: Vec<IssuerEntry>,
    manifests: ManifestsBody,
    lists: Lists,
    urgent: Urgent,
}

/// A bundle that was verified, and the floor that must be kept before it may be used.
#[derive(Debug)]
pub struct Opened {
    bundle: Bundle,
    floor: GateFloor,
}

impl Opened {
    /// Gives the bundle once `keep` has written the floor, with fsync.
    ///
    /// # Errors
    /// What `keep` returns; the bundle is then not given.
    pub fn keep<E>(self, keep: impl FnOnce(&GateFloor) -> Result<(), E>) -> Result<(Bundle, GateFloor), E> {
        keep(&self.floor)?;
        Ok((self.bundle, self.floor))
    }
}

impl Bundle {
    /// Opens a bundle file against the floor of this gate; `now` is the gate's clock, Unix seconds.
    ///
    /// # Errors
    /// [`BundleError`], the first rule that it breaks; the gate keeps what it has.
    pub fn open(file: &[u8], floor: &GateFloor, now: u32) -> Result<Opened, BundleError> {
        opening::open(file, floor, now)
    }

    /// SHA-256 of the file: its name in a delta, and its ETag.
    #[must_use]
    pub fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// Version, times and digests.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The newest root.
    #[must_use]
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// SHA-256 of the newest root's body.
    #[must_use]
    pub fn root_fingerprint(&self) -> &[u8; 32] {
        &self.root_fingerprint
    }

    /// The keys part: every kid entry, rising by kid, and who stands behind them.
    #[must_use]
    pub fn keys(&self) -> &KeysBody {
        &self.keys
    }

    /// Who stands behind a kid.
    #[must_use]
    pub fn issuer_of(&self, kid: Kid) -> Option<&Issuer> {
        let at = self.keys.entries.binary_search_by_key(&kid, |entry| entry.kid).ok()?;
        self.keys.issuers.get(usize::from(self.keys.entries.get(at)?.issuer))
    }

    /// The rule of a scenario.
    #[must_use]
    pub fn rule(&self, scenario: u16) -> Option<&ScenarioRule> {
        self.manifests.scenario(scenario).map(|one| &one.rule)
    }

    /// The rule of the scenario with this slug.
    #[must_use]
    pub fn rule_by_slug(&self, slug: &str) -> Option<&ScenarioRule> {
        let rules = self.manifests.scenarios.iter().map(|one| &one.rule);
        rules.into_iter().find(|rule| rule.slug == slug)
    }

    /// Every scenario, rising by number.
    #[must_use]
    pub fn scenarios(&self) -> &[Scenario] {
        &self.manifests.scenarios
    }

    /// The place with this number.
    #[must_use]
    pub fn site(&self, site: u32) -> Option<&Site> {
        self.manifests.site(site)
    }

    /// Every place, rising by number.
    #[must_use]
    pub fn sites(&self) -> &[Site] {
        &self.manifests.sites
    }

    /// The status lists.
    #[must_use]
    pub fn lists(&self) -> &Lists {
        &self.lists
    }

    /// The urgent list.
    #[must_use]
    pub fn urgent(&self) -> &Urgent {
        &self.urgent
    }

    /// How old its head and lists are, for a check's context at `now`; past its expiry it is as old as can be.
    #[must_use]
    pub fn list_times(&self, now: u32) -> ListTimes {
        let bundle_at = if self.is_expired(now) { 0 } else { self.head.time };
        ListTimes { bundle_at: Some(bundle_at), urgent_at: Some(self.urgent.as_of) }
    }

    /// Whether it is past its expiry at `now`; a rule may find it stale much earlier.
    #[must_use]
    pub fn is_expired(&self, now: u32) -> bool {
        now > self.head.expires_at
    }

    /// Who signed this answer to a gate's nonce, if a lists+time key did.
    #[must_use]
    pub fn time_signer(&self, nonce: &[u8], time_ms: u64, signature: &[u8; 64]) -> Option<KeyId> {
        time_signer(&self.root, nonce, time_ms, signature)
    }
}

impl Issuers for Bundle {
    fn issuer(&self, kid: Kid) -> Option<&IssuerEntry> {
        let at = self.entries.binary_search_by_key(&kid, |entry| entry.kid).ok()?;
        self.entries.get(at)
    }
}

impl Withdrawn for Bundle {
    fn token(&self, id: &[u8; 16]) -> bool {
        self.urgent.list.holds_any_day(id)
    }

    fn card(&self, list: u16, index: u32) -> CardStanding {
        match self.lists.standing(list, index) {
            Standing::Good => CardStanding::Good { list_at: self.lists.as_of },
            Standing::Revoked => CardStanding::Revoked,
            Standing::Unknown => CardStanding::Unknown,
        }
    }
}

/// The fingerprint of the newest root in a bundle file, for showing and pinning; nothing is verified.
///
/// # Errors
/// [`BundleError`] if the file can't be cut into parts.
pub fn peek_root_fingerprint(file: &[u8]) -> Result<[u8; 32], BundleError> {
    let sealed = opening::SealedFile::split(file)?;
    root::newest_fingerprint(sealed.part(Part::Root))
}

/// The head of a bundle file, for showing until when it holds; nothing is verified.
///
/// # Errors
/// [`BundleError`] if the file can't be cut into parts.
pub fn peek_head(file: &[u8]) -> Result<Head, BundleError> {
    Ok(opening::SealedFile::split(file)?.head)
}

/// SHA-256 of a bundle file, by which deltas name it.
#[must_use]
pub fn file_hash(file: &[u8]) -> [u8; 32] {
    sha256(&[file])
}
