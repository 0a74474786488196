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
        orders: row.orders.into_iter().map(delay).collect(),
    }
}

fn delay(row: yima_province::DelayRow) -> wire::DelayRow {
    wire::DelayRow {
        may_answer: row.others && row.state == "waiting",
        id: row.id,
        authority: row.authority,
        order_number: row.order_number,
        until_at: row.until_s,
        state: row.state.to_owned(),
    }
}

/// An order that was sent.
pub fn order(sent: wire::DelayOrder) -> yima_province::DelayOrder {
    yima_province::DelayOrder { authority: sent.authority, order_number: sent.order_number, until_s: sent.until }
}
