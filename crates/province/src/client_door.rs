//! Which client is asking, and whether it is the one that it says (RFC 6749 section 2.3, RFC 7523).
//! It does not know what is asked for.

use crate::Province;
use crate::app_error::{AppError, refused};
use crate::clients::Client;
use crate::signing_in::Region;
use std::sync::Arc;
use yima_oidc::assertion;
use yima_oidc::client_auth::{self, Brought};
use yima_oidc::error::Code;
use yima_oidc::form::Params;
use yima_oidc::metadata::AuthMethod;

/// What an app sends to an endpoint of the protocol.
#[derive(Clone, Debug)]
pub struct AppRequest {
    /// The form.
    pub params: Params,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The `DPoP` header.
    pub dpop: Option<String>,
    /// The network that it came from, /24 or /56; empty when that is not known.
    pub network: String,
    /// Where that is, as far as the operator has said so.
    pub region: Option<Region>,
}

impl Province {
    /// The client, once it has proven itself in the way that it is registered for.
    ///
    /// # Errors
    /// `invalid_client`, alike for one that is unknown and one that can't prove itself.
    pub(crate) async fn proven_client(&self, request: &AppRequest) -> Result<Arc<Client>, AppError> {
        let brought = client_auth::read(request.authorization.as_deref(), &request.params)?;
        match self.client(&brought.client_id).await? {
            Some(client) if self.right(&client, &brought).await? => Ok(client),
            _ => Err(refused(Code::InvalidClient, "unknown client, or it did not prove itself as it is registered")),
        }
    }

    /// The same, for endpoints that serve only those who can prove themselves.
    pub(crate) async fn proven_confidential(&self, request: &AppRequest) -> Result<Arc<Client>, AppError> {
        let client = self.proven_client(request).await?;
        if client.metadata.is_confidential() {
            Ok(client)
        } else {
            Err(refused(Code::InvalidClient, "only a client that can prove itself may ask this"))
        }
    }

    async fn right(&self, client: &Client, brought: &Brought) -> Result<bool, AppError> {
        let registered = client.metadata.auth_method;
        // Both ways of carrying a secret are the same proof: what is registered is that there is one.
        let same = registered == brought.method || (registered.has_secret() && brought.method.has_secret());
        if !same {
            return Ok(false);
        }
        match brought.method {
            AuthMethod::None => Ok(true),
            AuthMethod::SecretBasic | AuthMethod::SecretPost => Ok(self.client_secret_right(client, &brought.proof)),
            AuthMethod::PrivateKeyJwt => {
                let keys = &client.metadata.keys;
                let asserted = assertion::check(&brought.proof, client.id.as_str(), keys, self.issuer(), self.now_s())?;
                if self.seen_first(asserted.once, asserted.until_s).await? {
                    Ok(true)
                } else {
                    Err(refused(Code::InvalidClient, "this assertion was used before"))
                }
            }
        }
    }
}
