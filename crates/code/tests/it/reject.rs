//! Codes that must not be taken: for each rule one that breaks it alone, as close to the good ones as can be.

use crate::accept::{challenge, short};
use crate::keys::Signer;
use crate::vectors::{Expect, StatusList, Step, Vector};
use crate::world::{ACTING, ATTESTED, Draft, NOON, PLAIN, SITE, TODAY, World, band, benefit};
use yima_code::{T0, digits};
use yima_keys::{PublicKey, Suite, sha256};

pub fn all(world: &World) -> Vec<Vector> {
    [
        spelling(world),
        shapes(world),
        forms(world),
        checker(world),
        entries(world),
        days(world),
        times(world),
        places(world),
        holders(world),
        challenges(world),
        memory(world),
        lists(world),
        paper(world),
        changed(world),
        issuer_signatures(world),
        holder_signatures(world),
        other_signatures(world),
        holder_keys(world),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn malformed() -> Expect {
    Expect::refused("malformed", "")
}
fn refused(reason: &str) -> Expect {
    Expect::refused(reason, "T1")
}
fn today<'a>(world: &'a World) -> Draft<'a> {
    world.t1("es256-today", Suite::Es256)
}

/// The digits of the number plus 256^n, with schoolbook sums on decimal digits: every count of digits has room for it.
fn alias(code: &str, bytes: usize) -> String {
    let mut power = vec![0_u8; code.len() - 1];
    power[code.len() - 2] = 1;
    for _ in 0..8 * bytes {
        power = sum(&power, &power);
    }
    let digits: Vec<u8> = code.bytes().skip(1).map(|digit| digit - b'0').collect();
    let total = sum(&digits, &power);
    code[..1].chars().chain(total.into_iter().map(|digit| char::from(b'0' + digit))).collect()
}

fn sum(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let mut out: Vec<u8> = a
        .iter()
        .zip(b)
        .rev()
        .map(|(a, b)| {
            let digit = a + b + carry;
            carry = digit / 10;
            digit % 10
        })
        .collect();
    assert_eq!(carry, 0, "there is room");
    out.reverse();
    out
}

fn spelling(world: &World) -> Vec<Vector> {
    let code = today(world).signed().digits();
    let tail = &code[1..];
    let spoiled = |at: usize, with: &str| format!("{}{with}{}", &code[..at], &code[at + 1..]);
    let wide: String = code.chars().map(|digit| char::from_u32(0xfee0 + digit as u32).unwrap()).collect();
    let arabic: String = code.chars().map(|digit| char::from_u32(0x630 + digit as u32).unwrap()).collect();
    let paper = world.t2("es256-paper").signed();
    let answer = today(world).place(16, SITE).answering(challenge().short()).signed();
    let table: Vec<(&str, &str, String)> = vec![
        ("digits-none", "no text", String::new()),
        ("digits-form-only", "a form digit alone", "1".into()),
        ("digits-one-short", "one digit less than the form has", code[..475].into()),
        ("digits-one-long", "one digit more than the form has", format!("{code}0")),
        ("digits-padded", "a zero more in front of the number", format!("10{tail}")),
        ("digits-newline", "a newline behind; nothing is trimmed", format!("{code}\n")),
        ("digits-space-before", "a space before; nothing is trimmed", format!(" {code}")),
        ("digits-space-for-digit", "a space where a digit belongs", spoiled(1, " ")),
        ("digits-plus", "a plus sign where a digit belongs", spoiled(1, "+")),
        ("digits-minus", "a minus sign where a digit belongs", spoiled(1, "-")),
        ("digits-underscore", "an underscore where a digit belongs", spoiled(200, "_")),
        ("digits-hex-mark", "an x where a digit belongs", spoiled(2, "x")),
        ("digits-letter", "a letter where a digit belongs", spoiled(475, "a")),
        ("digits-point", "a point where a digit belongs", spoiled(300, ".")),
        ("digits-exponent", "an e where a digit belongs", spoiled(474, "e")),
        ("digits-nul", "a zero character where a digit belongs", spoiled(9, "\0")),
        ("digits-after-nul", "a zero character behind", format!("{code}\0")),
        ("digits-byte-order-mark", "a byte order mark before", format!("\u{feff}{code}")),
        ("digits-full-width", "full-width digits", wide.clone()),
        (
            "digits-one-full-width",
            "one full-width digit in as many bytes",
            format!("{}{}", &code[..473], wide.chars().last().unwrap()),
        ),
        ("digits-arabic", "Arabic-Indic digits", arabic),
        ("digits-grouped", "a comma between groups", format!("{},{}", &code[..3], &code[3..])),
        ("digits-alias-t1", "the number plus 256^197", alias(&code, 197)),
        ("digits-alias-t1c", "the number plus 256^205", alias(&answer.digits(), 205)),
        ("digits-alias-t0", "the number plus 256^25", alias(&tiny().1, 25)),
        ("digits-alias-t2", "the number plus 256^79", alias(&paper.digits(), 79)),
        ("digits-all-nines", "the largest number of so many digits", format!("1{}", "9".repeat(475))),
        ("digits-bar-code", "an EAN-13 from a shelf", "6901234567892".into()),
        ("digits-challenge", "a checker's own challenge", challenge().to_digits()),
        (
            "digits-url",
            "an address, as other codes carry",
            "https://example.cn/code/1234567890123456789012345678901234567890".into(),
        ),
    ];
    table.into_iter().map(|(name, about, text)| Vector::once(name, about, "bus", text, malformed())).collect()
}

/// A T0's bytes and digits.
fn tiny() -> (Vec<u8>, String) {
    let id = sha256(&[b"tiny"])[..16].try_into().unwrap();
    let code = T0::make(Suite::Es256, &[7; 16], id, 6_480, 1, SITE);
    (code.to_bytes(), code.to_digits())
}

fn shapes(world: &World) -> Vec<Vector> {
    let once = |name: &str, about: &str, draft: Draft<'_>| {
        Vector::once(name, about, "bus", draft.signed().digits(), malformed())
    };
    let t1 = || today(world);
    let t2 = || world.t2("es256-paper");
    let byte_0 = |value: u8| t1().signed().with(0, &[value]).digits();
    let raw = |name: &str, about: &str, text: String| Vector::once(name, about, "bus", text, malformed());
    let mut vectors = vec![
        raw("byte-0-of-t1c", "form digit 1, byte 0 of a T1c", byte_0(0x12)),
        raw("byte-0-version-2", "another version in byte 0", byte_0(0x21)),
        raw("byte-0-version-0", "no version in byte 0", byte_0(0x01)),
        raw("byte-0-of-t2-wrong", "form digit 4, byte 0 of a T1", t2().signed().with(0, &[0x11]).digits()),
        raw("byte-0-of-t0-wrong", "form digit 3, byte 0 of a T2", {
            let mut bytes = tiny().0;
            bytes[0] = 0x14;
            format!("3{}", digits::encode(&bytes))
        }),
        raw(
            "form-digit-of-t1c",
            "form digit 2 before the number of a T1",
            format!("2{}", &t1().signed().digits()[1..]),
        ),
        raw(
            "form-digit-of-t1",
            "form digit 1 before the number of a T1c",
            format!("1{}", &t1().answering([1; 8]).signed().digits()[1..]),
        ),
        once("suites-no-issuer", "issuer suite 0", t1().with(1, &[0x01])),
        once("suites-no-holder", "holder suite 0 in a T1", t1().with(1, &[0x10])),
        once("suites-paper-holder", "a holder's suite in a T2", t2().with(1, &[0x11])),
        once("suites-paper-no-issuer", "issuer suite 0 in a T2", t2().with(1, &[0x00])),
        once("flags-acting-and-age", "two flavours: acting and an age band", t1().flags(PLAIN | ACTING | band(3))),
        once("flags-acting-and-benefit", "two flavours: acting and a benefit", t1().flags(PLAIN | ACTING | benefit(1))),
        once(
            "flags-age-and-benefit",
            "two flavours: an age band and a benefit",
            t1().flags(PLAIN | band(6) | benefit(1)),
        ),
        once("flags-three", "three flavours", t1().flags(PLAIN | ACTING | band(6) | benefit(1))),
        once("flags-paper-two", "two flavours in a T2", t2().flags(PLAIN | band(6) | benefit(1))),
        once("flags-paper-reserved", "a reserved flag in a T2", t2().flags(PLAIN | 1)),
        once("holder-key-uncompressed", "a holder's key that begins with 04", t1().with(26, &[4])),
        once("holder-key-hybrid", "a holder's key that begins with 06", t1().with(26, &[6])),
        once("holder-key-no-prefix", "an ES256 holder's key that begins with 00", t1().with(26, &[0])),
        once(
            "holder-key-ed25519-prefix",
            "an Ed25519 holder's key that begins with 02",
            world.t1("es256-today", Suite::Ed25519).with(26, &[2]),
        ),
        once("time-not-rounded", "a time that is no multiple of 5 s", t1().time(NOON - 1)),
    ];
    for bit in 0..4 {
        let name = format!("flags-reserved-{bit}");
        vectors.push(once(&name, "a reserved flag is set", t1().flags(PLAIN | 1 << bit)));
    }
    for (name, byte_1) in [("issuer-4", 0x41), ("issuer-15", 0xf1), ("holder-4", 0x14), ("holder-15", 0x1f)] {
        let code = t1().with(1, &[byte_1]).signed().digits();
        let name = format!("suites-unknown-{name}");
        vectors.push(Vector::once(&name, "a suite of the future", "bus", code, Expect::could_not("unknown_suite", "")));
    }
    let code = t2().with(1, &[0x90]).signed().digits();
    vectors.push(Vector::once(
        "suites-unknown-paper",
        "a suite of the future in a T2",
        "bus",
        code,
        Expect::could_not("unknown_suite", ""),
    ));
    vectors
}

fn forms(world: &World) -> Vec<Vector> {
    let tail = today(world).signed().digits()[1..].to_owned();
    let unknown = || Expect::could_not("unknown_form", "");
    let paper = world.t2("es256-paper").signed().digits();
    let t2 = |reason| Expect::refused(reason, "T2");
    let tiny = tiny().1;
    vec![
        Vector::once("form-0", "no form has digit 0", "bus", format!("0{tail}"), unknown()),
        Vector::once("form-6", "a form of the future", "bus", format!("6{tail}"), unknown()),
        Vector::once("form-9", "a form of the future, of another length", "bus", "9".repeat(40), unknown()),
        Vector::once("form-9-too-short", "too short for any form of the future", "bus", "9".repeat(39), malformed()),
        Vector::once("form-9-too-long", "too long for any form of the future", "bus", "9".repeat(1_001), malformed()),
        Vector::once(
            "form-t1-not-accepted",
            "the manifest takes paper only",
            "paper-only",
            today(world).place(14, SITE).signed().digits(),
            refused("form_not_accepted"),
        ),
        Vector::once(
            "form-t2-not-accepted",
            "the manifest takes phones only",
            "phone-only",
            paper.clone(),
            t2("form_not_accepted"),
        ),
        Vector::once(
            "form-t2-at-medium",
            "paper serves low scenarios only",
            "hospital",
            paper,
            t2("form_not_accepted"),
        ),
        Vector::once(
            "form-t0-not-accepted",
            "the manifest takes no T0",
            "phone-only",
            tiny.clone(),
            Expect::refused("form_not_accepted", "T0"),
        ),
        Vector::once("form-t0-offline", "a T0 needs the server", "bus", tiny, Expect::could_not("needs_online", "T0")),
    ]
}

fn checker(world: &World) -> Vec<Vector> {
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

fn entries(world: &World) -> Vec<Vector> {
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

fn days(world: &World) -> Vec<Vector> {
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

fn times(world: &World) -> Vec<Vector> {
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

fn places(world: &World) -> Vec<Vector> {
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

fn holders(world: &World) -> Vec<Vector> {
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

fn challenges(world: &World) -> Vec<Vector> {
    let asked = challenge();
    let answer = |words: &str| today(world).id(words).place(16, SITE).answering(asked.short()).signed().digits();
    let t1c = |reason| Expect::refused(reason, "T1c");
    let one = |name, about, step| Vector::new(name, about, "hospital", vec![step]);
    let plain = |rule: &str| today(world).place(world.rules[rule].id, SITE).signed().digits();
    let twice = vec![
        Step::new(answer("a"), Expect::valid("T1c")).challenge(asked.short(), asked.time),
        Step::new(answer("b"), t1c("challenge_wrong")).challenge(asked.short(), asked.time),
    ];
    let later = vec![
        Step::new(answer("a"), Expect::valid("T1c")).challenge(asked.short(), asked.time),
        Step::new(answer("a"), t1c("replayed")).at(NOON + 11).challenge(asked.short(), asked.time),
    ];
    vec![
        Vector::once(
            "challenge-needed-medium",
            "a T1 at level medium",
            "hospital",
            plain("hospital"),
            refused("challenge_needed"),
        ),
        Vector::once(
            "challenge-needed-high",
            "a T1 at level high",
            "hotel",
            plain("hotel"),
            refused("challenge_needed"),
        ),
        one("challenge-none-open", "a T1c where no challenge is shown", Step::new(answer("a"), t1c("challenge_wrong"))),
        one(
            "challenge-another",
            "a T1c for another challenge",
            Step::new(answer("a"), t1c("challenge_wrong")).challenge([1; 8], asked.time),
        ),
        one(
            "challenge-61-s",
            "61 s after the challenge was made",
            Step::new(answer("a"), t1c("challenge_expired")).challenge(asked.short(), NOON - 61),
        ),
        Vector::new("challenge-answered-twice", "two tokens answer one challenge", "hospital", twice),
        Vector::new("challenge-replayed", "the same T1c after 11 s", "hospital", later),
    ]
}

fn memory(world: &World) -> Vec<Vector> {
    let code = |rule: &str, unix: u32| today(world).time(unix).place(world.rules[rule].id, SITE).signed().digits();
    let then = |name, about, rule: &str, second: String, after: u32| {
        let steps = vec![
            Step::new(code(rule, NOON), Expect::valid("T1")),
            Step::new(second, refused("replayed")).at(NOON + after),
        ];
        Vector::new(name, about, rule, steps)
    };
    let asked = challenge();
    let as_t1c = vec![
        Step::new(code("bus", NOON), Expect::valid("T1")),
        Step::new(today(world).answering(asked.short()).signed().digits(), Expect::refused("replayed", "T1c"))
            .challenge(asked.short(), asked.time),
    ];
    let other = today(world).id("another").signed().digits();
    let full =
        vec![Step::new(code("bus", NOON), Expect::valid("T1")), Step::new(other, Expect::could_not("busy", "T1"))];
    // Another key, so that the signature bytes differ while the id, time and place agree.
    let other_signature = Draft { holder: Signer::from_words(Suite::Sm2Sm3, "other"), ..today(world) };
    let key = other_signature.holder.public();
    let other_signature = other_signature.with(1, &[0x12]).with(26, &key).signed().digits();
    let again = vec![
        Step::new(code("bus", NOON), Expect::valid("T1")),
        Step::new(other_signature, refused("replayed")).at(NOON + 20),
    ];
    vec![
        then("seen-after-11-s", "the very same code after 11 s", "bus", code("bus", NOON), 11),
        then("seen-other-time", "the id signed anew within 10 s", "bus", code("bus", NOON + 5), 5),
        then("seen-a-minute-later", "the id signed anew a minute later", "bus", code("bus", NOON + 60), 60),
        then(
            "seen-before-again-after",
            "again_after is not over by a second",
            "metro",
            code("metro", NOON + 1_795),
            1_799,
        ),
        then(
            "seen-other-place",
            "the id signed for any scenario within 10 s",
            "park",
            today(world).place(0, SITE).signed().digits(),
            5,
        ),
        Vector::new("seen-as-t1c", "the id again in a T1c", "bus", as_t1c),
        Vector::new("seen-other-signature", "the id under other signature bytes", "bus", again),
        Vector {
            seen_capacity: Some(1),
            ..Vector::new("seen-no-room", "a code that can't be remembered is not taken", "bus", full)
        },
    ]
}

fn lists(world: &World) -> Vec<Vector> {
    let urgent = vec!["000000000000".into(), hex::encode(&today(world).bytes[6..12])];
    let on_list = |vector: Vector| Vector { urgent: urgent.clone(), ..vector };
    let asked = challenge();
    let answer = today(world).place(16, SITE).answering(asked.short()).signed().digits();
    let answer = Step::new(answer, Expect::refused("withdrawn", "T1c")).challenge(asked.short(), asked.time);
    let forged = today(world).signed().flip(60, 1).digits();
    vec![
        on_list(Vector::once(
            "urgent-t1",
            "the id's 48 bits are on the urgent list",
            "bus",
            today(world).signed().digits(),
            refused("withdrawn"),
        )),
        on_list(Vector::new("urgent-t1c", "the same in a T1c", "hospital", vec![answer])),
        on_list(Vector::once(
            "urgent-before-signatures",
            "the urgent list comes before the signatures",
            "bus",
            forged,
            refused("withdrawn"),
        )),
    ]
}

fn paper(world: &World) -> Vec<Vector> {
    let t2 = |reason| Expect::refused(reason, "T2");
    let card = || world.t2("es256-paper");
    let once = |name, about, code: Draft<'_>, expect| Vector::once(name, about, "bus", code.signed().digits(), expect);
    let month = |month: u16| card().with(11, &month.to_be_bytes());
    // 2026-12-01 00:00 UTC+8 ends month 82.
    let over = Step::new(month(82).signed().digits(), t2("card_expired")).at(1_577_808_000 + 2_526 * 86_400);
    let good = card().signed().digits();
    let valid = || Step::new(good.clone(), Expect::valid("T2"));
    let third = vec![valid(), valid().at(NOON + 60), Step::new(good.clone(), t2("cap_reached")).at(NOON + 120)];
    let second = vec![valid(), Step::new(good.clone(), t2("replayed")).at(NOON + 11)];
    let old = Vector::once(
        "card-list-old",
        "the status list is a second older than 24 h",
        "bus",
        good.clone(),
        Expect::could_not("status_stale", "T2"),
    );
    vec![
        once(
            "card-revoked",
            "the status list names its index",
            card().with(8, &[0x01, 0x86, 0xa1]),
            t2("card_revoked"),
        ),
        once(
            "card-list-unknown",
            "its status list is not here",
            card().with(6, &[0, 8]),
            Expect::could_not("status_stale", "T2"),
        ),
        Vector { lists: [(7, StatusList { made_at: NOON - 86_401, revoked: vec![] })].into(), ..old },
        once("card-last-month", "its month is over", month(81), t2("card_expired")),
        Vector::new("card-month-just-over", "the first second of the next month", "bus", vec![over]),
        once("card-thirteen-months", "longer than a card may live", month(95), t2("not_yet_valid")),
        once("card-far-future", "the largest month", month(u16::MAX), t2("not_yet_valid")),
        once("card-key-to-come", "its key's window is to come", world.t2("es256-paper-to-come"), t2("not_yet_valid")),
        once("card-key-over", "its key's window is over", world.t2("es256-paper-over"), t2("expired")),
        Vector::new("card-cap", "the third use of two a day", "pool", third),
        Vector::new("card-replayed", "the same card after 11 s", "bus", second),
    ]
}

/// One bit of a good code changed behind the signatures.
fn changed(world: &World) -> Vec<Vector> {
    let (issuer, holder) = ("bad_issuer_signature", "bad_holder_signature");
    let table = [
        ("changed-suites", 1, 0x03, issuer),
        ("changed-id", 6, 0x80, issuer),
        ("changed-assurance", 24, 0x40, issuer),
        ("changed-holder-key-sign", 26, 0x01, issuer),
        ("changed-holder-key", 58, 0x01, issuer),
        ("changed-issuer-r", 59, 0x01, issuer),
        ("changed-issuer-s", 122, 0x01, issuer),
        ("changed-holder-r", 133, 0x01, holder),
        ("changed-holder-s", 196, 0x01, holder),
    ];
    let mut vectors = vec![];
    for suite in ["es256", "sm2"] {
        for (name, byte, mask, reason) in table {
            let code = world.t1(&format!("{suite}-today"), Suite::Es256).signed().flip(byte, mask).digits();
            let name = format!("{name}-{suite}");
            vectors.push(Vector::once(&name, "one bit changed after signing", "bus", code, refused(reason)));
        }
    }
    let moved = |name, draft: Draft<'_>| {
        Vector::once(name, "changed after the holder signed", "bus", draft.digits(), refused(holder))
    };
    vectors.push(moved("changed-time", today(world).time(NOON - 60).signed().time(NOON)));
    vectors.push(moved("changed-scenario", today(world).place(2, SITE).signed().place(1, SITE)));
    vectors.push(moved("changed-site", today(world).place(1, 7).signed().place(1, SITE)));
    for (name, byte, mask) in [("index", 10, 2), ("expiry", 12, 4), ("assurance", 13, 0x40), ("signature", 78, 1)] {
        let code = world.t2("es256-paper").signed().flip(byte, mask).digits();
        let name = format!("changed-card-{name}");
        vectors.push(Vector::once(
            &name,
            "one bit of a card changed after signing",
            "bus",
            code,
            Expect::refused(issuer, "T2"),
        ));
    }
    vectors
}

pub const P256_ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
pub const SM2_ORDER: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
/// The order of Ed25519's group, little-endian.
const ED25519_ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

fn number(hexadecimal: &str) -> [u8; 32] {
    hex::decode(hexadecimal).unwrap().try_into().unwrap()
}

/// a - b, big-endian, for a >= b.
pub fn minus(a: [u8; 32], b: [u8; 32]) -> [u8; 32] {
    let mut out = [0; 32];
    let mut borrow = 0_i16;
    for at in (0..32).rev() {
        let difference = i16::from(a[at]) - i16::from(b[at]) - borrow;
        borrow = i16::from(difference < 0);
        out[at] = (difference + 256 * borrow) as u8;
    }
    out
}

/// a + b, little-endian, for a sum below 2^256.
fn plus_little(a: [u8; 32], b: [u8; 32]) -> [u8; 32] {
    let mut out = [0; 32];
    let mut carry = 0_u16;
    for at in 0..32 {
        let sum = u16::from(a[at]) + u16::from(b[at]) + carry;
        out[at] = sum as u8;
        carry = sum >> 8;
    }
    out
}

fn halves(signature: [u8; 64]) -> ([u8; 32], [u8; 32]) {
    (signature[..32].try_into().unwrap(), signature[32..].try_into().unwrap())
}

fn join(r: [u8; 32], s: [u8; 32]) -> [u8; 64] {
    [r, s].concat().try_into().unwrap()
}

/// Signatures that a lax checker takes or stumbles over, made from a good one.
fn spoiled(suite: Suite, good: [u8; 64]) -> Vec<(&'static str, &'static str, [u8; 64])> {
    let (r, s) = halves(good);
    let zero = [0; 32];
    let mut out = vec![
        ("zeros", "r and s are 0", [0; 64]),
        ("ones", "r and s are 2^256 - 1", [0xff; 64]),
        ("swapped", "s before r", join(s, r)),
    ];
    if suite == Suite::Ed25519 {
        out.push(("s-plus-order", "S plus the group's order", join(r, plus_little(s, number(ED25519_ORDER)))));
        let mut identity = zero;
        identity[0] = 1;
        out.push(("r-small-order", "R is of small order", join(identity, s)));
        return out;
    }
    let order = number(if suite == Suite::Es256 { P256_ORDER } else { SM2_ORDER });
    out.push(("r-0", "r is 0", join(zero, s)));
    out.push(("s-0", "s is 0", join(r, zero)));
    out.push(("r-order", "r is the order", join(order, s)));
    out.push(("s-order", "s is the order", join(r, order)));
    out.push(if suite == Suite::Es256 {
        ("high-s", "n - s verifies elsewhere; only the low half is taken", join(r, minus(order, s)))
    } else {
        ("t-0", "r + s is the order", join(r, minus(order, r)))
    });
    out
}

fn issuer_signatures(world: &World) -> Vec<Vector> {
    let mut vectors = vec![];
    for suite in Suite::ALL {
        let draft = || world.t1(&format!("{}-today", short(suite)), Suite::Es256);
        let good = draft().issuer.sign(&draft().issuer_message());
        for (name, about, signature) in spoiled(suite, good) {
            let code = draft().issuer_signature(&signature).held().digits();
            let name = format!("issuer-{}-{name}", short(suite));
            vectors.push(Vector::once(&name, about, "bus", code, refused("bad_issuer_signature")));
        }
        let card = || world.t2(&format!("{}-paper", short(suite)));
        let (name, about, signature) = spoiled(suite, card().issuer.sign(&card().issuer_message())).pop().unwrap();
        let code = card().issuer_signature(&signature).digits();
        let name = format!("paper-{}-{name}", short(suite));
        vectors.push(Vector::once(&name, about, "bus", code, Expect::refused("bad_issuer_signature", "T2")));
    }
    vectors
}

fn holder_signatures(world: &World) -> Vec<Vector> {
    let mut vectors = vec![];
    for suite in Suite::ALL {
        let draft = || world.t1("es256-today", suite).issued();
        let good = draft().holder.sign(&draft().holder_message());
        for (name, about, signature) in spoiled(suite, good) {
            let code = draft().holder_signature(&signature).digits();
            let name = format!("holder-{}-{name}", short(suite));
            vectors.push(Vector::once(&name, about, "bus", code, refused("bad_holder_signature")));
        }
    }
    vectors
}

/// Good signatures, for something else.
fn other_signatures(world: &World) -> Vec<Vector> {
    let mut vectors = vec![];
    let mut once = |name: &str, about: &str, code: Draft<'_>, reason: &str| {
        vectors.push(Vector::once(name, about, "bus", code.digits(), refused(reason)));
    };
    let (issuer, holder) = ("bad_issuer_signature", "bad_holder_signature");
    for suite in Suite::ALL {
        let draft = || world.t1(&format!("{}-today", short(suite)), Suite::Es256);
        let stranger = Signer::from_words(suite, "stranger");
        let by_stranger = draft().issuer_signature(&stranger.sign(&draft().issuer_message())).held();
        once(
            &format!("issuer-{}-stranger", short(suite)),
            "signed by a key that is not the entry's",
            by_stranger,
            issuer,
        );
        let draft = || world.t1("es256-today", suite).issued();
        let by_stranger = draft().holder_signature(&stranger.sign(&draft().holder_message()));
        once(
            &format!("holder-{}-stranger", short(suite)),
            "signed by a key that is not the code's",
            by_stranger,
            holder,
        );
    }
    let bare = |draft: &Draft<'_>| draft.issuer.sign(&draft.bytes[..59]);
    let draft = today(world);
    let signature = bare(&draft);
    once(
        "issuer-no-domain",
        "the issuer signed the bytes without their domain",
        draft.issuer_signature(&signature).held(),
        issuer,
    );
    let draft = today(world);
    let signature = draft.issuer.sign(&[b"yima.t2.issuer.v1\0", &draft.bytes[..59]].concat());
    once(
        "issuer-domain-of-paper",
        "the issuer signed under the domain of T2",
        draft.issuer_signature(&signature).held(),
        issuer,
    );
    let draft = today(world).issued();
    let signature = draft.holder.sign(&[b"yima.t1.issuer.v1\0", &draft.bytes[..133]].concat());
    once(
        "holder-domain-of-issuer",
        "the holder signed under the issuer's domain",
        draft.holder_signature(&signature),
        holder,
    );
    let draft = today(world).issued();
    let signature = draft.holder.sign(&[b"yima.t1c.holder.v1\0", &draft.bytes[..133]].concat());
    once(
        "holder-domain-of-t1c",
        "the holder signed under the domain of T1c",
        draft.holder_signature(&signature),
        holder,
    );
    let draft = today(world).issued();
    let signature = draft.holder.sign(&[b"yima.t1.holder.v1\0", &draft.bytes[..123]].concat());
    once(
        "holder-signed-less",
        "the holder's signature leaves time and place out",
        draft.holder_signature(&signature),
        holder,
    );
    let draft = world.t1("sm2-today", Suite::Es256);
    let secret = sm2_with_other_id(&draft);
    once("issuer-sm2-other-user-id", "SM2 under another user id", draft.issuer_signature(&secret).held(), issuer);
    vectors.extend(between_t1_and_t1c(world));
    vectors
}

/// The entry's key with the user id of another standard's example.
fn sm2_with_other_id(draft: &Draft<'_>) -> [u8; 64] {
    use p256::ecdsa::signature::Signer as _;
    let Signer::Sm2(key) = draft.issuer else { panic!("the entry is SM2") };
    let other = sm2::dsa::SigningKey::from_slice("ALICE123@YAHOO.COM", &key.to_bytes()).unwrap();
    let signature: sm2::dsa::Signature = other.sign(&draft.issuer_message());
    signature.to_bytes().into()
}

fn between_t1_and_t1c(world: &World) -> Vec<Vector> {
    let asked = challenge();
    let at_hospital = || today(world).place(16, SITE);
    let t1c = |name, about, draft: Draft<'_>, reason| {
        let step = Step::new(draft.digits(), Expect::refused(reason, "T1c")).challenge(asked.short(), asked.time);
        Vector::new(name, about, "hospital", vec![step])
    };
    let shown = at_hospital().signed();
    let kept: [u8; 64] = shown.bytes[133..].try_into().unwrap();
    let as_t1c = at_hospital().issued().answering(asked.short()).holder_signature(&kept);
    let draft = at_hospital().answering(asked.short());
    let issued_as_t1c = draft.issuer.sign(&[b"yima.t1.issuer.v1\0", &draft.bytes[..59]].concat());
    let issued_as_t1c = draft.issuer_signature(&issued_as_t1c).held();
    let moved = at_hospital().answering([9; 8]).signed().with(133, &asked.short());
    let mut stripped = today(world).answering(asked.short()).signed();
    stripped.bytes.drain(133..141);
    stripped.bytes[0] = 0x11;
    let stripped = Vector::once(
        "t1c-as-t1",
        "a T1c without its challenge",
        "bus",
        stripped.digits(),
        refused("bad_holder_signature"),
    );
    vec![
        t1c("t1-as-t1c", "a T1 with a challenge put in", as_t1c, "bad_holder_signature"),
        t1c("t1c-issued-as-t1c", "an issuer signs byte 0 as 11 only", issued_as_t1c, "bad_issuer_signature"),
        t1c("t1c-moved", "the challenge changed after signing", moved, "bad_holder_signature"),
        stripped,
    ]
}

/// Holder's keys that an issuer signed, and that are none.
fn holder_keys(world: &World) -> Vec<Vector> {
    let with_key = |name: &str, about, suite, key: &[u8; 33], signature: Option<[u8; 64]>| {
        let draft = world.t1("es256-today", suite).with(26, key).issued();
        let draft = match signature {
            Some(signature) => draft.holder_signature(&signature),
            None => draft.held(),
        };
        Vector::once(name, about, "bus", draft.digits(), refused("bad_holder_signature"))
    };
    let off_curve = |suite| {
        let keys = (1..=255_u8).map(|x| {
            let mut key = [0; 33];
            key[0] = 2;
            key[32] = x;
            key
        });
        keys.into_iter().find(|key| PublicKey::parse(suite, key).is_err()).unwrap()
    };
    let mut beyond = [0xff; 33];
    beyond[0] = 3;
    let mut identity = [0; 33];
    identity[1] = 1;
    // y = p + 1, a second spelling of the identity.
    let mut again = [0xff; 33];
    (again[0], again[1], again[32]) = (0, 0xee, 0x7f);
    let mut by_identity = [0; 64];
    by_identity[0] = 1;
    vec![
        with_key(
            "holder-key-off-curve-es256",
            "no point of P-256 has this x",
            Suite::Es256,
            &off_curve(Suite::Es256),
            None,
        ),
        with_key(
            "holder-key-off-curve-sm2",
            "no point of SM2's curve has this x",
            Suite::Sm2Sm3,
            &off_curve(Suite::Sm2Sm3),
            None,
        ),
        with_key("holder-key-beyond-field-es256", "x is not below p", Suite::Es256, &beyond, None),
        with_key("holder-key-beyond-field-sm2", "x is not below p", Suite::Sm2Sm3, &beyond, None),
        with_key(
            "holder-key-small-order",
            "an Ed25519 key of small order, with the signature that lax checkers take",
            Suite::Ed25519,
            &identity,
            Some(by_identity),
        ),
        with_key(
            "holder-key-small-order-again",
            "a second spelling of that key",
            Suite::Ed25519,
            &again,
            Some(by_identity),
        ),
    ]
}
