//! Deletion done: everything of a person ends and what names them is destroyed; a list outside of backups remembers whom.
//! It does not know who asked for it, nor the hold before it.

use crate::Province;
use crate::chance::Rolls;
use crate::clock::MICROS;
use crate::crowds::count_holder;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::leave_apps;
use crate::mandates::{Hand, end_all_of, end_slots_of_actor};
use crate::posts;
use crate::row_seal::RowSealer;
use crate::token_days::ROWS_AT_ONCE;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt as _;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use yima_code::day::Day;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_keys::sealed::Sealer;
use yima_store::account::{self, State as AccountState};
use yima_store::erasure::{self, Blanks};
use yima_store::rights_request::{self, Change, State};
use yima_store::{Tx, app_grant, binding, card, enrolment, recovery, withdrawal};

/// Name of the list of erasures in the data directory. It is no part of a backup: who restores one lays it beside.
pub const ERASURES_FILE: &str = "erasures.txt";
/// A token can be shown, and its id be read, for less than so long after its account has ended.
const HANDLE_US: i64 = 9 * 86_400 * MICROS;
/// Deletions in one go; the next go takes the next ones.
const AT_ONCE: u32 = 100;

/// What an erasure needs from outside the transaction.
#[derive(Clone)]
pub(crate) struct Eraser {
    sealer: Arc<Sealer>,
    hand: Hand,
    seals: RowSealer,
    blanks: Blanks,
    from_day: u16,
    chance: Rolls,
}

impl Eraser {
    /// Ends everything and destroys what names the person; false when there was nothing left to do.
    pub(crate) async fn erase(&mut self, tx: &mut Tx, id: &str, at: i64) -> Result<bool, DeedError> {
        account::changed(tx, id).await?;
        let Some(before) = account::find(tx, id).await? else { return Ok(false) };
        if erasure::of(tx, id).await?.is_some() {
            return Ok(false);
        }
        if before.state == AccountState::Active {
            count_holder(tx, &self.sealer, &before, -1).await?;
        }
        end_slots_of_actor(tx, &self.hand, id, at).await?;
        end_all_of(tx, &mut self.hand, &Actor::System, id, "erased", at).await?;
        posts::end_all_of(tx, &self.seals, id, "erased", at).await?;
        self.end_apps(tx, id, at).await?;
        withdrawal::account(tx, id, self.from_day, "erased", at).await?;
        self.seals.end_devices_of(tx, id, "erased", at).await?;
        card::revoke_all(tx, id, "erased", at).await?;
        enrolment::end_codes(tx, id, at).await?;
        binding::end_all(tx, id, at).await?;
        self.seals.withdraw_consents_of(tx, id, at).await?;
        rights_request::forget_contents(tx, id, at).await?;
        Ok(erasure::erase(tx, id, at, &self.blanks).await?)
    }

    /// Tells each app that its person left, and starts its clock of what it has to delete (rule R32): the grants
    /// themselves are forgotten with the account, the duty stays until the app has answered.
    async fn end_apps(&mut self, tx: &mut Tx, id: &str, at: i64) -> Result<(), DeedError> {
        leave_apps::of_account(tx, id, "erased", at).await?;
        for grant in app_grant::given_of(tx, id).await? {
            let reference = URL_SAFE_NO_PAD.encode(self.chance.random::<[u8; 16]>());
            leave_apps::tell_grant_ended(tx, &grant, reference, at).await?;
        }
        Ok(())
    }
}

impl Province {
    pub(crate) fn eraser(&self) -> Eraser {
        let blind_id = self.chance.bytes::<16>().to_vec();
        let blanks = Blanks { blind_id, handle_until: self.now_us() + HANDLE_US };
        Eraser {
            sealer: Arc::clone(&self.sealer),
            hand: self.hand(),
            seals: self.sealer_of_rows(),
            blanks,
            from_day: Day::of(self.now_u32()).0.saturating_sub(2),
            chance: self.chance.rolls(),
        }
    }

    /// Does the deletions whose hold is over, and forgets handles that lead nowhere any more.
    pub(crate) async fn delete_what_is_due(&self) -> Result<(), DeedError> {
        let now_us = self.now_us();
        let due = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(rights_request::deletions_to_do(tx, now_us, AT_ONCE).await?) })
            })
            .await?;
        for row in due {
            self.delete_one(row).await?;
        }
        let over = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(erasure::handles_over(tx, now_us, ROWS_AT_ONCE).await?) })
            })
            .await?;
        for id in over {
            let handle = self.chance.bytes::<8>();
            self.store
                .deed::<_, DeedError, _>(move |tx| {
                    Box::pin(async move { Ok(erasure::blank_handle(tx, &id, &handle).await?) })
                })
                .await?;
        }
        Ok(())
    }

    async fn delete_one(&self, row: rights_request::Request) -> Result<(), DeedError> {
        let subject = AccountId::parse(&row.account).map_err(DeedError::internal)?;
        let (mut eraser, account) = (self.eraser(), row.account.clone());
        let done = self
            .short(
                Request::of(Actor::System, Deed::DeleteData).about(subject),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), door| {
                    Box::pin(async move {
                        account::changed(tx, &row.account).await?;
                        // While a recovery is in its hold a deletion waits (R49); a later go does it.
                        if recovery::hold_until(tx, &row.account, door.now_us).await?.is_some() {
                            return Err(DeedError::NotFound("request"));
                        }
                        let change = Change {
                            from: State::Held,
                            to: State::Done,
                            by: "system",
                            at: door.now_us,
                            sealed_answer: None,
                        };
                        // Stopped in this moment, by any device: then nothing is done.
                        if !rights_request::change(tx, &row.id, change).await? {
                            return Err(DeedError::NotFound("request"));
                        }
                        eraser.erase(tx, &row.account, door.now_us).await?;
                        Ok(Done::plain(()).detail(serde_json::json!({ "request": row.id })))
                    })
                },
            )
            .await;
        match done {
            Err(DeedError::NotFound(_)) => Ok(()),
            Err(error) => Err(error),
            Ok(()) => self.remember_erasure(&account),
        }
    }

    /// Writes an erasure into the list outside of backups, with fsync.
    pub(crate) fn remember_erasure(&self, account: &str) -> Result<(), DeedError> {
        let failed = |why: std::io::Error| DeedError::internal(format!("write {}: {why}", self.erasures.display()));
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&self.erasures).map_err(failed)?;
        writeln!(file, "{account}").and_then(|()| file.sync_all()).map_err(failed)
    }

    /// Makes list and store agree before anybody is served: a restored store forgets again whom it had forgotten, and
    /// a list that lost its end to a crash gets it back.
    ///
    /// # Errors
    /// What the store or the file says; nobody is served then.
    pub(crate) async fn apply_erasures(&self) -> Result<u64, DeedError> {
        let listed = read_list(&self.erasures)?;
        let stored: BTreeSet<String> = self
            .store
            .read::<_, DeedError, _>(|tx| Box::pin(async move { Ok(erasure::all(tx).await?) }))
            .await?
            .into_iter()
            .collect();
        let mut again = 0;
        for id in listed.difference(&stored) {
            let (mut eraser, id) = (self.eraser(), id.clone());
            let Ok(subject) = AccountId::parse(&id) else { continue };
            again += self
                .short(
                    Request::of(Actor::System, Deed::DeleteData).about(subject),
                    |_| Box::pin(async { Ok((Facts::default(), ())) }),
                    move |tx, (), door| {
                        Box::pin(async move {
                            let done = eraser.erase(tx, &id, door.now_us).await?;
                            Ok(Done::plain(u64::from(done)).detail(serde_json::json!({ "restored": true })))
                        })
                    },
                )
                .await?;
        }
        for id in stored.difference(&listed) {
            self.remember_erasure(id)?;
        }
        if again > 0 {
            tracing::warn!(again, "accounts that were deleted before this database was restored are deleted again");
        }
        Ok(again)
    }
}

fn read_list(path: &Path) -> Result<BTreeSet<String>, DeedError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(why) => Err(DeedError::internal(format!("read {}: {why}", path.display()))),
    }
}

/// Where the list stands.
pub(crate) fn list_in(dir: &Path) -> PathBuf {
    dir.join(ERASURES_FILE)
}
