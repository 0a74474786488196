//! A custody in a PKCS#11 module: key pairs and wrapping keys are made in the token and never leave it.
//! It does not know SM2 or Ed25519: modules differ there (GM/T 0018 has its own interface), so those suites are refused.
//!
//! A key pair is a private object and a public one with the same CKA_ID, our key's name; the public one's label is
//! `yima:1:<use>:<state>:<made>:<changed>` and stays when the private one is destroyed. Wrapping keys are AES-256
//! objects labelled `yima:wrap:<number>`.

use super::issuing::{compressed, lower_s, octets64};
use super::wrapped::{self, Head};
use super::{Custody, CustodyError, FileCustody, KeyInfo, KeyRef, KeyState, KeyUse};
use crate::aead::{SealSuite, TAG_LEN};
use crate::{CryptoRng, Suite, sha256};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::{AuthPin, Ulong};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use zeroize::Zeroizing;

/// The object identifier of P-256 in DER (RFC 5480 section 2.1.1.1).
const P256_OID: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// Where the module is, which token of it, and the user's PIN.
#[derive(Clone)]
pub struct Pkcs11Config {
    /// The module's library, such as `/usr/lib/softhsm/libsofthsm2.so`.
    pub library: PathBuf,
    /// The token's label.
    pub token_label: String,
    /// The user's PIN.
    pub pin: Zeroizing<String>,
}

/// Private keys in a PKCS#11 token. Signs ES256; wraps under AES-256-GCM inside the token.
///
/// `rng` is used for names and nonces alone: key material is the token's own chance.
pub struct Pkcs11Custody {
    config: Pkcs11Config,
    module: Pkcs11,
    /// One session: PKCS#11 sessions are not shared by threads.
    open: Mutex<Open>,
    /// Set for good by the first refusal of the PIN: a token locks after a few.
    pin_refused: AtomicBool,
}

struct Open {
    session: Session,
    keys: BTreeMap<KeyRef, TokenKey>,
    wraps: BTreeMap<u32, ObjectHandle>,
}

#[derive(Clone)]
struct TokenKey {
    info: KeyInfo,
    public: ObjectHandle,
    private: Option<ObjectHandle>,
}

impl Pkcs11Custody {
    /// Takes an empty token for a new province, and makes its first wrapping key there.
    ///
    /// # Errors
    /// [`CustodyError::Occupied`], and those of [`Pkcs11Custody::open`].
    pub fn create(config: Pkcs11Config) -> Result<Self, CustodyError> {
        let custody = Self::connect(config)?;
        {
            let mut open = custody.lock();
            if !open.wraps.is_empty() || !open.keys.is_empty() {
                return Err(CustodyError::Occupied(custody.config.token_label.clone()));
            }
            open.make_wrap(1)?;
        }
        Ok(custody)
    }

    /// Loads the module and signs in to the token of a province.
    ///
    /// # Errors
    /// [`CustodyError::NoModule`], [`CustodyError::NoToken`], [`CustodyError::WrongPin`], [`CustodyError::PinLocked`],
    /// [`CustodyError::NoKeys`], or [`CustodyError::Module`] with the module's own words.
    pub fn open(config: Pkcs11Config) -> Result<Self, CustodyError> {
        let custody = Self::connect(config)?;
        if custody.lock().wraps.is_empty() {
            return Err(CustodyError::NoKeys(custody.config.token_label.clone()));
        }
        Ok(custody)
    }

    fn connect(config: Pkcs11Config) -> Result<Self, CustodyError> {
        let refused = |error: Error| CustodyError::NoModule(config.library.clone(), error.to_string());
        let module = Pkcs11::new(&config.library).map_err(refused)?;
        match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(said(error)),
        }
        let open = Open::begin(&module, &config)?;
        Ok(Self { config, module, open: Mutex::new(open), pin_refused: AtomicBool::new(false) })
    }

    /// Runs against the session, and once more in a new one if the module has dropped it.
    fn with<T>(&self, run: impl Fn(&mut Open) -> Result<T, Error>) -> Result<T, CustodyError> {
        let mut open = self.lock();
        match run(&mut open) {
            Err(error) if is_lost(&error) => {
                *open = self.begin_anew()?;
                run(&mut open).map_err(said)
            }
            other => other.map_err(said),
        }
    }

    fn begin_anew(&self) -> Result<Open, CustodyError> {
        if self.pin_refused.load(Ordering::Relaxed) {
            return Err(CustodyError::WrongPin);
        }
        Open::begin(&self.module, &self.config).inspect_err(|error| {
            if matches!(error, CustodyError::WrongPin | CustodyError::PinLocked) {
                self.pin_refused.store(true, Ordering::Relaxed);
            }
        })
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, key: &KeyRef) -> Result<TokenKey, CustodyError> {
        let known = self.lock().keys.get(key).cloned();
        known.ok_or_else(|| CustodyError::UnknownKey(key.clone()))
    }
}

impl Custody for Pkcs11Custody {
    fn kind(&self) -> &'static str {
        "pkcs11"
    }

    fn generate(
        &self,
        used_for: KeyUse,
        suite: Suite,
        at: i64,
        rng: &mut dyn CryptoRng,
    ) -> Result<KeyInfo, CustodyError> {
        if suite != Suite::Es256 {
            return Err(CustodyError::Unsupported("suites other than ES256"));
        }
        let key = KeyRef::fresh(at, rng);
        let label = label(used_for, KeyState::Assigned, at, at);
        self.with(|open| {
            open.make_pair(&key, &label)?;
            open.load()
        })?;
        Ok(self.find(&key)?.info)
    }

    fn list(&self) -> Result<Vec<KeyInfo>, CustodyError> {
        self.with(Open::load)?;
        Ok(self.lock().keys.values().map(|key| key.info.clone()).collect())
    }

    fn refresh(&self) -> Result<(), CustodyError> {
        self.with(Open::load)
    }

    fn info(&self, key: &KeyRef) -> Result<KeyInfo, CustodyError> {
        Ok(self.find(key)?.info)
    }

    fn sign(&self, key: &KeyRef, parts: &[&[u8]], _rng: &mut dyn CryptoRng) -> Result<[u8; 64], CustodyError> {
        let state = self.find(key)?.info.state;
        if state != KeyState::Active {
            return Err(CustodyError::NotActive(key.clone(), state));
        }
        let digest = sha256(parts);
        let made = self.with(|open| {
            // Looked up again: a new session has new handles.
            let private = open.keys.get(key).and_then(|key| key.private).ok_or(Error::NotSupported)?;
            open.session.sign(&Mechanism::Ecdsa, private, &digest)
        })?;
        let mut signature = octets64(&made)?;
        lower_s(&mut signature)?;
        Ok(signature)
    }

    fn advance(&self, key: &KeyRef, to: KeyState, at: i64, _rng: &mut dyn CryptoRng) -> Result<KeyInfo, CustodyError> {
        self.with(Open::load)?;
        let info = self.find(key)?.info;
        if to <= info.state {
            return Err(CustodyError::Backwards(info.state, to));
        }
        let label = label(info.used_for, to, info.made_at, at);
        self.with(|open| {
            let known = open.keys.get(key).cloned().ok_or(Error::NotSupported)?;
            // Destroyed first, then said to be: a kill between the two leaves a key that signs nothing.
            if let (KeyState::Destroyed, Some(private)) = (to, known.private) {
                open.session.destroy_object(private)?;
            }
            let label = Attribute::Label(label.as_bytes().to_vec());
            open.session.update_attributes(known.public, &[label])?;
            open.load()
        })?;
        Ok(self.find(key)?.info)
    }

    fn wrap(&self, context: &str, secret: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>, CustodyError> {
        let number = self.lock().newest_wrap()?;
        let head = Head::fresh(SealSuite::Aes256Gcm, number, secret, rng)?;
        let aad = wrapped::aad(context);
        let sealed = self.with(|open| {
            let key = *open.wraps.get(&number).ok_or(Error::NotSupported)?;
            let mut nonce = head.nonce;
            let mechanism = Mechanism::AesGcm(GcmParams::new(&mut nonce, &aad, tag_bits())?);
            open.session.encrypt(&mechanism, key, secret)
        })?;
        Ok(head.join(&[&sealed]))
    }

    fn unwrap(&self, context: &str, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, CustodyError> {
        let refused = CustodyError::NotUnwrapped;
        let Some((head, sealed)) = Head::split(wrapped) else { return Err(refused) };
        let mut known = self.lock().wraps.contains_key(&head.number);
        if !known {
            // Another process may have made it.
            self.with(Open::load)?;
            known = self.lock().wraps.contains_key(&head.number);
        }
        if head.cipher != SealSuite::Aes256Gcm || !known {
            return Err(refused);
        }
        let aad = wrapped::aad(context);
        let opened = self.with(|open| {
            let key = *open.wraps.get(&head.number).ok_or(Error::NotSupported)?;
            let mut nonce = head.nonce;
            let mechanism = Mechanism::AesGcm(GcmParams::new(&mut nonce, &aad, tag_bits())?);
            match open.session.decrypt(&mechanism, key, sealed) {
                Ok(text) => Ok(Some(Zeroizing::new(text))),
                Err(error) if is_not_authentic(&error) => Ok(None),
                Err(error) => Err(error),
            }
        })?;
        opened.ok_or(refused)
    }

    fn rotate_wrapping(&self, _at: i64, _rng: &mut dyn CryptoRng) -> Result<u32, CustodyError> {
        // Another process may have made a newer one; of two keys of one number only one would be found again.
        self.with(Open::load)?;
        let mut open = self.lock();
        let number = open.newest_wrap()? + 1;
        open.make_wrap(number)?;
        Ok(number)
    }

    fn wrapping_number(&self) -> Result<u32, CustodyError> {
        self.with(Open::load)?;
        self.lock().newest_wrap()
    }

    fn erase_wrapping_before(&self, number: u32, _rng: &mut dyn CryptoRng) -> Result<u32, CustodyError> {
        self.with(Open::load)?;
        let stays = number.min(self.lock().newest_wrap()?);
        self.with(|open| {
            let old: Vec<ObjectHandle> = open.wraps.range(..stays).map(|(_, handle)| *handle).collect();
            for handle in &old {
                open.session.destroy_object(*handle)?;
            }
            open.load()?;
            Ok(u32::try_from(old.len()).unwrap_or(u32::MAX))
        })
    }

    fn hand_over(&self, _key: &KeyRef, _to: &FileCustody, _rng: &mut dyn CryptoRng) -> Result<(), CustodyError> {
        Err(CustodyError::Unsupported("moving a key out, because keys never leave a module"))
    }
}

impl Open {
    fn begin(module: &Pkcs11, config: &Pkcs11Config) -> Result<Self, CustodyError> {
        let named = |slot: &cryptoki::slot::Slot| {
            let info = module.get_token_info(*slot);
            info.is_ok_and(|info| info.label().trim_end() == config.token_label)
        };
        let slots = module.get_slots_with_initialized_token().map_err(said)?;
        let found = slots.iter().copied().find(named);
        let slot = found.ok_or_else(|| {
            let labels = slots.iter().filter_map(|slot| module.get_token_info(*slot).ok());
            let labels: Vec<String> = labels.map(|info| info.label().trim_end().to_owned()).collect();
            let others = if labels.is_empty() { "none".to_owned() } else { labels.join(", ") };
            CustodyError::NoToken(config.token_label.clone(), others)
        })?;
        let session = module.open_rw_session(slot).map_err(said)?;
        match session.login(UserType::User, Some(&AuthPin::new((*config.pin).clone().into()))) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(error) => return Err(of_pin(error)),
        }
        let mut open = Self { session, keys: BTreeMap::new(), wraps: BTreeMap::new() };
        open.load().map_err(said)?;
        Ok(open)
    }

    /// Reads from the token which keys there are; objects that are not ours are passed over.
    fn load(&mut self) -> Result<(), Error> {
        let mut keys = BTreeMap::new();
        for public in self.session.find_objects(&[Attribute::Class(ObjectClass::PUBLIC_KEY)])? {
            let read = [AttributeType::Id, AttributeType::Label, AttributeType::EcPoint];
            if let Some(info) = described(&self.session.get_attributes(public, &read)?) {
                let id = Attribute::Id(info.key.as_str().as_bytes().to_vec());
                let private =
                    self.session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY), id])?.first().copied();
                keys.insert(info.key.clone(), TokenKey { info, public, private });
            }
        }
        let mut wraps = BTreeMap::new();
        for handle in self.session.find_objects(&[Attribute::Class(ObjectClass::SECRET_KEY)])? {
            let attributes = self.session.get_attributes(handle, &[AttributeType::Label])?;
            let number = attributes.iter().find_map(|attribute| match attribute {
                Attribute::Label(label) => std::str::from_utf8(label).ok()?.strip_prefix("yima:wrap:")?.parse().ok(),
                _ => None,
            });
            wraps.extend(number.map(|number: u32| (number, handle)));
        }
        (self.keys, self.wraps) = (keys, wraps);
        Ok(())
    }

    fn make_pair(&self, key: &KeyRef, label: &str) -> Result<(), Error> {
        let id = Attribute::Id(key.as_str().as_bytes().to_vec());
        let public = [
            Attribute::Token(true),
            Attribute::Private(false),
            Attribute::Verify(true),
            Attribute::EcParams(P256_OID.to_vec()),
            Attribute::Label(label.as_bytes().to_vec()),
            id.clone(),
        ];
        let private = [
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(true),
            Attribute::Label(b"yima".to_vec()),
            id,
        ];
        self.session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private).map(|_| ())
    }

    fn make_wrap(&mut self, number: u32) -> Result<(), CustodyError> {
        let template = [
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Encrypt(true),
            Attribute::Decrypt(true),
            Attribute::ValueLen(Ulong::new(32)),
            Attribute::Label(format!("yima:wrap:{number}").into_bytes()),
        ];
        self.session.generate_key(&Mechanism::AesKeyGen, &template).map_err(said)?;
        self.load().map_err(said)
    }

    fn newest_wrap(&self) -> Result<u32, CustodyError> {
        let newest = self.wraps.last_key_value();
        newest.map(|(number, _)| *number).ok_or(CustodyError::Damaged("no wrapping key"))
    }
}

fn label(used_for: KeyUse, state: KeyState, made_at: i64, changed_at: i64) -> String {
    format!("yima:1:{}:{}:{made_at}:{changed_at}", used_for.as_str(), state.as_str())
}

/// Reads one of our public objects; `None` for what somebody else put into the token.
fn described(attributes: &[Attribute]) -> Option<KeyInfo> {
    let (mut key, mut words, mut public) = (None, None, None);
    for attribute in attributes {
        match attribute {
            Attribute::Id(id) => key = KeyRef::parse(std::str::from_utf8(id).ok()?),
            Attribute::Label(label) => words = std::str::from_utf8(label).ok(),
            Attribute::EcPoint(point) => public = compressed(point_of(point)).ok(),
            _ => {}
        }
    }
    let words: Vec<&str> = words?.split(':').collect();
    let ["yima", "1", used_for, state, made_at, changed_at] = words[..] else { return None };
    Some(KeyInfo {
        key: key?,
        used_for: KeyUse::parse(used_for)?,
        suite: Suite::Es256,
        state: KeyState::parse(state)?,
        public: public?,
        made_at: made_at.parse().ok()?,
        changed_at: changed_at.parse().ok()?,
    })
}

/// CKA_EC_POINT is a DER OCTET STRING by the standard, and the bare point in some modules.
fn point_of(value: &[u8]) -> &[u8] {
    match value {
        [0x04, 0x41, point @ ..] if point.len() == 65 => point,
        bare => bare,
    }
}

fn tag_bits() -> Ulong {
    Ulong::new(8 * TAG_LEN as u64)
}

/// Errors after which a new session helps.
fn is_lost(error: &Error) -> bool {
    use RvError::{DeviceRemoved, SessionClosed, SessionHandleInvalid, UserNotLoggedIn};
    use RvError::{KeyHandleInvalid, ObjectHandleInvalid};
    let Error::Pkcs11(answer, _) = error else { return false };
    matches!(answer, SessionHandleInvalid | SessionClosed | UserNotLoggedIn | DeviceRemoved)
        || matches!(answer, KeyHandleInvalid | ObjectHandleInvalid)
}

/// What modules answer to a wrong tag; SoftHSM answers with a general error.
fn is_not_authentic(error: &Error) -> bool {
    use RvError::{EncryptedDataInvalid, EncryptedDataLenRange, GeneralError};
    matches!(error, Error::Pkcs11(EncryptedDataInvalid | EncryptedDataLenRange | GeneralError, _))
}

fn of_pin(error: Error) -> CustodyError {
    use RvError::{PinExpired, PinIncorrect, PinInvalid, PinLenRange, PinLocked};
    match error {
        Error::Pkcs11(PinIncorrect | PinInvalid | PinLenRange | PinExpired, _) => CustodyError::WrongPin,
        Error::Pkcs11(PinLocked, _) => CustodyError::PinLocked,
        other => said(other),
    }
}

fn said(error: Error) -> CustodyError {
    CustodyError::Module(error.to_string())
}

#[cfg(test)]
#[path = "pkcs11_tests.rs"]
mod tests;
