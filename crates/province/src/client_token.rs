//! Tokens for an app as itself, with no person behind it (RFC 6749 section 4.4). It does not know what its scopes mean:
//! they are the words of the app's own organisation.

use crate::Province;
use crate::app_error::AppError;
use crate::clients::{Client, stands};
use crate::doorway::Done;
use crate::error::DeedError;
use crate::opaque_tokens::Opaque;
use crate::token::TokenAnswer;
use std::sync::Arc;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_oidc::dpop::jkt_text;
use yima_oidc::tokens::{AccessToken, Confirmation, Kind, LIFE_S};

impl Province {
    pub(crate) async fn as_itself(
        &self,
        client: &Arc<Client>,
        scopes: &[String],
        resource: Option<&str>,
        jkt: Option<[u8; 32]>,
    ) -> Result<TokenAnswer, AppError> {
        let (mine, scope) = (Arc::clone(client), scopes.join(" "));
        let detail = serde_json::json!({ "by": "client_credentials", "owner": client.owner, "scope": scope });
        self.short(
            Request::of(Actor::App { client: client.id.clone() }, Deed::TakeToken),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    if stands(tx, &mine).await? { Ok(Done::plain(()).detail(detail)) } else { Err(DeedError::Busy) }
                })
            },
        )
        .await?;
        let audience = self.audience(client, resource).await?;
        let now_s = self.now_s();
        let access = AccessToken {
            iss: self.issuer().to_owned(),
            // RFC 9068 section 2.2: without a person the client is its own subject.
            sub: client.id.to_string(),
            aud: resource.unwrap_or(self.issuer()).to_owned(),
            exp: now_s + LIFE_S,
            iat: now_s,
            jti: self.random_text(),
            client_id: client.id.to_string(),
            scope,
            sid: None,
            signed_in: None,
            cnf: jkt.as_ref().map(|jkt| Confirmation { jkt: jkt_text(jkt) }),
            act: None,
            mandate: None,
        };
        let access_token = match &audience {
            None => self.sign_token((Kind::Access, Suite::Es256), &access)?,
            Some(audience) => {
                let of = Opaque {
                    client,
                    audience,
                    resource: &access.aud,
                    scopes: &access.scope,
                    jkt: jkt.as_ref().map(|jkt| &jkt[..]),
                    person: None,
                    until_s: access.exp,
                };
                self.opaque_token(&of).await?
            }
        };
        Ok(TokenAnswer {
            access_token,
            token_type: if jkt.is_some() { "DPoP" } else { "Bearer" },
            expires_in: LIFE_S,
            scope: access.scope,
            refresh_token: None,
            id_token: None,
            issued_token_type: None,
        })
    }
}
