//! A sign-in that is kept on its person's own device for 180 days: a key that never leaves the browser answers a challenge,
//! and the session opens again by itself, as two factors at most and of the age of the proof that it was kept by (R8, R11).
//! It does not know how a browser keeps a key.

use super::{Browser, SignedInNow, bound_hash};
use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::person_sessions::{OpenSession, Person, begin, facts_to_change};
use crate::row_seal::RowSealer;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use yima_kernel::access::{Facts, Request};
use yima_kernel::assurance::Acr;
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, KeptKeyId};
use yima_kernel::subject::Actor;
use yima_keys::{PublicKey, Suite};
use yima_store::kept_key::{self, KeptKey};
use yima_store::one_time::{self, OneTime};
use yima_store::{Tx, account, session};

/// A sign-in is kept so long (R8).
const KEPT_S: i64 = 180 * 86_400;
/// An account keeps so many.
const KEPT_MAX: usize = 10;
/// A challenge lives so long.
const CHALLENGE_S: i64 = 60;
const KIND: &str = "kept";
/// What the key signs, before the challenge; another word for keeping and for opening.
const KEEPS: &[u8] = b"yima.kept.v1\0keep\0";
const OPENS: &[u8] = b"yima.kept.v1\0open\0";

/// What a browser answers a challenge with; all in base64url.
#[derive(Clone, Debug)]
pub struct KeptAnswer {
    /// The challenge.
    pub ask: String,
    /// 64 bytes: ECDSA over P-256 with SHA-256, r and s, as WebCrypto makes them.
    pub signature: String,
}

/// A kept sign-in in its owner's list.
#[derive(Clone, Debug)]
pub struct KeptRow {
    /// `kpt_…`
    pub id: String,
    /// What the browser seems to be.
    pub label: String,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds.
    pub used_at: i64,
    /// Unix seconds.
    pub until_at: i64,
    /// It is the asking browser's.
    pub this: bool,
}

impl Province {
    /// A challenge for the key of this browser.
    ///
    /// # Errors
    /// When the store can't be written.
    pub async fn ask_kept(&self, browser: &Browser) -> Result<String, DeedError> {
        let (ask, now_us) = (URL_SAFE_NO_PAD.encode(self.chance.bytes::<16>()), self.now_us());
        let row = OneTime {
            id_hash: bound_hash(KIND, &ask),
            kind: KIND.to_owned(),
            session: Some(holder(browser)),
            body: "{}".to_owned(),
            tries: 1,
            created_at: now_us,
            expires_at: now_us + CHALLENGE_S * MICROS,
            ..OneTime::default()
        };
        self.store
            .deed::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(one_time::put(tx, &row).await?) }))
            .await?;
        Ok(ask)
    }

    /// Keeps this sign-in on this device, under a key that it has just shown to have; its id, for the browser to keep.
    ///
    /// # Errors
    /// [`yima_kernel::access::Refusal::StepUp`] without two factors of the last five minutes; [`DeedError::SignIn`] when
    /// the key does not answer.
    pub async fn keep_sign_in(
        &self,
        person: &Person,
        browser: &Browser,
        public_key: &str,
        answer: &KeptAnswer,
    ) -> Result<String, DeedError> {
        person.can_be_raised()?;
        let key = key_of(public_key).ok_or_else(|| {
            DeedError::invalid("key", "这个浏览器的密钥读不了", "the key of this browser can't be read")
        })?;
        answers(&key, KEEPS, answer)?;
        let now_us = self.now_us();
        let row = KeptKey {
            id: KeptKeyId::new(self.now_ms(), self.chance.bytes()).to_string(),
            account: person.account.to_string(),
            public_key: key.bytes().to_vec(),
            label: browser.label.chars().take(60).collect(),
            auth_at: person.standing.auth_at_s * MICROS,
            created_at: now_us,
            used_at: now_us,
            until_at: now_us + KEPT_S * MICROS,
            session: person.session.to_string(),
            seal: Vec::new(),
        };
        let row = KeptKey { seal: self.sealer_of_rows().kept_seal(&row), ..row };
        let (actor, ask, holder) = (person.actor(), answer.ask.clone(), holder(browser));
        let (id, notice_id) = (row.id.clone(), self.new_row_id());
        self.short(
            Request::of(person.actor(), Deed::KeepSignIn).about(person.account.clone()),
            move |tx| Box::pin(async move { Ok((facts_to_change(tx, &actor, now_us).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    if kept_key::of_account(tx, &row.account, door.now_us).await?.len() >= KEPT_MAX {
                        return Err(DeedError::Conflict(Text::new(
                            "保持登录的设备太多了，请先结束一个",
                            "Too many devices keep the sign-in; end one first",
                        )));
                    }
                    take(tx, &ask, &holder, door.now_us).await?;
                    kept_key::insert(tx, &row).await?;
                    tell(tx, notice_id, &row.account, door.now_us, "sign_in_kept").await?;
                    Ok(Done::plain(()).detail(json!({ "kept": row.id, "until": row.until_at / MICROS })))
                })
            },
        )
        .await?;
        Ok(id)
    }

    /// Opens a session again by the key of its device. Whatever does not hold is one answer.
    ///
    /// # Errors
    /// [`DeedError::SignIn`].
    pub async fn sign_in_kept(
        &self,
        browser: &Browser,
        id: &str,
        answer: &KeptAnswer,
    ) -> Result<SignedInNow, DeedError> {
        let (wanted, now_us) = (id.to_owned(), self.now_us());
        let found = self
            .store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(kept_key::find(tx, &wanted, now_us).await?) })
            })
            .await?;
        let row = found.ok_or(DeedError::SignIn)?;
        let seals = self.sealer_of_rows();
        seals.right("kept_key", &row.id, 1, &fields(&row).each(), &row.seal)?;
        let key: [u8; 33] = row.public_key.as_slice().try_into().map_err(DeedError::internal)?;
        let key = PublicKey::parse(Suite::Es256, &key).map_err(DeedError::internal)?;
        answers(&key, OPENS, answer)?;
        let wish = OpenSession {
            account: AccountId::parse(&row.account).map_err(DeedError::internal)?,
            acr: Acr::TwoFactor,
            amr: vec!["swk"],
            label: browser.label.clone(),
            authenticator: None,
            known_device: self.known_device(&browser.known, &row.account).is_some(),
        };
        let known = self.known_from_now(&browser.known, &row.account);
        // As old as the proof: it counts for no deed that asks for a fresh one.
        let (session, opened) = self.fresh_session_since(&wish, row.auth_at);
        let (ask, holder) = (answer.ask.clone(), holder(browser));
        self.short(
            Request::of(Actor::Stranger, Deed::SignIn),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    begin(tx, &session).await?;
                    if !kept_key::used(tx, &row.id, &session.id, door.now_us).await? {
                        return Err(DeedError::SignIn);
                    }
                    take(tx, &ask, &holder, door.now_us).await?;
                    let detail = json!({ "session": session.id, "acr": session.acr, "kept": row.id });
                    Ok(Done::to((), row.account).detail(detail))
                })
            },
        )
        .await?;
        Ok(SignedInNow { session: opened, known: Some(known) })
    }

    /// Ends a sign-in that is kept, with the session that it opened last.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when it is not theirs, or ended before.
    pub async fn end_kept(&self, person: &Person, id: &str) -> Result<(), DeedError> {
        let (id, account, own) = (id.to_owned(), person.account.clone(), person.session.to_string());
        self.short(
            Request::of(person.actor(), Deed::EndSession).about(account.clone()),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    account::changed(tx, account.as_str()).await?;
                    let opened = kept_key::end(tx, account.as_str(), &id).await?;
                    let opened = opened.ok_or(DeedError::NotFound("kept sign-in"))?;
                    // Here the person goes on until they sign out.
                    if opened != own
                        && session::end(tx, account.as_str(), &opened, "ended_elsewhere", door.now_us).await?
                    {
                        crate::leave_apps::of_session(tx, &opened, "ended_elsewhere", door.now_us).await?;
                    }
                    Ok(Done::plain(()).detail(json!({ "kept": id })))
                })
            },
        )
        .await
    }

    /// The sign-ins that this person keeps, the newest first.
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn kept_of(&self, person: &Person) -> Result<Vec<KeptRow>, DeedError> {
        let (account, now_us) = (person.account.clone(), self.now_us());
        let request = Request::of(person.actor(), Deed::SeeRecord).about(person.account.clone());
        let rows = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move { Ok(kept_key::of_account(tx, account.as_str(), now_us).await?) })
            })
            .await?;
        let own = person.session.as_str();
        let shown = |row: KeptKey| KeptRow {
            this: row.session == own,
            id: row.id,
            label: row.label,
            created_at: row.created_at / MICROS,
            used_at: row.used_at / MICROS,
            until_at: row.until_at / MICROS,
        };
        Ok(rows.into_iter().map(shown).collect())
    }
}

impl RowSealer {
    fn kept_seal(&self, row: &KeptKey) -> Vec<u8> {
        self.seal("kept_key", &row.id, 1, &fields(row).each()).to_vec()
    }
}

/// What never changes in a row, as bytes.
struct Fields<'a> {
    texts: [&'a [u8]; 3],
    numbers: [[u8; 8]; 3],
}

impl Fields<'_> {
    fn each(&self) -> [&[u8]; 6] {
        let ([a, b, c], [x, y, z]) = (&self.texts, &self.numbers);
        [a, b, c, x, y, z]
    }
}

fn fields(row: &KeptKey) -> Fields<'_> {
    Fields {
        texts: [row.account.as_bytes(), &row.public_key, row.label.as_bytes()],
        numbers: [row.auth_at.to_be_bytes(), row.created_at.to_be_bytes(), row.until_at.to_be_bytes()],
    }
}

fn key_of(text: &str) -> Option<PublicKey> {
    let bytes: [u8; 33] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    PublicKey::parse(Suite::Es256, &bytes).ok()
}

/// The key signed this challenge, for this.
fn answers(key: &PublicKey, what: &[u8], answer: &KeptAnswer) -> Result<(), DeedError> {
    let signature = URL_SAFE_NO_PAD.decode(&answer.signature).map_err(|_| DeedError::SignIn)?;
    let signature: [u8; 64] = signature.try_into().map_err(|_| DeedError::SignIn)?;
    key.verify_foreign(&[what, answer.ask.as_bytes()], &signature).map_err(|_| DeedError::SignIn)
}

/// Takes the challenge, when it was this browser's.
async fn take(tx: &mut Tx, ask: &str, holder: &str, now_us: i64) -> Result<(), DeedError> {
    let taken = one_time::take(tx, KIND, &bound_hash(KIND, ask), None, None, now_us).await?;
    let taken = taken.ok_or(DeedError::SignIn)?;
    if taken.session.as_deref() == Some(holder) { Ok(()) } else { Err(DeedError::SignIn) }
}

fn holder(browser: &Browser) -> String {
    hex::encode(bound_hash("holder", &browser.cookie))
}
