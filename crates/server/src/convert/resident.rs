//! Residents and cards as operators see them. It does not know names, only masked ones.

use super::device;
use yima_province::{Card, Resident, ResidentRow};
use yima_wire::resident as wire;

/// A row of a list.
pub fn row(row: ResidentRow) -> wire::ResidentRow {
    wire::ResidentRow {
        id: row.id,
        name_masked: row.name_masked,
        region: row.region,
        state: row.state.to_owned(),
        proofing: row.proofing,
    }
}

/// One resident.
pub fn resident(resident: Resident) -> wire::Resident {
    wire::Resident {
        row: row(resident.row),
        devices: resident.devices.into_iter().map(device::row).collect(),
        cards: resident.cards.into_iter().map(card).collect(),
    }
}

/// One card.
pub fn card(card: Card) -> wire::CardRow {
    wire::CardRow {
        id: card.id,
        kind: card.kind.to_owned(),
        state: card.state.to_owned(),
        issued_at: card.issued_at,
        expires: card.expires,
    }
}
