//! A resident's home, devices, consents and check-ins. It does not know keys.

use super::words;
use yima_province::{CheckedIn, Home};
use yima_wire::device as wire;

/// The home.
pub fn home(home: Home, server_at: i64) -> wire::DeviceHome {
    let notice = |n: yima_province::Notice| wire::Notice { at: n.at, kind: n.kind, words: words(n.words) };
    wire::DeviceHome {
        name_masked: home.name_masked,
        region: home.region,
        state: home.state.to_owned(),
        restricted: home.restricted,
        devices: home.devices.into_iter().map(row).collect(),
        settings: settings(home.settings),
        notices: home.notices.into_iter().map(notice).collect(),
        flavours: home.flavours.into_iter().map(str::to_owned).collect(),
        benefits: home.benefits.into_iter().map(super::resident::benefit).collect(),
        server_at,
    }
}

/// One device.
pub fn row(row: yima_province::DeviceRow) -> wire::DeviceRow {
    wire::DeviceRow {
        id: row.id,
        label: row.label,
        slot: row.slot,
        state: row.state.to_owned(),
        enrolled_at: row.enrolled_at,
        ended_at: row.ended_at,
        young_until: row.young_until,
        this: row.this,
    }
}

/// One device of anybody.
pub fn any(row: yima_province::AnyDevice) -> wire::AnyDevice {
    wire::AnyDevice {
        id: row.id,
        resident: row.resident,
        region: row.region,
        slot: row.slot,
        suite: row.suite.to_owned(),
        attested: row.attested,
        state: row.state.to_owned(),
        enrolled_at: row.enrolled_at,
        ended_at: row.ended_at,
        reason: row.reason,
    }
}

/// The switches.
pub const fn settings(settings: yima_province::Settings) -> wire::Settings {
    wire::Settings { paper_off: settings.paper_off, short_off: settings.short_off }
}

/// One consent.
pub fn consent(consent: yima_province::Consent) -> wire::Consent {
    wire::Consent {
        id: consent.id,
        scenario: consent.scenario,
        attributes: consent.attributes,
        from_at: consent.from_at,
        until_at: consent.until_at,
        state: consent.state.to_owned(),
    }
}

/// A question of a checker.
pub fn confirmation(asked: yima_province::AskedHolder) -> wire::Confirmation {
    wire::Confirmation {
        id: asked.id,
        place: words(asked.place),
        owner: words(asked.owner),
        scenario: asked.scenario,
        scenario_name: words(asked.scenario_name),
        purpose: words(asked.purpose),
        sees: words(asked.sees),
        opened_at: asked.opened_at,
        until_at: asked.until_at,
    }
}

/// A check-in.
pub fn checked_in(done: CheckedIn) -> wire::CheckInAnswer {
    wire::CheckInAnswer { receipt: done.receipt, scenario: done.scenario, place: words(done.place), at: done.at }
}
