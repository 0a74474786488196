//! Enrolling: a fresh key, a proof of who holds it, and the first day's tokens.
//! It does not know how the proof came about.

use super::store::{Pocket, PocketFile, text};
use crate::api::{Caller, Signer};
use crate::failure::Failure;
use crate::machine::{chance, clock};
use std::path::Path;
use yima_keys::Suite;
use yima_keys::custody::IssuingKey;
use yima_wire::device::{EnrolRequest, Enrolled};
use yima_wire::message_signature::KEY_ID_NEW;

/// What shows that the enroller is the resident.
pub enum Proof {
    /// A code from a counter.
    Code(String),
    /// A one-time password.
    Otp {
        /// Where it was asked for.
        challenge_id: String,
        /// The password.
        otp: String,
    },
}

/// Enrols a new device and writes its file. The key is on disk before the server hears of it.
pub async fn enrol(server: &str, proof: Proof, suite: Suite, label: &str, path: &Path) -> Result<Pocket, Failure> {
    let file = PocketFile::new(path)?;
    let key = IssuingKey::generate(suite, &mut chance::source()).map_err(|why| Failure::machine("make a key", why))?;
    let mut pocket = Pocket::new(server, suite, *key.secret());
    let api = pocket.api()?;
    let (code, challenge_id, otp) = match proof {
        Proof::Code(code) => (Some(code), None, None),
        Proof::Otp { challenge_id, otp } => (None, Some(challenge_id), Some(otp)),
    };
    let request = EnrolRequest {
        code,
        challenge_id,
        otp,
        public_key: text(&key.public()),
        suite: wire_name(suite).to_owned(),
        label: label.to_owned(),
    };
    file.keep(&pocket)?;
    let signer = Signer { key: &key, key_id: KEY_ID_NEW, created_at: clock::now_s() };
    let answer: Result<Enrolled, _> = api.post("/api/v1/enrolments", &request, &Caller::Device(&signer)).await;
    let enrolled = answer.map_err(|error| {
        // Nothing was enrolled under this key, so the file is of no use to anybody.
        let _ = std::fs::remove_file(path);
        Failure::from(error)
    })?;
    pocket.device_id = enrolled.device_id;
    pocket.slot = enrolled.slot;
    pocket.name_masked = enrolled.name_masked;
    pocket.region = enrolled.region;
    pocket.root_fingerprint = enrolled.root_fingerprint;
    pocket.learn_time(enrolled.server_at);
    file.keep(&pocket)?;
    Ok(pocket)
}

/// The suite's name in the API.
pub fn wire_name(suite: Suite) -> &'static str {
    match suite {
        Suite::Es256 => "ES256",
        Suite::Sm2Sm3 => "SM2",
        Suite::Ed25519 => "Ed25519",
    }
}
