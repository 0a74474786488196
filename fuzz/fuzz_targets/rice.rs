//! Rice-coded sets: what decodes encodes to the same values, and what encodes decodes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yima_code::rice::{Bounds, K_MAX, coded_len, decode, encode, encode_with};

fuzz_target!(|data: &[u8]| {
    let bounds = Bounds { count_max: 1 << 16, universe: 1 << 48 };
    if let Ok(values) = decode(data, bounds) {
        assert!(values.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(encode_with(&values, data[0]).as_deref(), Ok(data), "one spelling for each width");
    }
    let mut values: Vec<u64> =
        data.chunks_exact(6).map(|six| six.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))).collect();
    values.sort_unstable();
    values.dedup();
    assert_eq!(decode(&encode(&values).expect("rising"), bounds).as_ref(), Ok(&values));
    let k = data.len() as u8 % (K_MAX + 1);
    if coded_len(&values, k) < 1 << 14 {
        assert_eq!(decode(&encode_with(&values, k).expect("rising"), bounds).as_ref(), Ok(&values));
    }
});
