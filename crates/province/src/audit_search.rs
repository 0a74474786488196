//! The uses of one person, searched in a case: asked for by an auditor, approved by somebody else, read for a week.
//! It does not know names: a person is named by a whole ID number or an id, and sees each step in their own record.

use crate::Province;
use crate::audit_delay::{self as orders, DelayOrder, DelayRow};
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::read_uses::{UseRow, use_row};
use crate::residents::{Page, evidence};
use crate::row_seal::{RowSealer, sealed_row};
use crate::two_persons::prepared_in;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, AuditSearchId, UseId};
use yima_kernel::subject::Actor;
use yima_keys::person::IdNumber;
use yima_store::audit_search::{self, AuditSearch, State};
use yima_store::{Tx, account, uses};

const DAY_US: i64 = 86_400 * MICROS;
/// Days between both ends at most.
const SPAN_DAYS_MAX: i64 = 90;
/// Searches that one auditor may ask for within 24 hours.
const A_DAY_MAX: u32 = 20;
/// An approved search can be read so long.
const OPEN_US: i64 = 7 * DAY_US;
/// Letters of a case number at most.
const CASE_MAX: usize = 60;
/// Rows on a page.
const PAGE: u32 = 100;
const LIST: u32 = 50;

/// What an auditor asks for.
#[derive(Clone, Debug)]
pub struct AskAuditSearch {
    /// A whole ID number, or `res_…`.
    pub person: String,
    /// Number of the case.
    pub case_number: String,
    /// What for.
    pub purpose: String,
    /// Unix seconds.
    pub from_s: i64,
    /// Unix seconds, not included.
    pub to_s: i64,
    /// An order by which the person sees it later.
    pub order: Option<DelayOrder>,
}

/// A search as operators see it. Times are Unix seconds.
#[derive(Clone, Debug)]
pub struct AuditSearchRow {
    /// `aud_…`
    pub id: String,
    /// `res_…`
    pub person: String,
    /// Number of the case.
    pub case_number: String,
    /// What for.
    pub purpose: String,
    /// From here on.
    pub from_s: i64,
    /// Before this.
    pub to_s: i64,
    /// `waiting`, `approved` or `refused`.
    pub state: &'static str,
    /// Whether the one who looks asked for it.
    pub own: bool,
    /// When it was asked for.
    pub asked_s: i64,
    /// Until when it can be read.
    pub until_s: Option<i64>,
    /// Orders that delay what the person sees, the oldest first.
    pub orders: Vec<DelayRow>,
}

/// An exact person.
#[derive(Clone)]
pub(crate) enum Person {
    Id(String),
    Blind([u8; 16]),
}

impl Person {
    /// The account, if there is one. Whether there is, is said only to who may do the deed.
    pub(crate) async fn find(self, tx: &mut Tx) -> Result<Option<String>, DeedError> {
        let row = match self {
            Self::Id(id) => account::find(tx, &id).await?,
            Self::Blind(blind) => account::by_blind_id(tx, &blind).await?,
        };
        Ok(row.map(|row| row.id))
    }
}

impl Province {
    /// Asks for a search. The person sees that somebody asked.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a person who is not named exactly, a span over 90 days, no case or no purpose;
    /// [`DeedError::TooMany`] beyond 20 a day; refused for oneself, for kin, and within one's own office.
    pub async fn ask_audit_search(&self, actor: &Actor, ask: AskAuditSearch) -> Result<String, DeedError> {
        let person = self.exactly(&ask.person)?;
        let case_number = evidence("case_number", &ask.case_number)?;
        if case_number.chars().count() > CASE_MAX {
            return Err(DeedError::invalid("case_number", "案号太长", "the case number is too long"));
        }
        let purpose = evidence("purpose", &ask.purpose)?;
        let (from_at, to_at) = span(ask.from_s, ask.to_s, self.now_s())?;
        let search = AuditSearchId::new(self.now_ms(), self.chance.bytes());
        let order = ask.order.map(|order| orders::checked(order, self.now_us(), self.now_us())).transpose()?;
        let (id, delay_id, by) = (search.to_string(), self.delay_id(), actor.id().to_owned());
        let seals = self.sealer_of_rows();
        self.short(
            Request::of(actor.clone(), Deed::AskAuditSearch).in_search(search, order.is_some()),
            |tx| {
                Box::pin(async move {
                    let account = person.find(tx).await?;
                    let about = account.iter().filter_map(|id| AccountId::parse(id).ok()).collect();
                    Ok((Facts { about, ..Facts::default() }, account))
                })
            },
            move |tx, account, door| {
                Box::pin(async move {
                    let account = account.ok_or(DeedError::NotFound("resident"))?;
                    let today = audit_search::asked_since(tx, &by, door.now_us - DAY_US, A_DAY_MAX).await?;
                    if today >= A_DAY_MAX {
                        return Err(too_many());
                    }
                    let mut detail = serde_json::json!({ "search": id, "case": case_number });
                    let row = AuditSearch {
                        id: id.clone(),
                        account: account.clone(),
                        case_number,
                        purpose: purpose.clone(),
                        from_at,
                        to_at,
                        state: State::Waiting,
                        asked_by: by.clone(),
                        asked_at: door.now_us,
                        answered_by: None,
                        answered_at: None,
                        until_at: None,
                        version: 1,
                        seal: Vec::new(),
                    };
                    let row = seals.sealed(row);
                    audit_search::insert(tx, &row).await?;
                    if let Some(order) = order {
                        let delay = orders::delay(&seals, &delay_id, &row, &order, (&by, door.now_us));
                        yima_store::audit_delay::insert(tx, &delay).await?;
                        detail["order"] = orders::said(&order);
                    }
                    let mut done = Done::to(id, account).detail(detail);
                    done.note.purpose = Some(purpose);
                    Ok(done)
                })
            },
        )
        .await
    }

    /// Searches, newest first, that were asked for.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for an `after` that no page gave; refusals of the decision.
    pub async fn audit_searches(&self, actor: &Actor, after: Option<&str>) -> Result<Page<AuditSearchRow>, DeedError> {
        let before = match after.filter(|after| !after.is_empty()) {
            Some(after) => parsed(after)?,
            None => "~".to_owned(),
        };
        let request = Request::of(actor.clone(), Deed::SeeAuditSearches);
        let (rows, delays) = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move {
                    let rows = audit_search::page(tx, &before, LIST).await?;
                    let delays = orders::beside(tx, &rows).await?;
                    Ok((rows, delays))
                })
            })
            .await?;
        let next = rows.last().filter(|_| rows.len() == LIST as usize).map(|row| row.id.clone());
        let now_us = self.now_us();
        let items = rows.into_iter().map(|row| {
            let own = delays.iter().filter(|one| one.search == row.id);
            let orders = own.map(|one| orders::shown(one, actor.id(), now_us)).collect();
            AuditSearchRow { orders, ..listed(row, actor.id()) }
        });
        Ok(Page { items: items.collect(), next })
    }

    /// Approves or refuses a search that somebody else asked for. The person sees it.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when it does not wait any more; refused as the same person, for oneself, for kin, and within
    /// one's own office.
    pub async fn answer_audit_search(&self, actor: &Actor, id: &str, approve: bool) -> Result<(), DeedError> {
        let search = AuditSearchId::parse(id).map_err(|_| DeedError::NotFound("search"))?;
        let (id, by, asking) = (search.to_string(), actor.id().to_owned(), actor.clone());
        let (seals, reads) = (self.sealer_of_rows(), self.sealer_of_rows());
        let to = if approve { State::Approved } else { State::Refused };
        self.short(
            Request::of(actor.clone(), Deed::ApproveAuditSearch).in_search(search, false),
            move |tx| {
                Box::pin(async move {
                    let row = found(tx, &reads, &id).await?;
                    let facts = prepared_in(tx, &row.asked_by, &asking).await?;
                    let about = AccountId::parse(&row.account).into_iter().collect();
                    Ok((Facts { about, ..facts }, row))
                })
            },
            move |tx, row, door| {
                Box::pin(async move {
                    let answered = AuditSearch {
                        state: to,
                        answered_by: Some(by),
                        answered_at: Some(door.now_us),
                        until_at: approve.then_some(door.now_us + OPEN_US),
                        ..row.clone()
                    };
                    if row.state != State::Waiting || !audit_search::answer(tx, &seals.next(answered)).await? {
                        return Err(DeedError::Conflict(Text::new(
                            "已经有人处理了",
                            "somebody has answered it already",
                        )));
                    }
                    let detail = serde_json::json!({ "search": row.id, "case": row.case_number, "to": to.as_str() });
                    let mut done = Done::to((), row.account).detail(detail);
                    done.note.purpose = Some(row.purpose);
                    Ok(done)
                })
            },
        )
        .await
    }

    /// Uses of the person of an approved search, newest first. Each page is a use that the person sees.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for a search that somebody else asked for; [`DeedError::Conflict`] when it is not open.
    pub async fn read_person_uses(
        &self,
        actor: &Actor,
        id: &str,
        after: Option<&str>,
    ) -> Result<Page<UseRow>, DeedError> {
        let search = AuditSearchId::parse(id).map_err(|_| DeedError::NotFound("search"))?;
        let (id, by) = (search.to_string(), actor.id().to_owned());
        let (key, seals) = (after.filter(|after| !after.is_empty()).map(read_key).transpose()?, self.sealer_of_rows());
        let rows = self
            .short(
                Request::of(actor.clone(), Deed::ReadPersonUses).in_search(search, false),
                move |tx| {
                    Box::pin(async move {
                        let row = found(tx, &seals, &id).await?;
                        let about = AccountId::parse(&row.account).into_iter().collect();
                        Ok((Facts { about, ..Facts::default() }, row))
                    })
                },
                move |tx, row, door| {
                    Box::pin(async move {
                        if row.asked_by != by {
                            return Err(DeedError::NotFound("search"));
                        }
                        if row.state != State::Approved || row.until_at.is_none_or(|until| until <= door.now_us) {
                            return Err(DeedError::Conflict(Text::new(
                                "还没有批准，或已过期，请重新申请",
                                "it is not approved, or its time is over: ask anew",
                            )));
                        }
                        let before = key.as_ref().map(|(at, id)| (*at, id.as_str()));
                        let stretch = (row.from_at, row.to_at);
                        let found = uses::of_account_between(tx, &row.account, stretch, before, PAGE).await?;
                        let detail = serde_json::json!({
                            "search": row.id, "case": row.case_number, "rows": found.len(),
                        });
                        let mut done = Done::to(found, row.account).detail(detail);
                        done.note.purpose = Some(row.purpose);
                        Ok(done)
                    })
                },
            )
            .await?;
        let next = rows.last().filter(|_| rows.len() == PAGE as usize).map(|row| format!("{}.{}", row.at, row.id));
        Ok(Page { items: rows.into_iter().map(use_row).collect(), next })
    }

    /// A person by a whole ID number or an id, never by a name.
    pub(crate) fn exactly(&self, person: &str) -> Result<Person, DeedError> {
        let person = person.trim();
        if AccountId::parse(person).is_ok() {
            return Ok(Person::Id(person.to_owned()));
        }
        let number = IdNumber::parse(person).map_err(|_| {
            DeedError::invalid(
                "person",
                "请输入完整的 18 位身份证号，或居民编号 res_…；不能按姓名检索",
                "give a whole 18-character ID number, or a resident id res_…; never a name",
            )
        })?;
        Ok(Person::Blind(*self.sealer.blind(&number).as_bytes()))
    }
}

/// By id, with a seal that fits.
pub(crate) async fn found(tx: &mut Tx, seals: &RowSealer, id: &str) -> Result<AuditSearch, DeedError> {
    let row = audit_search::find(tx, id).await?.ok_or(DeedError::NotFound("search"))?;
    seals.trusted(row)
}

// Every column that the seal covers.
sealed_row!(AuditSearch, "audit_search", |s, with| {
    let time = |at: Option<i64>| at.map(|at| at.to_be_bytes().to_vec()).unwrap_or_default();
    let (answered_at, until) = (time(s.answered_at), time(s.until_at));
    with(&[
        s.account.as_bytes(),
        s.case_number.as_bytes(),
        s.purpose.as_bytes(),
        &s.from_at.to_be_bytes(),
        &s.to_at.to_be_bytes(),
        s.state.as_str().as_bytes(),
        s.asked_by.as_bytes(),
        &s.asked_at.to_be_bytes(),
        s.answered_by.as_deref().unwrap_or_default().as_bytes(),
        &answered_at,
        &until,
    ])
});

/// Both ends in microseconds.
fn span(from_s: i64, to_s: i64, now_s: i64) -> Result<(i64, i64), DeedError> {
    if from_s < 0 || to_s > now_s + 86_400 {
        return Err(DeedError::invalid("to", "结束不能晚于今天", "the end can be no later than today"));
    }
    if to_s <= from_s {
        return Err(DeedError::invalid("to", "结束要晚于开始", "`to` must be later than `from`"));
    }
    if to_s - from_s > SPAN_DAYS_MAX * 86_400 {
        return Err(DeedError::invalid(
            "to",
            format!("一次最多查 {SPAN_DAYS_MAX} 天"),
            format!("at most {SPAN_DAYS_MAX} days in one search"),
        ));
    }
    Ok((from_s * MICROS, to_s * MICROS))
}

fn too_many() -> DeedError {
    DeedError::TooMany {
        retry_after_s: 3_600,
        why: Text::new(
            format!("每人每天最多申请 {A_DAY_MAX} 次按人检索"),
            format!("at most {A_DAY_MAX} searches by person a day"),
        ),
    }
}

fn parsed(id: &str) -> Result<String, DeedError> {
    AuditSearchId::parse(id).map(|id| id.to_string()).map_err(|_| DeedError::NotFound("search"))
}

fn read_key(key: &str) -> Result<(i64, String), DeedError> {
    let parsed = key.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, UseId::parse(id).ok()?.to_string())));
    parsed.ok_or_else(|| DeedError::invalid("after", "请用上一页给的 next", "use the `next` of the page before"))
}

fn listed(row: AuditSearch, looker: &str) -> AuditSearchRow {
    AuditSearchRow {
        own: row.asked_by == looker,
        id: row.id,
        person: row.account,
        case_number: row.case_number,
        purpose: row.purpose,
        from_s: row.from_at / MICROS,
        to_s: row.to_at / MICROS,
        state: row.state.as_str(),
        asked_s: row.asked_at / MICROS,
        until_s: row.until_at.map(|at| at / MICROS),
        orders: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_ninety_days_at_most_and_ends_today() {
        const DAY: i64 = 86_400;
        let now = 200 * DAY;
        let table = [
            ((0, 90 * DAY), true),
            ((0, 90 * DAY + 1), false),
            ((5, 5), false),
            ((-1, 5), false),
            ((now - DAY, now + DAY), true),
            ((now - DAY, now + DAY + 1), false),
        ];
        for ((from, to), fits) in table {
            assert_eq!(span(from, to, now).is_ok(), fits, "{from} {to}");
        }
    }
}
