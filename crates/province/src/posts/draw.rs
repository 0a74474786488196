//! Drawing officer codes from one's own device, and the posts in which that can be done. It does not know when a code is
//! shown, nor which checker is told the post.

use super::codes::{OfficePost, in_post, to_show};
use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::draw_tokens::{Draw, Drawn, Numbers, keys_hash};
use crate::error::DeedError;
use crate::home::{own, standing};
use crate::mandates::{Taking, Wish, begins_after, numbered, small_and_acting};
use yima_code::day::Day;
use yima_kernel::access::{Facts, Refusal, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{OrganisationId, PostId};
use yima_kernel::subject::Actor;
use yima_keys::{PublicKey, Suite};
use yima_store::family_slot::{self, Under};
use yima_store::{account, device, post};

/// A post in which a device may show codes.
#[derive(Clone, Debug)]
pub struct PostToShow {
    /// The post.
    pub post: OfficePost,
    /// Unix seconds: over then, unless whoever names it says that it stands.
    pub lease_until: i64,
    /// The asking device has codes of it that are not withdrawn: no other device took it over since, and the office was not
    /// stopped.
    pub drawn_here: bool,
}

impl Province {
    /// The posts in which the caller's device may draw codes now.
    ///
    /// # Errors
    /// [`DeedError::Internal`] when a row does not carry this program's seal.
    pub async fn posts_to_show(&self, actor: &Actor) -> Result<Vec<PostToShow>, DeedError> {
        let (me, now_s, seals) = (own(actor)?, self.now_s(), self.sealer_of_rows());
        let this = actor.id().to_owned();
        self.look(Request::of(actor.clone(), Deed::SeeRecord).about(me.clone()), Facts::default(), move |tx| {
            Box::pin(async move {
                let mut own = Vec::new();
                for (post, lease_until) in to_show(tx, &seals, me.as_str(), now_s).await? {
                    let slot = family_slot::of(tx, &Under::Post(post.id.clone())).await?;
                    let drawn_here = slot.is_some_and(|slot| slot.device == this);
                    own.push(PostToShow { post, lease_until, drawn_here });
                }
                Ok(own)
            })
        })
        .await
    }

    /// Draws codes to be shown in a post of the caller's. The device that draws takes the post's slot: codes that another
    /// device drew in it are withdrawn.
    ///
    /// # Errors
    /// [`DeedError::Refused`] when the post does not stand; else as [`Province::draw_tokens`].
    pub async fn draw_for_post(&self, actor: &Actor, id: &str, wish: Draw) -> Result<Drawn, DeedError> {
        let day = self.drawable(wish.day)?;
        let Actor::Device { device, .. } = actor else {
            return Err(DeedError::Refused(Refusal::NotAllowed));
        };
        small_and_acting(&wish)?;
        self.announced(day)?;
        let numbers = self.numbers_in_post(actor, device.as_str().to_owned(), id, &wish, day).await?;
        let drawn = self.signed_batch(&numbers, day, &wish)?;
        self.bundle_due.notify_one();
        Ok(drawn)
    }

    async fn numbers_in_post(
        &self,
        actor: &Actor,
        device_id: String,
        id: &str,
        wish: &Draw,
        day: Day,
    ) -> Result<Numbers, DeedError> {
        let (me, id) = (own(actor)?, PostId::parse(id).map_err(|_| DeedError::NotFound("post"))?.to_string());
        let (request_id, hash) = (hex::encode(wish.request_id), keys_hash(wish));
        let keys: Vec<[u8; 33]> = wish.t1.iter().map(|(_, key)| *key).collect();
        let (t1, t0) = (u16::try_from(keys.len()).unwrap_or(u16::MAX), wish.t0);
        let (speaker, hand) = (self.speaker(), self.hand());
        let office = self.office_of(me.as_str(), &id).await?;
        self.short(
            Request::of(actor.clone(), Deed::DrawForPost).about(me.clone()).for_organisation(office),
            move |tx| {
                Box::pin(async move {
                    account::rely_on(tx, me.as_str()).await?;
                    let (held, row) = in_post(tx, hand.seals(), &id).await?;
                    let holder = account::find(tx, me.as_str()).await?.ok_or(DeedError::NotFound("post"))?;
                    let device = hand.seals().device(tx, &device_id).await?.ok_or(DeedError::NotFound("device"))?;
                    let facts = Facts {
                        actor_ended: device.state != device::State::Live,
                        subject_state: Some(standing(holder.state)),
                        post: Some(held),
                        ..Facts::default()
                    };
                    Ok((facts, (hand, row, holder, device)))
                })
            },
            move |tx, (mut hand, row, holder, device), door| {
                Box::pin(async move {
                    let suite = Suite::from_number(device.suite).ok_or_else(|| DeedError::internal("device.suite"))?;
                    if keys.iter().any(|key| !PublicKey::may_be(suite, key)) {
                        return Err(DeedError::invalid("holder_key", "这不是公钥", "a holder key is no public key"));
                    }
                    if begins_after(day, row.lease_until / MICROS) {
                        return Err(super::not_standing());
                    }
                    let flags = vec![speaker.acting(&holder)?; keys.len()];
                    let wish = Wish { day, request_id: &request_id, keys_hash: &hash, t1, t0 };
                    let taking = Taking { under: Under::Post(row.id.clone()), bearer: &holder.id, drawn: "post_drawn" };
                    let (slot, t1_from, t0_from) =
                        numbered(tx, &mut hand, &taking, &device, &wish, door.now_us).await?;
                    let numbers = Numbers { t1_from, t0_from, handle: holder.handle, suite, flags, slot };
                    let post = OfficePost::of(tx, &row, &holder.id).await?;
                    let detail = serde_json::json!({ "day": day.0, "post": post.said(), "t0": t0, "t1": t1 });
                    Ok(Done::plain(numbers).detail(detail))
                })
            },
        )
        .await
    }

    /// The office of a post that this account accepted; a stranger's is not found.
    async fn office_of(&self, account: &str, id: &str) -> Result<OrganisationId, DeedError> {
        let id = id.to_owned();
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(post::find(tx, &id).await?) }))
            .await?;
        let row = found.filter(|row| row.account.as_deref() == Some(account)).ok_or(DeedError::NotFound("post"))?;
        OrganisationId::parse(&row.organisation).map_err(DeedError::internal)
    }
}
