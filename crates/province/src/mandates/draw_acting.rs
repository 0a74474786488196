//! Drawing codes to be shown for somebody else: the subject is the principal, in a slot of the mandate's own; the keys are
//! the actor's device's. It does not know when they are shown.

use super::acting_slot::{Taking, Wish, numbered, small_and_acting};
use super::enterprise::{enterprise_bearer, is_enterprise, said_for};
use super::shown::begins_after;
use super::{By, Hand, both};
use crate::Province;
use crate::doorway::Done;
use crate::draw_tokens::{Draw, Drawn, Numbers, keys_hash};
use crate::error::DeedError;
use crate::home::{own, standing};
use yima_code::day::Day;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_keys::{PublicKey, Suite};
use yima_store::account::Account;
use yima_store::edge::Edge;
use yima_store::family_slot::Under;
use yima_store::organisation::Organisation;
use yima_store::{Tx, device, edge};

/// What a device asks for under a mandate.
pub struct DrawActing {
    /// `edg_…`
    pub mandate: String,
    /// As for one's own; every T1 is an acting one.
    pub draw: Draw,
}

impl Province {
    /// Draws codes to be shown for the principal of a mandate. The device that draws takes the mandate's slot: codes that
    /// another device drew under it are withdrawn.
    ///
    /// # Errors
    /// [`DeedError::Refused`] without a mandate in force; else as [`Province::draw_tokens`].
    pub async fn draw_acting(&self, actor: &Actor, wish: DrawActing) -> Result<Drawn, DeedError> {
        let DrawActing { mandate: id, draw: wish } = wish;
        let day = self.drawable(wish.day)?;
        let Actor::Device { device, .. } = actor else {
            return Err(DeedError::Refused(yima_kernel::access::Refusal::NotAllowed));
        };
        small_and_acting(&wish)?;
        self.announced(day)?;
        let numbers = self.acting_numbers(actor, device.as_str().to_owned(), &id, &wish, day).await?;
        let drawn = self.signed_batch(&numbers, day, &wish)?;
        self.bundle_due.notify_one();
        Ok(drawn)
    }

    async fn acting_numbers(
        &self,
        actor: &Actor,
        device_id: String,
        id: &str,
        wish: &Draw,
        day: Day,
    ) -> Result<Numbers, DeedError> {
        own(actor)?;
        let (request_id, hash) = (hex::encode(wish.request_id), keys_hash(wish));
        let keys: Vec<[u8; 33]> = wish.t1.iter().map(|(_, key)| *key).collect();
        let (t1, t0) = (u16::try_from(keys.len()).unwrap_or(u16::MAX), wish.t0);
        let (speaker, hand, now_us) = (self.speaker(), self.hand(), self.now_us());
        let mandate_id = id.to_owned();
        let request = Request::of(actor.clone(), Deed::DrawActing);
        // An enterprise's code bears the handle of whoever shows it; a person's, the handle of whom it is shown for.
        let request = match self.enterprise_of(&own(actor)?, id).await {
            Ok(at) => request.about(own(actor)?).for_organisation(at),
            Err(DeedError::NotFound(_)) => request.about(self.principal_of(actor, id).await?),
            Err(error) => return Err(error),
        };
        self.short(
            request,
            move |tx| {
                Box::pin(async move {
                    let (facts, held) = bearer(tx, &hand, &mandate_id, now_us).await?;
                    let device = hand.seals().device(tx, &device_id).await?.ok_or(DeedError::NotFound("device"))?;
                    let facts = Facts { actor_ended: device.state != device::State::Live, ..facts };
                    Ok((facts, (hand, held, device)))
                })
            },
            move |tx, (mut hand, held, device), door| {
                Box::pin(async move {
                    let suite = Suite::from_number(device.suite).ok_or_else(|| DeedError::internal("device.suite"))?;
                    if keys.iter().any(|key| !PublicKey::may_be(suite, key)) {
                        return Err(DeedError::invalid("holder_key", "这不是公钥", "a holder key is no public key"));
                    }
                    if begins_after(day, super::terms(&held.edge)?.ends_s()) {
                        return Err(super::wrong_step());
                    }
                    let flags = speaker.acting(&held.bearer)?;
                    let wish = Wish { day, request_id: &request_id, keys_hash: &hash, t1, t0 };
                    let taking = Taking {
                        under: Under::Mandate(held.edge.id.clone()),
                        bearer: &held.bearer.id,
                        drawn: held.drawn,
                    };
                    let (slot, t1_from, t0_from) =
                        numbered(tx, &mut hand, &taking, &device, &wish, door.now_us).await?;
                    let flags = vec![flags; keys.len()];
                    let numbers = Numbers { t1_from, t0_from, handle: held.bearer.handle, suite, flags, slot };
                    let more = serde_json::json!({ "day": day.0, "t1": t1, "t0": t0 });
                    if let Some(one) = &held.enterprise {
                        let mut detail = more;
                        detail["mandate"] = said_for(&held.edge, one, "actor");
                        return Ok(Done::plain(numbers).detail(detail));
                    }
                    Ok(both(Done::plain(numbers), &held.edge, By::Actor, more))
                })
            },
        )
        .await
    }

    /// Whom a mandate of this device's holder is over; a stranger's is not found.
    pub(super) async fn principal_of(&self, actor: &Actor, id: &str) -> Result<AccountId, DeedError> {
        let (me, id) = (own(actor)?, id.to_owned());
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(edge::find(tx, &id).await?) }))
            .await?;
        let row = found.filter(|row| row.actor == me.as_str()).ok_or(DeedError::NotFound("mandate"))?;
        AccountId::parse(&row.principal).map_err(|_| DeedError::NotFound("mandate"))
    }
}

/// Whose handle the codes of a mandate bear, and what the notice says.
struct Bearer {
    edge: Edge,
    bearer: Account,
    enterprise: Option<Organisation>,
    drawn: &'static str,
}

/// Locks and reads what a draw relies on.
async fn bearer(tx: &mut Tx, hand: &Hand, id: &str, now_us: i64) -> Result<(Facts, Bearer), DeedError> {
    let known = edge::find(tx, id).await?.ok_or(DeedError::NotFound("mandate"))?;
    if is_enterprise(&known) {
        let (facts, found) = enterprise_bearer(tx, hand, &known).await?;
        let (edge, bearer, one) = found;
        return Ok((facts, Bearer { edge, bearer, enterprise: Some(one), drawn: "enterprise_drawn" }));
    }
    let held = hand.relied(tx, id, now_us).await?;
    let facts = Facts {
        subject_state: Some(standing(held.principal.state)),
        mandate: Some(held.mandate()?),
        ..Facts::default()
    };
    Ok((facts, Bearer { edge: held.edge, bearer: held.principal, enterprise: None, drawn: "acting_drawn" }))
}
