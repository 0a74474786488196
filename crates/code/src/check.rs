//! The check of a shown code, rule by rule in one fixed order: the same in a gate, a page's server and a test.
//! It is pure: time, keys, lists and memory are arguments, and nothing here knows who the holder is.

mod paper;
mod signed;

use crate::challenge::OpenChallenge;
use crate::flags::{Flags, Flavour};
use crate::issuer::{IssuerEntry, Issuers, KeyUse, Kid, Withdrawn};
use crate::reason::Reason;
use crate::rule::{FlavourKind, Level, OnStale, ScenarioRule};
use crate::seen::{Earlier, Seen, SeenKey, Showing};
use crate::token::{Form, Presented};
use crate::verdict::Verdict;
use yima_keys::Suite;

/// Everything that a check depends on, apart from the code and the memory.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Where this checker stands.
    pub place: Place,
    /// What the scenario demands; its id is the place's scenario.
    pub rule: &'a ScenarioRule,
    /// The checker's trusted time.
    pub clock: CheckerClock,
    /// Where key entries are found.
    pub issuers: &'a dyn Issuers,
    /// What was taken back.
    pub withdrawn: &'a dyn Withdrawn,
    /// How old all that is.
    pub lists: ListTimes,
    /// The challenge that this checker shows, if it shows one.
    pub challenge: Option<OpenChallenge>,
    /// When this checker last took a code of a bearer who acts for nobody: a guardian's own, perhaps.
    pub guardian_at: Option<u32>,
}

/// A scenario at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The scenario; never 0.
    pub scenario: u16,
    /// The site; 0 for a checker that stands nowhere in particular.
    pub site: u32,
}

/// The checker's own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckerClock {
    /// Set by a signed answer, and not below what the checker knows: Unix seconds.
    Trusted(u32),
    /// Never set, or below what the checker knows.
    Untrusted,
}

/// When the checker's lists were made, Unix seconds; `None` for what it does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListTimes {
    /// The bundle's head.
    pub bundle_at: Option<u32>,
    /// The urgent list.
    pub urgent_at: Option<u32>,
}

/// The same showing within so many seconds repeats its verdict.
pub const REPEAT_S: u32 = 10;
/// A guardian's own code opens an unattended gate to a ward for so many seconds.
pub const GUARDIAN_S: u32 = 10;
/// Within so many seconds a wrong time is a device's clock, and the minutes are named.
pub const SKEW_NAMED_S: i64 = 600;

/// Checks the digits that were scanned or typed.
pub fn check_digits(digits: &str, context: &Context<'_>, seen: &mut dyn Seen) -> Verdict {
    match Presented::from_digits(digits) {
        Ok(presented) => check(&presented, context, seen),
        Err(unreadable) => Verdict::because(unreadable.reason(), None),
    }
}

/// Checks a well-formed code, and remembers it if it is valid.
pub fn check(presented: &Presented, context: &Context<'_>, seen: &mut dyn Seen) -> Verdict {
    let form = presented.form();
    let answer = before_keys(presented, context).and_then(|ready| match presented {
        Presented::T1(token) | Presented::T1c(token) => signed::check(token, form, &ready, seen),
        Presented::T2(token) => paper::check(token, &ready, seen),
        Presented::T0(_) => Err(Stop::at(Reason::NeedsOnline)),
    });
    match answer {
        Ok(verdict) => verdict,
        Err(Stop { reason, skew_min }) => Verdict { skew_min, ..Verdict::because(reason, Some(form)) },
    }
}

/// Where a check ends early.
struct Stop {
    reason: Reason,
    skew_min: i16,
}

impl Stop {
    fn at(reason: Reason) -> Stop {
        Stop { reason, skew_min: 0 }
    }
}

impl From<Reason> for Stop {
    fn from(reason: Reason) -> Stop {
        Stop::at(reason)
    }
}

/// A context that can be used: time is known, and the lists are fresh or allowed to be old.
struct Ready<'a> {
    context: &'a Context<'a>,
    now: u32,
    stale: bool,
}

/// The rules that need no key entry: form, clock, age of the lists.
fn before_keys<'a>(presented: &Presented, context: &'a Context<'a>) -> Result<Ready<'a>, Stop> {
    let form = presented.form();
    if !context.rule.forms.has(form) {
        return Err(Reason::FormNotAccepted.into());
    }
    if form == Form::T0 {
        return Err(Reason::NeedsOnline.into());
    }
    let CheckerClock::Trusted(now) = context.clock else {
        return Err(Reason::ClockUntrusted.into());
    };
    let offline = context.rule.offline;
    let bundle_at = context.lists.bundle_at.ok_or(Reason::BundleMissing)?;
    let bundle_old = now.saturating_sub(bundle_at) > offline.stale_bundle_s;
    if bundle_old && offline.on_stale == OnStale::CouldNotCheck {
        return Err(Reason::BundleStale.into());
    }
    Ok(Ready { context, now, stale: bundle_old })
}

impl Ready<'_> {
    /// The key entry, if it may vouch for such a code.
    fn issuer(&self, kid: Kid, key_use: KeyUse, suite: Suite, flags: Flags) -> Result<&IssuerEntry, Stop> {
        let entry = self.context.issuers.issuer(kid).ok_or(Reason::UnknownKid)?;
        let failing = [
            (entry.withdrawn, Reason::KidWithdrawn),
            (entry.key_use != key_use, Reason::WrongKeyUse),
            (entry.key.suite() != suite, Reason::SuiteMismatch),
            (flags.bits() & !entry.flags_mask != 0, Reason::FlagsNotAllowed),
        ];
        match failing.into_iter().find(|(fails, _)| *fails) {
            Some((_, reason)) => Err(reason.into()),
            None => Ok(entry),
        }
    }

    /// What the scenario demands of the holder.
    fn holder_suits(&self, flags: Flags) -> Result<(), Stop> {
        let rule = self.context.rule;
        if flags.assurance.level() < rule.assurance_min {
            return Err(Reason::AssuranceTooLow.into());
        }
        let disclosed = match (rule.flavour.kind, flags.flavour) {
            (FlavourKind::Plain, _) | (FlavourKind::Acting, Flavour::Acting) => None,
            (FlavourKind::AgeBand, Flavour::AgeBand(band)) => Some(band.number()),
            (FlavourKind::Benefit, Flavour::Benefit(benefit)) => Some(benefit.number()),
            _ => return Err(Reason::FlavourNeeded.into()),
        };
        let accepted = rule.flavour.accepted;
        if disclosed.is_some_and(|number| accepted != 0 && accepted & 1 << number == 0) {
            return Err(Reason::NotEntitled.into());
        }
        let accompanied = self.context.guardian_at.is_some_and(|at| self.now.saturating_sub(at) <= GUARDIAN_S);
        if flags.acting() && !rule.attended && !accompanied {
            return Err(Reason::GuardianNeeded.into());
        }
        Ok(())
    }

    /// Whether the list that names withdrawn codes may be used at its age.
    fn urgent_list_stale(&self) -> Result<bool, Stop> {
        let offline = self.context.rule.offline;
        let stale = match self.context.lists.urgent_at {
            Some(at) => self.now.saturating_sub(at) > offline.stale_status_s,
            None => true,
        };
        if stale && offline.on_stale == OnStale::CouldNotCheck {
            return Err(Reason::StatusStale.into());
        }
        Ok(stale)
    }

    fn is_low(&self) -> bool {
        self.context.rule.level == Level::Low
    }

    /// The verdict of a code that was taken before: repeated, or a replay, or `None` if it may be taken again.
    fn repeat(&self, earlier: &Earlier, showing: Showing, pause_s: Option<u32>) -> Result<Option<Verdict>, Stop> {
        let since = self.now.saturating_sub(earlier.at);
        if earlier.showing == showing && since <= REPEAT_S {
            return Ok(Some(Verdict { repeated: true, ..earlier.verdict }));
        }
        match pause_s {
            Some(pause) if since >= pause => Ok(None),
            _ => Err(Reason::Replayed.into()),
        }
    }

    fn remember(&self, seen: &mut dyn Seen, key: SeenKey, earlier: Earlier) -> Result<(), Stop> {
        seen.remember(key, earlier, self.now).map_err(|_| Stop::at(Reason::Busy))
    }
}
