//! Requests under a right. It does not know what was asked.

use super::words;
use yima_kernel::rights::KEPT;
use yima_province::{RightsRow, Text};
use yima_wire::rights as wire;

/// One's own, or one that an officer opened.
pub fn row(row: RightsRow) -> wire::RightsRequest {
    wire::RightsRequest {
        id: row.id,
        kind: row.kind.to_owned(),
        state: row.state.to_owned(),
        asked_at: row.asked_at,
        hold_until: row.hold_until,
        due_at: row.due_at,
        handled_at: row.handled_at,
        overdue: row.overdue,
        body: row.body,
        answer: row.answer,
        complain: row.complain.map(words),
    }
}

/// One in the queue.
pub fn queued(queued: RightsRow) -> wire::QueuedRequest {
    wire::QueuedRequest { resident: queued.account.clone(), request: row(queued) }
}

/// What a deletion leaves.
pub fn kept() -> Vec<wire::KeptByLaw> {
    let text = |(zh, en): (&str, &str)| words(Text::new(zh, en));
    KEPT.iter().map(|k| wire::KeptByLaw { what: text(k.what), law: text(k.law), days: k.days }).collect()
}
