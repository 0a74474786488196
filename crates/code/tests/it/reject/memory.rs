//! Codes that were taken before or taken back, and challenges that were not met.
//! Their signatures hold, as far as anybody looks.

use super::{refused, today};
use crate::accept::challenge;
use crate::keys::Signer;
use crate::vectors::{Expect, StatusList, Step, Vector};
use crate::world::{Draft, NOON, SITE, World};
use yima_keys::Suite;

pub fn challenges(world: &World) -> Vec<Vector> {
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

pub fn memory(world: &World) -> Vec<Vector> {
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

pub fn lists(world: &World) -> Vec<Vector> {
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

pub fn paper(world: &World) -> Vec<Vector> {
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
