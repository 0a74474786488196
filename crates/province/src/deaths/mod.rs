//! Deaths (R51): two sources of different kinds, written down by two officers; thirty days in which it can be taken back; then
//! final. What the deeds share, and the officers' list. It does not know pages. Why it is so: docs/decisions/0024.

mod report;
mod settle;

use crate::Province;
use crate::clock::MICROS;
use crate::error::DeedError;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_store::death::{self, State};
use yima_store::{account, operator};

/// Final so long after the second source (R51).
const REVERSIBLE_S: i64 = 30 * 86_400;
/// The word under which codes are withdrawn, and mandates ended.
const WHY: &str = "death";
/// Who may say so: no two of one word are two sources.
const SOURCES: [&str; 5] = ["civil_affairs", "hospital", "police", "court", "kin"];

/// A death in the officers' list.
#[derive(Clone, Debug)]
pub struct DeathRow {
    /// `res_…`
    pub resident: String,
    /// Masked.
    pub name_masked: String,
    /// `reported` or `confirmed`.
    pub state: &'static str,
    /// The first source.
    pub source: String,
    /// What was shown.
    pub evidence: String,
    /// Sign-in name of the officer who wrote it down.
    pub reported_by: String,
    /// Unix seconds.
    pub reported_at: i64,
    /// Unix seconds from which it is final.
    pub final_from: Option<i64>,
    /// The asking officer may confirm it.
    pub yours: bool,
}

impl Province {
    /// Deaths that are reported and not final, the oldest first.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn deaths(&self, actor: &Actor) -> Result<Vec<DeathRow>, DeedError> {
        let found = self
            .look(Request::of(actor.clone(), Deed::SeeDeaths), Facts::default(), |tx| {
                Box::pin(async move {
                    let mut found = Vec::new();
                    for row in death::all_standing(tx).await? {
                        let holder = account::find(tx, &row.account).await?.ok_or(DeedError::NotFound("resident"))?;
                        let officer = operator::find(tx, &row.reported_by).await?.map(|one| one.name);
                        found.push((row, holder, officer.unwrap_or_default()));
                    }
                    Ok(found)
                })
            })
            .await?;
        found
            .into_iter()
            .map(|(row, holder, officer)| {
                Ok(DeathRow {
                    name_masked: self.name_of(&holder)?.masked(),
                    state: row.state.as_str(),
                    reported_at: row.reported_at / MICROS,
                    final_from: row.final_from.map(|at| at / MICROS),
                    yours: row.state == State::Reported && row.reported_by != actor.id(),
                    reported_by: officer,
                    resident: row.account,
                    source: row.source,
                    evidence: row.evidence,
                })
            })
            .collect()
    }
}
