//! Sign-ins at apps that end with a session or a grant, and the messages that tell the apps so. It does not know how a
//! message is carried.

use crate::Province;
use crate::app_deletions;
use crate::clients::Client;
use crate::error::DeedError;
use crate::person_sessions::Person;
use std::sync::Arc;
use yima_oidc::error::OauthError;
use yima_oidc::form::Params;
use yima_oidc::logout::{self, Leaving};
use yima_oidc::tokens::{self, Kind};
use yima_store::app_deletion::{self, Deletion};
use yima_store::app_grant::Grant;
use yima_store::app_message::{self, Message};
use yima_store::{StoreError, Tx, client, family};

/// Ends what began in a session, and tells the apps. Call [`yima_store::account::changed`] first.
pub(crate) async fn of_session(tx: &mut Tx, session: &str, reason: &str, now_us: i64) -> Result<(), StoreError> {
    let ended = family::end_of_session(tx, session, reason, now_us).await?;
    tell(tx, &ended, now_us).await
}

/// Ends every sign-in of an account at apps, and tells them (rule R3). Call [`yima_store::account::changed`] first.
pub(crate) async fn of_account(tx: &mut Tx, account: &str, reason: &str, now_us: i64) -> Result<(), StoreError> {
    let ended = family::end_of_account(tx, account, reason, now_us).await?;
    tell(tx, &ended, now_us).await
}

/// Puts a logout on its way for each (client, sid). A sid ends once, so its message has its name.
pub(crate) async fn tell(tx: &mut Tx, ended: &[(String, String)], now_us: i64) -> Result<(), StoreError> {
    for (client, sid) in ended {
        let message = Message {
            id: format!("logout:{sid}"),
            client: client.clone(),
            kind: "logout".to_owned(),
            body: serde_json::json!({ "sid": sid }).to_string(),
            tries: 0,
            created_at: now_us,
        };
        app_message::put(tx, &message).await?;
    }
    Ok(())
}

/// Puts the end of a grant on its way, and starts the clock of what the app has to delete.
pub(crate) async fn tell_grant_ended(
    tx: &mut Tx,
    grant: &Grant,
    reference: String,
    now_us: i64,
) -> Result<(), StoreError> {
    // One that was stopped meanwhile has to delete all the same.
    let (sector, owner) = client::whose(tx, &grant.client).await?.unwrap_or_default();
    let deletion = Deletion {
        grant: grant.id.clone(),
        account: grant.account.clone(),
        client: grant.client.clone(),
        sector,
        owner,
        reference,
        asked_at: now_us,
        due_at: app_deletions::due(now_us),
        told_at: None,
        state: app_deletion::State::Waiting,
        answered_at: None,
        why: None,
    };
    app_deletion::put(tx, &deletion).await?;
    let message = Message {
        id: format!("grant_ended:{}:{}", grant.id, grant.version),
        client: grant.client.clone(),
        kind: "grant_ended".to_owned(),
        body: serde_json::json!({ "grant": grant.id }).to_string(),
        tries: 0,
        created_at: now_us,
    };
    app_message::put(tx, &message).await
}

/// A wish to leave, and whose it is.
pub struct LeaveWish {
    /// Legal name of the organisation, when an app is known.
    pub owner: Option<String>,
    /// Name of the app.
    pub name_zh: String,
    /// English.
    pub name_en: String,
    /// Where to go afterwards.
    pub back: Option<String>,
    /// The one who is signed in here is the one whom the app means: no question is needed beyond one press.
    pub means_this_person: bool,
}

impl Province {
    /// Reads an app's wish that its person leaves (RP-Initiated Logout 1.0).
    ///
    /// # Errors
    /// `invalid_request`, to be shown on our own page.
    pub async fn wish_to_leave(
        &self,
        params: &Params,
        person: Option<&Person>,
    ) -> Result<Result<LeaveWish, OauthError>, DeedError> {
        let hint = params.get("id_token_hint").and_then(|token| {
            let ring = self.ring();
            tokens::read_hint(token, self.issuer(), |kid| ring.public(Kind::Id, kid)).ok()
        });
        let id = match logout::client_of(params, hint.as_ref()) {
            Ok(id) => id,
            Err(error) => return Ok(Err(error)),
        };
        let client: Option<Arc<Client>> = match id {
            Some(id) => self.client(&id).await?,
            None => None,
        };
        let leaving = logout::parse(params, client.as_deref().map(|client| &client.metadata), hint.as_ref());
        let Leaving { back, .. } = match leaving {
            Ok(leaving) => leaving,
            Err(error) => return Ok(Err(error)),
        };
        let means = match (&hint, person, &client) {
            (Some(hint), Some(person), Some(client)) => self.sub_of(client, person.account.as_str()).await? == hint.sub,
            _ => false,
        };
        let text = |get: fn(&Client) -> &str| client.as_deref().map(|client| get(client).to_owned());
        Ok(Ok(LeaveWish {
            owner: text(|client| &client.owner),
            name_zh: text(|client| client.metadata.name_zh.as_str()).unwrap_or_default(),
            name_en: text(|client| client.metadata.name_en.as_str()).unwrap_or_default(),
            back,
            means_this_person: means,
        }))
    }
}
