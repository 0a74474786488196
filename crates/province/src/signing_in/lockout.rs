//! Who waits after wrong tries (R4): the account on a device that it knows, the account from all devices that it does not
//! know, a network, an app. A stranger's tries never make a known device, a passkey or a counter wait, and there is no
//! state "account locked". It does not know what was tried.

use super::Browser;
use crate::Province;
use crate::clock::MICROS;
use crate::doorway::{Note, append};
use crate::error::DeedError;
use yima_kernel::access::Request;
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, UseId};
use yima_kernel::subject::Actor;
use yima_kernel::usage::Outcome;
use yima_store::Tx;
use yima_store::wrong_try::{self, Counter};

/// Wrong tries without a wait: of one account, of a network, of an app.
const FREE_ACCOUNT: i64 = 5;
const FREE_NETWORK: i64 = 50;
const FREE_CLIENT: i64 = 1_000;
/// So many in a row from unknown devices switch passwords from there off, until the owner turns them on.
const OFF_AFTER: i64 = 100;
/// A network's and an app's row of wrong tries is forgotten after an hour without one.
const FORGETS_US: i64 = 3_600 * MICROS;
/// Names of nobody share so many counters, so that a try costs the same and fills no table.
const NOBODYS: u16 = 4_096;
/// Longest wait, minutes.
const WAIT_MAX_MIN: i64 = 15;

/// The counters that a try counts against.
#[derive(Clone)]
pub(crate) struct Tries {
    account: Option<String>,
    counters: Vec<(Counter, i64)>,
    /// So many in a row from unknown devices, and none from there is compared any more.
    off_after: i64,
    pub known: bool,
}

/// How long the next try waits after so many wrong ones in a row, seconds: 0 for the free ones, then 1, 2, 4, 8, 15 min.
pub(crate) const fn wait_s(in_a_row: i64, free: i64) -> i64 {
    let over = in_a_row - free;
    if over < 0 {
        return 0;
    }
    let minutes = if over > 3 { WAIT_MAX_MIN } else { 1 << over };
    minutes * 60
}

impl Province {
    /// The counters of a try on this account from this browser.
    pub(crate) fn tries_of(&self, account: Option<&str>, identifier: &str, browser: &Browser) -> Tries {
        let device = account.and_then(|id| self.known_device(&browser.known, id));
        let mut counters = Vec::new();
        match (account, device) {
            (Some(id), Some(device)) => {
                counters.push((self.counter("known", &[id.as_bytes(), &device], 0), FREE_ACCOUNT));
            }
            (Some(id), None) => counters.push((self.unknown_devices_of(id), FREE_ACCOUNT)),
            (None, _) => {
                let whole = self.marked("nobody", &[identifier.trim().as_bytes()]);
                let bucket = u16::from_be_bytes([whole[0], whole[1]]) % NOBODYS;
                counters.push((self.counter("nobody", &[&bucket.to_be_bytes()], FORGETS_US), i64::MAX));
            }
        }
        if device.is_none() {
            if !browser.network.is_empty() {
                counters.push((self.counter("network", &[browser.network.as_bytes()], FORGETS_US), FREE_NETWORK));
            }
            if let Some(client) = &browser.client {
                counters.push((self.counter("client", &[client.as_bytes()], FORGETS_US), FREE_CLIENT));
            }
        }
        Tries { account: account.map(str::to_owned), counters, off_after: OFF_AFTER, known: device.is_some() }
    }

    /// The same for an operator. Theirs is never switched off, for there is no page on which they would turn it on again; and wrong
    /// ones stand in no resident's record.
    pub(crate) fn operator_tries(&self, operator: Option<&str>, name: &str, browser: &Browser) -> Tries {
        Tries { account: None, off_after: i64::MAX, ..self.tries_of(operator, name, browser) }
    }

    /// Counts a try before it is made; false when it has to wait, which looks like a wrong one. What waits is not
    /// compared, so the wait can't be probed.
    pub(crate) async fn may_try(&self, tries: &Tries) -> Result<bool, DeedError> {
        let now_us = self.now_us();
        let (counters, off_after) = (tries.counters.clone(), tries.off_after);
        self.store
            .deed::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let mut may = true;
                    for (counter, free) in &counters {
                        let Some(in_a_row) = wrong_try::count(tx, counter, now_us).await? else {
                            may = false;
                            continue;
                        };
                        let wait = wait_s(in_a_row, *free);
                        if wait > 0 {
                            wrong_try::wait(tx, counter, now_us + wait * MICROS).await?;
                        }
                        may &= counter.scope != "unknown" || in_a_row <= off_after;
                    }
                    Ok(may)
                })
            })
            .await
    }

    /// Notes that a try was wrong or had to wait: one row an hour for the owner to see, and one use a day (R6). For
    /// nobody's account it costs as much.
    pub(crate) async fn wrong(&self, tries: &Tries) -> Result<(), DeedError> {
        let now_us = self.now_us();
        let account = tries.account.clone();
        let use_id = UseId::new(self.now_ms(), self.chance.bytes());
        self.store
            .deed::<_, DeedError, _>(move |tx| {
                Box::pin(async move { note_for_owner(tx, account.as_deref(), &use_id, now_us).await })
            })
            .await
    }

    /// Clears the account's own counter after a right try; a network's stays, or one good account would clear it for all.
    pub(crate) async fn right_try(tx: &mut Tx, tries: &Tries) -> Result<(), DeedError> {
        for (counter, _) in tries.counters.iter().filter(|(c, _)| matches!(c.scope, "known" | "unknown")) {
            wrong_try::clear(tx, counter).await?;
        }
        Ok(())
    }

    /// The counter of an account over all devices that it does not know.
    pub(crate) fn unknown_devices_of(&self, account: &str) -> Counter {
        self.counter("unknown", &[account.as_bytes()], 0)
    }

    /// Are passwords from unknown devices switched off for this account?
    pub(crate) async fn passwords_are_off(tx: &mut Tx, counter: &Counter) -> Result<bool, DeedError> {
        Ok(wrong_try::in_a_row(tx, counter).await? >= OFF_AFTER)
    }

    pub(crate) fn counter(&self, scope: &'static str, who: &[&[u8]], forgets_after: i64) -> Counter {
        Counter { scope, who: self.marked(scope, who), forgets_after }
    }
}

async fn note_for_owner(tx: &mut Tx, account: Option<&str>, use_id: &UseId, now_us: i64) -> Result<(), DeedError> {
    let hour = now_us / MICROS / 3600;
    let Some(account) = account else {
        wrong_try::note(tx, "", hour, "proof").await?;
        return Ok(());
    };
    let before = wrong_try::noted(tx, account, hour - hour % 24).await?;
    wrong_try::note(tx, account, hour, "proof").await?;
    if before > 0 {
        return Ok(());
    }
    let id = AccountId::parse(account).map_err(DeedError::internal)?;
    let request = Request::of(Actor::Stranger, Deed::SignIn).about(id);
    let note = Note { outcome: Outcome::Refused, reason: Some("wrong_proof"), ..Note::default() };
    append(tx, use_id, now_us, &request, note).await
}

#[cfg(test)]
mod tests {
    use super::wait_s;

    #[test]
    fn five_are_free_then_the_wait_doubles_to_a_quarter_of_an_hour() {
        let minutes: Vec<i64> = (1..=12).map(|n| wait_s(n, 5) / 60).collect();
        assert_eq!(minutes, [0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15, 15]);
        assert_eq!(wait_s(i64::MAX, i64::MAX), 60, "and never overflows");
    }
}
