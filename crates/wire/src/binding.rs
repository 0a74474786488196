//! Cards of offices, tied to residents; and how often receipts were resolved. It does not know who may do what.

use crate::Words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A desk ties its own card to the holder behind a receipt.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BindRequest {
    /// The receipt of a valid check by the same gate, at most ten minutes old, of a code on a phone.
    pub receipt: String,
    /// Number of the office's own card: 1 to 64 printable characters.
    pub card: String,
}

/// Tied.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BindAnswer {
    /// `bnd_…`
    pub id: String,
    /// Pairwise pseudonym for the owning organisation.
    pub pseudonym: String,
    /// Since when.
    pub bound_at: i64,
    /// Id of the use that recorded it.
    pub receipt: String,
}

/// A card of the office that asks.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CardRequest {
    /// Its number.
    pub card: String,
}

/// Whom a card belongs to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FoundAnswer {
    /// Pairwise pseudonym for the owning organisation.
    pub pseudonym: String,
    /// Id of the use that recorded it.
    pub receipt: String,
}

/// A card, as the resident sees it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Binding {
    /// `bnd_…`
    pub id: String,
    /// Slug.
    pub scenario: String,
    /// The last characters of the number; empty once ended.
    pub card_masked: String,
    /// `active` or `ended`.
    pub state: String,
    /// Since when.
    pub bound_at: i64,
    /// Until when.
    #[schema(required = true)]
    pub ended_at: Option<i64>,
}

/// All cards of a resident.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Bindings {
    /// Newest first.
    pub bindings: Vec<Binding>,
}

/// How often receipts and bound cards of a scenario were resolved in a year.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ResolveCount {
    /// Civil year at UTC+8.
    pub year: u16,
    /// Slug.
    pub scenario: String,
    /// Its name; the slug once it is no longer in force.
    pub name: Words,
    /// Who runs it; empty once it is no longer in force.
    pub owner: Words,
    /// How many; null for fewer than `shown_from`.
    #[schema(required = true)]
    pub many: Option<i64>,
}

/// The yearly public count.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ResolveCounts {
    /// Counts below this are not told exactly.
    pub shown_from: i64,
    /// The newest year first, then by scenario. What is not here never happened.
    pub counts: Vec<ResolveCount>,
}
