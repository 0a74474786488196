//! A device that ends takes the codes with it that it drew for others. It does not end the mandate: another device of
//! the same person draws on.

use crate::error::DeedError;
use yima_store::{Tx, family_slot, withdrawal};

/// Withdraws what a device drew for others, from a day on.
pub(crate) async fn end_slots_of_device(
    tx: &mut Tx,
    device: &str,
    from_day: u16,
    reason: &str,
    now_us: i64,
) -> Result<(), DeedError> {
    let slots = family_slot::end_of_device(tx, device, now_us).await?;
    Ok(withdrawal::slots(tx, &slots, from_day, reason, now_us).await?)
}
