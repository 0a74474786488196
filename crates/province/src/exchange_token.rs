//! A mandate ticket becomes a token for somebody else, once (RFC 8693, rules R18, R19, R26 and R27). Both records get the
//! use, refusals included. It does not know how the ticket was made.

use crate::Province;
use crate::acting::Under;
use crate::allow_app::grant_fields;
use crate::app_error::{AppError, refused};
use crate::claims_shown::Shown;
use crate::clients::{Client, stands};
use crate::doorway::Done;
use crate::error::DeedError;
use crate::mandate_ticket::{KIND, ticket_hash};
use crate::mandates::{Hand, terms};
use crate::recoveries::proofing_shown;
use crate::row_seal::RowSealer;
use crate::token::{Handing, TokenAnswer};
use crate::under_mandate::{Acted, InForce, acting_until, agreed_under, behind, in_force, told};
use crate::userinfo::allowed;
use std::sync::Arc;
use yima_kernel::access::Request;
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, FamilyId};
use yima_kernel::subject::Actor;
use yima_kernel::usage::Outcome;
use yima_oidc::dpop::jkt_text;
use yima_oidc::error::{Code, OauthError};
use yima_oidc::exchange::{self, ACCESS_TOKEN, Exchange};
use yima_oidc::scope::{Scopes, claims_text};
use yima_store::family::{self, Family};
use yima_store::{Tx, account, one_time, session};

/// What an exchange brings, with the rows that never change.
#[derive(Clone)]
struct Brought {
    client: Arc<Client>,
    hash: [u8; 32],
    under: Under,
    /// On whose account the ticket hangs.
    principal: String,
    /// The browser's session in which the ticket was made.
    session: String,
    /// The sign-in behind the token of the one who acts.
    actor: Family,
    wish: Exchange,
    jkt: Option<[u8; 32]>,
    family: String,
    sid: String,
    now_us: i64,
}

/// What came of it.
struct Made {
    family: Family,
    /// Of the one who acts.
    proofing: u8,
    acted: Acted,
}

type Ended = Result<Box<Made>, OauthError>;

impl Province {
    pub(crate) async fn exchange(
        &self,
        client: &Arc<Client>,
        wish: Exchange,
        jkt: Option<[u8; 32]>,
    ) -> Result<TokenAnswer, AppError> {
        let unknown = || refused(Code::InvalidRequest, "the ticket is unknown, used, over, or another client's");
        if jkt.is_none() && !client.metadata.is_confidential() {
            return Err(refused(Code::InvalidDpopProof, "a token for somebody else is bound by DPoP, or confidential"));
        }
        self.audience(client, wish.resource.as_deref()).await?;
        let access = self.own_access(&wish.actor_token);
        let access = access.ok_or_else(|| refused(Code::InvalidRequest, "actor_token is not ours, or is over"))?;
        let shown = jkt.as_ref().map(jkt_text);
        let sid = exchange::actor(&access, client.id.as_str(), shown.as_deref())?.to_owned();
        let hash = ticket_hash(&wish.ticket);
        let (row, actor) = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok((one_time::peek(tx, KIND, &hash).await?, family::by_sid(tx, &sid).await?)) })
            })
            .await?;
        let row = row.filter(|row| row.client.as_deref() == Some(client.id.as_str())).ok_or_else(unknown)?;
        let (principal, session) = row.account.zip(row.session).ok_or_else(unknown)?;
        if !self.ticket_is_ours(&wish.ticket, &principal, client.id.as_str()) {
            tracing::error!(alarm = "ticket_mark", client = %client.id, "a ticket does not carry this program's mark");
            return Err(unknown());
        }
        let brought = Brought {
            client: Arc::clone(client),
            hash,
            under: serde_json::from_str(&row.body).map_err(DeedError::internal)?,
            principal,
            session,
            actor: actor.ok_or_else(|| refused(Code::InvalidRequest, "the sign-in behind actor_token is over"))?,
            wish,
            jkt,
            family: FamilyId::new(self.now_ms(), self.chance.bytes()).to_string(),
            sid: self.random_text(),
            now_us: self.now_us(),
        };
        let made = self.exchanged(brought).await??;
        let Made { family, proofing, acted } = *made;
        let scopes = Scopes::parse(&family.scopes)?;
        let hands = Handing { scopes: &scopes, proofing, refresh: None, with_id: false, acted: Some(acted) };
        let answer = self.tokens_of(client, &family, hands).await?;
        Ok(TokenAnswer { issued_token_type: Some(ACCESS_TOKEN), ..answer })
    }

    async fn exchanged(&self, brought: Brought) -> Result<Ended, DeedError> {
        let subject = AccountId::parse(&brought.principal).map_err(DeedError::internal)?;
        let actor = Actor::App { client: brought.client.id.clone() };
        let (hand, seals) = (self.hand(), self.sealer_of_rows());
        let mut request = Request::of(actor, Deed::TakeToken).about(subject);
        request.organisation = self.enterprise_behind(&brought.under.edge).await?;
        self.short(
            request,
            move |tx| {
                Box::pin(async move {
                    let facts = behind(tx, &brought.principal, &brought.under.edge, "").await?;
                    Ok((facts, brought))
                })
            },
            move |tx, brought, _| {
                Box::pin(async move {
                    let (ended, under) = decide(tx, &hand, &seals, &brought).await?;
                    let detail = serde_json::json!({
                        "by": "exchange", "owner": brought.client.owner,
                        "claims": ended.as_ref().map(|made| made.family.claims.clone()).unwrap_or_default(),
                    });
                    let refused = ended.is_err();
                    let mut done = told(Done::plain(ended), under.as_ref(), detail);
                    if refused {
                        done.note.outcome = Outcome::Refused;
                        done.note.reason = Some("invalid_grant");
                    }
                    done.note.purpose = Some(brought.client.metadata.purpose.zh.clone());
                    Ok(done)
                })
            },
        )
        .await
    }
}

async fn decide(
    tx: &mut Tx,
    hand: &Hand,
    seals: &RowSealer,
    b: &Brought,
) -> Result<(Ended, Option<InForce>), DeedError> {
    let client = b.client.id.as_str();
    let under = in_force(tx, hand, &b.under.edge, b.now_us).await?;
    let signed_in = session::live(tx, &b.session, b.now_us).await?.is_some();
    let stood = allowed(tx, hand, (&b.actor, &b.client), b.now_us).await?.is_some();
    // Whatever else is wrong, the ticket is used up (rule R26).
    if one_time::take(tx, KIND, &b.hash, Some(client), None, b.now_us).await?.is_none() {
        return Ok((no(Code::InvalidRequest, "the ticket is unknown, used, over, or another client's"), under));
    }
    let Some(under) = under.filter(|under| under.edge.version == b.under.version) else {
        return Ok((no(Code::InvalidRequest, "the mandate behind the ticket has ended or was changed"), None));
    };
    let same = b.actor.session.as_deref() == Some(b.session.as_str()) && b.actor.account == under.edge.actor;
    if !(same && stood && signed_in && b.actor.edge.is_empty()) {
        let why = "actor_token is not of the sign-in in which the ticket was made, or that is over";
        return Ok((no(Code::InvalidRequest, why), Some(under)));
    }
    if !stands(tx, &b.client).await? {
        return Err(DeedError::Busy);
    }
    let ended = made(tx, seals, b, &under).await?;
    Ok((ended, Some(under)))
}

async fn made(tx: &mut Tx, seals: &RowSealer, b: &Brought, under: &InForce) -> Result<Ended, DeedError> {
    let edge = &under.edge;
    let grant = agreed_under(tx, &b.principal, b.client.id.as_str(), (&edge.id, under.chain.is_some())).await?;
    let Some(grant) = grant.filter(|grant| grant.until_at > b.now_us) else {
        return Ok(no(Code::InvalidRequest, "nobody agreed to this app for whom they act"));
    };
    seals.right("app_grant", &grant.id, grant.version, &grant_fields(&grant), &grant.seal)?;
    let agreed = Shown::of_grant(&grant);
    if !agreed.is_current(&b.client, &grant) {
        return Ok(no(Code::InvalidRequest, "the app has changed since it was agreed to; it has to be asked again"));
    }
    let terms = terms(edge)?;
    let scopes = match exchange::given(
        b.wish.scopes.as_ref(),
        (terms.kind, terms.scopes),
        &agreed.scopes,
        &b.client.metadata.scopes,
    ) {
        Ok(scopes) => scopes,
        Err(error) => return Ok(Err(error)),
    };
    let claims = scopes.claims().intersection(&agreed.given).copied().collect();
    let actor = account::find(tx, &edge.actor).await?.ok_or(DeedError::NotFound("resident"))?;
    let family = Family {
        id: b.family.clone(),
        until_at: acting_until(edge, &grant, b.now_us)?,
        grant: grant.id,
        account: b.principal.clone(),
        edge: edge.id.clone(),
        scopes: scopes.text(),
        claims: claims_text(&claims),
        sid: b.sid.clone(),
        nonce: None,
        resource: b.wish.resource.clone(),
        // Rule R19: no refresh.
        offline: false,
        rotating: false,
        jkt: b.jkt.map(|jkt| jkt.to_vec()),
        latest: 0,
        latest_at: b.now_us,
        again: 0,
        state: family::State::Live,
        created_at: b.now_us,
        used_at: b.now_us,
        // Client, session, and how the one who acts signed in.
        ..b.actor.clone()
    };
    family::insert(tx, &family).await?;
    Ok(Ok(Box::new(Made { family, proofing: proofing_shown(tx, &actor).await?, acted: under.acted() })))
}

const fn no(code: Code, why: &'static str) -> Ended {
    Err(OauthError::new(code, why))
}
