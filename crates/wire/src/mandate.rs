//! Mandates: who may act for whom. It does not know what a kind allows.

use crate::words::{MandateEvidence, MandateKind, MandateScope, MandateState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A mandate in any list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MandateRow {
    /// `edg_…`
    pub id: String,
    /// `guardian`, `helper`, …
    #[schema(value_type = MandateKind)]
    pub kind: String,
    /// What may be done under it.
    #[schema(value_type = Vec<MandateScope>)]
    pub scopes: Vec<String>,
    /// Where it stands.
    #[schema(value_type = MandateState)]
    pub state: String,
    /// On whose word it was made.
    #[schema(value_type = MandateEvidence)]
    pub evidence: String,
    /// When it began.
    pub from_at: i64,
    /// When it ends by itself: a child's 18th year, a year's end.
    pub until_at: i64,
    /// When it ends unless the child, who is 14 by then, says yes.
    #[schema(required = true)]
    pub consent_by_at: Option<i64>,
    /// When it ended.
    #[schema(required = true)]
    pub ended_at: Option<i64>,
    /// Until when its principal may undo the end.
    #[schema(required = true)]
    pub undo_until_at: Option<i64>,
}

/// A mandate of one's own.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OwnMandate {
    /// Row.
    #[serde(flatten)]
    pub row: MandateRow,
    /// True when the caller acts for the other one; else the other one acts for the caller.
    pub acts: bool,
    /// The other one, masked; empty when it is over.
    pub name_masked: String,
    /// The caller can say yes to it now.
    pub may_confirm: bool,
    /// The caller can end it.
    pub may_end: bool,
    /// The caller can undo its end.
    pub may_undo: bool,
    /// The caller can show codes under it.
    pub may_show: bool,
    /// The caller can read the other one's record.
    pub may_see: bool,
}

/// All mandates of a resident, over them and by them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Mandates {
    /// Newest first.
    pub mandates: Vec<OwnMandate>,
    /// Server time.
    pub server_at: i64,
}

/// One of two parties, masked.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Party {
    /// `res_…`
    pub id: String,
    /// Masked name.
    pub name_masked: String,
}

/// A mandate as a counter sees it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ResidentMandate {
    /// Row.
    #[serde(flatten)]
    pub row: MandateRow,
    /// For whom.
    pub principal: Party,
    /// Who acts.
    pub actor: Party,
}

/// All mandates of a resident, as a counter sees them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ResidentMandates {
    /// Newest first.
    pub mandates: Vec<ResidentMandate>,
}

/// Register a mandate over a resident.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewMandate {
    /// `guardian` or `helper`.
    #[schema(value_type = MandateKind)]
    pub kind: String,
    /// `res_…` of the one who acts.
    pub actor: String,
    /// What may be done; everything of the kind when empty.
    #[serde(default)]
    #[schema(value_type = Vec<MandateScope>)]
    pub scopes: Vec<String>,
    /// `register`, `court`, `counter` or `care_worker`.
    #[schema(value_type = MandateEvidence)]
    pub evidence: String,
    /// File number of the evidence, at most 200 characters, without an ID number. No copy of it is kept.
    pub reference: String,
    /// The resident said yes here, and the one who is to act was not in the room.
    #[serde(default)]
    pub agreed: bool,
    /// An earlier end than the law's; needed for an adult's guardian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_at: Option<i64>,
}

/// It is there.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MandateMade {
    /// `edg_…`; `tru_…` for a trusted person.
    pub id: String,
}

/// Make a code by which a helper comes forward.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InvitationRequest {
    /// What the helper may do: `show_code`, `book`, `read_notices`, `claim_benefit`.
    #[schema(value_type = Vec<MandateScope>)]
    pub scopes: Vec<String>,
}

/// The code, shown once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// Ten characters in two groups.
    pub code: String,
    /// After this it is dead.
    pub expires_at: i64,
}

/// Come forward as a helper.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AcceptRequest {
    /// The elder's code.
    pub code: String,
}

/// Say yes to a mandate.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Confirm {
    /// At a counter: the person was heard alone.
    #[serde(default)]
    pub alone: bool,
}

/// End a mandate.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct EndMandate {
    /// At a counter: why, at most 200 characters, without an ID number.
    #[serde(default)]
    pub reason: String,
}

/// Stop a mandate by an order, or let it go on.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ByOrder {
    /// File number of the order, without an ID number.
    pub order: String,
    /// Hide the resident's record from the one who acts; true when absent.
    #[serde(default = "yes")]
    pub hide: bool,
}

const fn yes() -> bool {
    true
}

/// Somebody who is told of what a helper does.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Trusted {
    /// `tru_…`
    pub id: String,
    /// True when the one who is looked at is told of another one's helpers; else the other one is told of theirs.
    pub told: bool,
    /// The other one, masked.
    pub name_masked: String,
    /// It waits for the word of the one who is to be told.
    pub pending: bool,
}

/// Those that stand.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TrustedList {
    /// Newest first.
    pub trusted: Vec<Trusted>,
}

/// Name a trusted person at a counter.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NameTrusted {
    /// `res_…`
    pub person: String,
    /// The resident said so, and no helper was in the room.
    #[serde(default)]
    pub alone: bool,
}

/// Ask, as a guardian, for something heavy for a child.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct AskForWard {
    /// `name`, `phone` or `region` to be corrected; `restrict` or `lift` to switch the use of data off or on again; absent: that
    /// everything be deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// To what, of a correction.
    #[serde(default)]
    pub to: String,
    /// Why, of a correction.
    #[serde(default)]
    pub why: String,
}

/// What a guardian asked for a child, or a ward by itself, in the time in which it can be stopped.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WardRequest {
    /// `rgt_…`
    pub id: String,
    /// The caller's own mandate over the child, `edg_…`.
    pub mandate: String,
    /// The child, masked.
    pub name_masked: String,
    /// `correct` or `delete`.
    pub kind: String,
    /// `name`, `phone` or `region`, of a correction.
    #[schema(required = true)]
    pub field: Option<String>,
    /// The caller asked for it.
    pub mine: bool,
    /// The child, or whoever is in the caller's care, asked for it.
    pub by_ward: bool,
    /// When it was asked.
    pub asked_at: i64,
    /// Until when it can be stopped.
    pub hold_until: i64,
}

/// All of those in the caller's care.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WardRequests {
    /// Newest first, child by child.
    pub requests: Vec<WardRequest>,
    /// Server time.
    pub server_at: i64,
}

/// Somebody who has no guardian any more.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WardAlone {
    /// `res_…`
    pub resident: String,
    /// Masked.
    pub name_masked: String,
    /// `death`, `deleted` or `lost_capacity`.
    pub reason: String,
    /// Since when.
    pub at: i64,
}

/// How somebody was seen to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SeenTo {
    /// At most 200 characters, without an ID number.
    pub how: String,
}
