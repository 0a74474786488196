//! A change of number begins to wait, whether its owner proved the new number or an officer saw the paper (R7): the same hold,
//! the same people told. It does not know who may ask for one.

use super::HOLD_S;
use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::error::{DeedError, Text};
use crate::row_seal::RowSealer;
use crate::signing_in::bound_hash;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use yima_kernel::id::NumberChangeId;
use yima_store::Tx;
use yima_store::account::Account;
use yima_store::number::{self, By, Change, State};

/// A change that is to wait, ready for its transaction.
#[derive(Clone)]
pub(crate) struct Begun {
    row: Change,
    /// For the message to the old number.
    secret: String,
    notice: String,
    seals: RowSealer,
}

impl Begun {
    /// Lets it wait; the account is changed already. One that waits by the other side's wish ends for it: whoever comes with
    /// a new number, the owner or the officer who saw the paper, knows no less than who came before. What the use says.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when the owner asked before; that one is stopped first.
    pub(crate) async fn waits(self, tx: &mut Tx, now_us: i64) -> Result<Value, DeedError> {
        let Self { row, notice, seals, .. } = self;
        if let Some(before) = number::waiting(tx, &row.account).await? {
            if row.by == By::Owner && before.by == By::Owner {
                return Err(one_waits());
            }
            let before = seals.trusted(before)?;
            seals.end_number(tx, before, State::Stopped, now_us).await?;
            tell(tx, format!("{notice}-before"), &row.account, now_us, "number_change_stopped").await?;
        }
        number::insert(tx, &row).await?;
        let kind = match row.by {
            By::Owner => "number_change_asked",
            By::Officer => "number_corrected",
        };
        tell(tx, notice, &row.account, now_us, kind).await?;
        Ok(json!({ "change": row.id, "due_at": row.due_at / MICROS }))
    }
}

impl Province {
    /// A change that waits from now on, with what tells the old number of it. `sealed` is the new number, sealed as the
    /// account's own field.
    pub(crate) fn fresh_change(&self, account: &str, sealed: Vec<u8>, by: By) -> Begun {
        let secret = URL_SAFE_NO_PAD.encode(self.chance.bytes::<16>());
        let now_us = self.now_us();
        let row = Change {
            id: NumberChangeId::new(self.now_ms(), self.chance.bytes()).to_string(),
            account: account.to_owned(),
            by,
            state: State::Waiting,
            sealed_phone: Some(sealed),
            stop_hash: bound_hash("stop-number", &secret),
            asked_at: now_us,
            due_at: now_us + HOLD_S * MICROS,
            ended_at: None,
            version: 1,
            seal: Vec::new(),
        };
        let seals = self.sealer_of_rows();
        Begun { row: seals.sealed(row), secret, notice: self.new_row_id(), seals }
    }

    /// Tells the old number, with an address that stops the change by one touch; one that lay idle or is dead too, for
    /// whoever has it now can do no more than stop it.
    pub(crate) fn tell_old_number(&self, holder: &Account, begun: &Begun) {
        let Some(phone) = self.phone_of(holder) else { return };
        let url = format!("{}/account/number/stop?link={}", self.public_url(), begun.secret);
        let text = match begun.row.by {
            By::Owner => format!(
                "【一码】你的账户要换手机号，72 小时后生效。不是你？立即停止：{url} Your account's number is to change in 72 hours. Not you? Stop it: {url}"
            ),
            By::Officer => format!(
                "【一码】窗口更正了你账户的手机号，72 小时后生效。不是你要求的？立即停止：{url} A counter corrected your account's number; it counts in 72 hours. Not your wish? Stop it: {url}"
            ),
        };
        self.messenger.send(&phone, &text, self.now_s());
    }
}

fn one_waits() -> DeedError {
    DeedError::Conflict(Text::new("已有一次换号在等待，先停止它", "A change of number waits already; stop it first"))
}
