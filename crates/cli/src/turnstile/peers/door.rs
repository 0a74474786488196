//! The door for the gates beside this one: two paths, each request signed by a gate of the place.
//! It is another address than the controller's: nobody on the place's network checks codes here.

use super::claims::Rules;
use super::talk::Said;
use super::{Peers, Place};
use crate::failure::Failure;
use crate::machine::clock;
use crate::turnstile::http::{self, Reply};
use std::net::SocketAddr;
use std::sync::Arc;
use yima_code::peer::{PEER_SEEN_MAX, PeerAsk, PeerClaim, is_fresh, seen_to_bytes};

/// Binds, then serves as long as the future is polled.
pub async fn serve(address: SocketAddr, peers: Arc<Peers>) -> Result<impl Future<Output = ()>, Failure> {
    let paths = "POST /claim, POST /seen, for the gates of this place";
    let answer = move |line: String, body: Vec<u8>| {
        let peers = Arc::clone(&peers);
        async move { reply(&line, &body, &peers) }
    };
    http::serve(address, paths, answer).await
}

fn reply(line: &str, body: &[u8], peers: &Peers) -> Reply {
    let mut words = line.split(' ');
    let said: Option<Said> = serde_json::from_slice(body).ok();
    let place = peers.place().clone();
    // The clock that claims are signed by: the machine's, set right by what the platform signed.
    let now = clock::as_u32(clock::now_s() + place.offset_s);
    let answered = match (words.next(), words.next(), said) {
        (Some("POST"), Some("/claim"), Some(said)) => claim(&said, peers, &place, now),
        (Some("POST"), Some("/seen"), Some(said)) => seen(&said, peers, &place, now),
        _ => return ("404 Not Found", r#"{"detail":"POST /claim, POST /seen"}"#.to_owned()),
    };
    match answered.and_then(|said| serde_json::to_string(&said).ok()) {
        Some(text) => ("200 OK", text),
        None => ("403 Forbidden", r#"{"detail":"signed by no gate of this place, or not now"}"#.to_owned()),
    }
}

fn claim(said: &Said, peers: &Peers, place: &Place, now: u32) -> Option<Said> {
    let claim = PeerClaim::from_bytes(&said.exact()?);
    let by = said.signer(&place.checkers, &claim.message())?;
    (claim.site == place.site && is_fresh(claim.time, now) && by != peers.key.name()).then_some(())?;
    let rules = Rules { now, again_after_s: place.again_after_s };
    let holder = peers.claims().answer(claim.id, by, rules);
    Said::by(&peers.key, &holder.to_bytes(), &holder.message(&claim)).ok()
}

fn seen(said: &Said, peers: &Peers, place: &Place, now: u32) -> Option<Said> {
    let ask = PeerAsk::from_bytes(&said.exact()?);
    let by = said.signer(&place.checkers, &ask.message())?;
    (ask.site == place.site && is_fresh(ask.time, now) && by != peers.key.name()).then_some(())?;
    let list = seen_to_bytes(&peers.claims().taken_since(ask.since, PEER_SEEN_MAX));
    Said::by(&peers.key, &list, &ask.seen_message(&list)).ok()
}

#[cfg(test)]
mod tests {
    use super::super::talk::claim_request;
    use super::{PeerClaim, Peers, Place, clock, reply};
    use crate::turnstile::gate_key::GateKey;
    use std::sync::Arc;
    use std::time::Duration;

    /// A gate whose machine forgot the time in a power cut goes by the platform's time, and so do the gates beside it.
    #[test]
    fn a_gate_hears_its_peers_by_the_time_that_it_was_told() {
        let folders = [tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder")];
        let [own, other] = folders.each_ref().map(|folder| Arc::new(GateKey::open(folder.path()).expect("made")));
        let checkers = vec![own.public().clone(), other.public().clone()];
        for (offset_s, told_s, status) in
            [(0, 0, "200 OK"), (7_200, 7_200, "200 OK"), (7_200, 0, "403 Forbidden"), (0, 7_200, "403 Forbidden")]
        {
            let peers = Peers::new(Arc::clone(&own), Vec::new(), Duration::from_millis(1)).expect("peers");
            peers.stand_at(Place { site: 7, checkers: checkers.clone(), again_after_s: None, offset_s });
            let time = clock::as_u32(clock::now_s() + told_s);
            let claim = PeerClaim { site: 7, time, id: [1; 16], nonce: [2; 8] };
            let body = serde_json::to_vec(&claim_request(&claim, &other).expect("signed")).expect("JSON");
            assert_eq!(reply("POST /claim HTTP/1.1", &body, &peers).0, status, "{offset_s} {told_s}");
        }
    }
}
