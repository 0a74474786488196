//! Yes, no and no longer: the principal confirms, either party ends it in one touch, the principal undoes an end.
//! It does not know where a mandate came from.

use super::{By, Held, both, wrong_step};
use crate::Province;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::home::own;
use crate::residents::evidence as reason_text;
use yima_kernel::access::{Facts, Refusal, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::mandate::Step;
use yima_kernel::subject::Actor;
use yima_store::{account, edge};

/// From this age on a child's own consent is asked.
const OWN_CONSENT: u16 = 14;
const ADULT: u16 = 18;

impl Province {
    /// The principal says yes: from their own device, or at a counter where the other one is not in the room (`alone`).
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for a mandate that is not over the caller, [`DeedError::Conflict`] when nothing waits.
    pub async fn confirm_mandate(&self, actor: &Actor, id: &str, alone: bool) -> Result<(), DeedError> {
        let by = by(actor);
        if matches!(by, By::Office) && !alone {
            return Err(DeedError::invalid(
                "alone",
                "请让代办人先离开，再听本人说一遍",
                "hear the person alone: the one who is to act leaves the room first",
            ));
        }
        let hand = self.hand();
        let (mandate, me) = (id.to_owned(), own(actor).ok());
        let (request, now_us) = (self.about_party(actor, Deed::ConfirmMandate, id).await?, self.now_us());
        self.short(
            request,
            move |tx| {
                Box::pin(async move {
                    let held = hand.held(tx, &mandate, now_us).await?;
                    if me.is_some_and(|me| me.as_str() != held.edge.principal) {
                        return Err(DeedError::NotFound("mandate"));
                    }
                    Ok((Facts::default(), (hand, held)))
                })
            },
            move |tx, (mut hand, held), door| {
                Box::pin(async move {
                    both_active(&held)?;
                    let row = if held.edge.state == edge::State::Active && held.edge.consent_by_at.is_some() {
                        if held.age < OWN_CONSENT {
                            return Err(wrong_step());
                        }
                        let mut row = held.edge.clone();
                        row.consent_by_at = None;
                        hand.write(tx, row, door.now_us).await?
                    } else {
                        hand.step(tx, &held, Step::Confirm, door.now_us).await?
                    };
                    hand.tell_both(tx, &row, door.now_us, "mandate_made").await?;
                    Ok(both(Done::plain(()), &row, by, serde_json::json!({})))
                })
            },
        )
        .await
    }

    /// Ends a mandate, at once: either party from their own device, or one officer at one word. A child does not end the
    /// guardian's; what the principal or a counter ended, the principal may undo for seven days.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for somebody else's, [`DeedError::Conflict`] for one that is over.
    pub async fn end_mandate(&self, actor: &Actor, id: &str, reason: &str) -> Result<(), DeedError> {
        let office = matches!(by(actor), By::Office);
        let reason = if office { Some(reason_text("reason", reason)?) } else { None };
        let hand = self.hand();
        let (mandate, me) = (id.to_owned(), own(actor).ok());
        let (request, now_us) = (self.about_party(actor, Deed::EndMandate, id).await?, self.now_us());
        self.short(
            request,
            move |tx| {
                Box::pin(async move {
                    let held = hand.held(tx, &mandate, now_us).await?;
                    let by = party(me.as_ref(), &held)?;
                    Ok((Facts::default(), (hand, held, by)))
                })
            },
            move |tx, (mut hand, held, by), door| {
                Box::pin(async move {
                    let minor = held.edge.kind == "guardian" && held.age < ADULT;
                    if matches!(by, By::Principal) && minor && held.edge.state != edge::State::Pending {
                        return Err(DeedError::Conflict(Text::new(
                            "未成年人的监护不能自己结束，请到窗口，或由法院定",
                            "a minor does not end the guardian's mandate; a counter or a court does",
                        )));
                    }
                    let (step, word) = match by {
                        By::Actor => (Step::EndForGood, "actor"),
                        By::Principal => (Step::End, "principal"),
                        By::Office => (Step::End, "counter"),
                    };
                    let row = hand.step_because(tx, &held, step, Some(word), door.now_us).await?;
                    hand.tell_both(tx, &row, door.now_us, "mandate_ended").await?;
                    let more = reason.map_or_else(|| serde_json::json!({}), |r| serde_json::json!({ "reason": r }));
                    Ok(both(Done::plain(()), &row, by, more))
                })
            },
        )
        .await?;
        self.bundle_due.notify_one();
        Ok(())
    }

    /// The principal undoes an end within seven days.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when the time is over, the other one ended it, or the place was given to somebody else.
    pub async fn restore_mandate(&self, actor: &Actor, id: &str) -> Result<(), DeedError> {
        let me = own(actor)?;
        let hand = self.hand();
        let mandate = id.to_owned();
        let (request, now_us) = (self.about_party(actor, Deed::RestoreMandate, id).await?, self.now_us());
        self.short(
            request,
            move |tx| {
                Box::pin(async move {
                    let held = hand.held(tx, &mandate, now_us).await?;
                    if held.edge.principal != me.as_str() {
                        return Err(DeedError::NotFound("mandate"));
                    }
                    Ok((Facts::default(), (hand, held)))
                })
            },
            move |tx, (mut hand, held), door| {
                Box::pin(async move {
                    both_active(&held)?;
                    let over = super::terms(&held.edge)?.ends_s() <= door.now_s();
                    if over {
                        return Err(wrong_step());
                    }
                    let row = hand.step(tx, &held, Step::Undo, door.now_us).await?;
                    hand.tell_both(tx, &row, door.now_us, "mandate_restored").await?;
                    Ok(both(Done::plain(()), &row, By::Principal, serde_json::json!({})))
                })
            },
        )
        .await
    }

    /// A device's request is about its own account, an officer's about the principal of the mandate.
    pub(super) async fn about_party(&self, actor: &Actor, deed: Deed, id: &str) -> Result<Request, DeedError> {
        let request = Request::of(actor.clone(), deed);
        if let Ok(me) = own(actor) {
            return Ok(request.about(me));
        }
        let id = id.to_owned();
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(edge::find(tx, &id).await?) }))
            .await?;
        let principal = found.ok_or(DeedError::NotFound("mandate"))?.principal;
        Ok(request.about(AccountId::parse(&principal).map_err(|_| DeedError::Refused(Refusal::NotAllowed))?))
    }
}

fn by(actor: &Actor) -> By {
    if matches!(actor, Actor::Device { .. }) { By::Principal } else { By::Office }
}

/// Which party a device belongs to; whoever is none is told that there is nothing.
fn party(me: Option<&AccountId>, held: &Held) -> Result<By, DeedError> {
    match me.map(AccountId::as_str) {
        None => Ok(By::Office),
        Some(me) if me == held.edge.principal => Ok(By::Principal),
        Some(me) if me == held.edge.actor => Ok(By::Actor),
        Some(_) => Err(DeedError::NotFound("mandate")),
    }
}

fn both_active(held: &Held) -> Result<(), DeedError> {
    if held.principal.state == account::State::Active && held.actor.state == account::State::Active {
        return Ok(());
    }
    Err(DeedError::Conflict(Text::new("有一方的账户不在正常状态", "one of the two accounts is not in good standing")))
}
