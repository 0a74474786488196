//! Drawing tokens and short numbers. It does not know the bytes inside a token.

use crate::words::FlavourWord;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One key to be certified.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WantedToken {
    /// `plain`, `age_band` or `benefit`.
    #[schema(value_type = FlavourWord)]
    pub flavour: String,
    /// With `benefit`: which, 1 to 15; the first that is held when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub benefit: Option<u8>,
    /// Compressed point, 33 bytes.
    pub holder_key: String,
}

/// Draw a batch. The same `request_id` with the same keys gets the same numbers again.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DrawRequest {
    /// 16 random bytes.
    pub request_id: String,
    /// Civil day since 2020-01-01: today or tomorrow.
    pub day: u16,
    /// At most 32.
    pub t1: Vec<WantedToken>,
    /// How many T0 ids, at most 32.
    pub t0: u16,
}

/// A certified one-time token, to be completed by the holder.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DrawnToken {
    /// Bytes 0 to 122 of T1: everything that the issuer says and signs.
    pub issuer_part: String,
    /// What it discloses.
    #[schema(value_type = FlavourWord)]
    pub flavour: String,
}

/// An online one-time id with its key.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DrawnOnline {
    /// 16 bytes.
    pub id: String,
    /// 16 bytes, k_id.
    pub key: String,
}

/// The batch.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DrawAnswer {
    /// The day.
    pub day: u16,
    /// Start of the window.
    pub from_at: i64,
    /// End of the window.
    pub until_at: i64,
    /// In the order asked.
    pub tokens: Vec<DrawnToken>,
    /// As many as asked.
    pub t0: Vec<DrawnOnline>,
    /// Server time.
    pub server_at: i64,
}

/// Ask for a number that can be spoken.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ShortNumberRequest {
    /// Slug of the scenario where it will be used.
    pub scenario: String,
    /// Site number of the desk: the number is then 8 digits, else 12.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<u32>,
}

/// The number.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ShortNumber {
    /// 8 or 12 digits.
    pub number: String,
    /// After this it is dead.
    pub expires_at: i64,
}
