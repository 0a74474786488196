//! Deltas: small, exact, and worth nothing when they lead elsewhere.

use super::cases::{after, fresh};
use super::open;
use super::recipe::{NOW, Recipe};
use yima_code::bundle::{BundleError, apply_delta, make_delta};
use yima_code::urgent::UrgentList;

/// Noon's bundle with many revoked indices, and the next one with a few more and a few fewer.
pub fn pair() -> (Vec<u8>, Vec<u8>) {
    let many = |recipe: &mut Recipe| recipe.lists.lists[0].revoked = (0..5_000).map(|n| n * 37 + n % 7).collect();
    let before = Recipe::noon().with(many);
    let next = Recipe::noon().with(|recipe| {
        many(recipe);
        (recipe.version, recipe.time, recipe.lists.as_of) = (6, NOW - 30, NOW - 30);
        let revoked = &mut recipe.lists.lists[0].revoked;
        revoked.remove(17);
        revoked.extend([198_000, 198_001, 199_000]);
        recipe.lists.lists.remove(1);
        recipe.lists.lists[1].list = 11;
        recipe.urgent.kids.push([0x40; 4]);
        let old: Vec<_> = recipe.urgent.list.days().map(|(day, values)| (day + 1, values.to_vec())).collect();
        recipe.urgent.list = UrgentList::from_days(old);
    });
    (before.bake(), next.bake())
}

#[test]
fn a_delta_gives_the_next_file_byte_for_byte() {
    let (before, next) = pair();
    let delta = make_delta(&before, &next).unwrap();
    assert_eq!(apply_delta(&before, &delta).as_ref(), Ok(&next));
    assert!(delta.len() * 3 < next.len() * 2, "{} of {} bytes", delta.len(), next.len());
    let floor = after(&before, &fresh());
    assert!(open(&next, &floor, NOW).is_ok());
}

#[test]
fn a_day_of_five_thousand_revocations_is_a_few_kilobytes() {
    let recipe = |extra: u64| {
        Recipe::noon().with(|recipe| {
            recipe.lists.lists[0].size = 1 << 24;
            let all = (0..50_000_u64).map(|n| n * 331).filter(|n| n % 10 != 1 || extra > 0).collect();
            recipe.lists.lists[0].revoked = all;
        })
    };
    let (before, next) = (recipe(0).bake(), recipe(1).bake());
    let delta = make_delta(&before, &next).unwrap();
    assert!(delta.len() < 9_500, "{} bytes for 5,000 new indices", delta.len());
    assert_eq!(apply_delta(&before, &delta), Ok(next));
}

#[test]
fn a_delta_from_or_to_elsewhere_is_refused() {
    let (before, next) = pair();
    let delta = make_delta(&before, &next).unwrap();
    assert_eq!(apply_delta(&next, &delta), Err(BundleError::DeltaFrom));
    for at in 0..delta.len() {
        let mut bent = delta.clone();
        bent[at] ^= 1;
        // A set may be coded with another width and still be the same: what counts is the result.
        assert!(apply_delta(&before, &bent).map_or(true, |file| file == next), "byte {at}");
        assert!(apply_delta(&before, &delta[..at]).is_err(), "cut at {at}");
    }
    let mut long = delta.clone();
    long.push(0);
    assert_eq!(apply_delta(&before, &long), Err(BundleError::Malformed));
}
