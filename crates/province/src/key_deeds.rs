//! Deeds over keys take two persons (rule R43, decision 0034): one proposes, another one agrees, and only then it is done. A leak
//! does not wait: the token keys are void by one person's word, and somebody else looks at it afterwards.
//! It does not know how a key is made; `figures` and `token_keys` do.

use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::token_keys::turn_now;
use crate::two_persons::{Beside, OPEN_US, decided, prepared, reason, who};
use crate::withdraw_key::Withdrawal;
use yima_kernel::access::Request;
use yima_kernel::deed::Deed;
use yima_kernel::id::KeyDeedId;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_store::day_key::{self, DayKey};
use yima_store::key_deed::{self, KeyDeed, State, What};
use yima_store::token_key::TokenKey;
use yima_store::{Tx, card};

/// What was done at once and nobody looked at within this time is late.
const LATE_US: i64 = 86_400 * MICROS;

/// A deed over keys as operators see it. Times are Unix seconds.
#[derive(Clone, Debug)]
pub struct KeyDeedRow {
    /// `kdd_…`
    pub id: String,
    /// `paper_es256`, `paper_sm2`, `tokens`, `void_tokens`, `wrapping`, `data_key`, `role` or `withdraw_paper`.
    pub what: &'static str,
    /// Why.
    pub reason: String,
    /// `proposed`, `agreed`, `refused`, `over`; of what was done at once `unseen`, `late`, `seen`, `disputed`.
    pub state: &'static str,
    /// Sign-in name; None for the server's own command line.
    pub proposed_by: Option<String>,
    /// When.
    pub proposed_s: i64,
    /// Sign-in name.
    pub decided_by: Option<String>,
    /// The caller may decide it: it waits, and somebody else proposed or did it.
    pub may_decide: bool,
    /// The paper key that is withdrawn, hex.
    pub kid: Option<String>,
    /// How many paper codes end with it, while it waits for a second person.
    pub cards: Option<u64>,
}

/// What an agreed proposal needs, made before its transaction.
#[derive(Clone)]
enum Prepared {
    Nothing,
    Paper(DayKey),
    Tokens(Vec<TokenKey>),
    Withdrawal(Withdrawal, u16),
}

impl Province {
    /// Proposes new paper keys of a suite, or that the next token keys sign from now on. Nothing is done before another operator
    /// agrees, within seven days.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for what can't be proposed, or without a reason.
    pub async fn propose_key_deed(&self, actor: &Actor, what: &str, why: &str) -> Result<String, DeedError> {
        let what = match what {
            "paper_es256" => What::PaperEs256,
            "paper_sm2" => What::PaperSm2,
            "tokens" => What::Tokens,
            _ => {
                return Err(DeedError::invalid(
                    "what",
                    "可以提出的是 paper_es256、paper_sm2、tokens",
                    "propose paper_es256, paper_sm2 or tokens; the other keys are changed at the command line",
                ));
            }
        };
        let row = self.key_deed((what, None), &reason(why)?, State::Proposed, actor);
        self.short(
            Request::of(actor.clone(), Deed::ProposeKeyDeed),
            |_| Box::pin(async { Ok((Default::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    key_deed::insert(tx, &row).await?;
                    let detail = serde_json::json!({ "key_deed": row.id, "what": row.what.as_str() });
                    Ok(Done::plain(row.id.clone()).detail(detail))
                })
            },
        )
        .await
    }

    /// Agrees to what another operator proposed, and does it; or says of what was done at once that it was right. With `agree`
    /// false, refuses it or disputes it: what was done stays done, and stands in the list as disputed.
    ///
    /// # Errors
    /// Refused as the same person; [`DeedError::Conflict`] when it waits no more, or the keys can't be changed now.
    pub async fn answer_key_deed(&self, actor: &Actor, id: &str, agree: bool) -> Result<(), DeedError> {
        let id = KeyDeedId::parse(id).map_err(|_| DeedError::NotFound("key deed"))?.to_string();
        let (sought, seals) = (id.clone(), self.sealer_of_rows());
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(key_deed::find(tx, &sought).await?) }))
            .await?
            .ok_or(DeedError::NotFound("key deed"))?;
        let found = seals.trusted(found)?;
        let to = match (found.state, agree) {
            (State::Unseen, true) => State::Seen,
            (State::Unseen, false) => State::Disputed,
            (_, true) => State::Agreed,
            (_, false) => State::Refused,
        };
        let doing = if to == State::Agreed && found.state == State::Proposed {
            self.prepared(&found).await?
        } else {
            Prepared::Nothing
        };
        let (by, done) = (actor.id().to_owned(), doing.clone());
        let (proposer, actor_read) = (found.proposed_by.clone(), actor.clone());
        self.short(
            Request::of(actor.clone(), Deed::AgreeKeyDeed),
            move |tx| Box::pin(async move { Ok((prepared(tx, proposer.as_deref(), &actor_read).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let before = found.version;
                    let (decided_by, decided_at) = (Some(by), Some(door.now_us));
                    let found = seals.next(KeyDeed { state: to, decided_by, decided_at, ..found });
                    if !key_deed::decide(tx, &found, before, door.now_us - OPEN_US).await? {
                        return Err(decided());
                    }
                    let mut detail =
                        serde_json::json!({ "key_deed": id, "what": found.what.as_str(), "to": to.as_str() });
                    if let Some(kid) = &found.kid {
                        detail["kid"] = hex::encode(kid).into();
                    }
                    let (keys, cards) = doing.act(tx, door.now_us).await?;
                    detail["keys"] = keys.into();
                    if let Some(cards) = cards {
                        detail["cards"] = cards.into();
                    }
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        if to == State::Disputed {
            tracing::warn!("an operator disputes what was done to keys at once: see the list of key deeds");
        }
        match done {
            Prepared::Nothing => Ok(()),
            Prepared::Paper(_) | Prepared::Withdrawal(..) => {
                self.bundle_due.notify_one();
                Ok(())
            }
            Prepared::Tokens(_) => self.load_ring().await,
        }
    }

    /// Makes the token keys of now void at once, with every token that they signed; the next ones sign. One person does it, for a
    /// key that leaked can't wait for a second one; somebody else looks at it afterwards.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] without a reason.
    pub async fn void_token_keys(&self, actor: &Actor, why: &str) -> Result<Vec<String>, DeedError> {
        self.turn_tokens(actor, Deed::VoidTokenKeys, &reason(why)?, true).await
    }

    /// What was proposed for keys and done to them, newest first.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn key_deeds(&self, actor: &Actor) -> Result<Vec<KeyDeedRow>, DeedError> {
        let (me, seals) = (actor.id().to_owned(), self.sealer_of_rows());
        let now_us = self.now_us();
        let request = Request::of(actor.clone(), Deed::SeeKeyDeeds);
        let month = self.this_month();
        let (rows, cards, beside) = self
            .look(request, Default::default(), move |tx| {
                Box::pin(async move {
                    let rows = seals.listed(key_deed::newest(tx).await?);
                    let waits = |row: &KeyDeed| row.state == State::Proposed && row.kid.is_some();
                    let cards =
                        if rows.iter().any(waits) { card::under_each_key(tx, month).await? } else { Vec::new() };
                    Ok((rows, cards, Beside::of(tx, &seals, &me).await?))
                })
            })
            .await?;
        let rows = rows.into_iter().map(|row| {
            let age = now_us - row.proposed_at;
            let state = match row.state {
                State::Proposed if age >= OPEN_US => "over",
                State::Unseen if age >= LATE_US => "late",
                state => state.as_str(),
            };
            let many = |kid: &Vec<u8>| cards.iter().find(|(of, _)| of == kid).map_or(0, |(_, many)| *many);
            KeyDeedRow {
                cards: row.kid.as_ref().filter(|_| state == "proposed").map(many),
                kid: row.kid.map(hex::encode),
                may_decide: beside.is_others(row.proposed_by.as_deref())
                    && matches!(state, "proposed" | "unseen" | "late"),
                state,
                id: row.id,
                what: row.what.as_str(),
                reason: row.reason,
                proposed_by: beside.name(row.proposed_by),
                proposed_s: row.proposed_at / MICROS,
                decided_by: beside.name(row.decided_by),
            }
        });
        Ok(rows.collect())
    }

    /// A row of what is proposed or done, under its seal, with the paper key that is withdrawn. At the server's own command line it
    /// is nobody's.
    pub(crate) fn key_deed(
        &self,
        (what, kid): (What, Option<Vec<u8>>),
        reason: &str,
        state: State,
        actor: &Actor,
    ) -> KeyDeed {
        self.sealer_of_rows().next(KeyDeed {
            id: KeyDeedId::new(self.now_ms(), self.chance.bytes()).to_string(),
            what,
            reason: reason.to_owned(),
            state,
            proposed_by: who(actor),
            proposed_at: self.now_us(),
            decided_by: None,
            decided_at: None,
            kid,
            version: 0,
            seal: Vec::new(),
        })
    }

    /// Leaves a use that says what was begun at the command line, and a row that somebody at a console has to look at.
    pub(crate) async fn noted_for_review(
        &self,
        actor: &Actor,
        what: What,
        reason: &str,
        detail: serde_json::Value,
    ) -> Result<(), DeedError> {
        let row = self.key_deed((what, None), reason, State::Unseen, actor);
        self.short(
            Request::of(actor.clone(), Deed::RotateKeys),
            |_| Box::pin(async { Ok((Default::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    key_deed::insert(tx, &row).await?;
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }

    async fn prepared(&self, deed: &KeyDeed) -> Result<Prepared, DeedError> {
        match deed.what {
            What::WithdrawPaper => {
                let kid = deed.kid.as_deref().ok_or_else(|| DeedError::internal("key_deed.kid"))?;
                Ok(Prepared::Withdrawal(self.withdrawal(kid).await?, self.this_month()))
            }
            What::PaperEs256 => self.fresh_paper(Suite::Es256).await.map(Prepared::Paper),
            What::PaperSm2 => self.fresh_paper(Suite::Sm2Sm3).await.map(Prepared::Paper),
            What::Tokens => self.fresh_token_keys().map(Prepared::Tokens),
            What::VoidTokens | What::Wrapping | What::DataKey | What::Role => {
                Err(DeedError::Conflict(Text::new("这一种只在命令行做", "this kind is done at the command line alone")))
            }
        }
    }
}

impl Prepared {
    /// Does it; the ids of the keys that came, and how many paper codes ended.
    async fn act(self, tx: &mut Tx, now_us: i64) -> Result<(Vec<String>, Option<u64>), DeedError> {
        match self {
            Self::Nothing => Ok((Vec::new(), None)),
            Self::Paper(made) => {
                if !day_key::insert(tx, &made).await? {
                    return Err(DeedError::Busy);
                }
                Ok((vec![hex::encode(&made.kid)], None))
            }
            Self::Tokens(fresh) => Ok((turn_now(tx, &fresh, now_us, false).await?, None)),
            Self::Withdrawal(withdrawal, month) => {
                let (cards, keys) = withdrawal.act(tx, month).await?;
                Ok((keys, Some(cards)))
            }
        }
    }
}
