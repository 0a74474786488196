//! Who may answer for an office or an enterprise: adults who are nobody's ward (Civil Code articles 17 to 23, Civil Servant Law
//! article 13). It does not know what the office is.

use crate::clock::MICROS;
use crate::error::{DeedError, Text};
use crate::mandates::{Hand, ages};
use crate::recoveries::guardians;
use yima_store::Tx;
use yima_store::account::Account;

/// Years.
const ADULT: u16 = 18;

/// Lets nobody through who is under 18, or has a guardian in force by a court's order. Lock or rely on the account first.
///
/// # Errors
/// [`DeedError::Conflict`].
pub(crate) async fn full_capacity(tx: &mut Tx, hand: &Hand, holder: &Account, now_us: i64) -> Result<(), DeedError> {
    let adult = ages(tx).await?.age_at(hand.birth(holder)?, now_us / MICROS) >= ADULT;
    if adult && guardians(tx, hand, &holder.id, now_us).await?.is_empty() {
        return Ok(());
    }
    Err(DeedError::Conflict(Text::new(
        "职务和企业的代表、经办，要由年满十八岁、没有监护人的人担任",
        "a post, or acting for an enterprise, is for somebody of 18 or more who has no guardian",
    )))
}
