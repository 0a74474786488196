//! A new wrapping key: everything that the store keeps wrapped is wrapped anew under it, in one transaction.
//! It does not know what the wrapped keys are for; their context is their name.

use crate::Province;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::keyring::context;
use crate::setup::SECRETS;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_keys::custody::wrapped_under;
use yima_store::key_deed::What;
use yima_store::{day_key, setting, token_key};

/// Passes over the store: another process may wrap a day key under the old number while one runs.
const PASSES: usize = 3;

/// What is wrapped anew: where it stands, what stands there now, and what shall.
struct Anew {
    days: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)>,
    tokens: Vec<(String, Vec<u8>, Vec<u8>)>,
    secrets: Vec<(String, String)>,
}

impl Province {
    /// Makes a new wrapping key and wraps everything under it; the ones before are erased when `erase` is set.
    ///
    /// A kill in the middle loses nothing: old wrapping keys unwrap until they are erased, which comes last.
    ///
    /// # Errors
    /// What the custody or the store says.
    pub async fn rotate_wrapping(&self, actor: &Actor, reason: &str, erase: bool) -> Result<(u32, usize), DeedError> {
        if reason.trim().is_empty() || reason.chars().count() > 200 || !shown_text::is_line(reason) {
            return Err(DeedError::invalid("reason", "要写明原因，200 字以内", "say why, in at most 200 characters"));
        }
        let custody = self.keys.custody();
        let number = custody.rotate_wrapping(self.now_s(), &mut self.chance.rng()).map_err(DeedError::internal)?;
        let detail = serde_json::json!({ "wrapping": number, "reason": reason });
        self.noted_for_review(actor, What::Wrapping, reason, detail).await?;
        let mut wrapped = 0;
        for _ in 0..PASSES {
            let moved = self.wrap_anew(actor, number).await?;
            wrapped += moved;
            if moved == 0 {
                break;
            }
        }
        if erase {
            if self.under_older(number).await?.len() > 0 {
                return Err(DeedError::Busy);
            }
            custody.erase_wrapping_before(number, &mut self.chance.rng()).map_err(DeedError::internal)?;
            self.noted(actor, serde_json::json!({ "wrapping_erased_before": number })).await?;
        }
        Ok((number, wrapped))
    }

    /// Wraps what is under an older number; how many.
    async fn wrap_anew(&self, actor: &Actor, number: u32) -> Result<usize, DeedError> {
        let anew = self.under_older(number).await?;
        let count = anew.len();
        if count == 0 {
            return Ok(0);
        }
        self.short(
            Request::of(actor.clone(), Deed::RotateKeys),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    for (kid, before, after) in &anew.days {
                        day_key::wrap_anew(tx, kid, before, after).await?;
                    }
                    for (kid, before, after) in &anew.tokens {
                        token_key::wrap_anew(tx, kid, before, after).await?;
                    }
                    for (name, wrapped) in &anew.secrets {
                        setting::set(tx, name, wrapped).await?;
                    }
                    Ok(Done::plain(()).detail(serde_json::json!({ "wrapped_anew": count, "wrapping": number })))
                })
            },
        )
        .await?;
        Ok(count)
    }

    async fn under_older(&self, number: u32) -> Result<Anew, DeedError> {
        let (keys, secrets) = self
            .store
            .read::<_, DeedError, _>(|tx| {
                Box::pin(async move {
                    let keys = day_key::of_days(tx, 0, u16::MAX).await?;
                    let settings = setting::all(tx).await?;
                    Ok((keys, settings.into_iter().filter(|(name, _)| name.starts_with(SECRETS)).collect::<Vec<_>>()))
                })
            })
            .await?;
        let older = |wrapped: &[u8]| wrapped_under(wrapped).is_some_and(|under| under != number);
        let mut anew = Anew { days: Vec::new(), tokens: Vec::new(), secrets: Vec::new() };
        for key in self.token_key_rows().await? {
            let Some(wrapped) = key.wrapped.filter(|wrapped| older(wrapped)) else { continue };
            let fresh = self.wrapped_anew(&crate::token_keys::context(&key.used_for, &key.kid), &wrapped)?;
            anew.tokens.push((key.kid, wrapped, fresh));
        }
        for key in keys {
            let Some(wrapped) = key.wrapped.filter(|wrapped| older(wrapped)) else { continue };
            let suite = Suite::from_number(key.suite).ok_or_else(|| DeedError::internal("day_key.suite"))?;
            let fresh = self.wrapped_anew(&context(&key.purpose, suite, key.day), &wrapped)?;
            anew.days.push((key.kid, wrapped, fresh));
        }
        for (name, text) in secrets {
            let Ok(wrapped) = hex::decode(&text) else { continue };
            if older(&wrapped) {
                let fresh = self.wrapped_anew(&name, &wrapped)?;
                anew.secrets.push((name, hex::encode(fresh)));
            }
        }
        Ok(anew)
    }

    fn wrapped_anew(&self, context: &str, wrapped: &[u8]) -> Result<Vec<u8>, DeedError> {
        let custody = self.keys.custody();
        let secret = custody.unwrap(context, wrapped).map_err(DeedError::internal)?;
        custody.wrap(context, &secret, &mut self.chance.rng()).map_err(DeedError::internal)
    }
}

impl Anew {
    fn len(&self) -> usize {
        self.days.len() + self.tokens.len() + self.secrets.len()
    }
}
