//! Scenario manifests as an office writes them: a refusal with a field, or a manifest that says the same when written again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yima_kernel::scenario::Manifest;

fuzz_target!(|text: &str| {
    if let Ok(manifest) = Manifest::parse(text) {
        let again = Manifest::parse(&manifest.to_toml()).expect("a manifest reads what it wrote");
        assert_eq!(again.to_toml(), manifest.to_toml());
    }
});
