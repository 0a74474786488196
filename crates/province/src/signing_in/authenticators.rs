//! Rows of authenticators under their seals: made, read, changed by compare on the version.
//! It does not know how an authenticator is used.

use crate::Province;
use crate::clock::MICROS;
use crate::error::{DeedError, Text};
use crate::row_seal::{RowSealer, sealed_row};
use yima_kernel::id::AuthenticatorId;
use yima_store::authenticator::{self, Authenticator, Kind, State};
use yima_store::{Tx, session};

/// An authenticator outside a ceremony does heavy deeds after this long (R8).
pub(crate) const YOUNG_S: i64 = 24 * 3600;
/// An account has at most so many.
const WAYS_MAX: usize = 20;

/// A new authenticator before it has an account.
#[derive(Clone)]
pub(crate) struct Fresh {
    pub id: String,
    pub kind: Kind,
    pub name: String,
    pub credential_id: Option<Vec<u8>>,
    pub user_handle: Option<Vec<u8>>,
    pub body: Vec<u8>,
    pub bound: bool,
    pub step: i64,
}

impl Fresh {
    pub fn new(id: String, kind: Kind, name: &str) -> Self {
        Self {
            id,
            kind,
            name: name.to_owned(),
            credential_id: None,
            user_handle: None,
            body: Vec::new(),
            bound: false,
            step: 0,
        }
    }
}

impl Province {
    pub(crate) fn new_authenticator_id(&self) -> String {
        AuthenticatorId::new(self.now_ms(), self.chance.bytes()).to_string()
    }
}

impl RowSealer {
    /// The row of a new authenticator. One of a ceremony weighs at once; others are young for a day.
    pub(crate) fn authenticator(&self, fresh: Fresh, account: &str, in_ceremony: bool, now_us: i64) -> Authenticator {
        let row = Authenticator {
            id: fresh.id,
            account: account.to_owned(),
            kind: fresh.kind,
            name: fresh.name,
            credential_id: fresh.credential_id,
            user_handle: fresh.user_handle,
            body: fresh.body,
            bound: fresh.bound,
            attested: false,
            step: fresh.step,
            state: State::Active,
            heavy_from: if in_ceremony { now_us } else { now_us + YOUNG_S * MICROS },
            created_at: now_us,
            used_at: None,
            ended_at: None,
            version: 1,
            seal: Vec::new(),
        };
        self.sealed(row)
    }

    /// Writes a changed row: one version on, sealed anew. [`DeedError::SignIn`] when somebody changed it first.
    pub(crate) async fn change(&self, tx: &mut Tx, row: Authenticator) -> Result<(), DeedError> {
        let before = row.version;
        let row = self.next(row);
        if authenticator::change(tx, &row, before).await? { Ok(()) } else { Err(DeedError::SignIn) }
    }

    /// All of an account that have not ended, each with a seal that fits.
    pub(crate) async fn authenticators_of(&self, tx: &mut Tx, account: &str) -> Result<Vec<Authenticator>, DeedError> {
        authenticator::of_account(tx, account).await?.into_iter().map(|row| self.trusted(row)).collect()
    }

    /// Ends all that an account signs in with (R3): every session ends, and every authenticator waits until its owner
    /// keeps it by name. What apps hold ends too.
    pub(crate) async fn end_everything(
        &self,
        tx: &mut Tx,
        account: &str,
        reason: &str,
        now_us: i64,
    ) -> Result<(), DeedError> {
        session::end_all_but(tx, account, "", reason, now_us).await?;
        crate::leave_apps::of_account(tx, account, reason, now_us).await?;
        for row in self.authenticators_of(tx, account).await? {
            if row.state == State::Active {
                self.change(tx, Authenticator { state: State::Suspended, ..row }).await?;
            }
        }
        Ok(())
    }
}

/// Adds rows to an account that was locked before.
pub(crate) async fn add(tx: &mut Tx, rows: &[Authenticator]) -> Result<(), DeedError> {
    for row in rows {
        if authenticator::of_account(tx, &row.account).await?.len() >= WAYS_MAX {
            return Err(DeedError::Conflict(Text::new(
                "登录方式太多了，请先删掉一个",
                "Too many ways to sign in; remove one first",
            )));
        }
        authenticator::insert(tx, row).await?;
    }
    Ok(())
}

sealed_row!(Authenticator, "authenticator", |row, work| {
    let heavy_from = row.heavy_from.to_be_bytes();
    let created_at = row.created_at.to_be_bytes();
    let step = row.step.to_be_bytes();
    let flags = [u8::from(row.bound), u8::from(row.attested)];
    let fields: [&[u8]; 11] = [
        row.account.as_bytes(),
        row.kind.as_str().as_bytes(),
        row.name.as_bytes(),
        row.credential_id.as_deref().unwrap_or_default(),
        row.user_handle.as_deref().unwrap_or_default(),
        &row.body,
        &flags,
        &step,
        row.state.as_str().as_bytes(),
        &heavy_from,
        &created_at,
    ];
    work(&fields)
});
