//! A paper key that leaked or is retired is withdrawn (rule R43, decision 0040): proposed by one person and agreed to by another, or in
//! danger done by one at once, and looked at afterwards. What it signed is refused online from then on, offline with the next bundle.
//! It does not print the cards anew; it says how many there are.

use crate::Province;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::keyring::purpose;
use crate::two_persons::reason;
use yima_code::day::Month;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_store::day_key::{self, DayKey, State as KeyState};
use yima_store::key_deed::{self, State, What};
use yima_store::{Tx, card};

/// What withdrawing a key needs, made before its transaction.
#[derive(Clone)]
pub(crate) struct Withdrawal {
    kid: Vec<u8>,
    /// Signs paper from then on where no other key is left; None when no more keys can be made this month.
    next: Option<DayKey>,
}

impl Province {
    /// Proposes that a paper key is withdrawn. Nothing is done before another operator agrees, within seven days.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for a key that signs no paper; [`DeedError::Conflict`] for one that is withdrawn.
    pub async fn propose_paper_withdrawal(&self, actor: &Actor, kid: &str, why: &str) -> Result<String, DeedError> {
        let kid = kid_of(kid)?;
        let what = (What::WithdrawPaper, Some(kid.clone()));
        let row = self.key_deed(what, &reason(why)?, State::Proposed, actor);
        self.short(
            Request::of(actor.clone(), Deed::ProposeKeyDeed),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    live(tx, &kid).await?;
                    key_deed::insert(tx, &row).await?;
                    let detail = serde_json::json!({
                        "key_deed": row.id, "kid": hex::encode(&kid), "what": row.what.as_str(),
                    });
                    Ok(Done::plain(row.id.clone()).detail(detail))
                })
            },
        )
        .await
    }

    /// Withdraws a paper key at once, by one person's word: what a copy of it signs can't wait for a second one. It waits in the
    /// list of key deeds until somebody else has looked at it. How many paper codes have to be issued anew.
    ///
    /// # Errors
    /// As [`Province::propose_paper_withdrawal`]; [`DeedError::Conflict`] when no key would be left and none can be made.
    pub async fn withdraw_paper_key(&self, actor: &Actor, kid: &str, why: &str) -> Result<u64, DeedError> {
        let withdrawal = self.withdrawal(&kid_of(kid)?).await?;
        let what = (What::WithdrawPaper, Some(withdrawal.kid.clone()));
        let row = self.key_deed(what, &reason(why)?, State::Unseen, actor);
        let month = self.this_month();
        let cards = self
            .short(
                Request::of(actor.clone(), Deed::WithdrawPaperKey),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), _| {
                    Box::pin(async move {
                        let (cards, keys) = withdrawal.act(tx, month).await?;
                        key_deed::insert(tx, &row).await?;
                        let detail = serde_json::json!({
                            "cards": cards, "key_deed": row.id, "keys": keys, "kid": row.kid.map(hex::encode),
                            "reason": row.reason,
                        });
                        Ok(Done::plain(cards).detail(detail))
                    })
                },
            )
            .await?;
        self.bundle_due.notify_one();
        Ok(cards)
    }

    /// What it takes to withdraw this key.
    pub(crate) async fn withdrawal(&self, kid: &[u8]) -> Result<Withdrawal, DeedError> {
        let sought = kid.to_vec();
        let key =
            self.store.read::<_, DeedError, _>(move |tx| Box::pin(async move { live(tx, &sought).await })).await?;
        let suite = Suite::from_number(key.suite).ok_or_else(|| DeedError::internal("day_key.suite"))?;
        let next = match self.fresh_paper(suite).await {
            Ok(next) => Some(next),
            Err(DeedError::Conflict(_)) => None,
            Err(other) => return Err(other),
        };
        Ok(Withdrawal { kid: kid.to_vec(), next })
    }

    /// Months since 2020-01.
    pub(crate) fn this_month(&self) -> u16 {
        Month::of(self.now_u32()).0
    }
}

impl Withdrawal {
    /// Does it: how many paper codes that were good end with the key, and the keys that came. Where no other paper key is left,
    /// the next one comes with it, though new keys take two persons: a province that prints nothing is closed.
    pub(crate) async fn act(self, tx: &mut Tx, month: u16) -> Result<(u64, Vec<String>), DeedError> {
        live(tx, &self.kid).await?;
        if !day_key::withdraw(tx, &self.kid).await? {
            return Err(withdrawn());
        }
        let cards = under(tx, &self.kid, month).await?;
        if !day_key::live_of(tx, purpose::T2).await?.is_empty() {
            return Ok((cards, Vec::new()));
        }
        let next = self.next.ok_or_else(|| {
            DeedError::Conflict(Text::new(
                "这是最后一把纸质码密钥，近一个月又换得太多，造不出新的：请过几天再办",
                "it is the last paper key, and no new one can be made this month: try again in some days",
            ))
        })?;
        if !day_key::insert(tx, &next).await? {
            return Err(DeedError::Busy);
        }
        Ok((cards, vec![hex::encode(&next.kid)]))
    }
}

/// How many paper codes of a key still count.
async fn under(tx: &mut Tx, kid: &[u8], month: u16) -> Result<u64, DeedError> {
    let all = card::under_each_key(tx, month).await?;
    Ok(all.into_iter().find(|(of, _)| of == kid).map_or(0, |(_, many)| many))
}

/// Whether a paper key still signs; asked with the card that it signs or signed.
pub(crate) async fn is_live(tx: &mut Tx, kid: &[u8]) -> Result<bool, DeedError> {
    Ok(day_key::rely_on(tx, kid).await?.is_some_and(|key| key.state == KeyState::Live))
}

/// A paper key that is not withdrawn.
async fn live(tx: &mut Tx, kid: &[u8]) -> Result<DayKey, DeedError> {
    let key = day_key::find(tx, kid).await?.filter(|key| key.purpose == purpose::T2);
    let key = key.ok_or(DeedError::NotFound("paper key"))?;
    if key.state == KeyState::Live { Ok(key) } else { Err(withdrawn()) }
}

fn withdrawn() -> DeedError {
    DeedError::Conflict(Text::new("这把密钥已经撤回或销毁", "this key is withdrawn or destroyed already"))
}

fn kid_of(text: &str) -> Result<Vec<u8>, DeedError> {
    hex::decode(text.trim()).ok().filter(|kid| kid.len() == 4).ok_or(DeedError::NotFound("paper key"))
}
