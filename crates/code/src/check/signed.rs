//! The rules of T1 and T1c, in their order.
//! It does not know paper, and it learns nothing from a holder's clock.

use super::{Ready, SKEW_NAMED_S, Stop};
use crate::challenge::CHALLENGE_OPEN_S;
use crate::day::Day;
use crate::issuer::{IssuerEntry, KeyUse};
use crate::reason::Reason;
use crate::rule::LATE_MAX_S;
use crate::seen::{Earlier, Seen, SeenKey, Showing};
use crate::token::{Form, HolderPart, T1};
use crate::verdict::Verdict;
use yima_keys::PublicKey;

/// kid, day, time, scenario and site, holder, seen, challenge, urgent list, issuer's signature, holder's; then remember.
pub(super) fn check(token: &T1, form: Form, ready: &Ready<'_>, seen: &mut dyn Seen) -> Result<Verdict, Stop> {
    let fields = token.fields();
    let holder = token.holder_part();
    let entry = ready.issuer(fields.kid, KeyUse::T1, fields.issuer_suite, fields.flags)?;
    let late = day_holds(ready, entry, fields.day)?;
    time_holds(ready, holder.time())?;
    place_holds(ready, holder)?;
    ready.holder_suits(fields.flags)?;
    if form == Form::T1 && !ready.is_low() {
        return Err(Reason::ChallengeNeeded.into());
    }
    let key = SeenKey::Token(fields.id);
    let showing = Showing { form, time: holder.time(), scenario: holder.scenario, site: holder.site };
    if let Some(earlier) = seen.earlier(&key, ready.now)
        && let Some(verdict) = ready.repeat(&earlier, showing, ready.context.rule.again_after_s)?
    {
        return Ok(verdict);
    }
    challenge_holds(ready, holder, seen)?;
    let stale = ready.urgent_list_stale()? | ready.stale;
    if ready.context.withdrawn.token(&fields.id) {
        return Err(Reason::Withdrawn.into());
    }
    signatures_hold(token, entry)?;
    let verdict = Verdict { late, stale, ..Verdict::valid(form, fields.flags) };
    let until = entry.window.until.saturating_add(LATE_MAX_S);
    let earlier = Earlier { showing, at: ready.now, times_today: 1, verdict, until };
    ready.remember(seen, key, earlier)?;
    if let Some(challenge) = holder.challenge {
        let until = ready.now.saturating_add(2 * CHALLENGE_OPEN_S);
        ready.remember(seen, SeenKey::Challenge(challenge), Earlier { until, ..earlier })?;
    }
    Ok(verdict)
}

/// The code's day is its key's, and is now, or was within what the scenario calls late.
fn day_holds(ready: &Ready<'_>, entry: &IssuerEntry, day: Day) -> Result<bool, Stop> {
    if day.window().from != entry.window.from {
        return Err(Reason::WrongDay.into());
    }
    if ready.now < entry.window.from {
        return Err(Reason::NotYetValid.into());
    }
    if ready.now < entry.window.until {
        return Ok(false);
    }
    let late_s = if ready.is_low() { ready.context.rule.late_s.min(LATE_MAX_S) } else { 0 };
    if ready.now - entry.window.until < late_s { Ok(true) } else { Err(Reason::Expired.into()) }
}

/// The signed time is now, give or take what the scenario allows.
fn time_holds(ready: &Ready<'_>, time: u32) -> Result<(), Stop> {
    let age_s = i64::from(ready.now) - i64::from(time);
    let span = ready.context.rule.age.narrowed();
    let fast = age_s < i64::from(span.min_s);
    let slow = age_s > i64::from(span.max_s);
    if !fast && !slow {
        return Ok(());
    }
    let reason = match (fast, age_s.abs() <= SKEW_NAMED_S) {
        (true, true) => Reason::ClockFast,
        (false, true) => Reason::ClockSlow,
        (true, false) => return Err(Reason::NotYetValid.into()),
        (false, false) => return Err(Reason::StaleCode.into()),
    };
    // At least one minute, else to the nearest: ten at most, so the cast can't lose anything.
    let minutes = ((age_s.abs() + 30) / 60).max(1) as i16;
    Err(Stop { reason, skew_min: if fast { minutes } else { -minutes } })
}

/// The code was signed for this scenario and site, or for any where that is allowed.
fn place_holds(ready: &Ready<'_>, holder: &HolderPart) -> Result<(), Stop> {
    let place = ready.context.place;
    let rule = ready.context.rule;
    let any_scenario = holder.scenario == 0 && rule.any_scenario && ready.is_low();
    if holder.scenario != place.scenario && !any_scenario {
        return Err(Reason::WrongScenario.into());
    }
    let any_site = holder.site == 0 && rule.any_site && ready.is_low();
    if holder.site != place.site && !any_site {
        return Err(Reason::WrongSite.into());
    }
    Ok(())
}

/// A T1c answers the challenge that is shown here now, and is the first to do so.
fn challenge_holds(ready: &Ready<'_>, holder: &HolderPart, seen: &dyn Seen) -> Result<(), Stop> {
    let Some(answered) = holder.challenge else { return Ok(()) };
    let shown = ready.context.challenge.filter(|open| open.short == answered);
    let shown = shown.ok_or(Reason::ChallengeWrong)?;
    if ready.now.saturating_sub(shown.time) > CHALLENGE_OPEN_S {
        return Err(Reason::ChallengeExpired.into());
    }
    if seen.earlier(&SeenKey::Challenge(answered), ready.now).is_some() {
        return Err(Reason::ChallengeWrong.into());
    }
    Ok(())
}

fn signatures_hold(token: &T1, entry: &IssuerEntry) -> Result<(), Stop> {
    let fields = token.fields();
    let issuer_part = token.issuer_part();
    let message = fields.issuer_message();
    let issuer_holds = entry.key.verify(&message.parts(), issuer_part.issuer_signature());
    issuer_holds.map_err(|_| Reason::BadIssuerSignature)?;
    let message = token.holder_part().holder_message(issuer_part);
    let holder_key = PublicKey::parse(fields.holder_suite, &fields.holder_key);
    let holder_key = holder_key.map_err(|_| Reason::BadHolderSignature)?;
    let holder_holds = holder_key.verify(&message.parts(), token.holder_signature());
    holder_holds.map_err(|_| Reason::BadHolderSignature)?;
    Ok(())
}
