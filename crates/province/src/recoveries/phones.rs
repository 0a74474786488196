//! What a recovery does to the phones of an account (R3): each is kept by name in the ceremony, or waits from then on with all that
//! it drew; a stop lets it go on, the end of the hold ends it. It does not know pages, nor ways to sign in. Why: docs/decisions/0039.

use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::doorway::Done;
use crate::enrol_device::SLOT_RESTS_S;
use crate::error::DeedError;
use crate::mandates::{Hand, end_slots_of_device};
use crate::row_seal::RowSealer;
use serde_json::json;
use yima_code::day::Day;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_store::device::{self, Device, State};
use yima_store::recovery::Recovery;
use yima_store::{Tx, account, draw, withdrawal};

/// Why what a phone drew is withdrawn, and why a phone ends that came after the recovery which was stopped.
const WHY: &str = "recovery";
const STOPPED: &str = "recovery_stopped";
/// Why a phone ends with the hold.
const NOT_KEPT: &str = "not_kept";
/// Days of draws that are looked at to say when a phone was seen.
const SEEN_DAYS: u16 = 7;
/// Phones that end in one go; the next go takes the next ones.
const AT_ONCE: u32 = 100;

/// A phone that the ceremony asks about.
#[derive(Clone, Debug)]
pub struct PhoneToKeep {
    /// `dev_…`
    pub id: String,
    /// What its holder calls it.
    pub label: String,
    /// When it drew codes last, Unix seconds; `None` when that is more than a week ago, or never was.
    pub seen_at: Option<i64>,
    /// Unix seconds.
    pub enrolled_at: i64,
}

/// What became of the phones in a ceremony: their ids.
pub(crate) struct Sorted {
    pub kept: Vec<String>,
    pub suspended: Vec<String>,
}

/// The phones of an account that a ceremony asks about, the newest first.
pub(crate) async fn to_keep(
    tx: &mut Tx,
    seals: &RowSealer,
    account: &str,
    now_us: i64,
) -> Result<Vec<PhoneToKeep>, DeedError> {
    let today = today(now_us);
    let mut found = Vec::new();
    for phone in live(tx, seals, account).await? {
        let days = today.saturating_sub(SEEN_DAYS)..=today.saturating_add(1);
        let seen = draw::last_drawn(tx, account, phone.slot, days).await?;
        found.push(PhoneToKeep {
            id: phone.id,
            label: phone.label,
            seen_at: seen.map(|at| at / MICROS),
            enrolled_at: phone.enrolled_at / MICROS,
        });
    }
    Ok(found)
}

/// Lets every phone wait that was not kept by name, and withdraws what it drew, for its holder and for others. The account is
/// locked for a change: a draw came before, and is withdrawn here, or finds the phone waiting.
pub(crate) async fn suspend_all_but(
    tx: &mut Tx,
    hand: &Hand,
    account: &str,
    keep: &[String],
    (until_us, now_us): (i64, i64),
) -> Result<Sorted, DeedError> {
    let mut sorted = Sorted { kept: Vec::new(), suspended: Vec::new() };
    for phone in live(tx, hand.seals(), account).await? {
        if keep.contains(&phone.id) {
            sorted.kept.push(phone.id);
            continue;
        }
        let phone = hand.seals().suspend_device(tx, phone, until_us).await?;
        take_codes(tx, hand, account, &phone, WHY, now_us).await?;
        sorted.suspended.push(phone.id);
    }
    Ok(sorted)
}

/// What the stop of a recovery undoes: the phones that wait go on, each in a slot of its own where it draws anew, and those
/// that were added since end. The ids of both.
pub(crate) async fn resume(
    tx: &mut Tx,
    hand: &Hand,
    row: &Recovery,
    now_us: i64,
) -> Result<(Vec<String>, Vec<String>), DeedError> {
    // Held before there was this rule: no phone waits, and which were there is not known.
    let (Some(suspended), Some(kept)) = (&row.phones_suspended, &row.phones_kept) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let of = |list: &str, id: &str| list.split(' ').any(|one| one == id);
    let (mut resumed, mut ended) = (Vec::new(), Vec::new());
    for phone in live(tx, hand.seals(), &row.account).await? {
        if !of(kept, &phone.id) {
            let phone = hand.seals().end_device(tx, phone, STOPPED, now_us).await?;
            take_codes(tx, hand, &row.account, &phone, STOPPED, now_us).await?;
            ended.push(phone.id);
        }
    }
    let rested_since = now_us - SLOT_RESTS_S * MICROS;
    for id in suspended.split(' ').filter(|id| !id.is_empty()) {
        let phone = hand.seals().device(tx, id).await?.filter(|phone| phone.account == row.account);
        let Some(phone) = phone else { continue };
        if hand.seals().resume_device(tx, phone, rested_since, now_us).await?.is_some() {
            resumed.push(id.to_owned());
        }
    }
    Ok((resumed, ended))
}

/// Withdraws what a phone drew in its own slot and in those of others.
async fn take_codes(
    tx: &mut Tx,
    hand: &Hand,
    account: &str,
    phone: &Device,
    reason: &str,
    now_us: i64,
) -> Result<(), DeedError> {
    withdrawal::slot(tx, account, phone.slot, hand.from_day, reason, now_us).await?;
    end_slots_of_device(tx, &phone.id, hand.from_day, reason, now_us).await
}

async fn live(tx: &mut Tx, seals: &RowSealer, account: &str) -> Result<Vec<Device>, DeedError> {
    let mut phones = seals.devices_of(tx, account).await?;
    phones.retain(|phone| phone.state == State::Live);
    Ok(phones)
}

fn today(now_us: i64) -> u16 {
    Day::of(u32::try_from(now_us / MICROS).unwrap_or(u32::MAX)).0
}

impl Province {
    /// Ends the phones whose hold is over without a stop. Who finds one again enrols it as a new one.
    pub(crate) async fn end_phones_not_kept(&self) -> Result<(), DeedError> {
        let now_us = self.now_us();
        let over = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(device::suspended_over(tx, now_us, AT_ONCE).await?) })
            })
            .await?;
        // One that can't be ended holds up no other.
        let mut failed = Ok(());
        for phone in over {
            if let Err(error) = self.end_not_kept(phone).await {
                failed = Err(error);
            }
        }
        failed
    }

    async fn end_not_kept(&self, phone: Device) -> Result<(), DeedError> {
        let owner = AccountId::parse(&phone.account).map_err(DeedError::internal)?;
        let (notice_id, seals) = (self.new_row_id(), self.sealer_of_rows());
        let ended = self.short(
            Request::of(Actor::System, Deed::EndDevice).about(owner),
            move |tx| {
                Box::pin(async move {
                    account::changed(tx, &phone.account).await?;
                    Ok((Facts::default(), phone))
                })
            },
            move |tx, phone, door| {
                Box::pin(async move {
                    // Its holder may have ended it a moment ago, or stopped the recovery.
                    let row = seals.device(tx, &phone.id).await?.filter(|row| row.state == State::Suspended);
                    let phone = seals.end_device(tx, row.ok_or_else(super::over)?, NOT_KEPT, door.now_us).await?;
                    tell(tx, notice_id, &phone.account, door.now_us, "device_ended").await?;
                    Ok(Done::plain(()).detail(json!({ "device": phone.id, "reason": NOT_KEPT })))
                })
            },
        );
        match ended.await {
            Err(DeedError::Conflict(_)) => Ok(()),
            other => other,
        }
    }
}
