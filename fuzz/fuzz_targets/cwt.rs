//! Codes as claims: hostile CBOR and COSE end in a refusal, and what is read has one spelling.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yima_code::Presented;
use yima_code::cwt::{from_uccs, read_passed, to_uccs};

fuzz_target!(|data: &[u8]| {
    if let Ok(code) = from_uccs(data) {
        assert_eq!(to_uccs(&code).as_deref(), Ok(data));
    }
    let _ = read_passed(data);
    if let Ok(code) = Presented::from_bytes(data)
        && let Ok(uccs) = to_uccs(&code)
    {
        assert_eq!(from_uccs(&uccs), Ok(code));
    }
});
