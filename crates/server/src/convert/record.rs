//! The resident's record and sealed records. It does not know where they are kept.

use super::words;
use crate::bytes;
use yima_province::{RecordEntry, RecordPage, SealedRecord};
use yima_wire::gate::SealedRecord as WireSealed;
use yima_wire::record as wire;

/// A page.
pub fn page(page: RecordPage) -> wire::Record {
    wire::Record { entries: page.entries.into_iter().map(entry).collect(), next: page.next }
}

/// One sealed record.
pub fn sealed(record: &SealedRecord) -> WireSealed {
    WireSealed { tag: bytes::text(&record.tag), nonce: bytes::text(&record.nonce), body: bytes::text(&record.body) }
}

fn entry(entry: RecordEntry) -> wire::RecordEntry {
    wire::RecordEntry {
        id: entry.id,
        at: entry.at,
        deed: entry.deed,
        scenario: entry.scenario,
        scenario_name: words(entry.scenario_name),
        place: words(entry.place),
        who: words(entry.who),
        why: words(entry.why),
        saw: words(entry.saw),
        role: words(entry.role),
        outcome: entry.outcome,
        reason: entry.reason,
        form: entry.form,
        online: entry.online,
    }
}
