//! The daily round: room for the rows of the coming days, and an end to those of days that are over.
//! It does not know how a database keeps a day.

use crate::Province;
use crate::error::DeedError;
use crate::keyring::ID_KEY_DAYS;
use yima_code::day::Day;
use yima_store::token_day;

/// Room is made for the days that can be drawn, and one more.
const DAYS_AHEAD: u16 = 2;
/// Rows of a kind that one transaction forgets; checks go on between two of them.
pub(crate) const ROWS_AT_ONCE: u32 = 5_000;

impl Province {
    /// Makes room for the days ahead and forgets what nobody can resolve any more: a day's rows end with its id keys.
    pub(crate) async fn keep_days(&self) -> Result<(), DeedError> {
        let today = Day::of(self.now_u32()).0;
        self.store
            .deed::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    for day in today.saturating_sub(1)..=today.saturating_add(DAYS_AHEAD) {
                        token_day::make(tx, day).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        let over = today.saturating_sub(ID_KEY_DAYS);
        while self
            .store
            .deed::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(token_day::forget_before(tx, over, ROWS_AT_ONCE).await?) })
            })
            .await?
        {}
        Ok(())
    }
}
