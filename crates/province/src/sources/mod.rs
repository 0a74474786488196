//! Sources of import files and the keys that sign them (rule R47, decision 0038): a register that two persons fill, and whether a
//! file is a source's. The register holds a key for a purpose; files are the first. It does not know what a file brings.

mod register;
mod vouched;

pub use register::{NewSource, SourceRow, Sources};
pub(crate) use vouched::{FileKind, Vouched};

use crate::error::{DeedError, Text};
use crate::row_seal::{RowSealer, sealed_row};
use yima_keys::{PublicKey, Suite};
use yima_store::Tx;
use yima_store::registered_key::{self, RegisteredKey};

/// Octets of a key as a row has it: the number of its suite, and the key.
const KEY_LEN: usize = 34;

fn stored(key: &PublicKey) -> Vec<u8> {
    [&[key.suite().number()][..], key.bytes()].concat()
}

/// The key of a row.
fn key_of(row: &RegisteredKey) -> Result<Option<PublicKey>, DeedError> {
    let Some(bytes) = &row.public_key else { return Ok(None) };
    let bytes: &[u8; KEY_LEN] = bytes.as_slice().try_into().map_err(DeedError::internal)?;
    let [number, key @ ..] = bytes;
    let suite = Suite::from_number(*number).ok_or_else(|| DeedError::internal("a registered key of no suite"))?;
    PublicKey::parse(suite, key).map(Some).map_err(DeedError::internal)
}

sealed_row!(RegisteredKey, "registered_key", |k, with| {
    with(&[
        k.purpose.as_str().as_bytes(),
        k.owner.as_bytes(),
        k.kid.as_deref().unwrap_or_default().as_bytes(),
        k.public_key.as_deref().unwrap_or_default(),
        k.reason.as_bytes(),
        k.state.as_str().as_bytes(),
        k.proposed_by.as_deref().unwrap_or_default().as_bytes(),
        k.decided_by.as_deref().unwrap_or_default().as_bytes(),
        k.ended_by.as_deref().unwrap_or_default().as_bytes(),
    ])
});

/// By id, with a seal that fits.
async fn found(tx: &mut Tx, seals: &RowSealer, id: &str) -> Result<RegisteredKey, DeedError> {
    let row = registered_key::find(tx, id).await?.ok_or(DeedError::NotFound("source"))?;
    seals.holds(&row)?;
    Ok(row)
}

/// Writes a step with its next version and seal.
async fn stepped(tx: &mut Tx, seals: &RowSealer, row: &mut RegisteredKey) -> Result<(), DeedError> {
    row.version += 1;
    seals.seal_anew(row);
    if registered_key::step(tx, row).await? {
        return Ok(());
    }
    Err(DeedError::Conflict(Text::new(
        "情况已经变化，请刷新后再定",
        "it changed meanwhile: look again and decide anew",
    )))
}
