//! The slot from 128 on in which one device draws codes under a mandate or in a post, and the numbers that it takes there.
//! It does not know what lets it be taken.

use super::Hand;
use crate::devices::tell;
use crate::disclosure::Disclosure;
use crate::draw_tokens::{Draw, taken};
use crate::error::{DeedError, Text};
use yima_code::day::Day;
use yima_store::family_slot::{self, FamilySlot, Under};
use yima_store::{Tx, device, draw, withdrawal};

/// Codes of each form that one mandate or post draws a day: a small batch.
pub(crate) const ACTING_MAX: u16 = 16;
/// A slot rests this long before another mandate, post or device takes it.
const SLOT_RESTS_US: i64 = 30 * 86_400 * crate::clock::MICROS;

/// Whose codes are drawn, under what, and what the notice about it says.
pub(crate) struct Taking<'a> {
    /// The mandate or the post, locked by the caller.
    pub under: Under,
    /// The account whose handle the codes bear.
    pub bearer: &'a str,
    /// Kind of the notice.
    pub drawn: &'static str,
}

/// What numbers are asked for.
pub(crate) struct Wish<'a> {
    /// Of which day.
    pub day: Day,
    /// Hex, of the device.
    pub request_id: &'a str,
    /// Of the keys that came with it.
    pub keys_hash: &'a [u8; 32],
    /// How many T1.
    pub t1: u16,
    /// How many T0.
    pub t0: u16,
}

/// Holds a draw to what is drawn for somebody else: a small batch of codes that say so and no more.
///
/// # Errors
/// [`DeedError::Invalid`] for `t1` or `flavour`.
pub(crate) fn small_and_acting(wish: &Draw) -> Result<(), DeedError> {
    let most = usize::from(ACTING_MAX);
    if wish.t1.len() > most || wish.t0 > ACTING_MAX || (wish.t1.is_empty() && wish.t0 == 0) {
        return Err(DeedError::invalid("t1", "一次要 1 到 16 个码", "ask for 1 to 16 codes at a time"));
    }
    if wish.t1.iter().any(|(says, _)| *says != Disclosure::Acting) {
        return Err(DeedError::invalid(
            "flavour",
            "代人或以公务身份出示的码只写“代人出示”",
            "a code under a mandate or in a post says that it is shown for somebody, and no more",
        ));
    }
    Ok(())
}

/// Takes numbers in the slot, (slot, first T1, first T0), and tells the bearer when it is the first of a day.
pub(crate) async fn numbered(
    tx: &mut Tx,
    hand: &mut Hand,
    taking: &Taking<'_>,
    device: &device::Device,
    wish: &Wish<'_>,
    now_us: i64,
) -> Result<(u8, u16, u16), DeedError> {
    let (slot, fresh) = slot(tx, taking, device, hand.from_day, now_us).await?;
    let request = draw::Request {
        account: taking.bearer,
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
        tell(tx, notice, taking.bearer, now_us, taking.drawn).await?;
    }
    Ok((slot, t1_from, t0_from))
}

/// The slot, for this device; true when it was taken now.
async fn slot(
    tx: &mut Tx,
    taking: &Taking<'_>,
    device: &device::Device,
    from_day: u16,
    now_us: i64,
) -> Result<(u8, bool), DeedError> {
    match family_slot::of(tx, &taking.under).await? {
        Some(taken) if taken.device == device.id => return Ok((taken.slot, false)),
        Some(_) => {
            let slots = family_slot::end(tx, &taking.under, now_us).await?;
            withdrawal::slots(tx, &slots, from_day, "other_device", now_us).await?;
        }
        None => {}
    }
    let wish = FamilySlot {
        principal: taking.bearer.to_owned(),
        slot: 0,
        under: taking.under.clone(),
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
