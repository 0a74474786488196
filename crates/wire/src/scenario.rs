//! Scenarios and places as pages show them, and manifests under review. It does not know how a manifest is parsed.

use crate::Words;
use crate::words::{FlavourWord, FormWord, LevelWord, ManifestState, RecordClass};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A scenario as a resident sees it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ScenarioPublic {
    /// Number in tokens.
    pub id: u16,
    /// Slug.
    pub slug: String,
    /// Name.
    pub name: Words,
    /// Owning organisation.
    pub owner: Words,
    /// What for.
    pub purpose: Words,
    /// What the checker sees.
    pub sees: Words,
    /// `low`, `medium` or `high`.
    #[schema(value_type = LevelWord)]
    pub level: String,
    /// Accepted forms.
    #[schema(value_type = Vec<FormWord>)]
    pub forms: Vec<String>,
    /// Flavour of token to show: `plain`, `age_band`, `benefit`, `acting`.
    #[schema(value_type = FlavourWord)]
    pub flavour: String,
    /// Age bands or benefits that it serves, 1 to 15; empty for every disclosed one.
    pub accepted: Vec<u8>,
    /// How it joins an office's own code: `none`, `merge` or `bind`.
    pub pattern: String,
    /// Numbers of the scenarios whose meaning a code shown here carries too.
    pub merged: Vec<u16>,
    /// `counted`, `sealed` or `named`.
    #[schema(value_type = RecordClass)]
    pub record: String,
    /// Days that records are kept.
    pub retention_days: u32,
    /// Codes for "any scenario" are taken.
    pub any_scenario: bool,
    /// Codes for "any site" are taken; else the place code is scanned first.
    pub any_site: bool,
    /// A checker there is told office and post of an officer who shows a code in a post; absent where it is not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub officer: bool,
    /// Attributes it may ask for with consent.
    pub attributes: Vec<String>,
    /// GB/T 2260.
    pub region: String,
}

/// All active scenarios.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Scenarios {
    /// By number.
    pub scenarios: Vec<ScenarioPublic>,
    /// True in the demonstration: mark everything 演示数据.
    pub demo: bool,
}

/// A place where codes are checked.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Site {
    /// Site number in tokens and place codes.
    pub site: u32,
    /// Name.
    pub name: Words,
    /// Slug of its scenario.
    pub scenario: String,
    /// Number of its scenario.
    pub scenario_id: u16,
    /// GB/T 2260.
    pub region: String,
    /// Digits of the place code, for posters.
    pub place_code: String,
}

/// Register a place.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewSite {
    /// Name.
    pub name: Words,
    /// Slug.
    pub scenario: String,
    /// GB/T 2260, 6 digits.
    pub region: String,
}

/// A manifest version under review or in force.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ManifestVersion {
    /// Slug.
    pub slug: String,
    /// Number in tokens.
    pub id: u16,
    /// Version, from 1.
    pub version: i64,
    /// `proposed`, `active`, `retired` or `refused`.
    #[schema(value_type = ManifestState)]
    pub state: String,
    /// The manifest itself.
    pub toml: String,
    /// Name of the operator who proposed it.
    pub proposed_by: String,
    /// Name of the reviewer.
    #[schema(required = true)]
    pub reviewed_by: Option<String>,
    /// What the reviewer said.
    #[schema(required = true)]
    pub note: Option<String>,
    /// When it was proposed.
    pub at: i64,
}

/// Propose a manifest version.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Proposal {
    /// The manifest (TOML).
    pub toml: String,
}

/// Decide on a proposed version.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Review {
    /// Which version.
    pub version: i64,
    /// Put it in force, or refuse it.
    pub approve: bool,
    /// Why.
    pub note: String,
}
