//! The bundle file and, beside it, the floor below which nothing is accepted again.
//! It does not know what the bundle is used for; the floor is on disk before a new bundle may be.

use crate::api::{Api, CallError};
use crate::failure::Failure;
use crate::machine::files;
use crate::say;
use std::path::{Path, PathBuf};
use yima_code::bundle::{Bundle, BundleError, FILE_MAX, apply_delta, file_hash, peek_root_fingerprint};
use yima_code::gate_state::GateFloor;

/// A floor file larger than this is not one of ours, bytes.
const FLOOR_BYTES_MAX: u64 = 256 << 10;

/// Where a bundle and its floor are kept.
pub struct BundleKeeper {
    bundle: PathBuf,
    floor: PathBuf,
}

/// A bundle that may be used, and the floor that now holds.
pub struct Kept {
    /// The bundle.
    pub bundle: Bundle,
    /// What may not be undercut.
    pub floor: GateFloor,
}

impl BundleKeeper {
    /// `floor` is usually `<bundle>.floor`; a gate has both in its folder.
    pub fn new(bundle: &Path, floor: Option<PathBuf>) -> Self {
        let floor = floor.unwrap_or_else(|| {
            let mut name = bundle.as_os_str().to_owned();
            name.push(".floor");
            PathBuf::from(name)
        });
        Self { bundle: bundle.to_owned(), floor }
    }

    /// The bundle at hand, if there is one.
    pub fn bytes(&self) -> Result<Option<Vec<u8>>, Failure> {
        files::read(&self.bundle, FILE_MAX as u64)
    }

    /// The floor, if one was ever kept.
    pub fn floor(&self) -> Result<Option<GateFloor>, Failure> {
        let Some(bytes) = files::read(&self.floor, FLOOR_BYTES_MAX)? else { return Ok(None) };
        let floor = serde_json::from_slice(&bytes);
        floor.map(Some).map_err(|why| {
            Failure::could_not(format!(
                "{} is damaged ({why}); compare the root's fingerprint with the province and pin it again",
                self.floor.display()
            ))
        })
    }

    /// Writes a floor; it is on the disk when this returns.
    pub fn keep_floor(&self, floor: &GateFloor) -> Result<(), Failure> {
        let text = serde_json::to_vec_pretty(floor).map_err(|why| Failure::machine("write the floor", why))?;
        files::replace(&self.floor, &text)
    }

    /// Verifies a bundle against the floor and keeps the raised floor. Without a floor the given pin counts, and
    /// without a pin the bundle's own root is trusted, this once, and said.
    pub fn open(&self, file: &[u8], pin: Option<[u8; 32]>, now: u32) -> Result<Result<Kept, BundleError>, Failure> {
        let floor = match (self.floor()?, pin) {
            (Some(floor), _) => floor,
            (None, Some(pin)) => GateFloor::pinned(pin),
            (None, None) => match peek_root_fingerprint(file) {
                Ok(fingerprint) => {
                    say::remark(&format!("first use: pinning the root {}", hex::encode(fingerprint)));
                    GateFloor::pinned(fingerprint)
                }
                Err(why) => return Ok(Err(why)),
            },
        };
        let opened = match Bundle::open(file, &floor, now) {
            Ok(opened) => opened,
            Err(why) => return Ok(Err(why)),
        };
        let (bundle, floor) = opened.keep(|floor| self.keep_floor(floor))?;
        Ok(Ok(Kept { bundle, floor }))
    }

    /// Fetches the newest bundle, whole or as a delta, verifies and keeps it. `None` when the one at hand is the newest.
    pub async fn fetch(&self, api: &Api, pin: Option<[u8; 32]>, now: u32) -> Result<Option<Kept>, Failure> {
        let have = self.bytes()?;
        let hash = have.as_deref().map(|bytes| hex::encode(file_hash(bytes)));
        let answer = api.bundle(hash.as_deref()).await?;
        if !answer.changed {
            return Ok(None);
        }
        let whole = match (&have, answer.delta) {
            (Some(have), true) => match apply_delta(have, &answer.body) {
                Ok(whole) => whole,
                // A delta that does not fit costs one more request, never trust.
                Err(_) => api.bundle(None).await.map_err(CallError::into_failure)?.body,
            },
            _ => answer.body,
        };
        let kept = self
            .open(&whole, pin, now)?
            .map_err(|why| Failure::could_not(format!("the server's bundle is not taken: {why}")))?;
        files::replace(&self.bundle, &whole)?;
        Ok(Some(kept))
    }
}

impl CallError {
    fn into_failure(self) -> Failure {
        self.into()
    }
}
