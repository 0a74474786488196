//! Deltas: hostile ones end in a refusal, and one that was made leads where it says.
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
use recipe::{NOW, Recipe};
use std::sync::OnceLock;
use yima_code::bundle::{Draft, apply_delta, make_delta};

fn held() -> &'static Vec<u8> {
    static HELD: OnceLock<Vec<u8>> = OnceLock::new();
    HELD.get_or_init(|| Recipe::noon().bake())
}

fuzz_target!(|data: &[u8]| {
    let held = held();
    // Behind the magic and the hash of what is held, everything is the fuzzer's.
    let delta = [b"YMD1", &yima_code::bundle::file_hash(held)[..], data].concat();
    let _ = apply_delta(held, &delta);
    // Two files whose lists are the fuzzer's: a delta between them is exact, if it can be made.
    let (before, after) = data.split_at(data.len() / 2);
    let file = |lists: &[u8]| {
        let parts = [Vec::new(), Vec::new(), Vec::new(), lists.to_vec(), vec![0; 7]];
        Draft::new(1, 1, NOW, NOW, parts).and_then(|draft| draft.assemble(&[]))
    };
    let (Ok(before), Ok(after)) = (file(before), file(after)) else { return };
    let delta = make_delta(&before, &after).expect("both files can be cut into parts");
    assert_eq!(apply_delta(&before, &delta), Ok(after));
});
