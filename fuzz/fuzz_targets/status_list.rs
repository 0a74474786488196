//! Token Status Lists: inflating stays within its bound, and neither token form panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yima_code::status_list::{SIZE_MAX, StatusList, read_cwt, read_jwt};

fuzz_target!(|data: &[u8]| {
    if let Some((bits, lst)) = data.split_first()
        && let Ok(list) = StatusList::inflate(*bits, lst)
    {
        assert!(list.len() <= SIZE_MAX as usize);
        assert_eq!(list.status(list.len() as u32), None);
        assert!(list.is_empty() || list.status(0).is_some());
    }
    let _ = read_cwt(data);
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = read_jwt(text);
    }
});
