//! Gates: added with a key that is shown once, synced, ended. It does not know what a gate decides.

use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::residents::Page;
use crate::secret_text;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::GateId;
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_keys::sha256;
use yima_store::gate::{self, Filter, Seen, State};

const PAGE: u32 = 200;
/// A gate that was not seen for so long is late.
pub(crate) const LATE_S: i64 = 3600;
/// A gate may be one bundle behind: it fetches the newest within its next minutes.
pub(crate) const BEHIND_MAX: i64 = 1;
/// Letters of a text to look for.
const FIND_CHARS_MAX: usize = 60;
/// A key is what people may have to type: 32 characters of 31 letters are 158 bits.
const KEY_LENGTH: usize = 32;
const PREFIX: &str = "ygk_";

/// A gate, as operators see it.
#[derive(Clone, Debug)]
pub struct Gate {
    /// `gat_…`
    pub id: String,
    /// Name.
    pub name: String,
    /// Site number.
    pub site: u32,
    /// Name of the place in Chinese.
    pub place: String,
    /// Slug.
    pub scenario: String,
    /// `active` or `ended`.
    pub state: &'static str,
    /// Unix seconds.
    pub last_seen_at: Option<i64>,
    /// Version that it holds.
    pub bundle_version: Option<i64>,
    /// Versions behind.
    pub bundle_lag: Option<i64>,
    /// Records that wait.
    pub spool: i64,
    /// Seconds that its clock is off.
    pub clock_off_s: i64,
}

/// Which gates, beside all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnlyGates {
    /// Live ones that were not seen for an hour, or are two bundles behind.
    Late,
    /// Ended ones.
    Ended,
}

/// Which gates.
#[derive(Clone, Copy, Debug, Default)]
pub struct SeeGates<'a> {
    /// `next` of the page before.
    pub after: Option<&'a str>,
    /// Only some.
    pub only: Option<OnlyGates>,
    /// Part of a name, an id or a scenario's slug.
    pub find: Option<&'a str>,
}

/// A gate's key, shown once.
#[derive(Clone, Debug)]
pub struct GateKey {
    /// `gat_…`
    pub id: String,
    /// `ygk_…`
    pub key: String,
}

/// What a gate says of itself.
pub struct SyncGate {
    /// Version that it holds.
    pub bundle_version: i64,
    /// Records that wait.
    pub spool: i64,
    /// Its clock, Unix seconds.
    pub clock_at: i64,
}

/// What it is told.
#[derive(Clone, Debug)]
pub struct Synced {
    /// Unix seconds.
    pub server_at: i64,
    /// Newest version.
    pub bundle_version: i64,
    /// Its id.
    pub gate: String,
    /// Its site.
    pub site: u32,
    /// Slug.
    pub scenario: String,
    /// Number.
    pub scenario_id: u16,
}

fn key_hash(key: &str) -> [u8; 32] {
    sha256(&[b"yima.gate.key.v1\0", key.as_bytes()])
}

impl Province {
    /// The gate behind a key, if it lives.
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn gate(&self, key: &str) -> Result<Option<Actor>, DeedError> {
        if !key.starts_with(PREFIX) || key.len() != PREFIX.len() + KEY_LENGTH {
            return Ok(None);
        }
        let hash = key_hash(key);
        let found = self
            .store
            .read_one::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(gate::by_key(tx, &hash).await?) }))
            .await?;
        let Some(row) = found.filter(|g| g.state == State::Live) else { return Ok(None) };
        let Some(scenario) = self.live().manifest_by_slug(&row.scenario).map(|m| m.id) else { return Ok(None) };
        let gate = GateId::parse(&row.id).map_err(DeedError::internal)?;
        Ok(Some(Actor::Gate { gate, site: row.site, scenario }))
    }

    /// Adds a gate at a place; its key is in the answer and nowhere else.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for a place that isn't there.
    pub async fn add_gate(&self, actor: &Actor, name: &str, site: u32) -> Result<GateKey, DeedError> {
        let name = name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 60 || !shown_text::is_line(&name) {
            return Err(DeedError::invalid("name", "闸机名要 1 到 60 个字", "a name needs 1 to 60 characters"));
        }
        let id = GateId::new(self.now_ms(), self.chance.bytes());
        let key = format!("{PREFIX}{}", secret_text(&mut self.chance.rng(), KEY_LENGTH));
        let made = GateKey { id: id.to_string(), key: key.clone() };
        self.short(
            Request::of(actor.clone(), Deed::AddGate),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let place = yima_store::site::find(tx, site).await?.ok_or(DeedError::NotFound("place"))?;
                    let row = gate::Gate {
                        id: id.to_string(),
                        name,
                        site,
                        scenario: place.scenario.clone(),
                        key_hash: key_hash(&key).to_vec(),
                        state: State::Live,
                        created_at: door.now_us,
                        ended_at: None,
                        seen: None,
                    };
                    gate::insert(tx, &row).await?;
                    let detail = serde_json::json!({ "gate": row.id });
                    Ok(Done::plain(()).at(place.scenario, Some(site)).detail(detail))
                })
            },
        )
        .await?;
        Ok(made)
    }

    /// Ends a gate: its key opens nothing from now on.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when there is no such live gate.
    pub async fn end_gate(&self, actor: &Actor, id: &str) -> Result<(), DeedError> {
        let id = id.to_owned();
        let ended = self
            .short(
                Request::of(actor.clone(), Deed::EndGate),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), door| {
                    Box::pin(async move {
                        if !gate::end(tx, &id, door.now_us).await? {
                            return Err(DeedError::NotFound("gate"));
                        }
                        Ok(Done::plain(()).detail(serde_json::json!({ "gate": id })))
                    })
                },
            )
            .await;
        // Its key leaves the bundle with it.
        self.bundle_due.notify_one();
        ended
    }

    /// Gates, page by page, with how far each is behind.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn gates(&self, actor: &Actor, ask: SeeGates<'_>) -> Result<Page<Gate>, DeedError> {
        let live = self.live();
        let newest = i64::from(live.published.version);
        let late_since = self.now_us() - LATE_S * MICROS;
        let after = ask.after.unwrap_or("").to_owned();
        let text = ask.find.map(str::trim).filter(|text| !text.is_empty());
        let text = text.map(|text| text.chars().take(FIND_CHARS_MAX).collect::<String>());
        let rows = self
            .look(Request::of(actor.clone(), Deed::SeeScenarios), Facts::default(), move |tx| {
                Box::pin(async move {
                    let (state, late) = match ask.only {
                        None => (None, None),
                        Some(OnlyGates::Late) => (None, Some((late_since, newest - BEHIND_MAX))),
                        Some(OnlyGates::Ended) => (Some(State::Ended), None),
                    };
                    Ok(gate::listed(tx, &after, Filter { state, late, text: text.as_deref() }, PAGE).await?)
                })
            })
            .await?;
        let next = rows.last().filter(|_| rows.len() == PAGE as usize).map(|g| g.id.clone());
        let row = |g: gate::Gate| Gate {
            place: live.site(g.site).map(|s| s.name.zh.clone()).unwrap_or_default(),
            id: g.id,
            name: g.name,
            site: g.site,
            scenario: g.scenario,
            state: if g.state == State::Live { "active" } else { "ended" },
            last_seen_at: g.seen.as_ref().map(|s| s.at / MICROS),
            bundle_version: g.seen.as_ref().map(|s| s.bundle_version),
            bundle_lag: g.seen.as_ref().map(|s| (newest - s.bundle_version).max(0)),
            spool: g.seen.as_ref().map_or(0, |s| i64::from(s.spool)),
            clock_off_s: g.seen.as_ref().map_or(0, |s| s.clock_off_s),
        };
        Ok(Page { items: rows.into_iter().map(row).collect(), next })
    }

    /// Tells a gate what is newest, and notes what it says of itself.
    ///
    /// # Errors
    /// An ended gate is refused.
    pub async fn sync_gate(&self, actor: &Actor, say: SyncGate) -> Result<Synced, DeedError> {
        let Actor::Gate { gate: id, site, scenario } = actor else {
            return Err(DeedError::Refused(yima_kernel::access::Refusal::NotAllowed));
        };
        let live = self.live();
        let slug = live.manifest(*scenario).ok_or(DeedError::NotFound("scenario"))?.slug.clone();
        let now_us = self.now_us();
        let synced = Synced {
            server_at: now_us / MICROS,
            bundle_version: live.published.version.into(),
            gate: id.as_str().to_owned(),
            site: *site,
            scenario: slug,
            scenario_id: *scenario,
        };
        let seen = Seen {
            at: now_us,
            bundle_version: say.bundle_version.max(0),
            spool: u32::try_from(say.spool.max(0)).unwrap_or(u32::MAX),
            clock_off_s: (say.clock_at - now_us / MICROS).clamp(-(1 << 31), 1 << 31),
        };
        let id = synced.gate.clone();
        let request = Request { scenario: Some(*scenario), ..Request::of(actor.clone(), Deed::SyncGate) };
        yima_kernel::access::decide(&request, &Facts::default(), now_us / MICROS).map_err(DeedError::Refused)?;
        self.store
            .deed::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(gate::seen(tx, &id, &seen).await?) }))
            .await?;
        Ok(synced)
    }
}
