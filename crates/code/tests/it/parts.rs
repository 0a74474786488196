//! Bytes of single parts for other languages: ids, T0, challenges, records, days; and the builders against them.
//! The bytes are written to `vectors/parts.json`.

use crate::keys::Signer;
use crate::vectors::{current, pretty};
use crate::world::{NOON, PLAIN, SITE, TODAY, World};
use serde_json::{Value, json};
use yima_code::id::{Handle, IdForm, TokenId, TokenIdKey};
use yima_code::record::{record_key, record_tag};
use yima_code::token::t0_key;
use yima_code::{Challenge, Day, Flags, HolderPart, IssuerFields, IssuerPart, Month, Presented, T0, T2Fields};
use yima_keys::{PublicKey, Suite};

#[test]
fn the_builders_make_the_bytes_of_the_vectors() {
    let world = World::new();
    for (suite, kid) in Suite::ALL.into_iter().zip(["es256-today", "sm2-today", "ed25519-today"]) {
        let draft = world.t1(kid, suite).signed();
        let fields = IssuerFields {
            issuer_suite: suite,
            holder_suite: suite,
            kid: world.kid(kid).entry.kid,
            id: draft.bytes[6..22].try_into().unwrap(),
            day: TODAY,
            flags: Flags::from_bits(PLAIN).unwrap(),
            holder_key: draft.holder.public(),
        };
        let issuer_part = fields.assemble(draft.issuer.sign(&fields.issuer_message().to_vec()));
        assert_eq!(IssuerPart::from_bytes(&issuer_part.to_bytes()), Ok(issuer_part.clone()));
        for challenge in [None, Some([5; 8])] {
            let part = HolderPart::new(NOON + 4, 1, SITE);
            let part = challenge.map_or(part, |challenge| part.answering(challenge));
            let signature = draft.holder.sign(&part.holder_message(&issuer_part).to_vec());
            let built = part.assemble(issuer_part.clone(), signature);
            let expected = match challenge {
                None => world.t1(kid, suite),
                Some(challenge) => world.t1(kid, suite).answering(challenge),
            };
            assert_eq!(built.to_digits(), expected.signed().digits());
        }
    }
}

#[test]
fn the_paper_builder_makes_the_bytes_of_the_vectors() {
    let world = World::new();
    let draft = world.t2("sm2-paper").signed();
    let fields = T2Fields {
        issuer_suite: Suite::Sm2Sm3,
        kid: world.kid("sm2-paper").entry.kid,
        list: 7,
        index: 100_000,
        expiry: Month(83),
        flags: Flags::from_bits(PLAIN).unwrap(),
    };
    let built = fields.assemble(draft.issuer.sign(&fields.issuer_message().to_vec()));
    assert_eq!(built.to_digits(), draft.digits());
}

#[test]
fn a_t0_holds_at_its_place_alone() {
    let key = t0_key(Suite::Es256, &[1; 32], &[2; 16]);
    let made = |scenario, site| match T0::make(Suite::Es256, &key, [2; 16], 77, scenario, site) {
        Presented::T0(token) => token,
        _ => panic!("a T0"),
    };
    let place = |token: T0| token.place(Suite::Es256, &key, 1, SITE);
    assert_eq!(place(made(1, SITE)), Some((1, SITE)));
    assert_eq!(place(made(1, 0)), Some((1, 0)));
    assert_eq!(place(made(0, 0)), Some((0, 0)));
    assert_eq!(place(made(2, SITE)), None);
    assert_eq!(place(made(0, SITE)), None);
    assert!(!made(1, SITE).mac_holds(Suite::Sm2Sm3, &key, 1, SITE));
    let day = Day(2_519);
    assert_eq!(T0::step_at(day, T0::step_begins(day, 17_999)), 17_999);
    assert_eq!(T0::step_begins(day, 18_000), day.window().until);
}

fn ids() -> Value {
    let ids = [Suite::Es256, Suite::Sm2Sm3].into_iter().flat_map(|suite| {
        [IdForm::Signed, IdForm::Tiny].map(|form| {
            let key: [u8; 16] = *b"an id key, 16 by";
            let id = TokenId { handle: Handle([1, 2, 3, 4, 5, 6, 7, 8]), day: TODAY, slot: 3, number: 17 };
            json!({
                "suite": suite.number(), "key": hex::encode(key), "form": form as u8, "handle": hex::encode(id.handle.0),
                "day": id.day.0, "slot": id.slot, "number": id.number,
                "id": hex::encode(TokenIdKey::new(suite, &key).seal(form, id)),
            })
        })
    });
    ids.collect()
}

fn t0s() -> Value {
    let t0s = [Suite::Es256, Suite::Sm2Sm3].into_iter().map(|suite| {
        let (day_key, id) = ([0x4b; 32], [0x1d; 16]);
        let key = t0_key(suite, &day_key, &id);
        json!({
            "suite": suite.number(), "day_key": hex::encode(day_key), "id": hex::encode(id), "key": hex::encode(key),
            "step": 6_480, "scenario": 1, "site": SITE, "digits": T0::make(suite, &key, id, 6_480, 1, SITE).to_digits(),
        })
    });
    t0s.collect()
}

fn challenge() -> Value {
    let unsigned = Challenge::unsigned(16, SITE, NOON, *b"nonce-01");
    let checker = Signer::from_words(Suite::Es256, "checker");
    let signature = checker.sign(&unsigned.checker_message().to_vec());
    let both = [unsigned, Challenge { signature, ..unsigned }].map(|challenge| {
        json!({ "bytes": hex::encode(challenge.to_bytes()), "digits": challenge.to_digits(), "short": hex::encode(challenge.short()) })
    });
    json!({
        "scenario": 16, "site": SITE, "time": NOON, "nonce": hex::encode(unsigned.nonce),
        "checker_key": hex::encode(checker.public()), "unsigned": both[0], "signed": both[1],
    })
}

fn record() -> Value {
    let world = World::new();
    let shown = world.t1("es256-today", Suite::Es256).signed();
    let nonce = [9; 16];
    json!({
        "shown": shown.digits(), "tag": hex::encode(record_tag(&shown.bytes)), "nonce": hex::encode(nonce),
        "key": hex::encode(record_key(&shown.bytes, &nonce)),
    })
}

#[test]
fn a_challenge_is_vouched_for_by_a_key_of_its_place_and_none_other() {
    let [place, elsewhere] = ["checker", "another gate"].map(|words| {
        let signer = Signer::from_words(Suite::Es256, words);
        PublicKey::parse(Suite::Es256, &signer.public()).unwrap()
    });
    let unsigned = Challenge::unsigned(16, SITE, NOON, *b"nonce-01");
    let signature = Signer::from_words(Suite::Es256, "checker").sign(&unsigned.checker_message().to_vec());
    let signed = Challenge { signature, ..unsigned };
    let both = [elsewhere.clone(), place.clone()];
    assert_eq!(signed.signer(&both), Some(&place));
    assert_eq!(signed.signer(&both[..1]), None, "a key that the place does not have");
    assert_eq!(unsigned.signer(&both), None, "nobody signed");
    let moved = [
        Challenge { site: SITE + 1, ..signed },
        Challenge { scenario: 17, ..signed },
        Challenge { time: NOON + 5, ..signed },
        Challenge { nonce: *b"nonce-02", ..signed },
    ];
    assert!(moved.iter().all(|challenge| challenge.signer(&both).is_none()), "every field is signed");
}

#[test]
fn the_parts_are_current() {
    let days: Vec<_> = [0, 59, 2_519, 29_219]
        .map(|day| {
            let window = Day(day).window();
            json!({ "day": day, "date": Day(day).to_string(), "from": window.from, "until": window.until })
        })
        .into();
    let parts = json!({
        "about": "Single parts of docs/spec/resident-code.md; every number is what the part must give.",
        "days": days, "token_ids": ids(), "t0": t0s(), "challenge": challenge(), "record": record(),
    });
    current("parts.json", &pretty(&parts));
}
