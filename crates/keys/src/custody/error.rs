//! Every way in which a custody can refuse, as a sentence that says what to do.
//! It holds no secret and no file content.

use super::{KeyRef, KeyState};
use std::{fmt, io, path::PathBuf};

/// Why a custody did not do what it was asked.
#[derive(Debug)]
pub enum CustodyError {
    /// No key of that name.
    UnknownKey(KeyRef),
    /// Only an active key signs.
    NotActive(KeyRef, KeyState),
    /// A key's life only goes forwards.
    Backwards(KeyState, KeyState),
    /// This custody has no such suite or operation; the text says which.
    Unsupported(&'static str),
    /// The key file is not there.
    Missing(PathBuf),
    /// A key file is there already, and is never overwritten.
    Exists(PathBuf),
    /// The key file ends too early.
    Truncated,
    /// The key file was changed: its checksum or its fields don't hold.
    Damaged(&'static str),
    /// The file is whole, and the passphrase or key is not its own.
    WrongSecret,
    /// The file is locked by the other kind of secret.
    OtherLock(&'static str),
    /// The file was written by a newer version.
    Newer(u8),
    /// The file's passphrase was changed by another process since it was opened.
    LockChanged,
    /// The key given is not 32 octets as hexadecimal, base64 or raw.
    BadLockKey,
    /// What was wrapped does not open under this custody and these words.
    NotUnwrapped,
    /// A secret is not a valid private key of its suite.
    BadSecret,
    /// The random source gave no usable value.
    BadRandomness,
    /// The signature could not be made.
    NotSigned,
    /// The operating system refused; the text says what was being done.
    Io(&'static str, io::Error),
    /// The key module refused; the text is the module's own.
    Module(String),
    /// The PKCS#11 module can't be loaded; the text is the loader's own.
    NoModule(PathBuf, String),
    /// The module has no token of that label; the text names those that it has.
    NoToken(String, String),
    /// The token holds no keys of a province.
    NoKeys(String),
    /// The token holds keys of a province already.
    Occupied(String),
    /// The token refused the PIN; it is not tried again.
    WrongPin,
    /// The token is locked after too many wrong PINs.
    PinLocked,
}

impl fmt::Display for CustodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey(key) => write!(f, "no key {key} in this custody"),
            Self::NotActive(key, state) => {
                write!(f, "key {key} is {}: only an active key signs", state.as_str())
            }
            Self::Backwards(from, to) => {
                write!(f, "a key that is {} can't become {}", from.as_str(), to.as_str())
            }
            Self::Unsupported(what) => write!(f, "this custody does not support {what}"),
            Self::Missing(path) => write!(f, "no key file at {}", path.display()),
            Self::Exists(path) => {
                write!(f, "{} exists already and is not overwritten", path.display())
            }
            Self::Truncated => f.write_str("the key file is cut short: restore it from a backup"),
            Self::Damaged(what) => {
                write!(f, "the key file is damaged ({what}): restore it from a backup")
            }
            Self::WrongSecret => f.write_str("the passphrase or key does not open this key file"),
            Self::OtherLock(needs) => write!(f, "this key file is opened by {needs}"),
            Self::Newer(version) => {
                write!(f, "the key file has format {version}, made by a newer program")
            }
            Self::LockChanged => f.write_str("the key file's passphrase was changed meanwhile: open it again"),
            Self::BadLockKey => {
                f.write_str("the key-encryption key must be 32 octets: 64 hexadecimal digits, base64 or raw")
            }
            Self::NotUnwrapped => f.write_str("the wrapped key does not open: other custody, other purpose or damaged"),
            Self::BadSecret => f.write_str("the secret is not a valid private key of its suite"),
            Self::BadRandomness => f.write_str("the random source gave no usable value"),
            Self::NotSigned => f.write_str("the signature could not be made"),
            Self::Io(doing, error) => write!(f, "failed to {doing}: {error}"),
            Self::Module(said) => write!(f, "the key module refused: {said}"),
            Self::NoModule(path, said) => {
                write!(f, "no PKCS#11 module could be loaded from {}: {said}", path.display())
            }
            Self::NoToken(label, others) => write!(f, "the module has no token labelled {label}; it has: {others}"),
            Self::NoKeys(label) => write!(
                f,
                "the token {label} holds no keys of a province: connect the token that this province was made with, \
                 or restore it with its maker's tools"
            ),
            Self::Occupied(label) => {
                write!(f, "the token {label} holds keys of a province already: give a new province an empty token")
            }
            Self::WrongPin => f.write_str(
                "the token refused the PIN. It was tried once and is not tried again, because tokens lock after a few \
                 wrong ones: correct it before you start anew",
            ),
            Self::PinLocked => {
                f.write_str("the token is locked after too many wrong PINs: its security officer must set a new one")
            }
        }
    }
}

impl std::error::Error for CustodyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(_, error) => Some(error),
            _ => None,
        }
    }
}
