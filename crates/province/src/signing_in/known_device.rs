//! Devices on which an account had signed in: a cookie of marks over account, device and day, so that a stranger's wrong
//! tries never make the owner wait. Nothing is stored. It does not know how long anybody waits.

use crate::Province;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A mark counts this long, days (R4).
const DAYS: u32 = 180;
/// Accounts that one browser knows: a family.
const ACCOUNTS_MAX: usize = 5;
const DEVICE: usize = 16;
const DAY: usize = 4;
const MARK: usize = 16;

impl Province {
    /// The device's number in the cookie, when this account had signed in on it within 180 days.
    pub(crate) fn known_device(&self, cookie: &str, account: &str) -> Option<[u8; DEVICE]> {
        let today = self.today();
        cookie.split('.').take(ACCOUNTS_MAX).find_map(|entry| {
            let (device, day, mark) = parts(entry)?;
            let fresh = day <= today && today - day < DAYS;
            let right = subtle::ConstantTimeEq::ct_eq(&self.known_mark(account, &device, day)[..], &mark[..]);
            (fresh && bool::from(right)).then_some(device)
        })
    }

    /// The cookie after this account signed in: its mark of today first, those of other accounts behind it.
    pub(crate) fn known_from_now(&self, cookie: &str, account: &str) -> String {
        let device = self.known_device(cookie, account).unwrap_or_else(|| self.chance.bytes());
        let day = self.today();
        let mut entry = device.to_vec();
        entry.extend(day.to_be_bytes());
        entry.extend(self.known_mark(account, &device, day));
        let mut entries = vec![URL_SAFE_NO_PAD.encode(entry)];
        let others = cookie.split('.').filter(|entry| {
            parts(entry).is_some_and(|(device, day, mark)| self.known_mark(account, &device, day) != mark)
        });
        entries.extend(others.take(ACCOUNTS_MAX - 1).map(str::to_owned));
        entries.join(".")
    }

    fn known_mark(&self, account: &str, device: &[u8; DEVICE], day: u32) -> [u8; MARK] {
        self.marked("known-device", &[account.as_bytes(), device, &day.to_be_bytes()])
    }

    fn today(&self) -> u32 {
        u32::try_from(self.now_s() / 86_400).unwrap_or(0)
    }
}

fn parts(entry: &str) -> Option<([u8; DEVICE], u32, [u8; MARK])> {
    let bytes = URL_SAFE_NO_PAD.decode(entry).ok()?;
    let (device, rest) = bytes.split_at_checked(DEVICE)?;
    let (day, mark) = rest.split_at_checked(DAY)?;
    Some((device.try_into().ok()?, u32::from_be_bytes(day.try_into().ok()?), mark.try_into().ok()?))
}
