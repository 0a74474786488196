//! Codes to be shown for somebody else: a small batch under one mandate, kept apart from the device's own.
//! It does not know what the mandate allows; the server refuses what it does not.

use super::draw::{add, certified, request};
use super::store::{Family, Pending, Pocket, PocketFile, WantedKey};
use crate::api::{CallError, Caller};
use crate::failure::Failure;
use crate::machine::{chance, clock};
use yima_code::day::Day;
use yima_keys::custody::IssuingKey;
use yima_wire::token::DrawAnswer;

/// What every code under a mandate says.
pub const ACTING: &str = "acting";
/// Tokens and online ids of one draw; a mandate has twice as many a day.
const BATCH: usize = 8;

/// Draws under a mandate if nothing is left for the day of `now_s`; true when it drew.
pub async fn ensure_for(pocket: &mut Pocket, file: &PocketFile, mandate: &str, now_s: i64) -> Result<bool, Failure> {
    let unused = |batch: &mut super::store::Batch| batch.t1.iter().any(|token| token.secret.is_some());
    if pocket.batch_for(Some(mandate), now_s).is_some_and(unused) {
        return Ok(false);
    }
    draw_for(pocket, file, mandate, Day::shown_at(clock::as_u32(now_s))).await?;
    Ok(true)
}

/// Keys are kept before they are sent, so that a lost answer is asked for again with the same ones.
async fn draw_for(pocket: &mut Pocket, file: &PocketFile, mandate: &str, day: Day) -> Result<(), Failure> {
    let (api, key) = (pocket.api()?, pocket.key()?);
    let fresh = prepare(pocket, day)?;
    let family = family(pocket, mandate);
    if family.pending.as_ref().is_none_or(|pending| pending.day != day.0) {
        family.pending = Some(fresh);
    }
    let pending = family.pending.clone().ok_or_else(|| Failure::could_not("there is nothing to draw"))?;
    file.keep(pocket)?;
    let asked = request(pocket, &pending)?;
    let path = format!("/api/v1/mandates/{mandate}/draw");
    let answer: Result<DrawAnswer, CallError> = api.post(&path, &asked, &Caller::Device(&pocket.signer(&key))).await;
    let batch = match answer {
        Ok(answer) => {
            pocket.learn_time(answer.server_at);
            Some(certified(pocket, &pending, answer)?)
        }
        Err(error) if error.is_away() => return Err(error.into()),
        Err(error) => {
            self::family(pocket, mandate).pending = None;
            file.keep(pocket)?;
            return Err(error.into());
        }
    };
    let family = self::family(pocket, mandate);
    family.pending = None;
    if let Some(batch) = batch {
        add(&mut family.batches, batch);
    }
    file.keep(pocket)
}

fn family<'a>(pocket: &'a mut Pocket, mandate: &str) -> &'a mut Family {
    let at = match pocket.family.iter().position(|one| one.mandate == mandate) {
        Some(at) => at,
        None => {
            pocket.family.push(Family { mandate: mandate.to_owned(), pending: None, batches: Vec::new() });
            pocket.family.len() - 1
        }
    };
    &mut pocket.family[at]
}

fn prepare(pocket: &Pocket, day: Day) -> Result<Pending, Failure> {
    let suite = pocket.suite()?;
    let keys = (0..BATCH)
        .map(|_| {
            let key = IssuingKey::generate(suite, &mut chance::source())
                .map_err(|why| Failure::machine("make a key", why))?;
            Ok(WantedKey { flavour: ACTING.to_owned(), benefit: None, secret: *key.secret() })
        })
        .collect::<Result<_, Failure>>()?;
    let t0 = u16::try_from(BATCH).unwrap_or(u16::MAX);
    Ok(Pending { request_id: chance::octets(), day: day.0, keys, t0 })
}
