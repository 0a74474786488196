//! A bundle file as it comes, and each part behind good signatures: else the fuzzer would never pass the hashes.
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
use recipe::{NOW, Recipe, sign};
use std::sync::OnceLock;
use yima_code::bundle::{Bundle, Draft, KeysBody, ManifestsBody, Root, SignedRoot, keys_part, root_part};
use yima_code::gate_state::GateFloor;

/// The five parts of a good bundle.
fn good() -> &'static [Vec<u8>; 5] {
    static GOOD: OnceLock<[Vec<u8>; 5]> = OnceLock::new();
    GOOD.get_or_init(|| {
        let file = Recipe::noon().bake();
        let mut at = 4 + 196 + 1 + 72;
        std::array::from_fn(|part| {
            let head = 4 + 16 + part * 36;
            let size = u32::from_be_bytes(file[head..head + 4].try_into().expect("four bytes")) as usize;
            at += size;
            file[at - size..at].to_vec()
        })
    })
}

fuzz_target!(|data: &[u8]| {
    let Some((choice, data)) = data.split_first() else { return };
    let mut parts = good().clone();
    let mut pin = Recipe::pin();
    match choice % 8 {
        0 => {
            let signatures = sign(&recipe::ROOT_1, &Root::signing_input(data));
            let root = SignedRoot { body: data.to_vec(), signatures };
            let Ok(part) = root_part(&[root]) else { return };
            pin = Root::fingerprint(data);
            parts[0] = part;
        }
        1 => {
            let signatures = sign(&["keys-a", "keys-b"], &KeysBody::signing_input(data));
            parts[1] = keys_part(data, &signatures).expect("two signatures fit");
        }
        2 => {
            let signatures = sign(&["review-a", "review-b"], &ManifestsBody::signing_input(data));
            parts[2] = keys_part(data, &signatures).expect("two signatures fit");
        }
        3 => parts[3] = data.to_vec(),
        4 => parts[4] = data.to_vec(),
        5 => parts[0] = data.to_vec(),
        6 => parts[1] = data.to_vec(),
        _ => {
            let _ = Bundle::open(data, &GateFloor::pinned(pin), NOW);
            return;
        }
    }
    let Ok(draft) = Draft::new(5, 1, NOW - 600, NOW + 3600, parts) else { return };
    let file = draft.assemble(&sign(&["online-a"], &draft.signing_input())).expect("one signature fits");
    if let Ok(opened) = Bundle::open(&file, &GateFloor::pinned(pin), NOW) {
        let (bundle, floor) = opened.keep(|_| Ok::<(), ()>(())).expect("keeping does nothing");
        assert_eq!(bundle.hash(), &yima_code::bundle::file_hash(&file));
        assert!(Bundle::open(&file, &floor, NOW).is_ok(), "what was opened once opens again");
    }
});
