//! What the deeds read on every request and nobody may wait for: the published bundle, scenarios and places in force.
//! It is replaced as a whole; it does not know how a bundle is made.

use crate::Province;
use crate::error::{DeedError, Text};
use crate::residents::Page;
use std::collections::VecDeque;
use std::sync::Arc;
use yima_code::bundle::Bundle;
use yima_kernel::scenario::Manifest;

/// Places on a page.
const PAGE: usize = 100;
/// Deltas are made from this many bundles back.
pub const DELTA_BACK: usize = 16;

/// A published bundle.
#[derive(Debug)]
pub struct Published {
    /// The file.
    pub bytes: Vec<u8>,
    /// SHA-256 of the file.
    pub hash: [u8; 32],
    /// Version of its head.
    pub version: u32,
}

/// A place, as pages and posters show it.
#[derive(Clone, Debug)]
pub struct Site {
    /// Site number.
    pub site: u32,
    /// Name.
    pub name: Text,
    /// Slug.
    pub scenario: String,
    /// Number of the scenario.
    pub scenario_id: u16,
    /// GB/T 2260.
    pub region: String,
    /// What the place code says.
    pub place_code: String,
}

/// Everything in force, as of one publication.
pub struct Live {
    pub bundle: Bundle,
    pub published: Arc<Published>,
    /// Earlier files, newest first, to make deltas from.
    pub earlier: VecDeque<Arc<Published>>,
    pub manifests: Vec<Manifest>,
    pub sites: Vec<Site>,
}

impl Live {
    pub fn manifest(&self, id: u16) -> Option<&Manifest> {
        self.manifests.iter().find(|m| m.id == id)
    }

    pub fn manifest_by_slug(&self, slug: &str) -> Option<&Manifest> {
        self.manifests.iter().find(|m| m.slug == slug)
    }

    pub fn site(&self, site: u32) -> Option<&Site> {
        self.sites.iter().find(|s| s.site == site)
    }
}

/// What the code of a place says: `yima:place:SITE:SCENARIO`, so that a page can tell it from a person's code.
pub fn place_code(site: u32, scenario: u16) -> String {
    format!("yima:place:{site}:{scenario}")
}

impl Province {
    /// The newest bundle.
    #[must_use]
    pub fn bundle(&self) -> Arc<Published> {
        Arc::clone(&self.live().published)
    }

    /// The change from an earlier bundle to the newest, if that one is still known and the change is smaller.
    #[must_use]
    pub fn bundle_delta(&self, from: [u8; 32]) -> Option<Vec<u8>> {
        let live = self.live();
        let old = live.earlier.iter().find(|p| p.hash == from)?;
        let delta = yima_code::bundle::make_delta(&old.bytes, &live.published.bytes).ok()?;
        (delta.len() < live.published.bytes.len()).then_some(delta)
    }

    /// SHA-256 of the newest root: what gates and devices pin.
    #[must_use]
    pub fn root_fingerprint(&self) -> [u8; 32] {
        *self.live().bundle.root_fingerprint()
    }

    /// Scenarios in force, by number.
    #[must_use]
    pub fn scenarios(&self) -> Vec<Manifest> {
        self.live().manifests.clone()
    }

    /// Places, by number.
    #[must_use]
    pub fn sites(&self) -> Vec<Site> {
        self.live().sites.clone()
    }

    /// A page of places by number, behind `after`, with this in their name or number.
    #[must_use]
    pub fn sites_page(&self, after: u32, find: &str) -> Page<Site> {
        let live = self.live();
        let find = find.trim().to_lowercase();
        let fits = |s: &&Site| {
            s.site > after
                && [&s.name.zh, &s.name.en.to_lowercase(), &s.site.to_string()].iter().any(|t| t.contains(&find))
        };
        let mut items: Vec<_> = live.sites.iter().filter(fits).take(PAGE + 1).cloned().collect();
        let more = items.len() > PAGE;
        items.truncate(PAGE);
        let next = items.last().filter(|_| more).map(|s| s.site.to_string());
        Page { items, next }
    }

    /// One place.
    #[must_use]
    pub fn site(&self, site: u32) -> Option<Site> {
        self.live().site(site).cloned()
    }

    /// Server time over a caller's nonce, signed by the lists+time role.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a nonce that is not 16 to 32 bytes.
    pub fn signed_time(&self, nonce: &[u8]) -> Result<SignedTime, DeedError> {
        if !yima_code::bundle::NONCE_LEN.contains(&nonce.len()) {
            return Err(DeedError::invalid("nonce", "要 16 到 32 个字节", "needs 16 to 32 bytes"));
        }
        let server_ms = self.now_ms();
        let input = yima_code::bundle::time_signing_input(nonce, server_ms);
        let mut rng = self.chance.rng();
        let signed = self.keys.sign_as(yima_keys::custody::KeyUse::ListsTime, 1, &input, &mut rng)?;
        let signature = signed.first().ok_or_else(|| DeedError::internal("no lists+time key is active"))?.bytes;
        Ok(SignedTime { server_ms, signature })
    }
}

/// Signed server time.
pub struct SignedTime {
    /// Unix milliseconds.
    pub server_ms: u64,
    /// r ‖ s.
    pub signature: [u8; 64],
}
