//! A custody in one sealed file: what development, tests and a small office use.
//! It does not know a module; a province that must meet GB/T 39786 keeps its keys in one instead.

use super::vault::{Argon2Cost, Lock, Vault};
use super::wrapped::Head;
use super::{Custody, CustodyError, IssuingKey, KeyInfo, KeyRef, KeyState, KeyUse, disk, wrapped};
use crate::aead::{Aead, SealSuite};
use crate::{CryptoRng, Suite, sha256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use zeroize::{Zeroize, Zeroizing};

/// Private keys in one file, sealed under a passphrase or a key-encryption key, and in memory while it is open.
///
/// Each change re-reads the file under a lock, so that a command line and a server can both hold it open.
pub struct FileCustody {
    path: Option<PathBuf>,
    inner: RwLock<Inner>,
}

#[derive(Clone)]
struct Inner {
    vault: Arc<Vault>,
    body: Body,
    signers: BTreeMap<KeyRef, Arc<IssuingKey>>,
    wraps: BTreeMap<u32, Arc<Aead>>,
    /// Of the file as last read or written here.
    seen: [u8; 32],
}

#[derive(Serialize, Deserialize, Clone, Default)]
struct Body {
    keys: Vec<Entry>,
    /// Oldest first; the last one wraps, all of them unwrap.
    wrapping: Vec<WrapEntry>,
    /// What its owner wrote on it, such as the root that a holder's keys belong to.
    #[serde(default)]
    label: String,
}

#[derive(Serialize, Deserialize, Clone)]
struct Entry {
    key: String,
    used_for: String,
    suite: String,
    state: String,
    public: String,
    /// base64url, or empty once destroyed.
    secret: String,
    made_at: i64,
    changed_at: i64,
}

#[derive(Serialize, Deserialize, Clone)]
struct WrapEntry {
    number: u32,
    cipher: u8,
    secret: String,
    made_at: i64,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

impl Drop for WrapEntry {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

impl FileCustody {
    /// Makes a new key file, readable by its owner alone, holding a wrapping key and nothing else yet.
    ///
    /// # Errors
    /// [`CustodyError::Exists`] if there is a file: key files are never overwritten.
    pub fn create(
        path: &Path,
        suite: SealSuite,
        lock: &Lock,
        cost: Argon2Cost,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, CustodyError> {
        let _held = disk::exclusive(path)?;
        if path.exists() {
            return Err(CustodyError::Exists(path.to_owned()));
        }
        let vault = Vault::new(suite, lock, cost, rng)?;
        let mut inner = Inner::fresh(vault, suite, rng)?;
        inner.save(path, rng)?;
        Ok(Self { path: Some(path.to_owned()), inner: RwLock::new(inner) })
    }

    /// Opens a key file.
    ///
    /// # Errors
    /// [`CustodyError::Missing`], [`CustodyError::Truncated`], [`CustodyError::Damaged`],
    /// [`CustodyError::WrongSecret`], [`CustodyError::OtherLock`] or [`CustodyError::Newer`].
    pub fn open(path: &Path, lock: &Lock) -> Result<Self, CustodyError> {
        let bytes = disk::read(path)?;
        let (vault, body) = Vault::open(&bytes, lock)?;
        let inner = Inner::of(vault, Body::read(&body)?, sha256(&[&bytes]))?;
        Ok(Self { path: Some(path.to_owned()), inner: RwLock::new(inner) })
    }

    /// A custody without a file, gone with the process: for tests and demonstrations.
    ///
    /// # Errors
    /// None is known.
    pub fn in_memory(suite: SealSuite, rng: &mut dyn CryptoRng) -> Result<Self, CustodyError> {
        let lock = Lock::Key(Zeroizing::new([0; 32]));
        let vault = Vault::new(suite, &lock, Argon2Cost::light(), rng)?;
        Ok(Self { path: None, inner: RwLock::new(Inner::fresh(vault, suite, rng)?) })
    }

    /// Seals the file under another passphrase or key.
    ///
    /// # Errors
    /// Those of writing the file; then the old lock still holds.
    pub fn relock(&self, lock: &Lock, cost: Argon2Cost, rng: &mut dyn CryptoRng) -> Result<(), CustodyError> {
        self.change(rng, |inner, rng| {
            let suite = inner.newest_wrap()?.1.suite();
            inner.vault = Arc::new(Vault::new(suite, lock, cost, rng)?);
            Ok(())
        })
    }

    /// Writes a label into the file, under the same seal as the keys.
    ///
    /// # Errors
    /// Those of writing the file.
    pub fn set_label(&self, label: &str, rng: &mut dyn CryptoRng) -> Result<(), CustodyError> {
        self.change(rng, |inner, _| {
            label.clone_into(&mut inner.body.label);
            Ok(())
        })
    }

    /// What [`FileCustody::set_label`] wrote, or nothing.
    #[must_use]
    pub fn label(&self) -> String {
        self.read().body.label.clone()
    }

    /// One change: lock, re-read, do, write; on any error memory and file stay as they were.
    fn change<T>(
        &self,
        rng: &mut dyn CryptoRng,
        change: impl FnOnce(&mut Inner, &mut dyn CryptoRng) -> Result<T, CustodyError>,
    ) -> Result<T, CustodyError> {
        let _held = self.path.as_deref().map(disk::exclusive).transpose()?;
        let mut inner = self.write();
        if let Some(path) = &self.path {
            inner.reload(path)?;
        }
        let mut next = inner.clone();
        let value = change(&mut next, rng)?;
        next.index()?;
        if let Some(path) = &self.path {
            next.save(path, rng)?;
        }
        *inner = next;
        Ok(value)
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        // A poisoned lock still guards a whole state: a change replaces it at once or not at all.
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Custody for FileCustody {
    fn kind(&self) -> &'static str {
        "file"
    }

    fn generate(
        &self,
        used_for: KeyUse,
        suite: Suite,
        at: i64,
        rng: &mut dyn CryptoRng,
    ) -> Result<KeyInfo, CustodyError> {
        self.change(rng, |inner, rng| {
            let signer = IssuingKey::generate(suite, rng)?;
            let entry = Entry {
                key: KeyRef::fresh(at, rng).to_string(),
                used_for: used_for.as_str().to_owned(),
                suite: suite.name().to_owned(),
                state: KeyState::Assigned.as_str().to_owned(),
                public: URL_SAFE_NO_PAD.encode(signer.public()),
                secret: URL_SAFE_NO_PAD.encode(*signer.secret()),
                made_at: at,
                changed_at: at,
            };
            let info = entry.info()?;
            inner.body.keys.push(entry);
            Ok(info)
        })
    }

    fn list(&self) -> Result<Vec<KeyInfo>, CustodyError> {
        self.read().body.keys.iter().map(Entry::info).collect()
    }

    fn refresh(&self) -> Result<(), CustodyError> {
        match &self.path {
            Some(path) => self.write().reload(path),
            None => Ok(()),
        }
    }

    fn info(&self, key: &KeyRef) -> Result<KeyInfo, CustodyError> {
        self.read().body.find(key)?.info()
    }

    fn sign(&self, key: &KeyRef, parts: &[&[u8]], rng: &mut dyn CryptoRng) -> Result<[u8; 64], CustodyError> {
        let signer = {
            let inner = self.read();
            let info = inner.body.find(key)?.info()?;
            if info.state != KeyState::Active {
                return Err(CustodyError::NotActive(info.key, info.state));
            }
            Arc::clone(inner.signers.get(key).ok_or(CustodyError::Damaged("a key without its secret"))?)
        };
        signer.sign(parts, rng)
    }

    fn advance(&self, key: &KeyRef, to: KeyState, at: i64, rng: &mut dyn CryptoRng) -> Result<KeyInfo, CustodyError> {
        self.change(rng, |inner, _| {
            let from = inner.body.find(key)?.info()?.state;
            if to <= from {
                return Err(CustodyError::Backwards(from, to));
            }
            let entry = inner.body.find_mut(key)?;
            entry.state = to.as_str().to_owned();
            entry.changed_at = at;
            if to == KeyState::Destroyed {
                entry.secret.zeroize();
            }
            entry.info()
        })
    }

    fn wrap(&self, context: &str, secret: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>, CustodyError> {
        // Another process may have made a newer wrapping key. If the file can't be read, the one in memory still wraps.
        let _ = self.refresh();
        let (number, aead) = self.read().newest_wrap()?;
        let head = Head::fresh(aead.suite(), number, secret, rng)?;
        let mut text = Zeroizing::new(secret.to_vec());
        let tag = aead.seal(&head.nonce, &wrapped::aad(context), &mut text);
        Ok(head.join(&[&text, &tag]))
    }

    fn unwrap(&self, context: &str, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, CustodyError> {
        let (head, sealed) = Head::split(wrapped).ok_or(CustodyError::NotUnwrapped)?;
        let mut aead = self.read().wraps.get(&head.number).map(Arc::clone);
        if aead.is_none() && self.refresh().is_ok() {
            aead = self.read().wraps.get(&head.number).map(Arc::clone);
        }
        let aead = aead.filter(|aead| aead.suite() == head.cipher).ok_or(CustodyError::NotUnwrapped)?;
        let mut text = Zeroizing::new(sealed.to_vec());
        let opened = aead.open(&head.nonce, &wrapped::aad(context), &mut text).map(|text| text.len());
        text.truncate(opened.map_err(|_| CustodyError::NotUnwrapped)?);
        Ok(text)
    }

    fn rotate_wrapping(&self, at: i64, rng: &mut dyn CryptoRng) -> Result<u32, CustodyError> {
        self.change(rng, |inner, rng| {
            let (number, aead) = inner.newest_wrap()?;
            let next = number.checked_add(1).ok_or(CustodyError::Unsupported("so many wrapping keys"))?;
            inner.body.wrapping.push(WrapEntry::fresh(next, aead.suite(), at, rng));
            Ok(next)
        })
    }

    fn wrapping_number(&self) -> Result<u32, CustodyError> {
        Ok(self.read().newest_wrap()?.0)
    }

    fn erase_wrapping_before(&self, number: u32, rng: &mut dyn CryptoRng) -> Result<u32, CustodyError> {
        self.change(rng, |inner, _| {
            let newest = inner.newest_wrap()?.0;
            let (had, stays) = (inner.body.wrapping.len(), number.min(newest));
            inner.body.wrapping.retain(|entry| entry.number >= stays);
            u32::try_from(had - inner.body.wrapping.len()).map_err(|_| CustodyError::Damaged("so many wrapping keys"))
        })
    }

    fn hand_over(&self, key: &KeyRef, to: &FileCustody, rng: &mut dyn CryptoRng) -> Result<(), CustodyError> {
        let entry = self.read().body.find(key)?.clone();
        if entry.secret.is_empty() {
            return Err(CustodyError::NotActive(key.clone(), KeyState::Destroyed));
        }
        to.change(rng, |inner, _| {
            inner.body.keys.push(entry);
            Ok(())
        })
    }
}

impl Inner {
    fn fresh(vault: Vault, suite: SealSuite, rng: &mut dyn CryptoRng) -> Result<Self, CustodyError> {
        let wrapping = vec![WrapEntry::fresh(1, suite, 0, rng)];
        let body = Body { keys: Vec::new(), wrapping, label: String::new() };
        Self::of(vault, body, [0; 32])
    }

    fn of(vault: Vault, body: Body, seen: [u8; 32]) -> Result<Self, CustodyError> {
        let (signers, wraps) = (BTreeMap::new(), BTreeMap::new());
        let mut inner = Self { vault: Arc::new(vault), body, signers, wraps, seen };
        inner.index()?;
        Ok(inner)
    }

    /// Brings the ready keys in step with the body.
    fn index(&mut self) -> Result<(), CustodyError> {
        let mut signers = BTreeMap::new();
        for entry in self.body.keys.iter().filter(|entry| !entry.secret.is_empty()) {
            let info = entry.info()?;
            let signer = match self.signers.get(&info.key) {
                Some(signer) => Arc::clone(signer),
                None => Arc::new(entry.signer(&info)?),
            };
            signers.insert(info.key, signer);
        }
        let mut wraps = BTreeMap::new();
        for entry in &self.body.wrapping {
            let aead = match self.wraps.get(&entry.number) {
                Some(aead) => Arc::clone(aead),
                None => Arc::new(entry.aead()?),
            };
            wraps.insert(entry.number, aead);
        }
        (self.signers, self.wraps) = (signers, wraps);
        Ok(())
    }

    fn newest_wrap(&self) -> Result<(u32, Arc<Aead>), CustodyError> {
        let newest = self.wraps.last_key_value().ok_or(CustodyError::Damaged("no wrapping key"))?;
        Ok((*newest.0, Arc::clone(newest.1)))
    }

    fn save(&mut self, path: &Path, rng: &mut dyn CryptoRng) -> Result<(), CustodyError> {
        let text = serde_json::to_vec(&self.body).map_err(|_| CustodyError::Damaged("keys without form"))?;
        let bytes = self.vault.seal(&Zeroizing::new(text), rng)?;
        disk::replace(path, &bytes)?;
        self.seen = sha256(&[&bytes]);
        Ok(())
    }

    fn reload(&mut self, path: &Path) -> Result<(), CustodyError> {
        let bytes = disk::read(path)?;
        let seen = sha256(&[&bytes]);
        if seen != self.seen {
            self.body = Body::read(&self.vault.reopen(&bytes)?)?;
            self.index()?;
            self.seen = seen;
        }
        Ok(())
    }
}

impl Body {
    fn read(text: &[u8]) -> Result<Self, CustodyError> {
        serde_json::from_slice(text).map_err(|_| CustodyError::Damaged("its body is of another form"))
    }

    fn find(&self, key: &KeyRef) -> Result<&Entry, CustodyError> {
        let named = |entry: &&Entry| entry.key == key.as_str();
        self.keys.iter().find(named).ok_or_else(|| CustodyError::UnknownKey(key.clone()))
    }

    fn find_mut(&mut self, key: &KeyRef) -> Result<&mut Entry, CustodyError> {
        let named = |entry: &&mut Entry| entry.key == key.as_str();
        self.keys.iter_mut().find(named).ok_or_else(|| CustodyError::UnknownKey(key.clone()))
    }
}

impl Entry {
    fn info(&self) -> Result<KeyInfo, CustodyError> {
        let public = URL_SAFE_NO_PAD.decode(&self.public).ok().and_then(|bytes| bytes.try_into().ok());
        let read = || {
            Some(KeyInfo {
                key: KeyRef::parse(&self.key)?,
                used_for: KeyUse::parse(&self.used_for)?,
                suite: Suite::from_name(&self.suite)?,
                state: KeyState::parse(&self.state)?,
                public: public?,
                made_at: self.made_at,
                changed_at: self.changed_at,
            })
        };
        read().ok_or(CustodyError::Damaged("a key has fields of another form"))
    }

    fn signer(&self, info: &KeyInfo) -> Result<IssuingKey, CustodyError> {
        let signer = IssuingKey::from_secret(info.suite, &*octets32(&self.secret)?)?;
        if signer.public() != info.public {
            return Err(CustodyError::Damaged("a key whose halves don't fit"));
        }
        Ok(signer)
    }
}

impl WrapEntry {
    fn fresh(number: u32, suite: SealSuite, at: i64, rng: &mut dyn CryptoRng) -> Self {
        let mut secret = Zeroizing::new([0u8; 32]);
        rng.fill_bytes(&mut *secret);
        Self { number, cipher: suite as u8, secret: URL_SAFE_NO_PAD.encode(*secret), made_at: at }
    }

    fn aead(&self) -> Result<Aead, CustodyError> {
        let suite = SealSuite::from_byte(self.cipher).ok_or(CustodyError::Damaged("unknown cipher"))?;
        Ok(Aead::new(suite, &*octets32(&self.secret)?))
    }
}

fn octets32(text: &str) -> Result<Zeroizing<[u8; 32]>, CustodyError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map(Zeroizing::new);
    let bytes = bytes.ok().and_then(|bytes| <[u8; 32]>::try_from(&bytes[..]).ok());
    bytes.map(Zeroizing::new).ok_or(CustodyError::Damaged("a secret of another length"))
}
