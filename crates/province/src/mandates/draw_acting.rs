//! Drawing codes to be shown for somebody else: the subject is the principal, in a slot of the mandate's own; the keys are
//! the actor's device's. It does not know when they are shown.

use super::enterprise::{enterprise_bearer, is_enterprise, said_for};
use super::shown::begins_after;
use super::{By, Hand, both};
use crate::Province;
use crate::devices::tell;
use crate::disclosure::Disclosure;
use crate::doorway::Done;
use crate::draw_tokens::{Draw, Drawn, Numbers, keys_hash, taken};
use crate::error::{DeedError, Text};
use crate::home::{own, standing};
use yima_code::day::Day;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_keys::{PublicKey, Suite};
use yima_store::account::Account;
use yima_store::edge::Edge;
use yima_store::family_slot::{self, FamilySlot};
use yima_store::organisation::Organisation;
use yima_store::{Tx, device, draw, edge, withdrawal};

/// Codes of each form that one mandate draws a day: a small batch.
pub const ACTING_MAX: u16 = 16;
/// A slot rests this long before another mandate or device takes it.
const SLOT_RESTS_US: i64 = 30 * 86_400 * crate::clock::MICROS;

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
        let most = usize::from(ACTING_MAX);
        if wish.t1.len() > most || wish.t0 > ACTING_MAX || (wish.t1.is_empty() && wish.t0 == 0) {
            return Err(DeedError::invalid("t1", "一次要 1 到 16 个码", "ask for 1 to 16 codes at a time"));
        }
        if wish.t1.iter().any(|(says, _)| *says != Disclosure::Acting) {
            return Err(DeedError::invalid(
                "flavour",
                "代亲属出示的码只写“代人出示”",
                "a code under a mandate says that it is shown for somebody, and no more",
            ));
        }
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
                    let device = device::find(tx, &device_id).await?.ok_or(DeedError::NotFound("device"))?;
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
                    let (slot, t1_from, t0_from) = numbered(tx, &mut hand, &held, &device, &wish, door.now_us).await?;
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

/// What numbers are asked for.
struct Wish<'a> {
    day: Day,
    request_id: &'a str,
    keys_hash: &'a [u8; 32],
    t1: u16,
    t0: u16,
}

/// Takes numbers in the mandate's slot, (slot, first T1, first T0), and tells the bearer when it is the first of a day.
async fn numbered(
    tx: &mut Tx,
    hand: &mut Hand,
    held: &Bearer,
    device: &device::Device,
    wish: &Wish<'_>,
    now_us: i64,
) -> Result<(u8, u16, u16), DeedError> {
    let (slot, fresh) = slot(tx, &held.edge.id, &held.bearer.id, device, hand.from_day, now_us).await?;
    let request = draw::Request {
        account: &held.bearer.id,
        slot,
        day: wish.day.0,
        request_id: wish.request_id,
        keys_hash: wish.keys_hash,
        t1: wish.t1,
        t0: wish.t0,
        t1_max: ACTING_MAX,
        t0_max: ACTING_MAX,
        seen: None,
        at: now_us,
    };
    let (t1_from, t0_from) = taken(draw::take(tx, &request).await?)?;
    if fresh || t1_from == 0 {
        let notice = hand.row_id(now_us);
        tell(tx, notice, &held.bearer.id, now_us, held.drawn).await?;
    }
    Ok((slot, t1_from, t0_from))
}

/// The slot of a mandate, for this device; true when it was taken now.
async fn slot(
    tx: &mut Tx,
    edge: &str,
    principal: &str,
    device: &device::Device,
    from_day: u16,
    now_us: i64,
) -> Result<(u8, bool), DeedError> {
    match family_slot::of_edge(tx, edge).await? {
        Some(taken) if taken.device == device.id => return Ok((taken.slot, false)),
        Some(_) => {
            let slots = family_slot::end_of_edge(tx, edge, now_us).await?;
            withdrawal::slots(tx, &slots, from_day, "other_device", now_us).await?;
        }
        None => {}
    }
    let wish = FamilySlot {
        principal: principal.to_owned(),
        slot: 0,
        edge: edge.to_owned(),
        device: device.id.clone(),
        suite: device.suite,
        taken_at: now_us,
    };
    let slot = family_slot::take(tx, &wish, now_us - SLOT_RESTS_US).await?;
    let slot = slot.ok_or_else(|| {
        DeedError::Conflict(Text::new(
            "另一部设备正在备码，或近期换得太多，请稍后再试",
            "another device draws under it now, or it changed devices too often lately; try again later",
        ))
    })?;
    Ok((slot, true))
}
