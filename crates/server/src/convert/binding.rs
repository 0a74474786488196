//! Bound cards and counts of resolves. It does not know numbers of cards.

use super::words;
use yima_province::{OwnBinding, ResolveCount};
use yima_wire::binding as wire;

/// A card of a resident.
pub fn own(binding: OwnBinding) -> wire::Binding {
    wire::Binding {
        id: binding.id,
        scenario: binding.scenario,
        card_masked: binding.card_masked,
        state: binding.state.to_owned(),
        bound_at: binding.bound_at,
        ended_at: binding.ended_at,
    }
}

/// A line of the public count.
pub fn count(count: ResolveCount) -> wire::ResolveCount {
    wire::ResolveCount {
        year: count.year,
        scenario: count.scenario,
        name: words(count.name),
        owner: words(count.owner),
        many: count.many,
    }
}
