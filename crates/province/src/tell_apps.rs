//! Tells apps what they are to be told: that a sign-in ended (OpenID Connect Back-Channel Logout 1.0). Tried for three days.
//! It does not know why it ended.

use crate::Province;
use crate::clients::Client;
use crate::clock::MICROS;
use crate::error::DeedError;
use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use yima_exchange::AppDoor;
use yima_oidc::form::Params;
use yima_oidc::tokens::{self, Kind};
use yima_store::app_deletion::{self, Deletion};
use yima_store::app_message::{self, Message, State};

/// How often the queue is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Messages of one look, and of one client in it.
const AT_ONCE: u32 = 50;
const OF_CLIENT: u32 = 5;
/// What is not taken after so long is given up (rule R32), seconds.
const TRIED_S: i64 = 72 * 3600;
/// The pause before the second try, seconds; it doubles up to an hour.
const FIRST_PAUSE_S: i64 = 10;
const LONGEST_PAUSE_S: i64 = 3600;

impl Province {
    /// Tells what is due; how many were taken.
    ///
    /// # Errors
    /// What the store says.
    pub async fn tell_apps(&self) -> Result<usize, DeedError> {
        let now_us = self.now_us();
        let due = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(app_message::due(tx, now_us, OF_CLIENT, AT_ONCE).await?) })
            })
            .await?;
        // A queue a client, all of them at once: who is slow makes only its own wait.
        let mut queues: BTreeMap<String, Vec<Message>> = BTreeMap::new();
        for message in due {
            queues.entry(message.client.clone()).or_default().push(message);
        }
        let told = join_all(queues.into_values().map(|queue| self.tell_queue(queue, now_us))).await;
        told.into_iter().sum()
    }

    /// Tells one client what is due, until it does not answer: then all that waits for it waits longer (rule R39).
    async fn tell_queue(&self, queue: Vec<Message>, now_us: i64) -> Result<usize, DeedError> {
        let mut taken = 0;
        for message in queue {
            let done = self.tell_one(&message).await?;
            let answered = done.is_some();
            taken += usize::from(done == Some(State::Taken));
            let old = now_us - message.created_at > TRIED_S * MICROS;
            let end = if old { done.or(Some(State::GivenUp)) } else { done };
            let body: serde_json::Value = serde_json::from_str(&message.body).map_err(DeedError::internal)?;
            let grant = body["grant"].as_str().map(str::to_owned);
            let pause = FIRST_PAUSE_S.saturating_mul(1 << message.tries.min(9)).min(LONGEST_PAUSE_S);
            let later_us = now_us + pause * MICROS;
            self.store
                .deed::<_, DeedError, _>(move |tx| {
                    Box::pin(async move {
                        if let (Some(State::Taken), Some(grant)) = (end, &grant) {
                            app_deletion::told(tx, grant, now_us).await?;
                        }
                        match end {
                            Some(state) => app_message::end(tx, &message.id, state, now_us).await.map(drop)?,
                            None => app_message::later(tx, &message.id, later_us).await?,
                        }
                        if !answered {
                            app_message::client_waits(tx, &message.client, later_us).await?;
                        }
                        Ok(())
                    })
                })
                .await?;
            if !answered {
                break;
            }
        }
        Ok(taken)
    }

    /// The way out to a client; a demonstration calls nobody outside of this machine.
    fn app_door(&self, client: &Client) -> AppDoor {
        AppDoor { loopback: self.demo, private: client.metadata.private_network }
    }

    /// Keeps telling, for as long as the server runs.
    pub async fn keep_telling_apps(self: Arc<Self>) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            if let Err(error) = self.tell_apps().await {
                tracing::error!(%error, "apps could not be told; it is tried again");
            }
        }
    }

    async fn deletion_of(&self, grant: &str) -> Result<Option<Deletion>, DeedError> {
        let grant = grant.to_owned();
        self.store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(app_deletion::of_grant(tx, &grant).await?) })
            })
            .await
    }

    /// Taken, not to be told at all, or to be tried again.
    async fn tell_one(&self, message: &Message) -> Result<Option<State>, DeedError> {
        let Some(client) = self.client(&message.client).await? else { return Ok(Some(State::GivenUp)) };
        let body: serde_json::Value = serde_json::from_str(&message.body).map_err(DeedError::internal)?;
        // An app without an address sees that its tokens are over, and finds what it has to delete in its list.
        let Some(uri) = &client.metadata.backchannel_logout_uri else { return Ok(Some(State::GivenUp)) };
        let about = (self.issuer(), client.id.as_str(), self.random_text());
        let claims = match (body["sid"].as_str(), body["grant"].as_str()) {
            (Some(sid), _) => tokens::logout_token((about.0, about.1, &about.2), sid, self.now_s()),
            (None, Some(grant)) => {
                let Some(deletion) = self.deletion_of(grant).await? else { return Ok(Some(State::GivenUp)) };
                let sub = self.sub_of(&client, &deletion.account).await?;
                let told = (sub.as_str(), deletion.reference.as_str(), deletion.due_at / MICROS);
                tokens::grant_ended_token((about.0, about.1, &about.2), told, self.now_s())
            }
            (None, None) => return Ok(Some(State::GivenUp)),
        };
        let token = self.sign_token((Kind::Logout, client.metadata.id_token_suite), &claims)?;
        let form = Params::default().with("logout_token", &token).encoded();
        match self.app_door(&client).post_form(uri.as_str(), form).await {
            Ok(()) => Ok(Some(State::Taken)),
            Err(why) => {
                tracing::warn!(%why, client = %client.id, "an app was not told that a sign-in ended");
                Ok(None)
            }
        }
    }
}
