//! Refresh tokens become access tokens (RFC 6749 section 6, rules R23 to R25): account, session, grant and client are read
//! again each time. It does not know how the family began.

use crate::Province;
use crate::app_error::{AppError, refused};
use crate::clients::{Client, stands};
use crate::clock::MICROS;
use crate::error::DeedError;
use crate::mandates::Hand;
use crate::token::{Handing, TokenAnswer};
use crate::under_mandate::{behind, in_force};
use std::sync::Arc;
use yima_kernel::subject::AccountState;
use yima_oidc::error::Code;
use yima_oidc::refresh::{self, Turn, turn};
use yima_oidc::scope::{Scope, Scopes};
use yima_store::app_grant::{self, State};
use yima_store::family::{self, Family};
use yima_store::{Tx, account};

/// A family that is not used for so long ends (rule R25), seconds.
const IDLE_S: i64 = 30 * 24 * 3600;
/// That a family is in use is written this seldom, seconds (rule R23).
const USED_EVERY_S: i64 = 3600;

enum Refreshed {
    /// The family, the proofing of its account, and the number of the refresh token that is handed back.
    Tokens(Box<Family>, u8, u32),
    No(&'static str),
    /// More scope than was granted; the token is as good as before.
    TooMuch,
}

#[derive(Clone)]
struct Brought {
    client: Arc<Client>,
    family: String,
    number: u32,
    /// What is asked of the granted scope.
    asked: Option<Scopes>,
    jkt: Option<[u8; 32]>,
    now_us: i64,
    hand: Hand,
}

impl Province {
    pub(crate) async fn refresh(
        &self,
        client: &Arc<Client>,
        token: &str,
        scope: Option<&str>,
        jkt: Option<[u8; 32]>,
    ) -> Result<TokenAnswer, AppError> {
        let unknown = || refused(Code::InvalidGrant, "the refresh token is unknown, over, or another client's");
        let asked = scope.map(Scopes::parse).transpose()?;
        let read = refresh::read(&self.refresh_key(), token, client.id.as_str()).ok_or_else(unknown)?;
        let brought = Brought {
            client: Arc::clone(client),
            family: read.family.to_string(),
            number: read.number,
            asked: asked.clone(),
            jkt,
            now_us: self.now_us(),
            hand: self.hand(),
        };
        let done =
            self.store.deed::<_, DeedError, _>(move |tx| Box::pin(async move { decide(tx, &brought).await })).await?;
        let (family, proofing, number) = match done {
            Refreshed::Tokens(family, proofing, number) => (family, proofing, number),
            Refreshed::No(why) => return Err(refused(Code::InvalidGrant, why)),
            // RFC 6749 section 6: less, never more.
            Refreshed::TooMuch => return Err(refused(Code::InvalidScope, "scope is more than was granted")),
        };
        let scopes = match asked {
            Some(asked) => asked,
            None => Scopes::parse(&family.scopes)?,
        };
        let next = self.refresh_token_of(client, &family, number)?;
        let with_id = scopes.has(Scope::OpenId);
        let hands = Handing { scopes: &scopes, proofing, refresh: Some(next), with_id, acted: None };
        self.tokens_of(client, &family, hands).await
    }
}

async fn decide(tx: &mut Tx, b: &Brought) -> Result<Refreshed, DeedError> {
    const OVER: Refreshed = Refreshed::No("the refresh token is unknown, over, or another client's");
    let Some(seen) = family::find(tx, &b.family).await? else { return Ok(OVER) };
    let facts = behind(tx, &seen.account, &seen.edge, &seen.grant).await?;
    if seen.rotating {
        family::lock(tx, &b.family).await?;
    }
    // Read again behind the lock: whoever ends it changes the account first.
    let Some(row) = family::find(tx, &b.family).await?.filter(|row| row.client == b.client.id.as_str()) else {
        return Ok(OVER);
    };
    let idle = b.now_us - row.used_at > IDLE_S * MICROS;
    if row.state != family::State::Live || !row.offline || row.until_at <= b.now_us || idle {
        return Ok(OVER);
    }
    if facts.subject_state != Some(AccountState::Active) {
        return Ok(Refreshed::No("the person's account is not in good standing"));
    }
    let grant = app_grant::find(tx, &row.grant).await?;
    if !grant.as_ref().is_some_and(|grant| grant.state == State::Given && grant.until_at > b.now_us) {
        return Ok(Refreshed::No("the person took their agreement back"));
    }
    // Rule R25: what a guardian agreed to stands as long as their mandate. Families made while acting never come here:
    // they are not `offline`.
    if let Some(edge) = grant.map(|grant| grant.edge).filter(|edge| !edge.is_empty())
        && in_force(tx, &b.hand, &edge, b.now_us).await?.is_none()
    {
        return Ok(Refreshed::No("the mandate behind the agreement has ended"));
    }
    if let Some(session) = &row.session
        && family::session_was_ended(tx, session).await?
    {
        family::end(tx, &row.id, "session_ended", b.now_us).await?;
        return Ok(Refreshed::No("the person signed out where this sign-in began"));
    }
    if !stands(tx, &b.client).await? {
        return Err(DeedError::Busy);
    }
    let bound = row.jkt.as_deref();
    if bound.is_some() && bound != b.jkt.as_ref().map(|jkt| &jkt[..]) {
        return Ok(Refreshed::No("the refresh token is bound to another DPoP key"));
    }
    // Before the token turns, so that a refusal uses up nothing; an older one goes on to be found stolen.
    let granted = Scopes::parse(&row.scopes).map_err(DeedError::internal)?;
    if b.number == row.latest && b.asked.as_ref().is_some_and(|asked| !asked.within(&granted)) {
        return Ok(Refreshed::TooMuch);
    }
    let holder = account::find(tx, &row.account).await?.ok_or(DeedError::NotFound("resident"))?;
    let number = if row.rotating { rotated(tx, &row, b).await? } else { kept(tx, &row, b).await? };
    Ok(match number {
        Some(number) => Refreshed::Tokens(Box::new(row), crate::recoveries::proofing_shown(tx, &holder).await?, number),
        None => Refreshed::No("this refresh token was used before: the sign-in has ended for safety"),
    })
}

/// A bound family keeps its token and writes nothing but, now and then, that it is in use.
async fn kept(tx: &mut Tx, row: &Family, b: &Brought) -> Result<Option<u32>, DeedError> {
    if b.now_us - row.used_at > USED_EVERY_S * MICROS {
        family::used(tx, &row.id, b.now_us).await?;
    }
    Ok((b.number == 0).then_some(0))
}

/// A family that rotates gives the next token, the same again after a lost reply, or ends.
async fn rotated(tx: &mut Tx, row: &Family, b: &Brought) -> Result<Option<u32>, DeedError> {
    let latest_at_s = row.latest_at / MICROS;
    match turn(b.number, row.latest, latest_at_s, row.again, b.now_us / MICROS) {
        Turn::Next if family::turn(tx, &row.id, b.number, b.now_us).await? => Ok(Some(b.number + 1)),
        Turn::Again if family::again(tx, &row.id, row.latest, row.again).await? => Ok(Some(row.latest)),
        // The row was locked before it was read, so this is another program's doing.
        Turn::Next | Turn::Again => Err(DeedError::Busy),
        Turn::Stolen => {
            family::end(tx, &row.id, "refresh_replayed", b.now_us).await?;
            Ok(None)
        }
    }
}
