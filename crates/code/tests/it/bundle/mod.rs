//! The bundle seen from outside: what a gate opens and refuses, deltas, and vectors for other languages.

mod cases;
mod ceremony;
mod deltas;
mod hostile;
mod recipe;
mod vectors;

pub use recipe::signer;
pub use vectors::keep;

use crate::world::{SITE, World};
use cases::{after, cases, fresh};
use recipe::{NOW, Recipe};
use yima_code::bundle::{Bundle, time_signing_input};
use yima_code::{CardStanding, CheckerClock, Context, Issuers, Place, Reason, SeenInMemory, Withdrawn, check_digits};
use yima_keys::Suite;

/// Opens as a gate does, keeping the floor in memory.
pub fn open(
    file: &[u8],
    floor: &yima_code::gate_state::GateFloor,
    now: u32,
) -> Result<Bundle, yima_code::bundle::BundleError> {
    Bundle::open(file, floor, now).map(|opened| opened.keep(|_| Ok::<(), ()>(())).unwrap().0)
}

#[test]
fn every_case_ends_as_its_row_says() {
    let mut names = std::collections::BTreeSet::new();
    for case in cases() {
        let result = open(&case.file, &case.floor, case.now).map(|_| ());
        assert_eq!(result, case.expect, "{}: {}", case.name, case.why);
        assert!(names.insert(case.name), "{} stands twice", case.name);
    }
}

#[test]
fn an_opened_bundle_answers_what_a_check_asks() {
    let bundle = open(&Recipe::noon().bake(), &fresh(), NOW).unwrap();
    assert_eq!(bundle.rule_by_slug("bus").map(|rule| rule.id), Some(1));
    assert_eq!(bundle.site(7).map(|site| site.name.en.as_str()), Some("People's Park"));
    assert!(bundle.site(8).is_none() && bundle.rule(999).is_none());
    assert!(bundle.issuer([0x37, 1, 1, 1]).is_some_and(|entry| !entry.withdrawn));
    assert!(bundle.issuer([0x37, 1, 3, 1]).is_some_and(|entry| entry.withdrawn));
    assert!(bundle.issuer([0x37, 1, 0x0a, 1]).is_none(), "a status token key vouches for no code");
    assert_eq!(bundle.issuer_of([0x37, 1, 0x0a, 1]).map(|issuer| issuer.region), Some(370_000));
    let withdrawn = (5_u64 + 77_777).to_be_bytes();
    let id = |top: &[u8]| [top, &[9; 10]].concat().try_into().unwrap();
    assert!(bundle.token(&id(&withdrawn[2..])) && !bundle.token(&id(&[0; 6])));
    let list_at = NOW - 900;
    let table = [
        (7, 3, CardStanding::Revoked),
        (7, 4, CardStanding::Good { list_at }),
        (7, 199_999, CardStanding::Good { list_at }),
        (7, 200_000, CardStanding::Unknown),
        (8, 0, CardStanding::Unknown),
        (9, 63, CardStanding::Good { list_at }),
    ];
    for (list, index, standing) in table {
        assert_eq!(bundle.card(list, index), standing, "{list} {index}");
    }
    assert_eq!(bundle.list_times(NOW).bundle_at, Some(NOW - 600));
    assert_eq!(bundle.list_times(NOW + 8 * recipe::DAY_S).bundle_at, Some(0));
}

#[test]
fn a_gate_checks_codes_with_nothing_but_an_opened_bundle() {
    let bundle = open(&Recipe::noon().bake(), &fresh(), NOW).unwrap();
    let context = Context {
        place: Place { scenario: 1, site: SITE },
        rule: bundle.rule_by_slug("bus").unwrap(),
        clock: CheckerClock::Trusted(NOW),
        issuers: &bundle,
        withdrawn: &bundle,
        lists: bundle.list_times(NOW),
        challenge: None,
        guardian_at: None,
    };
    let world = World::new();
    let withdrawn_id = [&(5_u64 + 77_777).to_be_bytes()[2..], &[9; 10]].concat();
    let late = Context {
        clock: CheckerClock::Trusted(NOW + 49 * 3_600),
        lists: bundle.list_times(NOW + 49 * 3_600),
        ..context
    };
    let paper = |index: u32| world.t2("es256-paper").with(8, &index.to_be_bytes()[1..]).signed().digits();
    let table = [
        ("valid", &context, world.t1("sm2-today", Suite::Es256).signed().digits(), None),
        (
            "urgent",
            &context,
            world.t1("es256-today", Suite::Es256).with(6, &withdrawn_id).signed().digits(),
            Some(Reason::Withdrawn),
        ),
        (
            "kid withdrawn",
            &context,
            world.t1("es256-withdrawn", Suite::Es256).signed().digits(),
            Some(Reason::KidWithdrawn),
        ),
        ("paper", &context, paper(4), None),
        ("paper revoked", &context, paper(999), Some(Reason::CardRevoked)),
        ("paper beyond its list", &context, paper(200_000), Some(Reason::StatusStale)),
        ("head of two days ago", &late, paper(4), Some(Reason::BundleStale)),
    ];
    for (name, context, digits, reason) in table {
        let verdict = check_digits(&digits, context, &mut SeenInMemory::default());
        assert_eq!(verdict.reason, reason, "{name}");
    }
}

#[test]
fn a_bundle_is_not_given_before_its_floor_is_kept() {
    let opened = Bundle::open(&Recipe::noon().bake(), &fresh(), NOW).unwrap();
    assert_eq!(opened.keep(|_| Err("the disk is full")).map(|_| ()), Err("the disk is full"));
}

#[test]
fn the_floor_survives_its_json() {
    let floor = after(&Recipe::rotated().bake(), &fresh());
    let json = serde_json::to_string(&floor).unwrap();
    assert_eq!(serde_json::from_str::<yima_code::gate_state::GateFloor>(&json).unwrap(), floor);
    assert_eq!((floor.root_version, floor.epoch, floor.highest_time()), (2, 1, NOW - 600));
    assert!(serde_json::from_str::<yima_code::gate_state::GateFloor>(&json.replace("epoch", "epoche")).is_err());
}

#[test]
fn a_signed_time_is_taken_from_an_online_signer_alone() {
    let bundle = open(&Recipe::noon().bake(), &fresh(), NOW).unwrap();
    let (nonce, ms) = ([7; 16], u64::from(NOW) * 1000);
    for (words, taken) in [("online-a", true), ("online-sm2", true), ("keys-a", false), ("online-b", false)] {
        let signature = recipe::signer(words).sign(&time_signing_input(&nonce, ms));
        assert_eq!(bundle.time_signer(&nonce, ms, &signature).is_some(), taken, "{words}");
        assert!(bundle.time_signer(&[8; 16], ms, &signature).is_none(), "another nonce");
        assert!(bundle.time_signer(&nonce, ms + 1, &signature).is_none(), "another time");
    }
    let short = recipe::signer("online-a").sign(&time_signing_input(&[7; 15], ms));
    assert!(bundle.time_signer(&[7; 15], ms, &short).is_none(), "a short nonce");
}
