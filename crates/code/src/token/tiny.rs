//! T0: a one-time id, a step of the day and a short MAC, for a checker that is online.
//! It does not know whose id it is; only the server's id keys do.

use super::{Form, Presented, field};
use crate::day::Day;
use crate::signing::domain;
use yima_keys::Suite;

/// A T0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct T0 {
    id: [u8; 16],
    step: u16,
    mac: [u8; 6],
}

/// Seconds in a step.
pub const STEP_S: u32 = 5;

/// The key of one T0: HMAC(the day's T0 key, id), cut to 16 bytes; it is drawn together with the id.
#[must_use]
pub fn t0_key(suite: Suite, day_key: &[u8], id: &[u8; 16]) -> [u8; 16] {
    field(&suite.hmac(day_key, &[id]), 0)
}

impl T0 {
    /// Makes a T0 on the device; `suite` is that of the issuer that it was drawn from.
    #[must_use]
    pub fn make(suite: Suite, key: &[u8; 16], id: [u8; 16], step: u16, scenario: u16, site: u32) -> Presented {
        let mut token = T0 { id, step, mac: [0; 6] };
        token.mac = token.mac_for(suite, key, scenario, site);
        Presented::T0(token)
    }

    /// The step of this moment: 5 s steps since the day's window opened at 03:00.
    #[must_use]
    pub fn step_at(day: Day, unix: u32) -> u16 {
        let since = unix.saturating_sub(day.window().from);
        u16::try_from(since / STEP_S).unwrap_or(u16::MAX)
    }

    /// Unix time at which a step of the day began.
    #[must_use]
    pub fn step_begins(day: Day, step: u16) -> u32 {
        day.window().from.saturating_add(u32::from(step) * STEP_S)
    }

    /// The one-time id.
    #[must_use]
    pub fn id(&self) -> &[u8; 16] {
        &self.id
    }

    /// The step of the day in which it was made.
    #[must_use]
    pub fn step(&self) -> u16 {
        self.step
    }

    /// Whether the MAC holds for this place; the time taken does not depend on where it differs.
    #[must_use]
    pub fn mac_holds(&self, suite: Suite, key: &[u8; 16], scenario: u16, site: u32) -> bool {
        let expected = self.mac_for(suite, key, scenario, site);
        self.mac.iter().zip(expected).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
    }

    /// The place that the MAC was made for, among those that a checker may take, in their order.
    #[must_use]
    pub fn place(&self, suite: Suite, key: &[u8; 16], scenario: u16, site: u32) -> Option<(u16, u32)> {
        [(scenario, site), (scenario, 0), (0, 0)]
            .into_iter()
            .find(|(scenario, site)| self.mac_holds(suite, key, *scenario, *site))
    }

    pub(super) fn read(bytes: &[u8]) -> T0 {
        T0 { id: field(bytes, 1), step: u16::from_be_bytes(field(bytes, 17)), mac: field(bytes, 19) }
    }

    pub(super) fn to_bytes(self) -> Vec<u8> {
        [&self.head()[..], &self.mac].concat()
    }

    fn head(&self) -> [u8; 19] {
        let mut head = [0; 19];
        head[0] = Form::T0.byte_0();
        head[1..17].copy_from_slice(&self.id);
        head[17..].copy_from_slice(&self.step.to_be_bytes());
        head
    }

    fn mac_for(&self, suite: Suite, key: &[u8; 16], scenario: u16, site: u32) -> [u8; 6] {
        let parts = [domain::T0_MAC, &self.head(), &scenario.to_be_bytes(), &site.to_be_bytes()];
        field(&suite.hmac(key, &parts), 0)
    }
}
