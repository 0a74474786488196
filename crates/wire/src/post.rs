//! Posts of officers as operators see them, and what personnel systems sign in with. It does not know persons.

use crate::Words;
use crate::words::{PostRoleWord, PostSource, PostState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A post.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PostRow {
    /// `pst_…`
    pub id: String,
    /// `res_…`, once accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// `org_…`
    pub organisation: String,
    /// What the person is there.
    #[schema(value_type = PostRoleWord)]
    pub role: String,
    /// `pst_…` of the officer, of a deputy's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy_of: Option<String>,
    /// `pending`, `active` or `ended`.
    #[schema(value_type = PostState)]
    pub state: String,
    /// On whose word.
    #[schema(value_type = PostSource)]
    pub source: String,
    /// What the personnel system calls the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// Unix seconds.
    pub made_at: i64,
    /// Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<i64>,
    /// Unix seconds: over then, without another word.
    pub lease_until_at: i64,
    /// Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<i64>,
    /// Why it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A post in which the caller's device may show codes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PostToShow {
    /// `pst_…`; codes are drawn in it.
    pub id: String,
    /// Registered name of the office.
    pub office: String,
    /// What the caller is there.
    #[schema(value_type = PostRoleWord)]
    pub role: String,
    /// What people call it.
    pub words: Words,
    /// The caller stands in for the officer.
    pub deputy: bool,
    /// Unix seconds: over then, without another word.
    pub lease_until_at: i64,
    /// What the asking device drew in it counts. False before it draws, after another device did, and after the office was
    /// suspended: then it draws anew, and drops what it has.
    pub drawn_here: bool,
}

/// Posts in which the caller's device may show codes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PostsToShow {
    /// In the order of their ids.
    pub posts: Vec<PostToShow>,
}

/// A post to propose.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewPost {
    /// `res_…`
    pub resident: String,
    /// What they are to be there.
    #[schema(value_type = PostRoleWord)]
    pub role: String,
}

/// What a personnel system signs in with.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FeedRow {
    /// `fee_…`
    pub id: String,
    /// What operators call it.
    pub label: String,
    /// Unix seconds.
    pub made_at: i64,
    /// Unix seconds, to the hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<i64>,
    /// Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<i64>,
}

/// All of an organisation, the newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Feeds {
    /// At most 100.
    pub feeds: Vec<FeedRow>,
}

/// A feed to make.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewFeed {
    /// What operators call it, at most 200 characters.
    pub label: String,
}

/// A feed just made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MadeFeed {
    /// `fee_…`
    pub id: String,
    /// `yfd_…`, shown this once.
    pub token: String,
}
