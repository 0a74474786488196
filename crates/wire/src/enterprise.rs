//! Enterprises: for whom a device may show codes, and whom the register names. It does not know mandates' rules.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An enterprise for which the caller acts, or acted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Enterprise {
    /// `edg_…`, the mandate; codes are drawn under it.
    pub id: String,
    /// Registered name.
    pub name: String,
    /// GB 32100.
    pub credit_code: String,
    /// The caller is its legal representative, else an agent.
    pub represents: bool,
    /// `pending`, `active`, `suspended` or `ended`.
    pub state: String,
    /// What may be filed: `annual_report`, `tax`, `social_insurance`, `housing_fund`, `permit`.
    pub services: Vec<String>,
    /// The highest amount of a filing, in fen; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_amount: Option<i64>,
    /// The caller may show its code.
    pub may_show: bool,
    /// Unix seconds.
    pub until_at: i64,
}

/// Enterprises of a person.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Enterprises {
    /// Newest first.
    pub enterprises: Vec<Enterprise>,
    /// Offers that wait on the account's page.
    pub offers: u32,
}

/// Whom the register names.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NameRepresentative {
    /// `res_…`
    pub resident: String,
    /// Where the register's word is kept: a file number, at most 200 characters.
    pub reference: String,
}

/// A change of representative.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Representative {
    /// `use_…`
    pub id: String,
    /// `org_…`
    pub organisation: String,
    /// The enterprise's registered name.
    pub name: String,
    /// `res_…`
    pub resident: String,
    /// Masked.
    pub name_masked: String,
    /// Where the register's word is kept.
    pub reference: String,
    /// `proposed`, `approved` or `refused`.
    pub state: String,
    /// The caller may decide it: somebody else proposed it.
    pub may_decide: bool,
    /// Unix seconds.
    pub created_at: i64,
}

/// Changes of representatives.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Representatives {
    /// Newest first.
    pub representatives: Vec<Representative>,
}
