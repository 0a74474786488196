//! Who vouches for a challenge: a key of the challenge's own place, named by the bundle that this device holds.
//! The bundle lies beside the device's file and is opened against the root that the device pinned when it was enrolled.

use super::Pocket;
use crate::failure::Failure;
use crate::machine::clock;
use crate::say;
use crate::turnstile::{BundleKeeper, Kept};
use std::path::Path;
use yima_code::{Bilingual, Challenge};

/// The place's name, if one of its gates signed. Fetches a newer bundle when the one at hand does not know the gate.
pub async fn voucher(
    pocket: &Pocket,
    file: &Path,
    challenge: &Challenge,
    offline: bool,
) -> Result<Option<Bilingual>, Failure> {
    if !challenge.is_signed() {
        return Ok(None);
    }
    let mut beside = file.as_os_str().to_owned();
    beside.push(".bundle");
    let keeper = BundleKeeper::new(Path::new(&beside), None);
    let mut pin = [0; 32];
    hex::decode_to_slice(&pocket.root_fingerprint, &mut pin)
        .map_err(|_| Failure::bad_input("the device file is damaged: its root fingerprint is no hex of 32 bytes"))?;
    let now = clock::as_u32(pocket.now_s());
    if let Some(bytes) = keeper.bytes()? {
        match keeper.open(&bytes, Some(pin), now)? {
            Ok(kept) => {
                if let Some(name) = named(&kept, challenge) {
                    return Ok(Some(name));
                }
            }
            Err(why) => say::remark(&format!("the bundle at hand is not taken: {why}")),
        }
    }
    if offline {
        return Ok(None);
    }
    match keeper.fetch(&pocket.api()?, Some(pin), now).await {
        Ok(kept) => Ok(kept.and_then(|kept| named(&kept, challenge))),
        Err(why) => {
            say::remark(&format!("no newer bundle: {why}"));
            Ok(None)
        }
    }
}

fn named(kept: &Kept, challenge: &Challenge) -> Option<Bilingual> {
    let site = kept.bundle.site(challenge.site)?;
    challenge.signer(&site.checkers).map(|_| site.name.clone())
}
