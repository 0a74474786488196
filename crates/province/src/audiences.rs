//! The APIs of other apps that an app's tokens may be for (RFC 8707, rule R22): which app such an API is of, and what the
//! page of consent says of it. It does not make tokens.

use crate::Province;
use crate::app_error::{AppError, refused};
use crate::clients::Client;
use crate::error::DeedError;
use std::sync::Arc;
use yima_oidc::error::Code;

/// An API of another organisation, as the page of consent names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentAudience {
    /// Legal name of the organisation that it is of.
    pub owner: String,
    /// Its address.
    pub resource: String,
}

impl Province {
    /// The app whose API this is, when that is of another organisation, so that it knows people by other pseudonyms than this
    /// client does. `None` for an API of the client's own organisation, and where no API is named.
    ///
    /// # Errors
    /// `invalid_target` (RFC 8707 section 2) for an API that either side has not registered, or not any more.
    pub(crate) async fn audience(
        &self,
        client: &Client,
        resource: Option<&str>,
    ) -> Result<Option<Arc<Client>>, AppError> {
        let Some(asked) = resource else { return Ok(None) };
        if client.metadata.resources.iter().any(|own| own == asked) {
            return Ok(None);
        }
        let gone = || refused(Code::InvalidTarget, "the API that resource names is not registered for this client now");
        let named = client.metadata.audiences.iter().find(|one| one.resource == asked).ok_or_else(gone)?;
        let of = self.client(named.client.as_str()).await?;
        let of = of.filter(|of| of.metadata.resources.contains(&named.resource)).ok_or_else(gone)?;
        Ok(Some(of).filter(|of| of.sector != client.sector))
    }

    /// The same for the list of what was allowed, which has no words of OAuth.
    pub(crate) async fn audiences_of(&self, client: &Client) -> Result<Vec<ConsentAudience>, DeedError> {
        self.audiences_shown(client).await.map_err(|error| match error {
            AppError::Deed(error) => error,
            AppError::Oauth(error) => DeedError::internal(format!("{error:?}")),
        })
    }

    /// What a person is told of the APIs of other organisations that an app may go to for them.
    pub(crate) async fn audiences_shown(&self, client: &Client) -> Result<Vec<ConsentAudience>, AppError> {
        let mut shown = Vec::new();
        for named in &client.metadata.audiences {
            // One that is not there opens nothing, and is not shown.
            match self.audience(client, Some(&named.resource)).await {
                Ok(Some(of)) => {
                    shown.push(ConsentAudience { owner: of.owner.clone(), resource: named.resource.clone() });
                }
                Ok(None) | Err(AppError::Oauth(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(shown)
    }
}
