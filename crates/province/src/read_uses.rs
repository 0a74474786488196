//! The uses as auditors read them: narrowed by time and kind, newest first, page by page, and without names.
//! It does not know who stands behind an id. Reading is a use itself.

use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::residents::Page;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{ClientId, UseId};
use yima_kernel::subject::{Actor, ActorKind};
use yima_kernel::usage::Outcome;
use yima_store::uses::{self, Filter, Stretch};

/// Rows on a page, when nothing else is asked for.
const PAGE: u32 = 100;
/// Rows on a page at most, for exports.
const PAGE_MAX: u32 = 1_000;
/// Uses that are looked at for one page: a filter that fits hardly any gets a short page and a `next`.
const LOOKED_AT_MAX: u32 = 20_000;
/// Days between `from` and `to` at most: what is read at once stays what somebody can look through.
const SPAN_DAYS_MAX: i64 = 31;
const SPAN_MAX_S: i64 = SPAN_DAYS_MAX * 86_400;
/// Ids carry 48 bits of milliseconds; a later second names no use.
const LAST_S: i64 = 253_402_300_799;
/// Letters of a slug at most, as manifests have them, with room.
const SLUG_MAX: usize = 64;

/// A use, as auditors see it.
#[derive(Clone, Debug)]
pub struct UseRow {
    /// `use_…`
    pub id: String,
    /// Unix seconds.
    pub at: i64,
    /// Deed.
    pub deed: String,
    /// Column of the access matrix.
    pub actor_kind: String,
    /// Who did it.
    pub actor: String,
    /// Slug.
    pub scenario: Option<String>,
    /// Site number.
    pub site: Option<u32>,
    /// Outcome.
    pub outcome: String,
    /// Reason.
    pub reason: Option<String>,
    /// Form.
    pub form: Option<String>,
    /// The officer who helped, in a visit at a counter.
    pub helper: Option<String>,
}

/// Which uses.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadUses<'a> {
    /// `next` of the page before.
    pub after: Option<&'a str>,
    /// From this Unix second on.
    pub from_s: Option<i64>,
    /// Before this Unix second.
    pub to_s: Option<i64>,
    /// Only this deed.
    pub deed: Option<&'a str>,
    /// Only this outcome.
    pub outcome: Option<&'a str>,
    /// Only this kind of actor.
    pub actor_kind: Option<&'a str>,
    /// Only this scenario.
    pub scenario: Option<&'a str>,
    /// Only what this app did, `app_…`.
    pub client: Option<&'a str>,
    /// Rows on the page, 100 by itself, 1,000 at most.
    pub limit: Option<u32>,
}

/// The same, parsed and owned.
#[derive(Clone, Debug)]
struct Wanted {
    from: String,
    before: String,
    limit: u32,
    deed: Option<&'static str>,
    outcome: Option<&'static str>,
    actor_kind: Option<&'static str>,
    scenario: Option<String>,
    client: Option<String>,
}

impl Wanted {
    fn parse(ask: &ReadUses<'_>) -> Result<Self, DeedError> {
        let (from, before) = stretch(ask)?;
        let limit = ask.limit.unwrap_or(PAGE);
        if limit == 0 || limit > PAGE_MAX {
            return Err(DeedError::invalid("limit", format!("1 到 {PAGE_MAX}"), format!("1 to {PAGE_MAX}")));
        }
        let scenario = ask.scenario.filter(|slug| !slug.is_empty()).map(str::to_owned);
        if scenario.as_ref().is_some_and(|slug| slug.len() > SLUG_MAX) {
            return Err(DeedError::invalid("scenario", "请用场景的短名", "use a scenario's slug"));
        }
        let client = ask.client.filter(|id| !id.is_empty()).map(str::to_owned);
        if client.as_ref().is_some_and(|id| ClientId::parse(id).is_err()) {
            return Err(DeedError::invalid("client", "请用应用编号 app_…", "use an app's id, `app_…`"));
        }
        Ok(Self {
            from,
            before,
            limit,
            client,
            deed: one_of("deed", ask.deed, Deed::ALL.map(Deed::as_str).as_slice())?,
            outcome: one_of("outcome", ask.outcome, Outcome::ALL.map(Outcome::as_str).as_slice())?,
            actor_kind: one_of("actor_kind", ask.actor_kind, ActorKind::ALL.map(ActorKind::as_str).as_slice())?,
            scenario,
        })
    }

    fn filter(&self) -> Filter<'_> {
        Filter {
            deed: self.deed,
            outcome: self.outcome,
            scenario: self.scenario.as_deref(),
            gate: None,
            actor: self.client.as_deref(),
            actor_kind: self.actor_kind,
        }
    }
}

impl Province {
    /// Uses, newest first, for auditors.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a word that no use has, or a span that is too long; refusals of the decision.
    pub async fn uses(&self, actor: &Actor, ask: ReadUses<'_>) -> Result<Page<UseRow>, DeedError> {
        let wanted = Wanted::parse(&ask)?;
        let asked = serde_json::json!({
            "deed": wanted.deed, "outcome": wanted.outcome, "actor_kind": wanted.actor_kind,
            "scenario": wanted.scenario, "client": wanted.client, "from": ask.from_s, "to": ask.to_s,
        });
        let page = self
            .short(
                Request::of(actor.clone(), Deed::ReadUses),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), _| {
                    Box::pin(async move {
                        let stretch = Stretch {
                            from: &wanted.from,
                            before: &wanted.before,
                            limit: wanted.limit,
                            scan: LOOKED_AT_MAX,
                        };
                        let page = uses::page(tx, stretch, wanted.filter()).await?;
                        let detail = serde_json::json!({ "rows": page.items.len(), "asked": asked });
                        Ok(Done::plain(page).detail(detail))
                    })
                },
            )
            .await?;
        Ok(Page { items: page.items.into_iter().map(use_row).collect(), next: page.next })
    }
}

/// The ids between which the page lies.
fn stretch(ask: &ReadUses<'_>) -> Result<(String, String), DeedError> {
    let after = ask.after.filter(|after| !after.is_empty());
    if after.is_some_and(|after| UseId::parse(after).is_err()) {
        return Err(DeedError::invalid("after", "请用上一页给的 next", "use the `next` of the page before"));
    }
    let (from_s, to_s) = span(ask.from_s, ask.to_s)?;
    let from = from_s.map_or_else(String::new, first_id);
    // '~' sorts after every id.
    let end = to_s.map_or_else(|| "~".to_owned(), first_id);
    Ok((from, after.map_or(end.clone(), |after| end.min(after.to_owned()))))
}

/// Both ends, the one that is missing so far away as a span may be.
fn span(from_s: Option<i64>, to_s: Option<i64>) -> Result<(Option<i64>, Option<i64>), DeedError> {
    if [from_s, to_s].iter().flatten().any(|at| !(0..=LAST_S).contains(at)) {
        return Err(DeedError::invalid("from", "时间用 Unix 秒", "times are Unix seconds"));
    }
    match (from_s, to_s) {
        (Some(from), Some(to)) if to <= from => {
            Err(DeedError::invalid("to", "结束要晚于开始", "`to` must be later than `from`"))
        }
        (Some(from), Some(to)) if to - from > SPAN_MAX_S => Err(DeedError::invalid(
            "to",
            format!("一次最多看 {SPAN_DAYS_MAX} 天"),
            format!("at most {SPAN_DAYS_MAX} days at a time"),
        )),
        (Some(from), None) => Ok((Some(from), Some(from + SPAN_MAX_S))),
        (None, Some(to)) => Ok((Some((to - SPAN_MAX_S).max(0)), Some(to))),
        both => Ok(both),
    }
}

/// The smallest id of a second: a use's id begins with its time.
fn first_id(at_s: i64) -> String {
    UseId::new(u64::try_from(at_s).unwrap_or(0).saturating_mul(1000), [0; 10]).to_string()
}

fn one_of(field: &'static str, word: Option<&str>, words: &[&'static str]) -> Result<Option<&'static str>, DeedError> {
    let Some(word) = word.filter(|word| !word.is_empty()) else { return Ok(None) };
    words.iter().find(|one| **one == word).copied().map(Some).ok_or_else(|| {
        DeedError::invalid(field, format!("只能是：{}", words.join("、")), format!("one of {}", words.join(", ")))
    })
}

pub(crate) fn use_row(u: uses::Use) -> UseRow {
    let detail = u.detail.as_deref().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    let helper = detail.and_then(|detail| detail["visit"]["officer"].as_str().map(str::to_owned));
    UseRow {
        helper,
        id: u.id,
        at: u.at / MICROS,
        deed: u.deed,
        actor_kind: u.actor_kind,
        actor: u.actor,
        scenario: u.scenario,
        site: u.site,
        outcome: u.outcome,
        reason: u.reason,
        form: u.form,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_of_time_is_a_stretch_of_ids() {
        let late = UseId::new(2_000_500, [1; 10]).to_string();
        let early = UseId::new(1_000_500, [1; 10]).to_string();
        let (from, before) =
            stretch(&ReadUses { from_s: Some(1000), to_s: Some(2000), ..ReadUses::default() }).unwrap();
        assert!(from <= early && early < before && before <= late);
        let ask = ReadUses { from_s: Some(1000), to_s: Some(3000), after: Some(&early), ..ReadUses::default() };
        assert_eq!(stretch(&ask).unwrap().1, early, "a page goes on within the range");
        let ask = ReadUses { from_s: Some(1000), to_s: Some(2000), after: Some(&late), ..ReadUses::default() };
        assert_eq!(stretch(&ask).unwrap().1, before, "and never beyond it");
        assert_eq!(stretch(&ReadUses::default()).unwrap(), (String::new(), "~".to_owned()));
    }

    #[test]
    fn a_span_has_a_bound_on_whichever_side_is_open() {
        let table = [
            ((None, None), Ok((None, None))),
            ((Some(5), None), Ok((Some(5), Some(5 + SPAN_MAX_S)))),
            ((None, Some(5)), Ok((Some(0), Some(5)))),
            ((Some(5), Some(5 + SPAN_MAX_S)), Ok((Some(5), Some(5 + SPAN_MAX_S)))),
            ((Some(5), Some(6 + SPAN_MAX_S)), Err("to")),
            ((Some(5), Some(5)), Err("to")),
            ((Some(-1), None), Err("from")),
            ((None, Some(i64::MAX)), Err("from")),
        ];
        for ((from, to), expected) in table {
            let got = span(from, to).map_err(|error| match error {
                DeedError::Invalid { field, .. } => field,
                _ => "?",
            });
            assert_eq!(got, expected, "{from:?} {to:?}");
        }
    }
}
