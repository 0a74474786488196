//! Residents, enrolment codes and paper cards as operators see them: always masked. It does not know sealed fields.

use crate::device::DeviceRow;
use crate::words::{AccountState, CardKind, CardState};
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
