//! A signed request that gets a place in the lane for draws before anything is drawn for it.
//! It does not know what is drawn.

use super::device::{device, taken};
use super::json::parse;
use crate::app::App;
use crate::draws::Place;
use crate::error::Refused;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use yima_kernel::subject::Actor;

/// The device that signed, what it sent, and its place, which is held until this is dropped.
pub struct Drawing<T> {
    /// The device.
    pub actor: Actor,
    /// What it sent.
    pub wish: T,
    /// Given on at the end of the request.
    pub place: Place,
}

impl<T: DeserializeOwned + Send> FromRequest<App> for Drawing<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refused> {
        // The body and its signature come first: a slow sender holds no place, and who is no device of ours takes no
        // turn, so that junk sends no phone away.
        let (parts, body) = taken(request, app).await?;
        let actor = device(app, &parts, &body).await?;
        let wish = parse(&parts.headers, &body)?;
        let place = Arc::clone(&app.draws).enter().await.inspect_err(|_| app.metrics.shed())?;
        Ok(Self { actor, wish, place })
    }
}
