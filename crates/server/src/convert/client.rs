//! Apps and what people allow them. It does not read metadata.

use yima_province as p;
use yima_wire::Words;
use yima_wire::client as wire;

/// A version.
pub fn version(row: p::ClientVersion) -> wire::ClientVersion {
    wire::ClientVersion {
        id: row.id,
        version: i64::from(row.version),
        organisation: row.organisation,
        owner: row.owner,
        sector: row.sector,
        metadata: row.metadata,
        state: row.state.to_owned(),
        proposed_by: row.proposed_by,
        reviewed_by: row.reviewed_by,
        reviewed_at: row.reviewed_at,
        note: row.note,
        at: row.at,
    }
}

/// What a person allowed.
pub fn allowed(app: p::AllowedApp) -> wire::AllowedApp {
    wire::AllowedApp {
        id: app.id,
        client: app.client,
        owner: app.owner,
        name: Words { zh: app.name_zh, en: app.name_en },
        purpose: Words { zh: app.purpose_zh, en: app.purpose_en },
        claims: app.claims.into_iter().map(str::to_owned).collect(),
        offline: app.offline,
        from_at: app.from_at,
        until_at: app.until_at,
        state: app.state.to_owned(),
        given_for: app.given_for.map(|given| wire::GivenFor { kind: given.kind.to_owned(), name: given.name }),
        by_guardian: app.by_guardian,
        audiences: app
            .audiences
            .into_iter()
            .map(|api| wire::AllowedAudience { owner: api.owner, resource: api.resource })
            .collect(),
        deletion: app.deletion.map(deletion),
        mergers: app.mergers.into_iter().map(merger).collect(),
    }
}

/// Who holds what was given.
fn merger(of: p::MergerNotice) -> wire::MergerNotice {
    let p::MergerNotice { from, to, contact, effect_at, in_force } = of;
    wire::MergerNotice { from, to, contact, effect_at, in_force }
}

/// What an app has to delete.
pub fn deletion(row: p::AppDeletion) -> wire::AppDeletion {
    wire::AppDeletion {
        client: row.client,
        owner: row.owner,
        reference: row.reference,
        state: row.state.to_owned(),
        asked_at: row.asked_at,
        due_at: row.due_at,
        told_at: row.told_at,
        answered_at: row.answered_at,
        overdue: row.overdue,
        why: row.why,
    }
}
