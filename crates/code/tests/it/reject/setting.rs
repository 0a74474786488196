//! Good codes at the wrong checker, time or place, or of the wrong holder.
//! Their signatures hold; a rule before them does not.

use super::{refused, today};
use crate::accept::challenge;
use crate::vectors::{Expect, StatusList, Step, Vector};
use crate::world::{ACTING, ATTESTED, Draft, NOON, PLAIN, SITE, TODAY, World, band, benefit};
use yima_keys::Suite;

pub fn checker(world: &World) -> Vec<Vector> {
    let code = today(world).signed().digits();
    let step = |reason| Step::new(code.clone(), Expect::could_not(reason, "T1"));
    let one = |name, about, step| Vector::new(name, about, "bus", vec![step]);
    let marked = Step {
        urgent_at: None,
        ..Step::new(world.t2("es256-paper").signed().digits(), Expect::could_not("status_stale", "T2"))
    };
    vec![
        one(
            "clock-untrusted",
            "the checker's clock is not to be trusted",
            Step { now: None, ..step("clock_untrusted") },
        ),
        one("bundle-missing", "the checker holds no bundle", Step { bundle_at: None, ..step("bundle_missing") }),
        one(
            "bundle-stale",
            "the bundle is a second older than 48 h",
            Step { bundle_at: Some(NOON - 172_801), ..step("bundle_stale") },
        ),
        one("urgent-missing", "the checker holds no urgent list", Step { urgent_at: None, ..step("status_stale") }),
        one(
            "urgent-stale",
            "the urgent list is a second older than 24 h",
            Step { urgent_at: Some(NOON - 86_401), ..step("status_stale") },
        ),
        Vector {
            lists: [(7, StatusList { made_at: NOON - 3_601, revoked: vec![] })].into(),
            ..Vector::new(
                "card-list-stale",
                "paper on an old list is not taken even where old lists are marked",
                "kiosk",
                vec![marked],
            )
        },
    ]
}

pub fn entries(world: &World) -> Vec<Vector> {
    let once = |name, about, code: Draft<'_>, expect| Vector::once(name, about, "bus", code.signed().digits(), expect);
    let paper_kid = world.kid("es256-paper");
    let today_kid = world.kid("es256-today");
    let by_paper = Draft { issuer: &paper_kid.signer, ..today(world) }.with(2, &paper_kid.entry.kid);
    let by_today = Draft { issuer: &today_kid.signer, ..world.t2("es256-paper") }.with(2, &today_kid.entry.kid);
    vec![
        once(
            "kid-unknown",
            "no entry has this key id",
            today(world).with(2, &[9; 4]),
            Expect::could_not("unknown_kid", "T1"),
        ),
        once(
            "kid-unknown-paper",
            "no entry has this key id",
            world.t2("es256-paper").with(2, &[9; 4]),
            Expect::could_not("unknown_kid", "T2"),
        ),
        once(
            "kid-withdrawn",
            "the entry was withdrawn",
            world.t1("es256-withdrawn", Suite::Es256),
            refused("kid_withdrawn"),
        ),
        once("kid-of-paper", "a T1 under an entry for T2", by_paper, refused("wrong_key_use")),
        once("kid-of-t1", "a T2 under an entry for T1", by_today, Expect::refused("wrong_key_use", "T2")),
        once(
            "suite-not-the-entrys",
            "byte 1 says SM2 under an ES256 entry",
            today(world).with(1, &[0x21]),
            refused("suite_mismatch"),
        ),
        once(
            "suite-not-the-entrys-paper",
            "byte 1 says Ed25519 under an ES256 entry",
            world.t2("es256-paper").with(1, &[0x30]),
            Expect::refused("suite_mismatch", "T2"),
        ),
        once(
            "flags-beyond-mask",
            "a flag that the entry may not set",
            world.t1("es256-plain-only", Suite::Es256).flags(PLAIN | ATTESTED | band(6)),
            refused("flags_not_allowed"),
        ),
        once(
            "day-of-another-key",
            "the code's day is not its key's",
            today(world).with(22, &(TODAY.0 + 1).to_be_bytes()),
            refused("wrong_day"),
        ),
    ]
}

pub fn days(world: &World) -> Vec<Vector> {
    let at = |name, about, rule, kid, scenario, now: u32, reason| {
        let code = world.t1(kid, Suite::Es256).time(now - now % 5).place(scenario, SITE).signed().digits();
        Vector::new(name, about, rule, vec![Step::new(code, refused(reason)).at(now)])
    };
    let window = TODAY.window();
    let over = window.from + 3_600;
    let asked = challenge();
    let late =
        world.t1("es256-yesterday", Suite::Es256).time(over).place(18, SITE).answering(asked.short()).signed().digits();
    let late = Step::new(late, Expect::refused("expired", "T1c")).at(over).challenge(asked.short(), over);
    vec![
        at(
            "day-02-59-59",
            "a second before the day's window",
            "bus",
            "es256-today",
            1,
            window.from - 1,
            "not_yet_valid",
        ),
        at(
            "day-tomorrow",
            "yesterday evening, with tomorrow's code",
            "bus",
            "sm2-today",
            1,
            window.from - 36_000,
            "not_yet_valid",
        ),
        at("day-04-00-00", "the first second after the window", "bus", "es256-yesterday", 1, over, "expired"),
        at("late-over-48-h", "48 h after the window", "park", "es256-yesterday", 2, over + 172_800, "expired"),
        at(
            "late-beyond-bounds",
            "no manifest makes late longer than 48 h",
            "late-beyond-bounds",
            "es256-yesterday",
            4,
            over + 172_800,
            "expired",
        ),
        at(
            "late-over-own-bound",
            "a manifest's own, shorter late is over",
            "museum",
            "es256-yesterday",
            3,
            over + 3_600,
            "expired",
        ),
        Vector::new("late-at-medium", "late serves low scenarios only", "any-at-medium", vec![late]),
    ]
}

pub fn times(world: &World) -> Vec<Vector> {
    let at = |name, about, rule: &str, age: i64, reason, skew_min| {
        let code = today(world).place(world.rules[rule].id, SITE).signed().digits();
        let now = u32::try_from(i64::from(NOON) + age).unwrap();
        Vector::new(name, about, rule, vec![Step::new(code, Expect { skew_min, ..refused(reason) }).at(now)])
    };
    vec![
        at("time-91-s-old", "a second over the span: slow, by the minute", "bus", 91, "clock_slow", -2),
        at("time-3-minutes-slow", "the minutes are named", "bus", 180, "clock_slow", -3),
        at("time-600-s-old", "the last second that counts as a slow clock", "bus", 600, "clock_slow", -10),
        at("time-601-s-old", "older than ten minutes", "bus", 601, "stale_code", 0),
        at("time-an-hour-old", "a screenshot", "bus", 3_600, "stale_code", 0),
        at("time-31-s-ahead", "a second over the span: fast, at least a minute", "bus", -31, "clock_fast", 1),
        at("time-600-s-ahead", "the last second that counts as a fast clock", "bus", -600, "clock_fast", 10),
        at("time-601-s-ahead", "more than ten minutes ahead", "bus", -601, "not_yet_valid", 0),
        at("time-narrowed-46", "a second over a narrowed span", "metro", 46, "clock_slow", -1),
        at("time-narrowed-minus-16", "a second over a narrowed span", "metro", -16, "clock_fast", 1),
        at("time-wide-manifest-91", "a manifest can't widen the span", "wide", 91, "clock_slow", -2),
        at("time-wide-manifest-minus-31", "a manifest can't widen the span", "wide", -31, "clock_fast", 1),
    ]
}

pub fn places(world: &World) -> Vec<Vector> {
    let once = |name, about, rule, scenario, site, reason| {
        let code = today(world).place(scenario, site).signed().digits();
        Vector::once(name, about, rule, code, refused(reason))
    };
    let asked = challenge();
    let answered = |name, about, scenario, site, reason| {
        let code = today(world).place(scenario, site).answering(asked.short()).signed().digits();
        let step = Step::new(code, Expect::refused(reason, "T1c")).challenge(asked.short(), asked.time);
        Vector::new(name, about, "any-at-medium", vec![step])
    };
    vec![
        once("place-other-scenario", "signed for the library, shown on the bus", "bus", 4, SITE, "wrong_scenario"),
        once("place-other-site", "signed for another site", "bus", 1, SITE + 1, "wrong_site"),
        once(
            "place-any-scenario-not-taken",
            "scenario 0 where the manifest does not take it",
            "bus",
            0,
            SITE,
            "wrong_scenario",
        ),
        once("place-any-site-not-taken", "site 0 where the manifest does not take it", "bus", 1, 0, "wrong_site"),
        once(
            "place-any-site-with-any-scenario",
            "any scenario is not any site",
            "any-scenario-only",
            0,
            0,
            "wrong_site",
        ),
        once("place-any-scenario-other-site", "scenario 0 at another site", "park", 0, SITE + 1, "wrong_site"),
        answered("place-any-scenario-at-medium", "scenario 0 serves low scenarios only", 0, SITE, "wrong_scenario"),
        answered("place-any-site-at-medium", "site 0 serves low scenarios only", 18, 0, "wrong_site"),
    ]
}

pub fn holders(world: &World) -> Vec<Vector> {
    let once = |name, about, rule: &str, bits, reason| {
        let code = today(world).flags(bits).place(world.rules[rule].id, SITE).signed().digits();
        Vector::once(name, about, rule, code, refused(reason))
    };
    let late = today(world).flags(PLAIN | ACTING).signed().digits();
    let late = Step { guardian_at: Some(NOON - 11), ..Step::new(late, refused("guardian_needed")) };
    let card = world.t2("es256-paper").flags(0x4000).signed().digits();
    vec![
        once("holder-assurance-too-low", "assurance 1 where 2 is demanded", "desk", 0x4000, "assurance_too_low"),
        Vector::once(
            "holder-assurance-too-low-paper",
            "a card of assurance 1",
            "desk",
            card,
            Expect::refused("assurance_too_low", "T2"),
        ),
        once("holder-no-age-band", "the scenario needs an age band", "elder", PLAIN, "flavour_needed"),
        once(
            "holder-benefit-for-age-band",
            "a benefit is no age band",
            "any-age",
            PLAIN | benefit(1),
            "flavour_needed",
        ),
        once("holder-no-benefit", "the scenario needs a benefit", "student", PLAIN, "flavour_needed"),
        once("holder-not-acting", "the scenario needs one who acts for another", "ward", PLAIN, "flavour_needed"),
        once("holder-too-young", "the scenario serves 65 and over", "elder", PLAIN | band(5), "not_entitled"),
        once("holder-other-benefit", "the scenario serves students", "student", PLAIN | benefit(1), "not_entitled"),
        once("holder-ward-alone", "a ward's code where nobody stands", "bus", PLAIN | ACTING, "guardian_needed"),
        Vector::new("holder-guardian-gone", "the guardian's own code was 11 s before", "bus", vec![late]),
    ]
}
