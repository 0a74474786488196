//! Enrolling a device, what its home screen needs, settings and consents. It does not know what a key is for.

use crate::Words;
use crate::resident::BenefitRow;
use crate::words::{AccountState, ConsentState, DeviceState, EndReason, FlavourWord, KeySuiteWord, SuiteWord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Ask for a one-time password. The answer is the same for everybody.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OtpRequest {
    /// Full name.
    pub name: String,
    /// 18-character resident identity number (GB 11643).
    pub id_number: String,
}

/// Says where to bring the one-time password.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OtpAnswer {
    /// Bring this back with the password.
    pub challenge_id: String,
    /// After this the password is dead.
    pub expires_at: i64,
}

/// Enrol a device; the request is signed by the key it brings.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EnrolRequest {
    /// Enrolment code from a counter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Of the one-time password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_id: Option<String>,
    /// The one-time password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otp: Option<String>,
    /// Compressed point, 33 bytes, of the device's own key.
    pub public_key: String,
    /// `ES256` or `SM2`.
    #[schema(value_type = SuiteWord)]
    pub suite: String,
    /// What the resident calls this device, at most 40 characters.
    pub label: String,
}

/// The device is enrolled.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Enrolled {
    /// Key id for all later requests.
    pub device_id: String,
    /// Below 128; another one after a recovery that was stopped, when the device draws anew.
    pub slot: u8,
    /// Masked name, e.g. `*明华`.
    pub name_masked: String,
    /// GB/T 2260.
    pub region: String,
    /// SHA-256 of the root part, hex: pin it.
    pub root_fingerprint: String,
    /// Server time.
    pub server_at: i64,
}

/// A checker asks whether the holder of the code that this device showed stands there.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Confirmation {
    /// `cfm_…`
    pub id: String,
    /// Name of the place.
    pub place: Words,
    /// The organisation that asks.
    pub owner: Words,
    /// Slug of the scenario.
    pub scenario: String,
    /// Its name.
    pub scenario_name: Words,
    /// What for.
    pub purpose: Words,
    /// What the checker will see.
    pub sees: Words,
    /// When the code was checked.
    pub opened_at: i64,
    /// Until when it may be answered.
    pub until_at: i64,
}

/// What waits for this device, the newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Confirmations {
    /// Questions.
    pub confirmations: Vec<Confirmation>,
    /// Server time.
    pub server_at: i64,
}

/// One device of a resident.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeviceRow {
    /// `dev_…`
    pub id: String,
    /// What the resident calls it.
    pub label: String,
    /// Below 128; another one after a recovery that was stopped, when the device draws anew.
    pub slot: u8,
    /// `active`, `suspended` while a recovery that did not keep it can be stopped, or `ended`.
    #[schema(value_type = DeviceState)]
    pub state: String,
    /// When it was enrolled.
    pub enrolled_at: i64,
    /// When it ended.
    #[schema(required = true)]
    pub ended_at: Option<i64>,
    /// Until when it waits with what matters, since it was enrolled a short time ago and no passkey vouched for it.
    #[schema(required = true)]
    pub young_until: Option<i64>,
    /// True for the asking device.
    pub this: bool,
}

/// A device of anybody, as operators list it: no name, no label.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AnyDevice {
    /// `dev_…`
    pub id: String,
    /// `res_…`
    pub resident: String,
    /// GB/T 2260 of the resident.
    pub region: String,
    /// Below 128; another one after a recovery that was stopped, when the device draws anew.
    pub slot: u8,
    /// Suite of its key.
    #[schema(value_type = KeySuiteWord)]
    pub suite: String,
    /// True when hardware attests its key.
    pub attested: bool,
    /// `active`, `suspended` while a recovery that did not keep it can be stopped, or `ended`.
    #[schema(value_type = DeviceState)]
    pub state: String,
    /// When it was enrolled.
    pub enrolled_at: i64,
    /// When it ended.
    #[schema(required = true)]
    pub ended_at: Option<i64>,
    /// Why it ended: `lost`, `stolen`, `replaced`, `unused`, `death`, …
    #[schema(required = true)]
    pub reason: Option<String>,
}

/// What the resident has switched.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Settings {
    /// Paper cards are refused.
    pub paper_off: bool,
    /// Short numbers are refused.
    pub short_off: bool,
}

/// Change settings; absent fields stay.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct SettingsChange {
    /// Refuse paper cards.
    #[serde(default)]
    pub paper_off: Option<bool>,
    /// Refuse short numbers.
    #[serde(default)]
    pub short_off: Option<bool>,
}

/// Something the resident should know.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Notice {
    /// When.
    pub at: i64,
    /// Stable word: `device_enrolled`, `device_ended`, `drawn`, `card_issued`, …
    pub kind: String,
    /// The sentence.
    pub words: Words,
}

/// Everything the home screen needs.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeviceHome {
    /// Masked name.
    pub name_masked: String,
    /// GB/T 2260.
    pub region: String,
    /// `active`, `suspended` or `dead`.
    #[schema(value_type = AccountState)]
    pub state: String,
    /// The person switched processing off themselves: no code works until they switch it on again.
    pub restricted: bool,
    /// All devices of the resident.
    pub devices: Vec<DeviceRow>,
    /// Switches.
    pub settings: Settings,
    /// Latest notices, newest first, at most 20.
    pub notices: Vec<Notice>,
    /// Flavours this resident may draw: `plain`, `age_band`, `benefit`.
    #[schema(value_type = Vec<FlavourWord>)]
    pub flavours: Vec<String>,
    /// Benefits held today, by number.
    pub benefits: Vec<BenefitRow>,
    /// Server time.
    pub server_at: i64,
}

/// Why a device is ended.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EndDevice {
    /// `lost`, `replaced` or `unused`.
    #[schema(value_type = EndReason)]
    pub reason: String,
}

/// Agree that a scenario may learn attributes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConsentRequest {
    /// Slug.
    pub scenario: String,
    /// Attribute names, each named in the manifest.
    pub attributes: Vec<String>,
    /// End, at most a year away.
    pub until_at: i64,
}

/// A consent, given or withdrawn.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Consent {
    /// `cns_…`
    pub id: String,
    /// Slug.
    pub scenario: String,
    /// Attribute names.
    pub attributes: Vec<String>,
    /// When it was given.
    pub from_at: i64,
    /// When it ends by itself.
    pub until_at: i64,
    /// `active`, `withdrawn` or `ended`.
    #[schema(value_type = ConsentState)]
    pub state: String,
}

/// All consents of a resident.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Consents {
    /// Newest first.
    pub consents: Vec<Consent>,
}

/// Signed server time.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TimeAnswer {
    /// Seconds.
    pub server_at: i64,
    /// Milliseconds, the signed value.
    pub server_ms: i64,
    /// The caller's nonce.
    pub nonce: String,
    /// 64 bytes r||s by the lists+time role over `yima.time.v1` 00 || nonce || u64 big-endian milliseconds.
    pub signature: String,
}

/// Check in at a place by scanning its code.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CheckInRequest {
    /// Site number from the place code.
    pub site: u32,
}

/// Checked in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CheckInAnswer {
    /// Id of the use.
    pub receipt: String,
    /// Slug.
    pub scenario: String,
    /// The place.
    pub place: Words,
    /// When.
    pub at: i64,
}
