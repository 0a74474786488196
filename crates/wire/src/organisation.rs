//! Organisations as operators see them, and imports of many. It does not know seals.

use crate::words::{
    FiledState, ImportKind, ImportState, MergerState, OrganisationKind, OrganisationState, ServiceWord,
    StandingMandateState,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An organisation.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OrganisationRow {
    /// `org_…`
    pub id: String,
    /// `enterprise` or `department`.
    #[schema(value_type = OrganisationKind)]
    pub kind: String,
    /// Unified social credit code (GB 32100-2015).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_code: Option<String>,
    /// Registered name.
    pub name: String,
    /// GB/T 2260.
    pub region: String,
    /// `org_…`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// `active`, `suspended` or `ended`.
    #[schema(value_type = OrganisationState)]
    pub state: String,
    /// On whose word.
    pub source: String,
    /// Unix seconds.
    pub created_at: i64,
    /// Something that has not ended stands under it.
    pub has_children: bool,
}

/// An organisation and what is above it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OrganisationLine {
    /// The top first, the organisation itself last.
    pub line: Vec<OrganisationRow>,
}

/// Somebody who acts for an enterprise.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ActsFor {
    /// `edg_…`
    pub id: String,
    /// Masked.
    pub name_masked: String,
    /// As its legal representative, else as an agent.
    pub represents: bool,
    /// `pending`, `active` or `suspended`.
    #[schema(value_type = StandingMandateState)]
    pub state: String,
    /// What may be filed.
    #[schema(value_type = Vec<ServiceWord>)]
    pub services: Vec<String>,
    /// The highest amount of a filing, in fen; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_amount: Option<i64>,
    /// May appoint others.
    pub may_appoint: bool,
    /// Unix seconds.
    pub until_at: i64,
}

/// That something was filed for an enterprise.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FiledRow {
    /// `fil_…`
    pub id: String,
    /// What kind.
    #[schema(value_type = ServiceWord)]
    pub service: String,
    /// `lodged` or `withdrawn`.
    #[schema(value_type = FiledState)]
    pub state: String,
    /// Who lodged it, masked.
    pub by_masked: String,
    /// Unix seconds.
    pub lodged_at: i64,
}

/// The card of an enterprise.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EnterpriseCard {
    /// The representative first.
    pub people: Vec<ActsFor>,
    /// The newest first, at most 50.
    pub filings: Vec<FiledRow>,
}

/// An organisation to add.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewOrganisation {
    /// `enterprise` or `department`.
    #[schema(value_type = OrganisationKind)]
    pub kind: String,
    /// Needed for an enterprise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_code: Option<String>,
    /// Registered name, at most 120 characters.
    pub name: String,
    /// GB/T 2260; of an enterprise its code's when empty.
    #[serde(default)]
    pub region: String,
    /// `org_…`; at the top when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// On whose word, at most 200 characters.
    pub source: String,
}

/// Where an organisation goes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MoveOrganisation {
    /// `org_…`; to the top when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// An import of organisations, of posts in them, or of representatives.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OrganisationImport {
    /// `use_…`
    pub id: String,
    /// `organisations`, `posts` or `representatives`.
    #[schema(value_type = ImportKind)]
    pub kind: String,
    /// `proposed`, `running`, `done` or `undone`.
    #[schema(value_type = ImportState)]
    pub state: String,
    /// Whose register it is.
    pub source: String,
    /// Rows that the dry run read.
    pub rows: u64,
    /// New ones among them.
    pub new: u64,
    /// Known by their credit code, they stay as they are; of posts those that get seven more days; of representatives,
    /// enterprises that have one.
    pub known: u64,
    /// Of those, with another name than in the file; of posts, new ones of somebody who has another one there; of
    /// representatives, those who are replaced.
    pub differs: u64,
    /// Not taken.
    pub rejected: u64,
    /// Rows that are through.
    pub rows_read: u64,
    /// Who proposed it.
    pub proposed_by: String,
    /// Who approved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// Thumbprint of the key by which its source signed the file; absent where the source has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
    /// Unix seconds.
    pub created_at: i64,
}

/// All imports, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OrganisationImports {
    /// At most 100.
    pub imports: Vec<OrganisationImport>,
}

/// What undoing did.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Undone {
    /// Organisations, posts or representatives that ended.
    pub ended: u64,
}

/// A merger to propose.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewMerger {
    /// `org_…` that goes on.
    pub successor: String,
    /// How people reach it, at most 200 characters.
    pub contact: String,
    /// Where the word for it is kept, at most 200 characters.
    pub reference: String,
    /// From when on it counts, Unix seconds: fifteen days ahead at least, a year at most.
    pub effect_at: i64,
}

/// A merger of two organisations.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Merger {
    /// `use_…`
    pub id: String,
    /// `org_…` that goes on in the other.
    pub merged: String,
    /// Its registered name.
    pub merged_name: String,
    /// `org_…` that goes on.
    pub successor: String,
    /// Its registered name.
    pub successor_name: String,
    /// How people reach it.
    pub contact: String,
    /// Where the word for it is kept.
    pub reference: String,
    /// Unix seconds.
    pub effect_at: i64,
    /// `proposed`, `approved`, `in_force`, `refused` or `withdrawn`.
    #[schema(value_type = MergerState)]
    pub state: String,
    /// The caller may decide it: it waits, and somebody else proposed it.
    pub may_decide: bool,
    /// Agreements whose person was told.
    pub told: u64,
    /// Nobody is told any more.
    pub all_told: bool,
    /// Unix seconds.
    pub created_at: i64,
}

/// Mergers.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Mergers {
    /// The newest first, at most 100.
    pub mergers: Vec<Merger>,
}
