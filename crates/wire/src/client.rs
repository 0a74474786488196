//! Apps of organisations under review, and what people allow them. It does not know OAuth: metadata is RFC 7591 JSON here.

use crate::Words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A version of an app under review or in force.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClientVersion {
    /// `app_…`, the `client_id`.
    pub id: String,
    /// Version, from 1.
    pub version: i64,
    /// Credit code of the organisation (GB 32100).
    pub organisation: String,
    /// Its legal name.
    pub owner: String,
    /// Whom pseudonyms are for: apps of one sector know a person by one name.
    pub sector: String,
    /// RFC 7591 metadata, as JSON text.
    pub metadata: String,
    /// `proposed`, `active`, `refused`, `retired` or `ended`.
    pub state: String,
    /// Operator who proposed it.
    pub proposed_by: String,
    /// Operator who reviewed it.
    #[schema(required = true)]
    pub reviewed_by: Option<String>,
    /// When.
    #[schema(required = true)]
    pub reviewed_at: Option<i64>,
    /// What the reviewer said.
    #[schema(required = true)]
    pub note: Option<String>,
    /// When it was proposed.
    pub at: i64,
}

/// All versions of one app.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClientVersions {
    /// The newest first, at most 100.
    pub versions: Vec<ClientVersion>,
}

/// Propose an app, or a new version of one.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClientProposal {
    /// The app that gets a new version; absent for a new one.
    pub id: Option<String>,
    /// Credit code of the organisation (GB 32100).
    pub organisation: String,
    /// Its legal name.
    pub owner: String,
    /// RFC 7591 metadata, as JSON text.
    pub metadata: String,
}

/// A proposal, and the secret that its organisation is handed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClientProposed {
    /// The version that waits for review.
    pub version: ClientVersion,
    /// Shown this once; absent where the app proves itself by a key, or not at all.
    pub secret: Option<String>,
}

/// Decide on a proposed version.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClientReview {
    /// Which version.
    pub version: i64,
    /// Put it in force, or refuse it.
    pub approve: bool,
    /// Why.
    pub note: String,
}

/// Stop an app.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClientEnd {
    /// Why.
    pub reason: String,
}

/// What a person allowed an app.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AllowedApp {
    /// `grn_…`
    pub id: String,
    /// `app_…`
    pub client: String,
    /// Legal name of the organisation.
    pub owner: String,
    /// Name of the app.
    pub name: Words,
    /// What for.
    pub purpose: Words,
    /// Names of the claims that are given.
    pub claims: Vec<String>,
    /// It goes on when the person has left.
    pub offline: bool,
    /// Begin.
    pub from_at: i64,
    /// End.
    pub until_at: i64,
    /// `active`, `withdrawn` or `ended`.
    pub state: String,
    /// For whom it was given, when not for oneself: a child in one's care, or an enterprise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_for: Option<GivenFor>,
    /// A guardian gave it for the one whose list this is.
    #[serde(default)]
    pub by_guardian: bool,
    /// APIs of other organisations that its tokens may be for (RFC 8707), while it is in force.
    #[serde(default)]
    pub audiences: Vec<AllowedAudience>,
    /// What the app was told to delete, since it was taken back or ran out.
    #[schema(required = true)]
    pub deletion: Option<AppDeletion>,
    /// The organisation behind it went on in another one, or will: who holds what was given then.
    #[serde(default)]
    pub mergers: Vec<MergerNotice>,
}

/// Who holds what was given to an app, from a day on.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MergerNotice {
    /// Registered name of the organisation that goes on in another.
    pub from: String,
    /// Registered name of the one that goes on.
    pub to: String,
    /// How it is reached.
    pub contact: String,
    /// Unix seconds.
    pub effect_at: i64,
    /// It has taken effect.
    pub in_force: bool,
}

/// An API of another organisation that an app may go to for somebody.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AllowedAudience {
    /// Legal name of the organisation that it is of.
    pub owner: String,
    /// Its address.
    pub resource: String,
}

/// For whom somebody agreed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GivenFor {
    /// `guardian`, `agent` or `representative`: what one is to them.
    pub kind: String,
    /// A child's name, masked; an enterprise's as it is registered.
    pub name: String,
}

/// What an app has to delete after an agreement ended, and what it said of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AppDeletion {
    /// `app_…`
    pub client: String,
    /// Legal name of the organisation.
    pub owner: String,
    /// By which the app knows it.
    pub reference: String,
    /// `waiting`, `deleted` or `kept`.
    pub state: String,
    /// When the agreement ended.
    pub asked_at: i64,
    /// The end of the last of fifteen working days.
    pub due_at: i64,
    /// When the app was told; absent while it was not.
    #[schema(required = true)]
    pub told_at: Option<i64>,
    /// When it answered.
    #[schema(required = true)]
    pub answered_at: Option<i64>,
    /// Its time is over, without an answer.
    pub overdue: bool,
    /// The app's own sentence, where it has to keep something.
    #[schema(required = true)]
    pub why: Option<String>,
}

/// Apps that one allowed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AllowedApps {
    /// Newest first.
    pub apps: Vec<AllowedApp>,
}

/// Let an organisation register an app.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClientInvitation {
    /// Credit code of the organisation (GB 32100).
    pub organisation: String,
    /// Its legal name.
    pub owner: String,
}

/// The token, shown this once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClientInvited {
    /// Initial access token for `POST /oauth2/register`: a day, one use.
    pub token: String,
}
