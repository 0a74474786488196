//! One check, from digits to the verdict that every checker of the platform gives in the same JSON.
//! It keeps nothing; memory and clock are handed in.

use crate::failure::Failure;
use crate::machine::clock;
use crate::pocket::Answer;
use yima_code::bundle::{Bundle, trusted_time};
use yima_code::gate_state::GateFloor;
use yima_code::rule::{Bilingual, ScenarioRule};
use yima_code::words::Words;
use yima_code::{CheckerClock, Context, ListTimes, OpenChallenge, Place, Reason, Seen, Verdict, check_digits, merge};
use yima_wire::check::{Also, Verdict as WireVerdict};

/// When this program was made, Unix seconds: no true clock is behind it. 2026-11-01.
const BUILT_AT: u32 = 1_793_462_400;

/// The clock to check with, from the machine's clock (Unix seconds, corrected) and what was ever signed.
pub fn clock_of(bundle: &Bundle, floor: &GateFloor, system_s: i64) -> CheckerClock {
    match trusted_time(floor.highest_time(), bundle.head().time, BUILT_AT, Some(clock::as_u32(system_s))) {
        Ok(now) => CheckerClock::Trusted(now),
        Err(_) => CheckerClock::Untrusted,
    }
}

/// Where a checker stands, with what, and what it just did.
pub struct Stand<'a> {
    /// Its bundle.
    pub bundle: &'a Bundle,
    /// What its scenario demands.
    pub rule: &'a ScenarioRule,
    /// Its place.
    pub site: u32,
    /// Its time.
    pub now: CheckerClock,
    /// The challenge that it shows.
    pub challenge: Option<OpenChallenge>,
    /// When it last took a code of a bearer who acts for nobody.
    pub guardian_at: Option<u32>,
}

/// Checks digits where the checker stands.
pub fn check(digits: &str, stand: &Stand<'_>, seen: &mut dyn Seen) -> Verdict {
    let Stand { bundle, rule, site, now, challenge, guardian_at } = *stand;
    if let CheckerClock::Trusted(at) = now
        && bundle.is_expired(at)
    {
        return Verdict::because(Reason::BundleStale, None);
    }
    let context = Context {
        place: Place { scenario: rule.id, site },
        rule,
        clock: now,
        issuers: bundle,
        withdrawn: bundle,
        lists: ListTimes { bundle_at: Some(bundle.head().time), urgent_at: Some(bundle.urgent().as_of) },
        challenge,
        guardian_at,
    };
    // A number that is spoken is checked by the server alone.
    if matches!(digits.len(), 8 | 12) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let reason = if rule.forms.has_short() { Reason::NeedsOnline } else { Reason::FormNotAccepted };
        return Verdict::because(reason, None);
    }
    check_digits(digits, &context, seen)
}

/// The verdict where there is no bundle to check with.
pub fn unread(reason: Reason) -> Verdict {
    Verdict::because(reason, None)
}

/// The challenge that a checker shows, from its digits or bytes.
pub fn challenge_of(text: &str) -> Result<OpenChallenge, Failure> {
    Answer::read_challenge(text).map(|challenge| challenge.open())
}

/// The further meanings that a verdict has here, by the bundle's rules.
pub fn also(verdict: &Verdict, rule: &ScenarioRule, bundle: &Bundle) -> Vec<Also> {
    let carried = merge::also(verdict, rule, |id| bundle.rule(id));
    carried.into_iter().map(|other| Also { scenario: other.slug.clone(), name: both(other.name.clone()) }).collect()
}

/// The shape that is printed, sent and shown.
pub fn wire_verdict(verdict: &Verdict, scenario: &str, at: i64) -> WireVerdict {
    let words = Words::of(verdict);
    WireVerdict {
        verdict: verdict.kind.as_str().to_owned(),
        reason: verdict.reason.map(|reason| reason.as_str().to_owned()),
        title: both(words.title),
        advice: both(words.advice),
        form: verdict.form.map(|form| form.as_str().to_owned()),
        scenario: scenario.to_owned(),
        assurance: verdict.assurance,
        age_band: verdict.age_band,
        benefit: verdict.benefit,
        acting: verdict.acting,
        late: verdict.late,
        skew_min: i32::from(verdict.skew_min),
        also: Vec::new(),
        at,
        receipt: None,
        confirmation: None,
        shown_for: None,
        shown_for_kind: None,
        post: None,
    }
}

fn both(words: Bilingual) -> yima_wire::Words {
    yima_wire::Words { zh: words.zh, en: words.en }
}
