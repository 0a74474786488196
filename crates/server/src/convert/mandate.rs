//! Mandates. It does not know what a kind allows.

use yima_province::{MandateRow, OtherSide, OwnMandate};
use yima_wire::mandate as wire;

/// One of the caller's own.
pub fn own(one: OwnMandate) -> wire::OwnMandate {
    wire::OwnMandate {
        row: row(one.row),
        acts: one.acts,
        name_masked: one.name_masked,
        may_confirm: one.may_confirm,
        may_end: one.may_end,
        may_undo: one.may_undo,
        may_show: one.may_show,
        may_see: one.may_see,
    }
}

/// One of a resident's, with both parties.
pub fn of_resident((one, principal, actor): (MandateRow, OtherSide, OtherSide)) -> wire::ResidentMandate {
    let party = |side: OtherSide| wire::Party { id: side.id, name_masked: side.name_masked };
    wire::ResidentMandate { row: row(one), principal: party(principal), actor: party(actor) }
}

fn row(row: MandateRow) -> wire::MandateRow {
    wire::MandateRow {
        id: row.id,
        kind: row.kind,
        scopes: row.scopes.into_iter().map(str::to_owned).collect(),
        state: row.state.to_owned(),
        evidence: row.evidence,
        from_at: row.from_at,
        until_at: row.until_at,
        consent_by_at: row.consent_by_at,
        ended_at: row.ended_at,
        undo_until_at: row.undo_until_at,
    }
}
