//! Ending a device: refused online at once, offline with the next bundle. It does not know how the urgent list travels.

use crate::Province;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::home::device_facts;
use crate::mandates::end_slots_of_device;
use yima_code::day::Day;
use yima_kernel::access::Request;
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_store::{Tx, account, device, notice, withdrawal};

/// Why a device ends.
const REASONS: [&str; 4] = ["lost", "replaced", "unused", "stolen"];

impl Province {
    /// Ends a device of one's own, or any as an operator.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when there is no such device, or it is somebody else's.
    pub async fn end_device(&self, actor: &Actor, device_id: &str, reason: &str) -> Result<(), DeedError> {
        if !REASONS.contains(&reason) {
            return Err(DeedError::invalid(
                "reason",
                "请选：lost、stolen、replaced、unused",
                "one of lost, stolen, replaced, unused",
            ));
        }
        let from_day = Day::of(self.now_u32()).0.saturating_sub(2);
        let notice_id = self.new_row_id();
        let id = device_id.to_owned();
        let wanted = id.clone();
        let reason = reason.to_owned();
        let account = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move { device::find(tx, &wanted).await?.ok_or(DeedError::NotFound("device")) })
            })
            .await?
            .account;
        let owner = AccountId::parse(&account).map_err(DeedError::internal)?;
        let (by, seals) = (actor.clone(), self.sealer_of_rows());
        let hidden = matches!(actor, Actor::Device { account, .. } if *account != owner);
        let ended = self
            .short(
                Request::of(actor.clone(), Deed::EndDevice).about(owner),
                move |tx| {
                    Box::pin(async move {
                        account::changed(tx, &account).await?;
                        Ok((device_facts(tx, &by).await?, account))
                    })
                },
                move |tx, account, door| {
                    Box::pin(async move {
                        let row = seals.device(tx, &id).await?.filter(|row| row.account == account);
                        let row = row.ok_or(DeedError::NotFound("device"))?;
                        let ended = seals.end_device(tx, row, &reason, door.now_us).await?;
                        withdrawal::slot(tx, &account, ended.slot, from_day, &reason, door.now_us).await?;
                        end_slots_of_device(tx, &id, from_day, &reason, door.now_us).await?;
                        tell(tx, notice_id, &account, door.now_us, "device_ended").await?;
                        Ok(Done::plain(()).detail(serde_json::json!({ "device": id, "reason": reason })))
                    })
                },
            )
            .await;
        match ended {
            Err(DeedError::Refused(_)) if hidden => Err(DeedError::NotFound("device")),
            other => {
                self.bundle_due.notify_one();
                other
            }
        }
    }

    /// An id for a row that nobody names: a notice.
    pub(crate) fn new_row_id(&self) -> String {
        yima_kernel::id::UseId::new(self.now_ms(), self.chance.bytes()).to_string()
    }
}

/// Leaves a notice for the resident, once under this id.
pub(crate) async fn tell_once(tx: &mut Tx, id: String, account: &str, at: i64, kind: &str) -> Result<(), DeedError> {
    let row = notice::Notice { id, account: account.to_owned(), at, kind: kind.to_owned(), detail: String::new() };
    Ok(notice::insert_once(tx, &row).await?)
}

/// Leaves a notice for the resident.
pub(crate) async fn tell(tx: &mut Tx, id: String, account: &str, at: i64, kind: &str) -> Result<(), DeedError> {
    let row = notice::Notice { id, account: account.to_owned(), at, kind: kind.to_owned(), detail: String::new() };
    Ok(notice::insert(tx, &row).await?)
}
