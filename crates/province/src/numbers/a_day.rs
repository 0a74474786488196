//! Five one-time passwords a day and number (R7), whatever they are for and whichever accounts have the number: who is written to is
//! whoever holds the telephone. It does not know what a message says, nor notices, which are never counted.

use crate::Province;
use crate::clock::MICROS;
use crate::error::DeedError;
use yima_keys::person::Phone;
use yima_store::{Tx, number_message};

/// R7.
const A_DAY: u32 = 5;
const DAY_US: i64 = 86_400 * MICROS;

/// A number about to be written to, by its keyed hash.
#[derive(Clone)]
pub(crate) struct Counted(Vec<u8>);

impl Counted {
    /// Counts one more; false when the number had five within a day.
    pub(crate) async fn one_more(&self, tx: &mut Tx, now_us: i64) -> Result<bool, DeedError> {
        Ok(number_message::take(tx, &self.0, A_DAY, now_us, now_us - DAY_US).await?)
    }
}

impl Province {
    pub(crate) fn counted(&self, phone: &Phone) -> Counted {
        Counted(self.sealer.blind(phone).as_bytes().to_vec())
    }
}
