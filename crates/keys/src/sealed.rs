//! Personal fields at rest: sealed one by one under a data key, bound to where they stand, and found by a blind index.
//! It does not know SQL, nor where data keys are kept: they come unwrapped from a custody.
//!
//! A sealed value is `version 1 · cipher 1 · data key 4 · nonce 12 · ciphertext · tag 16`, numbers big-endian.

use crate::CryptoRng;
pub use crate::aead::SealSuite;
use crate::aead::{Aead, NONCE_LEN, TAG_LEN};
use crate::custody::SecretKey;
use crate::passing::PassingKey;
use crate::person::{IdNumber, OfficeCard, PersonName, Phone};
use aws_lc_rs::hmac as aws;
use hmac::{KeyInit, Mac, SimpleHmac};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, PoisonError, RwLock};
use zeroize::Zeroizing;

/// Longest text in a [`SealedText`], in octets.
pub const TEXT_LEN_MAX: usize = 64 << 10;
/// Bits of the index of a name. In a city of ten million about 2,400 people share a value, so that a value says little about
/// a name, and a search opens no more than that (decision 0009).
pub const BLIND_NAME_BITS: u32 = 12;
/// Octets of a blind index: HMAC cut to its left half (RFC 2104 section 5).
pub const BLIND_LEN: usize = 16;

const VERSION: u8 = 1;
const HEAD_LEN: usize = 2 + 4 + NONCE_LEN;

/// What may be sealed. Closed: a new kind of personal value is added here, with a word of its own.
pub trait Sealable: Sized + kinds::Kind {}

mod kinds {
    use super::Unsealed;

    pub trait Kind: Sized {
        /// Part of the associated data and of the blind index: kinds can't be taken for each other.
        const WORD: &'static str;
        fn octets(&self) -> &[u8];
        fn from_octets(octets: &[u8]) -> Result<Self, Unsealed>;
    }
}

/// Any other text that is personal or secret: a contact, a second factor's seed. Wiped on drop, never printed.
pub struct SealedText(Zeroizing<String>);

impl SealedText {
    /// Takes a text of at most 64 KiB; a longer one is `None`.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        (text.len() <= TEXT_LEN_MAX).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SealedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedText(…)")
    }
}

macro_rules! sealable {
    ($($kind:ty, $word:literal, $parse:expr;)+) => {$(
        impl Sealable for $kind {}
        impl kinds::Kind for $kind {
            const WORD: &'static str = $word;
            fn octets(&self) -> &[u8] {
                self.expose().as_bytes()
            }
            fn from_octets(octets: &[u8]) -> Result<Self, Unsealed> {
                std::str::from_utf8(octets).ok().and_then($parse).ok_or(Unsealed::Form)
            }
        }
    )+};
}

sealable! {
    IdNumber, "id-number", |text| IdNumber::parse(text).ok();
    PersonName, "person-name", |text| PersonName::parse(text).ok();
    Phone, "phone", |text| Phone::parse(text).ok();
    OfficeCard, "office-card", |text| OfficeCard::parse(text).ok();
    SealedText, "text", SealedText::new;
}

/// Where a value stands: it opens there alone, so rows can't be swapped behind our back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spot<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub field: &'a str,
    /// The row's id.
    pub row: &'a str,
}

/// A value sealed for one spot.
pub struct Sealed<T> {
    bytes: Vec<u8>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Sealed<T> {
    /// Takes octets from the store; whether they open is seen when they are opened.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self { bytes, kind: PhantomData }
    }

    /// The octets to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The octets to store.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The number of the data key, if the octets are long enough to name one.
    #[must_use]
    pub fn data_key(&self) -> Option<u32> {
        Some(u32::from_be_bytes(self.bytes.get(2..6)?.try_into().ok()?))
    }
}

impl<T> Clone for Sealed<T> {
    fn clone(&self) -> Self {
        Self::from_bytes(self.bytes.clone())
    }
}

impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} octets)", self.bytes.len())
    }
}

/// A keyed digest by which equal values are found without being read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BlindIndex([u8; BLIND_LEN]);

impl BlindIndex {
    /// The octets to store and to look up.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; BLIND_LEN] {
        &self.0
    }

    /// The same as hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        self.0.iter().map(|octet| format!("{octet:02x}")).collect()
    }
}

/// Why a sealed value did not open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unsealed {
    /// Too short, or of another version or cipher.
    Form,
    /// Sealed under a data key that is not here.
    NoKey(u32),
    /// Changed, or sealed for another spot or kind.
    NotAuthentic,
}

impl fmt::Display for Unsealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("the sealed value is of another form"),
            Self::NoKey(number) => write!(f, "the sealed value needs data key {number}, which is not here"),
            Self::NotAuthentic => f.write_str("the sealed value was changed, or belongs elsewhere"),
        }
    }
}

impl std::error::Error for Unsealed {}

/// The current data key is not among those given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoCurrentKey;

impl fmt::Display for NoCurrentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the current data key is not among those given")
    }
}

impl std::error::Error for NoCurrentKey {}

/// Seals and opens fields. Made once and shared: it keeps its cipher objects.
///
/// Nonces are random: rotate the data key before it has sealed 2^32 values (SP 800-38D section 8.3),
/// which is 14 times a hundred million residents of three fields.
pub struct Sealer {
    suite: SealSuite,
    data: RwLock<DataKeys>,
    index: IndexKey,
}

#[derive(Clone)]
struct DataKeys {
    keys: BTreeMap<u32, Arc<Aead>>,
    current: u32,
}

impl DataKeys {
    fn new(suite: SealSuite, keys: &[(u32, SecretKey<32>)], current: u32) -> Result<Self, NoCurrentKey> {
        let ready = |(number, key): &(u32, SecretKey<32>)| (*number, Arc::new(Aead::new(suite, key.expose())));
        let keys: BTreeMap<_, _> = keys.iter().map(ready).collect();
        if keys.contains_key(&current) { Ok(Self { keys, current }) } else { Err(NoCurrentKey) }
    }
}

enum IndexKey {
    Sha256(Box<aws::Key>),
    Sm3(Box<SimpleHmac<sm3::Sm3>>),
}

impl Sealer {
    /// The suite is of new values; older ones open by the suite they name, as long as it is this one.
    ///
    /// The index key is never rotated with the data keys: a new one means a new index over every row.
    ///
    /// # Errors
    /// [`NoCurrentKey`] if `current` is not among `data_keys`.
    pub fn new(
        suite: SealSuite,
        data_keys: &[(u32, SecretKey<32>)],
        current: u32,
        index_key: &SecretKey<32>,
    ) -> Result<Self, NoCurrentKey> {
        let data = RwLock::new(DataKeys::new(suite, data_keys, current)?);
        let index = match suite {
            SealSuite::Aes256Gcm => IndexKey::Sha256(Box::new(aws::Key::new(aws::HMAC_SHA256, index_key.expose()))),
            SealSuite::Sm4Gcm => IndexKey::Sm3(Box::new(
                SimpleHmac::new_from_slice(index_key.expose()).expect("HMAC takes a key of any length"),
            )),
        };
        Ok(Self { suite, data, index })
    }

    /// Takes other data keys from now on, and another current one; the index stays.
    ///
    /// # Errors
    /// [`NoCurrentKey`] if `current` is not among them; the keys from before stay then.
    pub fn adopt(&self, data_keys: &[(u32, SecretKey<32>)], current: u32) -> Result<(), NoCurrentKey> {
        let keys = DataKeys::new(self.suite, data_keys, current)?;
        *self.data.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    /// A fresh key of the same suite for what this run alone reads again.
    #[must_use]
    pub fn passing_key(&self, rng: &mut dyn CryptoRng) -> PassingKey {
        PassingKey::new(self.suite, rng)
    }

    /// The number of the data key that seals now.
    #[must_use]
    pub fn current(&self) -> u32 {
        self.data.read().unwrap_or_else(PoisonError::into_inner).current
    }

    fn key(&self, number: u32) -> Option<Arc<Aead>> {
        self.data.read().unwrap_or_else(PoisonError::into_inner).keys.get(&number).cloned()
    }

    fn current_key(&self) -> (u32, Arc<Aead>) {
        let data = self.data.read().unwrap_or_else(PoisonError::into_inner);
        (data.current, Arc::clone(&data.keys[&data.current]))
    }

    /// Seals a value for its spot under the current data key.
    pub fn seal<T: Sealable>(&self, value: &T, spot: Spot<'_>, rng: &mut dyn CryptoRng) -> Sealed<T> {
        let (number, aead) = self.current_key();
        let octets = value.octets();
        let mut bytes = Vec::with_capacity(HEAD_LEN + octets.len() + TAG_LEN);
        bytes.extend_from_slice(&[VERSION, aead.suite() as u8]);
        bytes.extend_from_slice(&number.to_be_bytes());
        let mut nonce = [0u8; NONCE_LEN];
        rng.fill_bytes(&mut nonce);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(octets);
        let tag = with_aad::<T, _>(spot, |aad| aead.seal(&nonce, aad, &mut bytes[HEAD_LEN..]));
        bytes.extend_from_slice(&tag);
        Sealed::from_bytes(bytes)
    }

    /// Opens a value at its spot.
    ///
    /// # Errors
    /// See [`Unsealed`].
    pub fn open<T: Sealable>(&self, sealed: &Sealed<T>, spot: Spot<'_>) -> Result<T, Unsealed> {
        let (head, rest) = sealed.bytes.split_at_checked(HEAD_LEN).ok_or(Unsealed::Form)?;
        let number = sealed.data_key().ok_or(Unsealed::Form)?;
        let aead = self.key(number).ok_or(Unsealed::NoKey(number))?;
        if head[0] != VERSION || head[1] != aead.suite() as u8 || rest.len() > TEXT_LEN_MAX + TAG_LEN {
            return Err(Unsealed::Form);
        }
        let nonce: [u8; NONCE_LEN] = head[6..].try_into().map_err(|_| Unsealed::Form)?;
        let mut text = Zeroizing::new(rest.to_vec());
        let opened = with_aad::<T, _>(spot, |aad| aead.open(&nonce, aad, &mut text).map(|text| text.len()));
        let len = opened.map_err(|_| Unsealed::NotAuthentic)?;
        T::from_octets(&text[..len])
    }

    /// Whether a value is sealed under a data key that is no longer the current one.
    #[must_use]
    pub fn needs_reseal<T>(&self, sealed: &Sealed<T>) -> bool {
        sealed.data_key() != Some(self.current())
    }

    /// Seals a value anew under the current data key.
    ///
    /// # Errors
    /// Those of [`Sealer::open`].
    pub fn reseal<T: Sealable>(
        &self,
        sealed: &Sealed<T>,
        spot: Spot<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Sealed<T>, Unsealed> {
        Ok(self.seal(&self.open(sealed, spot)?, spot, rng))
    }

    /// The digest under which equal values of one kind are found: HMAC-SHA256, or HMAC-SM3 for the national suite.
    #[must_use]
    pub fn blind<T: Sealable>(&self, value: &T) -> BlindIndex {
        let mac = self.keyed(&[b"yima.blind.v1\0", T::WORD.as_bytes(), b"\0", value.octets()]);
        let mut cut = [0u8; BLIND_LEN];
        cut.copy_from_slice(&mac[..BLIND_LEN]);
        BlindIndex(cut)
    }

    /// The value under which a name is looked for within a city (four digits of GB/T 2260): many names share it.
    #[must_use]
    pub fn blind_name(&self, name: &PersonName, city: &str) -> u16 {
        let mac = self.keyed(&[b"yima.blind.name.v1\0", city.as_bytes(), b"\0", name.folded().as_bytes()]);
        u16::from_be_bytes([mac[0], mac[1]]) >> (u16::BITS - BLIND_NAME_BITS)
    }

    fn keyed(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut digest = [0u8; 32];
        match &self.index {
            IndexKey::Sha256(key) => {
                let mut mac = aws::Context::with_key(key);
                parts.iter().for_each(|part| mac.update(part));
                digest.copy_from_slice(mac.sign().as_ref());
            }
            IndexKey::Sm3(mac) => {
                let mut mac = (**mac).clone();
                parts.iter().for_each(|part| mac.update(part));
                digest.copy_from_slice(&mac.finalize().into_bytes());
            }
        }
        digest
    }
}

/// Builds the associated data: kind, table, field and row, each with its length, so that no two spots look alike.
fn with_aad<T: Sealable, R>(spot: Spot<'_>, f: impl FnOnce(&[u8]) -> R) -> R {
    const ON_STACK: usize = 256;
    let parts = [T::WORD, spot.table, spot.field, spot.row];
    let len = b"yima.seal.v1\0".len() + parts.iter().map(|part| 4 + part.len()).sum::<usize>();
    let mut stack = [0u8; ON_STACK];
    let mut heap = Vec::new();
    let aad = if len <= ON_STACK {
        &mut stack[..len]
    } else {
        heap.resize(len, 0);
        &mut heap[..]
    };
    let mut end = 0;
    let mut put = |octets: &[u8]| {
        aad[end..end + octets.len()].copy_from_slice(octets);
        end += octets.len();
    };
    put(b"yima.seal.v1\0");
    for part in parts {
        put(&(part.len() as u32).to_be_bytes());
        put(part.as_bytes());
    }
    f(aad)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::custody::tests::rng;

    const HERE: Spot<'_> = Spot { table: "residents", field: "id_number", row: "res_1" };

    fn sealer(suite: SealSuite, numbers: &[u32], current: u32) -> Sealer {
        let key = |n: &u32| (*n, SecretKey::from_octets(&[*n as u8; 32]));
        let keys: Vec<_> = numbers.iter().map(key).collect();
        Sealer::new(suite, &keys, current, &SecretKey::from_octets(&[9; 32])).unwrap()
    }

    #[test]
    fn no_two_seals_of_a_data_key_share_a_nonce() {
        let rng = &mut rng(5);
        for suite in [SealSuite::Aes256Gcm, SealSuite::Sm4Gcm] {
            let sealer = sealer(suite, &[1], 1);
            let phone = Phone::parse("13800138000").unwrap();
            let nonce = |sealed: Sealed<Phone>| sealed.as_bytes()[6..6 + NONCE_LEN].to_vec();
            let nonces: std::collections::HashSet<_> =
                (0..20_000).map(|_| nonce(sealer.seal(&phone, HERE, rng))).collect();
            assert_eq!(nonces.len(), 20_000, "the same value at the same spot, each time under a new one");
        }
    }

    #[test]
    fn a_field_opens_at_its_spot_alone() {
        let rng = &mut rng(4);
        for suite in [SealSuite::Aes256Gcm, SealSuite::Sm4Gcm] {
            let sealer = sealer(suite, &[1], 1);
            let id = IdNumber::parse("11010519491231002X").unwrap();
            let sealed = sealer.seal(&id, HERE, rng);
            assert_eq!(sealed.as_bytes().len(), HEAD_LEN + 18 + TAG_LEN);
            assert!(!sealed.as_bytes().windows(6).any(|w| w == b"110105"));
            assert_ne!(sealed.as_bytes(), sealer.seal(&id, HERE, rng).as_bytes(), "the nonce is fresh");
            assert_eq!(sealer.open(&sealed, HERE).unwrap().expose(), id.expose());
            for elsewhere in [
                Spot { table: "resident", ..HERE },
                Spot { field: "name", ..HERE },
                Spot { row: "res_2", ..HERE },
                Spot { table: "residentsi", field: "d_number", ..HERE },
                Spot { row: &"r".repeat(300), ..HERE },
            ] {
                assert_eq!(sealer.open(&sealed, elsewhere).err(), Some(Unsealed::NotAuthentic), "{elsewhere:?}");
            }
            let as_text = Sealed::<SealedText>::from_bytes(sealed.as_bytes().to_vec());
            assert_eq!(sealer.open(&as_text, HERE).err(), Some(Unsealed::NotAuthentic));
            for at in 0..sealed.as_bytes().len() {
                let mut bent = sealed.as_bytes().to_vec();
                bent[at] ^= 4;
                assert!(sealer.open(&Sealed::<IdNumber>::from_bytes(bent), HERE).is_err(), "octet {at}");
                let cut = Sealed::<IdNumber>::from_bytes(sealed.as_bytes()[..at].to_vec());
                assert!(sealer.open(&cut, HERE).is_err(), "cut at {at}");
            }
            let long = SealedText::new(&"字".repeat(20_000)).unwrap();
            let sealed = sealer.seal(&long, HERE, rng);
            assert_eq!(sealer.open(&sealed, HERE).unwrap().expose(), long.expose());
            assert!(SealedText::new(&"x".repeat(TEXT_LEN_MAX + 1)).is_none());
        }
    }

    #[test]
    fn data_keys_rotate() {
        let rng = &mut rng(5);
        let before = sealer(SealSuite::Aes256Gcm, &[1], 1);
        let during = sealer(SealSuite::Aes256Gcm, &[1, 2], 2);
        let after = sealer(SealSuite::Aes256Gcm, &[2], 2);
        let phone = Phone::parse("13800138000").unwrap();
        let old = before.seal(&phone, HERE, rng);
        assert_eq!((before.needs_reseal(&old), during.needs_reseal(&old)), (false, true));
        assert_eq!(after.open(&old, HERE).err(), Some(Unsealed::NoKey(1)));
        let new = during.reseal(&old, HERE, rng).unwrap();
        assert!(!during.needs_reseal(&new));
        assert_eq!(after.open(&new, HERE).unwrap().expose(), "13800138000");
        assert_eq!(before.blind(&phone), after.blind(&phone), "the index outlives data keys");
        assert_eq!(
            Sealer::new(SealSuite::Aes256Gcm, &[], 1, &SecretKey::from_octets(&[0; 32])).err(),
            Some(NoCurrentKey)
        );
    }

    /// The digests were computed by Python's `hmac` with SHA-256 (hashlib) and SM3 (OpenSSL).
    #[test]
    fn blind_indexes_differ_by_kind_key_and_value() {
        let sealer = sealer(SealSuite::Aes256Gcm, &[1], 1);
        let phone = |text| sealer.blind(&Phone::parse(text).unwrap());
        assert_eq!(phone("13800138000"), phone("+86 138-0013-8000"));
        assert_ne!(phone("13800138000"), phone("13800138001"));
        assert_ne!(phone("13800138000"), sealer.blind(&SealedText::new("13800138000").unwrap()));
        let id = IdNumber::parse("11010519491231002X").unwrap();
        assert_eq!(sealer.blind(&id).to_hex(), "e97f09943392e15014590bb441594e96");
        let sm = super::tests::sealer(SealSuite::Sm4Gcm, &[1], 1);
        assert_eq!(sm.blind(&id).to_hex(), "35beb8b62c7ae88052bd2d63ce5e59c2");
    }

    /// The values were computed by Python's `hmac` with SHA-256 (hashlib) and by OpenSSL with SM3.
    #[test]
    fn the_index_of_a_name_is_short_keyed_by_city_and_blind_to_spelling() {
        let name = PersonName::parse("王明华").unwrap();
        let [plain, national] = [SealSuite::Aes256Gcm, SealSuite::Sm4Gcm].map(|suite| sealer(suite, &[1], 1));
        let found =
            [plain.blind_name(&name, "3701"), plain.blind_name(&name, "3702"), national.blind_name(&name, "3701")];
        assert_eq!(found, [238, 914, 1922]);
        for suite in [SealSuite::Aes256Gcm, SealSuite::Sm4Gcm] {
            let sealer = sealer(suite, &[1], 1);
            let at = |name, city| sealer.blind_name(&PersonName::parse(name).unwrap(), city);
            assert_eq!(at("买买提·吐尔逊", "3701"), at("买买提 吐尔逊", "3701"));
            let names: Vec<_> = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨".chars().map(|one| format!("{one}明")).collect();
            assert!(names.iter().all(|name| at(name, "3701") < 1 << BLIND_NAME_BITS));
        }
    }
}
