//! An organisation registers its app itself (RFC 7591), by a token that it was handed once (rule R37). What it registers is
//! a proposal: it counts after the same review as every other. It does not know HTTP.

use crate::Province;
use crate::app_error::{AppError, refused};
use crate::client_logos::taken_out;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::review_clients::{Entry, INVITATION, ProposeClient, ProposedClient, expect_owner};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_oidc::error::Code;
use yima_oidc::metadata::Metadata;
use yima_store::client;
use yima_store::one_time::{self, OneTime};

/// An initial token lives so long, seconds.
const LIFE_S: i64 = 24 * 3600;

/// Whose apps of a sandbox are, and how many there may be.
const SANDBOX: &str = "sandbox";
const SANDBOX_OWNER: &str = "沙箱里自己登记的应用，没有审核 · Registered by itself in a sandbox, not reviewed";
const SANDBOX_MAX: u32 = 1_000;

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
        expect_metadata(metadata)?;
        let invited: Invited = serde_json::from_str(&row.body).map_err(DeedError::internal)?;
        let by = format!("organisation:{}", invited.organisation);
        let wish = ProposeClient {
            id: None,
            organisation: invited.organisation,
            owner: invited.owner,
            metadata: metadata.to_owned(),
        };
        match self.propose(&Actor::Stranger, Deed::RegisterClient, &by, wish, Entry::Invited(hash)).await {
            Err(DeedError::NotFound(_)) => Err(over()),
            done => registered(done),
        }
    }

    /// Registers an app without any token, in force at once: in a sandbox alone (rule R37), which is a demonstration, with a
    /// host, keys and invented residents of its own, and says so on every page.
    ///
    /// # Errors
    /// `invalid_token` where this is no sandbox or it is full; those of [`Province::register_client`].
    pub async fn register_in_sandbox(&self, metadata: &str) -> Result<ProposedClient, AppError> {
        if !self.demo {
            return Err(refused(
                Code::InvalidToken,
                "an initial access token of the organisation is needed, as Bearer",
            ));
        }
        expect_metadata(metadata)?;
        let many = self
            .store
            .read_one::<_, DeedError, _>(|tx| Box::pin(async move { Ok(client::many_of(tx, SANDBOX).await?) }))
            .await?;
        if many >= SANDBOX_MAX {
            return Err(refused(
                Code::InvalidToken,
                "this sandbox is full: begin it anew, or bring an initial access token",
            ));
        }
        let wish = ProposeClient {
            id: None,
            organisation: SANDBOX.to_owned(),
            owner: SANDBOX_OWNER.to_owned(),
            metadata: metadata.to_owned(),
        };
        registered(self.propose(&Actor::Stranger, Deed::RegisterClient, SANDBOX, wish, Entry::Sandbox).await)
    }
}

fn registered(done: Result<ProposedClient, DeedError>) -> Result<ProposedClient, AppError> {
    match done {
        Err(DeedError::Invalid { .. }) => {
            Err(refused(Code::InvalidClientMetadata, "the metadata is not taken; see the guide"))
        }
        Err(DeedError::Conflict(_)) => {
            Err(refused(Code::InvalidClientMetadata, "an app of another organisation has a name like this one"))
        }
        done => Ok(done?),
    }
}

/// Metadata that whoever registers by themselves may send.
fn expect_metadata(metadata: &str) -> Result<(), AppError> {
    let bad_logo = |_| refused(Code::InvalidClientMetadata, "yima_logo is no PNG or JPEG; see the guide");
    let (kept, _) = taken_out(metadata.to_owned()).map_err(bad_logo)?;
    match Metadata::parse(&kept) {
        Ok(read) if read.private_network.is_some() => Err(refused(
            Code::InvalidClientMetadata,
            "yima_private_network is named by an operator: ask for it with the review",
        )),
        Ok(_) => Ok(()),
        Err(why) if why.member == "redirect_uris" => {
            Err(refused(Code::InvalidRedirectUri, "one of redirect_uris is not taken; see the guide"))
        }
        Err(_) => Err(refused(Code::InvalidClientMetadata, "the metadata is not taken; see the guide")),
    }
}

fn token_hash(token: &str) -> [u8; 32] {
    yima_keys::sha256(&[b"yima.register.v1\0", token.as_bytes()])
}
