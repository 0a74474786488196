//! What every handler is given: the province, the counters, and what was configured.
//! It does not know routes.

use crate::draws::Draws;
use crate::error::Refused;
use crate::metrics::Metrics;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;
use yima_province::{Province, StatusFormat};

/// A handler's answer.
pub type Answer<T> = Result<T, Refused>;

/// By list and form: the bundle version that a signed list goes with, and the list.
pub type StatusLists = HashMap<(u16, StatusFormat), (u32, Vec<u8>)>;

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What stands between the socket and HTTP.
#[derive(Clone, Copy, Debug)]
pub struct Door {
    /// Cookies are marked `Secure`.
    pub secure: bool,
    /// A proxy in front names the caller's address.
    pub behind_proxy: bool,
    /// Browsers are told to stay on TLS.
    pub stay_on_tls: bool,
}

/// The parts of an [`App`].
pub struct Shared {
    /// The deeds.
    pub province: Arc<Province>,
    /// The counters.
    pub metrics: Metrics,
    /// Cookies are marked `Secure`.
    pub secure: bool,
    /// A proxy in front names the caller's address; without one the socket does.
    pub behind_proxy: bool,
    /// Browsers are told to stay on TLS: never for a self-signed certificate, which would lock `localhost` up.
    pub stay_on_tls: bool,
    /// Requests being answered at once; the rest is turned away.
    pub room: Semaphore,
    /// The lane for draws, so that checks never wait behind signatures.
    pub draws: Arc<Draws>,
    /// Signed status lists, by list and form, with the bundle version that they go with.
    pub status_lists: Mutex<StatusLists>,
    /// Set when the server has been asked to stop.
    pub draining: AtomicBool,
    started_at: i64,
    requests: AtomicU64,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(province: Arc<Province>, door: Door, in_flight_max: usize, draws: Draws) -> Self {
        let Door { secure, behind_proxy, stay_on_tls } = door;
        let started_at = province.now_s();
        Self(Arc::new(Shared {
            province,
            metrics: Metrics::default(),
            secure,
            behind_proxy,
            stay_on_tls,
            room: Semaphore::new(in_flight_max),
            draws: Arc::new(draws),
            status_lists: Mutex::default(),
            draining: AtomicBool::new(false),
            started_at,
            requests: AtomicU64::new(0),
        }))
    }

    /// An id for the next request: the second of the start and a number, in letters (a log line holds no long digits).
    #[must_use]
    pub fn next_request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        format!("req-{}-{}", letters(self.started_at.unsigned_abs()), letters(number))
    }
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

fn letters(mut number: u64) -> String {
    const ALPHABET: &[u8; 16] = b"bcdfghjkmnpqrstv";
    let mut text = Vec::new();
    loop {
        text.push(char::from(ALPHABET[(number & 15) as usize]));
        number >>= 4;
        if number == 0 {
            return text.into_iter().rev().collect();
        }
    }
}
