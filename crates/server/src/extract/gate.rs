//! A gate by its bearer key (RFC 6750 section 2.1). The province looks it up by a keyed hash.
//! An unknown key, an ended gate and no key at all get one answer.

use crate::app::App;
use crate::error::{Code, Refused};
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use yima_kernel::subject::Actor;

const KEY_PREFIX: &str = "ygk_";
const KEY_CHARS_MAX: usize = 128;

/// The gate that calls.
#[derive(Clone, Debug)]
pub struct GateCaller(pub Actor);

impl FromRequestParts<App> for GateCaller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let gate = match bearer(parts) {
            Some(key) => app.province.gate(key).await?,
            None => None,
        };
        gate.map(Self).ok_or_else(|| {
            app.metrics.stopped_at_the_door();
            Refused::new(Code::GateKeyNeeded, "no such gate")
        })
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    let fits = scheme.eq_ignore_ascii_case("bearer") && key.starts_with(KEY_PREFIX) && key.len() <= KEY_CHARS_MAX;
    fits.then_some(key)
}
