//! Gates, their sync and their uploads. It does not know how a gate decides.

use super::{count, time};
use crate::app::Answer;
use crate::bytes;
use crate::error::{Code, Refused};
use yima_keys::{PublicKey, Suite};
use yima_province::{Counted, Named, SealedRecord, SyncGate, Synced, Upload};
use yima_wire::gate as wire;

/// Rows of one kind that an upload holds at most.
const ROWS_MAX: usize = 20_000;
/// Ciphertext of one sealed record, bytes: gate, scenario, time and the authentication tag.
const SEALED_BODY_MAX: usize = 128;

/// One gate.
pub fn gate(gate: yima_province::Gate) -> wire::Gate {
    wire::Gate {
        id: gate.id,
        name: gate.name,
        site: gate.site,
        place: gate.place,
        scenario: gate.scenario,
        state: gate.state.to_owned(),
        last_seen_at: gate.last_seen_at,
        bundle_version: gate.bundle_version,
        bundle_lag: gate.bundle_lag,
        spool: gate.spool,
        clock_off_s: gate.clock_off_s,
    }
}

/// What a gate says.
///
/// # Errors
/// `invalid` for a number out of range.
pub fn sync(said: wire::SyncRequest) -> Answer<SyncGate> {
    Ok(SyncGate {
        bundle_version: count("bundle_version", said.bundle_version)?,
        spool: count("spool", said.spool)?,
        clock_at: time("clock_at", said.clock_at)?,
    })
}

/// What it learns.
pub fn synced(synced: Synced) -> wire::SyncAnswer {
    wire::SyncAnswer {
        server_at: synced.server_at,
        bundle_version: synced.bundle_version,
        gate: synced.gate,
        site: synced.site,
        scenario: synced.scenario,
        scenario_id: synced.scenario_id,
    }
}

/// A gate's key.
///
/// # Errors
/// `invalid` for another suite, or bytes that are no key of it.
pub fn public_key(suite: &str, bytes: &[u8; 33]) -> Answer<PublicKey> {
    let suite = match suite {
        "ES256" => Suite::Es256,
        "SM2" => Suite::Sm2Sm3,
        _ => {
            return Err(Refused::new(Code::Invalid, "suite")
                .saying("suite 只能是 ES256 或 SM2。", "The suite is ES256 or SM2."));
        }
    };
    PublicKey::parse(suite, bytes).map_err(|_| {
        Refused::new(Code::Invalid, "public_key")
            .saying("public_key 不在这条曲线上。", "The public_key is not on its curve.")
    })
}

/// An upload.
///
/// # Errors
/// `malformed` for bytes of another length, `too_large` for more than [`ROWS_MAX`] rows of a kind.
pub fn upload(sent: wire::UploadRequest) -> Answer<Upload> {
    if [sent.counted.len(), sent.sealed.len(), sent.named.len()].into_iter().any(|rows| rows > ROWS_MAX) {
        return Err(Refused::new(Code::TooLarge, "rows"));
    }
    Ok(Upload {
        batch_id: bytes::exact("batch_id", &sent.batch_id)?,
        counted: sent.counted.into_iter().map(counted).collect::<Answer<_>>()?,
        sealed: sent.sealed.iter().map(sealed).collect::<Answer<_>>()?,
        named: sent.named.into_iter().map(named).collect::<Answer<_>>()?,
    })
}

fn counted(row: wire::Counted) -> Answer<Counted> {
    let (hour_at, n) = (time("hour_at", row.hour_at)?, count("n", row.n)?);
    Ok(Counted { hour_at, form: row.form, verdict: row.verdict, reason: row.reason, n })
}

fn named(row: wire::Named) -> Answer<Named> {
    Ok(Named { digits: row.digits, at: time("at", row.at)?, verdict: row.verdict, reason: row.reason })
}

fn sealed(row: &wire::SealedRecord) -> Answer<SealedRecord> {
    Ok(SealedRecord {
        tag: bytes::exact("tag", &row.tag)?,
        nonce: bytes::exact("nonce", &row.nonce)?,
        body: bytes::read("body", &row.body, SEALED_BODY_MAX)?,
    })
}
