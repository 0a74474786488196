//! Input made to break a parser: whatever it is, the answer is a verdict.
//! Chance comes from a counter through SHA-256, so that a failure comes again.

use crate::world::{NOON, SITE, World};
use yima_code::issuer::NothingWithdrawn;
use yima_code::{
    CheckerClock, Context, ListTimes, Place, Presented, SeenInMemory, Verdict, VerdictKind, check_digits, digits,
};
use yima_keys::{Suite, sha256};

/// Pseudo-random bytes, the same on every machine.
struct Chance(u64);

impl Chance {
    fn bytes(&mut self) -> [u8; 32] {
        self.0 += 1;
        sha256(&[&self.0.to_be_bytes()])
    }

    fn below(&mut self, end: usize) -> usize {
        let [a, b, c, d, ..] = self.bytes();
        u32::from_be_bytes([a, b, c, d]) as usize % end
    }
}

fn answer(world: &World, text: &str) -> Verdict {
    let issuers: Vec<_> = world.kids.iter().map(|kid| kid.entry.clone()).collect();
    let context = Context {
        place: Place { scenario: 1, site: SITE },
        rule: &world.rules["bus"],
        clock: CheckerClock::Trusted(NOON),
        issuers: &issuers,
        withdrawn: &NothingWithdrawn,
        lists: ListTimes { bundle_at: Some(NOON), urgent_at: Some(NOON) },
        challenge: None,
        guardian_at: None,
    };
    check_digits(text, &context, &mut SeenInMemory::default())
}

#[test]
fn every_single_bit_of_a_code_counts() {
    let world = World::new();
    let good = world.t1("es256-today", Suite::Es256).signed();
    assert!(answer(&world, &good.digits()).is_valid());
    for bit in 0..197 * 8 {
        let mut bytes = good.bytes.clone();
        bytes[bit / 8] ^= 0x80 >> (bit % 8);
        let verdict = answer(&world, &format!("1{}", digits::encode(&bytes)));
        assert_ne!(verdict.kind, VerdictKind::Valid, "bit {bit}");
        assert!(verdict.reason.is_some(), "bit {bit}");
    }
}

#[test]
fn every_truncation_is_malformed() {
    let world = World::new();
    let good = world.t1("es256-today", Suite::Es256).signed().digits();
    for length in 0..good.len() {
        assert_eq!(answer(&world, &good[..length]).reason.unwrap().as_str(), "malformed", "{length}");
    }
}

#[test]
fn random_text_and_random_bytes_get_an_answer() {
    let world = World::new();
    let good = world.t1("es256-today", Suite::Es256).signed().digits();
    let alphabet: Vec<char> = "0123456789+-_ eE.,x\0\u{feff}１٣码\n\u{1f600}".chars().collect();
    let mut chance = Chance(0);
    for _ in 0..3_000 {
        let mut text: Vec<char> = good.chars().collect();
        for _ in 0..=chance.below(4) {
            let at = chance.below(text.len());
            text[at] = alphabet[chance.below(alphabet.len())];
        }
        if chance.below(3) == 0 {
            text.truncate(chance.below(text.len()));
        }
        let text: String = text.into_iter().collect();
        let verdict = answer(&world, &text);
        assert!(verdict.is_valid() == (text == good), "{text}");
        if let Ok(presented) = Presented::from_digits(&text) {
            assert_eq!(presented.to_digits(), text);
        }
    }
    for _ in 0..3_000 {
        let length = chance.below(210);
        let bytes: Vec<u8> = (0..7).flat_map(|_| chance.bytes()).take(length).collect();
        let _ = Presented::from_bytes(&bytes);
    }
}

#[test]
fn a_verdict_that_is_not_valid_discloses_nothing() {
    let world = World::new();
    let code = world.t1("es256-today", Suite::Es256).flags(0xe600).signed();
    assert_eq!(answer(&world, &code.digits()).age_band, 6);
    let refused = answer(&world, &code.flip(190, 1).digits());
    assert_eq!((refused.assurance, refused.age_band, refused.benefit, refused.acting), (0, 0, 0, false));
}
