//! The line at the password hashes: when more come than can be hashed, each is given a ticket that keeps their place. A ticket
//! is a number under the mark of this program; nothing is stored of it. The line moves on with the clock, so that whoever does
//! not come back holds nobody up. It does not know passwords.
//!
//! The line is short: who comes to a full one is given no place and may only try again. So a flood makes others wait
//! [`LONGEST_S`] at most, and a device that an account had signed in on stands in no line at all.

use super::Browser;
use crate::Province;
use crate::error::DeedError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq as _;
use tokio::sync::OwnedSemaphorePermit;

/// The longest line, seconds.
pub(crate) const LONGEST_S: i64 = 60;
/// A turn is kept so long for whoever types a password anew.
const KEPT_S: i64 = 300;
/// A page asks again no sooner.
const AGAIN_S: u32 = 2;
const EPOCH: usize = 8;
const NUMBER: usize = 8;
const MARK: usize = 16;

/// A place in the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// 32 bytes in base64url, for this browser alone.
    pub text: String,
    /// Seconds after which to ask again.
    pub again_s: u32,
}

/// What a ticket is worth now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is this browser's turn.
    Now,
    /// So many seconds from now.
    In(u32),
    /// Of another browser, of before a start of the program, too old, or no ticket.
    None,
}

/// How far the line is. Each process has its own.
pub(crate) struct WaitingRoom {
    epoch: [u8; EPOCH],
    /// Whose turn comes in a second: as many as may be hashed at once.
    a_second: i64,
    line: Mutex<Line>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Line {
    /// Tickets given so far.
    given: i64,
    /// Whose turn it is: all up to this number.
    turn: i64,
    /// When the turn moved last, Unix seconds.
    moved_s: i64,
}

impl Line {
    /// Moves on: so many a second as hashes may be under way at once, which is fewer than are done in one.
    fn at(&mut self, now_s: i64, a_second: i64) -> Self {
        let passed = now_s.saturating_sub(self.moved_s).clamp(0, LONGEST_S);
        self.turn = self.given.min(self.turn + passed * a_second);
        self.moved_s = self.moved_s.max(now_s);
        *self
    }

    /// May whoever holds this number go in? Who holds none may when nobody waits.
    const fn lets_in(&self, number: Option<i64>) -> bool {
        match number {
            Some(number) => number <= self.turn,
            None => self.turn >= self.given,
        }
    }

    /// Seconds until a number has its turn.
    fn wait_s(&self, number: i64, a_second: i64) -> i64 {
        (number - self.turn + a_second - 1).max(0) / a_second
    }
}

impl WaitingRoom {
    pub(crate) fn new(epoch: [u8; EPOCH], at_once: usize) -> Self {
        Self { epoch, a_second: i64::try_from(at_once).unwrap_or(1).max(1), line: Mutex::default() }
    }

    /// The same for another number of hashes at once.
    pub(crate) fn with_at_once(self, at_once: usize) -> Self {
        Self::new(self.epoch, at_once)
    }

    fn line<T>(&self, with: impl FnOnce(&mut Line) -> T) -> T {
        with(&mut self.line.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Province {
    /// Room for one password hash, for whoever's turn it is. A known device stands in no line.
    ///
    /// # Errors
    /// [`DeedError::Busy`]: ask for a ticket.
    pub(crate) fn hash_room_in_turn(
        &self,
        browser: &Browser,
        known: bool,
        ticket: &str,
    ) -> Result<OwnedSemaphorePermit, DeedError> {
        let (now_s, a_second) = (self.now_s(), self.line.a_second);
        let number = self.place_of(browser, ticket);
        if known || self.line.line(|line| line.at(now_s, a_second).lets_in(number)) {
            return self.hash_room();
        }
        Err(DeedError::Busy)
    }

    /// A place in the line for this browser: the one that it has, or a new one behind all others. None when the line is full.
    #[must_use]
    pub fn ticket_for(&self, browser: &Browser, held: &str) -> Option<Ticket> {
        let (now_s, a_second) = (self.now_s(), self.line.a_second);
        let held = self.place_of(browser, held);
        let (number, wait_s) = self.line.line(|line| {
            line.at(now_s, a_second);
            let number = held.or_else(|| {
                let open = line.given - line.turn < LONGEST_S * a_second;
                open.then(|| {
                    line.given += 1;
                    line.given
                })
            })?;
            Some((number, line.wait_s(number, a_second)))
        })?;
        let text = self.ticket(browser, number);
        Some(Ticket { text, again_s: u32::try_from(wait_s).unwrap_or(0).max(AGAIN_S) })
    }

    /// Whether it is the turn of a ticket.
    #[must_use]
    pub fn turn_of(&self, browser: &Browser, ticket: &str) -> Turn {
        let Some(number) = self.place_of(browser, ticket) else { return Turn::None };
        let (now_s, a_second) = (self.now_s(), self.line.a_second);
        let line = self.line.line(|line| line.at(now_s, a_second));
        if line.lets_in(Some(number)) {
            return Turn::Now;
        }
        Turn::In(u32::try_from(line.wait_s(number, a_second)).unwrap_or(0).max(AGAIN_S))
    }

    fn ticket(&self, browser: &Browser, number: i64) -> String {
        let mut bytes = self.line.epoch.to_vec();
        bytes.extend(number.to_be_bytes());
        bytes.extend(self.place_mark(browser, number));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn place_mark(&self, browser: &Browser, number: i64) -> [u8; MARK] {
        self.marked("waiting-room", &[&self.line.epoch, &number.to_be_bytes(), browser.cookie.as_bytes()])
    }

    /// The number of a ticket that is this browser's, of this start, and not too old.
    fn place_of(&self, browser: &Browser, ticket: &str) -> Option<i64> {
        let bytes = URL_SAFE_NO_PAD.decode(ticket).ok().filter(|bytes| bytes.len() == EPOCH + NUMBER + MARK)?;
        let (epoch, rest) = bytes.split_at(EPOCH);
        let (number, mark) = rest.split_at(NUMBER);
        let number = i64::from_be_bytes(number.try_into().ok()?);
        let right = bool::from(self.place_mark(browser, number).ct_eq(mark)) && epoch == self.line.epoch;
        let (now_s, a_second) = (self.now_s(), self.line.a_second);
        let turn = self.line.line(|line| line.at(now_s, a_second).turn);
        (right && turn - number < KEPT_S * a_second).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_S, Line};

    #[test]
    fn a_line_goes_in_order_and_nobody_who_stays_away_holds_it_up() {
        let mut line = Line::default();
        assert!(line.at(1_000, 4).lets_in(None), "nobody waits");
        line.given = 10;
        assert!(!line.at(1_000, 4).lets_in(None), "who comes now stands behind ten others");
        let rows = [(1_000, 0), (1_001, 4), (1_001, 4), (1_002, 8), (1_003, 10), (2_000, 10)];
        for (now_s, turn) in rows {
            assert_eq!(line.at(now_s, 4).turn, turn, "at {now_s}");
        }
        assert!(line.lets_in(None) && line.lets_in(Some(10)));
    }

    #[test]
    fn a_clock_that_jumps_lets_nobody_in_twice() {
        let mut line = Line { given: 10_000, turn: 0, moved_s: 1_000 };
        assert_eq!(line.at(900, 4).turn, 0, "back");
        assert_eq!(line.at(9_000_000, 4).turn, LONGEST_S * 4, "far ahead: a whole line, no more");
        assert_eq!(line.wait_s(LONGEST_S * 4 + 1, 4), 1);
        assert_eq!(line.wait_s(1, 4), 0);
    }
}
