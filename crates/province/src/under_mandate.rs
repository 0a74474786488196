//! What a code, a ticket, an agreement or a sign-in at an app hangs on when somebody acts for somebody else: locked, read with its
//! seals, and told in both records. It does not know who chose to act, nor what an app asks.

use crate::allow_app::subject_of;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::home::standing;
use crate::mandates::{By, Chain, Hand, ages, both, chain, chain_in_force, is_enterprise, said_for, terms};
use crate::person_sessions::{facts_of, facts_to_change};
use yima_kernel::access::Facts;
use yima_kernel::mandate::{ForEnterprise, Kind};
use yima_kernel::subject::Actor;
use yima_oidc::exchange;
use yima_oidc::tokens::Limits;
use yima_store::account::{self, Account};
use yima_store::app_grant::{self, Grant};
use yima_store::edge::{self, Edge, State};
use yima_store::{StoreError, Tx};

/// Whose consent to anything about themselves is a guardian's (PIPL article 31), years.
pub(crate) const OWN_CONSENT: u16 = 14;

/// A mandate that counts now.
pub(crate) struct InForce {
    pub edge: Edge,
    /// Over an enterprise: from its representative down.
    pub chain: Option<Chain>,
}

/// What a mandate adds to a token.
pub(crate) struct Acted {
    pub kind: String,
    /// Whom the token is about, `res_…` or `org_…`.
    pub about: String,
    pub limits: Option<Limits>,
}

impl InForce {
    pub fn acted(&self) -> Acted {
        Acted { kind: self.edge.kind.clone(), about: self.edge.principal.clone(), limits: self.limits() }
    }

    /// How far, where it is an enterprise for whom they act.
    pub fn limits(&self) -> Option<Limits> {
        self.chain.as_ref().map(Chain::limits)
    }
}

/// Is this somebody for whom a guardian decides? 14 is reached as the law says it (rule R16), whatever a code says of ages.
pub(crate) async fn is_child(tx: &mut Tx, hand: &Hand, holder: &Account, now_us: i64) -> Result<bool, DeedError> {
    Ok(ages(tx).await?.age_at(hand.birth(holder)?, now_us / MICROS) < OWN_CONSENT)
}

/// A mandate that counts now, with its seal; `None` when it ended, was suspended, ran out, or either account is not in
/// good standing; over an enterprise, when any link of its chain is so. Where something is decided by it, call [`behind`]
/// first: that locks it.
pub(crate) async fn in_force(tx: &mut Tx, hand: &Hand, id: &str, now_us: i64) -> Result<Option<InForce>, DeedError> {
    let Some(edge) = edge::find(tx, id).await? else { return Ok(None) };
    hand.right(&edge)?;
    if is_enterprise(&edge) {
        let chain = chain_in_force(tx, hand, &edge, now_us / MICROS).await?;
        return Ok(chain.map(|chain| InForce { edge, chain: Some(chain) }));
    }
    let row = edge;
    if row.state != State::Active || !terms(&row)?.runs(now_us / MICROS) {
        return Ok(None);
    }
    for party in [&row.principal, &row.actor] {
        if account::find(tx, party).await?.is_none_or(|one| one.state != account::State::Active) {
            return Ok(None);
        }
    }
    Ok(Some(InForce { edge: row, chain: None }))
}

/// Locks what a code, a ticket or a family hangs on, in the order of rule R27: account (both, where somebody acts), then
/// the mandate, be it the one under which they act or the one under which a guardian agreed. The subject's standing.
pub(crate) async fn behind(tx: &mut Tx, account: &str, edge: &str, grant: &str) -> Result<Facts, DeedError> {
    if edge.is_empty() {
        let facts = subject_of(tx, account).await?;
        let by = app_grant::find(tx, grant).await?.map(|grant| grant.edge).filter(|edge| !edge.is_empty());
        if let Some(by) = by {
            edge::rely_on(tx, &by).await?;
        }
        return Ok(facts);
    }
    // Parties of a mandate never change: they may be read before they are locked.
    let row = edge::find(tx, edge).await?.ok_or(DeedError::NotFound("mandate"))?;
    if is_enterprise(&row) {
        account::rely_on(tx, &row.actor).await?;
    } else {
        account::rely_on_both(tx, &row.principal, &row.actor).await?;
    }
    edge::rely_on(tx, edge).await?;
    let state = account::find(tx, account).await?.map(|row| standing(row.state));
    Ok(Facts { subject_state: state, ..Facts::default() })
}

/// What was agreed to under a mandate for whom somebody acts: their own word, or their guardian's. For an enterprise it is
/// the word of whoever acts under this very mandate: what they allowed an app for themselves says nothing of it.
pub(crate) async fn agreed_under(
    tx: &mut Tx,
    holder: &str,
    client: &str,
    (edge, enterprise): (&str, bool),
) -> Result<Option<Grant>, StoreError> {
    if !enterprise && let Some(own) = app_grant::standing(tx, holder, client, "").await? {
        return Ok(Some(own));
    }
    app_grant::standing(tx, holder, client, edge).await
}

/// What the guardian of a child agreed to for it at this client, under a mandate that counts now.
pub(crate) async fn given_by_guardian(
    tx: &mut Tx,
    hand: &Hand,
    child: &str,
    client: &str,
    now_us: i64,
) -> Result<Option<Grant>, DeedError> {
    for row in edge::of_account(tx, child).await?.into_iter().filter(|row| row.principal == child) {
        let given: Result<_, StoreError> = app_grant::standing(tx, child, client, &row.id).await;
        if let Some(grant) = given?
            && row.kind == Kind::Guardian.as_str()
            && in_force(tx, hand, &row.id, now_us).await?.is_some()
        {
            return Ok(Some(grant));
        }
    }
    Ok(None)
}

/// The end of what is given out while acting, microseconds (rule R19).
pub(crate) fn acting_until(edge: &Edge, grant: &Grant, now_us: i64) -> Result<i64, DeedError> {
    let mandate_s = terms(edge)?.ends_s();
    Ok(exchange::ends_s(now_us / MICROS, mandate_s, grant.until_at / MICROS) * MICROS)
}

/// A deed at an app, in the record of the one it is about, and of the one who acted. What is done for an enterprise stands
/// in the actor's own record, and in the enterprise's by the organisation of the request.
pub(crate) fn told<T>(done: Done<T>, under: Option<&InForce>, mut detail: serde_json::Value) -> Done<T> {
    match under {
        Some(InForce { edge, chain: Some(chain) }) => {
            detail["mandate"] = said_for(edge, &chain.organisation, "actor");
            done.detail(detail)
        }
        Some(InForce { edge, chain: None }) => both(done, edge, By::Actor, detail),
        None => done.detail(detail),
    }
}

/// Locks what a letter of consent for somebody else relies on, and reads what the decision needs.
pub(crate) async fn to_agree(
    tx: &mut Tx,
    hand: &Hand,
    edge: &str,
    actor: &Actor,
    now_us: i64,
) -> Result<(Facts, InForce), DeedError> {
    let row = edge::find(tx, edge).await?.ok_or(DeedError::NotFound("mandate"))?;
    if !is_enterprise(&row) {
        let held = hand.held(tx, edge, now_us).await?;
        let facts = facts_of(tx, actor, now_us).await?;
        let subject_state = Some(standing(held.principal.state));
        let facts = Facts { subject_state, mandate: Some(held.mandate()?), ..facts };
        return Ok((facts, InForce { edge: held.edge, chain: None }));
    }
    let facts = facts_to_change(tx, actor, now_us).await?;
    let row = edge::rely_on(tx, edge).await?.ok_or(DeedError::NotFound("mandate"))?;
    let found = chain(tx, hand, row.clone()).await?;
    let facts = Facts { acting: Some(found.acting(ForEnterprise::Act)?), ..facts };
    Ok((facts, InForce { edge: row, chain: Some(found) }))
}
