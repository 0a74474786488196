//! Operators, their sessions, keys and the audit list. It does not know how a password is checked.

use crate::words::{
    ActorKindWord, DeedWord, FormWord, KeyStateWord, KeySuiteWord, OperatorGrantState, OperatorNameState,
    OperatorState, OutcomeWord, RoleWord,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Sign in with a password and a second factor.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SignIn {
    /// Operator name.
    pub name: String,
    /// Password.
    pub password: String,
    /// Six digits (RFC 6238).
    pub totp: String,
}

/// Who is signed in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// `opr_…`
    pub id: String,
    /// Name.
    pub name: String,
    /// `system`, `security` or `audit`.
    #[schema(value_type = RoleWord)]
    pub role: String,
    /// When the session ends.
    pub until_at: i64,
    /// True in the demonstration.
    pub demo: bool,
}

/// A use, as auditors see it: no names.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UseRow {
    /// `use_…`
    pub id: String,
    /// When.
    pub at: i64,
    /// Deed.
    #[schema(value_type = DeedWord)]
    pub deed: String,
    /// A column of the access matrix: `resident`, `gate`, `op-system`, …
    #[schema(value_type = ActorKindWord)]
    pub actor_kind: String,
    /// Id of who did it.
    pub actor: String,
    /// Slug.
    #[schema(required = true)]
    pub scenario: Option<String>,
    /// Site number.
    #[schema(required = true)]
    pub site: Option<u32>,
    /// Outcome.
    #[schema(value_type = OutcomeWord)]
    pub outcome: String,
    /// Reason.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// Form.
    #[schema(value_type = Option<FormWord>, required = true)]
    pub form: Option<String>,
    /// `opr_…`: the officer who helped, in a visit at a counter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helper: Option<String>,
}

/// A key that the province signs or seals with.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeyRow {
    /// Key id, hex.
    pub kid: String,
    /// Suite.
    #[schema(value_type = KeySuiteWord)]
    pub suite: String,
    /// `t1`, `t2`, `root`, `keys`, `manifests`, `lists_time`, …
    pub purpose: String,
    /// Civil day, for daily keys.
    #[schema(required = true)]
    pub day: Option<u16>,
    /// Standing.
    #[schema(value_type = KeyStateWord)]
    pub state: String,
    /// Start of its window.
    #[schema(required = true)]
    pub from_at: Option<i64>,
    /// End of its window.
    #[schema(required = true)]
    pub until_at: Option<i64>,
    /// Of a paper key: how many codes that still count it signed. Withdrawn with it, each has to be issued anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cards: Option<u64>,
}

/// The keys.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Keys {
    /// Rows.
    pub keys: Vec<KeyRow>,
    /// SHA-256 of the root part, hex.
    pub root_fingerprint: String,
    /// Newest bundle version.
    pub bundle_version: i64,
    /// Where the signing roles stand.
    pub signing: Signing,
}

/// The signing roles, and how long the announced keys last.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Signing {
    /// In the order root, keys, manifests, lists-time.
    pub roles: Vec<SigningRole>,
    /// Version of the newest root.
    pub root_version: u32,
    /// Unix seconds until which codes can be issued with the keys announced.
    pub announced_until: i64,
    /// Announced keys run out within a week, and their holders are offline.
    pub runs_out: bool,
    /// Approved scenarios or places wait for reviewers who sign offline.
    pub awaits_reviewers: bool,
}

/// One signing role.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SigningRole {
    /// `root`, `keys`, `manifests` or `lists-time`.
    pub role: String,
    /// How many keys must sign.
    pub threshold: u8,
    /// How many keys it has.
    pub keys: u32,
    /// The province can sign for it by itself.
    pub online: bool,
    /// Unix seconds after which its newest signature no longer counts.
    #[schema(required = true)]
    pub ends_at: Option<i64>,
}

/// Somebody who holds or held one of the three posts.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorRow {
    /// `opr_…`
    pub id: String,
    /// Sign-in name.
    pub name: String,
    /// Staff number or the like.
    pub person: String,
    /// `system`, `security` or `audit`.
    #[schema(value_type = RoleWord)]
    pub role: String,
    /// `active`, `suspended` or `ended`.
    #[schema(value_type = OperatorState)]
    pub state: String,
    /// Unix seconds.
    pub since_at: i64,
    /// Until when they are suspended, Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended_until: Option<i64>,
    /// It is known which resident they are; which one is not said.
    pub named: bool,
}

/// An operator was stopped.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorSuspended {
    /// Until when, Unix seconds.
    pub until_at: i64,
}

/// The new proposal of an end.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorEndProposed {
    /// `oen_…`
    pub id: String,
}

/// The end of a post that is proposed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorEndRow {
    /// `oen_…`
    pub id: String,
    /// Sign-in name of whose post it is.
    pub name: String,
    /// Why.
    pub reason: String,
    /// `proposed`, `confirmed`, `refused`, or `over` after seven days.
    #[schema(value_type = OperatorGrantState)]
    pub state: String,
    /// Sign-in name.
    pub proposed_by: String,
    /// The caller may decide it: somebody else proposed it.
    pub may_decide: bool,
    /// Unix seconds.
    pub proposed_at: i64,
}

/// A post that is proposed for a natural person.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorGrantRow {
    /// `opr_…`
    pub id: String,
    /// Sign-in name.
    pub name: String,
    /// Staff number or the like.
    pub person: String,
    /// `system`, `security` or `audit`.
    #[schema(value_type = RoleWord)]
    pub role: String,
    /// `proposed`, `confirmed`, `refused`, or `over` after seven days.
    #[schema(value_type = OperatorGrantState)]
    pub state: String,
    /// `opr_…`
    pub proposed_by: String,
    /// The caller may decide it: somebody else proposed it.
    pub may_decide: bool,
    /// The resident who they are, by a masked name, for whoever decides; none when nobody is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resident: Option<String>,
    /// Unix seconds.
    pub proposed_at: i64,
}

/// Which resident an operator is, as proposed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorNameRow {
    /// `onm_…`
    pub id: String,
    /// Sign-in name of the operator.
    pub name: String,
    /// Staff number or the like.
    pub person: String,
    /// The resident, by a masked name, for whoever decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resident: Option<String>,
    /// `proposed`, `agreed` while it waits for the resident's own word, `confirmed`, `refused`, or `over` after seven days.
    #[schema(value_type = OperatorNameState)]
    pub state: String,
    /// Sign-in name.
    pub proposed_by: String,
    /// The caller may decide it: somebody else proposed it, and it is not about them.
    pub may_decide: bool,
    /// Unix seconds.
    pub proposed_at: i64,
}

/// Say which resident an operator is.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct OperatorNaming {
    /// A whole ID number; hashed and forgotten.
    pub id_number: String,
}

/// The new proposal.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorNamed {
    /// `onm_…`
    pub id: String,
}

/// Whether nobody opens a file whose own is not known.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct NamedAlone {
    /// True; what it takes to turn it off again is the command line of the server's own machine.
    pub named: bool,
}

/// Who holds the posts, and who is proposed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Operators {
    /// By name, at most 500.
    pub operators: Vec<OperatorRow>,
    /// The newest first, at most 100.
    pub grants: Vec<OperatorGrantRow>,
    /// Proposed ends, the newest first, at most 100.
    pub ends: Vec<OperatorEndRow>,
    /// Which residents they are, as proposed: the newest first, at most 100.
    pub names: Vec<OperatorNameRow>,
    /// Nobody opens a file whose own is not known.
    pub named_alone: bool,
}

/// Propose that a natural person holds a post.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct OperatorProposal {
    /// Sign-in name, 1 to 40 bytes.
    pub name: String,
    /// What tells natural persons apart: a staff number, at most 80 bytes.
    pub person: String,
    /// `system`, `security` or `audit`.
    #[schema(value_type = RoleWord)]
    pub role: String,
    /// Their own whole ID number, which says which resident they are; hashed and forgotten.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_number: Option<String>,
}

/// What the proposer hands to the new operator, shown this once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorProposed {
    /// `opr_…`
    pub id: String,
    /// Second factor: TOTP secret, base 32.
    pub totp_secret: String,
    /// `otpauth://` address for an authenticator app.
    pub totp_uri: String,
}

/// Confirm or refuse it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorDecision {
    /// Confirm it, else refuse it.
    pub confirm: bool,
}

/// What was decided.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorDecided {
    /// Shown this once, when confirmed; the new operator has the second factor from the proposer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}
