//! The end of an appointment, with every one under it, at once: dismissed by whoever stands above it, or resigned. It does not
//! know what an agent does meanwhile.

use super::super::Hand;
use super::representatives::{leave_word, locked};
use super::{Chain, chain, is_enterprise, said_for, twin};
use crate::Province;
use crate::devices::tell;
use crate::doorway::{Done, Twin};
use crate::error::{DeedError, Text};
use crate::person_sessions::{Person, facts_to_change};
use yima_kernel::access::Request;
use yima_kernel::deed::Deed;
use yima_kernel::id::OrganisationId;
use yima_kernel::mandate::Kind;
use yima_store::Tx;
use yima_store::edge::{self, Edge};

impl Province {
    /// Ends an appointment with every one under it, at once: by whoever stands above it, or by the agent. An offer that
    /// waits is taken back or declined by the same deed.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for one that is neither one's own nor under one's own.
    pub async fn dismiss_agent(&self, person: &Person, id: &str) -> Result<(), DeedError> {
        if self.is_offer(id).await? {
            return self.settle_offer(person, id).await;
        }
        let actor = person.actor();
        let id = id.to_owned();
        let found = {
            let id = id.clone();
            self.store
                .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(edge::find(tx, &id).await?) }))
                .await?
        };
        let target = found.filter(is_enterprise).ok_or(DeedError::NotFound("mandate"))?;
        let at = OrganisationId::parse(&target.principal).map_err(DeedError::internal)?;
        let (me, now_us, hand) = (person.account.to_string(), self.now_us(), self.hand());
        self.short(
            Request::of(actor.clone(), Deed::DismissAgent).about(person.account.clone()).for_organisation(at),
            move |tx| {
                Box::pin(async move {
                    let edges = locked(tx, &target.principal, &[&me]).await?;
                    let facts = facts_to_change(tx, &actor, now_us).await?;
                    let row = edges.iter().find(|e| e.id == id).cloned().ok_or(DeedError::NotFound("mandate"))?;
                    let above = chain(tx, &hand, row.clone()).await?;
                    if !may_end(&above, &me) {
                        return Err(DeedError::NotFound("mandate"));
                    }
                    Ok((facts, (hand, edges, row, above, me)))
                })
            },
            move |tx, (mut hand, edges, row, above, me), door| {
                Box::pin(async move {
                    if row.kind == Kind::Representative.as_str() && row.state != edge::State::Pending {
                        return Err(DeedError::Conflict(Text::new(
                            "法定代表人由登记变更，不能在这里辞去",
                            "a representative changes with the register, not here",
                        )));
                    }
                    let own = row.actor == me;
                    let why = if own { "resigned" } else { "dismissed" };
                    let ended = end_with_children(tx, &mut hand, &edges, &row, (why, &above), door.now_us).await?;
                    let told = if own { above.edges.iter().rev().nth(1) } else { Some(&row) };
                    let mut done = Done::plain(()).detail(serde_json::json!({
                        "mandate": said_for(&row, &above.organisation, "actor"), "why": why, "ended": ended,
                    }));
                    let other = told.map(|e| e.actor.clone()).filter(|other| *other != me);
                    for account in [Some(&me), other.as_ref()].into_iter().flatten() {
                        let notice = hand.row_id(door.now_us);
                        tell(tx, notice, account, door.now_us, "appointment_ended").await?;
                    }
                    done.note.twin = other.map(|account| Twin { account, ..twin(&row, &above.organisation, "office") });
                    Ok(done)
                })
            },
        )
        .await?;
        self.bundle_due.notify_one();
        Ok(())
    }
}

/// The agent themselves, or whoever stands above them and is in force.
pub(super) fn may_end(found: &Chain, me: &str) -> bool {
    let own = found.edges.last().is_some_and(|e| e.actor == me);
    own || found.edges.iter().rev().skip(1).any(|e| e.actor == me && e.state == edge::State::Active)
}

/// Ends a mandate and all below it; how many. Each of the others below is told, and has it in their record.
pub(super) async fn end_with_children(
    tx: &mut Tx,
    hand: &mut Hand,
    edges: &[Edge],
    top: &Edge,
    (why, above): (&str, &Chain),
    now_us: i64,
) -> Result<usize, DeedError> {
    let mut gone = vec![top.id.clone()];
    hand.end_for_enterprise(tx, top, why, now_us).await?;
    // Parents come before their children, so one pass finds every depth.
    for row in edges {
        if row.parent.as_ref().is_some_and(|parent| gone.contains(parent)) && !gone.contains(&row.id) {
            let row = hand.end_for_enterprise(tx, row, "parent_ended", now_us).await?;
            leave_word(tx, hand, &row, &above.organisation, "appointment_ended", now_us).await?;
            gone.push(row.id);
        }
    }
    Ok(gone.len())
}
