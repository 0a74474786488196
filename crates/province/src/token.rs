//! The token endpoint: one file a way to a token, and what all of them hand out. It does not know HTTP.

use crate::Province;
use crate::app_error::{AppError, refused};
use crate::client_door::AppRequest;
use crate::clients::Client;
use crate::error::DeedError;
use crate::opaque_tokens::{Opaque, signed_in_of};
use crate::under_mandate::Acted;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::Arc;
use yima_kernel::mandate::Kind as MandateKind;
use yima_keys::Suite;
use yima_oidc::dpop::jkt_text;
use yima_oidc::error::Code;
use yima_oidc::scope::{Scope, Scopes};
use yima_oidc::token_request::{self, TokenRequest};
use yima_oidc::tokens::{AccessToken, Confirmation, IdToken, Kind, LIFE_S};
use yima_store::family::Family;

/// What the token endpoint answers (RFC 6749 section 5.1).
#[derive(Clone, Debug)]
pub struct TokenAnswer {
    /// RFC 9068.
    pub access_token: String,
    /// `Bearer` or `DPoP`.
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: i64,
    /// What it is for.
    pub scope: String,
    /// Where the person agreed to it.
    pub refresh_token: Option<String>,
    /// Where somebody signed in.
    pub id_token: Option<String>,
    /// RFC 8693 section 2.2.1, for an exchange.
    pub issued_token_type: Option<&'static str>,
}

/// What is handed out of a family.
pub(crate) struct Handing<'a> {
    pub scopes: &'a Scopes,
    /// How well it is known who the one is that signed in.
    pub proofing: u8,
    pub refresh: Option<String>,
    pub with_id: bool,
    /// Who acts for whom.
    pub acted: Option<Acted>,
}

impl Province {
    /// Answers a request for tokens.
    ///
    /// # Errors
    /// The words of RFC 6749 section 5.2 and of the extensions.
    pub async fn token(&self, request: &AppRequest) -> Result<TokenAnswer, AppError> {
        let client = self.proven_client(request).await?;
        let wish = token_request::parse(&request.params, &client.metadata)?;
        // A code and a refresh token are taken once themselves; nothing else stands between a copied proof and a token.
        let once = matches!(wish, TokenRequest::ClientCredentials { .. } | TokenRequest::Exchange(_));
        let jkt = match &request.dpop {
            Some(proof) => Some(self.proof_of_possession(proof, ("POST", "/oauth2/token"), None, once).await?.jkt),
            None if client.metadata.dpop_bound => {
                return Err(refused(
                    Code::InvalidDpopProof,
                    "this client registered that its tokens are bound by DPoP",
                ));
            }
            None => None,
        };
        let answer = match wish {
            TokenRequest::Code { code, redirect_uri, verifier } => {
                self.redeem_code(&client, &code, &redirect_uri, &verifier, jkt).await
            }
            TokenRequest::Refresh { token, scope } => self.refresh(&client, &token, scope.as_deref(), jkt).await,
            TokenRequest::ClientCredentials { scopes, resource } => {
                self.as_itself(&client, &scopes, resource.as_deref(), jkt).await
            }
            TokenRequest::Device { code } => self.poll_device(&client, &code, jkt).await,
            TokenRequest::Exchange(wish) => self.exchange(&client, wish, jkt).await,
        };
        if let Err(AppError::Deed(DeedError::Busy)) = &answer {
            // Perhaps another version of the client is in force; it is read again for the next try.
            self.forget_client(client.id.as_str());
        }
        answer
    }

    /// The tokens of a family: for an API, for the app itself, and to go on with. What is for the API of another
    /// organisation is opaque (rule R22).
    pub(crate) async fn tokens_of(
        &self,
        client: &Client,
        family: &Family,
        hands: Handing<'_>,
    ) -> Result<TokenAnswer, AppError> {
        let Handing { scopes, proofing, refresh, with_id, acted } = hands;
        let audience = self.audience(client, family.resource.as_deref()).await?;
        let sector = self.sector_of(client, acted.as_ref().map_or(&family.account, |acted| &acted.about)).await?;
        let (act, sub, mandate) = match acted.as_ref().map(|acted| self.acts(&sector, &family.edge, acted)) {
            Some(acts) => (Some(acts.act), acts.sub, acts.limits),
            None => (None, self.sub_at(&sector, &family.account), None),
        };
        let now_s = self.now_s();
        let signed_in = signed_in_of(family, proofing);
        let jkt = family.jkt.as_deref().and_then(|jkt| <&[u8; 32]>::try_from(jkt).ok()).map(jkt_text);
        let bound = jkt.is_some();
        let exp = (now_s + LIFE_S).min(family.until_at / crate::clock::MICROS).max(now_s + 1);
        let access = AccessToken {
            iss: self.issuer().to_owned(),
            sub: sub.clone(),
            aud: family.resource.clone().unwrap_or_else(|| self.issuer().to_owned()),
            exp,
            iat: now_s,
            jti: self.random_text(),
            client_id: client.id.to_string(),
            scope: scopes.text(),
            sid: Some(family.sid.clone()),
            signed_in: Some(signed_in.clone()),
            cnf: jkt.map(|jkt| Confirmation { jkt }),
            act: act.clone(),
            mandate: mandate.clone(),
        };
        let id_token = IdToken {
            iss: self.issuer().to_owned(),
            sub,
            aud: client.id.to_string(),
            exp: if act.is_some() { exp } else { now_s + LIFE_S },
            iat: now_s,
            nonce: family.nonce.clone(),
            sid: family.sid.clone(),
            signed_in,
            act,
            mandate,
        };
        let by = (Kind::Id, client.metadata.id_token_suite);
        let id_token = (with_id && scopes.has(Scope::OpenId)).then(|| self.sign_token(by, &id_token)).transpose()?;
        let access_token = match &audience {
            None => self.sign_token((Kind::Access, Suite::Es256), &access)?,
            Some(audience) => {
                let person = (family, proofing, acted.as_ref());
                self.opaque_for(client, audience, &access, person).await?
            }
        };
        Ok(TokenAnswer {
            access_token,
            token_type: if bound { "DPoP" } else { "Bearer" },
            expires_in: exp - now_s,
            scope: access.scope,
            refresh_token: refresh,
            id_token,
            issued_token_type: None,
        })
    }

    /// The access token for the API of another organisation.
    async fn opaque_for(
        &self,
        client: &Client,
        audience: &Arc<Client>,
        access: &AccessToken,
        (family, proofing, acted): (&Family, u8, Option<&Acted>),
    ) -> Result<String, AppError> {
        expect_hears_of(audience, acted)?;
        let about = acted.map_or(family.account.as_str(), |acted| acted.about.as_str());
        let of = Opaque {
            client,
            audience,
            resource: &access.aud,
            scopes: &access.scope,
            jkt: family.jkt.as_deref(),
            person: Some((family, proofing, about)),
            until_s: access.exp,
        };
        self.opaque_token(&of).await
    }

    /// 128 random bits.
    pub(crate) fn random_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.chance.bytes::<16>())
    }

    /// The key of refresh tokens.
    pub(crate) fn refresh_key(&self) -> [u8; 32] {
        self.sealer_of_rows().seal("key", "refresh", 1, &[])
    }
}

/// An API whose app is not registered for a kind of mandate gets no token of one (rule R18).
fn expect_hears_of(audience: &Client, acted: Option<&Acted>) -> Result<(), AppError> {
    let Some(acted) = acted else { return Ok(()) };
    let kind = MandateKind::parse(&acted.kind);
    if kind.is_some_and(|kind| audience.metadata.mandates.contains(&kind)) {
        return Ok(());
    }
    Err(refused(Code::InvalidTarget, "the API that resource names takes nobody who acts for another"))
}
