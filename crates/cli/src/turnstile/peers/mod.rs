//! The gates beside this one, over the place's own network: a token is claimed among them before it is taken, and what
//! was taken is asked for after a pause. No platform learns of it; what a peer says counts only under a key that the
//! bundle names for the place.

mod claims;
mod door;
mod talk;

pub use door::serve;

use super::gate_key::GateKey;
use crate::failure::Failure;
use crate::machine::{chance, clock};
use claims::{Claims, Rules};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use talk::Talk;
use yima_code::peer::{PEER_KEY_BYTES, PeerAsk, PeerClaim, PeerHolder};
use yima_keys::PublicKey;

/// One that let a passenger wait in vain is left out for so long, so that the next one does not wait for it too.
const REST: Duration = Duration::from_secs(5);
/// What a peer took is asked for from so long before the last answer, seconds: clocks differ.
const OVERLAP_S: u32 = 60;
/// A list of what was taken may take longer than a claim.
const LIST_MS: u64 = 3_000;

/// The gates of one place, seen from one of them.
pub struct Peers {
    key: Arc<GateKey>,
    claims: Mutex<Claims>,
    place: Mutex<Place>,
    others: Vec<Peer>,
    talk: Talk,
    wait: Duration,
}

/// What the bundle says of the place.
#[derive(Clone, Default)]
pub struct Place {
    /// Its number.
    pub site: u32,
    /// Keys of its gates.
    pub checkers: Vec<PublicKey>,
    /// When a token may be taken again, seconds.
    pub again_after_s: Option<u32>,
    /// Seconds to add to the machine's clock.
    pub offset_s: i64,
}

/// A gate beside this one.
struct Peer {
    url: String,
    resting: Mutex<Option<Instant>>,
    reached: AtomicBool,
    asked_at: AtomicU32,
}

/// What came of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// This gate takes the token.
    Ours,
    /// Another gate of the place took it, or takes it: since when.
    Theirs(u32),
    /// There is no room to remember one more.
    NoRoom,
}

impl Peers {
    /// The gates at these addresses, and how long a passenger waits for them.
    pub fn new(key: Arc<GateKey>, urls: Vec<String>, wait: Duration) -> Result<Self, Failure> {
        let others = urls.into_iter().map(Peer::new).collect();
        let claims = Mutex::new(Claims::new(key.name()));
        Ok(Self { key, claims, place: Mutex::new(Place::default()), others, talk: Talk::new()?, wait })
    }

    /// Takes what a newer bundle says of the place.
    pub fn stand_at(&self, place: Place) {
        *self.place() = place;
    }

    /// Tokens that this gate took before it started, or that the server took for it.
    pub fn took(&self, id: [u8; 16], at: u32) {
        self.claims().took(id, at);
    }

    /// When another gate of the place took this token, if one did.
    pub fn heard(&self, id: &[u8; 16], now: u32) -> Option<u32> {
        self.claims().heard(id, now)
    }

    /// Gives a token back that could not be written down.
    pub fn release(&self, id: &[u8; 16]) {
        self.claims().release(id);
    }

    /// Claims a token among the gates that can be reached. Of any that claim at once, the one with the lowest key has it.
    pub async fn claim(&self, id: [u8; 16], now: u32) -> Claimed {
        let place = self.place().clone();
        let rules = Rules { now, again_after_s: place.again_after_s };
        match self.claims().begin(id, rules) {
            Claimed::Ours => {}
            other => return other,
        }
        let claim = PeerClaim { site: place.site, time: now, id, nonce: chance::octets() };
        let answers = self.ask_all(&claim, &place.checkers).await;
        let lost = lost(&answers, &self.key.name());
        let mut claims = self.claims();
        match lost {
            Some((by, at)) => {
                claims.yield_to(id, by, at);
                Claimed::Theirs(at)
            }
            None => claims.finish(&id, now),
        }
    }

    /// Asks each gate what it took since it was last asked.
    pub async fn catch_up(&self, now: u32) {
        let place = self.place().clone();
        for peer in &self.others {
            let since = peer.asked_at.load(Ordering::Relaxed).saturating_sub(OVERLAP_S);
            let ask = PeerAsk { site: place.site, time: now, since, nonce: chance::octets() };
            let limit = Duration::from_millis(LIST_MS);
            let told = self.talk.seen(&peer.url, &ask, &self.key, &place.checkers, limit).await;
            peer.note(told.is_some());
            if let Some((by, list)) = told {
                let mut claims = self.claims();
                list.into_iter().for_each(|(id, at)| claims.hear(id, by, at, now));
                peer.asked_at.store(now, Ordering::Relaxed);
            }
        }
    }

    /// How many peers there are, and whether each answered when it was last asked.
    pub fn standing(&self) -> (usize, bool) {
        (self.others.len(), self.others.iter().any(|peer| !peer.reached.load(Ordering::Relaxed)))
    }

    async fn ask_all(&self, claim: &PeerClaim, checkers: &[PublicKey]) -> Vec<([u8; PEER_KEY_BYTES], PeerHolder)> {
        let mut asking = tokio::task::JoinSet::new();
        for (number, peer) in self.others.iter().enumerate().filter(|(_, peer)| !peer.rests()) {
            let Ok(request) = talk::claim_request(claim, &self.key) else { continue };
            let (talk, url, claim, checkers) = (self.talk.clone(), peer.url.clone(), *claim, checkers.to_vec());
            let (own, wait) = (self.key.name(), self.wait);
            asking.spawn(async move {
                let asked = clock::stopwatch();
                let answer = talk.claim(&url, &claim, request, &checkers, &own, wait).await;
                (number, answer, asked.elapsed() >= wait)
            });
        }
        let mut answers = Vec::new();
        while let Some(asked) = asking.join_next().await {
            let Ok((number, answer, in_vain)) = asked else { continue };
            self.others[number].note(answer.is_some());
            if answer.is_none() && in_vain {
                self.others[number].rest();
            }
            answers.extend(answer);
        }
        answers
    }

    fn claims(&self) -> MutexGuard<'_, Claims> {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who has the token, if it is another: what a third gate heard counts only while its holder did not yield itself.
fn lost(
    answers: &[([u8; PEER_KEY_BYTES], PeerHolder)],
    own: &[u8; PEER_KEY_BYTES],
) -> Option<([u8; PEER_KEY_BYTES], u32)> {
    let yielded = |by: &[u8; PEER_KEY_BYTES]| answers.contains(&(*by, PeerHolder::Free));
    answers.iter().find_map(|(_, holder)| match holder {
        PeerHolder::Held { by, at } if by != own && !yielded(by) => Some((*by, *at)),
        _ => None,
    })
}

impl Peer {
    fn new(url: String) -> Self {
        Self {
            url: url.trim_end_matches('/').to_owned(),
            resting: Mutex::new(None),
            reached: AtomicBool::new(false),
            asked_at: AtomicU32::new(0),
        }
    }

    fn rests(&self) -> bool {
        let since = *self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() < REST)
    }

    fn rest(&self) {
        *self.resting.lock().unwrap_or_else(PoisonError::into_inner) = Some(clock::stopwatch());
    }

    fn note(&self, reached: bool) {
        self.reached.store(reached, Ordering::Relaxed);
        if reached {
            *self.resting.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PeerHolder, lost};

    #[test]
    fn hearsay_counts_only_while_its_holder_did_not_yield() {
        let (own, a, b) = ([1; 34], [2; 34], [3; 34]);
        let held = |by| PeerHolder::Held { by, at: 9 };
        let table = [
            (vec![], None),
            (vec![(a, PeerHolder::Free), (b, PeerHolder::Free)], None),
            (vec![(a, held(a))], Some((a, 9))),
            (vec![(b, held(a))], Some((a, 9))),
            (vec![(b, held(a)), (a, PeerHolder::Free)], None),
            (vec![(b, held(own))], None),
        ];
        for (answers, expected) in table {
            assert_eq!(lost(&answers, &own), expected, "{answers:?}");
        }
    }
}
