//! The device file: JSON, mode 0600, replaced as a whole, so that a token is marked before it is shown.
//! It does not know how tokens are drawn or shown.

use crate::api::{Api, Signer};
use crate::failure::Failure;
use crate::machine::{clock, files};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::path::{Path, PathBuf};
use yima_code::day::Day;
use yima_keys::Suite;
use yima_keys::custody::IssuingKey;

/// A device file larger than this is not one of ours, bytes.
const FILE_BYTES_MAX: u64 = 16 << 20;
/// The layout that this program writes.
const FORMAT: u32 = 1;

/// Everything that a device keeps. The file holds secrets: it is the device.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pocket {
    /// Layout of the file.
    pub format: u32,
    /// Address of the server.
    pub server: String,
    /// `dev_…`
    pub device_id: String,
    /// 0, 1 or 2.
    pub slot: u8,
    /// Suite of the device's key and of its tokens' keys: `es256` or `sm2-sm3`.
    pub suite: String,
    /// The private key that signs requests.
    #[serde(with = "base64url")]
    pub secret: [u8; 32],
    /// Masked name, as the server said.
    pub name_masked: String,
    /// GB/T 2260.
    pub region: String,
    /// SHA-256 of the root, hex: the province that this device belongs to.
    pub root_fingerprint: String,
    /// Seconds to add to the machine's clock, from signed server time.
    pub offset_s: i64,
    /// What the scenarios were when the device was last online.
    pub scenarios: Vec<KnownScenario>,
    /// A draw that was sent and not yet answered: sent again with the same keys, it gets the same numbers.
    pub pending: Option<Pending>,
    /// The server was busy: this device asks for tokens no sooner.
    #[serde(default)]
    pub later: Option<Later>,
    /// Tokens by day, at most three days.
    pub batches: Vec<Batch>,
    /// Codes that are shown for somebody else, by mandate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub family: Vec<Family>,
    /// Codes that were shown in the last 30 days, by which sealed records are found.
    pub shown: Vec<ShownCode>,
}

/// What was drawn under one mandate.
#[derive(Clone, Serialize, Deserialize)]
pub struct Family {
    /// `edg_…`
    pub mandate: String,
    /// A draw that was sent and not yet answered.
    pub pending: Option<Pending>,
    /// Tokens by day.
    pub batches: Vec<Batch>,
}

/// A scenario as the device needs it to show a code.
#[derive(Clone, Serialize, Deserialize)]
pub struct KnownScenario {
    /// Number in tokens.
    pub id: u16,
    /// Slug.
    pub slug: String,
    /// Accepted forms.
    pub forms: Vec<String>,
    /// Flavour that it needs.
    pub flavour: String,
    /// Age bands or benefits that it serves; empty for every disclosed one.
    #[serde(default)]
    pub accepted: Vec<u8>,
    /// Numbers of the scenarios whose meaning a code shown there carries too.
    #[serde(default)]
    pub merged: Vec<u16>,
}

/// When a device that was sent away comes again.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct Later {
    /// Tries that were sent away, one after the other.
    pub tries: u32,
    /// Unix seconds.
    pub at: i64,
}

/// A draw on its way.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pending {
    /// 16 random bytes.
    #[serde(with = "base64url")]
    pub request_id: [u8; 16],
    /// For which day.
    pub day: u16,
    /// One private key a wanted token.
    pub keys: Vec<WantedKey>,
    /// How many online ids.
    pub t0: u16,
}

/// A fresh key and what it is to be certified for.
#[derive(Clone, Serialize, Deserialize)]
pub struct WantedKey {
    /// `plain`, `age_band` or `benefit`.
    pub flavour: String,
    /// Which benefit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub benefit: Option<u8>,
    /// Its private half.
    #[serde(with = "base64url")]
    pub secret: [u8; 32],
}

/// The tokens of one day.
#[derive(Clone, Serialize, Deserialize)]
pub struct Batch {
    /// Civil day since 2020-01-01.
    pub day: u16,
    /// Start of their window, Unix seconds.
    pub from_at: i64,
    /// End of their window, Unix seconds.
    pub until_at: i64,
    /// Offline tokens, in the order of their numbers.
    pub t1: Vec<Token>,
    /// Online ids.
    pub t0: Vec<OnlineId>,
}

/// A certified one-time token.
#[derive(Clone, Serialize, Deserialize)]
pub struct Token {
    /// What it discloses.
    pub flavour: String,
    /// 123 bytes: what the issuer says and signs.
    pub issuer_part: String,
    /// The private key that it certifies; erased once the token was used.
    pub secret: Option<String>,
}

/// A one-time id with its key.
#[derive(Clone, Serialize, Deserialize)]
pub struct OnlineId {
    /// 16 bytes.
    #[serde(with = "base64url")]
    pub id: [u8; 16],
    /// 16 bytes; erased once the id was used.
    pub key: Option<String>,
}

/// A code that was shown, until its records are a month old.
#[derive(Clone, Serialize, Deserialize)]
pub struct ShownCode {
    /// When, Unix seconds.
    pub at: i64,
    /// Its digits.
    pub digits: String,
}

/// An open device file.
pub struct PocketFile {
    path: PathBuf,
}

impl Pocket {
    /// A device that was just enrolled.
    pub fn new(server: &str, suite: Suite, secret: [u8; 32]) -> Self {
        Self {
            format: FORMAT,
            server: server.to_owned(),
            device_id: String::new(),
            slot: 0,
            suite: suite.name().to_owned(),
            secret,
            name_masked: String::new(),
            region: String::new(),
            root_fingerprint: String::new(),
            offset_s: 0,
            scenarios: Vec::new(),
            pending: None,
            later: None,
            batches: Vec::new(),
            family: Vec::new(),
            shown: Vec::new(),
        }
    }

    /// Reads a device file.
    pub fn open(path: &Path) -> Result<(Self, PocketFile), Failure> {
        let bytes = files::read_needed(path, FILE_BYTES_MAX)?;
        let pocket: Self = serde_json::from_slice(&bytes)
            .map_err(|why| Failure::bad_input(format!("{} is no device file: {why}", path.display())))?;
        if pocket.format != FORMAT {
            return Err(Failure::bad_input(format!(
                "{} has format {}, made by another version",
                path.display(),
                pocket.format
            )));
        }
        Ok((pocket, PocketFile { path: path.to_owned() }))
    }

    /// The suite of its keys.
    pub fn suite(&self) -> Result<Suite, Failure> {
        Suite::from_name(&self.suite).ok_or_else(|| Failure::bad_input(format!("unknown suite `{}`", self.suite)))
    }

    /// The key that signs requests.
    pub fn key(&self) -> Result<IssuingKey, Failure> {
        private_key(self.suite()?, &self.secret)
    }

    /// The server that it belongs to.
    pub fn api(&self) -> Result<Api, Failure> {
        Api::new(&self.server)
    }

    /// Corrected time, Unix seconds.
    pub fn now_s(&self) -> i64 {
        clock::now_s() + self.offset_s
    }

    /// The signer of a request that leaves now.
    pub fn signer<'a>(&'a self, key: &'a IssuingKey) -> Signer<'a> {
        Signer { key, key_id: &self.device_id, created_at: self.now_s() }
    }

    /// The batch of the day whose codes are shown at this moment.
    pub fn batch_at(&mut self, now_s: i64) -> Option<&mut Batch> {
        let day = Day::shown_at(clock::as_u32(now_s)).0;
        self.batches.iter_mut().find(|batch| batch.day == day)
    }

    /// The same of a mandate, when one is named.
    pub fn batch_for(&mut self, mandate: Option<&str>, now_s: i64) -> Option<&mut Batch> {
        let Some(mandate) = mandate else { return self.batch_at(now_s) };
        let day = Day::shown_at(clock::as_u32(now_s)).0;
        self.family.iter_mut().find(|one| one.mandate == mandate)?.batches.iter_mut().find(|batch| batch.day == day)
    }

    /// The scenario of that slug, or of that number.
    pub fn scenario(&self, name: &str) -> Option<&KnownScenario> {
        self.scenarios.iter().find(|one| one.slug == name || one.id.to_string() == name)
    }

    /// Sets the correction from what the server said just now.
    pub fn learn_time(&mut self, server_at: i64) {
        let off = server_at - clock::now_s();
        // A second or two is the road between the two clocks.
        self.offset_s = if off.abs() <= 2 { 0 } else { off };
    }
}

impl PocketFile {
    /// A file that is not there yet.
    pub fn new(path: &Path) -> Result<Self, Failure> {
        if path.exists() {
            return Err(Failure::bad_input(format!(
                "{} exists already: a device file is never overwritten",
                path.display()
            )));
        }
        Ok(Self { path: path.to_owned() })
    }

    /// The file of a device that was read or written before.
    pub fn opened(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Writes the device; after it returns, the file is on the disk.
    pub fn keep(&self, pocket: &Pocket) -> Result<(), Failure> {
        let text = serde_json::to_vec_pretty(pocket).map_err(|why| Failure::machine("write the device", why))?;
        files::replace(&self.path, &text)
    }
}

/// A private key from its bytes.
pub fn private_key(suite: Suite, secret: &[u8; 32]) -> Result<IssuingKey, Failure> {
    IssuingKey::from_secret(suite, secret)
        .map_err(|why| Failure::bad_input(format!("the device file is damaged: {why}")))
}

/// Bytes from base64url of the right length.
pub fn bytes<const N: usize>(text: &str, what: &str) -> Result<[u8; N], Failure> {
    let octets = URL_SAFE_NO_PAD.decode(text).ok();
    octets
        .and_then(|octets| octets.try_into().ok())
        .ok_or_else(|| Failure::could_not(format!("{what} is not {N} bytes in base64url")))
}

/// Base64url without padding.
pub fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

mod base64url {
    use super::{Deserialize, Deserializer, Engine, Error, Serializer, URL_SAFE_NO_PAD};

    pub(super) fn serialize<S: Serializer, const N: usize>(bytes: &[u8; N], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(deserializer: D) -> Result<[u8; N], D::Error> {
        let text = String::deserialize(deserializer)?;
        let octets = URL_SAFE_NO_PAD.decode(text).ok().and_then(|octets| octets.try_into().ok());
        octets.ok_or_else(|| D::Error::custom("expected base64url of the right length"))
    }
}
