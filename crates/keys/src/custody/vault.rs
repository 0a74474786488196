//! The sealed form of a key file: a header, an encrypted body, a tag, and a checksum that tells a cut file from a wrong secret.
//! It does not know what the body says, or that a disk exists.
//!
//! `"YIMAKEYS" 8 · version 1 · cipher 1 · lock 1 · 0 1 · m KiB 4 · t 4 · p 4 · salt 16 · nonce 12 · body length 4 ·
//! body · tag 16 · SHA-256 of all before 32`, numbers big-endian; the first 56 octets are associated data.

use super::CustodyError;
use crate::aead::{Aead, NONCE_LEN, SealSuite, TAG_LEN};
use crate::{CryptoRng, sha256};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::path::Path;
use zeroize::Zeroizing;

const MAGIC: &[u8; 8] = b"YIMAKEYS";
const VERSION: u8 = 1;
const HEADER_LEN: usize = 56;
const CHECKSUM_LEN: usize = 32;
const LOCK_KEY: u8 = 0;
const LOCK_ARGON2ID: u8 = 1;
/// Most that a header may ask of Argon2: a changed file must not exhaust the machine before it is refused.
const COST_MAX: Argon2Cost = Argon2Cost { memory_kib: 1 << 20, passes: 16, lanes: 16 };

/// What opens a key file.
#[derive(Clone)]
pub enum Lock {
    /// A passphrase, stretched by Argon2id (RFC 9106).
    Passphrase(Zeroizing<String>),
    /// A key-encryption key, used through HKDF-SHA256 (RFC 5869).
    Key(Zeroizing<[u8; 32]>),
}

impl Lock {
    /// A passphrase, taken as it is.
    #[must_use]
    pub fn passphrase(text: &str) -> Self {
        Self::Passphrase(Zeroizing::new(text.to_owned()))
    }

    /// A key of 32 octets written as 64 hexadecimal digits or as base64; space around it is ignored.
    ///
    /// # Errors
    /// [`CustodyError::BadLockKey`] if it is neither.
    pub fn key_from_text(text: &str) -> Result<Self, CustodyError> {
        let text = text.trim();
        let octets = Zeroizing::new(
            unhex(text)
                .or_else(|| STANDARD.decode(text).ok())
                .or_else(|| URL_SAFE_NO_PAD.decode(text).ok())
                .ok_or(CustodyError::BadLockKey)?,
        );
        let key: [u8; 32] = octets[..].try_into().map_err(|_| CustodyError::BadLockKey)?;
        Ok(Self::Key(Zeroizing::new(key)))
    }

    /// A key from a file that holds 32 raw octets, or the text of [`Lock::key_from_text`].
    ///
    /// # Errors
    /// As there, or the file can't be read.
    pub fn key_from_file(path: &Path) -> Result<Self, CustodyError> {
        let bytes = Zeroizing::new(super::disk::read(path)?);
        if let Ok(key) = <[u8; 32]>::try_from(&bytes[..]) {
            return Ok(Self::Key(Zeroizing::new(key)));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| CustodyError::BadLockKey)?;
        Self::key_from_text(text)
    }
}

impl std::fmt::Debug for Lock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Passphrase(_) => "Passphrase(…)",
            Self::Key(_) => "Key(…)",
        })
    }
}

/// What a guess at the passphrase costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Argon2Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Argon2Cost {
    /// The second choice of RFC 9106 section 4: 64 MiB, 3 passes, 4 lanes.
    fn default() -> Self {
        Self { memory_kib: 64 << 10, passes: 3, lanes: 4 }
    }
}

impl Argon2Cost {
    /// Next to nothing: for tests and throw-away demonstrations.
    #[must_use]
    pub fn light() -> Self {
        Self { memory_kib: 64, passes: 1, lanes: 1 }
    }
}

/// How a file is locked: its cipher object, and the header fields that a rewrite keeps.
pub(super) struct Vault {
    aead: Aead,
    lock: u8,
    cost: Argon2Cost,
    salt: [u8; 16],
}

impl Vault {
    /// A new lock with a fresh salt.
    pub(super) fn new(
        suite: SealSuite,
        lock: &Lock,
        cost: Argon2Cost,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, CustodyError> {
        let mut salt = [0u8; 16];
        rng.fill_bytes(&mut salt);
        let kind = match lock {
            Lock::Passphrase(_) => LOCK_ARGON2ID,
            Lock::Key(_) => LOCK_KEY,
        };
        Self::of(suite, kind, lock, cost, salt)
    }

    /// Opens a file's octets: the lock that fits, and the body.
    pub(super) fn open(bytes: &[u8], lock: &Lock) -> Result<(Self, Zeroizing<Vec<u8>>), CustodyError> {
        let head = Header::read(bytes)?;
        let vault = Self::of(head.suite, head.lock, lock, head.cost, head.salt)?;
        let body = vault.body(&head, bytes)?;
        Ok((vault, body))
    }

    /// Opens a newer state of the file that this lock belongs to.
    pub(super) fn reopen(&self, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, CustodyError> {
        let head = Header::read(bytes)?;
        let same = head.salt == self.salt && head.lock == self.lock && head.suite == self.aead.suite();
        if !same {
            return Err(CustodyError::LockChanged);
        }
        self.body(&head, bytes)
    }

    /// Seals a body into a whole file, under a fresh nonce.
    pub(super) fn seal(&self, body: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>, CustodyError> {
        let len = u32::try_from(body.len()).map_err(|_| CustodyError::Unsupported("so many keys"))?;
        let mut nonce = [0u8; NONCE_LEN];
        rng.fill_bytes(&mut nonce);
        let mut file = Vec::with_capacity(HEADER_LEN + body.len() + TAG_LEN + CHECKSUM_LEN);
        file.extend_from_slice(MAGIC);
        file.extend_from_slice(&[VERSION, self.aead.suite() as u8, self.lock, 0]);
        for number in [self.cost.memory_kib, self.cost.passes, self.cost.lanes] {
            file.extend_from_slice(&number.to_be_bytes());
        }
        file.extend_from_slice(&self.salt);
        file.extend_from_slice(&nonce);
        file.extend_from_slice(&len.to_be_bytes());
        let mut text = Zeroizing::new(body.to_vec());
        let tag = self.aead.seal(&nonce, &file, &mut text);
        file.extend_from_slice(&text);
        file.extend_from_slice(&tag);
        file.extend_from_slice(&sha256(&[&file]));
        Ok(file)
    }

    fn of(suite: SealSuite, kind: u8, lock: &Lock, cost: Argon2Cost, salt: [u8; 16]) -> Result<Self, CustodyError> {
        let key = match (kind, lock) {
            (LOCK_ARGON2ID, Lock::Passphrase(text)) => stretched(text, cost, &salt)?,
            (LOCK_KEY, Lock::Key(key)) => expanded(key, &salt),
            (LOCK_ARGON2ID, Lock::Key(_)) => return Err(CustodyError::OtherLock("a passphrase")),
            (LOCK_KEY, Lock::Passphrase(_)) => {
                return Err(CustodyError::OtherLock("a key-encryption key"));
            }
            _ => return Err(CustodyError::Damaged("unknown kind of lock")),
        };
        Ok(Self { aead: Aead::new(suite, &key), lock: kind, cost, salt })
    }

    fn body(&self, head: &Header, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, CustodyError> {
        let sealed = &bytes[HEADER_LEN..bytes.len() - CHECKSUM_LEN];
        let mut text = Zeroizing::new(sealed.to_vec());
        let len =
            self.aead.open(&head.nonce, &bytes[..HEADER_LEN], &mut text).map_err(|_| CustodyError::WrongSecret)?.len();
        text.truncate(len);
        Ok(text)
    }
}

/// The fields of a file whose length and checksum hold.
struct Header {
    suite: SealSuite,
    lock: u8,
    cost: Argon2Cost,
    salt: [u8; 16],
    nonce: [u8; NONCE_LEN],
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, CustodyError> {
        if bytes.len() < 8 && MAGIC.starts_with(bytes) {
            return Err(CustodyError::Truncated);
        }
        if !bytes.starts_with(MAGIC) {
            return Err(CustodyError::Damaged("it does not begin as a key file does"));
        }
        let version = *bytes.get(8).ok_or(CustodyError::Truncated)?;
        if version != VERSION {
            return Err(CustodyError::Newer(version));
        }
        let len = field::<4>(bytes, 52).map(u32::from_be_bytes)? as usize;
        let whole = HEADER_LEN + len + TAG_LEN + CHECKSUM_LEN;
        if bytes.len() < whole {
            return Err(CustodyError::Truncated);
        }
        let (before, checksum) = bytes.split_at(bytes.len() - CHECKSUM_LEN);
        if bytes.len() > whole || sha256(&[before])[..] != *checksum {
            return Err(CustodyError::Damaged("its checksum does not hold"));
        }
        let suite = SealSuite::from_byte(bytes[9]).ok_or(CustodyError::Damaged("unknown cipher"))?;
        let number = |at| field::<4>(bytes, at).map(u32::from_be_bytes);
        let cost = Argon2Cost { memory_kib: number(12)?, passes: number(16)?, lanes: number(20)? };
        Ok(Self { suite, lock: bytes[10], cost, salt: field(bytes, 24)?, nonce: field(bytes, 40)? })
    }
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], CustodyError> {
    let slice = bytes.get(at..at + N).ok_or(CustodyError::Truncated)?;
    slice.try_into().map_err(|_| CustodyError::Truncated)
}

fn stretched(text: &str, cost: Argon2Cost, salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, CustodyError> {
    let within =
        cost.memory_kib <= COST_MAX.memory_kib && cost.passes <= COST_MAX.passes && cost.lanes <= COST_MAX.lanes;
    if !within {
        return Err(CustodyError::Damaged("it asks for too much work"));
    }
    let params = argon2::Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32))
        .map_err(|_| CustodyError::Damaged("it asks for no valid work"))?;
    let mut key = Zeroizing::new([0u8; 32]);
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(text.as_bytes(), salt, &mut *key)
        .map_err(|_| CustodyError::Damaged("it asks for no valid work"))?;
    Ok(key)
}

fn expanded(key: &[u8; 32], salt: &[u8; 16]) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0u8; 32]);
    hkdf::Hkdf::<sha2::Sha256>::new(Some(salt), key)
        .expand(b"yima.vault.v1", &mut *out)
        .expect("32 octets are within HKDF-SHA256's bound of 8160");
    out
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let even = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    even.then(|| (0..32).filter_map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()).collect())
}
