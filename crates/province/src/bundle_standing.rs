//! What stands in the store and goes into a bundle, and the bodies of the parts that it makes.
//! It does not sign or publish.

use crate::bundle_job::NEXT_ROOT;
use crate::error::DeedError;
use crate::keyring::{DAYS_AHEAD_MAX, purpose};
use crate::{Province, last_bundle, scenarios};
use std::collections::BTreeMap;
use std::sync::PoisonError;
use yima_code::bundle::{self, Bundle, Issuer, KeysBody, KidEntry, KidUse, ManifestsBody};
use yima_code::day::{Day, Month, Window};
use yima_code::rule::Bilingual;
use yima_code::urgent::UrgentList;
use yima_kernel::scenario::Manifest;
use yima_keys::{PublicKey, Suite};
use yima_store::checker_key::CheckerKey;
use yima_store::day_key::{DayKey, State};
use yima_store::withdrawal::Withdrawn;
use yima_store::{bundle_part, card, checker_key, day_key, scenario, site, withdrawal};

const CARD_LIFE_MONTHS: u16 = 13;
/// The most places in one bundle.
const SITES_MAX: u32 = 65_536;
/// Flags that tokens may carry: assurance, acting-for, age band, benefit; not the attested bit.
const FLAGS_MASK: u16 = 0b1101_1111_1111_0000;

/// What stands in the store and goes into a bundle.
pub(crate) struct Standing {
    pub keys: Vec<DayKey>,
    pub manifests: Vec<Manifest>,
    pub sites: Vec<site::Site>,
    pub checkers: Vec<CheckerKey>,
    pub withdrawn: Vec<Withdrawn>,
    /// By list, from 1 on.
    pub revoked_cards: Vec<Vec<u32>>,
    /// Versions of manifests that were approved before the active ones.
    pub earlier: Vec<Manifest>,
    /// Newest bytes of the parts and of the whole file.
    pub root: Vec<u8>,
    /// A root that waits for the part that its new holders must sign first.
    pub next_root: Option<Vec<u8>>,
    pub keys_part: Option<Vec<u8>>,
    pub manifests_part: Option<Vec<u8>>,
    pub urgent: UrgentList,
    pub version: u32,
}

impl Province {
    /// Read at one moment; what is urgent goes on from the last bundle.
    pub(crate) async fn standing(&self) -> Result<Standing, DeedError> {
        let today = Day::of(self.now_u32()).0;
        let month = Month::of(self.now_u32()).0;
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner).clone();
        let (mut standing, newest) = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let root = bundle_part::latest(tx, "root").await?;
                    let root = root.ok_or_else(|| DeedError::internal("the store holds no root: run init"))?.bytes;
                    let newest = bundle_part::latest(tx, "bundle").await?;
                    let version = newest.as_ref().map_or(0, |b| b.version);
                    let mut manifests = Vec::new();
                    for row in scenario::active(tx).await? {
                        manifests.push(scenarios::parse(&row.manifest)?);
                    }
                    manifests.sort_by_key(|m| m.id);
                    let retired = scenario::all(tx).await?.into_iter().filter(|v| v.state == scenario::State::Retired);
                    let earlier = retired.filter_map(|v| scenarios::parse(&v.manifest).ok()).collect();
                    let mut revoked_cards = Vec::new();
                    for list in 1..=card::newest_list(tx).await?.max(1) {
                        let mut revoked = card::revoked(tx, list, month).await?;
                        revoked.extend(card::of_stopped_holders(tx, list).await?);
                        revoked.sort_unstable();
                        revoked.dedup();
                        revoked_cards.push(revoked);
                    }
                    let standing = Standing {
                        keys: day_key::standing(tx, today + DAYS_AHEAD_MAX).await?,
                        manifests,
                        earlier,
                        sites: site::page(tx, 0, SITES_MAX).await?,
                        checkers: checker_key::of_live_gates(tx).await?,
                        withdrawn: withdrawal::list(tx, today.saturating_sub(2)).await?,
                        revoked_cards,
                        root,
                        next_root: bundle_part::latest(tx, NEXT_ROOT).await?.map(|p| p.bytes),
                        keys_part: bundle_part::latest(tx, "keys").await?.map(|p| p.bytes),
                        manifests_part: bundle_part::latest(tx, "manifests").await?.map(|p| p.bytes),
                        urgent: UrgentList::default(),
                        version: u32::try_from(version).map_err(DeedError::internal)?,
                    };
                    Ok((standing, newest))
                })
            })
            .await?;
        standing.urgent = last_bundle::urgent_list(live.as_deref(), newest.as_ref(), self.now_u32());
        standing.urgent.forget_before(today.saturating_sub(2));
        Ok(standing)
    }
}

impl Standing {
    /// The keys body of what stands, with daily keys up to and with the day `until`.
    pub fn keys_body(&self, until: u16, version: u32, made_at: u32, expires_at: u32) -> Result<Vec<u8>, DeedError> {
        let mut entries = Vec::new();
        // A withdrawn key stays announced, and the urgent part names it: a gate says then that it was withdrawn, not that it is unknown.
        let announced = |k: &&DayKey| k.state != State::Destroyed && k.day <= until;
        for key in self.keys.iter().filter(announced) {
            entries.extend(kid_entry(key)?);
        }
        entries.sort_by_key(|e| e.kid);
        let issuers = vec![Issuer {
            region: 370_000,
            name_zh: "山东省一码平台".to_owned(),
            name_en: "Yima of Shandong".to_owned(),
        }];
        KeysBody { version, made_at, expires_at, issuers, entries }.to_bytes().map_err(DeedError::internal)
    }

    /// Ids of withdrawn keys, strictly rising.
    pub fn withdrawn_kids(&self) -> Vec<[u8; 4]> {
        let gone = self.keys.iter().filter(|key| key.state == State::Withdrawn);
        let mut kids: Vec<[u8; 4]> = gone.filter_map(|key| key.kid.as_slice().try_into().ok()).collect();
        kids.sort_unstable();
        kids
    }

    /// The manifests body of what was approved.
    pub fn manifests_body(&self, version: u32, made_at: u32) -> Result<Vec<u8>, DeedError> {
        let scenarios = self.manifests.iter().map(scenarios::published).collect();
        let number = |slug: &str| self.manifests.iter().find(|m| m.slug == slug).map(|m| m.id);
        let checkers = by_place(&self.checkers)?;
        let keys = |site: u32| checkers.get(&site).cloned().unwrap_or_default();
        let sites = self.sites.iter();
        let sites = sites.filter_map(|s| Some(published_site(s, number(&s.scenario)?, keys(s.id)))).collect();
        ManifestsBody { version, made_at, scenarios, sites }.to_bytes().map_err(DeedError::internal)
    }

    /// The manifests that the bundle publishes: while reviewers are awaited, a version before the active one.
    pub fn manifests_in_force(&self, bundle: &Bundle) -> Vec<Manifest> {
        let all = || self.manifests.iter().chain(&self.earlier);
        let signed = bundle.scenarios().iter();
        signed.filter_map(|signed| all().find(|m| scenarios::published(m) == *signed).cloned()).collect()
    }
}

fn kid_entry(key: &DayKey) -> Result<Option<KidEntry>, DeedError> {
    let (key_use, day, window) = match key.purpose.as_str() {
        purpose::T1 => (KidUse::T1, Day(key.day), Day(key.day).window()),
        purpose::T2 => (KidUse::T2, Day(0), long_window(key.day)),
        purpose::STATUS => (KidUse::StatusToken, Day(0), long_window(key.day)),
        _ => return Ok(None),
    };
    let suite = Suite::from_number(key.suite).ok_or_else(|| DeedError::internal("day_key.suite"))?;
    let public: [u8; 33] = key.public_key.as_slice().try_into().map_err(DeedError::internal)?;
    let kid = key.kid.as_slice().try_into().map_err(DeedError::internal)?;
    let public = PublicKey::parse(suite, &public).map_err(DeedError::internal)?;
    Ok(Some(KidEntry { kid, key: public, key_use, flags_mask: FLAGS_MASK, issuer: 0, day, window }))
}

/// Paper outlives the key that signs new paper: from the day it was made, thirteen months on.
fn long_window(day: u16) -> Window {
    let from = Day(day).starts_at();
    Window { from, until: from.saturating_add(u32::from(CARD_LIFE_MONTHS) * 31 * 24 * 3600) }
}

/// The keys of the gates of each place, in the order of the format. What is more than a bundle takes is left out.
fn by_place(keys: &[CheckerKey]) -> Result<BTreeMap<u32, Vec<PublicKey>>, DeedError> {
    let mut places: BTreeMap<u32, Vec<PublicKey>> = BTreeMap::new();
    for key in keys {
        let suite = Suite::from_number(key.suite).ok_or_else(|| DeedError::internal("checker_key.suite"))?;
        let bytes: [u8; 33] = key.public_key.as_slice().try_into().map_err(DeedError::internal)?;
        let place = places.entry(key.site).or_default();
        if place.len() < bundle::CHECKERS_MAX {
            place.push(PublicKey::parse(suite, &bytes).map_err(DeedError::internal)?);
        }
    }
    Ok(places)
}

fn published_site(site: &site::Site, scenario: u16, checkers: Vec<PublicKey>) -> bundle::Site {
    bundle::Site {
        site: site.id,
        scenario,
        region: site.region.parse().unwrap_or(0),
        name: Bilingual::new(site.name_zh.clone(), site.name_en.clone()),
        checkers,
    }
}
