//! Digits to a number, and what the right answer does: the number on file counts again, or the change to a new one begins.
//! It does not know pages.

use super::spot;
use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::person_sessions::{Person, facts_to_change};
use crate::recoveries::guardians;
use crate::rights_minor::not_a_child;
use crate::signing_in::bound_hash;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use subtle::ConstantTimeEq as _;
use yima_kernel::access::Request;
use yima_kernel::deed::Deed;
use yima_keys::person::Phone;
use yima_store::account::{self, Account};
use yima_store::number::{self, By};
use yima_store::one_time::{self, OneTime};

const LIFE_S: i64 = 180;
const TRIES: u8 = 3;
const DIGITS: usize = 6;
const KIND: &str = "number";

impl Province {
    /// Sends digits to the number on file, to prove it anew, or to a new one; the name of what is asked, for the answer.
    ///
    /// # Errors
    /// [`yima_kernel::access::Refusal::StepUp`], `InHold`; [`DeedError::Invalid`] for what is no number;
    /// [`DeedError::TooMany`] after five in a day.
    pub async fn send_number_digits(&self, person: &Person, to: Option<&str>) -> Result<String, DeedError> {
        person.can_be_raised()?;
        let holder = self.holder_of(person).await?;
        let on_file = self.phone_of(&holder);
        let new = to.map(|text| Phone::parse(text).map_err(|_| no_number())).transpose()?;
        let same = new.as_ref().zip(on_file.as_ref()).is_some_and(|(new, old)| new.expose() == old.expose());
        if same {
            return Err(DeedError::invalid("to", "这就是现在的手机号", "that is the number on file"));
        }
        let deed = if new.is_some() { Deed::ChangeNumber } else { Deed::ProveNumber };
        let sealed = new
            .as_ref()
            .map(|phone| hex::encode(self.sealer.seal(phone, spot(&holder.id), &mut self.chance.rng()).into_bytes()));
        let phone = new
            .or(on_file)
            .ok_or_else(|| DeedError::Conflict(Text::new("还没有登记手机号", "No telephone number is on file")))?;
        let (ask, digits) = (URL_SAFE_NO_PAD.encode(self.chance.bytes::<16>()), self.digits(DIGITS));
        let now_us = self.now_us();
        let row = OneTime {
            id_hash: bound_hash(KIND, &ask),
            kind: KIND.to_owned(),
            account: Some(holder.id),
            session: Some(person.session.to_string()),
            body: json!({ "hash": hex::encode(self.number_hash(&ask, &digits)), "to": sealed }).to_string(),
            tries: TRIES,
            created_at: now_us,
            expires_at: now_us + LIFE_S * MICROS,
            client: None,
        };
        let (actor, counted, hand) = (person.actor(), self.counted(&phone), self.hand());
        self.short(
            Request::of(person.actor(), deed).about(person.account.clone()),
            move |tx| Box::pin(async move { Ok((facts_to_change(tx, &actor, now_us).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let account = row.account.clone().unwrap_or_default();
                    if deed == Deed::ChangeNumber {
                        not_a_child(tx, &hand, &account, door.now_us).await?;
                    }
                    if !counted.one_more(tx, door.now_us).await? {
                        return Err(too_many());
                    }
                    one_time::end_of_account(tx, KIND, &account, door.now_us).await?;
                    one_time::put(tx, &row).await?;
                    Ok(Done::plain(()).detail(json!({ "digits": "sent" })))
                })
            },
        )
        .await?;
        let host = self.public_host();
        let text = if deed == Deed::ChangeNumber {
            format!(
                "【一码】{digits} 用于在 {host} 把手机号换成这个，3 分钟内有效。不要告诉任何人。 {digits} makes this the number of an account at {host}. Tell nobody."
            )
        } else {
            format!(
                "【一码】{digits} 用于在 {host} 确认手机号，3 分钟内有效。不要告诉任何人。 {digits} proves this number at {host}. Tell nobody."
            )
        };
        self.messenger.send(&phone, &text, self.now_s());
        Ok(ask)
    }

    /// Answers with the digits: the number on file counts again, or the change to the new one waits from now on. True when
    /// a change waits.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] for what does not hold; as for sending.
    pub async fn answer_number_digits(&self, person: &Person, ask: &str, digits: &str) -> Result<bool, DeedError> {
        let hash = bound_hash(KIND, ask);
        let expected = self.number_hash(ask, &crate::signing_in::plain_digits(digits));
        let (spent, now_us) = (hash.clone(), self.now_us());
        let (account, session) = (person.account.to_string(), person.session.to_string());
        let to = self
            .store
            .deed::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let Some(row) = one_time::spend_try(tx, KIND, &spent, now_us).await? else { return Ok(None) };
                    let body: serde_json::Value = serde_json::from_str(&row.body).map_err(DeedError::internal)?;
                    let stored = body["hash"].as_str().and_then(|text| hex::decode(text).ok()).unwrap_or_default();
                    let own = row.account == Some(account) && row.session == Some(session);
                    let right = own && bool::from(stored.as_slice().ct_eq(&expected));
                    Ok(right.then(|| body["to"].as_str().and_then(|text| hex::decode(text).ok())))
                })
            })
            .await?
            .ok_or(DeedError::SignIn)?;
        let holder = self.holder_of(person).await?;
        let Some(sealed) = to else { return self.proven_anew(person, hash).await.map(|()| false) };
        self.begin_change(person, &holder, sealed, Some(hash)).await.map(|()| true)
    }

    async fn proven_anew(&self, person: &Person, hash: Vec<u8>) -> Result<(), DeedError> {
        let (actor, account, now_us) = (person.actor(), person.account.to_string(), self.now_us());
        self.short(
            Request::of(person.actor(), Deed::ProveNumber).about(person.account.clone()),
            move |tx| Box::pin(async move { Ok((facts_to_change(tx, &actor, now_us).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    one_time::take(tx, KIND, &hash, None, None, door.now_us).await?.ok_or(DeedError::SignIn)?;
                    number::proved(tx, &account, door.now_us).await?;
                    Ok(Done::plain(()).detail(json!({ "number": "proved" })))
                })
            },
        )
        .await
    }

    async fn begin_change(
        &self,
        person: &Person,
        holder: &Account,
        sealed: Vec<u8>,
        hash: Option<Vec<u8>>,
    ) -> Result<(), DeedError> {
        let begun = self.fresh_change(&holder.id, sealed, By::Owner);
        let (actor, now_us, letter) = (person.actor(), self.now_us(), begun.clone());
        let (mut hand, account) = (self.hand(), holder.id.clone());
        self.short(
            Request::of(person.actor(), Deed::ChangeNumber).about(person.account.clone()),
            move |tx| Box::pin(async move { Ok((facts_to_change(tx, &actor, now_us).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    if let Some(hash) = hash {
                        one_time::take(tx, KIND, &hash, None, None, door.now_us).await?.ok_or(DeedError::SignIn)?;
                    }
                    let detail = begun.waits(tx, door.now_us).await?;
                    for guardian in guardians(tx, &hand, &account, door.now_us).await? {
                        tell(tx, hand.row_id(door.now_us), &guardian, door.now_us, "ward_did").await?;
                    }
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        self.tell_old_number(holder, &letter);
        Ok(())
    }

    async fn holder_of(&self, person: &Person) -> Result<Account, DeedError> {
        let id = person.account.to_string();
        self.store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident")) })
            })
            .await
    }

    fn number_hash(&self, ask: &str, digits: &str) -> [u8; 32] {
        self.peppered("number-digits", &format!("{ask}/{digits}"))
    }
}

fn no_number() -> DeedError {
    DeedError::invalid("to", "请填 11 位中国大陆手机号", "a mobile number of the mainland, 11 digits")
}

fn too_many() -> DeedError {
    DeedError::TooMany {
        retry_after_s: 86_400,
        why: Text::new("今天发过 5 次了，请明天再来", "Five messages were sent today; come back tomorrow"),
    }
}
