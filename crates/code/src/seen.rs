//! What a checker remembers of codes that it took, so that none is taken twice.
//! It is told what to remember and until when; it knows no clock and verifies nothing.

use crate::issuer::Kid;
use crate::token::Form;
use crate::verdict::Verdict;
use std::collections::HashMap;

/// What a memory is keyed on: never digits or signature bytes, which a holder can vary at will.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SeenKey {
    /// The id of a T1 or T1c.
    Token([u8; 16]),
    /// A paper code.
    Card {
        /// Its issuing key.
        kid: Kid,
        /// Its status list.
        list: u16,
        /// Its place there.
        index: u32,
    },
    /// A challenge that was answered.
    Challenge([u8; 8]),
}

/// The showing that was taken: the same within ten seconds repeats its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Showing {
    /// The form.
    pub form: Form,
    /// The signed time; 0 on paper.
    pub time: u32,
    /// The signed scenario; 0 on paper.
    pub scenario: u16,
    /// The signed site; 0 on paper.
    pub site: u32,
}

/// What is remembered of a code that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// What was shown last.
    pub showing: Showing,
    /// When it was taken, in the checker's seconds.
    pub at: u32,
    /// How often it was taken on the civil day of `at`.
    pub times_today: u16,
    /// What was answered.
    pub verdict: Verdict,
    /// When it may be forgotten, in the checker's seconds.
    pub until: u32,
}

/// There is no room to remember one more: the code was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRoom;

/// A checker's memory. A gate keeps it durable, a server in its store; they share it within a site when online.
pub trait Seen {
    /// What is remembered under this key at this moment.
    fn earlier(&self, key: &SeenKey, now: u32) -> Option<Earlier>;

    /// Remembers a code that was taken, in place of what was known of it.
    ///
    /// # Errors
    /// [`NoRoom`] when it can't: then the code must not be admitted.
    fn remember(&mut self, key: SeenKey, earlier: Earlier, now: u32) -> Result<(), NoRoom>;
}

/// A bounded memory in a hash map.
#[derive(Debug)]
pub struct SeenInMemory {
    entries: HashMap<SeenKey, Earlier>,
    capacity: usize,
}

/// Enough for two busy days of a metro gate; about 20 MB when full.
pub const SEEN_ENTRIES_MAX: usize = 200_000;

impl Default for SeenInMemory {
    fn default() -> SeenInMemory {
        SeenInMemory::with_capacity(SEEN_ENTRIES_MAX)
    }
}

impl SeenInMemory {
    /// Room for `capacity` codes; memory is taken as they come.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> SeenInMemory {
        SeenInMemory { entries: HashMap::new(), capacity }
    }

    /// How many codes are remembered, those included that may be forgotten.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Forgets what may be forgotten.
    pub fn forget_until(&mut self, now: u32) {
        self.entries.retain(|_, earlier| earlier.until > now);
    }

    /// What is remembered, for a gate that keeps it on disk.
    pub fn entries(&self) -> impl Iterator<Item = (&SeenKey, &Earlier)> {
        self.entries.iter()
    }
}

impl Seen for SeenInMemory {
    fn earlier(&self, key: &SeenKey, now: u32) -> Option<Earlier> {
        self.entries.get(key).filter(|earlier| earlier.until > now).copied()
    }

    fn remember(&mut self, key: SeenKey, earlier: Earlier, now: u32) -> Result<(), NoRoom> {
        if self.entries.len() >= self.capacity && !self.entries.contains_key(&key) {
            self.forget_until(now);
            if self.entries.len() >= self.capacity {
                return Err(NoRoom);
            }
        }
        self.entries.insert(key, earlier);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::Reason;

    #[test]
    fn it_forgets_only_what_is_over_and_says_when_it_is_full() {
        let showing = Showing { form: Form::T1, time: 100, scenario: 1, site: 1 };
        let verdict = Verdict::because(Reason::Busy, None);
        let earlier = |until| Earlier { showing, at: 100, times_today: 1, verdict, until };
        let key = |n| SeenKey::Token([n; 16]);
        let mut seen = SeenInMemory::with_capacity(2);
        assert_eq!(seen.remember(key(1), earlier(150), 100), Ok(()));
        assert_eq!(seen.remember(key(2), earlier(200), 100), Ok(()));
        assert_eq!(seen.remember(key(3), earlier(200), 149), Err(NoRoom));
        assert_eq!(seen.remember(key(2), earlier(210), 149), Ok(()));
        assert_eq!(seen.earlier(&key(1), 149), Some(earlier(150)));
        assert_eq!(seen.earlier(&key(1), 150), None);
        assert_eq!(seen.remember(key(3), earlier(200), 150), Ok(()));
        assert_eq!(seen.len(), 2);
    }
}
