//! The yearly public count: how often offices learned who stands behind a code, by scenario.
//! It does not know persons, and shows no number so small that it could point to one.

use crate::Province;
use crate::desk::Desk;
use crate::error::{DeedError, Text};
use yima_code::day::Month;
use yima_store::{Tx, resolved};

/// A count below this is told as "fewer than": a neighbour could guess who it was.
pub const SHOWN_FROM: i64 = 10;

/// A line of the public count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolveCount {
    /// Civil year.
    pub year: u16,
    /// Slug.
    pub scenario: String,
    /// Name of the scenario, its slug when it is no longer in force.
    pub name: Text,
    /// Who runs it; empty when no longer in force.
    pub owner: Text,
    /// How many; `None` for fewer than [`SHOWN_FROM`].
    pub many: Option<i64>,
}

/// Counts one, in the deed's own transaction.
pub(crate) async fn count(tx: &mut Tx, desk: &Desk) -> Result<(), DeedError> {
    let seconds = u32::try_from(desk.now_us / crate::clock::MICROS).unwrap_or(0);
    let (year, _) = Month::of(seconds).year_and_month();
    Ok(resolved::add(tx, year, &desk.manifest.slug, &desk.gate).await?)
}

impl Province {
    /// How often receipts and bound cards were resolved, the newest year first. Anybody may ask.
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn resolve_counts(&self) -> Result<Vec<ResolveCount>, DeedError> {
        let rows =
            self.store.read::<_, DeedError, _>(|tx| Box::pin(async move { Ok(resolved::by_year(tx).await?) })).await?;
        let live = self.live();
        let line = |row: resolved::OfYear| {
            let manifest = live.manifest_by_slug(&row.scenario);
            let unnamed = || Text::new(row.scenario.clone(), row.scenario.clone());
            ResolveCount {
                year: row.year,
                name: manifest.map_or_else(unnamed, |m| Text::new(m.name.zh.clone(), m.name.en.clone())),
                owner: manifest
                    .map_or_else(|| Text::new("", ""), |m| Text::new(m.owner.zh.clone(), m.owner.en.clone())),
                many: Some(row.many).filter(|many| *many >= SHOWN_FROM),
                scenario: row.scenario,
            }
        };
        Ok(rows.into_iter().map(line).collect())
    }
}
