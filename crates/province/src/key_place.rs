//! Where a province keeps its private keys: a sealed file in its directory, or a token behind a PKCS#11 module.
//! It does not know what the keys are for; a small file in the directory says which of the two it is.

use crate::chance::Chance;
use crate::setup::{OpenError, Setup};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use yima_keys::custody::{Argon2Cost, Custody, CustodyError, FileCustody, Lock, Pkcs11Config, Pkcs11Custody};
use yima_keys::sealed::SealSuite;

/// The sealed file.
pub const KEY_FILE: &str = "keys.yima";
/// What stands in the directory when the keys lie in a token: the token's label, and no key.
pub const TOKEN_FILE: &str = "keys.pkcs11";
/// A longer label is none: PKCS#11 gives it 32 octets.
const LABEL_MAX: usize = 32;

/// What opens the keys.
#[derive(Clone)]
pub enum KeyPlace {
    /// `keys.yima`, under a passphrase or a key.
    File(Lock),
    /// A token of a PKCS#11 module.
    Module(Pkcs11Config),
}

/// Whether a province's keys are in, or pointed to from, this directory.
#[must_use]
pub fn has_keys(dir: &Path) -> bool {
    dir.join(KEY_FILE).exists() || dir.join(TOKEN_FILE).exists()
}

/// The label of the token that a province was made with, if its keys lie in one.
#[must_use]
pub fn token_of(dir: &Path) -> Option<String> {
    let text = std::fs::read_to_string(dir.join(TOKEN_FILE)).ok()?;
    let label = text.lines().find(|line| !line.starts_with('#'))?.trim();
    (!label.is_empty() && label.len() <= LABEL_MAX).then(|| label.to_owned())
}

/// Makes the custody of a new province.
pub(crate) fn create(setup: &Setup, chance: &Chance) -> Result<Arc<dyn Custody>, OpenError> {
    match &setup.keys {
        KeyPlace::File(lock) => {
            let cost = if setup.demo { Argon2Cost::light() } else { Argon2Cost::default() };
            let path = setup.dir.join(KEY_FILE);
            let made = FileCustody::create(&path, SealSuite::Aes256Gcm, lock, cost, &mut chance.rng());
            Ok(Arc::new(made.map_err(refused)?))
        }
        KeyPlace::Module(config) => {
            let custody = Pkcs11Custody::create(config.clone()).map_err(refused)?;
            mark(&setup.dir.join(TOKEN_FILE), &config.token_label)?;
            Ok(Arc::new(custody))
        }
    }
}

/// Opens the custody of a province that is there.
pub(crate) fn open(setup: &Setup) -> Result<Arc<dyn Custody>, OpenError> {
    match (&setup.keys, token_of(&setup.dir)) {
        (KeyPlace::File(_), Some(label)) => Err(OpenError::Keys(format!(
            "they lie in the PKCS#11 token {label}: set custody, pkcs11_module and pkcs11_token"
        ))),
        (KeyPlace::File(lock), None) => {
            Ok(Arc::new(FileCustody::open(&setup.dir.join(KEY_FILE), lock).map_err(refused)?))
        }
        (KeyPlace::Module(_), None) => {
            let path = setup.dir.join(KEY_FILE);
            Err(OpenError::Keys(format!("they lie in {}, not in a token: unset custody", path.display())))
        }
        (KeyPlace::Module(config), Some(label)) if config.token_label != label => Err(OpenError::Keys(format!(
            "this province was made with the token {label}, and the settings name {}",
            config.token_label
        ))),
        (KeyPlace::Module(config), Some(_)) => Ok(Arc::new(Pkcs11Custody::open(config.clone()).map_err(refused)?)),
    }
}

fn mark(path: &PathBuf, label: &str) -> Result<(), OpenError> {
    let text = format!(
        "# The keys of this province lie in the PKCS#11 token of this label; none is in this directory.\n{label}\n"
    );
    std::fs::write(path, text).map_err(|why| OpenError::Directory(why.to_string()))
}

fn refused(why: CustodyError) -> OpenError {
    OpenError::Custody(why)
}
