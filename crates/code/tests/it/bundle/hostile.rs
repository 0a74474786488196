//! A file that somebody bent: each byte of a good bundle is changed in turn, and none of the results is opened.

use super::cases::fresh;
use super::open;
use super::recipe::{NOW, Recipe};
use yima_code::bundle::BundleError;

#[test]
fn no_bent_byte_and_no_cut_is_opened() {
    let good = Recipe::noon().with(|recipe| {
        recipe.urgent.list = Default::default();
        recipe.manifests.scenarios.truncate(2);
        recipe.manifests.sites.truncate(1);
    });
    let (good, floor) = (good.bake(), fresh());
    assert!(open(&good, &floor, NOW).is_ok());
    for at in 0..good.len() {
        for mask in [1, 0x80] {
            let mut bent = good.clone();
            bent[at] ^= mask;
            assert!(open(&bent, &floor, NOW).is_err(), "byte {at} mask {mask}");
        }
        assert!(open(&good[..at], &floor, NOW).is_err(), "cut at {at}");
    }
}

#[test]
fn a_file_above_every_bound_is_not_read() {
    let file = vec![0; yima_code::bundle::FILE_MAX + 1];
    assert_eq!(open(&file, &fresh(), NOW).map(|_| ()), Err(BundleError::TooLarge));
}
