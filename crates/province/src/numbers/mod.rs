//! The telephone number on file: proven anew after it lay idle, and changed only after a hold in which the old number and
//! every device may say no (R7). It does not know how a message travels, and never adds a way to sign in.

mod a_day;
mod ask;
mod begin;
mod stop;

pub(crate) use begin::Begun;
pub use stop::StandingNumberChange;

use crate::Province;
use crate::clock::MICROS;
use crate::error::{DeedError, Text};
use crate::person_sessions::Person;
use crate::row_seal::{RowSealer, sealed_row};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_keys::person::Phone;
use yima_keys::sealed::{Sealed, Spot};
use yima_store::account::{self, Account};
use yima_store::number::{self, By, Change};
use yima_store::{Tx, recovery};

/// A number that nobody answered from for so long may have been given to somebody else.
const IDLE_S: i64 = 90 * 86_400;
/// A change waits so long (R7).
const HOLD_S: i64 = 72 * 3_600;

/// The number on file, as its owner sees it.
#[derive(Clone, Debug)]
pub struct OwnNumber {
    /// `138****8000`; None when there is none.
    pub masked: Option<String>,
    /// It must be proven anew before messages open anything.
    pub idle: bool,
    /// A change that waits.
    pub change: Option<StandingNumberChange>,
}

impl Province {
    /// The number on file and what becomes of it.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn number_of(&self, person: &Person) -> Result<OwnNumber, DeedError> {
        let id = person.account.to_string();
        let request = Request::of(person.actor(), Deed::SeeRecord).about(person.account.clone());
        let (holder, since, waiting) = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move {
                    let holder = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                    Ok((holder, number::known_since(tx, &id).await?, number::waiting(tx, &id).await?))
                })
            })
            .await?;
        let phone = self.phone_of(&holder);
        let change = waiting.map(|row| self.number_standing(&row)).transpose()?;
        Ok(OwnNumber { idle: phone.is_some() && self.lies_idle(since), masked: phone.map(|p| p.masked()), change })
    }

    /// The number to which a message may go that opens something: None when it lay idle, for it may be somebody else's now.
    pub(crate) async fn live_phone_of(&self, holder: &Account) -> Result<Option<Phone>, DeedError> {
        let Some(phone) = self.phone_of(holder) else { return Ok(None) };
        let id = holder.id.clone();
        let since = self
            .store
            .read_one::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(number::known_since(tx, &id).await?) }))
            .await?;
        Ok(Some(phone).filter(|_| !self.lies_idle(since)))
    }

    /// Changes whose hold is over.
    pub(crate) async fn change_numbers_due(&self) -> Result<(), DeedError> {
        const AT_ONCE: u32 = 200;
        let now_us = self.now_us();
        let due = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(number::due(tx, now_us, AT_ONCE).await?) }))
            .await?;
        for row in due {
            let id = row.id.clone();
            if let Err(error) = self.change_number(row).await {
                tracing::warn!(%error, id, "a change of number was not done, and is tried again");
            }
        }
        Ok(())
    }

    fn lies_idle(&self, since_us: i64) -> bool {
        self.now_us() - since_us > IDLE_S * MICROS
    }

    fn phone_in(&self, row: &Change) -> Result<Phone, DeedError> {
        let sealed = row.sealed_phone.clone().ok_or_else(|| DeedError::internal("number_change.sealed_phone"))?;
        self.sealer.open(&Sealed::<Phone>::from_bytes(sealed), spot(&row.account)).map_err(DeedError::internal)
    }
}

/// Sealed as the account's own field, so that a number is no other's.
fn spot(account: &str) -> Spot<'_> {
    Spot { table: "account", field: "phone", row: account }
}

impl RowSealer {
    async fn end_number(&self, tx: &mut Tx, row: Change, state: number::State, now_us: i64) -> Result<(), DeedError> {
        let before = row.version;
        let row = self.next(Change { state, sealed_phone: None, ended_at: Some(now_us), ..row });
        if number::end(tx, &row, before).await? { Ok(()) } else { Err(over()) }
    }
}

sealed_row!(Change, "number_change", |row, with| {
    let ended = row.ended_at.map_or_else(Vec::new, |at| at.to_be_bytes().to_vec());
    let fields: [&[u8]; 8] = [
        row.account.as_bytes(),
        row.state.as_str().as_bytes(),
        row.sealed_phone.as_deref().unwrap_or_default(),
        &row.stop_hash,
        &row.asked_at.to_be_bytes(),
        &row.due_at.to_be_bytes(),
        &ended,
        row.by.as_str().as_bytes(),
    ];
    // A change by its owner is sealed as it was before officers' corrections waited too.
    with(if row.by == By::Owner { &fields[..7] } else { &fields })
});

/// While a recovery is in its hold no number changes (R14).
async fn held(tx: &mut Tx, account: &str, now_us: i64) -> Result<bool, DeedError> {
    Ok(recovery::hold_until(tx, account, now_us).await?.is_some())
}

fn over() -> DeedError {
    DeedError::Conflict(Text::new("这次换号已经完成或停止", "This change of number is done, or was stopped"))
}
