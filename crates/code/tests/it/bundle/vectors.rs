//! Writes `vectors/bundle/` for other languages, and keeps it true: `YIMA_WRITE_VECTORS=1` writes, else it compares.

use super::cases::{after, cases};
use super::deltas::pair;
use super::recipe::{self, NOW, Recipe};
use crate::world::SITE;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use yima_code::bundle::{make_delta, time_signing_input};
use yima_code::rice;
use yima_code::sealed_record::{RecordText, SealedRecord};

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors")
}

#[test]
fn the_vectors_are_those_that_this_crate_makes() {
    let mut files = BTreeMap::new();
    let cases: Vec<Value> = cases().into_iter().map(|case| case_entry(case, &mut files)).collect();
    let (before, next) = pair();
    let delta = make_delta(&before, &next).unwrap();
    for (name, bytes) in [("delta-from.bin", before), ("delta-to.bin", next), ("delta.bin", delta)] {
        files.insert(name.to_owned(), bytes);
    }
    let index = json!({
        "about": "docs/spec/verifier-bundle.md; accept: floor_after is what a gate must keep. Keys are worth nothing.",
        "build_at": 0,
        "cases": cases,
        "deltas": [{ "from": "delta-from.bin", "delta": "delta.bin", "to": "delta-to.bin" }],
        "times": times(),
        "rice": rice_sets(),
        "lookups": lookups(),
    });
    files.insert("index.json".to_owned(), pretty(&index));
    for (name, bytes) in files {
        keep(&vectors().join("bundle").join(name), &bytes);
    }
    keep(&vectors().join("sealed_record.json"), &pretty(&sealed_records()));
}

/// Equal files are kept once, under the name of the first case that uses them.
fn case_entry(case: super::cases::Case, files: &mut BTreeMap<String, Vec<u8>>) -> Value {
    let held = files.iter().find(|(_, bytes)| **bytes == case.file).map(|(name, _)| name.clone());
    let file = held.unwrap_or_else(|| format!("{}.bin", case.name));
    let mut entry = json!({
        "name": case.name, "why": case.why, "file": file, "floor": case.floor, "now": case.now,
        "expect": case.expect.map_or_else(|reason| reason.word(), |()| "ok"),
    });
    if case.expect.is_ok() {
        entry["floor_after"] = json!(after(&case.file, &case.floor));
    }
    files.insert(file, case.file);
    entry
}

fn times() -> Vec<Value> {
    let ms = u64::from(NOW) * 1000 + 123;
    let nonce = [0x5a; 16];
    let row = |words: &str, expect: bool| {
        let signature = recipe::signer(words).sign(&time_signing_input(&nonce, ms));
        json!({ "bundle": "first.bin", "nonce": hex::encode(nonce), "ms": ms, "signature": hex::encode(signature), "expect": expect })
    };
    vec![row("online-a", true), row("online-sm2", true), row("keys-a", false)]
}

fn rice_sets() -> Vec<Value> {
    let sets: [(u8, &[u64]); 5] =
        [(1, &[3, 5, 6]), (0, &[]), (0, &[0, 1, 2, 7]), (9, &[500, 1_000, 90_000]), (30, &[(1 << 48) - 1])];
    let row = |(k, values): &(u8, &[u64])| json!({ "k": k, "values": values, "coded": hex::encode(rice::encode_with(values, *k).unwrap()) });
    sets.iter().map(row).collect()
}

/// What the bundle `first.bin` must answer.
fn lookups() -> Value {
    let first = Recipe::noon();
    let id = |value: u64| format!("{}{}", hex::encode(&value.to_be_bytes()[2..]), "09".repeat(10));
    json!({
        "bundle": "first.bin",
        "head": { "version": first.version, "epoch": first.epoch, "time": first.time, "expiry": first.expires_at },
        "withdrawn": [[id(5 + 77_777), true], [id(5), true], [id(6), false]],
        "cards": [[7, 3, "revoked"], [7, 4, "good"], [7, 200_000, "unknown"], [8, 0, "unknown"], [10, 0, "revoked"]],
        "kids": [["37010101", "ok"], ["37010301", "withdrawn"], ["00000000", "unknown"]],
        "scenarios": [[1, "bus"], [2, "park"]],
        "sites": [[7, 2, "人民公园", "People's Park"]],
        "checkers": [[7, []], [SITE + 1, first.checkers_of(SITE + 1)]],
    })
}

fn sealed_records() -> Value {
    let row = |shown: Vec<u8>, nonce: [u8; 16], site, scenario, time| {
        let record = SealedRecord::seal(&shown, nonce, RecordText { site, scenario, time });
        json!({ "shown": hex::encode(&shown), "record": hex::encode(record.to_bytes()), "site": site, "scenario": scenario, "time": time })
    };
    let good = row((0..197).collect(), [0xa5; 16], 1_042, 1, NOW);
    let answer = row((0..205).collect(), [7; 16], u32::MAX, u16::MAX, 0);
    let mut foreign = good.clone();
    foreign["shown"] = json!(hex::encode((1..198).collect::<Vec<u8>>()));
    let mut bent = good.clone();
    bent["record"] = json!(good["record"].as_str().unwrap().replace(&good["record"].as_str().unwrap()[114..], "ff"));
    json!({ "open": [good, answer], "not_ours": [foreign, bent] })
}

fn pretty(value: &Value) -> Vec<u8> {
    let mut text = serde_json::to_string_pretty(value).unwrap();
    text.push('\n');
    text.into_bytes()
}

/// Writes the file, or fails when it differs from what is held.
pub fn keep(path: &Path, bytes: &[u8]) {
    if std::env::var_os("YIMA_WRITE_VECTORS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    assert!(
        std::fs::read(path).is_ok_and(|held| crate::vectors::same(&held, bytes)),
        "{} is out of date",
        path.display()
    );
}
