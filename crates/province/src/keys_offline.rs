//! Taking a signing role offline: each of its keys goes into a file of one holder's own, is tried there, and is erased here.
//! It does not know how a holder keeps the file or comes by its passphrase.

use crate::Province;
use crate::error::{DeedError, Text};
use crate::keyring::public_key;
use crate::signing_roles::roles_of;
use std::path::{Path, PathBuf};
use yima_code::bundle::KeyId;
use yima_kernel::subject::Actor;
use yima_keys::custody::{Argon2Cost, CustodyError, FileCustody, KeyInfo, KeyUse, Lock, SealSuite};

/// What a holder signs to show that his file is good; it is no message of the bundle.
const TEST_MESSAGE: &[u8] = b"yima.holder.test.v1\0";
/// What a holder's file says about the province that it belongs to, before the root's fingerprint in hex.
pub const ROOT_LABEL: &str = "root:";

/// One holder: where his file goes and what opens it.
pub struct Holder {
    /// The file, which must not exist.
    pub file: PathBuf,
    /// His own lock.
    pub lock: Lock,
}

impl Province {
    /// How many keys of a role lie here: as many holders are needed.
    ///
    /// # Errors
    /// When the custody can't be read.
    pub fn keys_at_hand(&self, used_for: KeyUse) -> Result<usize, DeedError> {
        Ok(self.role_at_hand(used_for)?.len())
    }

    /// Moves the keys of a role to holders: written, tried by a signature, recorded, and only then erased here.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] where keys can't leave or aren't here; nothing is erased then.
    pub async fn take_offline(
        &self,
        actor: &Actor,
        used_for: KeyUse,
        to: Vec<Holder>,
    ) -> Result<Vec<KeyId>, DeedError> {
        if used_for == KeyUse::ListsTime {
            return Err(DeedError::Conflict(Text::new(
                "列表与时间角色必须在线",
                "the lists-time role signs every few minutes and stays here",
            )));
        }
        let keys = self.role_at_hand(used_for)?;
        if keys.is_empty() || keys.len() != to.len() {
            return Err(DeedError::Conflict(Text::new(
                format!("这里有 {} 把 {} 密钥", keys.len(), used_for.as_str()),
                format!("{} keys of {} lie here", keys.len(), used_for.as_str()),
            )));
        }
        let light = self.is_demo();
        for (info, holder) in keys.iter().zip(&to) {
            self.hand_over(info, holder, light)?;
        }
        let ids = keys.iter().map(|info| Ok(KeyId::of(&public_key(info)?))).collect::<Result<Vec<_>, DeedError>>()?;
        let named: Vec<String> = ids.iter().map(ToString::to_string).collect();
        self.noted(actor, serde_json::json!({ "role": used_for.as_str(), "offline": named })).await?;
        for info in &keys {
            let erased = self.keys.custody().destroy(&info.key, self.now_s(), &mut self.chance.rng());
            erased.map_err(DeedError::internal)?;
        }
        Ok(ids)
    }

    /// Leaves a use that says that the key file's passphrase was changed.
    ///
    /// # Errors
    /// Refusals of the decision, and whatever the store says.
    pub async fn record_new_passphrase(&self, actor: &Actor) -> Result<(), DeedError> {
        self.noted(actor, serde_json::json!({ "passphrase": "changed" })).await
    }

    fn role_at_hand(&self, used_for: KeyUse) -> Result<Vec<KeyInfo>, DeedError> {
        let live = self.live();
        let role = roles_of(live.bundle.root()).into_iter().find(|(of, _)| *of == used_for).map(|(_, role)| role);
        role.map_or_else(|| Ok(Vec::new()), |role| self.keys.at_hand(used_for, role))
    }

    fn hand_over(&self, info: &KeyInfo, holder: &Holder, light: bool) -> Result<(), DeedError> {
        let mut rng = self.chance.rng();
        let cost = if light { Argon2Cost::light() } else { Argon2Cost::default() };
        let label = format!("{ROOT_LABEL}{}", hex::encode(self.root_fingerprint()));
        let made = FileCustody::create(&holder.file, SealSuite::Aes256Gcm, &holder.lock, cost, &mut rng);
        let file = made.map_err(refused)?;
        let moved =
            self.keys.custody().hand_over(&info.key, &file, &mut rng).and_then(|()| file.set_label(&label, &mut rng));
        if let Err(why) = moved {
            forget(&holder.file);
            return Err(refused(why));
        }
        // Read back from the disk: only a file that opens and signs may take a key's place.
        let again = FileCustody::open(&holder.file, &holder.lock).map_err(refused)?;
        let signature =
            yima_keys::custody::Custody::sign(&again, &info.key, &[TEST_MESSAGE], &mut rng).map_err(refused)?;
        public_key(info)?.verify(&[TEST_MESSAGE], &signature).map_err(DeedError::internal)
    }
}

/// A file that took no key is no use to anybody.
fn forget(file: &Path) {
    if let Err(error) = std::fs::remove_file(file) {
        tracing::warn!(%error, "an empty holder's file was left behind");
    }
}

fn refused(why: CustodyError) -> DeedError {
    let zh = match &why {
        CustodyError::Exists(path) => format!("{} 已存在，不会覆盖", path.display()),
        CustodyError::Unsupported(_) => "密码模块里的密钥取不出来：请让保管人各自生成，再用轮换命令换上".to_owned(),
        other => other.to_string(),
    };
    let en = match &why {
        CustodyError::Unsupported(_) => {
            format!(
                "{why}: let holders make their own (yima key holder) and name them (yima key rotate --role … --public …)"
            )
        }
        other => other.to_string(),
    };
    DeedError::Conflict(Text::new(zh, en))
}
