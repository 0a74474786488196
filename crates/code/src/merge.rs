//! What else a valid code means at a scenario that carries others: boarding and a benefit, from one showing.
//! It checks no code, and never makes one pass; it reads what a verdict already discloses.

use crate::rule::{FlavourKind, Level, OnStale, ScenarioRule};
use crate::verdict::Verdict;

/// Scenarios that one scenario may carry.
pub const MERGED_MAX: usize = 8;

/// The scenarios whose meaning this verdict has too, in the order of the rule. `find` gives the rule of a number;
/// one that is not there, or that may not be carried here, is left out.
pub fn also<'a>(
    verdict: &Verdict,
    rule: &ScenarioRule,
    find: impl Fn(u16) -> Option<&'a ScenarioRule>,
) -> Vec<&'a ScenarioRule> {
    if !verdict.is_valid() {
        return Vec::new();
    }
    rule.merged
        .iter()
        .filter_map(|id| find(*id))
        .filter(|other| may_carry(rule, other) && has_meaning(verdict, other))
        .collect()
}

/// May the one scenario carry the other? Only a low one that takes codes signed for any scenario and asks for a
/// disclosure is carried, and only where nothing that it demands is done more loosely.
#[must_use]
pub fn may_carry(rule: &ScenarioRule, other: &ScenarioRule) -> bool {
    let (age, theirs) = (rule.age.narrowed(), other.age.narrowed());
    rule.id != other.id
        && rule.level == Level::Low
        && other.level == Level::Low
        && other.any_scenario
        && (other.any_site || !rule.any_site)
        && matches!(other.flavour.kind, FlavourKind::AgeBand | FlavourKind::Benefit)
        && theirs.min_s <= age.min_s
        && age.max_s <= theirs.max_s
        && rule.late_s <= other.late_s
        && pause(rule) >= pause(other)
        && (rule.attended || !other.attended)
        && rule.offline.stale_bundle_s <= other.offline.stale_bundle_s
        && rule.offline.stale_status_s <= other.offline.stale_status_s
        && cap(rule.t2_day_cap) <= cap(other.t2_day_cap)
}

/// Does what the verdict discloses have the other scenario's meaning?
fn has_meaning(verdict: &Verdict, other: &ScenarioRule) -> bool {
    let disclosed = match other.flavour.kind {
        FlavourKind::AgeBand => verdict.age_band,
        FlavourKind::Benefit => verdict.benefit,
        FlavourKind::Plain | FlavourKind::Acting => 0,
    };
    let accepted = other.flavour.accepted;
    (1..=15).contains(&disclosed)
        && (accepted == 0 || accepted & 1 << disclosed != 0)
        && verdict.form.is_some_and(|form| other.forms.has(form))
        && verdict.assurance >= other.assurance_min
        && (!verdict.stale || other.offline.on_stale == OnStale::AcceptMarked)
}

/// Seconds between two shows of one code, for ever when it is taken once.
fn pause(rule: &ScenarioRule) -> u64 {
    rule.again_after_s.map_or(u64::MAX, u64::from)
}

/// Uses a day, without end when there is no cap.
fn cap(cap: Option<u16>) -> u32 {
    cap.map_or(u32::MAX, u32::from)
}
