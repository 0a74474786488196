//! Making and publishing the verifier bundle from what stands: keys, manifests, places, revocations.
//! It does not know how a gate reads it; parts that did not change keep their bytes and signatures.

use crate::bundle_standing::Standing;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::keyring::{DAYS_AHEAD, ID_KEY_DAYS, SUITES, purpose};
use crate::live::{DELTA_BACK, Live, Published, Site, place_code};
use crate::{Province, confirmations, last_bundle};
use futures_util::FutureExt;
use rand::rngs::StdRng;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use yima_code::bundle::{self, Draft, KeysBody, Lists, ManifestsBody, RevocationList, Root, Urgent};
use yima_code::day::Day;
use yima_code::id::{Handle, IdForm, TokenId};
use yima_code::urgent::UrgentList;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_keys::custody::KeyUse;
use yima_store::day_key::DayKey;
use yima_store::withdrawal::Withdrawn;
use yima_store::{Tx, bundle_part, day_key, site};

/// A head lives this long: a gate that can't sync is told by then.
const HEAD_LIFE_S: u32 = 7 * 24 * 3600;
/// The keys part lives this long.
const KEYS_LIFE_S: u32 = 35 * 24 * 3600;
/// A bundle is made anew at least this often.
const REFRESH: Duration = Duration::from_secs(300);
/// Changes that come together within this time share a bundle.
const GATHER: Duration = Duration::from_millis(300);
/// Publications tried by one command while another process publishes too.
const PUBLISH_TRIES: u8 = 3;
/// The name under which a root waits in the store.
pub(crate) const NEXT_ROOT: &str = "root-next";
/// Indices a paper list has.
pub(crate) const CARD_LIST_SIZE: u32 = 1 << 20;
/// The epoch of a province that never lost its database.
pub(crate) const EPOCH: u32 = 1;

/// A new edition of what is signed offline or by reviewers; the one before is kept when nothing changed.
#[derive(Clone)]
struct Edition {
    bytes: Vec<u8>,
    version: u32,
    fresh: bool,
    /// What stands differs from what is signed, and those who could sign it are offline.
    waits: bool,
}

impl Province {
    /// Publishes a bundle of what stands now.
    ///
    /// # Errors
    /// Refusals of the decision, and whatever the store or the custody says.
    pub async fn publish_bundle(&self, actor: &Actor) -> Result<Arc<Published>, DeedError> {
        // Whatever rang before this moment is read below, so it needs no bundle of its own.
        let _ = self.bundle_due.notified().now_or_never();
        self.keys.custody().refresh().map_err(DeedError::internal)?;
        self.refresh_data_keys().await?;
        self.ensure_day_keys(DAYS_AHEAD).await?;
        self.end_what_is_over().await?;
        self.end_phones_not_kept().await?;
        self.end_posts_over().await?;
        self.end_codes_of_stopped_offices().await?;
        self.see_to_mergers().await?;
        // Housekeeping waits where a copy of the database holds the tables; a withdrawal may not wait with it.
        if let Err(error) = self.keep_days().await.and(self.keep_no_longer().await) {
            tracing::warn!(%error, "what is over could not be forgotten now; it is tried with the next bundle");
        }
        self.look_at_crowds().await?;
        let standing = self.standing().await?;
        let mut rng = self.chance.rng();
        let now = self.now_u32();
        let root = newest_root(&standing.root)?;
        let keys = self.keys_part(&standing, &root, now, &mut rng)?;
        let manifests = self.manifests_part(&standing, &root, now, &mut rng)?;
        self.load_keys(&standing, &keys.bytes)?;
        let version = standing.version + 1;
        let bytes = self.assemble(&standing, &root, [&keys.bytes, &manifests.bytes], version, &mut rng)?;
        let kept = bytes.clone();
        let awaits_reviewers = manifests.waits;
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
        self.go_live(bytes, standing, awaits_reviewers)
    }

    /// Publishes once more if another process did so at the same moment.
    ///
    /// # Errors
    /// As [`Province::publish_bundle`].
    pub async fn publish_change(&self, actor: &Actor) -> Result<Arc<Published>, DeedError> {
        for _ in 1..PUBLISH_TRIES {
            match self.publish_bundle(actor).await {
                Err(DeedError::Conflict(_)) => {}
                done => return done,
            }
        }
        self.publish_bundle(actor).await
    }

    /// Publishes if a change rang since the last bundle: what a command does at its end.
    ///
    /// # Errors
    /// As [`Province::publish_bundle`].
    pub async fn publish_if_due(&self) -> Result<(), DeedError> {
        match self.bundle_due.notified().now_or_never() {
            Some(()) => self.publish_change(&Actor::System).await.map(drop),
            None => Ok(()),
        }
    }

    /// Takes up the bundle that was published last, as of its time, and the keys that it announces.
    pub(crate) async fn take_up(&self) -> Result<(), DeedError> {
        let last = self
            .store
            .read::<_, DeedError, _>(|tx| Box::pin(async move { Ok(bundle_part::latest(tx, "bundle").await?) }))
            .await?;
        let Some(last) = last else { return self.publish_bundle(&Actor::System).await.map(drop) };
        let standing = self.standing().await?;
        let keys = standing.keys_part.clone().unwrap_or_default();
        self.load_keys(&standing, &keys)?;
        let signed = standing.manifests_part.as_deref().and_then(SignedBody::of);
        let waits = match signed {
            Some(signed) => standing.manifests_body(signed.version, signed.made_at)? != signed.body,
            None => true,
        };
        self.go_live(last.bytes, standing, waits)?;
        Ok(())
    }

    fn load_keys(&self, standing: &Standing, keys_part: &[u8]) -> Result<(), DeedError> {
        let today = Day::of(self.now_u32()).0;
        let (_, body) = bundle::split_part(keys_part).map_err(DeedError::internal)?;
        let entries = KeysBody::parse(body).map_err(DeedError::internal)?.entries;
        let announced = entries.iter().map(|entry| entry.kid).collect();
        self.keys.load(&standing.keys, today.saturating_sub(2), today + 2, &announced);
        Ok(())
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
            self.warn_of_ends();
        }
    }

    /// Says in the log what offline holders must do soon.
    fn warn_of_ends(&self) {
        match self.signing() {
            Ok(signing) if signing.runs_out => tracing::warn!(
                announced_until = signing.announced_until,
                "announced issuer keys run out; their holders sign offline: yima bundle prepare --part keys"
            ),
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "the signing roles can't be looked at"),
        }
    }

    /// Makes the keys of the coming days that are still missing, and destroys tracking keys that are over.
    pub(crate) async fn ensure_day_keys(&self, ahead: u16) -> Result<(), DeedError> {
        let today = Day::of(self.now_u32());
        let (from, to) = (today.0.saturating_sub(1), today.0 + ahead);
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
        let now_us = self.now_us();
        self.store
            .deed(move |tx| {
                Box::pin(async move {
                    for key in &fresh {
                        day_key::insert(tx, key).await?;
                    }
                    confirmations::forget_old(tx, now_us).await?;
                    for purpose in [purpose::ID, purpose::T0, purpose::T1] {
                        day_key::destroy_before(tx, purpose, over).await?;
                    }
                    Ok::<_, DeedError>(())
                })
            })
            .await
    }

    /// The keys part in force, or a new edition where one is needed and the role is online.
    fn keys_part(&self, standing: &Standing, root: &Root, now: u32, rng: &mut StdRng) -> Result<Edition, DeedError> {
        let last = standing.keys_part.as_deref().and_then(SignedBody::of);
        let last = last.filter(|l| bundle::verified_keys(l.body, &l.signatures, root).is_ok());
        let until = Day::of(now).0 + DAYS_AHEAD;
        if let Some(old) = &last {
            let lives = old.expires_at > now.saturating_add(HEAD_LIFE_S);
            let same = standing.keys_body(until, old.version, old.made_at, old.expires_at)? == old.body;
            if lives && same {
                return Ok(old.kept(false));
            }
        }
        let version = newest_version(standing.keys_part.as_deref()) + 1;
        let body = standing.keys_body(until, version, now, now + KEYS_LIFE_S)?;
        let signatures = self.keys.sign_as(KeyUse::Keys, &root.keys, &KeysBody::signing_input(&body), rng)?;
        if signatures.len() < usize::from(root.keys.threshold) {
            return match last {
                Some(old) if old.expires_at > now => Ok(old.kept(true)),
                Some(_) => Err(keys_over()),
                None => Err(not_signed("keys")),
            };
        }
        let bytes = bundle::keys_part(&body, &signatures).map_err(DeedError::internal)?;
        Ok(Edition { bytes, version, fresh: true, waits: false })
    }

    fn manifests_part(
        &self,
        standing: &Standing,
        root: &Root,
        now: u32,
        rng: &mut StdRng,
    ) -> Result<Edition, DeedError> {
        let last = standing.manifests_part.as_deref().and_then(SignedBody::of);
        let last = last.filter(|l| bundle::verified_manifests(l.body, &l.signatures, root).is_ok());
        if let Some(old) = &last
            && standing.manifests_body(old.version, old.made_at)? == old.body
        {
            return Ok(old.kept(false));
        }
        let version = newest_version(standing.manifests_part.as_deref()) + 1;
        let body = standing.manifests_body(version, now)?;
        let input = ManifestsBody::signing_input(&body);
        let signatures = self.keys.sign_as(KeyUse::Manifests, &root.manifests, &input, rng)?;
        if signatures.len() < usize::from(root.manifests.threshold) {
            return last.map(|old| old.kept(true)).ok_or_else(|| not_signed("manifests"));
        }
        let bytes = bundle::manifests_part(&body, &signatures).map_err(DeedError::internal)?;
        Ok(Edition { bytes, version, fresh: true, waits: false })
    }

    fn assemble(
        &self,
        standing: &Standing,
        root: &Root,
        [keys, manifests]: [&[u8]; 2],
        version: u32,
        rng: &mut StdRng,
    ) -> Result<Vec<u8>, DeedError> {
        let now = self.now_u32();
        // A head may not outlive the keys part.
        let keys_end = SignedBody::of(keys).map_or(now, |signed| signed.expires_at);
        let list = |(list, revoked): (u16, &Vec<u32>)| {
            let revoked = revoked.iter().map(|i| u64::from(*i)).collect();
            RevocationList { list, size: CARD_LIST_SIZE, revoked }
        };
        let lists = Lists { as_of: now, lists: (1..).zip(&standing.revoked_cards).map(list).collect() };
        let urgent = Urgent { as_of: now, kids: standing.withdrawn_kids(), list: self.urgent_list(standing, rng)? };
        let parts = [
            standing.root.clone(),
            keys.to_vec(),
            manifests.to_vec(),
            lists.to_bytes().map_err(DeedError::internal)?,
            urgent.to_bytes().map_err(DeedError::internal)?,
        ];
        let draft =
            Draft::new(version, EPOCH, now, keys_end.min(now + HEAD_LIFE_S), parts).map_err(DeedError::internal)?;
        let signatures = self.keys.sign_as(KeyUse::ListsTime, &root.lists, &draft.signing_input(), rng)?;
        if signatures.is_empty() {
            return Err(not_signed("lists-time"));
        }
        draft.assemble(&signatures).map_err(DeedError::internal)
    }

    /// The urgent list with the withdrawals that it does not hold yet, padded so that one phone's ids do not stand out.
    fn urgent_list(&self, standing: &Standing, rng: &mut StdRng) -> Result<UrgentList, DeedError> {
        let mut list = standing.urgent.clone();
        let mut fresh: BTreeMap<u16, Vec<[u8; 16]>> = BTreeMap::new();
        for gone in &standing.withdrawn {
            // A slot's ids are listed together: where the last one stands, all do.
            let stands = |last: [u8; 16]| list.holds(gone.day, &last);
            if !self.token_ids(gone, gone.t1_count.saturating_sub(1)).into_iter().all(stands) {
                let ids = self.token_ids(gone, 0).into_iter().filter(|id| !list.holds(gone.day, id));
                fresh.entry(gone.day).or_default().extend(ids);
            }
        }
        for (day, ids) in fresh {
            list.publish(day, &ids, || rand::Rng::next_u64(rng)).map_err(DeedError::internal)?;
        }
        Ok(list)
    }

    /// The T1 ids from a number on that a withdrawn slot drew, under the suite of its device.
    fn token_ids(&self, gone: &Withdrawn, from: u16) -> Vec<[u8; 16]> {
        let drawn_under = |suite: &&Suite| gone.suite.is_none_or(|number| number == suite.number());
        let sets = SUITES.iter().filter(drawn_under).filter_map(|suite| self.keys.day(Day(gone.day), *suite));
        sets.flat_map(|set| {
            (from..gone.t1_count)
                .map(|number| {
                    let id = TokenId { handle: Handle(gone.handle), day: Day(gone.day), slot: gone.slot, number };
                    set.ids.seal(IdForm::Signed, id)
                })
                .collect::<Vec<_>>()
        })
        .collect()
    }

    /// Puts a bundle in force: opened by the same rules that a gate follows, as of its own time if it is over.
    pub(crate) fn go_live(
        &self,
        bytes: Vec<u8>,
        standing: Standing,
        awaits_reviewers: bool,
    ) -> Result<Arc<Published>, DeedError> {
        let bundle = last_bundle::opened(&bytes, self.now_u32())?;
        let published = Arc::new(Published { hash: *bundle.hash(), version: bundle.head().version, bytes });
        let sites = standing.sites.iter().filter_map(|s| {
            let signed = bundle.site(s.id)?;
            Some(shown_site(s, signed.scenario))
        });
        let sites = sites.collect();
        let manifests = standing.manifests_in_force(&bundle);
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        let mut earlier = live.as_ref().map_or_else(VecDeque::new, |l| {
            let mut earlier = l.earlier.clone();
            earlier.push_front(Arc::clone(&l.published));
            earlier
        });
        earlier.truncate(DELTA_BACK);
        let published_now = Arc::clone(&published);
        *live = Some(Arc::new(Live { bundle, published: published_now, earlier, manifests, sites, awaits_reviewers }));
        Ok(published)
    }
}

/// A signed part, cut where its signatures end; version and times stand at the head of the body.
pub(crate) struct SignedBody<'a> {
    pub signatures: Vec<bundle::Signature>,
    pub body: &'a [u8],
    pub version: u32,
    made_at: u32,
    /// Of a keys part; of another it means nothing.
    pub expires_at: u32,
    part: &'a [u8],
}

impl<'a> SignedBody<'a> {
    pub fn of(part: &'a [u8]) -> Option<Self> {
        let (signatures, body) = bundle::split_part(part).ok()?;
        let word = |at: usize| body.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
        Some(Self { signatures, body, version: word(0)?, made_at: word(4)?, expires_at: word(8)?, part })
    }

    fn kept(&self, waits: bool) -> Edition {
        Edition { bytes: self.part.to_vec(), version: self.version, fresh: false, waits }
    }
}

/// The version of the newest edition of a part, whoever signed it; 0 if there is none.
pub(crate) fn newest_version(part: Option<&[u8]>) -> u32 {
    part.and_then(SignedBody::of).map_or(0, |signed| signed.version)
}

/// The newest root of our own chain.
pub(crate) fn newest_root(part: &[u8]) -> Result<Root, DeedError> {
    let roots = bundle::roots(part).map_err(DeedError::internal)?;
    let last = roots.last().ok_or_else(|| DeedError::internal("the store holds no root: run init"))?;
    Root::parse(&last.body).map_err(DeedError::internal)
}

fn keys_over() -> DeedError {
    DeedError::Conflict(Text::new(
        "签发密钥的有效期已过，钥匙在离线保管人手里：请办签名仪式（yima bundle prepare --part keys）",
        "the keys part has ended and its keys are offline: hold the ceremony (yima bundle prepare --part keys)",
    ))
}

fn not_signed(role: &str) -> DeedError {
    DeedError::Conflict(Text::new(
        format!("角色 {role} 的密钥不在这里，签不了名"),
        format!("the keys of the role {role} are not here, so nobody can sign for it"),
    ))
}

pub(crate) async fn keep(tx: &mut Tx, name: &str, version: u32, bytes: Vec<u8>, at_us: i64) -> Result<(), DeedError> {
    let part = bundle_part::Part { name: name.to_owned(), version: i64::from(version), bytes, published_at: at_us };
    if bundle_part::publish(tx, &part).await? {
        Ok(())
    } else {
        Err(DeedError::Conflict(Text::new("这一版已经发布", "That version has been published already")))
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
