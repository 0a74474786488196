//! What a token is now (RFC 7662), told to its client and to the API that it is for; and its end at their wish (RFC 7009).
//! It does not tell why a token is not active.

use crate::Province;
use crate::app_error::AppError;
use crate::client_door::AppRequest;
use crate::clients::Client;
use crate::error::DeedError;
use crate::opaque_tokens::is_opaque;
use crate::under_mandate::InForce;
use crate::userinfo::allowed;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use yima_kernel::subject::AccountState;
use yima_oidc::refresh;
use yima_oidc::tokens::AccessToken;
use yima_store::family::{self, Family};
use yima_store::opaque_token;
use yima_store::{account, client as stored};

impl Province {
    /// Answers what a token is; `{"active": false}` for one that is over, unknown, or none of the asker's business.
    ///
    /// # Errors
    /// `invalid_client`, `invalid_request`.
    pub async fn introspect(&self, request: &AppRequest) -> Result<Map<String, Value>, AppError> {
        let asker = self.proven_confidential(request).await?;
        let token = request.params.need("token", "token is missing")?;
        let said = match self.own_access(token) {
            Some(access) => self.access_active(&asker, access).await?,
            None if is_opaque(token) => self.opaque_active(&asker, token).await?,
            None => self.refresh_active(&asker, token).await?,
        };
        Ok(said.unwrap_or_else(|| Map::from_iter([("active".to_owned(), Value::Bool(false))])))
    }

    /// Ends a token, with all that are of its sign-in. An unknown one is no error (RFC 7009 section 2.2).
    ///
    /// # Errors
    /// `invalid_client`, `invalid_request`.
    pub async fn revoke_token(&self, request: &AppRequest) -> Result<(), AppError> {
        let client = self.proven_client(request).await?;
        let token = request.params.need("token", "token is missing")?;
        let read = refresh::read(&self.refresh_key(), token, client.id.as_str());
        let opaque = self.opaque_row(token).await?.filter(|row| row.client == client.id.as_str());
        let sid = match &opaque {
            Some(row) => row.sid.clone(),
            None => self.own_access(token).and_then(|access| access.sid.clone()),
        };
        let (id, now_us) = (client.id.to_string(), self.now_us());
        self.store
            .deed::<_, AppError, _>(move |tx| {
                Box::pin(async move {
                    if let Some(row) = opaque {
                        opaque_token::end(tx, &row.id_hash, &id).await?;
                    }
                    let family = match (read, sid) {
                        (Some(read), _) => family::find(tx, read.family.as_str()).await?,
                        (None, Some(sid)) => family::by_sid(tx, &sid).await?,
                        (None, None) => None,
                    };
                    if let Some(family) = family.filter(|family| family.client == id) {
                        account::rely_on(tx, &family.account).await?;
                        family::end(tx, &family.id, "revoked", now_us).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// An access token of ours that is not over by its own words.
    pub(crate) fn own_access(&self, token: &str) -> Option<Arc<AccessToken>> {
        self.ring().access(token, self.issuer(), self.now_s()).ok()
    }

    async fn access_active(
        &self,
        asker: &Arc<Client>,
        token: Arc<AccessToken>,
    ) -> Result<Option<Map<String, Value>>, AppError> {
        let Some(of) = self.client(&token.client_id).await? else { return Ok(None) };
        // Rule R22: its sub is of this organisation, and is told to nobody else whatever addresses they registered.
        let here = of.sector == asker.sector && asker.metadata.resources.contains(&token.aud);
        if !(here || of.id == asker.id) {
            return Ok(None);
        }
        let active = match token.sid.clone() {
            Some(sid) => self.sid_active(of, sid).await?.map(|(_, acting)| acting),
            None => self.client_stands(of).await?.then_some(None),
        };
        let Some(mandate) = active else { return Ok(None) };
        told(&token, mandate.as_ref()).map(Some)
    }

    async fn refresh_active(&self, asker: &Arc<Client>, token: &str) -> Result<Option<Map<String, Value>>, AppError> {
        let Some(read) = refresh::read(&self.refresh_key(), token, asker.id.as_str()) else { return Ok(None) };
        let found = self
            .store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(family::find(tx, read.family.as_str()).await?) })
            })
            .await?;
        let Some(row) = found.filter(|row| row.offline && row.latest == read.number) else { return Ok(None) };
        if self.sid_active(Arc::clone(asker), row.sid.clone()).await?.is_none() {
            return Ok(None);
        }
        let said = json!({
            "active": true, "client_id": asker.id.as_str(), "scope": row.scopes, "sub": self.sub_of(asker, &row.account).await?,
            "exp": row.until_at / crate::clock::MICROS, "iss": self.issuer(), "token_type": "refresh_token",
        });
        Ok(said.as_object().cloned())
    }

    /// The sign-in behind a token, if it stands with its account, mandate, grant, session and client; and the mandate under
    /// which somebody acts.
    pub(crate) async fn sid_active(
        &self,
        client: Arc<Client>,
        sid: String,
    ) -> Result<Option<(Family, Option<InForce>)>, DeedError> {
        let (now_us, hand) = (self.now_us(), self.hand());
        self.store
            .glance::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let Some(family) = family::by_sid(tx, &sid).await? else { return Ok(None) };
                    let state = account::find(tx, &family.account).await?.map(|row| crate::home::standing(row.state));
                    let standing = state == Some(AccountState::Active) && current(tx, &client).await?;
                    if !standing {
                        return Ok(None);
                    }
                    let allows = allowed(tx, &hand, (&family, &client), now_us).await?;
                    Ok(allows.map(|allows| (family, allows.acting)))
                })
            })
            .await
    }

    pub(crate) async fn client_stands(&self, client: Arc<Client>) -> Result<bool, DeedError> {
        let id = client.id.to_string();
        let stands = self
            .store
            .read_one::<_, DeedError, _>(move |tx| Box::pin(async move { current(tx, &client).await }))
            .await?;
        if !stands {
            self.forget_client(&id);
        }
        Ok(stands)
    }
}

/// What an active access token says, with what the one who acts may do now.
pub(crate) fn told(token: &AccessToken, mandate: Option<&InForce>) -> Result<Map<String, Value>, AppError> {
    let mut said = match serde_json::to_value(token).map_err(DeedError::internal)? {
        Value::Object(said) => said,
        _ => Map::new(),
    };
    said.insert("active".to_owned(), true.into());
    said.insert("token_type".to_owned(), if token.cnf.is_some() { "DPoP" } else { "Bearer" }.into());
    if let Some(under) = mandate {
        // What the one who acts may do, as it stands now: heavy deeds ask here (rule R19).
        if let Some(limits) = under.limits() {
            let limits = serde_json::to_value(limits).map_err(DeedError::internal)?;
            said.insert("yima_mandate".to_owned(), limits);
        }
        said.insert("mandate_scope".to_owned(), under.edge.scopes.clone().into());
    }
    Ok(said)
}

/// A look needs no lock: its answer says what is, not that it stays.
async fn current(tx: &mut yima_store::Tx, client: &Client) -> Result<bool, DeedError> {
    Ok(stored::active_version(tx, client.id.as_str()).await? == Some(client.standing()))
}
