//! Checking and resolving a code. It does not know how a verdict is reached.

use crate::Words;
use crate::words::{FormWord, PostRoleWord, ReasonWord, VerdictWord};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A checker presents what it read. Scenario and site are those the gate is registered for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CheckRequest {
    /// The digits of the code (62 to 495 ASCII digits) or a short number (8 or 12 digits).
    pub digits: String,
    /// The challenge the checker showed, when the code answers one (T1c).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
}

/// What the checker is told; the same shape from the API, the gate and the command line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verdict {
    /// `valid`, `refused` or `could_not_check`.
    #[schema(value_type = VerdictWord)]
    pub verdict: String,
    /// Why, as a stable word; absent when valid.
    #[schema(value_type = Option<ReasonWord>, required = true)]
    pub reason: Option<String>,
    /// The verdict in a few words.
    pub title: Words,
    /// What to do next.
    pub advice: Words,
    /// `T1`, `T1c`, `T0`, `T2` or `short`; absent when the form could not be told.
    #[schema(value_type = Option<FormWord>, required = true)]
    pub form: Option<String>,
    /// Slug of the scenario it was checked for.
    pub scenario: String,
    /// Assurance of the holder's identity, 0 to 3.
    pub assurance: u8,
    /// Age band code, 0 undisclosed.
    pub age_band: u8,
    /// Benefit code, 0 none.
    pub benefit: u8,
    /// True when the code is shown for somebody else.
    pub acting: bool,
    /// True when a code of the day before was taken because the manifest allows it.
    pub late: bool,
    /// How far the phone is off: minutes, negative when slow.
    pub skew_min: i32,
    /// Further scenarios whose meaning the code carries here, by the manifest's `merged`; absent when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Also>,
    /// The registered name of the enterprise, or of the office, for which it is shown; absent for a person, offline, and for
    /// an officer where the scenario's manifest does not ask for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_for: Option<String>,
    /// `person`, `enterprise` or `officer`: on whose behalf it is shown, when not on the bearer's own; absent offline, where `acting`
    /// alone says that somebody acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_for_kind: Option<String>,
    /// The officer's post in that office, with `shown_for`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<ShownPost>,
    /// When it was checked.
    pub at: i64,
    /// Id of the use that recorded it; absent offline.
    #[schema(required = true)]
    pub receipt: Option<String>,
    /// The question that the holder was asked, while the verdict waits for it: send the same digits again every two
    /// seconds until it is answered or over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Waits>,
}

/// In which post an officer shows a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShownPost {
    /// `counter`, `handler`, `reviewer` or `head`.
    #[schema(value_type = PostRoleWord)]
    pub role: String,
    /// What people call it.
    pub words: Words,
    /// The bearer stands in for the officer.
    pub deputy: bool,
}

/// A question to the holder that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Waits {
    /// `cfm_…`
    pub id: String,
    /// Until when the holder may answer.
    pub until_at: i64,
}

/// A further meaning of a valid code, such as a benefit shown on boarding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Also {
    /// Slug.
    pub scenario: String,
    /// Its name.
    pub name: Words,
}

/// A checker that was given a receipt asks for what its manifest names.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ResolveRequest {
    /// The receipt of a valid check by the same gate, at most ten minutes old.
    pub receipt: String,
    /// Attribute names, all of them named in the manifest.
    pub attributes: Vec<String>,
}

/// The scenario's own pseudonym for the holder, and what the holder agreed to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ResolveAnswer {
    /// Pairwise pseudonym for the owning organisation; absent when the manifest does not ask for one.
    #[schema(required = true)]
    pub pseudonym: Option<String>,
    /// Number of the office's own card, when one is bound and the agreement to that stands; pattern `bind` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_card: Option<String>,
    /// Values of the attributes the resident agreed to.
    pub attributes: BTreeMap<String, String>,
    /// Attributes asked for and not given.
    pub withheld: Vec<String>,
    /// Id of the use that recorded it.
    pub receipt: String,
}
