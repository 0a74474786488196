//! The three signature suites, and public keys in the one shape that a code carries.
//! It knows which library checks which suite; it does not know what is signed, or who signs.

use crate::ed25519::Ed25519Key;
use crate::es256::Es256Key;
use crate::hash;
use crate::sm2_plain::Sm2Key;
use crate::sm2_table::Sm2Table;
use std::fmt;
use std::sync::OnceLock;

/// Bytes of a public key: a compressed point (SEC 1 section 2.3.3), or 00 and an Ed25519 key.
pub const PUBLIC_KEY_BYTES: usize = 33;
/// Bytes of a signature: r and s, or R and S, 32 bytes each; never DER.
pub const SIGNATURE_BYTES: usize = 64;

/// A signature algorithm with its hash; the number is the nibble in a code's byte 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Suite {
    /// ECDSA on P-256 with SHA-256 and low s (RFC 7518 section 3.4; FIPS 186-5).
    Es256 = 1,
    /// SM2 with SM3 and the user id `1234567812345678` (GB/T 32918.2-2016).
    Sm2Sm3 = 2,
    /// Ed25519 (RFC 8032), checked strictly.
    Ed25519 = 3,
}

impl Suite {
    /// Every suite, in the order of their numbers.
    pub const ALL: [Suite; 3] = [Suite::Es256, Suite::Sm2Sm3, Suite::Ed25519];

    /// The suite with this number; `None` for 0 (no suite) and for those of the future.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Suite> {
        match number {
            1 => Some(Suite::Es256),
            2 => Some(Suite::Sm2Sm3),
            3 => Some(Suite::Ed25519),
            _ => None,
        }
    }

    /// The suite's number, 1 to 3.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The name used in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Suite::Es256 => "es256",
            Suite::Sm2Sm3 => "sm2-sm3",
            Suite::Ed25519 => "ed25519",
        }
    }

    /// The suite of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Suite> {
        Suite::ALL.into_iter().find(|suite| suite.name() == name)
    }

    /// SM3 under SM2 keys, SHA-256 under the others.
    #[must_use]
    pub fn digest(self, parts: &[&[u8]]) -> [u8; 32] {
        match self {
            Suite::Sm2Sm3 => hash::sm3(parts),
            Suite::Es256 | Suite::Ed25519 => hash::sha256(parts),
        }
    }

    /// HMAC (RFC 2104) with the suite's hash.
    #[must_use]
    pub fn hmac(self, key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
        match self {
            Suite::Sm2Sm3 => hash::hmac_sm3(key, parts),
            Suite::Es256 | Suite::Ed25519 => hash::hmac_sha256(key, parts),
        }
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The bytes are no public key of that suite: a wrong prefix, no point of the curve, a weak point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadKey;

/// The signature is out of range, not in its one allowed form, or not made by that key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadSignature;

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes are not a public key of that suite")
    }
}
impl fmt::Display for BadSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the signature does not hold")
    }
}
impl std::error::Error for BadKey {}
impl std::error::Error for BadSignature {}

/// A public key that was parsed and is known to be a point of its curve.
#[derive(Clone)]
pub struct PublicKey {
    bytes: [u8; PUBLIC_KEY_BYTES],
    parsed: Parsed,
}

#[derive(Clone)]
enum Parsed {
    Es256(Es256Key),
    Sm2(Box<Sm2Key>),
    Ed25519(Box<Ed25519Key>),
}

impl PublicKey {
    /// Parses 33 bytes: 02 or 03 and x for the two curves of Weierstrass form, 00 and the key for Ed25519.
    ///
    /// # Errors
    /// [`BadKey`] for another prefix, a point that is not on the curve, or a small-order Ed25519 key.
    pub fn parse(suite: Suite, bytes: &[u8; PUBLIC_KEY_BYTES]) -> Result<PublicKey, BadKey> {
        let parsed = match suite {
            Suite::Es256 => Parsed::Es256(Es256Key::parse(bytes)?),
            Suite::Sm2Sm3 => Parsed::Sm2(Box::new(Sm2Key::parse(bytes)?)),
            Suite::Ed25519 => Parsed::Ed25519(Box::new(Ed25519Key::parse(bytes)?)),
        };
        Ok(PublicKey { bytes: *bytes, parsed })
    }

    /// Whether 33 bytes have the prefix of a key of that suite, without taking the root that [`PublicKey::parse`] takes.
    ///
    /// For keys that only their own holder needs: one that is no point makes signatures that nobody takes.
    #[must_use]
    pub const fn may_be(suite: Suite, bytes: &[u8; PUBLIC_KEY_BYTES]) -> bool {
        match suite {
            Suite::Es256 | Suite::Sm2Sm3 => matches!(bytes[0], 0x02 | 0x03),
            Suite::Ed25519 => bytes[0] == 0,
        }
    }

    /// The suite that this key belongs to.
    #[must_use]
    pub fn suite(&self) -> Suite {
        match self.parsed {
            Parsed::Es256(_) => Suite::Es256,
            Parsed::Sm2(_) => Suite::Sm2Sm3,
            Parsed::Ed25519(_) => Suite::Ed25519,
        }
    }

    /// The 33 bytes that it was parsed from; a key has no other encoding.
    #[must_use]
    pub fn bytes(&self) -> &[u8; PUBLIC_KEY_BYTES] {
        &self.bytes
    }

    /// Checks a signature over the concatenation of `message`'s parts.
    ///
    /// # Errors
    /// [`BadSignature`] whatever the cause: causes are not told apart.
    pub fn verify(&self, message: &[&[u8]], signature: &[u8; SIGNATURE_BYTES]) -> Result<(), BadSignature> {
        match &self.parsed {
            Parsed::Es256(key) => key.verify(message, signature),
            Parsed::Sm2(key) => key.verify(message, signature),
            Parsed::Ed25519(key) => key.verify(message, signature),
        }
    }

    /// The same, where ES256 may come with either half of s: JOSE (RFC 7518 section 3.4) and COSE programs of others
    /// make both. Not for codes, whose bytes must be unique.
    ///
    /// # Errors
    /// [`BadSignature`] whatever the cause.
    pub fn verify_foreign(&self, message: &[&[u8]], signature: &[u8; SIGNATURE_BYTES]) -> Result<(), BadSignature> {
        match &self.parsed {
            Parsed::Es256(key) => key.verify_any_s(message, signature),
            Parsed::Sm2(_) | Parsed::Ed25519(_) => self.verify(message, signature),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} ", self.suite())?;
        self.bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &PublicKey) -> bool {
        self.suite() == other.suite() && self.bytes == other.bytes
    }
}
impl Eq for PublicKey {}

/// A key that checks many signatures, such as an issuer's of the day.
///
/// An SM2 key gets a table of 297 KiB at its first use (about 3 ms), so only keys in use cost memory.
/// Variable time: for public values alone, never for signing or decryption.
pub struct KnownKey {
    key: PublicKey,
    table: OnceLock<Sm2Table>,
}

impl KnownKey {
    /// Keeps a parsed key; nothing is computed yet.
    #[must_use]
    pub fn new(key: PublicKey) -> KnownKey {
        KnownKey { key, table: OnceLock::new() }
    }

    /// Parses as [`PublicKey::parse`].
    ///
    /// # Errors
    /// [`BadKey`] as there.
    pub fn parse(suite: Suite, bytes: &[u8; PUBLIC_KEY_BYTES]) -> Result<KnownKey, BadKey> {
        PublicKey::parse(suite, bytes).map(KnownKey::new)
    }

    /// The key itself.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// The suite that this key belongs to.
    #[must_use]
    pub fn suite(&self) -> Suite {
        self.key.suite()
    }

    /// Checks a signature, for SM2 through the table; accepts exactly what [`PublicKey::verify`] accepts.
    ///
    /// # Errors
    /// [`BadSignature`] whatever the cause.
    pub fn verify(&self, message: &[&[u8]], signature: &[u8; SIGNATURE_BYTES]) -> Result<(), BadSignature> {
        match &self.key.parsed {
            Parsed::Sm2(key) => {
                let table = self.table.get_or_init(|| Sm2Table::of(key));
                key.verify_by_table(table, message, signature)
            }
            Parsed::Es256(_) | Parsed::Ed25519(_) => self.key.verify(message, signature),
        }
    }

    /// Checks an SM2 signature through the table over a digest e that the caller made: for tests against the standard
    /// and against [`crate::verify_sm2_digest`].
    ///
    /// # Errors
    /// [`BadSignature`], for a key of another suite too.
    pub fn verify_sm2_digest(&self, digest: &[u8; 32], signature: &[u8; SIGNATURE_BYTES]) -> Result<(), BadSignature> {
        let Parsed::Sm2(key) = &self.key.parsed else { return Err(BadSignature) };
        self.table.get_or_init(|| Sm2Table::of(key)).verify(digest, signature)
    }
}

impl fmt::Debug for KnownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.key, f)
    }
}
