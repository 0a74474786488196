//! The keys that sign tokens of apps: made when a province is first opened, shown a day before they sign, and a while after.
//! It does not know what a token says.
//!
//! prepared → published (a day at least) → signing → retired (shown until the last token is over, known for hints a year).

use crate::Province;
use crate::checked_tokens::CheckedTokens;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_keys::custody::IssuingKey;
use yima_keys::{PublicKey, Suite};
use yima_oidc::jwk;
use yima_oidc::jwt::{self, NotAToken};
use yima_oidc::tokens::{self, AccessToken, Kind};
use yima_store::Tx;
use yima_store::key_deed::{self, What};
use yima_store::token_key::{self, State, TokenKey};

/// How long clients may keep the key document, seconds.
pub const JWKS_MAX_AGE_S: u32 = 900;
/// A key is shown this long before it signs: every client's copy is fresh by then.
const SHOWN_BEFORE_S: i64 = 24 * 3600;
/// And this long after: the longest token, and a day.
const SHOWN_AFTER_S: i64 = 25 * 3600;
/// An ID token is taken as a hint for so long after its key has retired (13 months).
const HINT_S: i64 = 396 * 24 * 3600;
/// A key signs this long.
const SIGNS_S: i64 = 90 * 24 * 3600;
/// A prepared key waits until every node has read it.
const PREPARED_S: i64 = 15 * 60;
/// How often the keys are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(300);

/// What a key signs: a kind of token, with a suite.
type Slot = (Kind, Suite);

/// A key that signs.
struct Signing {
    kid: String,
    key: IssuingKey,
}

/// The keys as of the last look.
pub(crate) struct Ring {
    signing: HashMap<Slot, Signing>,
    /// What tokens of ours are checked with, and how long a key counts for other than hints.
    known: HashMap<String, (Kind, PublicKey)>,
    /// Tokens that these keys were found to have signed: another look at the keys begins without any.
    checked: CheckedTokens,
    jwks: Arc<str>,
}

/// The context that a wrapped token key is bound to.
pub(crate) fn context(used_for: &str, kid: &str) -> String {
    format!("token/{used_for}/{kid}")
}

impl Province {
    /// The key document (RFC 7517), as it is sent.
    #[must_use]
    pub fn jwks(&self) -> Arc<str> {
        Arc::clone(&self.ring().jwks)
    }

    pub(crate) fn ring(&self) -> Arc<Ring> {
        let ring = self.token_ring.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(ring.as_ref().expect("Setup looks at the token keys before it hands the province out"))
    }

    /// Signs claims as a token of a kind, with one of the suites of that kind.
    pub(crate) fn sign_token<C: serde::Serialize>(&self, (kind, suite): Slot, claims: &C) -> Result<String, DeedError> {
        let ring = self.ring();
        let signing = ring.signing.get(&(kind, suite)).ok_or_else(|| DeedError::internal("no token key signs"))?;
        let mut rng = self.chance.rng();
        tokens::sign(kind, (suite, &signing.kid), claims, |input| signing.key.sign(&[input], &mut rng))
            .map_err(DeedError::internal)
    }

    /// Looks at the keys again, and moves on those that are due. Called at the opening, and now and then.
    ///
    /// # Errors
    /// What the store or the custody says.
    pub async fn turn_token_keys(&self) -> Result<(), DeedError> {
        let rows = self.token_key_rows().await?;
        let now_us = self.now_us();
        let mut made = Vec::new();
        let mut moves = Vec::new();
        for slot in slots() {
            let own: Vec<&TokenKey> = rows.iter().filter(|row| is_of(row, slot)).collect();
            if own.iter().all(|row| row.state != State::Signing) && own.iter().all(|row| row.state != State::Published)
            {
                // Nobody has a token of this kind and suite yet, so nobody needs to be told before.
                made.push(self.fresh_token_key(slot, State::Signing)?);
            }
            if !own.iter().any(|row| matches!(row.state, State::Prepared | State::Published)) {
                made.push(self.fresh_token_key(slot, State::Prepared)?);
            }
            moves.extend(due(&own, now_us));
        }
        if !made.is_empty() || !moves.is_empty() {
            self.store
                .deed::<_, DeedError, _>(move |tx| {
                    Box::pin(async move {
                        // Of two nodes that look at once one makes the first keys; the other finds them.
                        let standing = token_key::all(tx).await?;
                        for key in made.iter().filter(|key| needed(&standing, key)) {
                            token_key::insert(tx, key).await?;
                        }
                        for (kid, from, to) in &moves {
                            token_key::advance(tx, kid, *from, *to, now_us).await?;
                        }
                        Ok(())
                    })
                })
                .await?;
        }
        self.load_ring().await
    }

    /// Keeps looking, for as long as the server runs.
    pub async fn keep_token_keys(self: Arc<Self>) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            if let Err(error) = self.turn_token_keys().await {
                tracing::error!(%error, "the token keys could not be looked at; those of before go on");
            }
        }
    }

    /// Lets the next keys sign now. In an emergency the ones of now are void at once, with every token that they signed.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] where clients don't know the next keys for a day yet, and it is no emergency.
    pub async fn rotate_token_keys(
        &self,
        actor: &Actor,
        reason: &str,
        emergency: bool,
    ) -> Result<Vec<String>, DeedError> {
        self.turn_tokens(actor, Deed::RotateKeys, &crate::two_persons::reason(reason)?, emergency).await
    }

    /// Turns them by one person's word; it waits in the list of key deeds until somebody else has looked at it.
    pub(crate) async fn turn_tokens(
        &self,
        actor: &Actor,
        deed: Deed,
        reason: &str,
        emergency: bool,
    ) -> Result<Vec<String>, DeedError> {
        let (now_us, fresh) = (self.now_us(), self.fresh_token_keys()?);
        let what = if emergency { What::VoidTokens } else { What::Tokens };
        let row = self.key_deed((what, None), reason, key_deed::State::Unseen, actor);
        let kids = self
            .short(
                Request::of(actor.clone(), deed),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), _| {
                    Box::pin(async move {
                        let kids = turn_now(tx, &fresh, now_us, emergency).await?;
                        key_deed::insert(tx, &row).await?;
                        let detail = serde_json::json!({
                            "emergency": emergency, "key_deed": row.id, "reason": row.reason, "token_keys": kids,
                        });
                        Ok(Done::plain(kids).detail(detail))
                    })
                },
            )
            .await?;
        self.load_ring().await?;
        Ok(kids)
    }

    /// A key to come for each slot, not filed yet.
    pub(crate) fn fresh_token_keys(&self) -> Result<Vec<TokenKey>, DeedError> {
        slots().map(|slot| self.fresh_token_key(slot, State::Prepared)).collect()
    }

    /// The token keys, the oldest first: kid, use, state, when it was made.
    pub(crate) async fn token_key_rows(&self) -> Result<Vec<TokenKey>, DeedError> {
        self.store.read::<_, DeedError, _>(|tx| Box::pin(async move { Ok(token_key::all(tx).await?) })).await
    }

    fn fresh_token_key(&self, (kind, suite): Slot, state: State) -> Result<TokenKey, DeedError> {
        let mut rng = self.chance.rng();
        let key = IssuingKey::generate(suite, &mut rng).map_err(DeedError::internal)?;
        let kid = format!("{}-{}", kind.as_str(), hex::encode(self.chance.bytes::<8>()));
        let wrapped =
            key.wrap(self.keys.custody(), &context(kind.as_str(), &kid), &mut rng).map_err(DeedError::internal)?;
        let now_us = self.now_us();
        Ok(TokenKey {
            kid,
            used_for: kind.as_str().to_owned(),
            alg: jwt::alg(suite).ok_or_else(|| DeedError::internal("a suite without an algorithm"))?.to_owned(),
            public_key: key.public().to_vec(),
            wrapped: Some(wrapped),
            state,
            created_at: now_us,
            published_at: (state == State::Signing).then_some(now_us),
            signing_at: (state == State::Signing).then_some(now_us),
            retired_at: None,
        })
    }

    pub(crate) async fn load_ring(&self) -> Result<(), DeedError> {
        let rows = self.token_key_rows().await?;
        let ring = self.ring_of(&rows)?;
        *self.token_ring.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(ring));
        Ok(())
    }

    fn ring_of(&self, rows: &[TokenKey]) -> Result<Ring, DeedError> {
        let now_us = self.now_us();
        let (mut signing, mut known, mut shown) = (HashMap::new(), HashMap::new(), Vec::new());
        for row in rows.iter().filter(|row| row.state != State::Void && row.state != State::Prepared) {
            let slot = slots().find(|slot| is_of(row, *slot));
            let (kind, suite) = slot.ok_or_else(|| DeedError::internal("token_key.used_for or token_key.alg"))?;
            let public: [u8; 33] = row.public_key.as_slice().try_into().map_err(DeedError::internal)?;
            let public = PublicKey::parse(suite, &public).map_err(DeedError::internal)?;
            let fresh = row.retired_at.is_none_or(|at| now_us - at < SHOWN_AFTER_S * MICROS);
            if fresh {
                shown.push(jwk::write(&public, &row.kid).ok_or_else(|| DeedError::internal("token_key.alg"))?);
            }
            if fresh || kind == Kind::Id {
                known.insert(row.kid.clone(), (kind, public));
            }
            if let (State::Signing, Some(wrapped)) = (row.state, row.wrapped.as_deref()) {
                let key = IssuingKey::unwrap(self.keys.custody(), &context(&row.used_for, &row.kid), wrapped);
                signing.insert((kind, suite), Signing { kid: row.kid.clone(), key: key.map_err(DeedError::internal)? });
            }
        }
        let checked = CheckedTokens::default();
        Ok(Ring { signing, known, checked, jwks: serde_json::json!({ "keys": shown }).to_string().into() })
    }
}

impl Ring {
    /// The public half of a key of this kind, if tokens that it signed still count.
    pub(crate) fn public(&self, kind: Kind, kid: &str) -> Option<PublicKey> {
        self.known.get(kid).filter(|(of, _)| *of == kind).map(|(_, key)| key.clone())
    }

    /// Reads an access token of ours that is not over; its signature is checked once for as long as these keys stand.
    ///
    /// # Errors
    /// As [`tokens::read_access`].
    pub(crate) fn access(&self, token: &str, issuer: &str, now_s: i64) -> Result<Arc<AccessToken>, NotAToken> {
        self.checked.read(token, issuer, now_s, || {
            tokens::read_access(token, issuer, now_s, |kid| self.public(Kind::Access, kid))
        })
    }
}

/// Lets the next key of each slot sign now, and files those to come after; the ids of those that sign.
pub(crate) async fn turn_now(
    tx: &mut Tx,
    fresh: &[TokenKey],
    now_us: i64,
    emergency: bool,
) -> Result<Vec<String>, DeedError> {
    let rows = token_key::all(tx).await?;
    let mut kids = Vec::new();
    for slot in slots() {
        let own = rows.iter().filter(|row| is_of(row, slot));
        let next = own.clone().find(|row| {
            let told = row.state == State::Published && told_a_day(row, now_us);
            told || (emergency && matches!(row.state, State::Published | State::Prepared))
        });
        let next = next.ok_or_else(not_told)?;
        let end = if emergency { State::Void } else { State::Retired };
        for old in own.filter(|row| row.state == State::Signing) {
            token_key::advance(tx, &old.kid, State::Signing, end, now_us).await?;
        }
        token_key::advance(tx, &next.kid, next.state, State::Signing, now_us).await?;
        kids.push(next.kid.clone());
    }
    for key in fresh {
        token_key::insert(tx, key).await?;
    }
    Ok(kids)
}

/// What there is a signing key for at any time.
fn slots() -> impl Iterator<Item = Slot> {
    Kind::ALL.into_iter().flat_map(|kind| kind.suites().iter().map(move |suite| (kind, *suite)))
}

fn is_of(row: &TokenKey, (kind, suite): Slot) -> bool {
    row.used_for == kind.as_str() && Some(row.alg.as_str()) == jwt::alg(suite)
}

fn not_told() -> DeedError {
    DeedError::Conflict(Text::new(
        "下一把密钥公布还不满一天，各应用可能还不认识它。等满一天，或作为紧急情况办理。",
        "The next key has been shown for less than a day, and apps may not know it. Wait for it, or say that it is an emergency.",
    ))
}

/// Has it been shown for a day?
fn told_a_day(row: &TokenKey, now_us: i64) -> bool {
    row.published_at.is_some_and(|at| now_us - at >= SHOWN_BEFORE_S * MICROS)
}

/// What is to be moved on, of the keys of one kind.
fn due(own: &[&TokenKey], now_us: i64) -> Vec<(String, State, State)> {
    let mut moves = Vec::new();
    let since = |at: Option<i64>| now_us - at.unwrap_or(now_us);
    let next = own.iter().find(|row| row.state == State::Published && told_a_day(row, now_us));
    for row in own {
        match row.state {
            State::Prepared if now_us - row.created_at >= PREPARED_S * MICROS => {
                moves.push((row.kid.clone(), State::Prepared, State::Published));
            }
            State::Signing if since(row.signing_at) >= SIGNS_S * MICROS => {
                if let Some(next) = next {
                    moves.push((row.kid.clone(), State::Signing, State::Retired));
                    moves.push((next.kid.clone(), State::Published, State::Signing));
                }
            }
            State::Retired | State::Void if since(row.retired_at) >= HINT_S * MICROS => {
                moves.push((row.kid.clone(), row.state, State::Destroyed));
            }
            _ => {}
        }
    }
    moves
}

/// Does a new key still have its place, or did another node fill it?
fn needed(standing: &[TokenKey], key: &TokenKey) -> bool {
    let own = || standing.iter().filter(|row| row.used_for == key.used_for && row.alg == key.alg);
    match key.state {
        State::Signing => !own().any(|row| matches!(row.state, State::Signing | State::Published)),
        _ => !own().any(|row| matches!(row.state, State::Prepared | State::Published)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 3600 * MICROS;

    fn row(kid: &str, state: State, at: i64) -> TokenKey {
        TokenKey {
            kid: kid.into(),
            used_for: "id".into(),
            alg: "ES256".into(),
            public_key: Vec::new(),
            wrapped: None,
            state,
            created_at: at,
            published_at: Some(at),
            signing_at: Some(at),
            retired_at: Some(at),
        }
    }

    #[test]
    fn r33_a_key_is_shown_for_a_day_before_it_signs_and_for_a_year_after() {
        let now = 1_000 * DAY;
        let kids = |rows: &[TokenKey]| -> Vec<String> {
            due(&rows.iter().collect::<Vec<_>>(), now)
                .into_iter()
                .map(|(kid, _, to)| format!("{kid}>{}", to.as_str()))
                .collect()
        };
        let table: [(&[TokenKey], &[&str]); 6] = [
            (&[row("a", State::Prepared, now - 14 * 60 * MICROS)], &[]),
            (&[row("a", State::Prepared, now - 15 * 60 * MICROS)], &["a>published"]),
            (&[row("a", State::Signing, now - 90 * DAY), row("b", State::Published, now - DAY + 1)], &[]),
            (
                &[row("a", State::Signing, now - 90 * DAY), row("b", State::Published, now - DAY)],
                &["a>retired", "b>signing"],
            ),
            (&[row("a", State::Signing, now - 89 * DAY), row("b", State::Published, now - DAY)], &[]),
            (&[row("a", State::Retired, now - 396 * DAY), row("b", State::Void, now - 395 * DAY)], &["a>destroyed"]),
        ];
        for (i, (rows, expected)) in table.into_iter().enumerate() {
            assert_eq!(kids(rows), expected, "row {i}");
        }
    }
}
