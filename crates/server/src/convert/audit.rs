//! Searches by person. It does not know whose uses they show.

use yima_wire::audit as wire;

/// One search.
pub fn row(row: yima_province::AuditSearchRow) -> wire::AuditSearchRow {
    wire::AuditSearchRow {
        id: row.id,
        person: row.person,
        case_number: row.case_number,
        purpose: row.purpose,
        from: row.from_s,
        to: row.to_s,
        state: row.state.to_owned(),
        own: row.own,
        asked_at: row.asked_s,
        until_at: row.until_s,
    }
}
