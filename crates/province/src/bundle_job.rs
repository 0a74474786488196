//! Making and publishing the verifier bundle from what stands: keys, manifests, places, revocations.
//! It does not know how a gate reads it; parts that did not change keep their bytes and signatures.

use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::keyring::{DAYS_AHEAD, ID_KEY_DAYS, SUITES, purpose};
use crate::live::{DELTA_BACK, Live, Published, Site, place_code};
use crate::{Province, scenarios};
use futures_util::FutureExt;
use rand::rngs::StdRng;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use yima_code::bundle::{
    self, Bundle, Draft, Issuer, KeysBody, KidEntry, KidUse, Lists, ManifestsBody, RevocationList, Urgent,
};
use yima_code::day::{Day, Month, Window};
use yima_code::gate_state::GateFloor;
use yima_code::id::{Handle, IdForm, TokenId};
use yima_code::rule::Bilingual;
use yima_code::urgent::UrgentList;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::scenario::Manifest;
use yima_kernel::subject::Actor;
use yima_keys::custody::KeyUse;
use yima_keys::{PublicKey, Suite};
use yima_store::day_key::{DayKey, State};
use yima_store::withdrawal::Withdrawn;
use yima_store::{Tx, bundle_part, card, day_key, scenario, site, withdrawal};

/// A head lives this long: a gate that can't sync is told by then.
const HEAD_LIFE_S: u32 = 7 * 24 * 3600;
/// The keys part lives this long.
const KEYS_LIFE_S: u32 = 35 * 24 * 3600;
/// A bundle is made anew at least this often.
const REFRESH: Duration = Duration::from_secs(300);
/// Changes that come together within this time share a bundle.
const GATHER: Duration = Duration::from_millis(300);
/// Indices a paper list has.
pub(crate) const CARD_LIST_SIZE: u32 = 1 << 20;
/// The one paper list of a province of the first day.
pub(crate) const CARD_LIST: u16 = 1;
const CARD_LIFE_MONTHS: u16 = 13;
/// The most places in one bundle.
const SITES_MAX: u32 = 65_536;
/// The epoch of a province that never lost its database.
pub(crate) const EPOCH: u32 = 1;
/// Flags that tokens may carry: assurance, acting-for, age band, benefit; not the attested bit.
const FLAGS_MASK: u16 = 0b1101_1111_1111_0000;

/// What stands in the store and goes into a bundle.
struct Standing {
    keys: Vec<DayKey>,
    manifests: Vec<Manifest>,
    sites: Vec<site::Site>,
    withdrawn: Vec<Withdrawn>,
    revoked_cards: Vec<u32>,
    /// Newest bytes of the parts and of the whole file.
    root: Vec<u8>,
    keys_part: Option<Vec<u8>>,
    manifests_part: Option<Vec<u8>>,
    urgent: UrgentList,
    version: u32,
}

/// A new edition of what is signed offline or by reviewers; the one before is kept when nothing changed.
struct Edition {
    bytes: Vec<u8>,
    version: u32,
    fresh: bool,
}

impl Province {
    /// Publishes a bundle of what stands now.
    ///
    /// # Errors
    /// Refusals of the decision, and whatever the store or the custody says.
    pub async fn publish_bundle(&self, actor: &Actor) -> Result<Arc<Published>, DeedError> {
        // Whatever rang before this moment is read below, so it needs no bundle of its own.
        let _ = self.bundle_due.notified().now_or_never();
        self.ensure_day_keys().await?;
        self.look_at_crowds().await?;
        let standing = self.standing().await?;
        let today = Day::of(self.now_u32()).0;
        self.keys.load(&standing.keys, today.saturating_sub(2), today + 2)?;
        let mut rng = self.chance.rng();
        let now = self.now_u32();
        let keys = self.keys_part(&standing, now, &mut rng)?;
        let manifests = self.manifests_part(&standing, now, &mut rng)?;
        let version = standing.version + 1;
        let bytes = self.assemble(&standing, &keys.bytes, &manifests.bytes, version, &mut rng)?;
        let kept = bytes.clone();
        self.short(
            Request::of(actor.clone(), Deed::PublishBundle),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    for (name, edition) in [("keys", keys), ("manifests", manifests)] {
                        if edition.fresh {
                            keep(tx, name, edition.version, edition.bytes, door.now_us).await?;
                        }
                    }
                    let size = kept.len();
                    keep(tx, "bundle", version, kept, door.now_us).await?;
                    bundle_part::forget_before(tx, "bundle", i64::from(version) - 2).await?;
                    Ok(Done::plain(()).detail(serde_json::json!({ "version": version, "bytes": size })))
                })
            },
        )
        .await?;
        self.go_live(bytes, standing.manifests, &standing.sites)
    }

    /// Publishes whenever a change rings, and every few minutes; ends with the program.
    pub async fn keep_publishing(self: Arc<Self>) {
        loop {
            tokio::select! {
                () = self.bundle_due.notified() => tokio::time::sleep(GATHER).await,
                () = tokio::time::sleep(REFRESH) => {}
            }
            if let Err(error) = self.publish_bundle(&Actor::System).await {
                tracing::error!(%error, "failed to publish the bundle; the one before stays in force");
                tokio::time::sleep(REFRESH / 10).await;
                self.bundle_due.notify_one();
            }
        }
    }

    /// Makes the keys of the coming days that are still missing, and destroys tracking keys that are over.
    async fn ensure_day_keys(&self) -> Result<(), DeedError> {
        let today = Day::of(self.now_u32());
        let (from, to) = (today.0.saturating_sub(1), today.0 + DAYS_AHEAD);
        let have = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(day_key::of_days(tx, from, to).await?) }))
            .await?;
        let mut rng = self.chance.rng();
        let mut fresh = Vec::new();
        for (day, suite) in (from..=to).flat_map(|day| SUITES.map(|suite| (day, suite))) {
            let stands = |k: &DayKey| k.day == day && k.suite == suite.number() && k.purpose == purpose::T1;
            if !have.iter().any(stands) {
                fresh.extend(self.keys.make_day(Day(day), suite, self.now_us(), &mut rng)?);
            }
        }
        let over = today.0.saturating_sub(ID_KEY_DAYS);
        self.store
            .deed(move |tx| {
                Box::pin(async move {
                    for key in &fresh {
                        day_key::insert(tx, key).await?;
                    }
                    for purpose in [purpose::ID, purpose::T0, purpose::T1] {
                        day_key::destroy_before(tx, purpose, over).await?;
                    }
                    Ok::<_, DeedError>(())
                })
            })
            .await
    }

    async fn standing(&self) -> Result<Standing, DeedError> {
        let today = Day::of(self.now_u32()).0;
        let month = Month::of(self.now_u32()).0;
        let urgent =
            self.live.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|l| l.bundle.urgent().list.clone());
        let mut urgent = urgent.unwrap_or_default();
        urgent.forget_before(today.saturating_sub(2));
        self.store
            .read(move |tx| {
                Box::pin(async move {
                    let root = bundle_part::latest(tx, "root").await?;
                    let root = root.ok_or_else(|| DeedError::internal("the store holds no root: run init"))?.bytes;
                    let version = bundle_part::latest(tx, "bundle").await?.map_or(0, |b| b.version);
                    let mut manifests = Vec::new();
                    for row in scenario::active(tx).await? {
                        manifests.push(scenarios::parse(&row.manifest)?);
                    }
                    manifests.sort_by_key(|m| m.id);
                    let mut revoked_cards = card::revoked(tx, CARD_LIST, month).await?;
                    revoked_cards.extend(card::of_stopped_holders(tx, CARD_LIST).await?);
                    revoked_cards.sort_unstable();
                    revoked_cards.dedup();
                    Ok(Standing {
                        keys: day_key::of_days(tx, 0, today + DAYS_AHEAD).await?,
                        manifests,
                        sites: site::page(tx, 0, SITES_MAX).await?,
                        withdrawn: withdrawal::list(tx, today.saturating_sub(2)).await?,
                        revoked_cards,
                        root,
                        keys_part: bundle_part::latest(tx, "keys").await?.map(|p| p.bytes),
                        manifests_part: bundle_part::latest(tx, "manifests").await?.map(|p| p.bytes),
                        urgent,
                        version: u32::try_from(version).map_err(DeedError::internal)?,
                    })
                })
            })
            .await
    }

    fn keys_part(&self, standing: &Standing, now: u32, rng: &mut StdRng) -> Result<Edition, DeedError> {
        let mut entries = Vec::new();
        for key in standing.keys.iter().filter(|k| k.state == State::Live) {
            entries.extend(kid_entry(key)?);
        }
        entries.sort_by_key(|e| e.kid);
        let issuers = vec![Issuer {
            region: 370_000,
            name_zh: "山东省一码平台".to_owned(),
            name_en: "Yima of Shandong".to_owned(),
        }];
        let body = |version, made_at, expires_at| {
            KeysBody { version, made_at, expires_at, issuers: issuers.clone(), entries: entries.clone() }
                .to_bytes()
                .map_err(DeedError::internal)
        };
        if let Some((part, old)) = standing.keys_part.as_deref().and_then(|p| Some((p, Stamp::of(p)?))) {
            let lives = old.expires_at > now.saturating_add(HEAD_LIFE_S);
            if lives && body(old.version, old.made_at, old.expires_at)? == signed_body(part) {
                return Ok(Edition { bytes: part.to_vec(), version: old.version, fresh: false });
            }
        }
        let version = standing.keys_part.as_deref().and_then(Stamp::of).map_or(1, |s| s.version + 1);
        let body = body(version, now, now + KEYS_LIFE_S)?;
        let signatures = self.keys.sign_as(KeyUse::Keys, 2, &KeysBody::signing_input(&body), rng)?;
        let bytes = bundle::keys_part(&body, &signatures).map_err(DeedError::internal)?;
        Ok(Edition { bytes, version, fresh: true })
    }

    fn manifests_part(&self, standing: &Standing, now: u32, rng: &mut StdRng) -> Result<Edition, DeedError> {
        let rules: Vec<_> = standing.manifests.iter().map(scenarios::published).collect();
        let number = |slug: &str| standing.manifests.iter().find(|m| m.slug == slug).map(|m| m.id);
        let places: Vec<_> =
            standing.sites.iter().filter_map(|s| Some(published_site(s, number(&s.scenario)?))).collect();
        let body = |version, made_at| {
            ManifestsBody { version, made_at, scenarios: rules.clone(), sites: places.clone() }
                .to_bytes()
                .map_err(DeedError::internal)
        };
        if let Some((part, old)) = standing.manifests_part.as_deref().and_then(|p| Some((p, Stamp::of(p)?)))
            && body(old.version, old.made_at)? == signed_body(part)
        {
            return Ok(Edition { bytes: part.to_vec(), version: old.version, fresh: false });
        }
        let version = standing.manifests_part.as_deref().and_then(Stamp::of).map_or(1, |s| s.version + 1);
        let body = body(version, now)?;
        let signatures = self.keys.sign_as(KeyUse::Manifests, 2, &ManifestsBody::signing_input(&body), rng)?;
        let bytes = bundle::manifests_part(&body, &signatures).map_err(DeedError::internal)?;
        Ok(Edition { bytes, version, fresh: true })
    }

    fn assemble(
        &self,
        standing: &Standing,
        keys: &[u8],
        manifests: &[u8],
        version: u32,
        rng: &mut StdRng,
    ) -> Result<Vec<u8>, DeedError> {
        let now = self.now_u32();
        let revoked = standing.revoked_cards.iter().map(|i| u64::from(*i)).collect();
        let lists =
            Lists { as_of: now, lists: vec![RevocationList { list: CARD_LIST, size: CARD_LIST_SIZE, revoked }] };
        let urgent = Urgent { as_of: now, list: self.urgent_list(standing, rng)?, ..Urgent::default() };
        let parts = [
            standing.root.clone(),
            keys.to_vec(),
            manifests.to_vec(),
            lists.to_bytes().map_err(DeedError::internal)?,
            urgent.to_bytes().map_err(DeedError::internal)?,
        ];
        let draft = Draft::new(version, EPOCH, now, now + HEAD_LIFE_S, parts).map_err(DeedError::internal)?;
        let signatures = self.keys.sign_as(KeyUse::ListsTime, 1, &draft.signing_input(), rng)?;
        draft.assemble(&signatures).map_err(DeedError::internal)
    }

    /// The urgent list with the withdrawals that it does not hold yet, padded so that one phone's ids do not stand out.
    fn urgent_list(&self, standing: &Standing, rng: &mut StdRng) -> Result<UrgentList, DeedError> {
        let mut list = standing.urgent.clone();
        let mut fresh: BTreeMap<u16, Vec<[u8; 16]>> = BTreeMap::new();
        for gone in &standing.withdrawn {
            for id in self.token_ids(gone).into_iter().filter(|id| !list.holds(gone.day, id)) {
                fresh.entry(gone.day).or_default().push(id);
            }
        }
        for (day, ids) in fresh {
            list.publish(day, &ids, || rand::Rng::next_u64(rng)).map_err(DeedError::internal)?;
        }
        Ok(list)
    }

    /// The T1 ids that a withdrawn slot drew, under every suite: which one it drew from is not kept.
    fn token_ids(&self, gone: &Withdrawn) -> Vec<[u8; 16]> {
        let sets = SUITES.iter().filter_map(|suite| self.keys.day(Day(gone.day), *suite));
        sets.flat_map(|set| {
            (0..gone.t1_count)
                .map(|number| {
                    let id = TokenId { handle: Handle(gone.handle), day: Day(gone.day), slot: gone.slot, number };
                    set.ids.seal(IdForm::Signed, id)
                })
                .collect::<Vec<_>>()
        })
        .collect()
    }

    /// Puts a bundle in force: opened by the same rules that a gate follows.
    pub(crate) fn go_live(
        &self,
        bytes: Vec<u8>,
        manifests: Vec<Manifest>,
        sites: &[site::Site],
    ) -> Result<Arc<Published>, DeedError> {
        let fingerprint = bundle::peek_root_fingerprint(&bytes).map_err(DeedError::internal)?;
        let opened =
            Bundle::open(&bytes, &GateFloor::pinned(fingerprint), self.now_u32()).map_err(DeedError::internal)?;
        let (bundle, _) = opened.keep(|_| Ok::<_, DeedError>(()))?;
        let published = Arc::new(Published { hash: *bundle.hash(), version: bundle.head().version, bytes });
        let number = |slug: &str| manifests.iter().find(|m| m.slug == slug).map(|m| m.id);
        let sites = sites.iter().filter_map(|s| Some(shown_site(s, number(&s.scenario)?))).collect();
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        let mut earlier = live.as_ref().map_or_else(VecDeque::new, |l| {
            let mut earlier = l.earlier.clone();
            earlier.push_front(Arc::clone(&l.published));
            earlier
        });
        earlier.truncate(DELTA_BACK);
        *live = Some(Arc::new(Live { bundle, published: Arc::clone(&published), earlier, manifests, sites }));
        Ok(published)
    }
}

/// Version and times at the head of a signed part's body.
struct Stamp {
    version: u32,
    made_at: u32,
    expires_at: u32,
}

impl Stamp {
    fn of(part: &[u8]) -> Option<Self> {
        let word = |at: usize| signed_body(part).get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
        Some(Self { version: word(0)?, made_at: word(4)?, expires_at: word(8)? })
    }
}

/// The body of a part after its signatures: one count byte, 72 bytes each.
fn signed_body(part: &[u8]) -> &[u8] {
    let count = part.first().copied().map_or(0, usize::from);
    part.get(1 + 72 * count..).unwrap_or(&[])
}

async fn keep(tx: &mut Tx, name: &str, version: u32, bytes: Vec<u8>, at_us: i64) -> Result<(), DeedError> {
    let part = bundle_part::Part { name: name.to_owned(), version: i64::from(version), bytes, published_at: at_us };
    if bundle_part::publish(tx, &part).await? {
        Ok(())
    } else {
        Err(DeedError::Conflict(Text::new("这一版已经发布", "That version has been published already")))
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

fn published_site(site: &site::Site, scenario: u16) -> bundle::Site {
    bundle::Site {
        site: site.id,
        scenario,
        region: site.region.parse().unwrap_or(0),
        name: Bilingual::new(site.name_zh.clone(), site.name_en.clone()),
        checker: None,
    }
}

fn shown_site(site: &site::Site, scenario_id: u16) -> Site {
    Site {
        site: site.id,
        name: Text::new(site.name_zh.clone(), site.name_en.clone()),
        scenario: site.scenario.clone(),
        scenario_id,
        region: site.region.clone(),
        place_code: place_code(site.id, scenario_id),
    }
}
