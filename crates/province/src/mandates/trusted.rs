//! The one trusted person of an elder (R15): told of every deed of a helper, allowed nothing. Named by the elder's code or at a
//! counter, ended by either of the two at one touch. It does not know what a helper does.

use super::Hand;
use super::register::two;
use crate::Province;
use crate::devices::{tell, tell_once};
use crate::doorway::{Done, Note, Twin};
use crate::error::{DeedError, Text};
use crate::home::{own, standing};
use crate::residents::evidence as reason_text;
use serde_json::json;
use yima_code::day::Day;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, TrustedId, UseId};
use yima_kernel::subject::Actor;
use yima_store::account::{self, Account};
use yima_store::trusted::{self, State, Trusted};
use yima_store::{Tx, edge, invitation};

/// What stands in an invitation instead of scopes.
pub(super) const CHOSEN: &str = "trusted";
const ADULT: u16 = 18;

/// A naming that stands, as one of the two sees it, or a counter.
#[derive(Clone, Debug)]
pub struct TrustedRow {
    /// `tru_…`
    pub id: String,
    /// The account that is looked at is the one who is told; else it is the elder.
    pub told: bool,
    /// The other one, masked.
    pub name_masked: String,
    /// It waits for the word of the one who is to be told.
    pub pending: bool,
}

impl Province {
    /// Those that stand of the device's holder.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn trusted(&self, actor: &Actor) -> Result<Vec<TrustedRow>, DeedError> {
        let me = own(actor)?;
        self.trusted_rows(Request::of(actor.clone(), Deed::SeeRecord).about(me.clone()), me).await
    }

    /// Those that stand of a resident, at a counter.
    ///
    /// # Errors
    /// [`DeedError::NotFound`].
    pub async fn trusted_of(&self, officer: &Actor, resident: &str) -> Result<Vec<TrustedRow>, DeedError> {
        let id = AccountId::parse(resident).map_err(|_| DeedError::NotFound("resident"))?;
        self.trusted_rows(Request::of(officer.clone(), Deed::SeeResidents).about(id.clone()), id).await
    }

    async fn trusted_rows(&self, request: Request, of: AccountId) -> Result<Vec<TrustedRow>, DeedError> {
        let id = of.to_string();
        let found = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move {
                    let mut found = Vec::new();
                    for row in trusted::of_account(tx, &id).await? {
                        let told = row.person == id;
                        let other = if told { &row.principal } else { &row.person };
                        found.extend(account::find(tx, other).await?.map(|other| (row, told, other)));
                    }
                    Ok(found)
                })
            })
            .await?;
        let row = |(row, told, other): (Trusted, bool, Account)| {
            let name_masked = self.name_of(&other)?.masked();
            Ok(TrustedRow { id: row.id, told, name_masked, pending: row.state == State::Pending })
        };
        found.into_iter().map(row).collect()
    }

    /// Comes forward as the trusted person of whoever made this code; both have said yes by it.
    pub(super) async fn be_trusted(
        &self,
        actor: &Actor,
        me: AccountId,
        principal: String,
        hash: [u8; 32],
    ) -> Result<String, DeedError> {
        let (id, hand, made_by) = (self.new_trusted_id(), self.hand(), actor.id().to_owned());
        let person = me.to_string();
        self.short(
            Request::of(actor.clone(), Deed::AcceptTrusted).about(me),
            move |tx| {
                Box::pin(async move {
                    let (facts, (principal, person)) = two(tx, &principal, &person).await?;
                    Ok((Facts { subject_state: Some(standing(person.state)), ..facts }, (principal, person)))
                })
            },
            move |tx, (principal, person), door| {
                Box::pin(async move {
                    let chosen = invitation::redeem(tx, &hash, door.now_us).await?.ok_or(DeedError::SignIn)?;
                    if chosen != CHOSEN || principal.state != account::State::Active {
                        return Err(DeedError::SignIn);
                    }
                    let new = New { id, state: State::Active, made_by };
                    name(tx, hand, (&principal, &person), new, door.now_us).await
                })
            },
        )
        .await
    }

    /// Names somebody at a counter, by the elder's own word; it waits for the word of the one who is named.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] when the elder was not heard alone; [`DeedError::Conflict`] when somebody is named already, or
    /// the one to be told is a helper.
    pub async fn name_trusted(
        &self,
        officer: &Actor,
        resident: &str,
        person: &str,
        alone: bool,
    ) -> Result<String, DeedError> {
        if !alone {
            return Err(DeedError::invalid(
                "alone",
                "请让代办人先离开，再听本人说一遍",
                "hear the person alone: whoever acts for them leaves the room first",
            ));
        }
        let subject = AccountId::parse(resident).map_err(|_| DeedError::NotFound("resident"))?;
        let person = AccountId::parse(person)
            .map_err(|_| DeedError::invalid("person", "没有这位居民", "there is no such resident"))?;
        if subject == person {
            return Err(DeedError::invalid("person", "不能是本人", "somebody else is to be told"));
        }
        let (id, hand, made_by) = (self.new_trusted_id(), self.hand(), officer.id().to_owned());
        let principal = subject.to_string();
        self.short(
            Request::of(officer.clone(), Deed::NameTrusted).about(subject),
            move |tx| Box::pin(async move { two(tx, &principal, person.as_str()).await }),
            move |tx, (principal, person), door| {
                Box::pin(async move {
                    let new = New { id, state: State::Pending, made_by };
                    name(tx, hand, (&principal, &person), new, door.now_us).await
                })
            },
        )
        .await
    }

    /// The yes of whoever a counter named.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for anybody else; [`DeedError::Conflict`] when nothing waits.
    pub async fn accept_trusted(&self, actor: &Actor, id: &str) -> Result<(), DeedError> {
        let me = own(actor)?;
        let known = self.trusted_row(id).await?;
        if known.person != me.as_str() {
            return Err(DeedError::NotFound("trusted"));
        }
        let (mut hand, holder) = (self.hand(), me.to_string());
        self.short(
            Request::of(actor.clone(), Deed::AcceptTrusted).about(me),
            move |tx| {
                Box::pin(async move {
                    account::changed_both(tx, &known.principal, &holder).await?;
                    let row = account::find(tx, &holder).await?.ok_or(DeedError::NotFound("resident"))?;
                    Ok((Facts { subject_state: Some(standing(row.state)), ..Facts::default() }, known))
                })
            },
            move |tx, known, door| {
                Box::pin(async move {
                    if !trusted::accept(tx, &known.id).await? {
                        return Err(nothing_stands());
                    }
                    tell(tx, hand.row_id(door.now_us), &known.principal, door.now_us, "trusted_named").await?;
                    Ok(both(Done::plain(()), &known, Side::Person))
                })
            },
        )
        .await
    }

    /// Ends it at once: the elder takes it back, the person refuses, or a counter at one word of the elder.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for anybody else's; [`DeedError::Conflict`] for one that has ended.
    pub async fn end_trusted(&self, actor: &Actor, id: &str, reason: &str) -> Result<(), DeedError> {
        let known = self.trusted_row(id).await?;
        let side = match own(actor) {
            Ok(me) if me.as_str() == known.principal => Side::Principal,
            Ok(me) if me.as_str() == known.person => Side::Person,
            Ok(_) => return Err(DeedError::NotFound("trusted")),
            Err(_) => Side::Counter,
        };
        if matches!(side, Side::Counter) {
            reason_text("reason", reason)?;
        }
        let about = if matches!(side, Side::Person) { &known.person } else { &known.principal };
        let about = AccountId::parse(about).map_err(DeedError::internal)?;
        let mut hand = self.hand();
        self.short(
            Request::of(actor.clone(), Deed::EndTrusted).about(about),
            move |tx| {
                Box::pin(async move {
                    account::changed_both(tx, &known.principal, &known.person).await?;
                    Ok((Facts::default(), known))
                })
            },
            move |tx, known, door| {
                Box::pin(async move {
                    if !trusted::end(tx, &known.id, side.as_str(), door.now_us).await? {
                        return Err(nothing_stands());
                    }
                    for party in [&known.principal, &known.person] {
                        tell(tx, hand.row_id(door.now_us), party, door.now_us, "trusted_ended").await?;
                    }
                    Ok(both(Done::plain(()), &known, side))
                })
            },
        )
        .await
    }

    fn new_trusted_id(&self) -> String {
        TrustedId::new(self.now_ms(), self.chance.bytes()).to_string()
    }

    async fn trusted_row(&self, id: &str) -> Result<Trusted, DeedError> {
        let id = TrustedId::parse(id).map_err(|_| DeedError::NotFound("trusted"))?.to_string();
        self.store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { trusted::find(tx, &id).await?.ok_or(DeedError::NotFound("trusted")) })
            })
            .await
    }
}

struct New {
    id: String,
    state: State,
    made_by: String,
}

/// Names somebody; both accounts are locked. A helper watches nobody over themselves.
async fn name(
    tx: &mut Tx,
    mut hand: Hand,
    (principal, person): (&Account, &Account),
    new: New,
    now_us: i64,
) -> Result<Done<String>, DeedError> {
    let now_s = now_us / crate::clock::MICROS;
    let ages = super::ages(tx).await?;
    let adults =
        ages.age_at(hand.birth(principal)?, now_s) >= ADULT && ages.age_at(hand.birth(person)?, now_s) >= ADULT;
    let standing = person.state == account::State::Active && person.proofing > 0 && principal.proofing > 0;
    if !adults || !standing {
        return Err(DeedError::Conflict(Text::new(
            "双方都要是核验过身份、状态正常的成年居民",
            "both must be adult residents in good standing whose identity was matched",
        )));
    }
    let edges = edge::of_account(tx, &principal.id).await?;
    let helps = |e: &edge::Edge| e.kind == "helper" && e.principal == principal.id && e.state != edge::State::Ended;
    if edges.iter().any(|e| helps(e) && e.actor == person.id) {
        return Err(DeedError::Conflict(Text::new(
            "这个人就是代办人，请另选一位留意他的人",
            "this is the helper: choose somebody else to be told of what they do",
        )));
    }
    let row = Trusted {
        id: new.id,
        principal: principal.id.clone(),
        person: person.id.clone(),
        state: new.state,
        made_by: new.made_by,
        made_at: now_us,
        ended_at: None,
        reason: None,
    };
    if !trusted::insert(tx, &row).await? {
        return Err(DeedError::Conflict(Text::new(
            "已经有一位信任的人，先取消才能换",
            "there is a trusted person already: take that back first",
        )));
    }
    let (kind, side) = match row.state {
        State::Active => ("trusted_named", Side::Person),
        _ => ("trusted_asked", Side::Counter),
    };
    for party in [&row.principal, &row.person] {
        tell(tx, hand.row_id(now_us), party, now_us, kind).await?;
    }
    Ok(both(Done::plain(row.id.clone()), &row, side))
}

#[derive(Clone, Copy)]
enum Side {
    Principal,
    Person,
    Counter,
}

impl Side {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Principal => "principal",
            Self::Person => "person",
            Self::Counter => "counter",
        }
    }
}

/// Both records show it.
fn both<T>(done: Done<T>, row: &Trusted, by: Side) -> Done<T> {
    let detail = json!({ "trusted": { "by": by.as_str(), "id": row.id } });
    let mut done = done.detail(detail.clone());
    done.note.account = Some(row.principal.clone());
    done.note.twin = Some(Twin { account: row.person.clone(), detail });
    done
}

/// Tells the trusted person of a deed that a helper did: called where every deed with a twin is written down. Codes are
/// drawn in the background, many times a day: of these they hear once a day for each helper.
pub(crate) async fn tell_of_helper(
    tx: &mut Tx,
    deed: Deed,
    note: &Note,
    use_id: &UseId,
    at_us: i64,
) -> Result<(), DeedError> {
    let Some(twin) = &note.twin else { return Ok(()) };
    // Both sides say the same of kind and actor; the principal's account is on the other side of the actor's.
    let mandate = &twin.detail["mandate"];
    if mandate["kind"] != "helper" || mandate["by"] != "actor" {
        return Ok(());
    }
    let principal = if mandate["side"] == "actor" { note.account.as_deref() } else { Some(twin.account.as_str()) };
    let Some(principal) = principal else { return Ok(()) };
    let Some(person) = trusted::told(tx, principal).await? else { return Ok(()) };
    match (deed, mandate["id"].as_str()) {
        (Deed::DrawActing, Some(edge)) => {
            let day = Day::of(u32::try_from(at_us / crate::clock::MICROS).unwrap_or(0));
            let id = format!("{edge}-{day}-{person}");
            tell_once(tx, id, &person, at_us, "helper_drew").await
        }
        _ => tell(tx, format!("{}-told", use_id.as_str()), &person, at_us, "helper_acted").await,
    }
}

fn nothing_stands() -> DeedError {
    DeedError::Conflict(Text::new("已经结束，或没有在等", "it has ended, or nothing waits"))
}
