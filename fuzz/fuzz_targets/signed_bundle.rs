//! Bundles with one body of the fuzzer's, signed by the right keys: what opening, checking and deltas do behind signatures.
//! The roles' keys are Ed25519 and no more than they must be, so that an input costs little.
#![no_main]

#[path = "../../crates/code/tests/it/keys.rs"]
mod keys;
#[expect(dead_code, reason = "the test world has more than this target needs")]
#[path = "../../crates/code/tests/it/bundle/recipe.rs"]
mod recipe;
#[expect(dead_code, reason = "the test world has more than this target needs")]
#[path = "../../crates/code/tests/it/world.rs"]
mod world;

use libfuzzer_sys::fuzz_target;
use recipe::{NOW, Recipe, role, root_1};
use std::sync::LazyLock;
use world::{NOON, SITE, World};
use yima_code::bundle::{Bundle, Part, Root, apply_delta, make_delta};
use yima_code::gate_state::GateFloor;
use yima_code::{CheckerClock, Context, Place, SeenInMemory, check_digits};
use yima_keys::Suite;

const ROOT: [&str; 3] = ["fuzz-root-a-ed", "fuzz-root-b-ed", "fuzz-root-c-ed"];
const KEYS: [&str; 2] = ["fuzz-keys-a-ed", "fuzz-keys-b-ed"];
const REVIEW: [&str; 2] = ["fuzz-review-a-ed", "fuzz-review-b-ed"];
const ONLINE: [&str; 1] = ["fuzz-online-ed"];

/// Root 1 with the fewest signers a role.
fn root() -> Root {
    Root {
        root: role(3, &ROOT),
        keys: role(2, &KEYS),
        manifests: role(2, &REVIEW),
        lists: role(1, &ONLINE),
        ..root_1()
    }
}

fn noon() -> Recipe {
    Recipe {
        roots: vec![(root(), ROOT.to_vec())],
        keys_signers: KEYS.to_vec(),
        manifests_signers: REVIEW.to_vec(),
        head_signers: ONLINE.to_vec(),
        ..Recipe::noon()
    }
}

/// The file that a gate holds, its floor under it, and codes to check by whatever comes next.
struct Held {
    file: Vec<u8>,
    floor: GateFloor,
    codes: Vec<String>,
}

static HELD: LazyLock<Held> = LazyLock::new(|| {
    let file = noon().bake();
    let pin = Root::fingerprint(&root().to_bytes().expect("the recipe's root"));
    let opened = Bundle::open(&file, &GateFloor::pinned(pin), NOW).expect("the recipe's bundle");
    let (_, floor) = opened.keep(|_| Ok::<_, ()>(())).expect("nothing is written");
    let world = World::new();
    let t1 = |scenario| world.t1("es256-today", Suite::Es256).place(scenario, SITE).signed().digits();
    let codes = vec![t1(1), t1(2), t1(12), world.t2("es256-paper").signed().digits()];
    Held { file, floor, codes }
});

fuzz_target!(|data: &[u8]| {
    let Some((choice, body)) = data.split_first() else { return };
    let held = &*HELD;
    let file = changed(*choice, body).bake();
    let opened = Bundle::open(&file, &held.floor, NOW);
    match make_delta(&held.file, &file) {
        Ok(delta) => assert_eq!(apply_delta(&held.file, &delta).as_ref(), Ok(&file)),
        Err(_) => assert!(opened.is_err(), "what can't be cut into parts is refused"),
    }
    let Ok(opened) = opened else { return };
    let (bundle, floor) = opened.keep(|_| Ok::<_, ()>(())).expect("nothing is written");
    assert!(Bundle::open(&file, &floor, NOW).is_ok(), "what was taken is taken again");
    assert!(file == held.file || Bundle::open(&held.file, &floor, NOW).is_err(), "what was held is older");
    check_all(&bundle, &held.codes);
});

/// A later edition of noon's bundle in which one thing is the fuzzer's: a body, or the numbers of the head.
fn changed(choice: u8, body: &[u8]) -> Recipe {
    let later = Recipe { version: 6, time: NOW - 60, ..noon() };
    let owned = body.to_vec();
    let replace = move |old: &mut Vec<u8>| old.clone_from(&owned);
    match choice % 6 {
        // A second root, signed by the first one's keys: bytes of it are set, as a whole one would name other keys.
        0 => {
            let second = Root { version: 2, ..root() };
            let later = later.with(|later| later.roots.push((second, ROOT.to_vec())));
            let edits = body.to_vec();
            later.spoil_body(Part::Root, move |root| edits.chunks_exact(3).for_each(|edit| set_byte(root, edit)))
        }
        1 => later.spoil_body(Part::Keys, replace),
        2 => later.spoil_body(Part::Manifests, replace),
        3 => later.spoil_body(Part::Lists, replace),
        4 => later.spoil_body(Part::Urgent, replace),
        _ => {
            let number = |at: usize| body.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
            Recipe {
                version: number(0).unwrap_or(later.version),
                time: number(4).unwrap_or(later.time),
                expires_at: number(8).unwrap_or(later.expires_at),
                epoch: number(12).unwrap_or(later.epoch),
                ..later
            }
        }
    }
}

/// Two bytes say where, a third what.
fn set_byte(body: &mut [u8], edit: &[u8]) {
    let at = usize::from(u16::from_be_bytes([edit[0], edit[1]])) % body.len();
    body[at] = edit[2];
}

/// Every rule of the bundle over codes whose signatures hold.
fn check_all(bundle: &Bundle, codes: &[String]) {
    for scenario in bundle.scenarios().iter().take(24) {
        for site in [SITE, 0] {
            let context = Context {
                place: Place { scenario: scenario.rule.id, site },
                rule: &scenario.rule,
                clock: CheckerClock::Trusted(NOON),
                issuers: bundle,
                withdrawn: bundle,
                lists: bundle.list_times(NOON),
                challenge: None,
                guardian_at: None,
            };
            let mut seen = SeenInMemory::default();
            for code in codes {
                let verdict = check_digits(code, &context, &mut seen);
                let form = verdict.form.expect("the code can be read");
                assert!(!verdict.is_valid() || scenario.rule.forms.has(form));
            }
        }
    }
}
