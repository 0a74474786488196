//! A code becomes tokens, once (RFC 6749 section 4.1.3, rules R26 and R27). It does not know how the code was made.

use crate::Province;
use crate::acting::Under;
use crate::allow_app::{CodeBody, code_hash};
use crate::app_error::{AppError, refused};
use crate::clients::{Client, stands};
use crate::clock::MICROS;
use crate::doorway::{Done, Note};
use crate::error::DeedError;
use crate::mandates::Hand;
use crate::person_sessions::ACROSS;
use crate::recoveries::proofing_shown;
use crate::token::{Handing, TokenAnswer};
use crate::under_mandate::{Acted, InForce, acting_until, behind, in_force, told};
use std::sync::Arc;
use yima_kernel::access::Request;
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_kernel::usage::Outcome;
use yima_oidc::dpop::jkt_of;
use yima_oidc::error::Code;
use yima_oidc::refresh;
use yima_oidc::scope::{Scope, Scopes};
use yima_store::app_grant::{self, Grant, State};
use yima_store::edge::Edge;
use yima_store::family::{self, Family};
use yima_store::{Tx, account, one_time, session};

/// The same code, verifier and key again within this: the reply was lost, and nobody stole anything.
const LOST_REPLY_S: i64 = 10;
/// A family whose refresh tokens rotate lives so long, seconds (rule R24).
const ROTATING_S: i64 = 24 * 3600;
/// The longest family, seconds (rule R25).
const WHOLE_S: i64 = 365 * 24 * 3600;

/// How a redemption ended, in its transaction.
pub(crate) enum Ended {
    /// The family, the proofing of who signed in, and the mandate under which they act.
    Tokens(Box<Family>, u8, Option<Acted>),
    No(&'static str),
}

/// What a redemption brings, with the row that never changes.
#[derive(Clone)]
pub(crate) struct Brought {
    pub client: Arc<Client>,
    /// `code`, or `device_ok`.
    pub kind: &'static str,
    pub body: CodeBody,
    pub hash: [u8; 32],
    pub session: Option<String>,
    /// Verifier, address and key fit the code.
    pub right: bool,
    pub jkt: Option<[u8; 32]>,
    /// Over verifier and key: who took it.
    pub mark: [u8; 32],
    pub sid: String,
    pub until_at: i64,
    pub now_us: i64,
}

impl Province {
    pub(crate) async fn redeem_code(
        &self,
        client: &Arc<Client>,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
        jkt: Option<[u8; 32]>,
    ) -> Result<TokenAnswer, AppError> {
        let hash = code_hash(code);
        let row = self
            .store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(one_time::peek(tx, "code", &hash).await?) })
            })
            .await?;
        let unknown = || refused(Code::InvalidGrant, "the code is unknown, used, over, or another client's");
        let row = row.filter(|row| row.client.as_deref() == Some(client.id.as_str())).ok_or_else(unknown)?;
        let account = row.account.clone().ok_or_else(unknown)?;
        if !self.code_is_ours(code, &account, client.id.as_str()) {
            tracing::error!(alarm = "code_mark", client = %client.id, "a code does not carry the mark of this program");
            return Err(unknown());
        }
        let body: CodeBody = serde_json::from_str(&row.body).map_err(DeedError::internal)?;
        let asked = body.request.clone().ok_or_else(unknown)?;
        let bound = asked.dpop_jkt.as_deref().map(jkt_of);
        let right = asked.redirect_uri == redirect_uri
            && asked.challenge.proven_by(verifier)
            && bound.is_none_or(|bound| bound.is_some() && bound == jkt);
        let scopes = Scopes::parse(&body.scopes)?;
        let brought = Brought {
            client: Arc::clone(client),
            kind: "code",
            hash,
            session: row.session,
            right,
            jkt,
            mark: yima_keys::sha256(&[
                b"yima.redeem.v1\0",
                verifier.as_bytes(),
                jkt.as_ref().map_or(&[][..], |k| &k[..]),
            ]),
            sid: self.random_text(),
            until_at: self.family_end(client, &scopes, jkt.is_some(), &body),
            now_us: self.now_us(),
            body,
        };
        let subject = AccountId::parse(&account).map_err(DeedError::internal)?;
        self.tokens_or_not(client, &scopes, self.redeem(subject, brought).await?).await
    }

    /// The answer to a redemption.
    pub(crate) async fn tokens_or_not(
        &self,
        client: &Client,
        scopes: &Scopes,
        ended: Ended,
    ) -> Result<TokenAnswer, AppError> {
        match ended {
            Ended::Tokens(family, proofing, acted) => {
                let refresh = family.offline.then(|| self.refresh_token_of(client, &family, 0)).transpose()?;
                let hands = Handing { scopes, proofing, refresh, with_id: true, acted };
                self.tokens_of(client, &family, hands).await
            }
            Ended::No(why) => Err(refused(Code::InvalidGrant, why)),
        }
    }

    pub(crate) async fn redeem(&self, subject: AccountId, brought: Brought) -> Result<Ended, DeedError> {
        let id = subject.to_string();
        let actor = Actor::App { client: brought.client.id.clone() };
        let (grant, hand) = (brought.body.grant.clone(), self.hand());
        let under = brought.body.acting.as_ref().map(|under| under.edge.clone()).unwrap_or_default();
        let mut request = Request::of(actor, Deed::TakeToken).about(subject);
        request.organisation = self.enterprise_behind(&under).await?;
        self.short(
            request,
            move |tx| {
                Box::pin(async move {
                    // The order of rule R27: account, edge, grant, session, then the code.
                    let facts = behind(tx, &id, &under, &grant).await?;
                    Ok((facts, id))
                })
            },
            move |tx, account, _| {
                Box::pin(async move {
                    let (ended, under) = decide(tx, &hand, &account, &brought).await?;
                    let detail = serde_json::json!({
                        "by": brought.kind, "owner": brought.client.owner, "grant": brought.body.grant,
                        "claims": brought.body.claims,
                    });
                    let mut done = told(Done::plain(ended), under.as_ref(), detail);
                    if let Ended::No(_) = done.value {
                        let detail = done.note.detail.take();
                        done.note = Note {
                            outcome: Outcome::Refused,
                            reason: Some("invalid_grant"),
                            detail,
                            ..Note::default()
                        };
                    }
                    done.note.purpose = Some(brought.client.metadata.purpose.zh.clone());
                    Ok(done)
                })
            },
        )
        .await
    }

    /// Refresh tokens of a public client without a key live a day; all others a year, or as long as the browser's session
    /// when the person did not agree to more, or signed in at another screen (R9).
    pub(crate) fn family_end(&self, client: &Client, scopes: &Scopes, bound: bool, body: &CodeBody) -> i64 {
        let now_s = self.now_s();
        let stays = scopes.has(Scope::OfflineAccess) && !body.amr.split(' ').any(|method| method == ACROSS);
        let end = match (stays, bound || client.metadata.is_confidential()) {
            (false, _) => body.session_until,
            (true, true) => now_s + WHOLE_S,
            (true, false) => now_s + ROTATING_S,
        };
        end * MICROS
    }

    pub(crate) fn refresh_token_of(&self, client: &Client, family: &Family, number: u32) -> Result<String, DeedError> {
        let id = yima_kernel::id::FamilyId::parse(&family.id).map_err(DeedError::internal)?;
        Ok(refresh::write(&self.refresh_key(), &id, number, client.id.as_str()))
    }
}

async fn decide(tx: &mut Tx, hand: &Hand, account: &str, b: &Brought) -> Result<(Ended, Option<InForce>), DeedError> {
    let grant = app_grant::find(tx, &b.body.grant).await?;
    let edge = match (&b.body.acting, &grant) {
        (Some(under), _) => under.edge.as_str(),
        (None, Some(grant)) => grant.edge.as_str(),
        (None, None) => "",
    };
    let found = if edge.is_empty() { None } else { Some(in_force(tx, hand, edge, b.now_us).await?) };
    let over = found.as_ref().is_some_and(Option::is_none);
    // While acting, the mandate is the one that was chosen, as it stood then.
    let found = found.flatten().filter(|_| b.body.acting.is_some());
    let same = |under: &Under| found.as_ref().is_some_and(|found| found.edge.version == under.version);
    let stale = b.body.acting.as_ref().is_some_and(|under| !same(under));
    let ended = redeemed(tx, account, (b, grant, found.as_ref()), over || stale).await?;
    Ok((ended, found))
}

async fn redeemed(
    tx: &mut Tx,
    account: &str,
    (b, grant, under): (&Brought, Option<Grant>, Option<&InForce>),
    over: bool,
) -> Result<Ended, DeedError> {
    let client = b.client.id.as_str();
    let live = match &b.session {
        Some(session) => session::live(tx, session, b.now_us).await?.is_some(),
        // What a device was allowed hangs on no browser.
        None => b.kind == "device_ok",
    };
    // A wrong verifier, key or address burns the code as well, committed (rule R26).
    let mark = if b.right { b.mark } else { [0; 32] };
    if one_time::take(tx, b.kind, &b.hash, Some(client), Some(&mark), b.now_us).await?.is_none() {
        return again(tx, b).await;
    }
    if !b.right {
        return Ok(Ended::No("code_verifier, redirect_uri or the DPoP key is not that of the request"));
    }
    if over {
        return Ok(Ended::No("the mandate behind the code has ended or was changed"));
    }
    let grant = grant.filter(|grant| grant.state == State::Given && grant.until_at > b.now_us);
    let Some(grant) = grant.filter(|grant| grant.account == account && grant.client == client) else {
        return Ok(Ended::No("the person took their agreement back"));
    };
    if !live {
        return Ok(Ended::No("the sign-in behind the code has ended"));
    }
    if !stands(tx, &b.client).await? {
        return Err(DeedError::Busy);
    }
    let edge = under.map(|under| &under.edge);
    let signed_in = edge.map_or(account, |edge| edge.actor.as_str());
    let signed_in = account::find(tx, signed_in).await?.ok_or(DeedError::NotFound("resident"))?;
    let family = family_of(account, b, grant, edge)?;
    family::insert(tx, &family).await?;
    let proofing = proofing_shown(tx, &signed_in).await?;
    Ok(Ended::Tokens(Box::new(family), proofing, under.map(InForce::acted)))
}

/// The family of tokens that begins with the code.
fn family_of(account: &str, b: &Brought, grant: Grant, edge: Option<&Edge>) -> Result<Family, DeedError> {
    let scopes = Scopes::parse(&b.body.scopes).map_err(DeedError::internal)?;
    Ok(Family {
        id: b.body.family.to_string(),
        until_at: match edge {
            Some(edge) => acting_until(edge, &grant, b.now_us)?,
            None => b.until_at.min(grant.until_at),
        },
        grant: grant.id,
        account: account.to_owned(),
        client: b.client.id.to_string(),
        session: b.session.clone(),
        edge: edge.map(|edge| edge.id.clone()).unwrap_or_default(),
        scopes: b.body.scopes.clone(),
        claims: b.body.claims.clone(),
        sid: b.sid.clone(),
        nonce: b.body.request.as_ref().and_then(|asked| asked.nonce.clone()),
        resource: b.body.request.as_ref().and_then(|asked| asked.resource.clone()),
        // Rule R19: no refresh while acting; rule R9: none at another screen.
        offline: edge.is_none()
            && scopes.has(Scope::OfflineAccess)
            && !b.body.amr.split(' ').any(|method| method == ACROSS)
            && b.client.metadata.may(yima_oidc::metadata::GrantType::RefreshToken),
        acr: b.body.acr.clone(),
        amr: b.body.amr.clone(),
        auth_at: b.body.auth_at,
        jkt: b.jkt.map(|jkt| jkt.to_vec()),
        rotating: b.jkt.is_none() && !b.client.metadata.is_confidential(),
        latest: 0,
        latest_at: b.now_us,
        again: 0,
        state: family::State::Live,
        created_at: b.now_us,
        used_at: b.now_us,
    })
}

/// The code was taken before, or is over.
async fn again(tx: &mut Tx, b: &Brought) -> Result<Ended, DeedError> {
    if let Some((at, by)) = one_time::taken(tx, b.kind, &b.hash).await? {
        let lost = by.as_deref() == Some(&b.mark) && b.right && b.now_us - at <= LOST_REPLY_S * MICROS;
        if !lost {
            // RFC 6749 section 4.1.2: whoever brings it a second time ends what came of it.
            family::end(tx, b.body.family.as_str(), "code_replayed", b.now_us).await?;
        }
    }
    Ok(Ended::No("the code is unknown, used, over, or another client's"))
}
