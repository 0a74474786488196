//! What an app reads of a person, with the token that it got (OpenID Connect Core 1.0 section 5.3): what was allowed, and
//! is allowed still. The person sees each time that it was read. It does not know HTTP.

use crate::Province;
use crate::app_error::{AppError, refused};
use crate::claims_shown::Shown;
use crate::clients::{Client, stands};
use crate::doorway::Done;
use crate::error::DeedError;
use crate::mandates::{Hand, enterprise_claims};
use crate::under_mandate::{InForce, behind, in_force, told};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::Arc;
use subtle::ConstantTimeEq as _;
use yima_kernel::access::{Refusal, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_oidc::dpop::jkt_text;
use yima_oidc::error::Code;
use yima_oidc::scope::{Claim, Scopes, claims_of, claims_text};
use yima_oidc::tokens::AccessToken;
use yima_store::Tx;
use yima_store::account::{self, Account};
use yima_store::app_grant::{self, State};
use yima_store::family::{self, Family};

/// An access token as it comes with a request.
#[derive(Clone, Debug)]
pub struct Bearing {
    /// The `Authorization` header.
    pub authorization: String,
    /// The `DPoP` header.
    pub dpop: Option<String>,
    /// `GET` or `POST`.
    pub method: &'static str,
}

impl Province {
    /// The claims that a token may read.
    ///
    /// # Errors
    /// `invalid_token`, `insufficient_scope`, `invalid_dpop_proof` (RFC 6750 section 3.1, RFC 9449 section 7.1).
    pub async fn userinfo(&self, bearing: &Bearing) -> Result<Map<String, Value>, AppError> {
        let token = self.borne(bearing, "/oauth2/userinfo").await?;
        let Some(sid) = token.sid.clone() else {
            return Err(refused(Code::InsufficientScope, "no person is behind this token"));
        };
        let over = || refused(Code::InvalidToken, "the sign-in or the agreement behind this token has ended");
        let client = self.client(&token.client_id).await?.ok_or_else(over)?;
        let seen = self
            .store
            .read_one::<_, DeedError, _>({
                let sid = sid.clone();
                move |tx| Box::pin(async move { Ok(family::by_sid(tx, &sid).await?) })
            })
            .await?
            .ok_or_else(over)?;
        let subject = AccountId::parse(&seen.account).map_err(DeedError::internal)?;
        // RFC 6749 section 6: a token with less scope than was granted reads less, whatever `claims` had asked for.
        let narrowed = if token.scope == seen.scopes { None } else { Some(Scopes::parse(&token.scope)?.claims()) };
        // RFC 6750 section 3.1: a token of somebody whose account does not stand is no token; the house's word is another.
        let read = match self.read_claims(&client, subject, seen).await {
            Err(DeedError::Refused(Refusal::SubjectNotActive | Refusal::ActorEnded)) => None,
            read => read?,
        };
        let Some((holder, Allows { mut claims, acting })) = read else { return Err(over()) };
        if let Some(narrowed) = &narrowed {
            claims.retain(|claim| narrowed.contains(claim));
        }
        let about = acting.as_ref().map_or(&holder.id, |under| &under.edge.principal);
        let mut values = Map::new();
        values.insert("sub".to_owned(), self.sub_of(&client, about).await?.into());
        if let Some(chain) = acting.as_ref().and_then(|under| under.chain.as_ref()) {
            let told = enterprise_claims(&chain.organisation, claims.into_iter());
            values.extend(told.into_iter().map(|(name, value)| (name.to_owned(), value.into())));
            return Ok(values);
        }
        for claim in claims {
            if let Some(value) = self.claim_value(claim, &holder)? {
                values.insert(claim.as_str().to_owned(), value.into());
            }
        }
        Ok(values)
    }

    async fn read_claims(
        &self,
        client: &Arc<Client>,
        subject: AccountId,
        seen: Family,
    ) -> Result<Option<(Account, Allows)>, DeedError> {
        let (client, account, now_us) = (Arc::clone(client), subject.to_string(), self.now_us());
        let (hand, id) = (self.hand(), seen.id.clone());
        let mut request = Request::of(Actor::App { client: client.id.clone() }, Deed::ReadClaims).about(subject);
        request.organisation = self.enterprise_behind(&seen.edge).await?;
        self.short(
            request,
            move |tx| {
                Box::pin(async move {
                    let facts = behind(tx, &account, &seen.edge, &seen.grant).await?;
                    Ok((facts, (account, client)))
                })
            },
            move |tx, (account, client), _| {
                Box::pin(async move {
                    let holder = account::find(tx, &account).await?.ok_or(DeedError::NotFound("resident"))?;
                    let family = family::find(tx, &id).await?;
                    let allows = match family {
                        Some(family) if stands(tx, &client).await? => {
                            allowed(tx, &hand, (&family, &client), now_us).await?
                        }
                        _ => None,
                    };
                    let given = allows.as_ref().map(|allows| claims_text(&allows.claims)).unwrap_or_default();
                    let detail = serde_json::json!({ "claims": given, "owner": client.owner });
                    let done = told(Done::plain(()), allows.as_ref().and_then(|allows| allows.acting.as_ref()), detail);
                    let mut done = Done { value: allows.map(|allows| (holder, allows)), note: done.note };
                    done.note.purpose = Some(client.metadata.purpose.zh.clone());
                    if done.value.is_none() {
                        done.note.outcome = yima_kernel::usage::Outcome::Refused;
                        done.note.reason = Some("invalid_token");
                    }
                    Ok(done)
                })
            },
        )
        .await
    }

    /// The access token of a request to one of our own addresses: ours, for us, not over, and borne as it must be.
    pub(crate) async fn borne(&self, bearing: &Bearing, path: &'static str) -> Result<Arc<AccessToken>, AppError> {
        let wrong = |description| refused(Code::InvalidToken, description);
        let (scheme, token) = bearing.authorization.split_once(' ').ok_or(wrong("no access token came"))?;
        let read = self
            .ring()
            .access(token.trim(), self.issuer(), self.now_s())
            .map_err(|_| wrong("the access token is not ours, is over, or is of another kind"))?;
        if read.aud != self.issuer() {
            return Err(wrong("the access token is for another API"));
        }
        match (&read.cnf, scheme.eq_ignore_ascii_case("dpop"), &bearing.dpop) {
            (None, false, None) if scheme.eq_ignore_ascii_case("bearer") => Ok(read),
            (Some(key), true, Some(proof)) => {
                let proof = self.proof_of_possession(proof, (bearing.method, path), Some(token.trim()), true).await?;
                let same: bool = jkt_text(&proof.jkt).as_bytes().ct_eq(key.jkt.as_bytes()).into();
                if same { Ok(read) } else { Err(refused(Code::InvalidDpopProof, "the token is bound to another key")) }
            }
            // RFC 9449 section 7.2: a bound token is never taken as a bare one.
            _ => Err(wrong("a bound token comes as DPoP with its proof, a bare one as Bearer")),
        }
    }
}

/// What a family allows now.
pub(crate) struct Allows {
    /// Those of its request that are given still.
    pub claims: BTreeSet<Claim>,
    /// The mandate under which it was made; it counts no longer than that.
    pub acting: Option<InForce>,
}

/// What a family allows now; `None` when it is over, or the mandate behind it is. Call [`behind`] first where something
/// is decided by it.
pub(crate) async fn allowed(
    tx: &mut Tx,
    hand: &Hand,
    (family, client): (&Family, &Client),
    now_us: i64,
) -> Result<Option<Allows>, DeedError> {
    let live = family.state == family::State::Live && family.client == client.id.as_str() && family.until_at > now_us;
    if !live {
        return Ok(None);
    }
    if let Some(session) = &family.session
        && family::session_was_ended(tx, session).await?
    {
        return Ok(None);
    }
    let grant = app_grant::find(tx, &family.grant).await?;
    let Some(grant) = grant.filter(|grant| grant.state == State::Given && grant.until_at > now_us) else {
        return Ok(None);
    };
    let acts = !family.edge.is_empty();
    let edge = if acts { &family.edge } else { &grant.edge };
    let edge = if edge.is_empty() { None } else { Some(in_force(tx, hand, edge, now_us).await?) };
    if edge.as_ref().is_some_and(Option::is_none) {
        return Ok(None);
    }
    let given = Shown::of_grant(&grant).given;
    let claims = claims_of(&family.claims).intersection(&given).copied().collect();
    Ok(Some(Allows { claims, acting: edge.flatten().filter(|_| acts) }))
}
