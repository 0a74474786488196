//! The rules of T2: low scenarios, a fresh status list, a month that is not over, a cap a day.
//! It does not know the face on the card; the person at the gate compares it.

use super::{Ready, Stop};
use crate::day::{Day, Month};
use crate::issuer::{CardStanding, KeyUse};
use crate::reason::Reason;
use crate::rule::ScenarioRule;
use crate::seen::{Earlier, Seen, SeenKey, Showing};
use crate::token::{Form, T2, T2_MONTHS_MAX, T2Fields};
use crate::verdict::Verdict;

/// Seconds for which a paper code is remembered when the scenario names none: a day, for its cap.
const REMEMBERED_S: u32 = 24 * 3600;

/// level, kid, month, holder, seen and cap, status list, issuer's signature; then remember.
pub(super) fn check(token: &T2, ready: &Ready<'_>, seen: &mut dyn Seen) -> Result<Verdict, Stop> {
    let fields = token.fields();
    let rule = ready.context.rule;
    if !ready.is_low() {
        return Err(Reason::FormNotAccepted.into());
    }
    let entry = ready.issuer(fields.kid, KeyUse::T2, fields.issuer_suite, fields.flags)?;
    if !entry.window.holds(ready.now) {
        let early = ready.now < entry.window.from;
        return Err(if early { Reason::NotYetValid } else { Reason::Expired }.into());
    }
    month_holds(fields.expiry, ready.now)?;
    ready.holder_suits(fields.flags)?;
    let key = SeenKey::Card { kid: fields.kid, list: fields.list, index: fields.index };
    let showing = Showing { form: Form::T2, time: 0, scenario: 0, site: 0 };
    let earlier = seen.earlier(&key, ready.now);
    if let Some(earlier) = &earlier
        && let Some(verdict) = ready.repeat(earlier, showing, pause_s(rule))?
    {
        return Ok(verdict);
    }
    let today = earlier.filter(|earlier| Day::of(earlier.at) == Day::of(ready.now));
    let times_before = today.map_or(0, |earlier| earlier.times_today);
    if rule.t2_day_cap.is_some_and(|cap| times_before >= cap) {
        return Err(Reason::CapReached.into());
    }
    status_holds(fields, ready)?;
    let holds = entry.key.verify(&fields.issuer_message().parts(), token.issuer_signature());
    holds.map_err(|_| Reason::BadIssuerSignature)?;
    let verdict = Verdict { stale: ready.stale, ..Verdict::valid(Form::T2, fields.flags) };
    let remembered_s = rule.again_after_s.unwrap_or(0).max(REMEMBERED_S);
    let until = ready.now.saturating_add(remembered_s);
    let times_today = times_before.saturating_add(1);
    ready.remember(seen, key, Earlier { showing, at: ready.now, times_today, verdict, until })?;
    Ok(verdict)
}

/// The pause between two uses; a card under a daily cap needs none but the cap.
fn pause_s(rule: &ScenarioRule) -> Option<u32> {
    rule.again_after_s.or(rule.t2_day_cap.map(|_| 0))
}

/// The month is not over, and no further away than a card may live.
fn month_holds(expiry: Month, now: u32) -> Result<(), Stop> {
    let this_month = Month::of(now);
    if expiry < this_month {
        return Err(Reason::CardExpired.into());
    }
    if expiry > this_month.plus(T2_MONTHS_MAX) {
        return Err(Reason::NotYetValid.into());
    }
    Ok(())
}

/// Paper needs its status list, and a fresh one, whatever the scenario says of stale lists.
fn status_holds(fields: &T2Fields, ready: &Ready<'_>) -> Result<(), Stop> {
    match ready.context.withdrawn.card(fields.list, fields.index) {
        CardStanding::Revoked => Err(Reason::CardRevoked.into()),
        CardStanding::Unknown => Err(Reason::StatusStale.into()),
        CardStanding::Good { list_at } => {
            let old = ready.now.saturating_sub(list_at) > ready.context.rule.offline.stale_status_s;
            if old { Err(Reason::StatusStale.into()) } else { Ok(()) }
        }
    }
}
