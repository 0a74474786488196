//! How one-time passwords by message go over the whole province (R5): when too many are typed wrongly, somebody is guessing
//! across many accounts, and only known devices may go on until it is calm. It counts in memory, in each process for
//! itself, and does not know whose they are.

use crate::error::DeedError;
use std::sync::{Mutex, PoisonError};

/// Counted over so many minutes.
const MINUTES: usize = 10;
/// Fewer wrong ones than this in that time are no sign: at eight digits they open one account in half a million.
const WRONG_MIN: u32 = 200;
/// One wrong in so many that were sent is too much.
const SENT_A_WRONG: u32 = 50;

/// What was sent and typed wrongly, minute by minute.
#[derive(Debug, Default)]
pub(crate) struct MessageGuard(Mutex<[Minute; MINUTES]>);

#[derive(Clone, Copy, Debug, Default)]
struct Minute {
    at: i64,
    sent: u32,
    wrong: u32,
}

impl MessageGuard {
    pub(crate) fn sent(&self, now_s: i64) {
        self.count(now_s, |minute| minute.sent = minute.sent.saturating_add(1));
    }

    pub(crate) fn wrong(&self, now_s: i64) {
        self.count(now_s, |minute| minute.wrong = minute.wrong.saturating_add(1));
    }

    /// May a device that is not known go on?
    ///
    /// # Errors
    /// [`DeedError::TooMany`] while too many are wrong: with a passkey, on a known device, at a counter, or later.
    pub(crate) fn calm(&self, now_s: i64) -> Result<(), DeedError> {
        let minutes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = minutes.iter().filter(|minute| (0..MINUTES as i64).contains(&(now_s / 60 - minute.at)));
        let (sent, wrong) = recent.fold((0_u32, 0_u32), |(sent, wrong), minute| {
            (sent.saturating_add(minute.sent), wrong.saturating_add(minute.wrong))
        });
        if wrong < WRONG_MIN || u64::from(wrong) * u64::from(SENT_A_WRONG) <= u64::from(sent) {
            return Ok(());
        }
        Err(DeedError::TooMany {
            retry_after_s: 60 * MINUTES as u32,
            why: crate::error::Text::new(
                "现在短信验证码出错太多，新设备先不能用它。请用通行密钥，或在登录过的设备上试，或 10 分钟后再来",
                "Too many codes by message are wrong just now, so new devices can't use them. Use a passkey, a device that you signed in on before, or come back in ten minutes",
            ),
        })
    }

    fn count(&self, now_s: i64, add: impl FnOnce(&mut Minute)) {
        let at = now_s / 60;
        let mut minutes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(minute) = minutes.get_mut(at.rem_euclid(MINUTES as i64) as usize) else { return };
        if minute.at != at {
            *minute = Minute { at, ..Minute::default() };
        }
        add(minute);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `sent` and `wrong` within one minute, then asked `later_s` afterwards.
    fn after(sent: u32, wrong: u32, later_s: i64) -> bool {
        let (guard, now_s) = (MessageGuard::default(), 1_795_399_200);
        (0..sent).for_each(|_| guard.sent(now_s));
        (0..wrong).for_each(|_| guard.wrong(now_s));
        guard.calm(now_s + later_s).is_ok()
    }

    #[test]
    fn guessing_over_many_accounts_is_seen_and_typing_errors_are_not() {
        let table = [
            (0, 0, 0, true),
            (100, 199, 0, true),
            (10_000, 200, 0, true),
            (9_999, 200, 0, false),
            (200, 600, 0, false),
            (200, 600, 540, false),
            (200, 600, 600, true),
        ];
        for (sent, wrong, later_s, calm) in table {
            assert_eq!(after(sent, wrong, later_s), calm, "{wrong} of {sent}, {later_s} s later");
        }
    }
}
