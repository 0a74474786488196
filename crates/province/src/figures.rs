//! Figures for the console, and the keys in use: read from counters kept as things happen. It does not count rows.

use crate::Province;
use crate::clock::MICROS;
use crate::error::DeedError;
use crate::gates::{BEHIND_MAX, LATE_S};
use crate::keyring::purpose;
use std::collections::BTreeMap;
use yima_code::day::Day;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_keys::custody::KeyInfo;
use yima_store::day_key::{self, DayKey};
use yima_store::gate::Seen;
use yima_store::key_deed::{self, What};
use yima_store::{card, counted, tally};

const BARS_MAX: usize = 1000;
/// Paper keys of a suite that may be made in a month.
const ROTATIONS_A_MONTH: u16 = 30;

/// The province at a glance.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Residents.
    pub residents: i64,
    /// Active devices.
    pub devices: i64,
    /// Scenarios in force.
    pub scenarios: i64,
    /// Live gates.
    pub gates: i64,
    /// Late gates.
    pub gates_late: i64,
    /// Checks in 24 hours.
    pub checks_day: i64,
    /// Of these refused.
    pub refused_day: i64,
    /// Of these could not be checked.
    pub unchecked_day: i64,
}

/// How bars are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Unix seconds of full hours.
    Hour,
    /// Site numbers.
    Site,
    /// Reasons.
    Reason,
    /// Slugs.
    Scenario,
}

/// One bar.
#[derive(Clone, Debug, Default)]
pub struct Bar {
    /// Key.
    pub key: String,
    /// Label.
    pub label: String,
    /// GB/T 2260, by site.
    pub region: String,
    /// Valid.
    pub valid: i64,
    /// Refused.
    pub refused: i64,
    /// Could not be checked.
    pub could_not: i64,
}

/// A key, as operators see it.
#[derive(Clone, Debug)]
pub struct KeyRow {
    /// Key id, hex, or the custody's name.
    pub kid: String,
    /// Suite.
    pub suite: &'static str,
    /// Purpose.
    pub purpose: String,
    /// Civil day of daily keys.
    pub day: Option<u16>,
    /// State.
    pub state: String,
    /// Unix seconds.
    pub from_at: Option<i64>,
    /// Unix seconds.
    pub until_at: Option<i64>,
    /// Of a paper key: how many codes that still count it signed. Withdrawn with it, each has to be issued anew.
    pub cards: Option<u64>,
}

impl Province {
    /// The province at a glance.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn overview(&self, actor: &Actor) -> Result<Overview, DeedError> {
        let now_us = self.now_us();
        let from = now_us - 24 * 3600 * MICROS;
        let (tallies, lines, gates) = self
            .look(Request::of(actor.clone(), Deed::SeeFigures), Facts::default(), move |tx| {
                Box::pin(async move {
                    Ok((
                        tally::all(tx).await?,
                        counted::by(tx, counted::By::Hour, from, now_us + 1).await?,
                        yima_store::gate::page(tx, "", 10_000).await?,
                    ))
                })
            })
            .await?;
        let live = self.live();
        let many = |what: &str| tallies.iter().find(|(w, _)| w == what).map_or(0, |(_, n)| *n);
        let sum = |verdict: &str| lines.iter().filter(|l| l.verdict == verdict).map(|l| l.checks).sum::<i64>();
        let open: Vec<_> = gates.iter().filter(|g| g.state == yima_store::gate::State::Live).collect();
        let newest = i64::from(live.published.version);
        let is_late = |s: &Seen| now_us - s.at > LATE_S * MICROS || s.bundle_version < newest - BEHIND_MAX;
        let late = |g: &&&yima_store::gate::Gate| g.seen.as_ref().is_none_or(is_late);
        let (valid, refused_day, unchecked_day) = (sum("valid"), sum("refused"), sum("could_not_check"));
        Ok(Overview {
            residents: many("accounts"),
            devices: many("devices"),
            scenarios: i64::try_from(live.manifests.len()).unwrap_or(0),
            gates: i64::try_from(open.len()).unwrap_or(0),
            gates_late: i64::try_from(open.iter().filter(late).count()).unwrap_or(0),
            checks_day: valid + refused_day + unchecked_day,
            refused_day,
            unchecked_day,
        })
    }

    /// Checks between two moments (Unix seconds), laid out as bars.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn checks(&self, actor: &Actor, by: By, from_s: i64, to_s: i64) -> Result<Vec<Bar>, DeedError> {
        let layout = match by {
            By::Hour => counted::By::Hour,
            By::Site => counted::By::Site,
            By::Reason => counted::By::Reason,
            By::Scenario => counted::By::Scenario,
        };
        let lines = self
            .look(Request::of(actor.clone(), Deed::SeeFigures), Facts::default(), move |tx| {
                Box::pin(async move {
                    let (from, to) = (from_s.saturating_mul(MICROS), to_s.saturating_mul(MICROS));
                    Ok(counted::by(tx, layout, from, to).await?)
                })
            })
            .await?;
        let mut bars: BTreeMap<String, Bar> = BTreeMap::new();
        for line in lines {
            let key = if by == By::Hour { seconds(&line.key) } else { line.key };
            let bar = bars.entry(key.clone()).or_insert_with(|| self.bar(by, key));
            match line.verdict.as_str() {
                "valid" => bar.valid += line.checks,
                "refused" => bar.refused += line.checks,
                _ => bar.could_not += line.checks,
            }
        }
        Ok(bars.into_values().take(BARS_MAX).collect())
    }

    fn bar(&self, by: By, key: String) -> Bar {
        let live = self.live();
        let (label, region) = match by {
            By::Site => key
                .parse()
                .ok()
                .and_then(|n| live.site(n))
                .map_or_else(Default::default, |s| (s.name.zh.clone(), s.region.clone())),
            By::Scenario => (live.manifest_by_slug(&key).map(|m| m.name.zh.clone()).unwrap_or_default(), String::new()),
            By::Hour | By::Reason => Default::default(),
        };
        Bar { key, label, region, ..Bar::default() }
    }

    /// Keys in use, with their windows. No key's secret half is anywhere in the answer.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn keys(&self, actor: &Actor) -> Result<Vec<KeyRow>, DeedError> {
        let today = Day::of(self.now_u32()).0;
        let month = self.this_month();
        let (stored, cards) = self
            .look(Request::of(actor.clone(), Deed::SeeKeys), Facts::default(), move |tx| {
                Box::pin(async move {
                    Ok((day_key::of_days(tx, 0, today + 35).await?, card::under_each_key(tx, month).await?))
                })
            })
            .await?;
        let roles = self.keys.custody().list().map_err(DeedError::internal)?;
        let mut rows: Vec<KeyRow> = roles.iter().map(role_row).collect();
        let near = |k: &&DayKey| !k.public_key.is_empty() && (k.purpose != "t1" || k.day.abs_diff(today) <= 3);
        let many = |key: &DayKey| cards.iter().find(|(kid, _)| *kid == key.kid).map_or(0, |(_, many)| *many);
        let counted = |key: &DayKey| (key.purpose == purpose::T2).then(|| many(key));
        rows.extend(stored.iter().filter(near).map(|key| KeyRow { cards: counted(key), ..key_row(key) }));
        Ok(rows)
    }

    /// Makes new paper and status keys of a suite at the command line; codes under the old ones stay good until they expire. It
    /// waits in the list of key deeds until somebody at a console has looked at it.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when they were rotated too often lately.
    pub async fn rotate_keys(&self, actor: &Actor, suite: Suite, reason: &str) -> Result<(), DeedError> {
        let reason = crate::two_persons::reason(reason)?;
        let made = self.fresh_paper(suite).await?;
        let what = if suite == Suite::Es256 { What::PaperEs256 } else { What::PaperSm2 };
        let row = self.key_deed((what, None), &reason, key_deed::State::Unseen, actor);
        self.short(
            Request::of(actor.clone(), Deed::RotateKeys),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    if !day_key::insert(tx, &made).await? {
                        return Err(DeedError::Busy);
                    }
                    key_deed::insert(tx, &row).await?;
                    let detail = serde_json::json!({ "kid": hex::encode(&made.kid), "reason": reason });
                    Ok(crate::doorway::Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        self.bundle_due.notify_one();
        Ok(())
    }

    /// A new paper key of a suite, not filed yet.
    pub(crate) async fn fresh_paper(&self, suite: Suite) -> Result<DayKey, DeedError> {
        let day = self.free_day(suite).await?;
        self.keys.make_long(purpose::T2, suite, day, self.now_us(), &mut self.chance.rng())
    }

    /// The newest day, back from today, under which no paper key of the suite was filed: a day holds one.
    async fn free_day(&self, suite: Suite) -> Result<Day, DeedError> {
        let today = Day::of(self.now_u32()).0;
        let oldest = today.saturating_sub(ROTATIONS_A_MONTH);
        let keys = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(day_key::of_days(tx, oldest, today).await?) }))
            .await?;
        let taken =
            |day: &u16| keys.iter().any(|k| k.day == *day && k.suite == suite.number() && k.purpose == purpose::T2);
        (oldest..=today).rev().find(|day| !taken(day)).map(Day).ok_or_else(|| {
            DeedError::Conflict(crate::Text::new("近一个月换得太多了", "rotated too often within a month"))
        })
    }
}

fn seconds(micros: &str) -> String {
    micros.parse::<i64>().map_or_else(|_| micros.to_owned(), |us| (us / MICROS).to_string())
}

fn role_row(info: &KeyInfo) -> KeyRow {
    KeyRow {
        kid: info.key.as_str().to_owned(),
        suite: info.suite.name(),
        purpose: info.used_for.as_str().to_owned(),
        day: None,
        state: info.state.as_str().to_owned(),
        from_at: Some(info.made_at),
        until_at: None,
        cards: None,
    }
}

fn key_row(key: &DayKey) -> KeyRow {
    let daily = key.purpose == "t1";
    let window = Day(key.day).window();
    KeyRow {
        kid: hex::encode(&key.kid),
        suite: Suite::from_number(key.suite).map_or("", Suite::name),
        purpose: key.purpose.clone(),
        day: daily.then_some(key.day),
        state: key.state.as_str().to_owned(),
        from_at: daily.then_some(window.from.into()),
        until_at: daily.then_some(window.until.into()),
        cards: None,
    }
}
