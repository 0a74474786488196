//! A token of a phone, after its signatures or its MAC held: who it names, how they stand, and its one burn.
//! It does not know how the code was read, nor what a gate may learn.

use crate::check_code::{Ended, Stand};
use crate::clock::MICROS;
use crate::confirmations::{Asked, Question, ask};
use crate::doorway::Door;
use crate::error::DeedError;
use crate::mandates::{Shown, behind};
use yima_code::check::GUARDIAN_S;
use yima_code::day::Day;
use yima_code::id::{IdForm, TokenId};
use yima_code::rule::{FlavourKind, Level};
use yima_code::{Reason, Verdict};
use yima_store::account::State;
use yima_store::check::{self, Burn, Burned, Facts};
use yima_store::{Tx, benefit, device};

/// A lost reply is answered again for so long.
const SAME_ANSWER_S: i64 = 60;
/// So many wrong MACs kill a T0.
const BAD_MACS_MAX: u32 = 10;

/// A token that names a slot.
#[derive(Clone)]
pub(crate) struct ShownToken {
    /// Valid, as far as can be told without the store.
    pub verdict: Verdict,
    /// As shown.
    pub id: [u8; 16],
    /// As opened.
    pub named: TokenId,
    /// Signed or tiny.
    pub form: IdForm,
    /// Of what was shown.
    pub bytes_hash: [u8; 32],
    /// A T0 whose time is not now: refused so, unless it is a lost reply or a question that goes on.
    pub untimely: Option<Verdict>,
}

impl ShownToken {
    fn no(&self, reason: Reason) -> Verdict {
        Verdict::because(reason, self.verdict.form)
    }
}

/// Whom the token names, whether it is still theirs to show, and whether it was shown before.
pub(crate) async fn finish_token(
    tx: &mut Tx,
    shown: ShownToken,
    stand: &Stand,
    door: &Door,
) -> Result<Ended, DeedError> {
    let named = shown.named;
    let behind = behind(tx, &stand.hand, &named, door.now_s()).await?;
    let facts = check::facts(tx, &named.handle.0, named.slot, named.day.0).await?;
    let Some(mut facts) = facts else { return Ok((shown.no(Reason::UnknownCode), None).into()) };
    let issued = if shown.form == IdForm::Signed { facts.t1_count } else { facts.t0_count };
    if !named.issued_among(issued) {
        return Ok((shown.no(Reason::UnknownCode), None).into());
    }
    if let Some(behind) = &behind {
        facts.device = Some(behind.device.clone());
    }
    // What the row of a device says decides whether its codes count.
    if let Some(device) = facts.device.take() {
        facts.device = Some(stand.hand.seals().trusted(device)?);
    }
    let mut ended = finish_named(tx, shown, stand, door, &facts, behind.as_ref()).await?;
    ended.shown = behind;
    Ok(ended)
}

/// The rest, once it is known whom the token names and under which mandate it is shown.
async fn finish_named(
    tx: &mut Tx,
    mut shown: ShownToken,
    stand: &Stand,
    door: &Door,
    facts: &Facts,
    behind: Option<&Shown>,
) -> Result<Ended, DeedError> {
    let named = shown.named;
    let account = Some(facts.account.clone());
    if behind.is_some_and(|behind| !behind.good) {
        return Ok((shown.no(Reason::Withdrawn), account).into());
    }
    if let Some(reason) = stopped(facts) {
        return Ok((shown.no(reason), account).into());
    }
    if behind.is_some_and(|behind| !behind.live) {
        return Ok((shown.no(Reason::Withdrawn), account).into());
    }
    let benefit = shown.verdict.benefit;
    if shown.form == IdForm::Signed && benefit != 0 && !holds(tx, &facts.account, benefit, named.day).await? {
        return Ok((shown.no(Reason::NotEntitled), account).into());
    }
    if shown.form == IdForm::Tiny
        && let Some(ended) = before_tiny(tx, &mut shown, facts, stand, door, behind).await?
    {
        return Ok(ended);
    }
    Ok((burn(tx, &shown, stand, door.now_us).await?, account).into())
}

/// Whether a benefit that a token says was not ended since it was drawn.
async fn holds(tx: &mut Tx, account: &str, number: u8, day: Day) -> Result<bool, DeedError> {
    Ok(benefit::find(tx, account, number).await?.is_some_and(|row| row.holds_on(day.0)))
}

/// What ended, was suspended or was withdrawn.
pub(crate) fn stopped(facts: &Facts) -> Option<Reason> {
    // No device has a slot that a phone left when its recovery was stopped: what was drawn there is withdrawn.
    let device_ended = match &facts.device {
        Some(device) => device.state == device::State::Ended,
        None => facts.withdrawn.is_none(),
    };
    let suspended = facts.device.as_ref().is_some_and(|d| d.state == device::State::Suspended);
    let table = [
        (device_ended, Reason::DeviceEnded),
        (suspended, Reason::Withdrawn),
        (facts.state != State::Active, Reason::PersonSuspended),
        (facts.withdrawn.is_some(), Reason::Withdrawn),
    ];
    table.into_iter().find(|(stopped, _)| *stopped).map(|(_, reason)| reason)
}

/// What a T0 must pass before its burn; `None` when it does.
async fn before_tiny(
    tx: &mut Tx,
    shown: &mut ShownToken,
    facts: &Facts,
    stand: &Stand,
    door: &Door,
    behind: Option<&Shown>,
) -> Result<Option<Ended>, DeedError> {
    let account = Some(facts.account.clone());
    if check::bad_macs(tx, shown.named.day.0, &shown.id).await? >= BAD_MACS_MAX {
        return Ok(Some((shown.no(Reason::UnknownCode), account).into()));
    }
    shown.verdict.assurance = facts.proofing;
    if facts.proofing < stand.rule.assurance_min {
        return Ok(Some((shown.no(Reason::AssuranceTooLow), account).into()));
    }
    shown.verdict = match behind {
        Some(_) => acting(shown.verdict, stand, door),
        None => stand.speaker.answer(tx, &facts.account, &stand.rule, shown.named.day).await?.on(shown.verdict),
    };
    if !shown.verdict.is_valid() {
        return Ok(Some((shown.verdict, account).into()));
    }
    if stand.rule.level == Level::Low && shown.untimely.is_none() {
        return Ok(None);
    }
    let before = check::burned(tx, shown.named.day.0, &shown.id).await?;
    let now = burned(shown, stand, door.now_us);
    if before.as_ref().is_some_and(|before| same_show(before, &now)) {
        return Ok(None);
    }
    if stand.rule.level == Level::Low {
        return Ok(shown.untimely.map(|untimely| (untimely, account).into()));
    }
    // Above level low each showing is confirmed: `again_after` opens no second one of the same token.
    if before.is_some() {
        return Ok(Some((shown.no(Reason::Replayed), account).into()));
    }
    let asked = behind.map_or(facts.account.as_str(), Shown::bearer);
    confirmed(tx, shown, facts, asked, stand, door).await
}

/// A large-grid code under a mandate says so, and nothing else; at an unattended gate the guardian's own goes before.
fn acting(verdict: Verdict, stand: &Stand, door: &Door) -> Verdict {
    if !matches!(stand.rule.flavour.kind, FlavourKind::Plain | FlavourKind::Acting) {
        return Verdict::because(Reason::FlavourNeeded, verdict.form);
    }
    let since = |at: u32| door.now_s() - i64::from(at);
    let accompanied = stand.guardian_at.is_some_and(|at| since(at) <= i64::from(GUARDIAN_S));
    if stand.rule.attended || accompanied {
        Verdict { acting: true, ..verdict }
    } else {
        Verdict::because(Reason::GuardianNeeded, verdict.form)
    }
}

/// Asks the holder; `None` when they confirmed.
async fn confirmed(
    tx: &mut Tx,
    shown: &ShownToken,
    facts: &Facts,
    asked: &str,
    stand: &Stand,
    door: &Door,
) -> Result<Option<Ended>, DeedError> {
    let device = facts.device.as_ref().ok_or_else(|| DeedError::internal("a live device was read"))?;
    let question = Question {
        account: asked,
        device: &device.id,
        slot: shown.named.slot,
        gate: &stand.gate,
        site: stand.site,
        scenario: &stand.scenario,
        day: shown.named.day.0,
        token: &shown.id,
        bytes_hash: &shown.bytes_hash,
        untimely: shown.untimely.is_some(),
    };
    let account = Some(facts.account.clone());
    Ok(match ask(tx, &question, stand.question_id.clone(), door).await? {
        Asked::Confirmed => None,
        Asked::Waits(waits) => {
            Some(Ended { verdict: shown.no(Reason::ConfirmationWaits), account, waits: Some(waits), shown: None })
        }
        Asked::No(reason) => Some((shown.no(reason), account).into()),
        Asked::TooLate => Some((shown.untimely.unwrap_or_else(|| shown.no(Reason::StaleCode)), account).into()),
    })
}

fn burned(shown: &ShownToken, stand: &Stand, now_us: i64) -> Burned {
    Burned {
        checker: stand.gate.clone(),
        bytes_hash: shown.bytes_hash.to_vec(),
        verdict: shown.verdict.kind.as_str().to_owned(),
        burned_at: now_us,
    }
}

/// Of any number of gates at once, one burns the token.
async fn burn(tx: &mut Tx, shown: &ShownToken, stand: &Stand, now_us: i64) -> Result<Verdict, DeedError> {
    let now = burned(shown, stand, now_us);
    let verdict = shown.verdict;
    Ok(match check::burn(tx, shown.named.day.0, &shown.id, &now).await? {
        Burn::First => verdict,
        Burn::Already(before) if same_show(&before, &now) => Verdict { repeated: true, ..verdict },
        Burn::Already(before) if again(&before, shown, stand, now_us) => verdict,
        Burn::Already(_) => shown.no(Reason::Replayed),
    })
}

/// The same checker asks about the same bytes again: its reply was lost.
fn same_show(before: &Burned, now: &Burned) -> bool {
    before.checker == now.checker
        && before.bytes_hash == now.bytes_hash
        && now.burned_at - before.burned_at <= SAME_ANSWER_S * MICROS
}

fn again(before: &Burned, shown: &ShownToken, stand: &Stand, now_us: i64) -> bool {
    let confirmed_once = shown.form == IdForm::Tiny && stand.rule.level != Level::Low;
    let pause = stand.rule.again_after_s.map(|s| i64::from(s) * MICROS);
    !confirmed_once && pause.is_some_and(|pause| now_us - before.burned_at >= pause)
}
