//! Codes whose every field is the fuzzer's and whose signatures hold: what the check does behind them.
//! A valid verdict is held against conditions that are written here anew, from the specification.
#![no_main]

#[path = "../../crates/code/tests/it/keys.rs"]
mod keys;
#[expect(dead_code, reason = "the test world has more than this target needs")]
#[path = "../../crates/code/tests/it/world.rs"]
mod world;

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use world::{Draft, Kid, NOON, SITE, World};
use yima_code::challenge::OpenChallenge;
use yima_code::issuer::{CardStanding, Withdrawn};
use yima_code::rule::{Level, OnStale, ScenarioRule};
use yima_code::{CheckerClock, Context, IssuerEntry, KeyUse, ListTimes, Place, SeenInMemory, Verdict, check_digits};
use yima_keys::Suite;

struct Town {
    world: World,
    issuers: Vec<IssuerEntry>,
    rules: Vec<ScenarioRule>,
}

static TOWN: LazyLock<Town> = LazyLock::new(|| {
    let world = World::new();
    let issuers = world.kids.iter().map(|kid| kid.entry.clone()).collect();
    let rules = world.rules.values().cloned().collect();
    Town { world, issuers, rules }
});

/// One showing. Small numbers stand for what is usual.
#[derive(Arbitrary, Debug)]
struct Shown {
    kid: u8,
    holder: u8,
    answers: Option<[u8; 8]>,
    flags: u16,
    day: i8,
    id: u8,
    time: i32,
    scenario: u16,
    site: u16,
    /// A byte changed after signing.
    spoil: Option<(u8, u8)>,
}

/// Where and when it is checked.
#[derive(Arbitrary, Debug)]
struct Gate {
    rule: u8,
    now: i32,
    untrusted: bool,
    bundle_age: Option<u32>,
    urgent_age: Option<u32>,
    challenge: Option<([u8; 8], i16)>,
    guardian_age: Option<u8>,
    /// Ids below this are withdrawn.
    withdrawn: u8,
    card: u8,
}

struct List<'a>(&'a Gate);

impl Withdrawn for List<'_> {
    fn token(&self, id: &[u8; 16]) -> bool {
        id[15] < self.0.withdrawn
    }

    fn card(&self, _: u16, _: u32) -> CardStanding {
        match self.0.card % 3 {
            0 => CardStanding::Good { list_at: now(self.0).saturating_sub(u32::from(self.0.card)) },
            1 => CardStanding::Revoked,
            _ => CardStanding::Unknown,
        }
    }
}

fuzz_target!(|showings: Vec<(Shown, Gate)>| {
    let mut seen = SeenInMemory::default();
    for (shown, gate) in showings.iter().take(4) {
        let (digits, kid, draft) = code(shown);
        let rule = &TOWN.rules[usize::from(gate.rule) % TOWN.rules.len()];
        let list = List(gate);
        let context = context(gate, rule, &list);
        let verdict = check_digits(&digits, &context, &mut seen);
        assert_eq!(verdict.is_valid(), verdict.reason.is_none());
        if verdict.is_valid() {
            // A repeated verdict rests on the signatures of a moment ago.
            if !verdict.repeated {
                must_hold(shown, gate, rule, kid, &draft, verdict);
            }
            let again = check_digits(&digits, &context, &mut seen);
            // On paper a cap a day may follow, so only a phone's code must repeat itself.
            assert!(draft.bytes.len() == 79 || again.repeated, "{again:?}");
        }
    }
});

fn now(gate: &Gate) -> u32 {
    NOON.saturating_add_signed(gate.now)
}

fn code(shown: &Shown) -> (String, &'static Kid, Draft<'static>) {
    let town = &*TOWN;
    let kid = &town.world.kids[usize::from(shown.kid) % town.world.kids.len()];
    let draft = match kid.entry.key_use {
        KeyUse::T1 => {
            let draft = town.world.t1(kid.name, Suite::ALL[usize::from(shown.holder) % 3]);
            let day = u16::from_be_bytes([draft.bytes[22], draft.bytes[23]]).saturating_add_signed(shown.day.into());
            let draft =
                draft.with(22, &day.to_be_bytes()).with(21, &[shown.id]).time(NOON.saturating_add_signed(shown.time));
            let draft = draft.place(shown.scenario, u32::from(shown.site));
            match shown.answers {
                Some(challenge) => draft.answering(challenge),
                None => draft,
            }
        }
        KeyUse::T2 => {
            let month = 83_u16.saturating_add_signed(shown.day.into());
            town.world.t2(kid.name).with(11, &month.to_be_bytes()).with(10, &[shown.id])
        }
    };
    let mut draft = draft.flags(shown.flags).signed();
    if let Some((at, mask)) = shown.spoil {
        let at = usize::from(at) % draft.bytes.len();
        draft.bytes[at] ^= mask;
    }
    (draft.digits(), kid, draft)
}

fn context<'a>(gate: &'a Gate, rule: &'a ScenarioRule, list: &'a List<'a>) -> Context<'a> {
    let now = now(gate);
    let before = |age: u32| now.saturating_sub(age);
    Context {
        place: Place { scenario: rule.id, site: SITE },
        rule,
        clock: if gate.untrusted { CheckerClock::Untrusted } else { CheckerClock::Trusted(now) },
        issuers: &TOWN.issuers,
        withdrawn: list,
        lists: ListTimes { bundle_at: gate.bundle_age.map(before), urgent_at: gate.urgent_age.map(before) },
        challenge: gate
            .challenge
            .map(|(short, age)| OpenChallenge { short, time: now.saturating_add_signed(age.into()) }),
        guardian_at: gate.guardian_age.map(|age| before(age.into())),
    }
}

/// What the specification demands of every valid code (docs/spec/resident-code.md, the order of checks).
fn must_hold(shown: &Shown, gate: &Gate, rule: &ScenarioRule, kid: &Kid, draft: &Draft<'_>, verdict: Verdict) {
    let (now, bytes) = (now(gate), &draft.bytes);
    assert!(shown.spoil.is_none_or(|(_, mask)| mask == 0), "a changed byte, and both signatures hold");
    assert!(!gate.untrusted && !kid.entry.withdrawn);
    assert!(shown.flags & !kid.entry.flags_mask == 0 && shown.flags & 0x0f == 0);
    assert!((shown.flags >> 14) as u8 >= rule.assurance_min);
    let on_stale = rule.offline.on_stale == OnStale::CouldNotCheck;
    assert!(!on_stale || gate.bundle_age.is_some_and(|age| age <= rule.offline.stale_bundle_s || age > now));
    if bytes.len() == 79 {
        assert!(gate.card % 3 == 0 && rule.level == Level::Low);
        return;
    }
    assert!(bytes[21] >= gate.withdrawn);
    let late_until = kid.entry.window.until + if rule.level == Level::Low { rule.late_s.min(172_800) } else { 0 };
    assert!(kid.entry.window.from <= now && (now < kid.entry.window.until || now < late_until));
    assert_eq!(verdict.late, now >= kid.entry.window.until);
    let age = i64::from(now) - i64::from(NOON.saturating_add_signed(shown.time));
    assert!((-30..=90).contains(&age) && age >= rule.age.min_s.into() && age <= rule.age.max_s.into());
    let any = |allowed: bool| allowed && rule.level == Level::Low;
    assert!(shown.scenario == rule.id || shown.scenario == 0 && any(rule.any_scenario));
    assert!(u32::from(shown.site) == SITE || shown.site == 0 && any(rule.any_site));
    match shown.answers {
        None => assert_eq!(rule.level, Level::Low),
        Some(answer) => assert_eq!(gate.challenge.map(|(short, _)| short), Some(answer)),
    }
}
