//! The lane for draws: so many at once, a few that wait, and a turn for everybody else, so that checks never queue behind
//! signatures and a whole province that redraws spreads itself. It does not know who draws, and takes its time as an argument.

use std::sync::{Mutex, PoisonError};

/// Draws that may wait for each place; at a millisecond a draw (SM2) the last of them waits a thirtieth of a second.
const WAITING_A_PLACE: u32 = 32;
/// Until the first draw is over, one is taken to last this long.
const FIRST_GUESS_US: i64 = 2_000;
/// A draw is never taken to last less or longer: a stopped clock or a stalled disk must not set the turns of an hour.
const LASTS_US: std::ops::RangeInclusive<i64> = 50..=2_000_000;
/// One draw moves the mean by this part.
const MEAN_OF: i64 = 16;
/// Of five places one is left for those who come by themselves; four are given as turns.
const TURNS_OF_PLACES: (i64, i64) = (4, 5);
/// Nobody is sent away for longer. It is also the time in which a redraw by everybody must be through.
pub const LONGEST_WAIT_S: u32 = 3_600;
const LONGEST_WAIT_US: i64 = LONGEST_WAIT_S as i64 * 1_000_000;

/// How many draws are let in, and when the next one that was sent away has its turn.
#[derive(Debug)]
pub struct DrawLane {
    places: u32,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    inside: u32,
    mean_us: i64,
    /// The turn that the next one who is sent away gets.
    next_turn_us: i64,
    /// Those who found every turn of the hour given.
    beyond: i64,
}

/// Come again, not before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Later {
    /// Seconds, at least 1.
    pub retry_after_s: u32,
}

impl DrawLane {
    /// A lane for so many draws at once, at least one.
    #[must_use]
    pub fn new(places: u32) -> Self {
        let state = State { inside: 0, mean_us: FIRST_GUESS_US, next_turn_us: 0, beyond: 0 };
        Self { places: places.max(1), state: Mutex::new(state) }
    }

    /// Draws that may be signed at once.
    #[must_use]
    pub const fn places(&self) -> u32 {
        self.places
    }

    /// Lets a draw in, or says when its turn is. Whoever was let in says [`DrawLane::left`]
    /// or [`DrawLane::gave_up`] once.
    ///
    /// # Errors
    /// [`Later`] when the lane and its waiting room are full.
    pub fn enter(&self, now_us: i64) -> Result<(), Later> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.inside < self.places * (1 + WAITING_A_PLACE) {
            state.inside += 1;
            return Ok(());
        }
        Err(Later { retry_after_s: seconds(state.turn(now_us, self.places)) })
    }

    /// One that was let in went away before it had a place: it says nothing of how long a draw takes.
    pub fn gave_up(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.inside = state.inside.saturating_sub(1);
    }

    /// A draw that was let in is over; `took_us` is its time in a place, without the wait for one.
    pub fn left(&self, took_us: i64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.inside = state.inside.saturating_sub(1);
        let took_us = took_us.clamp(*LASTS_US.start(), *LASTS_US.end());
        state.mean_us += (took_us - state.mean_us) / MEAN_OF;
    }
}

impl State {
    /// Microseconds until the turn of one who is sent away; turns follow each other as fast as the lane empties.
    fn turn(&mut self, now_us: i64, places: u32) -> i64 {
        // Those inside go first.
        let full_us = i64::from(self.inside) * self.mean_us / i64::from(places);
        self.next_turn_us = self.next_turn_us.max(now_us + full_us);
        let wait_us = self.next_turn_us - now_us;
        if wait_us < LONGEST_WAIT_US {
            let (turns, of) = TURNS_OF_PLACES;
            self.next_turn_us += (self.mean_us * of / turns / i64::from(places)).max(1);
            self.beyond = 0;
            return wait_us;
        }
        // The hour is given away: the rest is spread over its second half, a step of a second each.
        self.beyond += 1;
        LONGEST_WAIT_US - self.beyond * 1_000_000 % (LONGEST_WAIT_US / 2)
    }
}

fn seconds(wait_us: i64) -> u32 {
    u32::try_from(wait_us.max(1).saturating_add(999_999) / 1_000_000).unwrap_or(LONGEST_WAIT_S)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: u32 = 1 + WAITING_A_PLACE;

    fn full(places: u32, mean_us: i64) -> DrawLane {
        let lane = DrawLane::new(places);
        for _ in 0..400 {
            lane.enter(0).expect("room");
            lane.left(mean_us);
        }
        (0..places * ROOM).for_each(|_| lane.enter(0).expect("room"));
        lane
    }

    #[test]
    fn a_place_that_is_left_is_given_again() {
        let lane = full(2, 1_000);
        assert!(lane.enter(0).is_err());
        lane.left(1_000);
        assert_eq!(lane.enter(0), Ok(()));
        assert!(lane.enter(0).is_err());
        assert_eq!(DrawLane::new(0).places(), 1, "a lane without places would never empty");
    }

    #[test]
    fn turns_are_as_far_apart_as_the_lane_is_fast() {
        for (places, mean_us, asked, about_s) in [(1, 100_000, 400, 53), (2, 100_000, 400, 28), (8, 1_000, 80_000, 12)]
        {
            let lane = full(places, mean_us);
            let waits: Vec<u32> = (0..asked).map(|_| lane.enter(0).expect_err("full").retry_after_s).collect();
            assert!(waits.is_sorted(), "who asks later has the later turn");
            let last = *waits.last().expect("asked");
            assert!(last.abs_diff(about_s) <= about_s / 10 + 1, "{places} {mean_us}: {last} s");
        }
    }

    #[test]
    fn nobody_is_sent_away_for_longer_than_an_hour_and_the_rest_is_spread() {
        let lane = full(1, 1_000_000);
        let waits: Vec<u32> = (0..20_000).map(|_| lane.enter(0).expect_err("full").retry_after_s).collect();
        assert!(waits.iter().all(|wait| (1..=LONGEST_WAIT_S).contains(wait)));
        let crowded = (0..60).map(|minute| waits.iter().filter(|wait| **wait / 60 == minute).count()).max();
        assert!(crowded < Some(1_000), "{crowded:?} of 20,000 in one minute");
        assert!(lane.enter(3_600_000_000).expect_err("still full").retry_after_s < 60, "an hour later turns are new");
    }

    #[test]
    fn a_stalled_disk_does_not_set_the_turns_of_an_hour() {
        let lane = full(1, i64::MAX);
        assert!(lane.enter(0).expect_err("full").retry_after_s <= 70);
    }
}
