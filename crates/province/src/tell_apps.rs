//! Tells apps what they are to be told: that a sign-in ended (OpenID Connect Back-Channel Logout 1.0). Tried for three days.
//! It does not know why it ended.

use crate::Province;
use crate::clock::MICROS;
use crate::error::DeedError;
use std::sync::Arc;
use std::time::Duration;
use yima_exchange::AppDoor;
use yima_oidc::form::Params;
use yima_oidc::tokens::{self, Kind};
use yima_store::app_message::{self, Message, State};

/// How often the queue is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Messages of one look.
const AT_ONCE: u32 = 50;
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
                Box::pin(async move { Ok(app_message::due(tx, now_us, AT_ONCE).await?) })
            })
            .await?;
        let mut taken = 0;
        for message in due {
            let done = self.tell_one(&message).await?;
            taken += usize::from(done == Some(State::Taken));
            let old = now_us - message.created_at > TRIED_S * MICROS;
            let end = if old { done.or(Some(State::GivenUp)) } else { done };
            let pause = FIRST_PAUSE_S.saturating_mul(1 << message.tries.min(9)).min(LONGEST_PAUSE_S);
            self.store
                .deed::<_, DeedError, _>(move |tx| {
                    Box::pin(async move {
                        match end {
                            Some(state) => app_message::end(tx, &message.id, state, now_us).await.map(drop)?,
                            None => app_message::later(tx, &message.id, now_us + pause * MICROS).await?,
                        }
                        Ok(())
                    })
                })
                .await?;
        }
        Ok(taken)
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

    /// Taken, not to be told at all, or to be tried again.
    async fn tell_one(&self, message: &Message) -> Result<Option<State>, DeedError> {
        let Some(client) = self.client(&message.client).await? else { return Ok(Some(State::GivenUp)) };
        let body: serde_json::Value = serde_json::from_str(&message.body).map_err(DeedError::internal)?;
        let (Some(uri), Some(sid)) = (&client.metadata.backchannel_logout_uri, body["sid"].as_str()) else {
            // The app wants to be told nothing of this kind: its tokens are over, and it sees that.
            return Ok(Some(State::GivenUp));
        };
        let claims = tokens::logout_token(self.issuer(), client.id.as_str(), sid, &self.random_text(), self.now_s());
        let token = self.sign_token(Kind::Logout, &claims)?;
        let form = Params::default().with("logout_token", &token).encoded();
        match (AppDoor { loopback: self.demo }).post_form(uri.as_str(), form).await {
            Ok(()) => Ok(Some(State::Taken)),
            Err(why) => {
                tracing::warn!(%why, client = %client.id, "an app was not told that a sign-in ended");
                Ok(None)
            }
        }
    }
}
