//! Scenario manifests: propose, review, list; and what of a manifest a gate needs. It does not know how a bundle is signed.

use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::two_persons::prepared_in;
use yima_code::bundle::{Notice, Scenario};
use yima_code::merge::may_carry;
use yima_code::rule::{self, Bilingual, FlavourKind, FlavourNeeded, Forms, OfflineRule, ScenarioRule};
use yima_code::token::Form as TokenForm;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::scenario::{Flavour, Form, Level, Manifest, OnStale, Pattern, RecordClass, Words};
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_store::scenario::{self, Review, State, Version};

/// A version of a manifest, with who prepared and who reviewed it.
#[derive(Clone, Debug)]
pub struct ManifestVersion {
    /// Slug.
    pub slug: String,
    /// Number in tokens.
    pub id: u16,
    /// From 1.
    pub version: u32,
    /// `proposed`, `active`, `retired` or `refused`.
    pub state: &'static str,
    /// The manifest.
    pub toml: String,
    /// Operator id, or `system`.
    pub proposed_by: String,
    /// Operator id.
    pub reviewed_by: Option<String>,
    /// What the reviewer said.
    pub note: Option<String>,
    /// Unix seconds.
    pub at: i64,
}

impl Province {
    /// All versions of all manifests.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn manifests(&self, actor: &Actor) -> Result<Vec<ManifestVersion>, DeedError> {
        let request = Request::of(actor.clone(), Deed::SeeScenarios);
        let rows =
            self.look(request, Facts::default(), |tx| Box::pin(async move { Ok(scenario::all(tx).await?) })).await?;
        Ok(rows.into_iter().map(shown).collect())
    }

    /// Proposes a manifest; it is in force only after somebody else reviewed it.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] names the field of the manifest that is wrong.
    pub async fn propose_scenario(&self, actor: &Actor, toml: &str) -> Result<ManifestVersion, DeedError> {
        let manifest =
            Manifest::parse(toml).map_err(|e| DeedError::invalid("toml", format!("清单有误。{e}"), e.to_string()))?;
        let by = actor.id().to_owned();
        let text = toml.to_owned();
        let request = Request::of(actor.clone(), Deed::ProposeScenario);
        self.short(
            request,
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let active = scenario::active(tx).await?;
                    expect_carriable(&manifest, &active)?;
                    let taken = |v: &Version| (v.number == manifest.id) != (v.slug == manifest.slug);
                    if active.iter().any(taken) {
                        return Err(DeedError::Conflict(Text::new(
                            "编号或短名已被另一个场景使用",
                            "the number or the slug belongs to another scenario",
                        )));
                    }
                    let version = scenario::propose(tx, &manifest.slug, manifest.id, &text, &by, door.now_us).await?;
                    let made = ManifestVersion {
                        slug: manifest.slug.clone(),
                        id: manifest.id,
                        version,
                        state: State::Proposed.as_str(),
                        toml: text,
                        proposed_by: by,
                        reviewed_by: None,
                        note: None,
                        at: door.now_s(),
                    };
                    let detail = serde_json::json!({ "slug": manifest.slug, "version": version });
                    Ok(Done::plain(made).at(manifest.slug, None).detail(detail))
                })
            },
        )
        .await
    }

    /// Puts a proposed version in force, or refuses it. Nobody reviews their own.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when there is no such proposal.
    pub async fn review_scenario(
        &self,
        actor: &Actor,
        slug: &str,
        version: u32,
        approve: bool,
        note: &str,
    ) -> Result<(), DeedError> {
        if note.chars().count() > 400 || !shown_text::is_prose(note) {
            return Err(DeedError::invalid("note", "最多 400 个字", "at most 400 characters"));
        }
        let (slug, note, by) = (slug.to_owned(), note.to_owned(), actor.id().to_owned());
        let (wanted, asking) = (slug.clone(), actor.clone());
        self.short(
            Request::of(actor.clone(), Deed::ReviewScenario),
            move |tx| {
                Box::pin(async move {
                    let all = scenario::all(tx).await?;
                    let found = all.into_iter().find(|v| v.slug == wanted && v.version == version);
                    let found = found.filter(|v| v.state == State::Proposed).ok_or(DeedError::NotFound("proposal"))?;
                    Ok((prepared_in(tx, &found.proposed_by, &asking).await?, ()))
                })
            },
            move |tx, (), door| {
                Box::pin(async move {
                    let review = Review { by: &by, approve, note: &note, at: door.now_us };
                    if !scenario::review(tx, &slug, version, review).await? {
                        return Err(DeedError::NotFound("proposal"));
                    }
                    let detail = serde_json::json!({ "version": version, "approve": approve });
                    Ok(Done::plain(()).at(slug, None).detail(detail))
                })
            },
        )
        .await?;
        self.bundle_due.notify_one();
        Ok(())
    }

    /// The scenario that this slug names now.
    pub(crate) fn manifest_in_force(&self, slug: &str) -> Result<Manifest, DeedError> {
        self.live().manifest_by_slug(slug).cloned().ok_or(DeedError::NotFound("scenario"))
    }
}

/// What a scenario carries must be in force, be made for it, and demand nothing that would be done more loosely here.
fn expect_carriable(manifest: &Manifest, active: &[Version]) -> Result<(), DeedError> {
    let own = rule_of(manifest);
    for id in &manifest.merged {
        let other = active.iter().find(|v| v.number == *id).map(|v| parse(&v.manifest)).transpose()?;
        if !other.is_some_and(|other| other.pattern == Pattern::Merge && may_carry(&own, &rule_of(&other))) {
            return Err(DeedError::invalid(
                "toml",
                format!("清单有误。merged：{id} 号场景没有生效，不是 merge，或它要求的比这里严，不能合并"),
                format!(
                    "merged: scenario {id} is not in force, not of pattern merge, or demands something that is done more \
                     loosely here; it can't be carried"
                ),
            ));
        }
    }
    Ok(())
}

fn shown(row: Version) -> ManifestVersion {
    ManifestVersion {
        slug: row.slug,
        id: row.number,
        version: row.version,
        state: row.state.as_str(),
        toml: row.manifest,
        proposed_by: row.proposed_by,
        reviewed_by: row.reviewed_by,
        note: row.note,
        at: row.proposed_at / MICROS,
    }
}

/// A manifest that was valid when it was stored.
pub(crate) fn parse(toml: &str) -> Result<Manifest, DeedError> {
    Manifest::parse_reviewed(toml).map_err(|e| DeedError::internal(format!("a stored manifest does not parse: {e}")))
}

fn words(words: &Words) -> Bilingual {
    Bilingual::new(words.zh.clone(), words.en.clone())
}

/// The part of a manifest that a gate enforces, and what the resident is told.
pub(crate) fn published(m: &Manifest) -> Scenario {
    Scenario {
        rule: rule_of(m),
        notice: Notice {
            owner: Bilingual::new(m.owner.zh.clone(), m.owner.en.clone()),
            purpose: words(&m.purpose),
            retention_days: u16::try_from(m.retention_days).unwrap_or(u16::MAX),
            region: m.region.parse().unwrap_or(0),
            pseudonym: m.pseudonym,
            id_number: m.id_number,
            attributes: m.attributes.clone(),
        },
    }
}

fn rule_of(m: &Manifest) -> ScenarioRule {
    let seconds = |s: i32| i16::try_from(s).unwrap_or(0);
    let cap = |n: u16| (n > 0).then_some(n);
    ScenarioRule {
        id: m.id,
        slug: m.slug.clone(),
        name: words(&m.name),
        sees: words(&m.sees),
        level: match m.level {
            Level::Low => rule::Level::Low,
            Level::Medium => rule::Level::Medium,
            Level::High => rule::Level::High,
        },
        forms: m.forms.iter().fold(Forms::NONE, |set, form| match form {
            Form::T1 => set.with(TokenForm::T1),
            Form::T1c => set.with(TokenForm::T1c),
            Form::T0 => set.with(TokenForm::T0),
            Form::T2 => set.with(TokenForm::T2),
            Form::Short => set.with_short(),
        }),
        any_scenario: m.any_scenario,
        any_site: m.any_site,
        assurance_min: m.assurance_min,
        flavour: FlavourNeeded {
            kind: match m.flavour {
                Flavour::Plain => FlavourKind::Plain,
                Flavour::AgeBand => FlavourKind::AgeBand,
                Flavour::Benefit => FlavourKind::Benefit,
                Flavour::Acting => FlavourKind::Acting,
            },
            accepted: m.accepted.iter().fold(0, |mask, n| mask | 1u16.checked_shl(u32::from(*n)).unwrap_or(0)),
        },
        merged: m.merged.clone(),
        age: rule::AgeSpan { min_s: seconds(m.age[0]), max_s: seconds(m.age[1]) },
        late_s: m.late_s,
        again_after_s: (m.again_after_s > 0).then_some(m.again_after_s),
        attended: m.attended,
        offline: OfflineRule {
            stale_bundle_s: m.offline.stale_bundle_s,
            stale_status_s: m.offline.stale_status_s,
            on_stale: match m.offline.on_stale {
                OnStale::CouldNotCheck => rule::OnStale::CouldNotCheck,
                OnStale::AcceptMarked => rule::OnStale::AcceptMarked,
            },
        },
        record: match m.record {
            RecordClass::Counted => rule::RecordClass::Counted,
            RecordClass::Sealed => rule::RecordClass::Sealed,
            RecordClass::Named => rule::RecordClass::Named,
        },
        t2_day_cap: cap(m.form_caps.t2),
        short_day_cap: cap(m.form_caps.short),
    }
}
