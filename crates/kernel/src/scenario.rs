//! Scenario manifests (应用场景): what an owner may check and learn, reviewed before it is in force.
//! Parses and validates TOML; it does not know who reviews, nor how a gate enforces it.

mod pattern;

pub use pattern::{BINDING, MERGED_MAX, Pattern};

use crate::shown_text::is_line;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Largest manifest that is read, bytes.
pub const MANIFEST_BYTES_MAX: usize = 16 * 1024;

/// The same sentence in Chinese and English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// How much a wrong admission would cost; above `low` a relayed picture must fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A bus ride.
    Low,
    /// A library loan, a hotel desk.
    Medium,
    /// Signing in, money, medicine.
    High,
}

/// A form of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Form {
    /// Offline, holder-bound.
    T1,
    /// T1 that answers a challenge.
    T1c,
    /// Online.
    T0,
    /// Paper.
    T2,
    /// Short number.
    #[serde(rename = "short")]
    Short,
}

impl Form {
    /// The word in manifests, verdicts and uses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::T1 => "T1",
            Self::T1c => "T1c",
            Self::T0 => "T0",
            Self::T2 => "T2",
            Self::Short => "short",
        }
    }
}

/// What a token discloses beside assurance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flavour {
    /// Nothing.
    Plain,
    /// An age band.
    AgeBand,
    /// A benefit.
    Benefit,
    /// Shown for somebody else.
    Acting,
}

impl Flavour {
    /// The word in manifests and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::AgeBand => "age_band",
            Self::Benefit => "benefit",
            Self::Acting => "acting",
        }
    }

    /// Reads the word of the API.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Plain, Self::AgeBand, Self::Benefit, Self::Acting].into_iter().find(|f| f.as_str() == word)
    }
}

/// What is recorded of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordClass {
    /// Only how many.
    Counted,
    /// A record that only the holder's device can open.
    Sealed,
    /// Who, by legal duty or because the check is online.
    Named,
}

impl RecordClass {
    /// The word in manifests and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Sealed => "sealed",
            Self::Named => "named",
        }
    }
}

/// What happens at a gate whose bundle is old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnStale {
    /// It says so and admits nobody.
    CouldNotCheck,
    /// It admits, and the verdict is marked.
    AcceptMarked,
}

/// Rules for a gate without a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offline {
    /// A bundle older than this is stale, seconds.
    pub stale_bundle_s: u32,
    /// Status lists older than this are stale (paper needs them), seconds.
    pub stale_status_s: u32,
    /// What then.
    pub on_stale: OnStale,
}

/// Owner of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Unified social credit code, GB 32100, 18 characters.
    pub credit_code: String,
}

/// Uses a day of the weaker forms, for one holder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormCaps {
    /// Paper, 0 no cap.
    #[serde(default, rename = "T2")]
    pub t2: u16,
    /// Short numbers, 0 no cap.
    #[serde(default)]
    pub short: u16,
}

/// A reviewed scenario manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Number in tokens, 1 to 65,535.
    pub id: u16,
    /// Short name, lower case letters, digits, hyphen.
    pub slug: String,
    /// GB/T 2260 code of the region it serves, 6 digits.
    pub region: String,
    /// How much a wrong admission would cost.
    pub level: Level,
    /// Forms it accepts.
    pub forms: Vec<Form>,
    /// Takes codes signed for any scenario (low level only).
    #[serde(default)]
    pub any_scenario: bool,
    /// Takes codes signed for any site.
    #[serde(default)]
    pub any_site: bool,
    /// Least assurance, 0 to 3.
    #[serde(default)]
    pub assurance_min: u8,
    /// Age of a code accepted, seconds: `[-30, 90]` or narrower.
    pub age: [i32; 2],
    /// A code of the day before is taken this long after its end, seconds.
    #[serde(default)]
    pub late_s: u32,
    /// The same code may be shown again after this, seconds; 0 never.
    #[serde(default)]
    pub again_after_s: u32,
    /// Somebody looks on.
    #[serde(default)]
    pub attended: bool,
    /// An officer who shows a code in a post is named by office and post to this checker; else it sees that somebody acts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub officer: bool,
    /// Flavour of token it needs.
    pub flavour: Flavour,
    /// Bands or benefits that it serves, 1 to 15; empty for every disclosed one.
    #[serde(default)]
    pub accepted: Vec<u8>,
    /// What is recorded.
    pub record: RecordClass,
    /// How long records are kept, days.
    pub retention_days: u32,
    /// Attributes it may ask for, with consent.
    #[serde(default)]
    pub attributes: Vec<String>,
    /// It gets a pseudonym of its own for the holder.
    #[serde(default)]
    pub pseudonym: bool,
    /// It may learn the ID number.
    #[serde(default)]
    pub id_number: bool,
    /// The law that says so; needed for `id_number` and `named`.
    #[serde(default)]
    pub legal_basis: String,
    /// How it joins an existing code.
    #[serde(default)]
    pub pattern: Pattern,
    /// Numbers of the scenarios whose meaning a code shown here carries too; rising, pattern merge alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<u16>,
    /// Name.
    pub name: Words,
    /// Place.
    pub place: Words,
    /// Purpose.
    pub purpose: Words,
    /// What the checker sees, in the resident's words.
    pub sees: Words,
    /// Owner.
    pub owner: Owner,
    /// Without a network.
    pub offline: Offline,
    /// Caps a day.
    #[serde(default)]
    pub form_caps: FormCaps,
}

/// Attributes that say more than a gate needs to let somebody in: what a phone that was enrolled a short time ago does not agree
/// to by itself.
pub const SENSITIVE: [&str; 1] = ["id_number"];

/// Attributes that can be asked for.
pub const ATTRIBUTES: [&str; 6] = ["age_band", "region", "name", "benefit", "id_number", BINDING];

/// A manifest is not acceptable: which field, why, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestError {
    /// The field.
    pub field: String,
    /// What is wrong and what to do.
    pub why: String,
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.why)
    }
}

impl std::error::Error for ManifestError {}

fn wrong(field: &str, why: impl Into<String>) -> ManifestError {
    ManifestError { field: field.to_owned(), why: why.into() }
}

impl Manifest {
    /// Parses and validates a manifest.
    ///
    /// # Errors
    /// [`ManifestError`] names the first field that is wrong and says what to do.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let manifest = Self::parse_reviewed(text)?;
        pattern::validate(&manifest)?;
        Ok(manifest)
    }

    /// Parses a manifest that was reviewed before: what a later version of this program asks of proposals is not asked
    /// of it again, so that an upgrade never stops a scenario.
    ///
    /// # Errors
    /// [`ManifestError`] as [`Manifest::parse`], but for the rules of patterns.
    pub fn parse_reviewed(text: &str) -> Result<Self, ManifestError> {
        let manifest = Self::read(text)?;
        manifest.validate()?;
        Ok(manifest)
    }

    fn read(text: &str) -> Result<Self, ManifestError> {
        if text.len() > MANIFEST_BYTES_MAX {
            return Err(wrong("manifest", format!("is longer than {MANIFEST_BYTES_MAX} bytes; shorten it")));
        }
        toml::from_str(text).map_err(|e| wrong("manifest", e.message().to_owned()))
    }

    /// The manifest as TOML, in the order of its fields.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string_pretty(self).expect("a manifest is plain tables and values")
    }

    /// Does it accept this form?
    #[must_use]
    pub fn accepts(&self, form: Form) -> bool {
        self.forms.contains(&form)
    }

    fn validate(&self) -> Result<(), ManifestError> {
        self.validate_names()?;
        self.validate_forms()?;
        self.validate_privacy()
    }

    fn validate_names(&self) -> Result<(), ManifestError> {
        if self.id == 0 {
            return Err(wrong("id", "0 means any scenario; take a number from 1 to 65535"));
        }
        let slug_ok = (2..=24).contains(&self.slug.len())
            && self.slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !slug_ok {
            return Err(wrong("slug", "needs 2 to 24 lower-case letters, digits or hyphens"));
        }
        if self.region.len() != 6 || !self.region.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong("region", "needs the six digits of GB/T 2260"));
        }
        let named = [("name", &self.name), ("place", &self.place), ("purpose", &self.purpose), ("sees", &self.sees)];
        for (field, words) in named {
            for (language, text) in [("zh", &words.zh), ("en", &words.en)] {
                if text.trim().is_empty() || text.chars().count() > 120 || !is_line(text) {
                    return Err(wrong(
                        &format!("{field}.{language}"),
                        "needs 1 to 120 characters on one line, each to be seen",
                    ));
                }
            }
        }
        if !credit_code_valid(&self.owner.credit_code) {
            return Err(wrong(
                "owner.credit_code",
                "is not a unified social credit code (GB 32100): check its 18th character",
            ));
        }
        Ok(())
    }

    fn validate_forms(&self) -> Result<(), ManifestError> {
        if self.forms.is_empty() {
            return Err(wrong("forms", "name at least one of T1, T1c, T0, T2, short"));
        }
        let [oldest_ahead, oldest] = self.age;
        if !(-30..=0).contains(&oldest_ahead) || !(10..=90).contains(&oldest) {
            return Err(wrong("age", "needs [from, to] within [-30, 90] seconds"));
        }
        if self.assurance_min > 3 {
            return Err(wrong("assurance_min", "needs 0 to 3"));
        }
        if self.level > Level::Low {
            if self.any_site {
                return Err(wrong("any_site", "is for level low only: a code for any place can be relayed"));
            }
            if self.any_scenario {
                return Err(wrong("any_scenario", "is for level low only: a code for any scenario can be relayed"));
            }
            if self.late_s > 0 {
                return Err(wrong("late_s", "is for level low only"));
            }
            if self.accepts(Form::T1) {
                return Err(wrong(
                    "forms",
                    "above level low a picture can be relayed: accept T1c or T0 in place of T1",
                ));
            }
            if self.accepts(Form::T2) && self.level > Level::Medium {
                return Err(wrong("forms", "paper is for low-risk scenarios"));
            }
        }
        if self.accepted.iter().any(|n| !(1..=15).contains(n)) {
            return Err(wrong("accepted", "bands and benefits are numbered 1 to 15"));
        }
        if self.officer && !self.attended {
            return Err(wrong(
                "officer",
                "needs attended = true: a code that is shown for an office needs somebody to look on",
            ));
        }
        if self.late_s > 48 * 3600 {
            return Err(wrong("late_s", "at most 172800 (48 hours)"));
        }
        Ok(())
    }

    fn validate_privacy(&self) -> Result<(), ManifestError> {
        for attribute in &self.attributes {
            if !ATTRIBUTES.contains(&attribute.as_str()) {
                return Err(wrong("attributes", format!("{attribute:?} is not one of {}", ATTRIBUTES.join(", "))));
            }
        }
        let asks_number = self.attributes.iter().any(|a| a == "id_number");
        if asks_number != self.id_number {
            return Err(wrong("id_number", "must be true exactly when attributes name id_number"));
        }
        let duty = self.id_number || self.record == RecordClass::Named;
        if duty && self.legal_basis.trim().is_empty() {
            return Err(wrong("legal_basis", "name the law that demands the ID number or a named record"));
        }
        if !(1..=3650).contains(&self.retention_days) {
            return Err(wrong("retention_days", "needs 1 to 3650"));
        }
        Ok(())
    }
}

/// Is this a unified social credit code (GB 32100-2015, check character of section 6)?
#[must_use]
pub fn credit_code_valid(code: &str) -> bool {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let bytes = code.as_bytes();
    if bytes.len() != 18 {
        return false;
    }
    let mut weight = 1usize;
    let mut sum = 0usize;
    for (i, byte) in bytes.iter().enumerate() {
        let Some(value) = ALPHABET.iter().position(|a| a == byte) else { return false };
        if i == 17 {
            return (31 - sum % 31) % 31 == value;
        }
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUS: &str = include_str!("../tests/bus.toml");

    #[test]
    fn a_manifest_survives_printing() {
        let bus = Manifest::parse(BUS).expect("the sample is valid");
        assert_eq!(Manifest::parse(&bus.to_toml()), Ok(bus));
    }

    #[test]
    fn each_rule_names_its_field() {
        let table = [
            ("id = 1", "id = 0", "id"),
            ("slug = \"bus\"", "slug = \"Bus\"", "slug"),
            ("region = \"370000\"", "region = \"37\"", "region"),
            ("age = [-30, 90]", "age = [-30, 600]", "age"),
            ("late_s = 172800", "late_s = 172801", "late_s"),
            ("level = \"low\"", "level = \"medium\"", "any_site"),
            ("forms = [\"T1\", \"T0\", \"T2\"]", "forms = []", "forms"),
            ("attributes = []", "attributes = [\"shoe_size\"]", "attributes"),
            ("attributes = []", "attributes = [\"id_number\"]", "id_number"),
            ("record = \"sealed\"", "record = \"named\"", "legal_basis"),
            ("retention_days = 30", "retention_days = 0", "retention_days"),
            ("91370000000000001P", "91370000000000001K", "owner.credit_code"),
            ("flavour = \"plain\"", "flavour = \"plain\"\nofficer = true", "officer"),
            ("slug = \"bus\"", "slug = \"bus\"\nsurprise = 1", "manifest"),
        ];
        for (from, to, field) in table {
            assert!(BUS.contains(from), "{from}");
            let error = Manifest::parse(&BUS.replace(from, to)).expect_err(to);
            assert_eq!(error.field, field, "{to}: {error}");
        }
    }
}
