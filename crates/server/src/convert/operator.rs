//! Operators, uses and keys. It does not know passwords.

use yima_province::SignedIn;
use yima_wire::operator as wire;

/// Who is signed in.
pub fn me(me: SignedIn, demo: bool) -> wire::Me {
    wire::Me { id: me.id, name: me.name, role: me.role.as_str().to_owned(), until_at: me.until_at, demo }
}

/// One use.
pub fn use_row(row: yima_province::UseRow) -> wire::UseRow {
    wire::UseRow {
        helper: row.helper,
        id: row.id,
        at: row.at,
        deed: row.deed,
        actor_kind: row.actor_kind,
        actor: row.actor,
        scenario: row.scenario,
        site: row.site,
        outcome: row.outcome,
        reason: row.reason,
        form: row.form,
    }
}

/// One key.
pub fn signing(signing: yima_province::Signing) -> wire::Signing {
    let role = |one: &yima_province::RoleStanding| wire::SigningRole {
        role: one.role.to_owned(),
        threshold: one.threshold,
        keys: u32::try_from(one.keys).unwrap_or(u32::MAX),
        online: one.is_online(),
        ends_at: one.ends_at,
    };
    wire::Signing {
        roles: signing.roles.iter().map(role).collect(),
        root_version: signing.root_version,
        announced_until: signing.announced_until,
        runs_out: signing.runs_out,
        awaits_reviewers: signing.awaits_reviewers,
    }
}

pub fn key(key: yima_province::KeyRow) -> wire::KeyRow {
    wire::KeyRow {
        kid: key.kid,
        suite: key.suite.to_owned(),
        purpose: key.purpose,
        day: key.day,
        state: key.state,
        from_at: key.from_at,
        until_at: key.until_at,
        cards: key.cards,
    }
}
