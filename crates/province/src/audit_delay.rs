//! An order of a court or of a prosecutor's office delays what a person sees of a search of their uses (rule R46, decision 0034).
//! An auditor asks with the order, another person agrees; at its end everything shows by itself, a year after the search at the latest.
//! It does not know whether an order is genuine: two persons say so.

use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::residents::evidence;
use crate::row_seal::{RowSealer, sealed_row};
use crate::two_persons::prepared;
use yima_kernel::access::{Facts, InSearch, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, AuditDelayId, AuditSearchId};
use yima_kernel::subject::Actor;
use yima_store::audit_delay::{self, AuditDelay, State};
use yima_store::audit_search::{self, AuditSearch};
use yima_store::{StoreError, Tx};

const DAY_US: i64 = 86_400 * MICROS;
/// What nobody agreed to hides for so long, and no longer: else one person alone would hide it.
const WAITING_US: i64 = 3 * DAY_US;
/// Nothing of a search is hidden longer than this after it was asked for, whatever orders follow each other.
const WHOLE_US: i64 = 365 * DAY_US;
/// Letters of an authority's name or an order's number at most.
const NAME_MAX: usize = 60;

/// An order, as an auditor has it before them.
#[derive(Clone, Debug)]
pub struct DelayOrder {
    /// Who gave it.
    pub authority: String,
    /// Its number.
    pub order_number: String,
    /// Until when the person does not see it, Unix seconds.
    pub until_s: i64,
}

/// An order beside its search, as operators see it. Times are Unix seconds.
#[derive(Clone, Debug)]
pub struct DelayRow {
    /// `dly_…`
    pub id: String,
    /// Who gave the order.
    pub authority: String,
    /// Its number.
    pub order_number: String,
    /// Until when.
    pub until_s: i64,
    /// `waiting`, `agreed`, `refused`, or `over` where nobody answered in three days.
    pub state: &'static str,
    /// Somebody else asked for it.
    pub others: bool,
}

/// An order that reads as one, and ends within the year.
pub(crate) fn checked(order: DelayOrder, search_asked_us: i64, now_us: i64) -> Result<DelayOrder, DeedError> {
    let named = |field, text: &str| {
        let text = evidence(field, text)?;
        if text.chars().count() > NAME_MAX {
            return Err(DeedError::invalid(field, "最多 60 字", "at most 60 characters"));
        }
        Ok(text)
    };
    let until_us = order.until_s.saturating_mul(MICROS);
    if until_us <= now_us || until_us > search_asked_us + WHOLE_US {
        return Err(DeedError::invalid(
            "until",
            "要晚于现在；从申请检索算起，连续期在内最多一年",
            "must be later than now, and at most a year after the search was asked for, further orders included",
        ));
    }
    Ok(DelayOrder {
        authority: named("authority", &order.authority)?,
        order_number: named("order_number", &order.order_number)?,
        until_s: order.until_s,
    })
}

impl Province {
    /// Asks, by a further order, that the person goes on not seeing a search that is hidden now.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for a search that somebody else asked for; [`DeedError::Conflict`] when nothing of it is hidden
    /// any more; [`DeedError::Invalid`] beyond the year.
    pub async fn ask_audit_delay(&self, actor: &Actor, search: &str, order: DelayOrder) -> Result<String, DeedError> {
        let search = AuditSearchId::parse(search).map_err(|_| DeedError::NotFound("search"))?;
        let (sought, by, id) = (search.to_string(), actor.id().to_owned(), self.delay_id());
        let (seals, reads) = (self.sealer_of_rows(), self.sealer_of_rows());
        self.short(
            Request::of(actor.clone(), Deed::AskAuditDelay).in_search(search, false),
            move |tx| {
                Box::pin(async move {
                    let row = crate::audit_search::found(tx, &reads, &sought).await?;
                    Ok((facts_about(&row.account), row))
                })
            },
            move |tx, row, door| {
                Box::pin(async move {
                    if row.asked_by != by {
                        return Err(DeedError::NotFound("search"));
                    }
                    let order = checked(order, row.asked_at, door.now_us)?;
                    audit_search::lock(tx, &row.id).await?;
                    let before = trusted_of(tx, &seals, &row.id).await?;
                    let agreed = agreed_until(&before).filter(|until| *until > door.now_us);
                    let waits = before.iter().any(|one| waits(one, door.now_us));
                    if waits || agreed.is_none_or(|until| order.until_s * MICROS <= until) {
                        return Err(DeedError::Conflict(Text::new(
                            "没有正在延后显示的检索可以续；已经显示的不能再藏，新的期限要更晚",
                            "there is nothing to go on from: what was shown stays shown, one order waits at a time, and a new one ends later",
                        )));
                    }
                    let account = row.account.clone();
                    audit_delay::insert(tx, &delay(&seals, &id, &row, &order, (&by, door.now_us))).await?;
                    let detail = serde_json::json!({ "delay": id, "order": said(&order), "search": row.id });
                    Ok(Done::to(id, account).detail(detail))
                })
            },
        )
        .await
    }

    /// Agrees to an order, or refuses it. Refused, whatever no other order hides shows at once.
    ///
    /// # Errors
    /// Refused as the same person; [`DeedError::Conflict`] when it waits no more.
    pub async fn answer_audit_delay(&self, actor: &Actor, id: &str, agree: bool) -> Result<(), DeedError> {
        let id = AuditDelayId::parse(id).map_err(|_| DeedError::NotFound("order"))?.to_string();
        let sought = id.clone();
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(audit_delay::find(tx, &sought).await?) }))
            .await?
            .ok_or(DeedError::NotFound("order"))?;
        let search = AuditSearchId::parse(&found.search).map_err(DeedError::internal)?;
        let (by, asker) = (actor.id().to_owned(), actor.clone());
        let (seals, reads) = (self.sealer_of_rows(), self.sealer_of_rows());
        self.short(
            Request::of(actor.clone(), Deed::ApproveAuditDelay).in_search(search, false),
            move |tx| {
                Box::pin(async move {
                    let rows = trusted_of(tx, &reads, &found.search).await?;
                    let row = rows.into_iter().find(|one| one.id == id).ok_or(DeedError::NotFound("order"))?;
                    let about = facts_about(&row.account).about;
                    Ok((Facts { about, ..prepared(tx, Some(&row.asked_by), &asker).await? }, row))
                })
            },
            move |tx, row, door| {
                Box::pin(async move {
                    let state = if agree { State::Agreed } else { State::Refused };
                    audit_search::lock(tx, &row.search).await?;
                    let too_late = agree && row.until_at <= door.now_us;
                    let (answered_by, answered_at) = (Some(by), Some(door.now_us));
                    let row = seals.next(AuditDelay { state, answered_by, answered_at, ..row });
                    if too_late || !audit_delay::answer(tx, &row, door.now_us - WAITING_US).await? {
                        return Err(DeedError::Conflict(Text::new(
                            "已经有人处理，或三天内没有人处理，已经显示",
                            "it was answered already, or nobody answered within three days and it shows",
                        )));
                    }
                    let rows = trusted_of(tx, &seals, &row.search).await?;
                    let until = agreed_until(&rows).unwrap_or(0);
                    audit_delay::hide_until(tx, &row.search, until, door.now_us).await?;
                    let detail = serde_json::json!({ "delay": row.id, "search": row.search, "to": row.state.as_str() });
                    Ok(Done::to((), row.account).detail(detail))
                })
            },
        )
        .await
    }

    pub(crate) fn delay_id(&self) -> String {
        AuditDelayId::new(self.now_ms(), self.chance.bytes()).to_string()
    }
}

/// Hides a use of a search from its person, as far as an order reaches. Called by the doorway for every use within a search,
/// refusals included: one of them that showed would tell of the search.
pub(crate) async fn hide(
    tx: &mut Tx,
    within: &InSearch,
    account: &str,
    use_id: &str,
    at_us: i64,
) -> Result<(), DeedError> {
    let search = within.search.as_str();
    audit_search::lock(tx, search).await?;
    let rows = audit_delay::of_search(tx, search).await?;
    let until = match agreed_until(&rows) {
        Some(until) => until,
        // Asked for with an order that was not even filed, because the asking was refused.
        None if rows.is_empty() && within.by_order => at_us + WAITING_US,
        None => rows.iter().filter(|one| waits(one, at_us)).map(|one| one.asked_at + WAITING_US).max().unwrap_or(0),
    };
    if until > at_us {
        audit_delay::hide(tx, account, use_id, search, until).await?;
    }
    Ok(())
}

/// The orders of a search, each with a seal that fits: else somebody who writes into the database hides it, or shows it.
pub(crate) async fn trusted_of(tx: &mut Tx, seals: &RowSealer, search: &str) -> Result<Vec<AuditDelay>, DeedError> {
    audit_delay::of_search(tx, search).await?.into_iter().map(|row| seals.trusted(row)).collect()
}

// Every column that the seal covers.
sealed_row!(AuditDelay, "audit_delay", |d, with| {
    let answered_at = d.answered_at.map(|at| at.to_be_bytes().to_vec()).unwrap_or_default();
    with(&[
        d.search.as_bytes(),
        d.account.as_bytes(),
        d.authority.as_bytes(),
        d.order_number.as_bytes(),
        &d.until_at.to_be_bytes(),
        d.state.as_str().as_bytes(),
        d.asked_by.as_bytes(),
        &d.asked_at.to_be_bytes(),
        d.answered_by.as_deref().unwrap_or_default().as_bytes(),
        &answered_at,
    ])
});

/// The row of an order that waits.
pub(crate) fn delay(
    seals: &RowSealer,
    id: &str,
    search: &AuditSearch,
    order: &DelayOrder,
    (by, now_us): (&str, i64),
) -> AuditDelay {
    let row = AuditDelay {
        id: id.to_owned(),
        search: search.id.clone(),
        account: search.account.clone(),
        authority: order.authority.clone(),
        order_number: order.order_number.clone(),
        until_at: order.until_s * MICROS,
        state: State::Waiting,
        asked_by: by.to_owned(),
        asked_at: now_us,
        answered_by: None,
        answered_at: None,
        version: 1,
        seal: Vec::new(),
    };
    seals.sealed(row)
}

/// What the use says of it; the person reads it once it shows.
pub(crate) fn said(order: &DelayOrder) -> serde_json::Value {
    serde_json::json!({ "authority": order.authority, "number": order.order_number })
}

/// The orders beside the searches of a page.
pub(crate) async fn beside(tx: &mut Tx, rows: &[AuditSearch]) -> Result<Vec<AuditDelay>, StoreError> {
    let first = rows.iter().map(|row| row.id.as_str()).min();
    let last = rows.iter().map(|row| row.id.as_str()).max();
    match (first, last) {
        (Some(first), Some(last)) => audit_delay::of_searches(tx, (first, last)).await,
        _ => Ok(Vec::new()),
    }
}

/// An order as operators see it.
pub(crate) fn shown(row: &AuditDelay, looker: &str, now_us: i64) -> DelayRow {
    let over = row.state == State::Waiting && !waits(row, now_us);
    DelayRow {
        id: row.id.clone(),
        authority: row.authority.clone(),
        order_number: row.order_number.clone(),
        until_s: row.until_at / MICROS,
        state: if over { "over" } else { row.state.as_str() },
        others: row.asked_by != looker,
    }
}

fn waits(row: &AuditDelay, now_us: i64) -> bool {
    row.state == State::Waiting && row.asked_at > now_us - WAITING_US
}

fn agreed_until(rows: &[AuditDelay]) -> Option<i64> {
    rows.iter().filter(|one| one.state == State::Agreed).map(|one| one.until_at).max()
}

fn facts_about(account: &str) -> Facts {
    Facts { about: AccountId::parse(account).into_iter().collect(), ..Facts::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r46_an_order_ends_within_a_year_of_the_search_and_says_who_gave_it() {
        let order = |until_s| DelayOrder { authority: "court 1".into(), order_number: "7".into(), until_s };
        let day = 86_400;
        let (asked, now) = (100 * day, 120 * day);
        let table = [(120 * day, false), (120 * day + 1, true), (465 * day, true), (465 * day + 1, false), (-1, false)];
        for (until, fits) in table {
            assert_eq!(checked(order(until), asked * MICROS, now * MICROS).is_ok(), fits, "{until}");
        }
        for (authority, number) in [("", "7"), ("court", " "), ("court", &"7".repeat(61))] {
            let wrong = DelayOrder { authority: authority.into(), order_number: number.into(), until_s: 130 * day };
            assert!(checked(wrong, asked * MICROS, now * MICROS).is_err(), "{authority} {number}");
        }
    }
}
