//! A merger is proposed by one person, approved or refused by another, and may be called off until it takes effect.
//! It does not let one take effect.

use super::in_line::in_line;
use super::{AHEAD_DAYS, DAY_S, NOTICE_DAYS, found, stepped};
use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::organisations::{self, stands};
use crate::residents::evidence;
use crate::two_persons::{Beside, prepared_in};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::UseId;
use yima_kernel::subject::Actor;
use yima_store::Tx;
use yima_store::merger::{self, ALL_TOLD, Merger, State};
use yima_store::organisation::{self, DEPTH_MAX, Organisation};

/// Organisations directly under a merged one at most: they are put under the successor in one deed.
pub(super) const CHILDREN_MAX: u32 = 500;

/// A merger to propose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMerger {
    /// `org_…` that goes on in the other.
    pub merged: String,
    /// `org_…` that goes on.
    pub successor: String,
    /// How people reach it, at most 200 characters.
    pub contact: String,
    /// Where the word for it is kept, at most 200 characters.
    pub reference: String,
    /// From when on it counts, Unix seconds; fifteen days ahead at least.
    pub effect_at: i64,
}

/// A merger, as operators see it.
#[derive(Clone, Debug)]
pub struct MergerRow {
    /// `use_…`
    pub id: String,
    /// `org_…` that goes on in the other.
    pub merged: String,
    /// Its registered name.
    pub merged_name: String,
    /// `org_…` that goes on.
    pub successor: String,
    /// Its registered name.
    pub successor_name: String,
    /// How people reach it.
    pub contact: String,
    /// Where the word for it is kept.
    pub reference: String,
    /// Unix seconds.
    pub effect_at: i64,
    /// `proposed`, `approved`, `in_force`, `refused` or `withdrawn`.
    pub state: &'static str,
    /// The caller may decide it: it waits, and somebody else proposed it.
    pub may_decide: bool,
    /// Agreements whose person was told.
    pub told: u64,
    /// Nobody is told any more.
    pub all_told: bool,
    /// Unix seconds.
    pub created_at: i64,
}

impl Province {
    /// Says that an organisation goes on in another from a day on. Another person approves it.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] names the field; [`DeedError::Conflict`] for one that may not act, is in a merger already, would
    /// close a ring of mergers, or has more than 500 directly under it.
    pub async fn propose_merger(&self, actor: &Actor, new: NewMerger) -> Result<String, DeedError> {
        let NewMerger { merged, successor, contact, reference, effect_at } = new;
        let (contact, reference) = (evidence("contact", &contact)?, evidence("reference", &reference)?);
        far_enough(effect_at, self.now_s())?;
        let (seals, now_us, by) = (self.sealer_of_rows(), self.now_us(), actor.id().to_owned());
        let id = UseId::new(self.now_ms(), self.chance.bytes()).to_string();
        self.short(
            Request::of(actor.clone(), Deed::ProposeMerger),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    organisation::rely_on_tree(tx).await?;
                    let from = with_code(organisations::found(tx, &seals, &merged).await?, "merged")?;
                    let to = with_code(organisations::found(tx, &seals, &successor).await?, "successor")?;
                    if from.0.id == to.0.id {
                        return Err(DeedError::invalid(
                            "successor",
                            "不能并入自己",
                            "an organisation goes on in another one",
                        ));
                    }
                    both_stand(tx, &seals, &from.0, &to.0).await?;
                    if organisation::children(tx, Some(&from.0.id), "", CHILDREN_MAX + 1).await?.len()
                        > CHILDREN_MAX as usize
                    {
                        return Err(DeedError::Conflict(Text::new(
                            "直接下级超过 500 个，请先移走一部分",
                            "more than 500 organisations stand directly under it: move some first",
                        )));
                    }
                    let mut row = Merger {
                        id,
                        merged: from.0.id,
                        successor: to.0.id,
                        from_code: from.1,
                        to_code: to.1,
                        from_name: from.0.name,
                        to_name: to.0.name,
                        contact,
                        reference,
                        effect_at: effect_at * MICROS,
                        state: State::Proposed,
                        proposed_by: by,
                        decided_by: None,
                        created_at: now_us,
                        decided_at: None,
                        ended_at: None,
                        nth: None,
                        told: 0,
                        told_after: String::new(),
                        settled_at: None,
                        version: 1,
                        seal: Vec::new(),
                    };
                    in_line(tx, &seals, &row).await?;
                    seals.seal_anew(&mut row);
                    if !merger::propose(tx, &row).await? {
                        return Err(DeedError::Conflict(Text::new(
                            "这个单位已经在合并",
                            "that organisation is in a merger already",
                        )));
                    }
                    Ok(Done::plain(row.id.clone()).detail(said(&row)))
                })
            },
        )
        .await
    }

    /// Approves or refuses what somebody else proposed. An approval tells everybody who has a standing agreement with an app of
    /// the merged organisation.
    ///
    /// # Errors
    /// [`DeedError::Refused`] for one's own; [`DeedError::Conflict`] when it was decided, its day is nearer than fifteen days, or
    /// another one was approved meanwhile that it does not go together with.
    pub async fn decide_merger(&self, actor: &Actor, id: &str, approve: bool) -> Result<(), DeedError> {
        let (id, by, seals, now_s) = (id.to_owned(), actor.id().to_owned(), self.sealer_of_rows(), self.now_s());
        let (reading, asking) = (seals.clone(), actor.clone());
        self.short(
            Request::of(actor.clone(), Deed::DecideMerger),
            move |tx| {
                Box::pin(async move {
                    let row = found(tx, &reading, &id).await?;
                    Ok((prepared_in(tx, &row.proposed_by, &asking).await?, row))
                })
            },
            move |tx, mut row, door| {
                Box::pin(async move {
                    if row.state != State::Proposed {
                        return Err(DeedError::Conflict(Text::new("已经有人定了", "it was decided already")));
                    }
                    if approve {
                        far_enough(row.effect_at / MICROS, now_s).map_err(|_| {
                            DeedError::Conflict(Text::new(
                                "离生效日已不足十五天，请不同意，另提一个日子",
                                "its day is nearer than fifteen days: refuse it, and let a later day be proposed",
                            ))
                        })?;
                        organisation::change_tree(tx).await?;
                        let from = organisations::found(tx, &seals, &row.merged).await?;
                        let to = organisations::found(tx, &seals, &row.successor).await?;
                        both_stand(tx, &seals, &from, &to).await?;
                        in_line(tx, &seals, &row).await?;
                    }
                    row.state = if approve { State::Approved } else { State::Refused };
                    row.decided_by = Some(by);
                    row.decided_at = Some(door.now_us);
                    stepped(tx, &seals, &mut row).await?;
                    Ok(Done::plain(()).detail(said(&row)))
                })
            },
        )
        .await?;
        self.bundle_due.notify_one();
        Ok(())
    }

    /// Calls a merger off, proposed or approved; who was told of it is told that too.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] once it has taken effect, or was ended.
    pub async fn withdraw_merger(&self, actor: &Actor, id: &str, reason: &str) -> Result<(), DeedError> {
        let reason = evidence("reason", reason)?;
        let (id, seals) = (id.to_owned(), self.sealer_of_rows());
        self.short(
            Request::of(actor.clone(), Deed::WithdrawMerger),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let mut row = found(tx, &seals, &id).await?;
                    let was = row.state;
                    if !matches!(was, State::Proposed | State::Approved) {
                        return Err(DeedError::Conflict(Text::new(
                            "已经生效或结束，不能撤回",
                            "it has taken effect or was ended, and can't be called off",
                        )));
                    }
                    row.state = State::Withdrawn;
                    row.ended_at = Some(door.now_us);
                    // Nobody was told of a mere proposal.
                    row.told_after = if was == State::Approved { String::new() } else { ALL_TOLD.to_owned() };
                    stepped(tx, &seals, &mut row).await?;
                    let mut detail = said(&row);
                    detail["reason"] = reason.into();
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        self.bundle_due.notify_one();
        Ok(())
    }

    /// The newest mergers, at most 100.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn organisation_mergers(&self, actor: &Actor) -> Result<Vec<MergerRow>, DeedError> {
        let seals = self.sealer_of_rows();
        let (me, reading) = (actor.id().to_owned(), seals.clone());
        let (rows, beside) = self
            .look(Request::of(actor.clone(), Deed::SeeOrganisations), Facts::default(), move |tx| {
                Box::pin(async move { Ok((merger::newest(tx).await?, Beside::of(tx, &reading, &me).await?)) })
            })
            .await?;
        rows.into_iter()
            .map(|row| {
                seals.holds(&row)?;
                Ok(MergerRow {
                    may_decide: row.state == State::Proposed && beside.is_others(Some(&row.proposed_by)),
                    state: row.state.as_str(),
                    effect_at: row.effect_at / MICROS,
                    told: u64::try_from(row.told).unwrap_or(0),
                    all_told: row.told_after == ALL_TOLD,
                    created_at: row.created_at / MICROS,
                    id: row.id,
                    merged: row.merged,
                    merged_name: row.from_name,
                    successor: row.successor,
                    successor_name: row.to_name,
                    contact: row.contact,
                    reference: row.reference,
                })
            })
            .collect()
    }
}

/// What a use says of a merger.
pub(super) fn said(row: &Merger) -> serde_json::Value {
    serde_json::json!({
        "effect_at": row.effect_at / MICROS, "merged": row.merged, "merger": row.id, "reference": row.reference,
        "state": row.state.as_str(), "successor": row.successor,
    })
}

fn far_enough(effect_at: i64, now_s: i64) -> Result<(), DeedError> {
    if (now_s + NOTICE_DAYS * DAY_S..=now_s + AHEAD_DAYS * DAY_S).contains(&effect_at) {
        return Ok(());
    }
    Err(DeedError::invalid(
        "effect_at",
        "生效要在十五天以后、一年以内：人要先知道，来得及收回",
        "it takes effect in fifteen days at least and a year at most: people are told before, and can leave in time",
    ))
}

fn with_code(row: Organisation, field: &'static str) -> Result<(Organisation, String), DeedError> {
    let code = row.credit_code.clone().ok_or_else(|| {
        DeedError::invalid(
            field,
            "这个单位没有统一社会信用代码，不能合并",
            "that organisation has no credit code, so nobody has met it at an app: end it, and move what stands under it",
        )
    })?;
    Ok((row, code))
}

/// The successor may act, with everything above it but the merged one itself; the merged one has not ended.
pub(super) async fn both_stand(
    tx: &mut Tx,
    seals: &crate::row_seal::RowSealer,
    from: &Organisation,
    to: &Organisation,
) -> Result<(), DeedError> {
    if from.state == organisation::State::Ended || from.kind != to.kind {
        return Err(DeedError::Conflict(Text::new(
            "要合并的单位已注销，或两家类型不同",
            "the organisation to be merged has ended, or the two are of different kinds",
        )));
    }
    stands(tx, seals, &to.id, DEPTH_MAX - 1).await.map(drop)
}
