//! Whatever is scanned or typed: read, spelt again, checked; a code has one spelling and a check always has a verdict.
#![no_main]

#[path = "../../crates/code/tests/it/keys.rs"]
mod keys;
#[expect(dead_code, reason = "the test world has more than this target needs")]
#[path = "../../crates/code/tests/it/world.rs"]
mod world;

use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;
use world::{NOON, SITE, World};
use yima_code::issuer::NothingWithdrawn;
use yima_code::{CheckerClock, Context, IssuerEntry, ListTimes, Place, Presented, SeenInMemory, check_digits};

fn world() -> &'static (World, Vec<IssuerEntry>) {
    static WORLD: OnceLock<(World, Vec<IssuerEntry>)> = OnceLock::new();
    WORLD.get_or_init(|| {
        let world = World::new();
        let issuers = world.kids.iter().map(|kid| kid.entry.clone()).collect();
        (world, issuers)
    })
}

fuzz_target!(|data: &[u8]| {
    if let Ok(code) = Presented::from_bytes(data) {
        assert_eq!(code.to_bytes(), data);
        assert_eq!(Presented::from_digits(&code.to_digits()).as_ref(), Ok(&code));
        check(&code.to_digits());
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(code) = Presented::from_digits(text) {
        assert_eq!(code.to_digits(), text);
    }
    check(text);
});

fn check(text: &str) {
    let (world, issuers) = world();
    let context = Context {
        place: Place { scenario: 1, site: SITE },
        rule: &world.rules["bus"],
        clock: CheckerClock::Trusted(NOON),
        issuers,
        withdrawn: &NothingWithdrawn,
        lists: ListTimes { bundle_at: Some(NOON), urgent_at: Some(NOON) },
        challenge: None,
        guardian_at: None,
    };
    let _ = check_digits(text, &context, &mut SeenInMemory::default());
}
