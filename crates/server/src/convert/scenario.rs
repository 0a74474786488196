//! Scenarios, places and manifests. It does not know how a manifest is parsed.

use super::words;
use yima_kernel::scenario::{Form, Level, Manifest};
use yima_wire::Words;
use yima_wire::scenario as wire;

/// A scenario as residents see it.
pub fn public(manifest: Manifest) -> wire::ScenarioPublic {
    wire::ScenarioPublic {
        id: manifest.id,
        slug: manifest.slug,
        name: kernel_words(manifest.name),
        owner: Words { zh: manifest.owner.zh, en: manifest.owner.en },
        purpose: kernel_words(manifest.purpose),
        sees: kernel_words(manifest.sees),
        level: level(manifest.level).to_owned(),
        forms: manifest.forms.into_iter().map(Form::as_str).map(str::to_owned).collect(),
        flavour: manifest.flavour.as_str().to_owned(),
        accepted: manifest.accepted,
        pattern: manifest.pattern.as_str().to_owned(),
        merged: manifest.merged,
        record: manifest.record.as_str().to_owned(),
        retention_days: manifest.retention_days,
        any_scenario: manifest.any_scenario,
        any_site: manifest.any_site,
        officer: manifest.officer,
        attributes: manifest.attributes,
        region: manifest.region,
    }
}

/// A place.
pub fn site(site: yima_province::Site) -> wire::Site {
    wire::Site {
        site: site.site,
        name: words(site.name),
        scenario: site.scenario,
        scenario_id: site.scenario_id,
        region: site.region,
        place_code: site.place_code,
    }
}

/// A version of a manifest.
pub fn version(version: yima_province::ManifestVersion) -> wire::ManifestVersion {
    wire::ManifestVersion {
        slug: version.slug,
        id: version.id,
        version: i64::from(version.version),
        state: version.state.to_owned(),
        toml: version.toml,
        proposed_by: version.proposed_by,
        reviewed_by: version.reviewed_by,
        note: version.note,
        at: version.at,
    }
}

fn kernel_words(words: yima_kernel::scenario::Words) -> Words {
    Words { zh: words.zh, en: words.en }
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Low => "low",
        Level::Medium => "medium",
        Level::High => "high",
    }
}
