//! Residents and cards as operators see them. It does not know names, only masked ones.

use super::{device, words};
use yima_province::{Benefit, Card, Resident, ResidentRow};
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
        benefits: resident.benefits.into_iter().map(benefit).collect(),
    }
}

/// One benefit.
pub fn benefit(benefit: Benefit) -> wire::BenefitRow {
    wire::BenefitRow {
        number: benefit.number,
        words: words(benefit.words),
        from: benefit.from,
        until: benefit.until,
        source: benefit.source,
        state: benefit.state.to_owned(),
        drawable: benefit.drawable,
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
        says: card.says.map(words),
    }
}
