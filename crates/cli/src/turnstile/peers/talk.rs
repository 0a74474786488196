//! Asking a gate beside this one: one signed request, one signed answer, within a limit of time.
//! It decides nothing; an answer that nobody of the place signed is none.

use super::super::gate_key::GateKey;
use crate::failure::Failure;
use crate::pocket::{base64url, fixed_bytes};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Client;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::time::Duration;
use yima_code::peer::{PEER_KEY_BYTES, PEER_SEEN_MAX, PeerAsk, PeerClaim, PeerHolder, named, seen_from_bytes};
use yima_code::signing::Message;
use yima_keys::PublicKey;

/// The longest answer: a full list in base64url, and what stands around it.
const ANSWER_BYTES_MAX: usize = PEER_SEEN_MAX * 27 + 1024;

/// What travels in both directions: who says it, what, and the signature over it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// 34 bytes: suite and key.
    pub key: String,
    /// The bytes of the format.
    pub body: String,
    /// 64 bytes.
    pub signature: String,
}

/// A client for the place's network.
#[derive(Clone)]
pub struct Talk(Client);

impl Said {
    /// Signed by this gate.
    pub fn by(key: &GateKey, body: &[u8], message: &Message) -> Result<Self, Failure> {
        let signature = key.sign(message)?;
        Ok(Self { key: base64url(&key.name()), body: base64url(body), signature: base64url(&signature) })
    }

    /// Who signed this message, if it is a gate of the place.
    pub fn signer(&self, checkers: &[PublicKey], message: &Message) -> Option<[u8; PEER_KEY_BYTES]> {
        let name: [u8; PEER_KEY_BYTES] = fixed_bytes(&self.key, "a key").ok()?;
        let signature = fixed_bytes(&self.signature, "a signature").ok()?;
        named(checkers, &name)?.verify(&message.parts(), &signature).ok()?;
        Some(name)
    }

    /// The body, of exactly so many bytes.
    pub fn exact<const N: usize>(&self) -> Option<[u8; N]> {
        fixed_bytes(&self.body, "a body").ok()
    }
}

/// A claim, signed once for all peers.
pub fn claim_request(claim: &PeerClaim, key: &GateKey) -> Result<Said, Failure> {
    Said::by(key, &claim.to_bytes(), &claim.message())
}

impl Talk {
    pub fn new() -> Result<Self, Failure> {
        // Peers are on the place's own network: no proxy stands between.
        let client = Client::builder().no_proxy().build();
        client.map(Self).map_err(|why| Failure::machine("prepare the place's network", why))
    }

    /// What a peer says to a claim, and who it is. A gate's own voice, come back by a wrong address, is no peer.
    pub async fn claim(
        &self,
        url: &str,
        claim: &PeerClaim,
        request: Said,
        checkers: &[PublicKey],
        own: &[u8; PEER_KEY_BYTES],
        limit: Duration,
    ) -> Option<([u8; PEER_KEY_BYTES], PeerHolder)> {
        let said: Said = self.post(&format!("{url}/claim"), &request, limit).await?;
        let holder = PeerHolder::from_bytes(&said.exact()?)?;
        let by = said.signer(checkers, &holder.message(claim))?;
        (by != *own).then_some((by, holder))
    }

    /// What a peer took since a moment, and who it is.
    pub async fn seen(
        &self,
        url: &str,
        ask: &PeerAsk,
        key: &GateKey,
        checkers: &[PublicKey],
        limit: Duration,
    ) -> Option<([u8; PEER_KEY_BYTES], Vec<([u8; 16], u32)>)> {
        let request = Said::by(key, &ask.to_bytes(), &ask.message()).ok()?;
        let said: Said = self.post(&format!("{url}/seen"), &request, limit).await?;
        let list = URL_SAFE_NO_PAD.decode(&said.body).ok()?;
        let by = said.signer(checkers, &ask.seen_message(&list))?;
        (by != key.name()).then_some((by, seen_from_bytes(&list)?))
    }

    async fn post<A: DeserializeOwned>(&self, url: &str, body: &impl Serialize, limit: Duration) -> Option<A> {
        let body = serde_json::to_vec(body).ok()?;
        let asked = async {
            let mut response = self.0.post(url).body(body).send().await.ok()?;
            let mut bytes = Vec::new();
            while let Some(chunk) = response.chunk().await.ok()? {
                bytes.extend_from_slice(&chunk);
                (bytes.len() <= ANSWER_BYTES_MAX).then_some(())?;
            }
            serde_json::from_slice(&bytes).ok()
        };
        tokio::time::timeout(limit, asked).await.ok()?
    }
}
