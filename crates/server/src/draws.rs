//! A place in the lane for draws: whoever holds one may sign; the rest waits a moment or is sent away with a turn.
//! The rule is the province's [`DrawLane`]; here it meets requests and a stopwatch.

use crate::error::{Code, Refused};
use std::num::NonZero;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use yima_province::{DrawLane, Later};

/// The lane, for all requests of a server.
pub struct Draws {
    lane: DrawLane,
    places: Arc<Semaphore>,
    since: Instant,
}

/// A draw under way; its place is given on when it is dropped.
pub struct Place {
    draws: Arc<Draws>,
    _place: OwnedSemaphorePermit,
    begun: Instant,
}

/// One who was let in and waits; gone without a place, it still leaves the lane.
struct Waiting<'a>(Option<&'a DrawLane>);

/// Signing takes a core, and checks keep one: a draw a core but one, at least one.
pub fn places_by_cores() -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    u32::try_from(cores.saturating_sub(1)).unwrap_or(u32::MAX).max(1)
}

impl Draws {
    /// A lane for so many draws at once.
    pub fn new(places: u32) -> Self {
        let lane = DrawLane::new(places);
        let places = Arc::new(Semaphore::new(usize::try_from(lane.places()).unwrap_or(1)));
        Self { lane, places, since: stopwatch() }
    }

    /// Waits for a place, if the waiting room has one.
    ///
    /// # Errors
    /// Busy, with the second after which this caller has its turn.
    pub async fn enter(self: &Arc<Self>) -> Result<Place, Refused> {
        let now_us = i64::try_from(self.since.elapsed().as_micros()).unwrap_or(i64::MAX);
        self.lane.enter(now_us).map_err(later)?;
        let mut waiting = Waiting(Some(&self.lane));
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(|_| Refused::new(Code::Busy, "the lane is closed").retry_after(1))?;
        waiting.0 = None;
        Ok(Place { draws: Arc::clone(self), _place: place, begun: stopwatch() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.draws.lane.left(i64::try_from(self.begun.elapsed().as_micros()).unwrap_or(i64::MAX));
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(lane) = self.0 {
            lane.gave_up();
        }
    }
}

fn later(later: Later) -> Refused {
    Refused::new(Code::Busy, "the lane for draws is full").retry_after(later.retry_after_s)
}

#[expect(clippy::disallowed_methods, reason = "the stopwatch of the lane: how long a draw takes, not when it was")]
fn stopwatch() -> Instant {
    Instant::now()
}
