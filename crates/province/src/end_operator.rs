//! The end of an operator's post (rule R43, decision 0034): in danger one person stops an operator at once, for seven days; two
//! end the post for good. It does not know why somebody has to go.

use crate::Province;
use crate::clock::MICROS;
use crate::conditions::still_held;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::operator_rows::holds;
use crate::row_seal::RowSealer;
use crate::staff_names::sign_in_name;
use crate::two_persons::{Beside, OPEN_US, decided, prepared, reason};
use yima_kernel::access::Request;
use yima_kernel::deed::Deed;
use yima_kernel::id::{OperatorEndId, OperatorId};
use yima_kernel::subject::Actor;
use yima_store::operator::{self, Operator};
use yima_store::operator_end::{self, OperatorEnd, State, Suspension};
use yima_store::{StoreError, Tx};

/// One person stops another one so long; going on takes the second person, who ends the post.
const STOPPED_US: i64 = 7 * 86_400 * MICROS;
/// And once in this time: a suspension that one person renews for ever would be an end by one.
const ONCE_IN_US: i64 = 30 * 86_400 * MICROS;

/// A proposed end as operators see it.
#[derive(Clone, Debug)]
pub struct OperatorEndRow {
    /// `oen_…`
    pub id: String,
    /// Sign-in name of whose post it is.
    pub name: String,
    /// Why.
    pub reason: String,
    /// `proposed`, `confirmed`, `refused` or `over`.
    pub state: &'static str,
    /// Sign-in name.
    pub proposed_by: String,
    /// The caller may decide it: it waits, and somebody else proposed it.
    pub may_decide: bool,
    /// Unix seconds.
    pub proposed_s: i64,
}

impl Province {
    /// Stops an operator at once: their sessions end, and they can't sign in. Until when, Unix seconds.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for oneself; [`DeedError::Conflict`] when the post is not held, or the same person stopped them
    /// within thirty days.
    pub async fn suspend_operator(&self, actor: &Actor, id: &str, why: &str) -> Result<i64, DeedError> {
        let (id, why) = (operator_id(id)?, reason(why)?);
        if id == actor.id() {
            return Err(DeedError::invalid("id", "不能停自己", "nobody suspends themselves; sign out instead"));
        }
        let by = matches!(actor, Actor::Operator { .. }).then(|| actor.id().to_owned());
        let seals = self.sealer_of_rows();
        self.short(
            Request::of(actor.clone(), Deed::SuspendOperator),
            |_| Box::pin(async { Ok((Default::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    operator::change_posts(tx).await?;
                    let row = seals.operator(tx, &id).await?.ok_or(DeedError::NotFound("operator"))?;
                    if let Some(by) = &by
                        && operator_end::suspended_by_since(tx, &id, by, door.now_us - ONCE_IN_US).await?
                    {
                        return Err(DeedError::Conflict(Text::new(
                            "三十天内您已经停过这个人一次：请提出结束岗位，由另一位同事确认",
                            "you suspended them within thirty days: propose the end of the post, which a colleague confirms",
                        )));
                    }
                    let until_at = door.now_us + STOPPED_US;
                    if row.state != operator::State::Active || row.suspended_until >= until_at {
                        return Err(not_in_post());
                    }
                    seals.change_operator(tx, Operator { suspended_until: until_at, ..row }).await?;
                    operator::end_sessions(tx, &id).await?;
                    let stopped = Suspension { operator: &id, by: by.as_deref(), reason: &why, at: door.now_us };
                    operator_end::note_suspension(tx, stopped).await?;
                    let until_s = until_at / MICROS;
                    Ok(Done::plain(until_s)
                        .detail(serde_json::json!({ "operator": id, "reason": why, "until": until_s })))
                })
            },
        )
        .await
    }

    /// Lets a stopped operator go on.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when they are not suspended.
    pub async fn lift_suspension(&self, actor: &Actor, id: &str) -> Result<(), DeedError> {
        let (id, seals) = (operator_id(id)?, self.sealer_of_rows());
        self.short(
            Request::of(actor.clone(), Deed::LiftSuspension),
            |_| Box::pin(async { Ok((Default::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let row = seals.in_post(tx, &id).await?.filter(|row| !holds(row, door.now_us));
                    let row =
                        row.ok_or_else(|| DeedError::Conflict(Text::new("没有停着", "they are not suspended")))?;
                    seals.change_operator(tx, Operator { suspended_until: 0, ..row }).await?;
                    Ok(Done::plain(()).detail(serde_json::json!({ "operator": id })))
                })
            },
        )
        .await
    }

    /// Proposes that an operator's post ends; another operator confirms within seven days.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when the post is not held, is the last one of its kind, or such a proposal waits already.
    pub async fn propose_operator_end(&self, actor: &Actor, id: &str, why: &str) -> Result<String, DeedError> {
        let row = OperatorEnd {
            id: OperatorEndId::new(self.now_ms(), self.chance.bytes()).to_string(),
            operator: operator_id(id)?,
            reason: reason(why)?,
            state: State::Proposed,
            proposed_by: actor.id().to_owned(),
            proposed_at: self.now_us(),
            decided_by: None,
            decided_at: None,
            version: 0,
            seal: Vec::new(),
        };
        let seals = self.sealer_of_rows();
        let row = seals.next(row);
        self.short(
            Request::of(actor.clone(), Deed::ProposeOperatorEnd),
            |_| Box::pin(async { Ok((Default::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    to_end(tx, &seals, &row.operator).await?;
                    if operator_end::waits(tx, &row.operator, door.now_us - OPEN_US).await? {
                        return Err(DeedError::Conflict(Text::new(
                            "已经有人提出，等另一位同事确认",
                            "that is proposed already, and waits for a colleague",
                        )));
                    }
                    operator_end::propose(tx, &row).await?;
                    let detail = serde_json::json!({ "end": row.id, "operator": row.operator });
                    Ok(Done::plain(row.id.clone()).detail(detail))
                })
            },
        )
        .await
    }

    /// Confirms or refuses the end of a post that another operator proposed. Confirmed, the post and its sessions end.
    ///
    /// # Errors
    /// Refused as the same person for one's own; [`DeedError::Conflict`] when it waits no more, or the post is the last one of
    /// its kind by now.
    pub async fn answer_operator_end(&self, actor: &Actor, id: &str, confirm: bool) -> Result<(), DeedError> {
        let id = OperatorEndId::parse(id).map_err(|_| DeedError::NotFound("end"))?.to_string();
        let (by, asker, seals) = (actor.id().to_owned(), actor.clone(), self.sealer_of_rows());
        let reading = seals.clone();
        self.short(
            Request::of(actor.clone(), Deed::ConfirmOperatorEnd),
            move |tx| {
                Box::pin(async move {
                    let row = operator_end::find(tx, &id).await?.ok_or(DeedError::NotFound("end"))?;
                    let row = reading.trusted(row)?;
                    Ok((prepared(tx, Some(&row.proposed_by), &asker).await?, (row, asker)))
                })
            },
            move |tx, (row, asker), door| {
                Box::pin(async move {
                    operator::change_posts(tx).await?;
                    still_held(tx, &seals, &asker, door.now_us).await?;
                    let to = if confirm { State::Confirmed } else { State::Refused };
                    let before = row.version;
                    let (decided_by, decided_at) = (Some(by), Some(door.now_us));
                    let row = seals.next(OperatorEnd { state: to, decided_by, decided_at, ..row });
                    if !operator_end::decide(tx, &row, before, door.now_us - OPEN_US).await? {
                        return Err(decided());
                    }
                    if confirm {
                        let leaves = to_end(tx, &seals, &row.operator).await?;
                        seals.end_post(tx, leaves).await?;
                    }
                    let detail = serde_json::json!({ "end": row.id, "operator": row.operator, "to": to.as_str() });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }

    /// Ends a post by whoever owns the data directory, where no second person is left to ask.
    ///
    /// # Errors
    /// As [`Province::propose_operator_end`].
    pub async fn end_operator(&self, actor: &Actor, id: &str, why: &str) -> Result<(), DeedError> {
        let (id, why, seals) = (operator_id(id)?, reason(why)?, self.sealer_of_rows());
        self.short(
            Request::of(actor.clone(), Deed::ConfirmOperatorEnd),
            |_| Box::pin(async { Ok((Default::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    operator::change_posts(tx).await?;
                    let leaves = to_end(tx, &seals, &id).await?;
                    seals.end_post(tx, leaves).await?;
                    Ok(Done::plain(()).detail(serde_json::json!({ "operator": id, "reason": why })))
                })
            },
        )
        .await
    }

    /// The id behind a sign-in name, for the command line.
    ///
    /// # Errors
    /// [`DeedError::NotFound`].
    pub async fn operator_named(&self, name: &str) -> Result<String, DeedError> {
        let name = sign_in_name(name)?;
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(operator::by_name(tx, &name).await?) }));
        found.await?.map(|row| row.id).ok_or(DeedError::NotFound("operator"))
    }
}

/// Proposed ends, newest first, with names in the place of ids.
pub(crate) async fn ends(
    tx: &mut Tx,
    seals: &RowSealer,
    beside: &Beside,
    now_us: i64,
) -> Result<Vec<OperatorEndRow>, StoreError> {
    let rows = seals.listed(operator_end::newest(tx).await?).into_iter().map(|row| {
        let over = row.state == State::Proposed && row.proposed_at <= now_us - OPEN_US;
        OperatorEndRow {
            may_decide: row.state == State::Proposed && !over && beside.is_others(Some(&row.proposed_by)),
            state: if over { "over" } else { row.state.as_str() },
            name: beside.name_of(&row.operator),
            proposed_by: beside.name_of(&row.proposed_by),
            id: row.id,
            reason: row.reason,
            proposed_s: row.proposed_at / MICROS,
        }
    });
    Ok(rows.collect())
}

/// Whose post it is: it is held, and somebody else holds one of the same kind, for a post that is empty can't be filled any more. A
/// row by hand is nobody who holds one.
async fn to_end(tx: &mut Tx, seals: &RowSealer, id: &str) -> Result<Operator, DeedError> {
    let own = seals.in_post(tx, id).await?.ok_or_else(not_in_post)?;
    let all = seals.listed(operator::all(tx).await?);
    let held = |one: &&Operator| one.state == operator::State::Active;
    if !all.iter().filter(held).any(|one| one.id != own.id && one.role == own.role) {
        return Err(DeedError::Conflict(Text::new(
            "这是这个岗位的最后一个人：请先任命接替的人",
            "nobody else holds this post: let a successor be appointed first",
        )));
    }
    Ok(own)
}

pub(crate) fn not_in_post() -> DeedError {
    DeedError::Conflict(Text::new("这个人不在任，或已经停着", "they are not in post, or suspended already"))
}

pub(crate) fn operator_id(id: &str) -> Result<String, DeedError> {
    OperatorId::parse(id).map(|id| id.to_string()).map_err(|_| DeedError::NotFound("operator"))
}
