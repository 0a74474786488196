//! A code that is shown for somebody else, at a check: what it hangs on beside its holder, all of it locked and read.
//! It does not know how the code itself was verified.

use super::enterprise::{chain_of_code, said_for};
use super::{By, Hand, ages, mandate, said};
use crate::check_code::ShownFor;
use crate::clock::MICROS;
use crate::doorway::Twin;
use crate::error::DeedError;
use crate::posts::{OfficePost, post_of_code};
use yima_code::day::Day;
use yima_code::id::TokenId;
use yima_kernel::mandate::Scope;
use yima_store::device::Device;
use yima_store::edge::Edge;
use yima_store::organisation::Organisation;
use yima_store::{Tx, account, edge, family_slot};

/// What lets a code of a slot from 128 on be shown.
pub(crate) enum ShownUnder {
    /// A mandate of a person.
    Person(Edge),
    /// An appointment by an enterprise.
    Enterprise(Edge, Box<Organisation>),
    /// A post of the bearer's.
    Post(OfficePost),
}

/// What stands behind a code of a slot from 128 on.
pub(crate) struct Shown {
    /// As it stands.
    pub under: ShownUnder,
    /// The device in that slot.
    pub device: Device,
    /// It may be shown now, and whoever shows it is in good standing.
    pub good: bool,
    /// The slot is still this mandate's or post's.
    pub live: bool,
}

/// What a token of such a slot hangs on; `None` for a slot of the holder's own, or one that nobody took.
pub(crate) async fn behind(tx: &mut Tx, hand: &Hand, named: &TokenId, now_s: i64) -> Result<Option<Shown>, DeedError> {
    if named.slot < family_slot::FIRST {
        return Ok(None);
    }
    // Drawn half a day before the window at the earliest.
    let drawn_from = (i64::from(named.day.window().from) - 86_400) * MICROS;
    let Some(found) = family_slot::rely_on(tx, &named.handle.0, named.slot, drawn_from).await? else {
        return in_a_post(tx, hand, named, drawn_from, now_s).await;
    };
    let row = edge::find(tx, &found.edge).await?.ok_or_else(|| DeedError::internal("family_slot.edge"))?;
    hand.right(&row)?;
    let device = found.device;
    let in_good_standing = found.actor_state == account::State::Active;
    if let Some((organisation, allowed)) = chain_of_code(tx, hand, &row, now_s).await? {
        let under = ShownUnder::Enterprise(row, Box::new(organisation));
        return Ok(Some(Shown { under, device, good: allowed && in_good_standing, live: found.live }));
    }
    let principal = account::find(tx, &row.principal).await?.ok_or_else(|| DeedError::internal("edge.principal"))?;
    let age = ages(tx).await?.age_at(hand.birth(&principal)?, now_s);
    let mandate = mandate(&row, age)?;
    let allowed = mandate.allows(&mandate.actor, &mandate.principal, Scope::ShowCode, now_s);
    let under = ShownUnder::Person(row);
    Ok(Some(Shown { under, device, good: allowed && in_good_standing, live: found.live }))
}

/// The same for a slot that a post took. The bearer's own standing is asked with everybody's.
async fn in_a_post(
    tx: &mut Tx,
    hand: &Hand,
    named: &TokenId,
    drawn_from: i64,
    now_s: i64,
) -> Result<Option<Shown>, DeedError> {
    let Some(found) = family_slot::rely_on_post(tx, &named.handle.0, named.slot, drawn_from).await? else {
        return Ok(None);
    };
    let (post, good) = post_of_code(tx, hand.seals(), &found, now_s).await?;
    Ok(Some(Shown { under: ShownUnder::Post(post), device: found.device, good, live: found.live }))
}

impl Shown {
    /// On whose behalf, for the checker; office and post where the scenario asks for them.
    pub fn on_behalf(&self, names_officers: bool) -> ShownFor {
        match &self.under {
            ShownUnder::Person(_) => ShownFor::Person,
            ShownUnder::Enterprise(_, one) => ShownFor::Enterprise(one.name.clone()),
            ShownUnder::Post(post) => ShownFor::Officer(names_officers.then(|| post.clone())),
        }
    }

    /// Who answers when the platform asks on the device that shows it.
    pub fn bearer(&self) -> &str {
        match &self.under {
            ShownUnder::Person(edge) | ShownUnder::Enterprise(edge, _) => &edge.actor,
            ShownUnder::Post(post) => &post.account,
        }
    }

    /// Who is told that it was shown: a person for whom somebody else showed it. An enterprise and an office read their
    /// records, and who shows their codes has it in hand.
    pub fn told(&self) -> Option<&str> {
        match &self.under {
            ShownUnder::Person(edge) => Some(&edge.principal),
            ShownUnder::Enterprise(..) | ShownUnder::Post(_) => None,
        }
    }

    /// What the holder's use says: the key in its detail, and the value.
    pub fn said(&self) -> (&'static str, serde_json::Value) {
        match &self.under {
            ShownUnder::Person(edge) => ("mandate", said(edge, By::Principal, By::Actor)),
            ShownUnder::Enterprise(edge, one) => ("mandate", said_for(edge, one, "actor")),
            ShownUnder::Post(post) => ("post", post.said()),
        }
    }

    /// The twin, in the record of the other party.
    pub fn twin(&self) -> Twin {
        match &self.under {
            ShownUnder::Person(edge) => Twin {
                account: edge.actor.clone(),
                detail: serde_json::json!({ "mandate": said(edge, By::Actor, By::Actor) }),
            },
            ShownUnder::Enterprise(edge, one) => Twin {
                account: edge.principal.clone(),
                detail: serde_json::json!({ "mandate": said_for(edge, one, "actor") }),
            },
            ShownUnder::Post(post) => {
                Twin { account: post.organisation.clone(), detail: serde_json::json!({ "post": post.said() }) }
            }
        }
    }
}

/// Whether a day's codes would begin after a mandate or the lease of a post is over.
pub(crate) fn begins_after(day: Day, ends_s: i64) -> bool {
    i64::from(day.window().from) >= ends_s
}
