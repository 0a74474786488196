//! Residents, enrolment codes and paper cards as operators see them: always masked. It does not know sealed fields.

use crate::Words;
use crate::device::DeviceRow;
use crate::words::{AccountState, BenefitState, CardKind, CardState, PaperFlavour};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A resident in a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ResidentRow {
    /// `res_…`
    pub id: String,
    /// Masked name.
    pub name_masked: String,
    /// GB/T 2260.
    pub region: String,
    /// `active`, `suspended` or `dead`.
    #[schema(value_type = AccountState)]
    pub state: String,
    /// 0 claimed, 1 matched, 2 seen by two officers.
    pub proofing: u8,
}

/// Whom to find: by `q`, or by `name` within `region`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct FindResidents {
    /// A whole 18-character identity number, or `res_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// A whole name, within `region`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Year of birth, with `name`: asked for when more than 20 people share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<u16>,
    /// GB/T 2260: four digits for a city, six for a county.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// A resident with devices and cards.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Resident {
    /// Row.
    #[serde(flatten)]
    pub row: ResidentRow,
    /// Devices.
    pub devices: Vec<DeviceRow>,
    /// Cards.
    pub cards: Vec<CardRow>,
    /// Benefits by number, those that are over or ended too.
    pub benefits: Vec<BenefitRow>,
}

/// A benefit of a resident.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BenefitRow {
    /// 1 to 15, as in a code.
    pub number: u8,
    /// What it is called.
    pub words: Words,
    /// First day, `2026-09-01`.
    pub from: String,
    /// Last day, `2027-08-31`.
    pub until: String,
    /// On whose word.
    pub source: String,
    /// `held`, `coming`, `over` or `ended`.
    #[schema(value_type = BenefitState)]
    pub state: String,
    /// Codes that say it can be drawn today: it is held, and enough residents share it.
    pub drawable: bool,
}

/// Give a benefit, or give it anew with other days.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewBenefit {
    /// 1 senior, 2 student, 3 disability, 4 service, 5 income support, 6 blood donor; 7 to 15 as the province assigns them.
    pub number: u8,
    /// First day, `2026-09-01`; today when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Last day, `2027-08-31`.
    pub until: String,
    /// On whose word, at most 200 characters, without an ID number.
    pub source: String,
}

/// A paper card.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CardRow {
    /// `crd_…`
    pub id: String,
    /// `card` or `sheet`.
    #[schema(value_type = CardKind)]
    pub kind: String,
    /// `active` or `revoked`.
    #[schema(value_type = CardState)]
    pub state: String,
    /// When it was issued.
    pub issued_at: i64,
    /// Last month of validity, `2027-10`.
    pub expires: String,
    /// The age band or benefit that it says, when it says one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<Words>,
}

/// Why a resident's state changes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StateChange {
    /// Evidence or reason, at most 200 characters, without ID numbers.
    pub reason: String,
}

/// A code that enrols one device.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EnrolmentCode {
    /// 16 characters in groups of four.
    pub code: String,
    /// After this it is dead.
    pub expires_at: i64,
}

/// Issue a paper card or a sheet.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewCard {
    /// `card` or `sheet`.
    #[schema(value_type = CardKind)]
    pub kind: String,
    /// What it discloses: `plain` (when absent), `age_band` or `benefit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<PaperFlavour>)]
    pub flavour: Option<String>,
    /// With `benefit`: which, 1 to 15; the first that is held when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub benefit: Option<u8>,
    /// JPEG or PNG of the face, for a card; at most 512 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
}

/// The face that goes on a card; it is printed and not kept.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CardPhoto {
    /// JPEG or PNG, base64url; at most 512 KiB.
    pub photo: String,
}
