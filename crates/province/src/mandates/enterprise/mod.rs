//! Acting for an enterprise: the chain from its legal representative down to whoever acts, read with its seals, and what
//! follows when a link ends. It does not decide what a chain allows: the kernel does.

mod agents;
mod at_app;
mod card;
mod codes;
mod confirm;
mod dismissal;
mod filings;
mod import;
mod list;
mod offers;
mod over;
mod pick;
mod representatives;

pub use agents::NewAgent;
pub(crate) use at_app::{chain_in_force, enterprise_claims, enterprise_shown, enterprise_words};
pub use card::{ActsFor, EnterpriseCard, FiledRow};
pub(crate) use codes::{chain_of_code, enterprise_bearer};
pub use filings::{FilingRow, NewFiling};
pub use list::{AgentRow, EnterprisePage, OfferRow, OwnEnterprise, OwnEnterprises, RecordRow};
pub(crate) use over::{gone, organisations_of};
pub use representatives::ChangeRow;

use super::{Hand, terms};
use crate::Province;
use crate::doorway::Twin;
use crate::error::{DeedError, Text};
use crate::leave_apps;
use crate::organisations;
use crate::row_seal::sealed_row;
use yima_kernel::filing::Services;
use yima_kernel::id::{AccountId, EdgeId, OrganisationId};
use yima_kernel::mandate::{Acting, CHAIN_MAX, ForEnterprise, Kind, Link, Stands, Step};
use yima_store::edge::{self, Edge};
use yima_store::enterprise::{self, Appointment};
use yima_store::organisation::{self as org, Organisation};
use yima_store::{Tx, family};

/// A chain and the rows that it was read from, the representative's first.
#[derive(Clone)]
pub(crate) struct Chain {
    pub organisation: Organisation,
    pub edges: Vec<Edge>,
    pub links: Vec<Link>,
}

impl Chain {
    /// For the decision.
    pub fn acting(&self, wish: ForEnterprise) -> Result<Acting, DeedError> {
        let last = self.last()?;
        Ok(Acting {
            enterprise: OrganisationId::parse(&self.organisation.id).map_err(DeedError::internal)?,
            in_good_standing: self.organisation.state == org::State::Active
                && self.organisation.kind == org::Kind::Enterprise,
            actor: AccountId::parse(&last.actor).map_err(DeedError::internal)?,
            links: self.links.clone(),
            wish,
        })
    }

    /// The mandate by which its actor acts.
    pub fn last(&self) -> Result<&Edge, DeedError> {
        self.edges.last().ok_or_else(|| DeedError::internal("an empty chain"))
    }
}

/// Whether a mandate is over an organisation.
pub(crate) fn is_enterprise(e: &Edge) -> bool {
    matches!(Kind::parse(&e.kind), Some(Kind::Agent | Kind::Representative))
}

/// Reads a chain up from its last mandate. Whoever relies on it locks that one row: when a link above ends or waits, so
/// does every one below it, in the same transaction.
pub(crate) async fn chain(tx: &mut Tx, hand: &Hand, last: Edge) -> Result<Chain, DeedError> {
    if !is_enterprise(&last) {
        return Err(DeedError::NotFound("mandate"));
    }
    let organisation = organisations::found(tx, &hand.seals, &last.principal).await?;
    let (mut edges, mut links) = (Vec::new(), Vec::new());
    let mut next = Some(last);
    while let Some(edge) = next.take() {
        hand.right(&edge)?;
        if edge.principal != organisation.id || edges.len() > CHAIN_MAX {
            return Err(DeedError::internal("a chain of mandates leads elsewhere"));
        }
        links.push(link(tx, hand, &edge).await?);
        if let Some(parent) = &edge.parent {
            next = Some(edge::find(tx, parent).await?.ok_or_else(|| DeedError::internal("edge.parent"))?);
        }
        edges.push(edge);
    }
    edges.reverse();
    links.reverse();
    Ok(Chain { organisation, edges, links })
}

async fn link(tx: &mut Tx, hand: &Hand, e: &Edge) -> Result<Link, DeedError> {
    let services = if e.kind == Kind::Representative.as_str() {
        Services::ALL
    } else {
        let said = enterprise::offer_by_id(tx, &e.id).await?.ok_or_else(|| DeedError::internal("appointment"))?;
        hand.seals().holds(&said)?;
        Services::parse(&said.services).ok_or_else(|| DeedError::internal("appointment.services"))?
    };
    let stands = match e.state {
        edge::State::Active => Stands::Active,
        edge::State::Pending | edge::State::Suspended => Stands::Waits,
        edge::State::Ended => Stands::Over,
    };
    Ok(Link { terms: terms(e)?, services, may_appoint: e.may_appoint, stands })
}

impl Hand {
    fn new_edge(&mut self, now_us: i64) -> String {
        EdgeId::new(u64::try_from(now_us / 1000).unwrap_or(0), self.random()).to_string()
    }

    /// Ends a mandate over an enterprise for good, with everything that acts under it: codes, browsers, sign-ins at apps.
    /// Its actor's account is locked.
    async fn end_for_enterprise(&mut self, tx: &mut Tx, e: &Edge, why: &str, now_us: i64) -> Result<Edge, DeedError> {
        let row = self.step_of(tx, e, Step::EndForGood, why, None, now_us).await?;
        enterprise::end_acting(tx, &row.id, why, now_us).await?;
        let told = family::end_of_edge(tx, &row.id, why, now_us).await?;
        leave_apps::tell(tx, &told, now_us).await?;
        Ok(row)
    }

    /// Takes a step of a mandate over an enterprise; `until_at` is when it ends without a new word.
    async fn step_of(
        &mut self,
        tx: &mut Tx,
        e: &Edge,
        step: Step,
        why: &str,
        word_by_at: Option<i64>,
        now_us: i64,
    ) -> Result<Edge, DeedError> {
        self.right(e)?;
        let next = super::state(e)?.after(step, now_us / crate::clock::MICROS).map_err(|_| super::wrong_step())?;
        let mut row = e.clone();
        row.state = super::stored(&next);
        row.reason = Some(why.to_owned());
        row.consent_by_at = word_by_at;
        row.ended_at = (row.state == edge::State::Ended).then_some(now_us);
        row.undo_until_at = None;
        self.write(tx, row, now_us).await
    }
}

sealed_row!(Appointment, "appointment", |a, with| {
    let limit = a.limit_amount.map_or_else(Vec::new, |n| n.to_be_bytes().to_vec());
    let fields: [&[u8]; 13] = [
        a.enterprise.as_bytes(),
        a.parent.as_bytes(),
        &a.person,
        a.person_masked.as_bytes(),
        a.scopes.as_bytes(),
        a.services.as_bytes(),
        &limit,
        &[u8::from(a.may_appoint)],
        &a.until_at.to_be_bytes(),
        a.made_by.as_bytes(),
        &a.created_at.to_be_bytes(),
        &a.expires_at.to_be_bytes(),
        a.state.as_str().as_bytes(),
    ];
    with(&fields)
});

/// What a use says of a mandate over an enterprise: its name, so that the person's record can be read by itself.
pub(crate) fn said_for(e: &Edge, organisation: &Organisation, by: &str) -> serde_json::Value {
    serde_json::json!({
        "id": e.id, "kind": e.kind, "side": "actor", "by": by, "agent": e.actor, "enterprise": organisation.name,
    })
}

/// The same deed in the record of another person.
fn twin(e: &Edge, organisation: &Organisation, by: &str) -> Twin {
    Twin { account: e.actor.clone(), detail: serde_json::json!({ "mandate": said_for(e, organisation, by) }) }
}

impl Province {
    /// The enterprise of a mandate of this person; a stranger's is not found.
    pub(in crate::mandates) async fn enterprise_of(
        &self,
        me: &AccountId,
        id: &str,
    ) -> Result<OrganisationId, DeedError> {
        let (me, id) = (me.as_str().to_owned(), id.to_owned());
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(edge::find(tx, &id).await?) }))
            .await?;
        let row = found.filter(|row| row.actor == me && is_enterprise(row)).ok_or(DeedError::NotFound("mandate"))?;
        OrganisationId::parse(&row.principal).map_err(DeedError::internal)
    }
}

fn changed_meanwhile() -> DeedError {
    DeedError::Conflict(Text::new("情况已经变化，请刷新后再办", "it changed meanwhile: look again and try once more"))
}
