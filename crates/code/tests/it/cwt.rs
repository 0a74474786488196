//! The CWT form: there and back for every form and suite, one spelling only, and readable by others.

use crate::keys::Signer;
use crate::vectors::directory;
use crate::world::World;
use ciborium::Value;
use coset::CborSerializable as _;
use serde_json::json;
use std::process::Command;
use yima_code::Presented;
use yima_code::cwt::{CLAIMS_MAX, CwtError, Passing, from_uccs, read_passed, to_uccs};
use yima_keys::{PublicKey, Suite};

/// Every form and pair of suites.
fn codes() -> Vec<(String, Presented)> {
    let world = World::new();
    let mut codes = Vec::new();
    for kid in ["es256-today", "sm2-today", "ed25519-today"] {
        for holder in Suite::ALL {
            codes.push((format!("T1 {kid} {holder}"), world.t1(kid, holder).signed().bytes));
            codes.push((format!("T1c {kid} {holder}"), world.t1(kid, holder).answering([9; 8]).signed().bytes));
        }
    }
    for kid in ["es256-paper", "sm2-paper", "ed25519-paper"] {
        codes.push((format!("T2 {kid}"), world.t2(kid).signed().bytes));
    }
    codes.into_iter().map(|(name, bytes)| (name, Presented::from_bytes(&bytes).unwrap())).collect()
}

fn passing_key() -> Signer {
    Signer::from_words(Suite::Es256, "exchange")
}

fn passed(code: &Presented) -> Vec<u8> {
    let passing = Passing::new(code, Suite::Es256, b"exchange-1").unwrap();
    let signature = passing_key().sign(&passing.signing_input());
    passing.assemble(signature)
}

#[test]
fn every_form_goes_there_and_back() {
    let key = PublicKey::parse(Suite::Es256, &passing_key().public()).unwrap();
    for (name, code) in codes() {
        let uccs = to_uccs(&code).unwrap();
        assert!(uccs.len() <= 290, "{name}: {} bytes", uccs.len());
        assert_eq!(from_uccs(&uccs).as_ref(), Ok(&code), "{name}");
        let read = read_passed(&passed(&code)).unwrap();
        assert_eq!((read.code, read.kid.as_slice()), (code, &b"exchange-1"[..]), "{name}");
        assert!(key.verify(&[&read.signed], &read.signature).is_ok(), "{name}");
    }
}

#[test]
fn a_t0_has_no_claims_and_sm2_passes_nothing_on() {
    let t0 = Presented::from_bytes(&[&[0x13][..], &[0; 24]].concat()).unwrap();
    assert_eq!(to_uccs(&t0), Err(CwtError::NoClaims));
    let (_, code) = codes().remove(0);
    assert_eq!(Passing::new(&code, Suite::Sm2Sm3, b"k").map(|_| ()), Err(CwtError::Suite));
}

/// The claims of a T1, changed.
fn respelt(change: impl FnOnce(&mut Vec<(Value, Value)>)) -> Vec<u8> {
    let (_, code) = codes().remove(0);
    let Ok(Value::Tag(tag, claims)) = Value::from_slice(&to_uccs(&code).unwrap()) else { panic!("a tag") };
    let Value::Map(mut claims) = *claims else { panic!("a map") };
    change(&mut claims);
    Value::Tag(tag, Box::new(Value::Map(claims))).to_vec().unwrap()
}

#[test]
fn claims_have_one_spelling() {
    let (_, code) = codes().remove(0);
    let good = to_uccs(&code).unwrap();
    assert_eq!(respelt(|_| ()), good);
    let long_tag = [&[0xda, 0, 0, 2, 0x59], &good[3..]].concat();
    let long_time = [&good[..5], &[0x1b, 0, 0, 0, 0], &good[6..]].concat();
    let table = [
        ("an unknown claim", respelt(|claims| claims.push((Value::from(-70_099), Value::from(1))))),
        ("a claim less", respelt(|claims| drop(claims.pop()))),
        ("a claim twice", respelt(|claims| claims.insert(1, claims[0].clone()))),
        ("another order", respelt(|claims| claims.swap(0, 1))),
        ("a negative time", respelt(|claims| claims[0].1 = Value::from(-1))),
        ("a time of five bytes", respelt(|claims| claims[0].1 = Value::from(1_u64 << 32))),
        ("a short id", respelt(|claims| claims[1].1 = Value::Bytes(vec![0; 15]))),
        ("a text for an id", respelt(|claims| claims[1].1 = Value::Text("0123456789abcdef".to_owned()))),
        ("form T0", respelt(|claims| claims[3].1 = Value::from(0x13))),
        ("form of another kind", respelt(|claims| claims[3].1 = Value::from(0x111))),
        ("a tag with more bytes than it needs", long_tag),
        ("a number with more bytes than it needs", long_time),
        ("no tag", good[3..].to_vec()),
        ("a byte more", [&good[..], &[0]].concat()),
        ("nothing", Vec::new()),
        ("a deep nest", vec![0x81; CLAIMS_MAX]),
    ];
    for (name, bytes) in table {
        assert!(from_uccs(&bytes).is_err(), "{name}");
    }
    assert_eq!(from_uccs(&vec![0; CLAIMS_MAX + 1]), Err(CwtError::TooLarge));
    for at in 0..good.len() {
        assert!(from_uccs(&good[..at]).is_err(), "cut at {at}");
        let mut bent = good.clone();
        bent[at] ^= 1;
        assert!(from_uccs(&bent).is_err() || from_uccs(&bent).is_ok_and(|other| other != code), "byte {at}");
    }
}

#[test]
fn a_bent_passing_message_does_not_hold() {
    let (_, code) = codes().remove(0);
    let good = passed(&code);
    let key = PublicKey::parse(Suite::Es256, &passing_key().public()).unwrap();
    for at in 0..good.len() {
        let mut bent = good.clone();
        bent[at] ^= 1;
        let holds = read_passed(&bent).is_ok_and(|read| key.verify(&[&read.signed], &read.signature).is_ok());
        assert!(!holds, "byte {at}");
    }
}

/// `vectors/cwt.json`, and Python's `cbor2`, `pycose` and `cwt` reading it.
#[test]
fn others_read_the_same_claims() {
    let rows: Vec<_> = codes()
        .iter()
        .map(|(name, code)| {
            let (uccs, passed) = (hex::encode(to_uccs(code).unwrap()), hex::encode(passed(code)));
            json!({ "name": name, "code": hex::encode(code.to_bytes()), "uccs": uccs, "passed": passed })
        })
        .collect();
    let key = hex::encode(passing_key().public());
    let text = serde_json::to_string_pretty(&json!({ "passing_key": key, "passing_kid": "exchange-1", "codes": rows }));
    crate::bundle::keep(&directory().join("cwt.json"), (text.unwrap() + "\n").as_bytes());
    let output = Command::new(std::env::var_os("YIMA_PYTHON").unwrap_or_else(|| "python3".into()))
        .arg("check_cwt.py")
        .current_dir(directory())
        .output()
        .unwrap();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "python3 -m pip install -r vectors/requirements.txt\n{complained}");
}
