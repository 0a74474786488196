//! How a scenario joins an office's own code: merge, bind or switch, and what a manifest must say for each.
//! It does not know how a gate carries a merged meaning, nor where a bound card is kept.

use super::{Level, Manifest, ManifestError, wrong};
use serde::{Deserialize, Serialize};

/// The attribute that a resident agrees to when an office may tie its own card to their pseudonym.
pub const BINDING: &str = "binding";

/// Scenarios whose meaning one code may carry: more can't be told apart at a gate's glance.
pub const MERGED_MAX: usize = 8;

/// How it joins an existing office's code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// It does not.
    #[default]
    None,
    /// One code carries both meanings.
    Merge,
    /// The office maps its card to the pseudonym.
    Bind,
    /// Yima shows the office's own code.
    Switch,
}

impl Pattern {
    /// The word in manifests and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Merge => "merge",
            Self::Bind => "bind",
            Self::Switch => "switch",
        }
    }
}

/// What a manifest must say for the pattern that it names.
pub(super) fn validate(manifest: &Manifest) -> Result<(), ManifestError> {
    let names_binding = manifest.attributes.iter().any(|a| a == BINDING);
    match manifest.pattern {
        Pattern::Switch => {
            return Err(wrong(
                "pattern",
                "switch shows another office's own code and needs the exchange network, which this program does not \
                 speak yet; take bind or merge",
            ));
        }
        Pattern::Bind if !(names_binding && manifest.pseudonym) => {
            return Err(wrong("pattern", "bind needs pseudonym = true and \"binding\" among the attributes"));
        }
        Pattern::None | Pattern::Merge if names_binding => {
            return Err(wrong("attributes", "\"binding\" is for pattern bind"));
        }
        _ => {}
    }
    validate_merged(manifest)
}

fn validate_merged(manifest: &Manifest) -> Result<(), ManifestError> {
    let merged = &manifest.merged;
    if merged.is_empty() {
        return Ok(());
    }
    if manifest.pattern != Pattern::Merge || manifest.level != Level::Low {
        return Err(wrong("merged", "is for pattern merge at level low"));
    }
    let rising = merged.windows(2).all(|two| two[0] < two[1]);
    if merged.len() > MERGED_MAX || !rising || merged.contains(&0) || merged.contains(&manifest.id) {
        return Err(wrong(
            "merged",
            format!("needs 1 to {MERGED_MAX} other scenario numbers, each above the one before"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUS: &str = include_str!("../../tests/bus.toml");

    /// What is changed in the bus's manifest, and the field that is then wrong.
    type Row<'a> = (&'a [(&'a str, &'a str)], Result<(), &'a str>);

    fn bus(changes: &[(&str, &str)]) -> Result<Manifest, ManifestError> {
        let text = changes.iter().fold(BUS.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        });
        Manifest::parse(&text)
    }

    #[test]
    fn each_pattern_says_what_it_needs() {
        let merge = "pattern = \"merge\"";
        let named = ("attributes = []", "attributes = [\"binding\"]");
        let known = ("attributes = []", "attributes = [\"binding\"]\npseudonym = true");
        let table: &[Row<'_>] = &[
            (&[(merge, "pattern = \"merge\"\nmerged = [9, 11]")], Ok(())),
            (&[(merge, "pattern = \"switch\"")], Err("pattern")),
            (&[(merge, "pattern = \"bind\"")], Err("pattern")),
            (&[(merge, "pattern = \"bind\""), named], Err("pattern")),
            (&[(merge, "pattern = \"bind\""), known], Ok(())),
            (&[named], Err("attributes")),
            (&[(merge, "pattern = \"none\"\nmerged = [9]")], Err("merged")),
            (&[(merge, "pattern = \"merge\"\nmerged = [9, 9]")], Err("merged")),
            (&[(merge, "pattern = \"merge\"\nmerged = [11, 9]")], Err("merged")),
            (&[(merge, "pattern = \"merge\"\nmerged = [0]")], Err("merged")),
            (&[(merge, "pattern = \"merge\"\nmerged = [1]")], Err("merged")),
            (&[(merge, "pattern = \"merge\"\nmerged = [2, 3, 4, 5, 6, 7, 8, 9, 10]")], Err("merged")),
        ];
        for (changes, expected) in table {
            let got = bus(changes).map(|_| ()).map_err(|e| e.field);
            assert_eq!(got, expected.map_err(str::to_owned), "{changes:?}");
        }
    }

    #[test]
    fn what_was_reviewed_before_these_rules_still_stands() {
        let before = BUS.replace("pattern = \"merge\"", "pattern = \"bind\"");
        assert!(Manifest::parse(&before).is_err());
        assert_eq!(Manifest::parse_reviewed(&before).map(|m| m.pattern), Ok(Pattern::Bind));
    }
}
