//! Another device of one's own (R14, R8): it shows letters, the one that is signed in with a passkey reads them and says yes, and
//! the new one makes a passkey of its own. Nothing secret is shown, nothing of before ends; the new passkey is young for a day,
//! and all devices are told. It does not know pages.

use super::authenticators::add;
use super::networks::{Near, Region, near};
use super::passkey::{For, acr_of, amr_of, not_proven, take};
use super::{Browser, PasskeyAsked, SignedInNow, bound_hash};
use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::home::standing;
use crate::person_sessions::{OpenSession, Person, begin, facts_to_change};
use crate::recoveries::{KIND, OPEN_S, no_device};
use serde_json::json;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_print::Symbol;
use yima_store::account;
use yima_store::one_time::{self, OneTime};

/// One-time rows of this kind let one browser in.
const LET_IN: &str = "let_in";

impl Province {
    /// What the device that shows these letters seems to be; None when none does now.
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn device_showing(&self, number: &str) -> Result<Option<String>, DeedError> {
        let shown = self.letters(number).await?;
        Ok(shown.map(|body| body["label"].as_str().unwrap_or_default().to_owned()))
    }

    /// Lets the device that shows these letters make a passkey for this account.
    ///
    /// # Errors
    /// [`yima_kernel::access::Refusal::StepUp`] without a passkey of the last five minutes; [`DeedError::Invalid`] for letters
    /// that no device shows, and for a device in another province.
    pub async fn let_device_in(&self, person: &Person, reader: &Browser, number: &str) -> Result<(), DeedError> {
        let shown = self.letters(number).await?.ok_or_else(no_device)?;
        let region: Option<Region> = serde_json::from_value(shown["region"].clone()).unwrap_or_default();
        if near(shown["network"].as_str().unwrap_or_default(), region.as_ref(), reader) == Near::Far {
            return Err(DeedError::invalid(
                "number",
                "那部设备和这一部不在一个地方，没有放行",
                "That device and this one are not in one place; it was not let in",
            ));
        }
        let (letters, actor, now_us) = (self.recovery_number_hash(number), person.actor(), self.now_us());
        let (account, notice) = (person.account.to_string(), self.new_row_id());
        self.short(
            Request::of(person.actor(), Deed::LetDeviceIn).about(person.account.clone()),
            move |tx| Box::pin(async move { Ok((facts_to_change(tx, &actor, now_us).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let shown = one_time::take(tx, KIND, &letters, None, None, door.now_us).await?;
                    let browser = shown.ok_or_else(no_device)?.session.unwrap_or_default();
                    let yes = OneTime {
                        id_hash: hex::decode(&browser).map_err(DeedError::internal)?,
                        kind: LET_IN.to_owned(),
                        account: Some(account.clone()),
                        body: "{}".to_owned(),
                        tries: 1,
                        created_at: door.now_us,
                        expires_at: door.now_us + OPEN_S * MICROS,
                        ..OneTime::default()
                    };
                    one_time::put(tx, &yes).await?;
                    tell(tx, notice, &account, door.now_us, "device_let_in").await?;
                    Ok(Done::plain(()))
                })
            },
        )
        .await
    }

    /// The address that the other device opens, as a QR symbol, line by line, dark or not; empty when it can't be drawn.
    #[must_use]
    pub fn let_in_symbol(&self, number: &str) -> Vec<Vec<bool>> {
        let address = format!("{}/account/let-in?n={number}", self.public_url());
        let Ok(symbol) = Symbol::text(&address) else { return Vec::new() };
        let line = |y| (0..symbol.size()).map(|x| symbol.dark(x, y)).collect();
        (0..symbol.size()).map(line).collect()
    }

    /// Asks the browser that was let in for its passkey.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] for any other browser.
    pub async fn ask_let_in_passkey(&self, browser: &Browser) -> Result<PasskeyAsked, DeedError> {
        let account = self.let_in(browser).await?.ok_or(DeedError::SignIn)?;
        let rows = self.active_of(&account).await?;
        let handle = self.user_handle(&rows);
        let exclude: Vec<Vec<u8>> = rows.iter().filter_map(|row| row.credential_id.clone()).collect();
        let asked = self.party()?.ask_new(self.chance.bytes(), &handle, &self.passkey_label(), &exclude);
        self.keep_challenge(asked.map_err(not_proven)?, &letting(browser, &account, Some(handle))).await
    }

    /// Makes the passkey on the device that was let in, signed in.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] when the answer does not hold, or it is over.
    pub async fn join_device(
        &self,
        browser: &Browser,
        (ask, answer): (&str, &str),
        name: &str,
    ) -> Result<SignedInNow, DeedError> {
        let account = self.let_in(browser).await?.ok_or(DeedError::SignIn)?;
        let answered = self.answered(ask, &letting(browser, &account, None)).await?;
        let fresh = self.made_passkey(&answered, answer, name)?;
        let now_us = self.now_us();
        let row = self.sealer_of_rows().authenticator(fresh, &account, false, now_us);
        let wish = OpenSession {
            account: AccountId::parse(&account).map_err(DeedError::internal)?,
            acr: acr_of(&row, now_us),
            amr: amr_of(&row).to_vec(),
            label: browser.label.clone(),
            authenticator: Some(row.id.clone()),
            known_device: false,
        };
        let (session, opened) = self.fresh_session(&wish);
        let known = self.known_from_now(&browser.known, &account);
        let (hash, notice) = (bound_hash(KIND, &browser.cookie), self.new_row_id());
        self.short(
            Request::of(Actor::Stranger, Deed::JoinDevice).about(wish.account.clone()),
            move |tx| {
                Box::pin(async move {
                    account::changed(tx, &account).await?;
                    let holder = account::find(tx, &account).await?.ok_or(DeedError::SignIn)?;
                    Ok((Facts { subject_state: Some(standing(holder.state)), ..Facts::default() }, account))
                })
            },
            move |tx, account, door| {
                Box::pin(async move {
                    let detail = json!({ "authenticator": row.id, "heavy_from": row.heavy_from / MICROS, "session": session.id });
                    add(tx, &[row]).await?;
                    begin(tx, &session).await?;
                    one_time::take(tx, LET_IN, &hash, None, None, door.now_us).await?.ok_or(DeedError::SignIn)?;
                    take(tx, &answered.ask_hash, door.now_us).await?;
                    tell(tx, notice, &account, door.now_us, "authenticator_added").await?;
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        Ok(SignedInNow { session: opened, known: Some(known) })
    }

    /// Whose passkey this browser may make now.
    pub(crate) async fn let_in(&self, browser: &Browser) -> Result<Option<String>, DeedError> {
        let (hash, now_us) = (bound_hash(KIND, &browser.cookie), self.now_us());
        self.store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let peeked = one_time::peek(tx, LET_IN, &hash).await?;
                    let taken = one_time::taken(tx, LET_IN, &hash).await?.is_some();
                    Ok(peeked.filter(|row| !taken && row.expires_at > now_us).and_then(|row| row.account))
                })
            })
            .await
    }

    async fn letters(&self, number: &str) -> Result<Option<serde_json::Value>, DeedError> {
        let (hash, now_us) = (self.recovery_number_hash(number), self.now_us());
        let row = self
            .store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let taken = one_time::taken(tx, KIND, &hash).await?.is_some();
                    Ok(one_time::peek(tx, KIND, &hash).await?.filter(|row| !taken && row.expires_at > now_us))
                })
            })
            .await?;
        row.map(|row| serde_json::from_str(&row.body).map_err(DeedError::internal)).transpose()
    }
}

fn letting<'a>(browser: &'a Browser, account: &'a str, user_handle: Option<[u8; 32]>) -> For<'a> {
    For { what: "device", holder: &browser.cookie, account: Some(account), text: "", user_handle }
}
