//! A helper comes forward: the elder's device makes a code with the chosen scopes, the helper's device types it, and the
//! elder confirms. It does not know who told whom the code.

use super::register::{New, make, two};
use super::{By, both, trusted};
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::home::{own, standing};
use crate::{Province, secret_text};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::mandate::{Evidence, Kind, Scopes};
use yima_kernel::subject::Actor;
use yima_store::{account, invitation};

/// A code lives so long: the two stand side by side, or talk on the telephone.
const LIFE_S: i64 = 15 * 60;
const HOURLY_MAX: u32 = 6;
/// Characters of a code, of an alphabet of 31.
const LENGTH: usize = 10;

/// A code for a helper; shown once.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Ten characters in two groups.
    pub code: String,
    /// Unix seconds.
    pub expires_at: i64,
}

/// What a helper is told after coming forward.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// `edg_…`, or `tru_…` for a code of somebody who wants them to be told.
    pub id: String,
}

impl Province {
    /// Makes a code by which somebody comes forward as this resident's helper, within the chosen scopes.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a scope that no helper has, [`DeedError::TooMany`] beyond six an hour.
    pub async fn invite_helper(&self, actor: &Actor, scopes: &[String]) -> Result<Invitation, DeedError> {
        let chosen = Scopes::parse(&scopes.join(" ")).filter(|s| !s.is_empty() && s.within(Kind::Helper.scopes()));
        let chosen = chosen.ok_or_else(|| {
            DeedError::invalid(
                "scopes",
                "请选要委托的事，代办人不能办别的",
                "choose what a helper may do, from the list",
            )
        })?;
        self.invite(actor, Deed::InviteHelper, chosen.text()).await
    }

    /// Makes a code by which somebody agrees to be told of what this resident's helpers do.
    ///
    /// # Errors
    /// [`DeedError::TooMany`] beyond six an hour, counted with those for helpers.
    pub async fn invite_trusted(&self, actor: &Actor) -> Result<Invitation, DeedError> {
        self.invite(actor, Deed::NameTrusted, trusted::CHOSEN.to_owned()).await
    }

    async fn invite(&self, actor: &Actor, deed: Deed, scopes: String) -> Result<Invitation, DeedError> {
        let holder = own(actor)?;
        let raw = secret_text(&mut self.chance.rng(), LENGTH);
        let hash = self.peppered("invitation", &raw);
        let id = holder.as_str().to_owned();
        let expires_at = self
            .short(
                Request::of(actor.clone(), deed).about(holder),
                move |tx| {
                    Box::pin(async move {
                        account::changed(tx, &id).await?;
                        let row = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                        Ok((Facts { subject_state: Some(standing(row.state)), ..Facts::default() }, row))
                    })
                },
                move |tx, row, door| {
                    Box::pin(async move {
                        let made = invitation::Invitation {
                            code_hash: hash.to_vec(),
                            principal: row.id,
                            scopes,
                            made_at: door.now_us,
                            expires_at: door.now_us + LIFE_S * MICROS,
                        };
                        if !invitation::make(tx, &made, door.now_us - 3600 * MICROS, HOURLY_MAX).await? {
                            return Err(DeedError::TooMany {
                                retry_after_s: 600,
                                why: Text::new("一小时最多六个码", "six codes an hour at most"),
                            });
                        }
                        let detail = serde_json::json!({ "scopes": made.scopes });
                        Ok(Done::plain(door.now_s() + LIFE_S).detail(detail))
                    })
                },
            )
            .await?;
        Ok(Invitation { code: format!("{}-{}", &raw[..5], &raw[5..]), expires_at })
    }

    /// Comes forward as a helper by the elder's code; nothing is allowed before the elder confirms.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] for a code that is wrong, used or over: they look alike.
    pub async fn accept_invitation(&self, actor: &Actor, code: &str) -> Result<Accepted, DeedError> {
        let me = own(actor)?;
        let code: String = code.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
        let hash = self.peppered("invitation", &code.to_ascii_lowercase());
        let now_us = self.now_us();
        let found = self.store.read::<_, DeedError, _>(move |tx| {
            Box::pin(async move { Ok(invitation::chosen(tx, &hash, now_us).await?) })
        });
        let (principal, chosen) = found.await?.ok_or(DeedError::SignIn)?;
        if principal == me.as_str() {
            return Err(DeedError::invalid("code", "这是你自己的码", "this is a code of your own"));
        }
        if chosen == trusted::CHOSEN {
            return Ok(Accepted { id: self.be_trusted(actor, me, principal, hash).await? });
        }
        let (id, made_by, acts) = (self.new_edge_id(), actor.id().to_owned(), me.as_str().to_owned());
        let mut hand = self.hand();
        let id = self
            .short(
                Request::of(actor.clone(), Deed::AcceptInvitation).about(me),
                move |tx| {
                    Box::pin(async move {
                        let (facts, (principal, acts)) = two(tx, &principal, &acts).await?;
                        // The subject is the helper; whether the elder's account stands is looked at when it is made.
                        let facts = Facts { subject_state: Some(standing(acts.state)), ..facts };
                        Ok((facts, (principal, acts)))
                    })
                },
                move |tx, (principal, acts), door| {
                    Box::pin(async move {
                        let scopes = invitation::redeem(tx, &hash, door.now_us).await?.ok_or(DeedError::SignIn)?;
                        if principal.state != account::State::Active {
                            return Err(DeedError::SignIn);
                        }
                        let new = New {
                            id,
                            kind: Kind::Helper,
                            scopes: Scopes::parse(&scopes).ok_or_else(|| DeedError::internal("invitation.scopes"))?,
                            evidence: Evidence::Device,
                            reference: String::new(),
                            agreed: false,
                            until_s: None,
                            made_by,
                        };
                        let row = make(tx, &mut hand, &principal, &acts, &new, door).await?;
                        hand.tell_both(tx, &row, door.now_us, "mandate_proposed").await?;
                        let id = row.id.clone();
                        Ok(both(Done::plain(id), &row, By::Actor, serde_json::json!({})))
                    })
                },
            )
            .await?;
        Ok(Accepted { id })
    }
}
