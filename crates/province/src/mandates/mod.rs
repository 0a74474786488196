//! Mandates: who may act for whom. This file has what their deeds share: rows read with their seals, steps that are
//! written with the withdrawal that follows, and words for both parties. It does not decide: the kernel does.

mod acting_slot;
mod alone;
mod answer;
mod death;
mod device_slots;
mod draw_acting;
mod enterprise;
mod heavy;

mod invitations;
mod list;
mod orders;
mod register;
mod shown;
mod trusted;
mod ward_record;
mod words;

pub(crate) use acting_slot::{Taking, Wish, numbered, small_and_acting};
pub use alone::AloneRow;
pub(crate) use alone::guardian_is_back;
pub(crate) use death::{end_all_of, end_slots_of_actor};
pub(crate) use device_slots::end_slots_of_device;
pub use draw_acting::DrawActing;
pub use enterprise::{
    ActsFor, AgentRow, ChangeRow, EnterpriseCard, EnterprisePage, FiledRow, FilingRow, NewAgent, NewFiling, OfferRow,
    OwnEnterprise, OwnEnterprises, RecordRow,
};
pub(crate) use enterprise::{
    Chain, chain, chain_in_force, enterprise_claims, enterprise_shown, enterprise_words, is_enterprise, said_for,
};
pub(crate) use heavy::OBJECTION_S;
pub use heavy::{ForWard, WardRequest};
pub use invitations::{Accepted, Invitation};
pub use list::{MandateRow, OtherSide, OwnMandate};
pub use register::RegisterMandate;
pub(crate) use shown::{Shown, begins_after, behind};
pub use trusted::TrustedRow;
pub(crate) use trusted::tell_of_helper;
pub(crate) use words::{role_of, who_of};

use crate::Province;
use crate::chance::Rolls;
use crate::clock::MICROS;
use crate::crowds::id_number;
use crate::devices::tell;
use crate::doorway::{Done, Twin};
use crate::error::{DeedError, Text};
use crate::row_seal::{RowSealer, sealed_row};
use rand::Rng as _;
use std::sync::Arc;
use yima_code::day::Day;
use yima_kernel::id::{AccountId, EdgeId, UseId};
use yima_kernel::mandate::{AgeRule, Birth, Kind, Mandate, Scopes, State, Step, Terms, sight};
use yima_keys::sealed::Sealer;
use yima_store::account::{self, Account};
use yima_store::edge::{self, Edge};
use yima_store::{Tx, family_slot, setting, withdrawal};

/// The setting that names another reading of when an age is reached.
const AGES: &str = "law/age_begins";

/// What a deed about mandates takes along into its transaction.
#[derive(Clone)]
pub(crate) struct Hand {
    sealer: Arc<Sealer>,
    seals: RowSealer,
    rng: Rolls,
    /// What was drawn for this day and later can still be shown.
    pub from_day: u16,
}

/// A mandate whose accounts are locked, with both of them.
pub(crate) struct Held {
    /// As it stands.
    pub edge: Edge,
    /// For whom.
    pub principal: Account,
    /// Who acts.
    pub actor: Account,
    /// The principal's age now.
    pub age: u16,
}

impl Held {
    /// As the decision reads it; while the actor's account is stopped, so is what they may do for others.
    pub fn mandate(&self) -> Result<Mandate, DeedError> {
        let mandate = mandate(&self.edge, self.age)?;
        Ok(Mandate { active: mandate.active && self.actor.state == account::State::Active, ..mandate })
    }
}

impl Province {
    pub(crate) fn hand(&self) -> Hand {
        Hand {
            sealer: Arc::clone(&self.sealer),
            seals: self.sealer_of_rows(),
            rng: self.chance.rolls(),
            from_day: Day::of(self.now_u32()).0.saturating_sub(2),
        }
    }
}

// Every column that the seal of a mandate covers.
sealed_row!(Edge, "edge", |e, with| {
    let number = |n: Option<i64>| n.map_or_else(Vec::new, |n| n.to_be_bytes().to_vec());
    let (limit, consent) = (number(e.limit_amount), number(e.consent_by_at));
    let (ended, undo) = (number(e.ended_at), number(e.undo_until_at));
    let fields: [&[u8]; 21] = [
        e.kind.as_bytes(),
        e.principal.as_bytes(),
        e.actor.as_bytes(),
        &[e.slot],
        e.parent.as_deref().unwrap_or("").as_bytes(),
        e.scopes.as_bytes(),
        &limit,
        &[u8::from(e.may_appoint)],
        &e.from_at.to_be_bytes(),
        &e.until_at.to_be_bytes(),
        &consent,
        e.evidence.as_bytes(),
        e.reference.as_bytes(),
        &[e.proofing],
        e.state.as_str().as_bytes(),
        &[u8::from(e.hidden)],
        e.made_by.as_bytes(),
        &e.created_at.to_be_bytes(),
        &ended,
        &undo,
        e.reason.as_deref().unwrap_or("").as_bytes(),
    ];
    with(&fields)
});

impl Hand {
    /// What holds rows against their seals.
    pub const fn seals(&self) -> &RowSealer {
        &self.seals
    }

    /// An id for a row that nobody names.
    pub fn row_id(&mut self, now_us: i64) -> String {
        self.use_id(now_us).to_string()
    }

    /// An id for a use.
    pub fn use_id(&mut self, now_us: i64) -> UseId {
        UseId::new(u64::try_from(now_us / 1000).unwrap_or(0), self.random())
    }

    fn random(&mut self) -> [u8; 10] {
        let mut bytes = [0; 10];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }

    /// The day of birth of an account.
    pub fn birth(&self, row: &Account) -> Result<Birth, DeedError> {
        let birth = id_number(&self.sealer, row)?.birth();
        Ok(Birth { year: birth.year, month: birth.month, day: birth.day })
    }

    /// A row's seal as it is now.
    pub fn seal(&self, e: &Edge) -> Vec<u8> {
        self.seals.seal_of(e)
    }

    /// Holds a row against its seal: one that the program did not write allows nothing.
    pub fn right(&self, e: &Edge) -> Result<(), DeedError> {
        self.seals.holds(e)
    }

    /// Locks both accounts to be changed, then the mandate, and reads all three.
    pub async fn held(&self, tx: &mut Tx, id: &str, now_us: i64) -> Result<Held, DeedError> {
        let known = parties(tx, id).await?;
        account::changed_both(tx, &known.principal, &known.actor).await?;
        let edge = edge::to_change(tx, id).await?.ok_or(DeedError::NotFound("mandate"))?;
        self.with_accounts(tx, edge, now_us).await
    }

    /// The same for a deed that only relies on them.
    pub async fn relied(&self, tx: &mut Tx, id: &str, now_us: i64) -> Result<Held, DeedError> {
        let known = parties(tx, id).await?;
        account::rely_on_both(tx, &known.principal, &known.actor).await?;
        let edge = edge::rely_on(tx, id).await?.ok_or(DeedError::NotFound("mandate"))?;
        self.with_accounts(tx, edge, now_us).await
    }

    async fn with_accounts(&self, tx: &mut Tx, edge: Edge, now_us: i64) -> Result<Held, DeedError> {
        self.right(&edge)?;
        let principal = account::find(tx, &edge.principal).await?.ok_or(DeedError::NotFound("mandate"))?;
        let actor = account::find(tx, &edge.actor).await?.ok_or(DeedError::NotFound("mandate"))?;
        let age = ages(tx).await?.age_at(self.birth(&principal)?, now_us / MICROS);
        Ok(Held { edge, principal, actor, age })
    }

    /// Takes a step, with what follows from it: a mandate that is not active any more has no slot, and its drawn codes
    /// are withdrawn.
    pub async fn step(&self, tx: &mut Tx, held: &Held, step: Step, now_us: i64) -> Result<Edge, DeedError> {
        self.step_because(tx, held, step, None, now_us).await
    }

    /// The same with a word of why.
    pub async fn step_because(
        &self,
        tx: &mut Tx,
        held: &Held,
        step: Step,
        reason: Option<&str>,
        now_us: i64,
    ) -> Result<Edge, DeedError> {
        let next = state(&held.edge)?.after(step, now_us / MICROS).map_err(|_| wrong_step())?;
        let mut row = held.edge.clone();
        row.state = stored(&next);
        row.reason = reason.map(str::to_owned);
        row.ended_at = matches!(next, State::Ended { .. }).then_some(now_us);
        row.undo_until_at = match next {
            State::Ended { undo_until_s } => undo_until_s.map(|s| s * MICROS),
            _ => None,
        };
        row.hidden = row.hidden && next == State::Suspended;
        self.write(tx, row, now_us).await
    }

    /// Writes a changed row as the next version.
    pub async fn write(&self, tx: &mut Tx, mut row: Edge, now_us: i64) -> Result<Edge, DeedError> {
        row.version += 1;
        row.seal = self.seal(&row);
        if !edge::change(tx, &row).await? {
            return Err(DeedError::Conflict(Text::new(
                "情况已经变化，或名额已被别的授权占用，请刷新后再定",
                "It changed meanwhile, or another mandate took its place; look again and decide anew",
            )));
        }
        if row.state != edge::State::Active {
            let slots = family_slot::end_of_edge(tx, &row.id, now_us).await?;
            withdrawal::slots(tx, &slots, self.from_day, "mandate_ended", now_us).await?;
            heavy::stop_what_waits(tx, self, &row, now_us).await?;
        }
        Ok(row)
    }

    /// Leaves a notice for both parties.
    pub async fn tell_both(&mut self, tx: &mut Tx, e: &Edge, at: i64, kind: &str) -> Result<(), DeedError> {
        for account in [&e.principal, &e.actor] {
            let id = self.row_id(at);
            tell(tx, id, account, at, kind).await?;
        }
        Ok(())
    }
}

async fn parties(tx: &mut Tx, id: &str) -> Result<Edge, DeedError> {
    if EdgeId::parse(id).is_err() {
        return Err(DeedError::NotFound("mandate"));
    }
    edge::find(tx, id).await?.ok_or(DeedError::NotFound("mandate"))
}

/// The reading of the law on ages that this province chose.
pub(crate) async fn ages(tx: &mut Tx) -> Result<AgeRule, DeedError> {
    let word = setting::get(tx, AGES).await?;
    Ok(word.as_deref().and_then(AgeRule::reading).unwrap_or(AgeRule::CHINA))
}

/// The store's words as the law's.
pub(crate) fn terms(e: &Edge) -> Result<Terms, DeedError> {
    Ok(Terms {
        kind: Kind::parse(&e.kind).ok_or_else(|| DeedError::internal("edge.kind"))?,
        scopes: Scopes::parse(&e.scopes).ok_or_else(|| DeedError::internal("edge.scopes"))?,
        limit: e.limit_amount,
        from_s: e.from_at / MICROS,
        until_s: e.until_at / MICROS,
        consent_by_s: e.consent_by_at.map(|at| at / MICROS),
    })
}

pub(crate) fn state(e: &Edge) -> Result<State, DeedError> {
    let undo = e.undo_until_at.map(|at| at / MICROS);
    State::parse(e.state.as_str(), undo).ok_or_else(|| DeedError::internal("edge.state"))
}

const fn stored(state: &State) -> edge::State {
    match state {
        State::Pending => edge::State::Pending,
        State::Active => edge::State::Active,
        State::Suspended => edge::State::Suspended,
        State::Ended { .. } => edge::State::Ended,
    }
}

/// A mandate as the decision reads it.
pub(crate) fn mandate(e: &Edge, age: u16) -> Result<Mandate, DeedError> {
    let terms = terms(e)?;
    Ok(Mandate {
        id: EdgeId::parse(&e.id).map_err(DeedError::internal)?,
        principal: AccountId::parse(&e.principal).map_err(DeedError::internal)?,
        actor: AccountId::parse(&e.actor).map_err(DeedError::internal)?,
        terms,
        active: e.state == edge::State::Active,
        sight: sight(&terms, age, e.hidden),
    })
}

/// Who did a deed of a mandate, as both records tell it.
#[derive(Clone, Copy)]
pub(crate) enum By {
    Principal,
    Actor,
    Office,
}

impl By {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Principal => "principal",
            Self::Actor => "actor",
            Self::Office => "office",
        }
    }
}

/// What a use says of the mandate, on the side of one party.
pub(crate) fn said(e: &Edge, side: By, by: By) -> serde_json::Value {
    serde_json::json!({ "id": e.id, "kind": e.kind, "side": side.as_str(), "by": by.as_str() })
}

/// A deed that both records show: the principal's use, and its twin for the actor. `more` goes to the principal's.
pub(crate) fn both<T>(done: Done<T>, e: &Edge, by: By, mut more: serde_json::Value) -> Done<T> {
    more["mandate"] = said(e, By::Principal, by);
    let twin = Twin { account: e.actor.clone(), detail: serde_json::json!({ "mandate": said(e, By::Actor, by) }) };
    let mut done = done.detail(more);
    done.note.account = Some(e.principal.clone());
    done.note.twin = Some(twin);
    done
}

pub(crate) fn wrong_step() -> DeedError {
    DeedError::Conflict(Text::new(
        "这份授权现在不能这样办：可能已经结束、暂停，或还没有确认",
        "This can't be done to the mandate as it stands: it ended, is suspended, or was not confirmed yet",
    ))
}
