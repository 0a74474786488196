//! Orders: a protection or custody order stops a mandate at once and hides the principal's record from the actor; and the
//! ends that time brings. It does not know what an order says, only where it is filed.

use super::{By, both};
use crate::Province;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::residents::evidence as reference_text;
use yima_kernel::access::Facts;
use yima_kernel::deed::Deed;
use yima_kernel::mandate::Step;
use yima_kernel::subject::Actor;
use yima_store::edge;

/// Ends that one publication brings at most; the rest come with the next.
const AT_ONCE: u32 = 500;

impl Province {
    /// Suspends a mandate by an order: online at once, at offline gates with the next bundle. With `hide`, places, times
    /// and addresses of the principal are hidden from the actor, and that looks as if there were none.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when it is not in force.
    pub async fn suspend_mandate(&self, actor: &Actor, id: &str, order: &str, hide: bool) -> Result<(), DeedError> {
        self.by_order(actor, id, order, Deed::SuspendMandate, hide).await?;
        self.bundle_due.notify_one();
        Ok(())
    }

    /// Lets a mandate go on when its order is lifted.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when it is not suspended.
    pub async fn resume_mandate(&self, actor: &Actor, id: &str, order: &str) -> Result<(), DeedError> {
        self.by_order(actor, id, order, Deed::ResumeMandate, false).await
    }

    async fn by_order(&self, actor: &Actor, id: &str, order: &str, deed: Deed, hide: bool) -> Result<(), DeedError> {
        let order = reference_text("order", order)?;
        let request = self.about_party(actor, deed, id).await?;
        let (hand, mandate, now_us) = (self.hand(), id.to_owned(), self.now_us());
        let suspends = deed == Deed::SuspendMandate;
        self.short(
            request,
            move |tx| {
                Box::pin(async move {
                    let held = hand.held(tx, &mandate, now_us).await?;
                    Ok((Facts::default(), (hand, held)))
                })
            },
            move |tx, (mut hand, mut held), door| {
                Box::pin(async move {
                    held.edge.hidden = hide;
                    let (step, word) =
                        if suspends { (Step::Suspend, "mandate_suspended") } else { (Step::Resume, "mandate_resumed") };
                    let row = hand.step_because(tx, &held, step, suspends.then_some("order"), door.now_us).await?;
                    hand.tell_both(tx, &row, door.now_us, word).await?;
                    Ok(both(Done::plain(()), &row, By::Office, serde_json::json!({ "order": order })))
                })
            },
        )
        .await
    }

    /// Ends what time has ended: a child who is 18, a year that is over, a consent that never came.
    pub(crate) async fn end_what_is_over(&self) -> Result<(), DeedError> {
        let now_us = self.now_us();
        let ids = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(edge::over(tx, now_us, AT_ONCE).await?) }))
            .await?;
        for id in ids {
            match self.end_one_over(&id).await {
                // Somebody ended it a moment ago.
                Ok(()) | Err(DeedError::Conflict(_)) => {}
                Err(error) => tracing::error!(%error, id, "a mandate whose time is over could not be ended"),
            }
        }
        Ok(())
    }

    async fn end_one_over(&self, id: &str) -> Result<(), DeedError> {
        let (hand, mandate, now_us) = (self.hand(), id.to_owned(), self.now_us());
        let found = {
            let id = id.to_owned();
            self.store
                .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(edge::find(tx, &id).await?) }))
                .await?
        };
        if let Some(found) = found.filter(super::enterprise::is_enterprise) {
            return self.end_enterprise_over(found).await;
        }
        let request = self.about_party(&Actor::System, Deed::EndMandate, id).await?;
        self.short(
            request,
            move |tx| {
                Box::pin(async move {
                    let held = hand.held(tx, &mandate, now_us).await?;
                    Ok((Facts::default(), (hand, held)))
                })
            },
            move |tx, (mut hand, held), door| {
                Box::pin(async move {
                    if super::terms(&held.edge)?.ends_s() > door.now_s() {
                        return Err(super::wrong_step());
                    }
                    let row = hand.step_because(tx, &held, Step::EndForGood, Some("over"), door.now_us).await?;
                    hand.tell_both(tx, &row, door.now_us, "mandate_over").await?;
                    Ok(both(Done::plain(()), &row, By::Office, serde_json::json!({ "over": true })))
                })
            },
        )
        .await
    }
}
