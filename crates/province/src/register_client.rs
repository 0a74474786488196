//! An organisation registers its app itself (RFC 7591), by a token that it was handed once (rule R37). What it registers is
//! a proposal: it counts after the same review as every other. It does not know HTTP.

use crate::Province;
use crate::app_error::{AppError, refused};
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::review_clients::{INVITATION, ProposeClient, ProposedClient, expect_owner};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_oidc::error::Code;
use yima_oidc::metadata::Metadata;
use yima_store::one_time::{self, OneTime};

/// An initial token lives so long, seconds.
const LIFE_S: i64 = 24 * 3600;

/// For whom an initial token was made.
#[derive(Serialize, Deserialize)]
struct Invited {
    organisation: String,
    owner: String,
}

impl Province {
    /// Makes an initial access token (RFC 7591 section 1.2) for one registration by an organisation; it is shown once.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a credit code or a legal name that can't be one.
    pub async fn invite_client(&self, actor: &Actor, organisation: &str, owner: &str) -> Result<String, DeedError> {
        let (organisation, owner) = (organisation.to_owned(), owner.to_owned());
        let wish = ProposeClient {
            id: None,
            organisation: organisation.clone(),
            owner: owner.clone(),
            metadata: String::new(),
        };
        expect_owner(&wish)?;
        let token = URL_SAFE_NO_PAD.encode(self.chance.bytes::<32>());
        let body = serde_json::to_string(&Invited { organisation: organisation.clone(), owner })
            .map_err(DeedError::internal)?;
        let (hash, now_us) = (token_hash(&token), self.now_us());
        self.short(
            Request::of(actor.clone(), Deed::InviteClient),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    let row = OneTime {
                        id_hash: hash.to_vec(),
                        kind: INVITATION.to_owned(),
                        body,
                        tries: 1,
                        created_at: now_us,
                        expires_at: now_us + LIFE_S * MICROS,
                        ..OneTime::default()
                    };
                    one_time::put(tx, &row).await?;
                    Ok(Done::plain(()).detail(serde_json::json!({ "organisation": organisation })))
                })
            },
        )
        .await?;
        Ok(token)
    }

    /// Registers an app by such a token (RFC 7591 section 3.1).
    ///
    /// # Errors
    /// `invalid_token`, `invalid_redirect_uri`, `invalid_client_metadata` (section 3.2.2).
    pub async fn register_client(&self, token: &str, metadata: &str) -> Result<ProposedClient, AppError> {
        let hash = token_hash(token);
        let row = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let taken = one_time::taken(tx, INVITATION, &hash).await?.is_some();
                    Ok(one_time::peek(tx, INVITATION, &hash).await?.filter(|_| !taken))
                })
            })
            .await?;
        let over = || refused(Code::InvalidToken, "the initial access token is unknown, used or over");
        let row = row.filter(|row| row.expires_at > self.now_us()).ok_or_else(over)?;
        // A token is not used up by metadata that is not taken.
        if let Err(why) = Metadata::parse(metadata) {
            return Err(match why.member {
                "redirect_uris" => {
                    refused(Code::InvalidRedirectUri, "one of redirect_uris is not taken; see the guide")
                }
                _ => refused(Code::InvalidClientMetadata, "the metadata is not taken; see the guide"),
            });
        }
        let invited: Invited = serde_json::from_str(&row.body).map_err(DeedError::internal)?;
        let by = format!("organisation:{}", invited.organisation);
        let wish = ProposeClient {
            id: None,
            organisation: invited.organisation,
            owner: invited.owner,
            metadata: metadata.to_owned(),
        };
        match self.propose(&Actor::Stranger, Deed::RegisterClient, &by, wish, Some(hash)).await {
            Err(DeedError::NotFound(_)) => Err(over()),
            Err(DeedError::Conflict(_)) => {
                Err(refused(Code::InvalidClientMetadata, "an app of another organisation has a name like this one"))
            }
            done => Ok(done?),
        }
    }
}

fn token_hash(token: &str) -> [u8; 32] {
    yima_keys::sha256(&[b"yima.register.v1\0", token.as_bytes()])
}
