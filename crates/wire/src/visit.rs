//! Visits at a counter: what officers send and see. It does not know what a visit opens.

use crate::Words;
use crate::words::{SeenWord, VisitDeed, VisitState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Help somebody who is at the counter to sign in at a kiosk, for a few deeds.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BeginVisit {
    /// Read off the ID card. Or else `receipt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_number: Option<String>,
    /// `use_…`: the receipt of a code that answered the challenge of a gate of this place within two minutes (T1c).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// The officer compared the face with the photo.
    pub face: bool,
    /// The place.
    pub site: u32,
    /// Which kiosk there, at most 20 characters.
    pub kiosk: String,
    /// What may be done.
    #[schema(value_type = Vec<VisitDeed>)]
    pub deeds: Vec<String>,
}

/// It waits at its kiosk.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct VisitBegun {
    /// `vis_…`
    pub id: String,
    /// Eight letters for the kiosk, shown once.
    pub code: String,
    /// Unix seconds until which they open it.
    pub code_until: i64,
    /// Unix seconds at which it is over.
    pub until_at: i64,
    /// Masked name.
    pub name_masked: String,
}

/// A visit in its officer's list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct VisitRow {
    /// `vis_…`
    pub id: String,
    /// `res_…`
    pub resident: String,
    /// Masked name.
    pub name_masked: String,
    /// Name of the place.
    pub place: Words,
    /// Which kiosk.
    pub kiosk: String,
    /// How the officer saw who it is.
    #[schema(value_type = SeenWord)]
    pub seen: String,
    /// What may be done.
    #[schema(value_type = Vec<VisitDeed>)]
    pub deeds: Vec<String>,
    /// How far it is.
    #[schema(value_type = VisitState)]
    pub state: String,
    /// Unix seconds.
    pub begun_at: i64,
    /// Unix seconds at which it is over.
    pub until_at: i64,
}
