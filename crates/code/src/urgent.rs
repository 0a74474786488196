//! The urgent list: T1 ids that were withdrawn while they could still be shown, by day.
//! It holds the top 48 bits of an id among random ones, so it does not tell which belong together.

use std::collections::BTreeMap;

/// The most values over all days; beyond it a kid is withdrawn and its tokens redrawn.
pub const URGENT_MAX: u32 = 2_000_000;
/// The most days: tokens of yesterday, today and tomorrow, and late ones.
pub const URGENT_DAYS_MAX: usize = 8;
/// The fewest values that a publication adds, real and random together.
pub const PADDED_TO: usize = 1024;
/// Values have 48 bits.
pub const UNIVERSE: u64 = 1 << 48;

/// The number under which a token id is listed: its first 6 bytes, big-endian.
#[must_use]
pub fn urgent_value(token_id: &[u8; 16]) -> u64 {
    let [a, b, c, d, e, f, ..] = *token_id;
    u64::from_be_bytes([0, 0, a, b, c, d, e, f])
}

/// The list is full: withdraw the kid instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UrgentFull;

impl std::fmt::Display for UrgentFull {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the urgent list is full; withdraw the kid and redraw its tokens")
    }
}

impl std::error::Error for UrgentFull {}

/// The withdrawn ids of the days whose tokens can still be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UrgentList {
    days: BTreeMap<u16, Vec<u64>>,
}

impl UrgentList {
    /// A list of values by day; each day's values are sorted and made distinct.
    #[must_use]
    pub fn from_days(days: impl IntoIterator<Item = (u16, Vec<u64>)>) -> UrgentList {
        let mut list = UrgentList::default();
        for (day, values) in days {
            list.merge(day, values);
        }
        list
    }

    /// Whether the id of a token of `day` was withdrawn.
    #[must_use]
    pub fn holds(&self, day: u16, token_id: &[u8; 16]) -> bool {
        self.days.get(&day).is_some_and(|values| values.binary_search(&urgent_value(token_id)).is_ok())
    }

    /// Whether the id was withdrawn under any day: an id is one encrypted block, so no other day bears it by intent.
    #[must_use]
    pub fn holds_any_day(&self, token_id: &[u8; 16]) -> bool {
        self.days.keys().any(|day| self.holds(*day, token_id))
    }

    /// Adds withdrawn ids of one day for one publication, and as many of `chance` as make them [`PADDED_TO`].
    ///
    /// `chance` is an endless source of random numbers; its top 48 bits are taken.
    ///
    /// # Errors
    /// [`UrgentFull`] if the list would pass [`URGENT_MAX`]; it is then unchanged.
    pub fn publish(
        &mut self,
        day: u16,
        token_ids: &[[u8; 16]],
        mut chance: impl FnMut() -> u64,
    ) -> Result<(), UrgentFull> {
        let mut fresh: Vec<u64> = token_ids.iter().map(urgent_value).collect();
        fresh.resize_with(fresh.len().max(PADDED_TO), || chance() >> 16);
        if self.count() + fresh.len() > URGENT_MAX as usize {
            return Err(UrgentFull);
        }
        self.merge(day, fresh);
        Ok(())
    }

    /// Drops the days before `day`, whose tokens no gate takes any more.
    pub fn forget_before(&mut self, day: u16) {
        self.days.retain(|listed, _| *listed >= day);
    }

    /// The values by day, each day's strictly rising.
    pub fn days(&self) -> impl Iterator<Item = (u16, &[u64])> {
        self.days.iter().map(|(day, values)| (*day, values.as_slice()))
    }

    /// How many values there are, random ones included.
    #[must_use]
    pub fn count(&self) -> usize {
        self.days.values().map(Vec::len).sum()
    }

    fn merge(&mut self, day: u16, fresh: Vec<u64>) {
        let values = self.days.entry(day).or_default();
        values.extend(fresh);
        values.sort_unstable();
        values.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chance() -> impl FnMut() -> u64 {
        let mut state = 1u64;
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state
        }
    }

    #[test]
    fn sixteen_ids_hide_among_a_thousand() {
        let mut list = UrgentList::default();
        let ids: Vec<[u8; 16]> = (0..16).map(|n| [n * 13; 16]).collect();
        list.publish(2500, &ids, chance()).expect("room");
        assert_eq!(list.count(), PADDED_TO);
        assert!(ids.iter().all(|id| list.holds(2500, id) && !list.holds(2501, id)));
        assert!(!list.holds(2500, &[250; 16]));
        list.forget_before(2501);
        assert_eq!(list.count(), 0);
    }

    #[test]
    fn a_full_list_says_so_and_stays_as_it_was() {
        let half = (0..u64::from(URGENT_MAX)).collect();
        let mut list = UrgentList::from_days([(2500, half)]);
        let before = list.clone();
        assert_eq!(list.publish(2500, &[], chance()), Err(UrgentFull));
        assert_eq!(list, before);
    }
}
