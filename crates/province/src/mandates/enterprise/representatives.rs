//! The legal representative: named by the register, by two persons; active by their own word. Whoever was it before acts
//! no more, and every appointment waits for the new one. It does not know the register, only where its word is filed.

use super::super::{Hand, terms};
use super::{changed_meanwhile, is_enterprise, said_for, twin};
use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::full_capacity::full_capacity;
use crate::organisations;
use crate::person_sessions::{Person, facts_to_change};
use crate::residents::evidence;
use crate::two_persons::{Beside, prepared_in};
use yima_code::day::Day;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, OrganisationId, UseId};
use yima_kernel::mandate::{CONFIRM_WORKING_DAYS, Kind, REPRESENTS_LONGEST_S, Step};
use yima_kernel::subject::Actor;
use yima_kernel::workday;
use yima_store::account::{self, Account, State};
use yima_store::edge::{self, Edge, Inserted};
use yima_store::enterprise::{self, ChangeState, RepresentativeChange};
use yima_store::organisation::Kind as OrganisationKind;
use yima_store::{Tx, organisation};

/// A change of representative, as operators see it.
#[derive(Clone, Debug)]
pub struct ChangeRow {
    /// `use_…`
    pub id: String,
    /// `org_…`
    pub organisation: String,
    /// The enterprise's registered name.
    pub name: String,
    /// `res_…`
    pub account: String,
    /// Masked.
    pub name_masked: String,
    /// Where the register's word is kept.
    pub reference: String,
    /// `proposed`, `approved` or `refused`.
    pub state: &'static str,
    /// The caller may decide it: somebody else proposed it.
    pub may_decide: bool,
    /// Unix seconds.
    pub created_at: i64,
}

impl Province {
    /// Says whom the register names. Another person approves it; then the one who is named accepts.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for an enterprise or resident that is none, [`DeedError::Conflict`] when one waits, or for
    /// somebody under 18.
    pub async fn propose_representative(
        &self,
        actor: &Actor,
        organisation: &str,
        account: &str,
        reference: &str,
    ) -> Result<String, DeedError> {
        let reference = evidence("reference", reference)?;
        let named = AccountId::parse(account)
            .map_err(|_| DeedError::invalid("account", "没有这位居民", "there is no such resident"))?;
        let at = OrganisationId::parse(organisation).map_err(|_| DeedError::NotFound("organisation"))?;
        let row = RepresentativeChange {
            id: UseId::new(self.now_ms(), self.chance.bytes()).to_string(),
            organisation: at.to_string(),
            account: named.to_string(),
            reference,
            state: ChangeState::Proposed,
            proposed_by: actor.id().to_owned(),
            created_at: self.now_us(),
        };
        let hand = self.hand();
        self.short(
            Request::of(actor.clone(), Deed::ProposeRepresentative).about(named).for_organisation(at),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    account::rely_on(tx, &row.account).await?;
                    let one = organisations::found(tx, &hand.seals, &row.organisation).await?;
                    if one.kind != OrganisationKind::Enterprise {
                        return Err(DeedError::invalid(
                            "organisation",
                            "只有企业有法定代表人",
                            "an enterprise has a legal representative, a department has none",
                        ));
                    }
                    good(tx, &hand, &row.account, door.now_us).await?;
                    if !enterprise::propose(tx, &row).await? {
                        return Err(DeedError::Conflict(Text::new(
                            "这家企业已有一个变更在等复核",
                            "a change for this enterprise waits to be reviewed already",
                        )));
                    }
                    let detail = serde_json::json!({ "change": row.id, "organisation": row.organisation, "reference": row.reference });
                    Ok(Done::plain(row.id).detail(detail))
                })
            },
        )
        .await
    }

    /// Approves or refuses what somebody else proposed. An approval ends the one before in the same transaction, and lets
    /// every appointment wait for the new one.
    ///
    /// # Errors
    /// [`DeedError::Refused`] for one's own, [`DeedError::Conflict`] when it was decided or something changed meanwhile.
    pub async fn decide_representative(&self, actor: &Actor, id: &str, approve: bool) -> Result<(), DeedError> {
        let id = id.to_owned();
        let found = {
            let id = id.clone();
            self.store
                .read::<_, DeedError, _>(move |tx| {
                    Box::pin(async move { Ok(enterprise::change_by_id(tx, &id).await?) })
                })
                .await?
                .ok_or(DeedError::NotFound("change"))?
        };
        let (named, at) =
            (parse(&found.account)?, OrganisationId::parse(&found.organisation).map_err(DeedError::internal)?);
        let (mut hand, by) = (self.hand(), actor.id().to_owned());
        let (proposer, asking) = (found.proposed_by.clone(), actor.clone());
        self.short(
            Request::of(actor.clone(), Deed::ApproveRepresentative).about(named).for_organisation(at),
            move |tx| Box::pin(async move { Ok((prepared_in(tx, &proposer, &asking).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let edges = locked(tx, &found.organisation, &[&found.account]).await?;
                    let state = if approve { ChangeState::Approved } else { ChangeState::Refused };
                    if !enterprise::decide(tx, &id, state, &by, door.now_us).await? {
                        return Err(DeedError::Conflict(Text::new("已经有人定了", "it was decided already")));
                    }
                    let detail =
                        serde_json::json!({ "change": id, "organisation": found.organisation, "approved": approve });
                    if !approve {
                        return Ok(Done::plain(()).detail(detail));
                    }
                    let waiting = change_over(tx, &mut hand, &edges, (&found.account, "register"), door.now_us).await?;
                    let row = named_row(&mut hand, &found, &by, door.now_us);
                    insert(tx, &hand, &row).await?;
                    let notice = hand.row_id(door.now_us);
                    tell(tx, notice, &found.account, door.now_us, "representative_named").await?;
                    let mut detail = detail;
                    detail["waiting"] = waiting.into();
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        self.bundle_due.notify_one();
        Ok(())
    }

    /// Changes that wait, and those decided lately.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn representative_changes(&self, actor: &Actor) -> Result<Vec<ChangeRow>, DeedError> {
        let (me, seals) = (actor.id().to_owned(), self.sealer_of_rows());
        let (rows, beside) = self
            .look(Request::of(actor.clone(), Deed::SeeOrganisations), Facts::default(), move |tx| {
                Box::pin(async move {
                    let mut rows = Vec::new();
                    for change in enterprise::changes(tx).await? {
                        let named = account::find(tx, &change.account).await?;
                        let one = organisation::find(tx, &change.organisation).await?;
                        rows.push((change, named, one.map(|one| one.name).unwrap_or_default()));
                    }
                    Ok((rows, Beside::of(tx, &seals, &me).await?))
                })
            })
            .await?;
        rows.into_iter()
            .map(|(change, named, name)| {
                Ok(ChangeRow {
                    name,
                    name_masked: named
                        .map(|one| self.name_of(&one))
                        .transpose()?
                        .map(|n| n.masked())
                        .unwrap_or_default(),
                    may_decide: change.state == ChangeState::Proposed && beside.is_others(Some(&change.proposed_by)),
                    state: change.state.as_str(),
                    created_at: change.created_at / MICROS,
                    id: change.id,
                    organisation: change.organisation,
                    account: change.account,
                    reference: change.reference,
                })
            })
            .collect()
    }

    /// Becomes the legal representative: the person's own word, with a passkey of this moment.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for somebody else's, [`DeedError::Conflict`] when it does not wait.
    pub async fn accept_representation(&self, person: &Person, id: &str) -> Result<(), DeedError> {
        let actor = person.actor();
        let at = self.enterprise_of(&person.account, id).await?;
        let (id, organisation) = (id.to_owned(), at.to_string());
        let (mut hand, now_us) = (self.hand(), self.now_us());
        self.short(
            Request::of(actor.clone(), Deed::AcceptRepresentation).about(person.account.clone()).for_organisation(at),
            move |tx| {
                Box::pin(async move {
                    let facts = facts_to_change(tx, &actor, now_us).await?;
                    enterprise::change(tx, &organisation).await?;
                    let row = edge::to_change(tx, &id).await?.ok_or(DeedError::NotFound("mandate"))?;
                    Ok((facts, row))
                })
            },
            move |tx, row, door| {
                Box::pin(async move {
                    if row.kind != Kind::Representative.as_str() {
                        return Err(DeedError::NotFound("mandate"));
                    }
                    good(tx, &hand, &row.actor, door.now_us).await?;
                    let one = organisations::found(tx, &hand.seals, &row.principal).await?;
                    let row = hand.step_of(tx, &row, Step::Confirm, "accepted", None, door.now_us).await?;
                    let notice = hand.row_id(door.now_us);
                    tell(tx, notice, &row.actor, door.now_us, "representative_accepted").await?;
                    Ok(Done::plain(()).detail(serde_json::json!({ "mandate": said_for(&row, &one, "actor") })))
                })
            },
        )
        .await
    }
}

pub(super) fn parse(account: &str) -> Result<AccountId, DeedError> {
    AccountId::parse(account).map_err(DeedError::internal)
}

/// Somebody who may represent an enterprise.
pub(super) async fn good(tx: &mut Tx, hand: &Hand, account: &str, now_us: i64) -> Result<Account, DeedError> {
    let one = account::find(tx, account)
        .await?
        .ok_or_else(|| DeedError::invalid("account", "没有这位居民", "there is no such resident"))?;
    if one.state != State::Active || one.proofing == 0 {
        return Err(DeedError::Conflict(Text::new(
            "这位居民要核验过身份、状态正常",
            "that resident must be in good standing, with an identity that was matched",
        )));
    }
    full_capacity(tx, hand, &one, now_us).await?;
    Ok(one)
}

/// Locks everybody who acts for an enterprise, then its mandates, and reads these.
pub(super) async fn locked(tx: &mut Tx, enterprise: &str, more: &[&str]) -> Result<Vec<Edge>, DeedError> {
    let before = edge::standing_over(tx, enterprise, false).await?;
    let mut people: Vec<&str> = before.iter().map(|e| e.actor.as_str()).collect();
    people.extend(more);
    enterprise::people_changed(tx, &people).await?;
    enterprise::change(tx, enterprise).await?;
    let now = edge::standing_over(tx, enterprise, true).await?;
    if now.iter().any(|e| !people.contains(&e.actor.as_str())) {
        return Err(changed_meanwhile());
    }
    Ok(now.into_iter().filter(is_enterprise).collect())
}

/// Ends whoever represented the enterprise, and lets every appointment wait; how many wait.
pub(super) async fn change_over(
    tx: &mut Tx,
    hand: &mut Hand,
    edges: &[Edge],
    (next, why): (&str, &str),
    now_us: i64,
) -> Result<usize, DeedError> {
    let mut waiting = 0;
    for row in edges {
        if row.kind == Kind::Representative.as_str() {
            if row.actor == next {
                return Err(DeedError::Conflict(Text::new(
                    "这位居民已经是，或正等本人接受",
                    "that resident is so already, or was named and has not accepted yet",
                )));
            }
            let one = organisations::found(tx, &hand.seals, &row.principal).await?;
            let row = hand.end_for_enterprise(tx, row, why, now_us).await?;
            leave_word(tx, hand, &row, &one, "representative_ended", now_us).await?;
        } else if row.state == edge::State::Active {
            let by = word_by(now_us);
            let row = hand.step_of(tx, row, Step::Suspend, "representative", Some(by), now_us).await?;
            let notice = hand.row_id(now_us);
            tell(tx, notice, &row.actor, now_us, "appointment_waits").await?;
            waiting += 1;
        }
    }
    Ok(waiting)
}

/// The end of the last of fifteen working days, microseconds.
pub(super) fn word_by(now_us: i64) -> i64 {
    let today = Day::of(u32::try_from(now_us / MICROS).unwrap_or(u32::MAX));
    let last = workday::after(today, CONFIRM_WORKING_DAYS);
    i64::from(last.next().starts_at()) * MICROS
}

/// A word in the record of a person whose mandate ended by somebody else's deed, and a notice.
pub(super) async fn leave_word(
    tx: &mut Tx,
    hand: &mut Hand,
    row: &Edge,
    one: &organisation::Organisation,
    kind: &str,
    now_us: i64,
) -> Result<(), DeedError> {
    let request = Request::of(Actor::System, Deed::DismissAgent).about(parse(&row.actor)?);
    let detail = twin(row, one, "office").detail.to_string();
    let note = crate::doorway::Note { detail: Some(detail), ..Default::default() };
    let id = hand.use_id(now_us);
    crate::doorway::append(tx, &id, now_us, &request, note).await?;
    let notice = hand.row_id(now_us);
    tell(tx, notice, &row.actor, now_us, kind).await
}

pub(super) fn named_row(hand: &mut Hand, change: &RepresentativeChange, by: &str, now_us: i64) -> Edge {
    Edge {
        id: hand.new_edge(now_us),
        kind: Kind::Representative.as_str().to_owned(),
        principal: change.organisation.clone(),
        actor: change.account.clone(),
        slot: 0,
        parent: None,
        scopes: Kind::Representative.scopes().text(),
        limit_amount: None,
        may_appoint: true,
        from_at: now_us,
        until_at: now_us + REPRESENTS_LONGEST_S * MICROS,
        consent_by_at: None,
        evidence: "register".to_owned(),
        reference: change.reference.clone(),
        proofing: 1,
        state: edge::State::Pending,
        hidden: false,
        made_by: by.to_owned(),
        created_at: now_us,
        ended_at: None,
        undo_until_at: None,
        reason: None,
        version: 1,
        seal: Vec::new(),
    }
}

/// Inserts a mandate over an enterprise in a slot of its actor.
pub(super) async fn insert(tx: &mut Tx, hand: &Hand, row: &Edge) -> Result<(), DeedError> {
    let cap = terms(row)?.kind.cap(false);
    match edge::insert(tx, row, cap, |row| hand.seal(row)).await? {
        Inserted::InSlot(_) => Ok(()),
        Inserted::Exists => Err(DeedError::Conflict(Text::new(
            "这个人已经替这家企业办事",
            "that person acts for this enterprise already",
        ))),
        Inserted::CapReached => Err(DeedError::Conflict(Text::new(
            format!("一个人最多替 {cap} 家企业办，名额已满"),
            format!("one person acts for {cap} enterprises at most, and does"),
        ))),
    }
}
