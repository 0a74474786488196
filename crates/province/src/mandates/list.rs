//! Lists of mandates: one's own on a device, and a resident's at a counter. The other party is shown masked while the
//! mandate stands, and by role alone when it is over. It does not change anything.

use super::{Hand, ages, terms};
use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::home::own;
use std::collections::HashMap;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::mandate::{Scope, Sight, sight};
use yima_kernel::subject::Actor;
use yima_store::Tx;
use yima_store::account::{self, Account};
use yima_store::edge::{self, Edge, State};

/// A mandate in any list.
#[derive(Clone, Debug)]
pub struct MandateRow {
    /// `edg_…`
    pub id: String,
    /// `guardian`, `helper`, …
    pub kind: String,
    /// Words of its closed list.
    pub scopes: Vec<&'static str>,
    /// `pending`, `active`, `suspended` or `ended`.
    pub state: &'static str,
    /// On whose word.
    pub evidence: String,
    /// Unix seconds.
    pub from_at: i64,
    /// Unix seconds; the last second is the one before.
    pub until_at: i64,
    /// Unix seconds by which the principal's own consent is needed.
    pub consent_by_at: Option<i64>,
    /// Unix seconds.
    pub ended_at: Option<i64>,
    /// Unix seconds until which the principal may undo the end.
    pub undo_until_at: Option<i64>,
}

/// Which party is the other one.
#[derive(Clone, Debug)]
pub struct OtherSide {
    /// `res_…`
    pub id: String,
    /// Masked.
    pub name_masked: String,
}

/// A mandate of one's own.
#[derive(Clone, Debug)]
pub struct OwnMandate {
    /// As in any list.
    pub row: MandateRow,
    /// The caller acts; else the other one acts for the caller.
    pub acts: bool,
    /// The other party, masked; empty when it is over.
    pub name_masked: String,
    /// The caller can say yes to it now.
    pub may_confirm: bool,
    /// The caller can end it.
    pub may_end: bool,
    /// The caller can undo its end.
    pub may_undo: bool,
    /// The caller can show codes under it.
    pub may_show: bool,
    /// The caller can read the other's record.
    pub may_see: bool,
}

impl Province {
    /// Mandates of the device's holder, the newest first: over them, and by them.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn mandates(&self, actor: &Actor) -> Result<Vec<OwnMandate>, DeedError> {
        let me = own(actor)?;
        let (id, hand, now_s) = (me.as_str().to_owned(), self.hand(), self.now_s());
        let request = Request::of(actor.clone(), Deed::SeeRecord).about(me.clone());
        let found = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move {
                    let edges = edge::of_account(tx, &id).await?;
                    let people = people(tx, &edges).await?;
                    let ages = ages(tx).await?;
                    let mut rows = Vec::new();
                    for e in edges {
                        let Some(principal) = people.get(&e.principal) else { continue };
                        let age = ages.age_at(hand.birth(principal)?, now_s);
                        rows.push((own_row(&hand, &e, &id, age, now_s)?, people.get(other(&e, &id)).cloned()));
                    }
                    Ok(rows)
                })
            })
            .await?;
        found
            .into_iter()
            .map(|(mut row, other)| {
                if row.row.state != "ended"
                    && let Some(other) = other
                {
                    row.name_masked = self.name_of(&other)?.masked();
                }
                Ok(row)
            })
            .collect()
    }

    /// A resident's mandates as a counter sees them. The resident sees that somebody looked.
    ///
    /// # Errors
    /// [`DeedError::NotFound`].
    pub async fn resident_mandates(
        &self,
        actor: &Actor,
        id: &str,
    ) -> Result<Vec<(MandateRow, OtherSide, OtherSide)>, DeedError> {
        let subject = AccountId::parse(id).map_err(|_| DeedError::NotFound("resident"))?;
        let id = id.to_owned();
        let found = self
            .short(
                Request::of(actor.clone(), Deed::SeeMandates).about(subject),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), _| {
                    Box::pin(async move {
                        account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                        let edges = edge::of_account(tx, &id).await?;
                        let people = people(tx, &edges).await?;
                        Ok(Done::plain((edges, people)))
                    })
                },
            )
            .await?;
        let (edges, people) = found;
        let side = |id: &String| -> Result<Option<OtherSide>, DeedError> {
            let Some(one) = people.get(id) else { return Ok(None) };
            Ok(Some(OtherSide { id: id.clone(), name_masked: self.name_of(one)?.masked() }))
        };
        let mut rows = Vec::new();
        for e in &edges {
            if let (Some(principal), Some(acts)) = (side(&e.principal)?, side(&e.actor)?) {
                rows.push((row(e)?, principal, acts));
            }
        }
        Ok(rows)
    }
}

fn other<'a>(e: &'a Edge, me: &str) -> &'a str {
    if e.principal == me { &e.actor } else { &e.principal }
}

async fn people(tx: &mut Tx, edges: &[Edge]) -> Result<HashMap<String, Account>, DeedError> {
    let mut people = HashMap::new();
    for id in edges.iter().flat_map(|e| [&e.principal, &e.actor]) {
        if !people.contains_key(id)
            && let Some(found) = account::find(tx, id).await?
        {
            people.insert(id.clone(), found);
        }
    }
    Ok(people)
}

fn own_row(hand: &Hand, e: &Edge, me: &str, age: u16, now_s: i64) -> Result<OwnMandate, DeedError> {
    hand.right(e)?;
    let terms = terms(e)?;
    let (acts, runs) = (e.actor == me, terms.runs(now_s));
    let asked = e.state == State::Pending || (e.state == State::Active && e.consent_by_at.is_some() && age >= 14);
    let minors = e.kind == "guardian" && age < 18 && e.state != State::Pending;
    Ok(OwnMandate {
        acts,
        name_masked: String::new(),
        may_confirm: !acts && asked && runs,
        may_end: e.state != State::Ended && (acts || !minors),
        may_undo: !acts && e.state == State::Ended && e.undo_until_at.is_some_and(|at| at / MICROS > now_s) && runs,
        may_show: acts && e.state == State::Active && runs && terms.scopes.has(Scope::ShowCode),
        may_see: acts && e.state == State::Active && runs && sight(&terms, age, e.hidden) != Sight::Nothing,
        row: row(e)?,
    })
}

fn row(e: &Edge) -> Result<MandateRow, DeedError> {
    Ok(MandateRow {
        id: e.id.clone(),
        kind: e.kind.clone(),
        scopes: terms(e)?.scopes.words().collect(),
        state: e.state.as_str(),
        evidence: e.evidence.clone(),
        from_at: e.from_at / MICROS,
        until_at: e.until_at / MICROS,
        consent_by_at: e.consent_by_at.map(|at| at / MICROS),
        ended_at: e.ended_at.map(|at| at / MICROS),
        undo_until_at: e.undo_until_at.map(|at| at / MICROS),
    })
}
