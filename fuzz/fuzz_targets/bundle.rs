//! A bundle file as it comes, and each part's body as if it were well signed: else no fuzzer would pass the hashes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yima_code::bundle::{Bundle, KeysBody, Lists, ManifestsBody, Root, Urgent, peek_root_fingerprint};
use yima_code::gate_state::GateFloor;

/// 2026-11-24, noon at UTC+8.
const NOW: u32 = 1_795_492_800;

fuzz_target!(|data: &[u8]| {
    let Some((choice, data)) = data.split_first() else { return };
    match choice % 8 {
        0 => spelt_once(data, Root::parse(data).map(|root| root.to_bytes())),
        1 => spelt_once(data, KeysBody::parse(data).map(|keys| keys.to_bytes())),
        2 => spelt_once(data, ManifestsBody::parse(data).map(|manifests| manifests.to_bytes())),
        3 => {
            if let Ok(lists) = Lists::parse(data) {
                let again = lists.to_bytes().and_then(|bytes| Lists::parse(&bytes));
                assert_eq!(again, Ok(lists), "another width of the codes, the same lists");
            }
        }
        4 => {
            if let Ok(urgent) = Urgent::parse(data) {
                let again = urgent.to_bytes().and_then(|bytes| Urgent::parse(&bytes));
                assert_eq!(again, Ok(urgent), "another width of the codes, the same ids");
            }
        }
        _ => {
            let pin = peek_root_fingerprint(data).unwrap_or_default();
            let _ = Bundle::open(data, &GateFloor::pinned(pin), NOW);
        }
    }
});

/// What was read is written with the same bytes.
fn spelt_once<E: std::fmt::Debug>(data: &[u8], read: Result<Result<Vec<u8>, E>, E>) {
    if let Ok(bytes) = read {
        assert_eq!(bytes.expect("what was read can be written"), data);
    }
}
