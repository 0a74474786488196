//! What becomes of an offer to act for an enterprise: accepted or declined by whom it is to, or taken back. It does not know
//! how wide an offer may be, nor how a mandate ends.

use super::super::{Hand, wrong_step};
use super::dismissal::may_end;
use super::representatives::insert;
use super::{Chain, chain, said_for};
use crate::Province;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::full_capacity::full_capacity;
use crate::person_sessions::{Person, facts_to_change};
use yima_kernel::access::Request;
use yima_kernel::deed::Deed;
use yima_kernel::id::OrganisationId;
use yima_kernel::mandate::{ForEnterprise, Kind};
use yima_store::Tx;
use yima_store::account::{self, Account};
use yima_store::edge::{self, Edge};
use yima_store::enterprise::{self, Appointment, OfferState};

impl Province {
    /// Accepts an offer: the agent's own word. From now on they may pick the enterprise on their page.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for an offer to somebody else, [`DeedError::Conflict`] when whoever made it may not any more.
    pub async fn accept_appointment(&self, person: &Person, id: &str) -> Result<(), DeedError> {
        let actor = person.actor();
        let at = self.enterprise_of_offer(id).await?;
        let (id, me, now_us) = (id.to_owned(), person.account.to_string(), self.now_us());
        let (hand, organisation) = (self.hand(), at.to_string());
        self.short(
            Request::of(actor.clone(), Deed::AcceptAppointment).about(person.account.clone()).for_organisation(at),
            move |tx| {
                Box::pin(async move {
                    let facts = facts_to_change(tx, &actor, now_us).await?;
                    let (own, offer) = locked_offer(tx, &hand, &organisation, (&id, &me)).await?;
                    let waits = offer.state == OfferState::Offered && offer.expires_at > now_us;
                    if offer.person != own.blind_id || !waits {
                        return Err(DeedError::NotFound("offer"));
                    }
                    let above = edge::rely_on(tx, &offer.parent).await?.ok_or(DeedError::NotFound("offer"))?;
                    let above = chain(tx, &hand, above).await?;
                    Ok((facts, (hand, own, offer, above)))
                })
            },
            move |tx, (mut hand, own, mut offer, above), door| {
                Box::pin(async move {
                    still_may(&above, door.now_s())?;
                    if own.proofing == 0 {
                        return Err(DeedError::Conflict(Text::new(
                            "要先核验身份",
                            "your identity must be matched first",
                        )));
                    }
                    full_capacity(tx, &hand, &own, door.now_us).await?;
                    let row = edge_of(&offer, &own.id, door.now_us)?;
                    settled(tx, &hand, &mut offer, OfferState::Accepted).await?;
                    insert(tx, &hand, &row).await?;
                    let notice = hand.row_id(door.now_us);
                    tell(tx, notice, &above.last()?.actor, door.now_us, "appointment_accepted").await?;
                    let detail = serde_json::json!({
                        "mandate": said_for(&row, &above.organisation, "actor"), "services": offer.services,
                    });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }

    /// Takes an offer back, or declines it.
    pub(super) async fn settle_offer(&self, person: &Person, id: &str) -> Result<(), DeedError> {
        let actor = person.actor();
        let at = self.enterprise_of_offer(id).await?;
        let (id, me, now_us) = (id.to_owned(), person.account.to_string(), self.now_us());
        let (hand, organisation) = (self.hand(), at.to_string());
        self.short(
            Request::of(actor.clone(), Deed::DismissAgent).about(person.account.clone()).for_organisation(at),
            move |tx| {
                Box::pin(async move {
                    let facts = facts_to_change(tx, &actor, now_us).await?;
                    let (own, offer) = locked_offer(tx, &hand, &organisation, (&id, &me)).await?;
                    let above = edge::find(tx, &offer.parent).await?.ok_or(DeedError::NotFound("offer"))?;
                    let above = chain(tx, &hand, above).await?;
                    let declines = offer.person == own.blind_id;
                    if !declines && !may_end(&above, &me) {
                        return Err(DeedError::NotFound("offer"));
                    }
                    Ok((facts, (hand, offer, above, declines)))
                })
            },
            move |tx, (mut hand, mut offer, above, declines), door| {
                Box::pin(async move {
                    let to = if declines { OfferState::Declined } else { OfferState::Withdrawn };
                    settled(tx, &hand, &mut offer, to).await?;
                    let parent = above.last()?;
                    if declines {
                        let notice = hand.row_id(door.now_us);
                        tell(tx, notice, &parent.actor, door.now_us, "appointment_declined").await?;
                    }
                    let detail = serde_json::json!({
                        "mandate": said_for(parent, &above.organisation, "actor"), "offer": offer.id,
                        "to": offer.state.as_str(),
                    });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }

    pub(super) async fn is_offer(&self, id: &str) -> Result<bool, DeedError> {
        let id = id.to_owned();
        let now_us = self.now_us();
        self.store
            .read(move |tx| {
                Box::pin(async move {
                    let found = enterprise::offer_by_id(tx, &id).await?;
                    Ok(found.is_some_and(|o| o.state == OfferState::Offered && o.expires_at > now_us))
                })
            })
            .await
    }

    async fn enterprise_of_offer(&self, id: &str) -> Result<OrganisationId, DeedError> {
        let id = id.to_owned();
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(enterprise::offer_by_id(tx, &id).await?) }))
            .await?
            .ok_or(DeedError::NotFound("offer"))?;
        OrganisationId::parse(&found.enterprise).map_err(DeedError::internal)
    }
}

/// An offer behind the enterprise's lock, with its seal, and the one who asks. Lock their account before.
async fn locked_offer(
    tx: &mut Tx,
    hand: &Hand,
    organisation: &str,
    (id, me): (&str, &str),
) -> Result<(Account, Appointment), DeedError> {
    enterprise::change(tx, organisation).await?;
    let own = account::find(tx, me).await?.ok_or(DeedError::NotFound("account"))?;
    let offer = enterprise::offer_by_id(tx, id).await?.ok_or(DeedError::NotFound("offer"))?;
    hand.seals().holds(&offer)?;
    Ok((own, offer))
}

/// Moves an offer on from where it waits.
async fn settled(tx: &mut Tx, hand: &Hand, offer: &mut Appointment, to: OfferState) -> Result<(), DeedError> {
    offer.state = to;
    offer.version += 1;
    hand.seals().seal_anew(offer);
    if enterprise::settle_offer(tx, offer).await? { Ok(()) } else { Err(wrong_step()) }
}

/// Whoever made an offer may still do so, or at least act.
pub(super) fn still_may(above: &Chain, now_s: i64) -> Result<(), DeedError> {
    let acting = above.acting(ForEnterprise::Appoint)?;
    acting.allows(&acting.actor, now_s).map_err(|_| {
        DeedError::Conflict(Text::new(
            "任命你的人现在不能任命了，请问问企业",
            "whoever offered it may not any more; ask the enterprise",
        ))
    })
}

/// The mandate that comes of an offer.
pub(super) fn edge_of(offer: &Appointment, actor: &str, now_us: i64) -> Result<Edge, DeedError> {
    if offer.until_at <= now_us {
        return Err(wrong_step());
    }
    Ok(Edge {
        id: offer.id.clone(),
        kind: Kind::Agent.as_str().to_owned(),
        principal: offer.enterprise.clone(),
        actor: actor.to_owned(),
        slot: 0,
        parent: Some(offer.parent.clone()),
        scopes: offer.scopes.clone(),
        limit_amount: offer.limit_amount,
        may_appoint: offer.may_appoint,
        from_at: now_us,
        until_at: offer.until_at,
        consent_by_at: None,
        evidence: "device".to_owned(),
        reference: offer.id.clone(),
        proofing: 1,
        state: edge::State::Active,
        hidden: false,
        made_by: offer.made_by.clone(),
        created_at: now_us,
        ended_at: None,
        undo_until_at: None,
        reason: None,
        version: 1,
        seal: Vec::new(),
    })
}
