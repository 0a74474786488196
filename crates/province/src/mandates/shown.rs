//! A code that is shown for somebody else, at a check: what it hangs on beside its holder, all of it locked and read.
//! It does not know how the code itself was verified.

use super::enterprise::{chain_of_code, said_for};
use super::{By, Hand, ages, mandate, said};
use crate::check_code::ShownFor;
use crate::clock::MICROS;
use crate::error::DeedError;
use yima_code::day::Day;
use yima_code::id::TokenId;
use yima_kernel::mandate::Scope;
use yima_store::check::DeviceFacts;
use yima_store::edge::Edge;
use yima_store::organisation::Organisation;
use yima_store::{Tx, account, edge, family_slot};

/// The mandate behind a code of a slot from 128 on.
pub(crate) struct Shown {
    /// As it stands.
    pub edge: Edge,
    /// The actor's device in that slot.
    pub device: DeviceFacts,
    /// The mandate lets it be shown now, and the actor is in good standing.
    pub good: bool,
    /// The slot is still this mandate's.
    pub live: bool,
    /// The enterprise for which it is shown; `None` for a person.
    pub enterprise: Option<Organisation>,
}

/// What a token of a mandate's slot hangs on; `None` for a slot of the holder's own, or one that nobody took.
pub(crate) async fn behind(tx: &mut Tx, hand: &Hand, named: &TokenId, now_s: i64) -> Result<Option<Shown>, DeedError> {
    if named.slot < family_slot::FIRST {
        return Ok(None);
    }
    // Drawn half a day before the window at the earliest.
    let drawn_from = (i64::from(named.day.window().from) - 86_400) * MICROS;
    let Some(found) = family_slot::rely_on(tx, &named.handle.0, named.slot, drawn_from).await? else {
        return Ok(None);
    };
    let row = edge::find(tx, &found.edge).await?.ok_or_else(|| DeedError::internal("family_slot.edge"))?;
    hand.right(&row)?;
    if let Some((organisation, allowed)) = chain_of_code(tx, hand, &row, now_s).await? {
        return Ok(Some(Shown {
            live: found.live,
            good: allowed && found.actor_state == account::State::Active,
            device: DeviceFacts { id: found.device, state: found.device_state, attested: found.attested },
            edge: row,
            enterprise: Some(organisation),
        }));
    }
    let principal = account::find(tx, &row.principal).await?.ok_or_else(|| DeedError::internal("edge.principal"))?;
    let age = ages(tx).await?.age_at(hand.birth(&principal)?, now_s);
    let mandate = mandate(&row, age)?;
    let allowed = mandate.allows(&mandate.actor, &mandate.principal, Scope::ShowCode, now_s);
    Ok(Some(Shown {
        live: found.live,
        good: allowed && found.actor_state == account::State::Active,
        device: DeviceFacts { id: found.device, state: found.device_state, attested: found.attested },
        edge: row,
        enterprise: None,
    }))
}

impl Shown {
    /// On whose behalf, for the checker.
    pub fn on_behalf(&self) -> ShownFor {
        self.enterprise.as_ref().map_or(ShownFor::Person, |one| ShownFor::Enterprise(one.name.clone()))
    }

    /// What the holder's use says.
    pub fn said(&self) -> serde_json::Value {
        match &self.enterprise {
            Some(one) => said_for(&self.edge, one, "actor"),
            None => said(&self.edge, By::Principal, By::Actor),
        }
    }

    /// What the actor's twin says.
    pub fn twin(&self) -> crate::doorway::Twin {
        if let Some(one) = &self.enterprise {
            let detail = serde_json::json!({ "mandate": said_for(&self.edge, one, "actor") });
            return crate::doorway::Twin { account: self.edge.principal.clone(), detail };
        }
        let detail = serde_json::json!({ "mandate": said(&self.edge, By::Actor, By::Actor) });
        crate::doorway::Twin { account: self.edge.actor.clone(), detail }
    }
}

/// Whether a day's codes would begin after a mandate is over.
pub(super) fn begins_after(day: Day, ends_s: i64) -> bool {
    i64::from(day.window().from) >= ends_s
}
