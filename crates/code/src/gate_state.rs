//! What a gate must keep, with fsync, before it uses a bundle: the floor below which nothing is accepted again.
//! It does not know where it is kept; losing it opens the gate to old bundles, so a gate without it starts from its pin.

use crate::bundle::{BundleError, Head, KeyId, Role, Root, Signature};
use serde::{Deserialize, Serialize};
use yima_keys::sha256;

/// The most signers a floor remembers: those of one root.
const SIGNERS_MAX: usize = crate::bundle::SIGNERS_MAX;

/// The lowest root, epoch, versions and times that are still accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateFloor {
    /// The newest root that was accepted, or the one that was pinned.
    #[serde(with = "hexed")]
    pub root_fingerprint: [u8; 32],
    /// Its version; 0 for a pin that was not yet seen.
    pub root_version: u32,
    /// The highest epoch.
    pub epoch: u32,
    /// The highest edition of the keys part, by the set that signed it.
    pub keys: RoleFloor,
    /// The highest edition of the manifests part, likewise.
    pub manifests: RoleFloor,
    /// The highest version and time of each lists+time signer that the root still names.
    pub signers: Vec<SignerFloor>,
}

/// The highest version that one set of signers gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleFloor {
    /// [`Role::fingerprint`].
    #[serde(with = "hexed")]
    pub role: [u8; 8],
    /// 0 when nothing was seen.
    pub version: u32,
}

/// The highest version and time that one signer gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignerFloor {
    /// The signer's key id.
    #[serde(with = "hexed")]
    pub key_id: [u8; 8],
    /// The version of its newest head.
    pub version: u32,
    /// SHA-256 of that head's body.
    #[serde(with = "hexed")]
    pub head: [u8; 32],
    /// Unix seconds: that head's time.
    pub head_time: u32,
    /// Unix seconds: its highest time, of a head or of a signed answer.
    pub time: u32,
}

impl GateFloor {
    /// The floor of a new gate, which knows only the root's fingerprint.
    #[must_use]
    pub fn pinned(root_fingerprint: [u8; 32]) -> GateFloor {
        GateFloor {
            root_fingerprint,
            root_version: 0,
            epoch: 0,
            keys: RoleFloor::default(),
            manifests: RoleFloor::default(),
            signers: Vec::new(),
        }
    }

    /// The highest time, Unix seconds, that a signer named by the accepted root gave; 0 if none did.
    #[must_use]
    pub fn highest_time(&self) -> u32 {
        self.signers.iter().map(|signer| signer.time).max().unwrap_or(0)
    }

    /// Raises a signer's time to that of a signed answer; a signer without a head yet is left alone.
    pub fn note_time(&mut self, key_id: KeyId, time: u32) {
        if let Some(signer) = self.signers.iter_mut().find(|signer| signer.key_id == key_id.0) {
            signer.time = signer.time.max(time);
        }
    }

    /// The highest time of those signers that `root` still names.
    pub(crate) fn highest_time_under(&self, root: &Root) -> u32 {
        self.named(root).map(|signer| signer.time).max().unwrap_or(0)
    }

    /// Refuses a head that is older than, or beside, what any signer that `root` still names gave before.
    ///
    /// Not only what *this* head's signers gave: else an old bundle of a second signer, whose heads this gate never
    /// saw, would lead back.
    pub(crate) fn expect_head(&self, head: &Head, root: &Root) -> Result<(), BundleError> {
        let body = sha256(&[&head.to_bytes()]);
        for floor in self.named(root) {
            if head.epoch == self.epoch && head.version < floor.version {
                return Err(BundleError::VersionRollback);
            }
            if head.epoch == self.epoch && head.version == floor.version && body != floor.head {
                return Err(BundleError::Equivocation);
            }
            if head.time < floor.head_time {
                return Err(BundleError::TimeRollback);
            }
        }
        Ok(())
    }

    /// The floors of those signers that `root` still names.
    fn named(&self, root: &Root) -> impl Iterator<Item = &SignerFloor> {
        self.signers.iter().filter(|signer| root.lists.key(KeyId(signer.key_id)).is_some())
    }

    /// The floor after this bundle was accepted.
    pub(crate) fn raised(&self, accepted: &Accepted<'_>) -> GateFloor {
        let head_body = sha256(&[&accepted.head.to_bytes()]);
        let mut signers: Vec<SignerFloor> = self.named(accepted.root).copied().collect();
        for signature in accepted.signatures {
            let before = signers.iter().position(|one| one.key_id == signature.key_id.0);
            let before = before.map(|at| signers.remove(at));
            signers.push(SignerFloor {
                key_id: signature.key_id.0,
                version: accepted.head.version,
                head: head_body,
                head_time: accepted.head.time,
                time: accepted.head.time.max(before.map_or(0, |one| one.time)),
            });
        }
        signers.sort_by_key(|signer| signer.key_id);
        signers.truncate(SIGNERS_MAX);
        GateFloor {
            root_fingerprint: accepted.root_fingerprint,
            root_version: accepted.root.version,
            epoch: accepted.head.epoch,
            keys: RoleFloor::of(&accepted.root.keys, accepted.keys_version),
            manifests: RoleFloor::of(&accepted.root.manifests, accepted.manifests_version),
            signers,
        }
    }
}

/// What was verified, from which the next floor follows.
pub(crate) struct Accepted<'a> {
    pub(crate) root: &'a Root,
    pub(crate) root_fingerprint: [u8; 32],
    pub(crate) head: &'a Head,
    pub(crate) signatures: &'a [Signature],
    pub(crate) keys_version: u32,
    pub(crate) manifests_version: u32,
}

impl RoleFloor {
    fn of(role: &Role, version: u32) -> RoleFloor {
        RoleFloor { role: role.fingerprint(), version }
    }

    /// Whether an edition by `role` is at or above this floor; another set starts anew.
    pub(crate) fn admits(&self, role: &Role, version: u32) -> bool {
        self.role != role.fingerprint() || version >= self.version
    }
}

/// Byte arrays as lower-case hex in JSON.
mod hexed {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer, const N: usize>(bytes: &[u8; N], serializer: S) -> Result<S::Ok, S::Error> {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        serializer.serialize_str(&hex)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(deserializer: D) -> Result<[u8; N], D::Error> {
        let hex = String::deserialize(deserializer)?;
        let mut bytes = [0; N];
        if hex.len() != 2 * N || !hex.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(D::Error::custom("expected hex of the right length"));
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).map_err(D::Error::custom)?;
        }
        Ok(bytes)
    }
}
