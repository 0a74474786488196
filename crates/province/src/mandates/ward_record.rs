//! Reading the record of somebody in one's care: all of it under 14, day and scenario from 14 to 17, nothing of an adult
//! unless the mandate says so; and while an order hides it, it looks empty. It does not know what an entry means.

use super::{By, both};
use crate::Province;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::record::{RecordEntry, RecordPage, entry, next_key, read_key};
use yima_kernel::access::{Facts, Refusal, Request};
use yima_kernel::deed::Deed;
use yima_kernel::mandate::Sight;
use yima_kernel::subject::Actor;
use yima_store::uses;

const PAGE: u32 = 50;
/// What a record of days and scenarios shows.
const VISITS: [&str; 2] = ["check", "check_in"];
const DAY_S: i64 = 86_400;
const OFFSET_S: i64 = 8 * 3600;

impl Province {
    /// A page of the principal's record, as much of it as the mandate shows. The principal's record shows this look.
    ///
    /// # Errors
    /// [`DeedError::Refused`] when it shows nothing.
    pub async fn ward_record(&self, actor: &Actor, id: &str, before: Option<&str>) -> Result<RecordPage, DeedError> {
        let subject = self.principal_of(actor, id).await?;
        let before = before.map(read_key).transpose()?;
        let (hand, mandate_id, now_us) = (self.hand(), id.to_owned(), self.now_us());
        let hidden = self.is_hidden(id).await?;
        let looked = self
            .short(
                Request::of(actor.clone(), Deed::SeeWardRecord).about(subject),
                move |tx| {
                    Box::pin(async move {
                        let held = hand.relied(tx, &mandate_id, now_us).await?;
                        let facts = Facts { mandate: Some(held.mandate()?), ..Facts::default() };
                        Ok((facts, held))
                    })
                },
                move |tx, held, _| {
                    Box::pin(async move {
                        let sight = held.mandate()?.sight;
                        let from = before.as_ref().map(|(at, id)| (*at, id.as_str()));
                        let rows = uses::of_account(tx, &held.principal.id, from, PAGE, now_us).await?;
                        Ok(both(Done::plain((rows, sight)), &held.edge, By::Actor, serde_json::json!({})))
                    })
                },
            )
            .await;
        let (rows, sight) = match looked {
            // An order hides it: that looks like a record in which nothing is.
            Err(DeedError::Refused(Refusal::NotMandated)) if hidden => {
                return Ok(RecordPage { entries: Vec::new(), next: None });
            }
            other => other?,
        };
        let (live, next) = (self.live(), next_key(&rows, PAGE));
        let entries = rows.into_iter().map(|row| entry(row, &live));
        let entries = match sight {
            Sight::Whole => entries.collect(),
            Sight::DayAndScenario => entries.filter_map(day_and_scenario).collect(),
            Sight::Nothing => Vec::new(),
        };
        Ok(RecordPage { entries, next })
    }

    async fn is_hidden(&self, id: &str) -> Result<bool, DeedError> {
        let id = id.to_owned();
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(yima_store::edge::find(tx, &id).await?) }));
        Ok(found.await?.is_some_and(|row| row.hidden))
    }
}

/// What stays of an entry: the day, at its midnight, and the scenario.
fn day_and_scenario(entry: RecordEntry) -> Option<RecordEntry> {
    if !VISITS.contains(&entry.deed.as_str()) || entry.scenario.is_empty() || entry.outcome == "refused" {
        return None;
    }
    let nothing = || Text::new("", "");
    Some(RecordEntry {
        id: format!("day-{}-{}", (entry.at + OFFSET_S) / DAY_S, entry.scenario),
        at: (entry.at + OFFSET_S).div_euclid(DAY_S) * DAY_S - OFFSET_S,
        deed: entry.deed,
        scenario: entry.scenario,
        scenario_name: entry.scenario_name,
        place: nothing(),
        who: nothing(),
        why: nothing(),
        saw: nothing(),
        role: nothing(),
        outcome: "done".to_owned(),
        reason: None,
        form: None,
        online: true,
    })
}
