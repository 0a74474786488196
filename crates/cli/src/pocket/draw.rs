//! Drawing a day's tokens: keys are made and kept first, then certified; a lost answer is asked for again.
//! It does not know how tokens are shown.

use super::store::{
    Batch, KnownScenario, Later, OnlineId, Pending, Pocket, PocketFile, Token, WantedKey, bytes, private_key, text,
};
use crate::api::{Api, CallError, Caller};
use crate::failure::Failure;
use crate::machine::{chance, clock};
use crate::say;
use std::time::Duration;
use yima_code::day::Day;
use yima_code::token::IssuerPart;
use yima_keys::custody::IssuingKey;
use yima_wire::device::DeviceHome;
use yima_wire::problem::Problem;
use yima_wire::resident::BenefitRow;
use yima_wire::retry;
use yima_wire::scenario::Scenarios;
use yima_wire::token::{DrawAnswer, DrawRequest, WantedToken};

/// Plain tokens of a day's batch.
const PLAIN: usize = 16;
/// Tokens of each flavour that the resident may draw.
const OF_EACH_FLAVOUR: usize = 4;
/// What a day holds for one device; a resident with many benefits gets fewer tokens of each.
const DAY_MAX: usize = 32;
/// Online ids of a day's batch.
const ONLINE: u16 = 16;
/// A person at the command line waits so long for a turn; beyond, the program ends and says when to come again.
const PERSON_WAITS_S: u32 = 60;
/// The server sends nobody away for more than an hour, and chance adds at most five minutes.
const TURN_MAX_S: u32 = 3_600 + retry::SPAN_MAX_S;
/// Days of tokens that are kept: yesterday's still pass where a scenario takes late codes.
const DAYS_KEPT: usize = 3;

/// How much to draw.
#[derive(Clone, Copy)]
pub struct Wanted {
    /// Plain tokens.
    pub plain: usize,
    /// Tokens of each flavour.
    pub of_each_flavour: usize,
    /// Online ids.
    pub t0: u16,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { plain: PLAIN, of_each_flavour: OF_EACH_FLAVOUR, t0: ONLINE }
    }
}

/// Draws if there is nothing for the day of `now_s`. True when it drew.
pub async fn ensure(pocket: &mut Pocket, file: &PocketFile, now_s: i64) -> Result<bool, Failure> {
    if pocket.batch_at(now_s).is_some() && !pocket.scenarios.is_empty() {
        return Ok(false);
    }
    draw(pocket, file, Day::shown_at(clock::as_u32(now_s)), Wanted::default()).await?;
    Ok(true)
}

/// Draws tokens of a day and keeps them.
pub async fn draw(pocket: &mut Pocket, file: &PocketFile, day: Day, wanted: Wanted) -> Result<(), Failure> {
    wait_for_turn(pocket).await?;
    let api = pocket.api()?;
    let key = pocket.key()?;
    let flavours = learn(pocket, &api, &key, day).await?;
    match ask(pocket, file, day, wanted, &flavours).await {
        // What could be drawn a moment ago can't any more: plain tokens always can.
        Err(NotDrawn::Problem(problem)) if can_not_be_said(&problem) => {
            ask(pocket, file, day, wanted, &[]).await.map_err(NotDrawn::into_failure)
        }
        other => other.map_err(NotDrawn::into_failure),
    }
}

/// One request for tokens; what the server has against it is kept apart from what else went wrong.
async fn ask(
    pocket: &mut Pocket,
    file: &PocketFile,
    day: Day,
    wanted: Wanted,
    flavours: &[Flavour],
) -> Result<(), NotDrawn> {
    let api = pocket.api()?;
    let key = pocket.key()?;
    if pocket.pending.as_ref().is_none_or(|pending| pending.day != day.0) {
        pocket.pending = Some(prepare(pocket, day, wanted, flavours)?);
        file.keep(pocket)?;
    }
    let pending = pocket.pending.clone().ok_or_else(|| Failure::could_not("there is nothing to draw"))?;
    let request = request(pocket, &pending)?;
    let answer: DrawAnswer = match asked(pocket, file, &api, &key, &request).await {
        Ok(answer) => answer,
        Err(error) => {
            // A refusal settles this request: the next draw has new keys. Silence does not.
            if !error.is_away() {
                pocket.pending = None;
                file.keep(pocket)?;
            }
            return Err(match error {
                CallError::Problem(problem) => NotDrawn::Problem(problem),
                other => NotDrawn::Other(other.into()),
            });
        }
    };
    pocket.learn_time(answer.server_at);
    let batch = certified(pocket, &pending, answer)?;
    add(&mut pocket.batches, batch);
    pocket.pending = None;
    pocket.later = None;
    Ok(file.keep(pocket)?)
}

/// Why a draw gave nothing.
enum NotDrawn {
    Problem(Box<Problem>),
    Other(Failure),
}

impl NotDrawn {
    fn into_failure(self) -> Failure {
        match self {
            Self::Problem(problem) => CallError::Problem(problem).into(),
            Self::Other(failure) => failure,
        }
    }
}

impl From<Failure> for NotDrawn {
    fn from(failure: Failure) -> Self {
        Self::Other(failure)
    }
}

fn can_not_be_said(problem: &Problem) -> bool {
    matches!(problem.code.as_str(), "not_held" | "too_few_holders")
}

/// Something that tokens may say of the resident.
struct Flavour {
    word: String,
    benefit: Option<u8>,
}

/// Asks, and while the server is busy asks again at the moments that it named, as long as a person waits.
async fn asked(
    pocket: &mut Pocket,
    file: &PocketFile,
    api: &Api,
    key: &IssuingKey,
    request: &DrawRequest,
) -> Result<DrawAnswer, CallError> {
    loop {
        let sent = api.post("/api/v1/tokens/draw", request, &Caller::Device(&pocket.signer(key))).await;
        let Err(CallError::Later(problem, retry_after_s)) = sent else { return sent };
        let tries = pocket.later.map_or(1, |later| later.tries.saturating_add(1));
        let wait_s = retry::wait_s(tries, retry_after_s, u32::from_be_bytes(chance::octets()));
        pocket.later = Some(Later { tries, at: pocket.now_s() + i64::from(wait_s) });
        if file.keep(pocket).is_err() || wait_s > PERSON_WAITS_S {
            return Err(CallError::Later(problem, wait_s));
        }
        say::remark(&format!("服务器正忙，{wait_s} 秒后再取码。 The server is busy; asking again in {wait_s} s"));
        tokio::time::sleep(Duration::from_secs(wait_s.into())).await;
    }
}

/// A device that was sent away waits for its turn, also when the program is started anew.
async fn wait_for_turn(pocket: &Pocket) -> Result<(), Failure> {
    let left_s = pocket.later.map_or(0, |later| later.at - pocket.now_s());
    match u32::try_from(left_s) {
        Ok(0) | Err(_) => Ok(()),
        // A turn is never longer away than this: the clock was moved meanwhile.
        Ok(left_s) if left_s > TURN_MAX_S => Ok(()),
        Ok(left_s) if left_s <= PERSON_WAITS_S => {
            tokio::time::sleep(Duration::from_secs(left_s.into())).await;
            Ok(())
        }
        Ok(left_s) => Err(Failure::could_not(format!(
            "服务器正忙，轮到这部设备还要 {left_s} 秒，到时再试。 The server is busy: this device's turn is in {left_s} s; try again then"
        ))),
    }
}

/// What the server knows of this device and of the scenarios; corrects the clock.
async fn learn(pocket: &mut Pocket, api: &Api, key: &IssuingKey, day: Day) -> Result<Vec<Flavour>, Failure> {
    let home = home(pocket, api, key).await?;
    pocket.learn_time(home.server_at);
    // After a recovery that was stopped a phone goes on in another slot: what it drew before, for others too, is withdrawn.
    let slot = home.devices.iter().find(|device| device.this).map(|device| device.slot);
    if let Some(slot) = slot.filter(|slot| *slot != pocket.slot) {
        pocket.slot = slot;
        pocket.batches.clear();
        pocket.family.clear();
    }
    let known: Scenarios = api.get("/api/v1/scenarios", &Caller::Stranger).await?;
    pocket.scenarios = known
        .scenarios
        .into_iter()
        .map(|one| KnownScenario {
            id: one.id,
            slug: one.slug,
            forms: one.forms,
            flavour: one.flavour,
            accepted: one.accepted,
            merged: one.merged,
        })
        .collect();
    let more = home.flavours.into_iter().filter(|word| word != "plain" && word != "benefit");
    // Dates in this form are in order as text.
    let date = day.to_string();
    let lasts = |benefit: &&BenefitRow| benefit.drawable && benefit.from <= date && date <= benefit.until;
    let benefits = home.benefits.iter().filter(lasts).map(|benefit| benefit.number);
    let mut flavours: Vec<_> = more.map(|word| Flavour { word, benefit: None }).collect();
    flavours.extend(benefits.map(|number| Flavour { word: "benefit".to_owned(), benefit: Some(number) }));
    Ok(flavours)
}

/// The home screen; a clock that the server refuses is corrected once.
async fn home(pocket: &mut Pocket, api: &Api, key: &IssuingKey) -> Result<DeviceHome, Failure> {
    let first = api.get("/api/v1/device", &Caller::Device(&pocket.signer(key))).await;
    let Err(CallError::Problem(problem)) = &first else { return Ok(first?) };
    let Some(server_at) = problem.server_at else { return Ok(first?) };
    pocket.learn_time(server_at);
    Ok(api.get("/api/v1/device", &Caller::Device(&pocket.signer(key))).await?)
}

/// Fresh keys: plain ones first, then as many of each flavour as the day has room for.
fn prepare(pocket: &Pocket, day: Day, wanted: Wanted, flavours: &[Flavour]) -> Result<Pending, Failure> {
    let suite = pocket.suite()?;
    let room = DAY_MAX.saturating_sub(wanted.plain) / flavours.len().max(1);
    let of_each = wanted.of_each_flavour.min(room.max(1));
    let more = flavours.iter().flat_map(|one| std::iter::repeat_n((one.word.as_str(), one.benefit), of_each));
    let named = std::iter::repeat_n(("plain", None), wanted.plain).chain(more);
    let keys = named
        .map(|(flavour, benefit)| {
            let key = IssuingKey::generate(suite, &mut chance::source())
                .map_err(|why| Failure::machine("make a key", why))?;
            Ok(WantedKey { flavour: flavour.to_owned(), benefit, secret: *key.secret() })
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    Ok(Pending { request_id: chance::octets(), day: day.0, keys, t0: wanted.t0 })
}

pub(super) fn request(pocket: &Pocket, pending: &Pending) -> Result<DrawRequest, Failure> {
    let suite = pocket.suite()?;
    let t1 = pending
        .keys
        .iter()
        .map(|key| {
            let public = private_key(suite, &key.secret)?.public();
            Ok(WantedToken { flavour: key.flavour.clone(), benefit: key.benefit, holder_key: text(&public) })
        })
        .collect::<Result<_, Failure>>()?;
    Ok(DrawRequest { request_id: text(&pending.request_id), day: pending.day, t1, t0: pending.t0 })
}

/// The answer as a batch; every token must certify the key that it was asked for.
pub(super) fn certified(pocket: &Pocket, pending: &Pending, answer: DrawAnswer) -> Result<Batch, Failure> {
    let suite = pocket.suite()?;
    if answer.tokens.len() != pending.keys.len() {
        return Err(Failure::could_not("the server gave another number of tokens than was asked for"));
    }
    let mut t1 = Vec::new();
    for (drawn, key) in answer.tokens.into_iter().zip(&pending.keys) {
        let part = IssuerPart::from_bytes(&bytes(&drawn.issuer_part, "a token")?)
            .map_err(|why| Failure::could_not(format!("the server gave a token that can't be read: {why}")))?;
        if part.fields().holder_key != private_key(suite, &key.secret)?.public() {
            return Err(Failure::could_not("the server certified another key than was asked for"));
        }
        t1.push(Token { flavour: drawn.flavour, issuer_part: drawn.issuer_part, secret: Some(text(&key.secret)) });
    }
    let mut t0 = Vec::new();
    for one in answer.t0 {
        t0.push(OnlineId { id: bytes(&one.id, "an online id")?, key: Some(one.key) });
    }
    Ok(Batch { day: answer.day, from_at: answer.from_at, until_at: answer.until_at, t1, t0 })
}

pub(super) fn add(batches: &mut Vec<Batch>, mut batch: Batch) {
    match batches.iter_mut().find(|old| old.day == batch.day) {
        Some(old) => {
            old.t1.append(&mut batch.t1);
            old.t0.append(&mut batch.t0);
        }
        None => batches.push(batch),
    }
    batches.sort_by_key(|batch| batch.day);
    let surplus = batches.len().saturating_sub(DAYS_KEPT);
    batches.drain(..surplus);
}
