//! The manifests part: the rules of scenarios and the places that follow them, as two reviewers signed them.
//! It does not know how a rule is applied; [`crate::rule`] does.

use super::bytes::{Reader, Writer, at_most};
use super::error::BundleError;
use crate::merge::MERGED_MAX;
use crate::rule::{
    AgeSpan, Bilingual, FlavourKind, FlavourNeeded, Forms, LATE_MAX_S, Level, OfflineRule, OnStale, RecordClass,
    ScenarioRule,
};
use std::collections::BTreeSet;
use yima_keys::PublicKey;

/// The most scenarios in one bundle.
pub const RULES_MAX: usize = 1024;
/// The most places in one bundle.
pub const SITES_MAX: usize = 65_536;
const ATTRIBUTES_MAX: usize = 32;
const NEVER: u32 = u32::MAX;
pub(super) const DOMAIN: &[u8] = b"yima.bundle.manifests.v1\0";

const ANY_SCENARIO: u8 = 1;
const ANY_SITE: u8 = 2;
const ATTENDED: u8 = 4;
const PSEUDONYM: u8 = 8;
const ID_NUMBER: u8 = 16;
/// A count and numbers of carried scenarios follow the attributes; so a part without any keeps the bytes it had.
const CARRIES: u8 = 32;

/// What the reviewers signed beside the rule, for the holder to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// Who runs the scenario.
    pub owner: Bilingual,
    /// What for.
    pub purpose: Bilingual,
    /// How long records are kept, days.
    pub retention_days: u16,
    /// GB/T 2260, six digits as a number; 0 everywhere.
    pub region: u32,
    /// The checker may learn its own pseudonym for the holder.
    pub pseudonym: bool,
    /// The checker may learn the ID number.
    pub id_number: bool,
    /// What the checker may ask for, with consent.
    pub attributes: Vec<String>,
}

/// One scenario: what the gate does, and what the holder is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// What the gate does.
    pub rule: ScenarioRule,
    /// What the holder is told.
    pub notice: Notice,
}

/// A place: a gate, a counter, a door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its number, as in a code; never 0, which stands for "any".
    pub site: u32,
    /// The scenario that it follows.
    pub scenario: u16,
    /// GB/T 2260, six digits as a number.
    pub region: u32,
    /// What people call it.
    pub name: Bilingual,
    /// The key that signs its challenges.
    pub checker: Option<PublicKey>,
}

/// The manifests part before it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestsBody {
    /// Rises with every edition.
    pub version: u32,
    /// Unix seconds when it was made.
    pub made_at: u32,
    /// Strictly rising by the rule's id; slugs differ.
    pub scenarios: Vec<Scenario>,
    /// Strictly rising by number.
    pub sites: Vec<Site>,
}

impl ManifestsBody {
    /// The body's bytes, to be signed.
    ///
    /// # Errors
    /// [`BundleError::BadRule`] for a rule outside the limits, [`BundleError::Malformed`] for bad order or lengths.
    pub fn to_bytes(&self) -> Result<Vec<u8>, BundleError> {
        let mut body = Writer::default();
        body.u32(self.version).u32(self.made_at);
        body.count16(at_most(self.scenarios.len(), RULES_MAX)?)?;
        for scenario in &self.scenarios {
            expect_limits(&scenario.rule)?;
            write_scenario(&mut body, scenario)?;
        }
        body.count32(at_most(self.sites.len(), SITES_MAX)?)?;
        for site in &self.sites {
            write_site(&mut body, site)?;
        }
        self.expect_order()?;
        Ok(body.0)
    }

    /// What the reviewers sign.
    #[must_use]
    pub fn signing_input(body: &[u8]) -> Vec<u8> {
        [DOMAIN, body].concat()
    }

    /// The scenario with this number.
    #[must_use]
    pub fn scenario(&self, id: u16) -> Option<&Scenario> {
        let at = self.scenarios.binary_search_by_key(&id, |one| one.rule.id).ok()?;
        self.scenarios.get(at)
    }

    /// The place with this number.
    #[must_use]
    pub fn site(&self, site: u32) -> Option<&Site> {
        let at = self.sites.binary_search_by_key(&site, |one| one.site).ok()?;
        self.sites.get(at)
    }

    /// Reads a body, as its reviewers should before they sign; it proves nothing about who made it.
    ///
    /// # Errors
    /// [`BundleError::Malformed`], [`BundleError::BadKey`] or [`BundleError::BadRule`].
    pub fn parse(body: &[u8]) -> Result<ManifestsBody, BundleError> {
        let mut reader = Reader::new(body);
        let (version, made_at) = (reader.u32()?, reader.u32()?);
        let rule_count = at_most(usize::from(reader.u16()?), RULES_MAX)?;
        let scenarios = reader.list(rule_count, read_scenario)?;
        let site_count = at_most(reader.u32()? as usize, SITES_MAX)?;
        let sites = reader.list(site_count, read_site)?;
        reader.end()?;
        let manifests = ManifestsBody { version, made_at, scenarios, sites };
        manifests.expect_order()?;
        Ok(manifests)
    }

    fn expect_order(&self) -> Result<(), BundleError> {
        let ids = self.scenarios.iter().map(|one| u32::from(one.rule.id));
        let sites = self.sites.iter().map(|one| one.site);
        let slugs: BTreeSet<&str> = self.scenarios.iter().map(|one| one.rule.slug.as_str()).collect();
        let scenarios_known = self.sites.iter().all(|site| self.scenario(site.scenario).is_some());
        let fine = self.version > 0
            && rise_from_one(ids)
            && rise_from_one(sites)
            && slugs.len() == self.scenarios.len()
            && scenarios_known;
        if fine { Ok(()) } else { Err(BundleError::Malformed) }
    }
}

fn rise_from_one(numbers: impl Iterator<Item = u32>) -> bool {
    let mut before = 0;
    for number in numbers {
        if number <= before {
            return false;
        }
        before = number;
    }
    true
}

/// The limits that no manifest may pass, whoever reviewed it.
fn expect_limits(rule: &ScenarioRule) -> Result<(), BundleError> {
    let low = rule.level == Level::Low;
    let age = rule.age;
    let usual = AgeSpan::USUAL;
    let fine = rule.forms != Forms::NONE
        && (low || !(rule.any_scenario || rule.any_site || rule.late_s > 0) && rule.merged.is_empty())
        && rule.late_s <= LATE_MAX_S
        && rule.assurance_min <= 3
        && (usual.min_s..=0).contains(&age.min_s)
        && (0..=usual.max_s).contains(&age.max_s);
    if fine { Ok(()) } else { Err(BundleError::BadRule) }
}

fn write_scenario(body: &mut Writer, scenario: &Scenario) -> Result<(), BundleError> {
    let Scenario { rule, notice } = scenario;
    let switches = [
        (rule.any_scenario, ANY_SCENARIO),
        (rule.any_site, ANY_SITE),
        (rule.attended, ATTENDED),
        (notice.pseudonym, PSEUDONYM),
        (notice.id_number, ID_NUMBER),
        (!rule.merged.is_empty(), CARRIES),
    ];
    let switches = switches.iter().filter(|(on, _)| *on).fold(0, |bits, (_, bit)| bits | bit);
    body.u16(rule.id).u8(rule.level as u8).u8(rule.forms.bits()).u8(switches);
    body.u8(rule.assurance_min).i16(rule.age.min_s).i16(rule.age.max_s);
    body.u32(rule.late_s).u32(rule.again_after_s.unwrap_or(NEVER));
    body.u32(rule.offline.stale_bundle_s).u32(rule.offline.stale_status_s);
    body.u8(rule.offline.on_stale as u8).u8(rule.record as u8);
    body.u8(rule.flavour.kind as u8).u16(rule.flavour.accepted);
    body.u16(rule.t2_day_cap.unwrap_or(0)).u16(rule.short_day_cap.unwrap_or(0));
    body.u16(notice.retention_days).u32(notice.region).text(&rule.slug)?;
    for words in [&rule.name, &notice.owner, &notice.purpose, &rule.sees] {
        body.text(&words.zh)?.text(&words.en)?;
    }
    body.count8(at_most(notice.attributes.len(), ATTRIBUTES_MAX)?)?;
    for attribute in &notice.attributes {
        body.text(attribute)?;
    }
    write_merged(body, rule)
}

fn write_merged(body: &mut Writer, rule: &ScenarioRule) -> Result<(), BundleError> {
    if rule.merged.is_empty() {
        return Ok(());
    }
    expect_merged(rule.id, &rule.merged)?;
    body.count8(rule.merged.len())?;
    for id in &rule.merged {
        body.u16(*id);
    }
    Ok(())
}

/// One to eight other scenarios, strictly rising. Whether they are in this part may differ from day to day.
fn expect_merged(own: u16, merged: &[u16]) -> Result<(), BundleError> {
    let fine = (1..=MERGED_MAX).contains(&merged.len())
        && rise_from_one(merged.iter().map(|id| u32::from(*id)))
        && !merged.contains(&own);
    if fine { Ok(()) } else { Err(BundleError::Malformed) }
}

fn read_merged(reader: &mut Reader<'_>, own: u16) -> Result<Vec<u16>, BundleError> {
    let count = at_most(usize::from(reader.u8()?), MERGED_MAX)?;
    let merged = reader.list(count, Reader::u16)?;
    expect_merged(own, &merged)?;
    Ok(merged)
}

fn read_scenario(reader: &mut Reader<'_>) -> Result<Scenario, BundleError> {
    let id = reader.u16()?;
    let level = one_of([Level::Low, Level::Medium, Level::High], reader.u8()?)?;
    let forms = Forms::from_bits(reader.u8()?).ok_or(BundleError::Malformed)?;
    let switches = reader.u8()?;
    if switches >= CARRIES << 1 {
        return Err(BundleError::Malformed);
    }
    let on = |bit| switches & bit != 0;
    let assurance_min = reader.u8()?;
    let age = AgeSpan { min_s: reader.i16()?, max_s: reader.i16()? };
    let late_s = reader.u32()?;
    let again_after_s = Some(reader.u32()?).filter(|seconds| *seconds != NEVER);
    let (stale_bundle_s, stale_status_s) = (reader.u32()?, reader.u32()?);
    let on_stale = one_of([OnStale::CouldNotCheck, OnStale::AcceptMarked], reader.u8()?)?;
    let record = one_of([RecordClass::Counted, RecordClass::Sealed, RecordClass::Named], reader.u8()?)?;
    let kinds = [FlavourKind::Plain, FlavourKind::AgeBand, FlavourKind::Benefit, FlavourKind::Acting];
    let flavour = FlavourNeeded { kind: one_of(kinds, reader.u8()?)?, accepted: reader.u16()? };
    let t2_day_cap = Some(reader.u16()?).filter(|cap| *cap > 0);
    let short_day_cap = Some(reader.u16()?).filter(|cap| *cap > 0);
    let (retention_days, region) = (reader.u16()?, reader.u32()?);
    let slug = reader.text()?;
    let (name, owner) = (read_words(reader)?, read_words(reader)?);
    let (purpose, sees) = (read_words(reader)?, read_words(reader)?);
    let attribute_count = at_most(usize::from(reader.u8()?), ATTRIBUTES_MAX)?;
    let attributes = reader.list(attribute_count, Reader::text)?;
    let merged = if on(CARRIES) { read_merged(reader, id)? } else { Vec::new() };
    let rule = ScenarioRule {
        id,
        slug,
        name,
        sees,
        level,
        forms,
        any_scenario: on(ANY_SCENARIO),
        any_site: on(ANY_SITE),
        assurance_min,
        flavour,
        merged,
        age,
        late_s,
        again_after_s,
        attended: on(ATTENDED),
        offline: OfflineRule { stale_bundle_s, stale_status_s, on_stale },
        record,
        t2_day_cap,
        short_day_cap,
    };
    expect_limits(&rule)?;
    let notice = Notice {
        owner,
        purpose,
        retention_days,
        region,
        pseudonym: on(PSEUDONYM),
        id_number: on(ID_NUMBER),
        attributes,
    };
    Ok(Scenario { rule, notice })
}

/// The value with this number, of an enum whose numbers are its places in `all`.
fn one_of<T: Copy, const N: usize>(all: [T; N], number: u8) -> Result<T, BundleError> {
    all.get(usize::from(number)).copied().ok_or(BundleError::Malformed)
}

fn read_words(reader: &mut Reader<'_>) -> Result<Bilingual, BundleError> {
    Ok(Bilingual { zh: reader.text()?, en: reader.text()? })
}

fn write_site(body: &mut Writer, site: &Site) -> Result<(), BundleError> {
    body.u32(site.site).u16(site.scenario).u32(site.region);
    body.text(&site.name.zh)?.text(&site.name.en)?;
    match &site.checker {
        Some(key) => body.key(key),
        None => body.u8(0),
    };
    Ok(())
}

fn read_site(reader: &mut Reader<'_>) -> Result<Site, BundleError> {
    let (site, scenario, region) = (reader.u32()?, reader.u16()?, reader.u32()?);
    let name = read_words(reader)?;
    let checker = if reader.rest().first() == Some(&0) {
        reader.u8()?;
        None
    } else {
        Some(reader.key()?)
    };
    Ok(Site { site, scenario, region, name, checker })
}
