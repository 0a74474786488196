//! Rows of devices with their seals (rule R44, decision 0044): each is sealed when it is made and at every change, and held
//! against its seal where it opens something. It does not know what a device may do.

use crate::error::{DeedError, Text};
use crate::row_seal::{RowSealer, sealed_row};
use yima_store::device::{self, Device, State};
use yima_store::{Tx, account};

impl RowSealer {
    /// One by id, with a seal that fits; `None` when there is none.
    pub(crate) async fn device(&self, tx: &mut Tx, id: &str) -> Result<Option<Device>, DeedError> {
        device::find(tx, id).await?.map(|row| self.trusted(row)).transpose()
    }

    /// Those of an account that hold their slot, live or waiting, the newest first, each with a seal that fits.
    pub(crate) async fn devices_of(&self, tx: &mut Tx, account: &str) -> Result<Vec<Device>, DeedError> {
        device::standing_of(tx, account).await?.into_iter().map(|row| self.trusted(row)).collect()
    }

    /// Ends a device whose account is locked.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when it ended before.
    pub(crate) async fn end_device(
        &self,
        tx: &mut Tx,
        row: Device,
        reason: &str,
        now_us: i64,
    ) -> Result<Device, DeedError> {
        if row.state == State::Ended {
            return Err(DeedError::Conflict(Text::new("这部设备已经停用", "That device was ended before")));
        }
        let ended = Device { state: State::Ended, ended_at: Some(now_us), reason: Some(reason.to_owned()), ..row };
        let ended = self.next(ended);
        kept(device::end(tx, &ended).await?, ended)
    }

    /// Ends all devices of an account that hold a slot: lost, death, erasure.
    pub(crate) async fn end_devices_of(
        &self,
        tx: &mut Tx,
        account: &str,
        reason: &str,
        now_us: i64,
    ) -> Result<(), DeedError> {
        account::changed(tx, account).await?;
        for row in self.devices_of(tx, account).await? {
            self.end_device(tx, row, reason, now_us).await?;
        }
        Ok(())
    }

    /// Lets a live device of a locked account wait until a moment, in microseconds.
    pub(crate) async fn suspend_device(&self, tx: &mut Tx, row: Device, until_us: i64) -> Result<Device, DeedError> {
        let waits = self.next(Device { state: State::Suspended, suspended_until: Some(until_us), ..row });
        kept(device::suspend(tx, &waits).await?, waits)
    }

    /// Lets a device of a locked account that waits go on in another slot; `None` when it does not wait, or no slot is free:
    /// it goes on waiting then.
    pub(crate) async fn resume_device(
        &self,
        tx: &mut Tx,
        row: Device,
        rested_since_us: i64,
        now_us: i64,
    ) -> Result<Option<Device>, DeedError> {
        let Some(slot) = device::slot_to_go_on(tx, &row, rested_since_us).await? else { return Ok(None) };
        let left = row.slot;
        let goes_on = self.next(Device { slot, state: State::Live, suspended_until: None, ..row });
        kept(device::resume(tx, &goes_on, left, now_us).await?, goes_on).map(Some)
    }

    /// Lets a live device of a locked account wait no more with what matters.
    pub(crate) async fn vouch_for_device(&self, tx: &mut Tx, row: Device) -> Result<Device, DeedError> {
        let known = self.next(Device { young_until: None, ..row });
        kept(device::vouched(tx, &known).await?, known)
    }
}

/// Of two that change a row one was first, and the other begins anew.
fn kept(done: bool, row: Device) -> Result<Device, DeedError> {
    if done { Ok(row) } else { Err(DeedError::Busy) }
}

// Every column that the seal covers. The label is outside, since an erasure blanks it, and so is what is only told: when and
// why a device ended.
sealed_row!(Device, "device", |d, with| {
    let (until, young) = (d.suspended_until.map(i64::to_be_bytes), d.young_until.map(i64::to_be_bytes));
    // A device that waits is live in its column.
    let state = if d.state == State::Ended { State::Ended } else { State::Live };
    with(&[
        d.account.as_bytes(),
        &[d.slot],
        &[d.suite],
        &d.public_key,
        state.as_str().as_bytes(),
        until.as_ref().map_or(&[][..], <[u8; 8]>::as_slice),
        &[u8::from(d.attested)],
        &d.enrolled_at.to_be_bytes(),
        &[u8::from(d.by_code)],
        young.as_ref().map_or(&[][..], <[u8; 8]>::as_slice),
    ])
});

#[cfg(test)]
mod tests {
    use super::*;
    use yima_keys::custody::SecretKey;

    #[test]
    fn r44_a_devices_seal_covers_all_that_it_opens_by() {
        let seals = RowSealer::new(&SecretKey::from_octets(&[7; 32]));
        let row = || Device {
            id: "dev_1".into(),
            account: "res_1".into(),
            slot: 0,
            suite: 1,
            public_key: vec![2; 33],
            label: "手机".into(),
            state: State::Live,
            attested: false,
            enrolled_at: 1,
            ended_at: None,
            reason: None,
            young_until: None,
            by_code: false,
            suspended_until: None,
            version: 1,
            seal: Vec::new(),
        };
        let sealed = seals.sealed(row());
        assert!(seals.trusted(sealed.clone()).is_ok());
        assert!(seals.trusted(row()).is_err(), "no seal at all");
        let same = [
            Device { label: String::new(), ..sealed.clone() },
            Device { ended_at: Some(4), reason: Some("lost".into()), ..sealed.clone() },
        ];
        for (n, told) in same.into_iter().enumerate() {
            assert!(seals.trusted(told).is_ok(), "what is only told, {n}");
        }
        let other = [
            Device { id: "dev_2".into(), ..sealed.clone() },
            Device { account: "res_2".into(), ..sealed.clone() },
            Device { slot: 1, ..sealed.clone() },
            Device { suite: 2, ..sealed.clone() },
            Device { public_key: vec![3; 33], ..sealed.clone() },
            Device { state: State::Ended, ..sealed.clone() },
            Device { state: State::Suspended, suspended_until: Some(1), ..sealed.clone() },
            Device { attested: true, ..sealed.clone() },
            Device { enrolled_at: 2, ..sealed.clone() },
            Device { by_code: true, ..sealed.clone() },
            Device { young_until: Some(1), ..sealed.clone() },
            Device { version: 2, ..sealed },
        ];
        for (n, changed) in other.into_iter().enumerate() {
            assert!(seals.trusted(changed).is_err(), "changed field {n}");
        }
    }
}
