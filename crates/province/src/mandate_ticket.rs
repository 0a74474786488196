//! Mandate tickets (rule R18): a person who is signed in at an app picks on our page for whom they act there, and the app
//! gets a ticket that it exchanges. 128 bits, 120 seconds, once; bound to client, session and the mandate as it stood.
//! It does not know the exchange.

use crate::Province;
use crate::acting::{Acting, ONESELF};
use crate::app_error::{AppError, refused};
use crate::authorize::Next;
use crate::clients::Client;
use crate::clock::MICROS;
use crate::error::DeedError;
use crate::person_sessions::{Person, facts_of};
use crate::under_mandate::{behind, in_force};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::Arc;
use subtle::ConstantTimeEq as _;
use yima_oidc::authorize;
use yima_oidc::error::{Code, OauthError};
use yima_oidc::form::{Params, with_query};
use yima_oidc::metadata::GrantType;
use yima_store::one_time::{self, OneTime};

/// The kind of its one-time row.
pub(crate) const KIND: &str = "mandate_ticket";
/// It lives so long, seconds.
const TICKET_S: i64 = 120;
const SECRET: usize = 16;

/// A request whose client and destination are certain.
struct Asked {
    client: Arc<Client>,
    redirect_uri: String,
    state: Option<String>,
}

impl Province {
    /// A person comes from an app that asks for whom they act.
    ///
    /// # Errors
    /// What the store says; everything of the protocol is a [`Next`].
    pub async fn ask_whom(&self, person: Option<&Person>, params: &Params) -> Result<Next, AppError> {
        let asked = match self.ticket_request(params).await? {
            Ok(asked) => asked,
            Err(next) => return Ok(next),
        };
        let Some(person) = person else {
            return Ok(Next::SignIn { next: format!("/oauth2/acting?{}", params.encoded()), signed_in: false });
        };
        let all = self.may_act(person, &asked.client, None).await?;
        if all.is_empty() {
            return Ok(self.no_ticket(&asked, "there is nobody for whom they may act here"));
        }
        Ok(Next::Choose(Box::new(self.acting_page(&asked.client, &all, params.encoded(), true)?)))
    }

    /// What they picked; the ticket goes to the app by their browser, and nothing more with it.
    ///
    /// # Errors
    /// As [`Province::ask_whom`].
    pub async fn answer_whom(&self, person: &Person, params: &Params, whom: &str) -> Result<Next, AppError> {
        let asked = match self.ticket_request(params).await? {
            Ok(asked) => asked,
            Err(next) => return Ok(next),
        };
        if whom == ONESELF {
            return Ok(self.no_ticket(&asked, "they act for themselves"));
        }
        let Some(acting) = self.may_act(person, &asked.client, Some(whom)).await?.pop() else {
            return Ok(self.no_ticket(&asked, "the mandate has ended, or is none for this app"));
        };
        let ticket = self.mandate_ticket(person, &asked.client, &acting).await?;
        let mut pairs = vec![("mandate_ticket", ticket.as_str())];
        pairs.extend(asked.state.as_deref().map(|state| ("state", state)));
        pairs.push(("iss", self.issuer()));
        Ok(Next::Back(with_query(&asked.redirect_uri, &pairs)))
    }

    async fn mandate_ticket(&self, person: &Person, client: &Client, acting: &Acting) -> Result<String, AppError> {
        let secret: [u8; SECRET] = self.chance.bytes();
        let (principal, now_us) = (acting.holder.id.clone(), self.now_us());
        let mut bytes = secret.to_vec();
        bytes.extend(self.ticket_mark(&secret, &principal, client.id.as_str()));
        let ticket = URL_SAFE_NO_PAD.encode(bytes);
        let row = OneTime {
            id_hash: ticket_hash(&ticket).to_vec(),
            kind: KIND.to_owned(),
            account: Some(principal.clone()),
            client: Some(client.id.to_string()),
            session: Some(person.session.to_string()),
            body: serde_json::to_string(&acting.under()).map_err(DeedError::internal)?,
            tries: 1,
            created_at: now_us,
            expires_at: now_us + TICKET_S * MICROS,
        };
        let (hand, actor, edge) = (self.hand(), person.actor(), acting.edge.clone());
        self.store
            .deed::<_, AppError, _>(move |tx| {
                Box::pin(async move {
                    behind(tx, &principal, &edge, "").await?;
                    let facts = facts_of(tx, &actor, now_us).await?;
                    if facts.actor_ended || in_force(tx, &hand, &edge, now_us).await?.is_none() {
                        return Err(refused(Code::AccessDenied, "the sign-in or the mandate has ended"));
                    }
                    Ok(one_time::put(tx, &row).await?)
                })
            })
            .await?;
        Ok(ticket)
    }

    async fn ticket_request(&self, params: &Params) -> Result<Result<Asked, Next>, AppError> {
        let here = |why| Ok(Err(Next::Stop(OauthError::new(Code::InvalidRequest, why))));
        let Some(client_id) = params.get("client_id") else { return here("client_id is missing") };
        let Some(client) = self.client(client_id).await? else { return here("no such client is registered here") };
        if let Err(error) = authorize::destination(params, &client.metadata) {
            return Ok(Err(Next::Stop(error)));
        }
        let state = params.get("state").map(str::to_owned);
        let redirect_uri = params.get("redirect_uri").unwrap_or_default().to_owned();
        let may = client.metadata.may(GrantType::TokenExchange);
        let asked = Asked { client, redirect_uri, state };
        if !may {
            let error = OauthError::new(Code::UnauthorizedClient, "this client is not registered for token-exchange");
            return Ok(Err(self.ticket_refused(&asked, &error)));
        }
        Ok(Ok(asked))
    }

    fn no_ticket(&self, asked: &Asked, why: &'static str) -> Next {
        self.ticket_refused(asked, &OauthError::new(Code::AccessDenied, why))
    }

    fn ticket_refused(&self, asked: &Asked, error: &OauthError) -> Next {
        Next::Back(authorize::refused(&asked.redirect_uri, error, asked.state.as_deref(), self.issuer()))
    }

    /// Was this ticket made by this program for this principal and client? An inserted row opens nothing (rule R44).
    pub(crate) fn ticket_is_ours(&self, ticket: &str, principal: &str, client: &str) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(ticket) else { return false };
        let Some((secret, mark)) = bytes.split_first_chunk::<SECRET>() else { return false };
        self.ticket_mark(secret, principal, client).as_slice().ct_eq(mark).into()
    }

    fn ticket_mark(&self, secret: &[u8; SECRET], principal: &str, client: &str) -> [u8; 16] {
        self.marked("ticket", &[secret, principal.as_bytes(), client.as_bytes()])
    }
}

pub(crate) fn ticket_hash(ticket: &str) -> [u8; 32] {
    yima_keys::sha256(&[b"yima.ticket.v1\0", ticket.as_bytes()])
}
