//! Signing in with a one-time password by message: little (`yima:1`), short-lived, bound to the asking browser. It never
//! adds, removes or recovers a way to sign in (R7). It does not know how a message travels.

use super::{Browser, SignedInNow, bound_hash};
use crate::Province;
use crate::clock::MICROS;
use crate::doorway::{Done, Note};
use crate::error::DeedError;
use crate::person_sessions::{OpenSession, begin};
use serde_json::json;
use subtle::ConstantTimeEq as _;
use yima_kernel::access::{Facts, Request};
use yima_kernel::assurance::Acr;
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_store::account::{self, State};
use yima_store::number;
use yima_store::one_time::{self, OneTime};

/// R7.
const LIFE_S: i64 = 180;
const TRIES: u8 = 3;
const DIGITS_KNOWN: usize = 6;
const DIGITS_ELSEWHERE: usize = 8;
const KIND: &str = "otp";

impl Province {
    /// Sends a one-time password to the number on file. The answer is the same when there is none, and when too many were
    /// sent today: a new cookie for the browser, to which the password is bound.
    ///
    /// # Errors
    /// Only what says nothing about the person: overload, and [`DeedError::TooMany`] for a device that is not known while
    /// too many are typed wrongly in the whole province.
    pub async fn send_sign_in_password(&self, browser: &Browser, identifier: &str) -> Result<String, DeedError> {
        let holder = self.account_named(identifier).await?.filter(|row| row.state == State::Active);
        // Nothing goes to a number that lay idle: it may be somebody else's now.
        let phone = match &holder {
            Some(row) => self.live_phone_of(row).await?,
            None => None,
        };
        let known = holder.as_ref().is_some_and(|row| self.known_device(&browser.known, &row.id).is_some());
        if !known {
            self.messages.calm(self.now_s())?;
        }
        if holder.is_some() {
            self.messages.sent(self.now_s());
        }
        let digits = self.digits(if known { DIGITS_KNOWN } else { DIGITS_ELSEWHERE });
        let (cookie, now_us) = (self.fresh_browser(), self.now_us());
        let row = OneTime {
            id_hash: bound_hash(KIND, &cookie),
            kind: KIND.to_owned(),
            account: holder.map(|row| row.id),
            body: json!({ "hash": hex::encode(self.password_hash(&cookie, &digits)) }).to_string(),
            tries: TRIES,
            created_at: now_us,
            expires_at: now_us + LIFE_S * MICROS,
            ..OneTime::default()
        };
        let counted = phone.as_ref().map(|phone| self.counted(phone));
        let within = self
            .short(
                Request::of(Actor::Stranger, Deed::RequestOtp),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), door| {
                    Box::pin(async move {
                        let mut within = true;
                        if let Some(account) = &row.account {
                            account::changed(tx, account).await?;
                            if let Some(counted) = &counted {
                                within = counted.one_more(tx, door.now_us).await?;
                            }
                            if within {
                                one_time::end_of_account(tx, KIND, account, door.now_us).await?;
                            }
                        }
                        if within {
                            one_time::put(tx, &row).await?;
                        }
                        let note = Note { account: row.account, ..Note::default() };
                        Ok(Done { value: within, note }.detail(json!({ "for": "sign_in" })))
                    })
                },
            )
            .await?;
        if let (true, Some(phone)) = (within, phone) {
            let host = self.public_host();
            let text = format!(
                "【一码】{digits} 用于登录 {host}，3 分钟内有效。不要告诉任何人。 {digits} signs in at {host}. Tell nobody."
            );
            self.messenger.send(&phone, &text, self.now_s());
        }
        Ok(cookie)
    }

    /// Signs in with the one-time password that was sent for this browser.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] for whatever does not hold; [`DeedError::TooMany`] as above.
    pub async fn sign_in_with_message(&self, browser: &Browser, digits: &str) -> Result<SignedInNow, DeedError> {
        let hash = bound_hash(KIND, &browser.cookie);
        let wanted = hash.clone();
        let peeked = self
            .store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(one_time::peek(tx, KIND, &wanted).await?) })
            })
            .await?;
        let account = peeked.as_ref().and_then(|peeked| peeked.account.clone());
        let known_to_us = account.is_some();
        let tries = self.tries_of(account.as_deref(), &browser.cookie, browser);
        if !tries.known {
            self.messages.calm(self.now_s())?;
        }
        let may = self.may_try(&tries).await?;
        let expected = self.password_hash(&browser.cookie, &super::totp::plain_digits(digits));
        let (spent, now_us) = (hash.clone(), self.now_us());
        let spent = self
            .store
            .deed::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let Some(row) = one_time::spend_try(tx, KIND, &spent, now_us).await? else { return Ok(None) };
                    let body: serde_json::Value = serde_json::from_str(&row.body).map_err(DeedError::internal)?;
                    let stored = body["hash"].as_str().and_then(|text| hex::decode(text).ok()).unwrap_or_default();
                    Ok(Some(may && bool::from(stored.as_slice().ct_eq(&expected))))
                })
            })
            .await?;
        let Some(account) = account.filter(|_| spent == Some(true)) else {
            // Only what was sent can be guessed: whoever types at nothing closes nothing.
            if spent.is_some() && known_to_us && !tries.known {
                self.messages.wrong(self.now_s());
            }
            self.wrong(&tries).await?;
            return Err(DeedError::SignIn);
        };
        let wish = OpenSession {
            account: AccountId::parse(&account).map_err(DeedError::internal)?,
            acr: Acr::OneTime,
            amr: vec!["sms"],
            label: browser.label.clone(),
            authenticator: None,
            known_device: tries.known,
        };
        let (session, opened) = self.fresh_session(&wish);
        self.short(
            Request::of(Actor::Stranger, Deed::SignIn),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    begin(tx, &session).await?;
                    one_time::take(tx, KIND, &hash, None, None, door.now_us).await?.ok_or(DeedError::SignIn)?;
                    Self::right_try(tx, &tries).await?;
                    number::proved(tx, &account, door.now_us).await?;
                    Ok(Done::to((), account).detail(json!({ "session": session.id, "acr": session.acr })))
                })
            },
        )
        .await?;
        Ok(SignedInNow { session: opened, known: None })
    }

    fn password_hash(&self, cookie: &str, digits: &str) -> [u8; 32] {
        self.peppered("sign-in-password", &format!("{cookie}/{digits}"))
    }
}
