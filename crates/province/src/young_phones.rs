//! Phones that were enrolled a short time ago (R11): which of them wait with what matters, and how a passkey on the account page
//! vouches for one. Which deeds wait is the kernel's. It does not know pages. Why: docs/decisions/0045.

use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::person_sessions::{Person, facts_to_change};
use serde_json::json;
use yima_kernel::access::Request;
use yima_kernel::deed::Deed;
use yima_store::device::{self, Device, State};
use yima_store::{Tx, authenticator};

/// A phone that nobody vouched for waits so long with what matters.
pub(crate) const YOUNG_S: i64 = 24 * 3600;

/// Until when a phone that is enrolled now waits; `None` for the first one of an account, by a counter's code. Call it before the
/// phone is written, with the account locked.
pub(crate) async fn young_until(
    tx: &mut Tx,
    account: &str,
    by_code: bool,
    now_us: i64,
) -> Result<Option<i64>, DeedError> {
    let first = by_code
        && !device::of_account(tx, account).await?.iter().any(|phone| stands_by(phone, now_us))
        && authenticator::of_account(tx, account).await?.is_empty();
    Ok(if first { None } else { Some(now_us + YOUNG_S * MICROS) })
}

/// Whether a phone counts beside a new one. One that ended within a day does: or whoever ends a phone at a counter and enrols
/// another one with the code would have the first one.
pub(crate) fn stands_by(phone: &Device, now_us: i64) -> bool {
    phone.state != State::Ended || phone.ended_at.is_none_or(|at| at > now_us - YOUNG_S * MICROS)
}

impl Province {
    /// Says that a phone which was enrolled a short time ago is one's own: it waits no more.
    ///
    /// # Errors
    /// [`yima_kernel::access::Refusal::StepUp`] without a passkey of the last five minutes,
    /// [`yima_kernel::access::Refusal::InHold`] in the hold after a recovery; [`DeedError::NotFound`] when no phone of this id
    /// waits.
    pub async fn vouch_for_device(&self, person: &Person, id: &str) -> Result<(), DeedError> {
        let (actor, now_us, notice_id) = (person.actor(), self.now_us(), self.new_row_id());
        let (account, id, seals) = (person.account.to_string(), id.to_owned(), self.sealer_of_rows());
        self.short(
            Request::of(person.actor(), Deed::VouchForDevice).about(person.account.clone()),
            move |tx| Box::pin(async move { Ok((facts_to_change(tx, &actor, now_us).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let phone = seals.device(tx, &id).await?.filter(|phone| {
                        phone.account == account
                            && phone.state == State::Live
                            && phone.young_until.is_some_and(|at| at > door.now_us)
                    });
                    seals.vouch_for_device(tx, phone.ok_or(DeedError::NotFound("device"))?).await?;
                    tell(tx, notice_id, &account, door.now_us, "device_vouched").await?;
                    Ok(Done::plain(()).detail(json!({ "device": id })))
                })
            },
        )
        .await
    }
}
