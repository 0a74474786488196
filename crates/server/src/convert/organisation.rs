//! Organisations and their imports. It does not know seals.

use yima_province::{EnterpriseCard, OrganisationImport, OrganisationRow};
use yima_wire::organisation as wire;

/// One.
pub fn row(row: OrganisationRow) -> wire::OrganisationRow {
    wire::OrganisationRow {
        id: row.id,
        kind: row.kind.to_owned(),
        credit_code: row.credit_code,
        name: row.name,
        region: row.region,
        parent: row.parent,
        state: row.state.to_owned(),
        source: row.source,
        created_at: row.created_at,
        has_children: row.has_children,
    }
}

/// The card of an enterprise.
pub fn card(card: EnterpriseCard) -> wire::EnterpriseCard {
    let people = card.people.into_iter().map(|one| wire::ActsFor {
        id: one.id,
        name_masked: one.name_masked,
        represents: one.represents,
        state: one.state.to_owned(),
        services: one.services.into_iter().map(str::to_owned).collect(),
        limit_amount: one.limit_amount,
        may_appoint: one.may_appoint,
        until_at: one.until_at,
    });
    let filings = card.filings.into_iter().map(|one| wire::FiledRow {
        id: one.id,
        service: one.service,
        state: one.state.to_owned(),
        by_masked: one.by_masked,
        lodged_at: one.lodged_at,
    });
    wire::EnterpriseCard { people: people.collect(), filings: filings.collect() }
}

/// One import.
pub fn import(one: OrganisationImport) -> wire::OrganisationImport {
    wire::OrganisationImport {
        id: one.id,
        kind: one.kind.to_owned(),
        state: one.state.to_owned(),
        source: one.source,
        rows: one.counts.rows,
        new: one.counts.new,
        known: one.counts.known,
        differs: one.counts.differs,
        rejected: one.counts.rejected,
        rows_read: one.rows_read,
        proposed_by: one.proposed_by,
        approved_by: one.approved_by,
        signed_by: one.signed_by,
        created_at: one.created_at,
    }
}
