//! Who has which token, as one gate of a place knows it: its own claims and takings, and what it heard from others.
//! It knows no network and no clock; every rule here is decided under one lock.

use super::Claimed;
use std::collections::HashMap;
use yima_code::peer::{PEER_KEY_BYTES, PeerHolder};
use yima_code::seen::SEEN_ENTRIES_MAX;

/// What was taken is remembered so long, seconds: a token's window and the 48 hours that some scenarios call late.
const KEPT_S: u32 = 4 * 86_400;

type Name = [u8; PEER_KEY_BYTES];

/// What every question depends on.
#[derive(Clone, Copy)]
pub struct Rules {
    /// Unix seconds.
    pub now: u32,
    /// When a token may be taken again, seconds.
    pub again_after_s: Option<u32>,
}

#[derive(Clone, Copy)]
struct Held {
    by: Name,
    at: u32,
    /// False while this gate still asks the others.
    taken: bool,
}

/// The table.
pub struct Claims {
    own: Name,
    held: HashMap<[u8; 16], Held>,
    room: usize,
}

impl Rules {
    fn over(self, held: &Held) -> bool {
        let since = self.now.saturating_sub(held.at);
        since >= KEPT_S || self.again_after_s.is_some_and(|pause| held.taken && since >= pause)
    }
}

impl Claims {
    pub fn new(own: Name) -> Self {
        Self { own, held: HashMap::new(), room: SEEN_ENTRIES_MAX }
    }

    /// Claims a token for this gate, before the others are asked.
    pub fn begin(&mut self, id: [u8; 16], rules: Rules) -> Claimed {
        match self.held.get(&id).copied().filter(|held| !rules.over(held)) {
            Some(held) => Claimed::Theirs(held.at),
            None if !self.has_room(&id, rules.now) => Claimed::NoRoom,
            None => {
                self.held.insert(id, Held { by: self.own, at: rules.now, taken: false });
                Claimed::Ours
            }
        }
    }

    /// The others were asked and nobody has it: it is this gate's, unless a lower key claimed it meanwhile.
    pub fn finish(&mut self, id: &[u8; 16], now: u32) -> Claimed {
        match self.held.get_mut(id) {
            Some(held) if held.by == self.own => {
                held.taken = true;
                Claimed::Ours
            }
            Some(held) => Claimed::Theirs(held.at),
            None => Claimed::Theirs(now),
        }
    }

    /// Another gate has it.
    pub fn yield_to(&mut self, id: [u8; 16], by: Name, at: u32) {
        self.held.insert(id, Held { by, at, taken: true });
    }

    /// This gate took it after all: the server said so, or it is from before the start.
    pub fn took(&mut self, id: [u8; 16], at: u32) {
        if self.has_room(&id, at) {
            self.held.entry(id).or_insert(Held { by: self.own, at, taken: true });
        }
    }

    /// This gate did not take it after all.
    pub fn release(&mut self, id: &[u8; 16]) {
        if self.held.get(id).is_some_and(|held| held.by == self.own) {
            self.held.remove(id);
        }
    }

    /// When another gate took it.
    pub fn heard(&self, id: &[u8; 16], now: u32) -> Option<u32> {
        let held = self.held.get(id).filter(|held| held.by != self.own && now.saturating_sub(held.at) < KEPT_S)?;
        Some(held.at)
    }

    /// Another gate says that it took it.
    pub fn hear(&mut self, id: [u8; 16], by: Name, at: u32, now: u32) {
        if self.has_room(&id, now) {
            self.held.entry(id).or_insert(Held { by, at, taken: true });
        }
    }

    /// Answers another gate's claim. While both still ask, the lower key has it.
    pub fn answer(&mut self, id: [u8; 16], by: Name, rules: Rules) -> PeerHolder {
        let before = self.held.get(&id).copied().filter(|held| !rules.over(held));
        let yields = match before {
            None => true,
            Some(held) if held.by == by => true,
            Some(held) => held.by == self.own && !held.taken && by < self.own,
        };
        match before {
            Some(held) if !yields => PeerHolder::Held { by: held.by, at: held.at },
            _ if !self.has_room(&id, rules.now) => PeerHolder::Held { by: self.own, at: rules.now },
            _ => {
                self.held.insert(id, Held { by, at: rules.now, taken: true });
                PeerHolder::Free
            }
        }
    }

    /// What this gate itself took since a moment, the newest first.
    pub fn taken_since(&self, since: u32, most: usize) -> Vec<([u8; 16], u32)> {
        let mine = self.held.iter().filter(|(_, held)| held.by == self.own && held.taken && held.at >= since);
        let mut taken: Vec<_> = mine.map(|(id, held)| (*id, held.at)).collect();
        taken.sort_unstable_by_key(|(id, at)| (std::cmp::Reverse(*at), *id));
        taken.truncate(most);
        taken
    }

    fn has_room(&mut self, id: &[u8; 16], now: u32) -> bool {
        if self.held.len() >= self.room && !self.held.contains_key(id) {
            self.held.retain(|_, held| now.saturating_sub(held.at) < KEPT_S);
        }
        self.held.len() < self.room || self.held.contains_key(id)
    }
}

#[cfg(test)]
mod tests {
    use super::{Claimed, Claims, KEPT_S, Name, PeerHolder, Rules};

    const ID: [u8; 16] = [7; 16];
    const LOW: Name = [1; 34];
    const MID: Name = [2; 34];
    const HIGH: Name = [3; 34];

    fn at(now: u32) -> Rules {
        Rules { now, again_after_s: None }
    }

    #[test]
    fn of_two_that_claim_at_once_the_lower_key_has_it() {
        let (mut low, mut high) = (Claims::new(LOW), Claims::new(HIGH));
        assert_eq!((low.begin(ID, at(5)), high.begin(ID, at(5))), (Claimed::Ours, Claimed::Ours));
        // Either order of the two messages gives one winner.
        assert_eq!(low.answer(ID, HIGH, at(5)), PeerHolder::Held { by: LOW, at: 5 });
        assert_eq!(high.answer(ID, LOW, at(5)), PeerHolder::Free);
        assert_eq!(low.finish(&ID, 5), Claimed::Ours);
        assert_eq!(high.finish(&ID, 5), Claimed::Theirs(5), "it yielded while it asked");
        assert_eq!(high.heard(&ID, 6), Some(5));
    }

    #[test]
    fn what_was_taken_is_not_yielded_to_anybody() {
        let mut high = Claims::new(HIGH);
        assert_eq!(high.begin(ID, at(5)), Claimed::Ours);
        assert_eq!(high.finish(&ID, 5), Claimed::Ours);
        assert_eq!(high.answer(ID, LOW, at(6)), PeerHolder::Held { by: HIGH, at: 5 });
        assert_eq!(high.begin(ID, at(6)), Claimed::Theirs(5), "not by itself either");
        assert_eq!(high.taken_since(5, 9), [(ID, 5)]);
        assert_eq!(high.taken_since(6, 9), []);
    }

    #[test]
    fn a_claim_that_was_heard_binds_whoever_comes_later() {
        let mut low = Claims::new(LOW);
        assert_eq!(low.answer(ID, HIGH, at(5)), PeerHolder::Free);
        assert_eq!(low.begin(ID, at(5)), Claimed::Theirs(5));
        assert_eq!(low.answer(ID, MID, at(6)), PeerHolder::Held { by: HIGH, at: 5 }, "a third is told whose it is");
        assert_eq!(low.answer(ID, HIGH, at(6)), PeerHolder::Free, "the same gate may ask again");
    }

    #[test]
    fn a_pause_opens_a_token_again_and_time_forgets_it() {
        let mut one = Claims::new(LOW);
        let paused = |now| Rules { now, again_after_s: Some(60) };
        one.hear(ID, HIGH, 100, 100);
        assert_eq!(one.begin(ID, paused(159)), Claimed::Theirs(100));
        assert_eq!(one.begin(ID, paused(160)), Claimed::Ours);
        assert_eq!(
            one.answer(ID, HIGH, paused(400)),
            PeerHolder::Held { by: LOW, at: 160 },
            "still asking is no taking"
        );
        one.release(&ID);
        one.hear(ID, HIGH, 100, 100);
        assert_eq!(one.heard(&ID, 100 + KEPT_S), None);
        assert_eq!(one.begin(ID, at(100 + KEPT_S)), Claimed::Ours);
    }

    #[test]
    fn a_full_table_takes_no_more() {
        let mut one = Claims { room: 1, ..Claims::new(LOW) };
        one.took([1; 16], 100);
        assert_eq!(one.begin(ID, at(101)), Claimed::NoRoom);
        assert_eq!(
            one.answer(ID, HIGH, at(101)),
            PeerHolder::Held { by: LOW, at: 101 },
            "what it can't note it can't give"
        );
        assert_eq!(one.begin(ID, at(100 + KEPT_S)), Claimed::Ours, "what is over makes room");
    }
}
