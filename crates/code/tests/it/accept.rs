//! Codes that must be taken, at the very edge of each rule where there is one.

use crate::vectors::{Expect, Step, Vector};
use crate::world::{ACTING, ATTESTED, Draft, NOON, PLAIN, TODAY, World, band, benefit};
use yima_code::Challenge;
use yima_keys::Suite;

pub fn all(world: &World) -> Vec<Vector> {
    [
        suites(world),
        flags(world),
        times(world),
        places(world),
        challenges(world),
        memory(world),
        lists(world),
        paper(world),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn t1() -> Expect {
    Expect::valid("T1")
}
fn t2() -> Expect {
    Expect::valid("T2")
}

fn today<'a>(world: &'a World) -> Draft<'a> {
    world.t1("es256-today", Suite::Es256)
}

fn suites(world: &World) -> Vec<Vector> {
    let mut vectors = vec![];
    for issuer in Suite::ALL {
        for holder in Suite::ALL {
            let code = world.t1(&format!("{}-today", short(issuer)), holder).signed();
            let name = format!("t1-{}-{}", short(issuer), short(holder));
            vectors.push(Vector::once(&name, "each issuer's suite with each holder's", "bus", code.digits(), t1()));
        }
    }
    vectors
}

pub fn short(suite: Suite) -> &'static str {
    match suite {
        Suite::Es256 => "es256",
        Suite::Sm2Sm3 => "sm2",
        Suite::Ed25519 => "ed25519",
    }
}

fn flags(world: &World) -> Vec<Vector> {
    let code = |bits| today(world).flags(bits).signed();
    let mut vectors = vec![];
    let mut once = |name, about, rule, scenario: u16, bits, expect| {
        let digits = today(world).flags(bits).place(scenario, 1_042).signed().digits();
        vectors.push(Vector::once(name, about, rule, digits, expect));
    };
    once("flags-attested", "bit 13: the holder's key is attested", "bus", 1, PLAIN | ATTESTED, t1());
    once("flags-assurance-0", "the least assurance", "bus", 1, 0, Expect { assurance: 0, ..t1() });
    once("flags-assurance-3", "the most assurance", "bus", 1, 0xc000, Expect { assurance: 3, ..t1() });
    once("flags-assurance-just-enough", "the scenario demands 2", "desk", 7, PLAIN, t1());
    let aged = |age_band| Expect { age_band, ..t1() };
    once("flags-age-band-15", "the largest age band", "bus", 1, PLAIN | band(15), aged(15));
    once("flags-age-band-accepted", "a band that the scenario serves", "elder", 8, PLAIN | band(6), aged(6));
    once("flags-any-age-band", "the scenario serves every disclosed band", "any-age", 9, PLAIN | band(1), aged(1));
    let entitled = |benefit| Expect { benefit, ..t1() };
    once("flags-benefit-15", "the largest benefit", "bus", 1, PLAIN | benefit(15), entitled(15));
    once(
        "flags-benefit-accepted",
        "a benefit that the scenario serves",
        "student",
        10,
        PLAIN | benefit(2),
        entitled(2),
    );
    let acting = Expect { acting: true, ..t1() };
    once("flags-acting-attended", "a ward's code where a person stands", "desk", 7, PLAIN | ACTING, acting.clone());
    once("flags-acting-needed", "a scenario for those who act for another", "ward", 11, PLAIN | ACTING, acting.clone());
    let accompanied = Step { guardian_at: Some(NOON - 10), ..Step::new(code(PLAIN | ACTING).digits(), acting) };
    vectors.push(Vector::new(
        "flags-acting-accompanied",
        "the guardian's own code 10 s before",
        "bus",
        vec![accompanied],
    ));
    let masked = world.t1("es256-plain-only", Suite::Es256).flags(PLAIN | ATTESTED).signed();
    vectors.push(Vector::once("flags-within-mask", "the key entry allows these flags", "bus", masked.digits(), t1()));
    vectors
}

fn times(world: &World) -> Vec<Vector> {
    let code = today(world).signed().digits();
    let at = |name, about, rule, digits: &str, now, expect| {
        Vector::new(name, about, rule, vec![Step::new(digits, expect).at(now)])
    };
    let shown = |scenario, unix: u32| today(world).time(unix - unix % 5).place(scenario, 1_042).signed().digits();
    let metro = shown(5, NOON);
    let wide = shown(6, NOON);
    let window = TODAY.window();
    let first = shown(1, window.from);
    let last = shown(1, window.until - 1);
    let yesterday = |kid, scenario, unix: u32| {
        world.t1(kid, Suite::Es256).time(unix - unix % 5).place(scenario, 1_042).signed().digits()
    };
    let overlap = window.from + 3_599;
    let late = Expect { late: true, ..t1() };
    // Yesterday's window ends at today's 04:00; 48 h later is the end of what may be late.
    let over = window.from + 3_600;
    vec![
        at("time-90-s-old", "age +90 s is the last that is taken", "bus", &code, NOON + 90, t1()),
        at("time-30-s-ahead", "age -30 s is the last that is taken", "bus", &code, NOON - 30, t1()),
        at("time-narrowed-45", "a manifest narrows to +45 s", "metro", &metro, NOON + 45, t1()),
        at("time-narrowed-minus-15", "a manifest narrows to -15 s", "metro", &metro, NOON - 15, t1()),
        at("time-wide-manifest", "a manifest can't widen: +90 s holds", "wide", &wide, NOON + 90, t1()),
        at("day-first-second", "03:00:00 of the day", "bus", &first, window.from, t1()),
        at("day-last-second", "03:59:59 of the next day", "bus", &last, window.until - 1, t1()),
        at(
            "day-overlap-old",
            "from 03:00 to 04:00 yesterday's codes hold too",
            "bus",
            &yesterday("es256-yesterday", 1, overlap),
            overlap,
            t1(),
        ),
        at("day-overlap-new", "from 03:00 to 04:00 today's codes hold", "bus", &shown(1, overlap), overlap, t1()),
        at(
            "late-first-second",
            "an old code, marked, where the manifest says late",
            "park",
            &yesterday("es256-yesterday", 2, over),
            over,
            late.clone(),
        ),
        at(
            "late-last-second",
            "48 h after the window, less a second",
            "park",
            &yesterday("sm2-yesterday", 2, over + 172_799),
            over + 172_799,
            late.clone(),
        ),
        at(
            "late-own-bound",
            "a manifest's own, shorter late",
            "museum",
            &yesterday("es256-yesterday", 3, over + 3_599),
            over + 3_599,
            late,
        ),
    ]
}

fn places(world: &World) -> Vec<Vector> {
    let code = |scenario, site| today(world).place(scenario, site).signed().digits();
    let largest = Vector {
        site: u32::MAX,
        ..Vector::once("place-largest-site", "a site of four full bytes", "bus", code(1, u32::MAX), t1())
    };
    vec![
        Vector::once("place-any-scenario", "scenario 0 where a low manifest takes any", "park", code(0, 1_042), t1()),
        Vector::once("place-any-site", "site 0 where a low manifest takes any", "park", code(2, 0), t1()),
        Vector::once("place-any-of-both", "scenario 0 and site 0", "park", code(0, 0), t1()),
        Vector::once(
            "place-any-scenario-only",
            "scenario 0, with the site named",
            "any-scenario-only",
            code(0, 1_042),
            t1(),
        ),
        largest,
    ]
}

/// A challenge for the hospital, two seconds before noon.
pub fn challenge() -> Challenge {
    Challenge::unsigned(16, 1_042, NOON - 2, *b"nonce-01")
}

fn challenges(world: &World) -> Vec<Vector> {
    let asked = challenge();
    let answer =
        |kid, holder, scenario| world.t1(kid, holder).place(scenario, 1_042).answering(asked.short()).signed().digits();
    let taken = |name, about, rule, digits: String, shown_at| {
        let step = Step::new(digits, Expect::valid("T1c")).challenge(asked.short(), shown_at);
        Vector::new(name, about, rule, vec![step])
    };
    let (es256, sm2) = (Suite::Es256, Suite::Sm2Sm3);
    let repeated = Expect { repeated: true, ..Expect::valid("T1c") };
    let again = vec![
        Step::new(answer("es256-today", es256, 16), Expect::valid("T1c")).challenge(asked.short(), asked.time),
        // The checker shows its next challenge by now.
        Step::new(answer("es256-today", es256, 16), repeated).at(NOON + 5).challenge([1; 8], NOON + 3),
    ];
    vec![
        taken(
            "t1c-medium",
            "a T1c answers the challenge that is shown",
            "hospital",
            answer("es256-today", es256, 16),
            NOON - 2,
        ),
        taken(
            "t1c-high-sm2",
            "the same at level high, with SM2 twice",
            "hotel",
            answer("sm2-today", sm2, 17),
            NOON - 2,
        ),
        taken("t1c-low", "a T1c is taken at level low too", "bus", answer("sm2-today", es256, 1), NOON - 2),
        taken(
            "t1c-ed25519",
            "a T1c with Ed25519 twice",
            "hospital",
            answer("ed25519-today", Suite::Ed25519, 16),
            NOON - 2,
        ),
        taken("t1c-60-s", "60 s after the challenge was made", "hospital", answer("es256-today", es256, 16), NOON - 60),
        Vector::new("t1c-repeated", "the same T1c within 10 s repeats its verdict", "hospital", again),
    ]
}

fn memory(world: &World) -> Vec<Vector> {
    let code = |words: &str, scenario| today(world).id(words).place(scenario, 1_042).signed().digits();
    let step = |digits: String, expect| Step::new(digits, expect);
    let repeated = Expect { repeated: true, ..t1() };
    let wrong = Expect::refused("wrong_scenario", "T1");
    let forged = today(world).id("a").signed().flip(196, 1).digits();
    let broken = forged.clone();
    let later = |scenario, unix| today(world).id("a").time(unix).place(scenario, 1_042).signed().digits();
    vec![
        Vector::new(
            "seen-same-within-10-s",
            "same id, time, scenario and site: the verdict is repeated",
            "bus",
            vec![step(code("a", 1), t1()), step(code("a", 1), repeated.clone()).at(NOON + 10)],
        ),
        Vector::new(
            "seen-repeat-under-another-signature",
            "within 10 s the verdict is repeated before any signature is looked at, and nobody passes on it",
            "bus",
            vec![step(code("a", 1), t1()), step(broken, repeated.clone()).at(NOON + 3)],
        ),
        Vector::new(
            "seen-again-after",
            "again_after is over",
            "metro",
            vec![step(later(5, NOON), t1()), step(later(5, NOON + 1_800), t1()).at(NOON + 1_800)],
        ),
        Vector::new(
            "seen-again-at-once",
            "again_after 0: another showing at once",
            "wide",
            vec![step(later(6, NOON), t1()), step(later(6, NOON + 5), t1()).at(NOON + 5)],
        ),
        Vector::new(
            "seen-two-tokens",
            "two tokens one after the other",
            "bus",
            vec![step(code("a", 1), t1()), step(code("b", 1), t1())],
        ),
        Vector::new(
            "seen-refused-is-not-remembered",
            "a refused code leaves no trace",
            "bus",
            vec![step(code("a", 2), wrong), step(code("a", 1), t1())],
        ),
        Vector::new(
            "seen-forgery-is-not-remembered",
            "a forged copy can't use up the true code",
            "bus",
            vec![step(forged, Expect::refused("bad_holder_signature", "T1")), step(code("a", 1), t1())],
        ),
    ]
}

fn lists(world: &World) -> Vec<Vector> {
    let code = today(world).place(12, 1_042).signed().digits();
    let id = hex::encode(&today(world).bytes[6..12]);
    // The last of the 48 bits differs.
    let last = u8::from_str_radix(&id[10..], 16).unwrap() ^ 1;
    let near = format!("{}{last:02x}", &id[..10]);
    let stale = Expect { stale: true, ..t1() };
    let old_bundle = Step { bundle_at: Some(NOON - 3_601), ..Step::new(code.clone(), stale.clone()) };
    let old_urgent = Step { urgent_at: Some(NOON - 3_601), ..Step::new(code.clone(), stale.clone()) };
    let no_urgent = Step { urgent_at: None, ..Step::new(code.clone(), stale) };
    let at_the_edge = Step { bundle_at: Some(NOON - 3_600), urgent_at: Some(NOON - 3_600), ..Step::new(code, t1()) };
    vec![
        Vector {
            urgent: vec![near],
            ..Vector::once("urgent-near-miss", "47 of the 48 bits agree", "bus", today(world).signed().digits(), t1())
        },
        Vector::new("stale-bundle-marked", "an old bundle, by the manifest's choice", "kiosk", vec![old_bundle]),
        Vector::new("stale-urgent-marked", "an old urgent list, by the manifest's choice", "kiosk", vec![old_urgent]),
        Vector::new("no-urgent-marked", "no urgent list, by the manifest's choice", "kiosk", vec![no_urgent]),
        Vector::new(
            "lists-as-old-as-allowed",
            "both lists at the very age that is allowed",
            "kiosk",
            vec![at_the_edge],
        ),
    ]
}

fn paper(world: &World) -> Vec<Vector> {
    let card = |kid| world.t2(kid).signed().digits();
    let entitled = world.t2("sm2-paper").flags(PLAIN | benefit(1)).signed().digits();
    let expiring = |month: u16| world.t2("es256-paper").with(11, &month.to_be_bytes()).signed().digits();
    // 2026-12-01 00:00 UTC+8 ends month 82.
    let month_end = 1_577_808_000 + 2_526 * 86_400;
    let fresh = |vector: Vector, made_at| Vector {
        lists: [(7, crate::vectors::StatusList { made_at, revoked: vec![] })].into(),
        ..vector
    };
    let last_second = Step::new(expiring(82), t2()).at(month_end - 1);
    let next_day = vec![Step::new(card("es256-paper"), t2()), Step::new(card("es256-paper"), t2()).at(NOON + 86_400)];
    let twice = vec![Step::new(card("es256-paper"), t2()), Step::new(card("es256-paper"), t2()).at(NOON + 11)];
    let repeated = vec![
        Step::new(card("es256-paper"), t2()),
        Step::new(card("es256-paper"), Expect { repeated: true, ..t2() }).at(NOON + 9),
    ];
    vec![
        Vector::once("t2-es256", "a card under ES256", "bus", card("es256-paper"), t2()),
        Vector::once("t2-sm2", "a card under SM2", "bus", card("sm2-paper"), t2()),
        Vector::once("t2-ed25519", "a card under Ed25519", "paper-only", card("ed25519-paper"), t2()),
        Vector::once("t2-benefit", "a card that discloses a benefit", "bus", entitled, Expect { benefit: 1, ..t2() }),
        Vector::once("t2-this-month", "good to the end of this month", "bus", expiring(82), t2()),
        fresh(Vector::new("t2-last-second", "the last second of its month", "bus", vec![last_second]), month_end - 60),
        Vector::once("t2-twelve-months", "no more than twelve months ahead", "bus", expiring(94), t2()),
        Vector::once(
            "t2-largest-index",
            "an index of three full bytes",
            "bus",
            world.t2("es256-paper").with(8, &[0xff; 3]).signed().digits(),
            t2(),
        ),
        fresh(Vector::new("t2-next-day", "the same card on the next day", "bus", next_day), NOON + 3_600),
        Vector::new("t2-within-cap", "the second use of two a day", "pool", twice),
        Vector::new("t2-repeated", "the same card within 10 s repeats its verdict", "bus", repeated),
    ]
}
