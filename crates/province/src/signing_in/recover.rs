//! The resident's side of a recovery: a browser of their own shows letters to an officer; once two officers have said yes, it
//! makes the new way to sign in, and says which of the old ones and which phones stay. It does not know who the officers are.

use super::authenticators::{Fresh, add};
use super::manage::{Way, choose_name, way};
use super::passkey::{For, acr_of, amr_of, not_proven, take};
use super::sheet::end_sheets;
use super::{Browser, PasskeyAsked, SignedInNow, bound_hash, password};
use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::home::standing;
use crate::mandates::Hand;
use crate::person_sessions::{OpenSession, begin};
use crate::recoveries::{HOLD_S, HOLD_WITH_DEVICES_S, KIND, OPEN_S, PhoneToKeep, guardians, over, phones, tell_all};
use crate::row_seal::RowSealer;
use serde_json::json;
use yima_kernel::access::{Facts, Request};
use yima_kernel::assurance::Acr;
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_store::authenticator::{Authenticator, Kind, State as WayState};
use yima_store::one_time::{self, OneTime};
use yima_store::recovery::{self, By, Recovery, Review, State};
use yima_store::session::Session;
use yima_store::{Tx, account, device, enrolment, uses};

/// One of so many is looked at by somebody else (R14: 2 %).
const REVIEWED_OF: u16 = 50;

/// How far a recovery in this browser is.
#[derive(Clone, Debug)]
pub enum Recovering {
    /// None was begun here, or it is over.
    Nothing,
    /// The letters are shown to an officer.
    Showing(String),
    /// An officer asked; the colleague who was drawn has not answered.
    Asked,
    /// The new way to sign in can be made; these are the old ones, each of which can be kept. A sheet of codes is printed
    /// only when it was two officers who agreed.
    Approved {
        /// The old ones.
        ways: Vec<Way>,
        /// Phones that show codes of this account; each can be kept too.
        phones: Vec<PhoneToKeep>,
        /// A sheet can be printed.
        sheet: bool,
    },
    /// Another device of the same person let this one make a passkey.
    LetIn,
}

impl Province {
    /// Begins in a browser: its cookie from now on, to which everything is bound. Says nothing about anybody.
    ///
    /// # Errors
    /// When the store can't be written.
    pub async fn show_recovery(&self, browser: &Browser) -> Result<String, DeedError> {
        let (cookie, now_us) = (self.fresh_browser(), self.now_us());
        let number = self.recovery_number(&cookie);
        let row = OneTime {
            id_hash: self.recovery_number_hash(&number).to_vec(),
            kind: KIND.to_owned(),
            session: Some(hex::encode(bound_hash(KIND, &cookie))),
            body: json!({
                "label": browser.label, "network": browser.network, "number": number, "region": browser.region,
            })
            .to_string(),
            tries: 1,
            created_at: now_us,
            expires_at: now_us + OPEN_S * MICROS,
            ..OneTime::default()
        };
        self.store
            .deed::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(one_time::put(tx, &row).await?) }))
            .await?;
        Ok(cookie)
    }

    /// How far it is.
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn recovering(&self, browser: &Browser) -> Result<Recovering, DeedError> {
        if self.let_in(browser).await?.is_some() {
            return Ok(Recovering::LetIn);
        }
        let number = self.recovery_number(&browser.cookie);
        let (letters, hash) = (self.recovery_number_hash(&number), bound_hash(KIND, &browser.cookie));
        let (seals, now_us) = (self.sealer_of_rows(), self.now_us());
        self.store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let Some(row) = recovery::by_browser(tx, &hash).await? else {
                        let shown = one_time::peek(tx, KIND, &letters).await?;
                        let lives = shown.is_some_and(|shown| shown.expires_at > now_us);
                        return Ok(if lives { Recovering::Showing(number) } else { Recovering::Nothing });
                    };
                    Ok(match row.state {
                        State::Asked if row.expires_at > now_us => Recovering::Asked,
                        State::Approved if row.expires_at > now_us => {
                            let ways = seals.authenticators_of(tx, &row.account).await?;
                            let ways = ways.into_iter().filter(|way| way.state == WayState::Active);
                            let ways = ways.filter(|way| way.kind != Kind::Codes).filter_map(way).collect();
                            let phones = phones::to_keep(tx, &seals, &row.account, now_us).await?;
                            Recovering::Approved { ways, phones, sheet: row.by == By::Officers }
                        }
                        _ => Recovering::Nothing,
                    })
                })
            })
            .await
    }

    /// Asks the browser for the new passkey.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] before two officers have said yes.
    pub async fn ask_recovery_passkey(&self, browser: &Browser) -> Result<PasskeyAsked, DeedError> {
        let account = self.approved(browser).await?;
        let handle: [u8; 32] = self.chance.bytes();
        let asked = self.party()?.ask_new(self.chance.bytes(), &handle, &self.passkey_label(), &[]);
        self.keep_challenge(asked.map_err(not_proven)?, &recovering(browser, &account, Some(handle))).await
    }

    /// Comes back with a new passkey, signed in; `keep` names the old ways and the phones that stay.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] when the answer does not hold; [`DeedError::Conflict`] when it was stopped or came too late.
    pub async fn recover_with_passkey(
        &self,
        browser: &Browser,
        (ask, answer): (&str, &str),
        name: &str,
        keep: Vec<String>,
    ) -> Result<SignedInNow, DeedError> {
        let account = self.approved(browser).await?;
        let answered = self.answered(ask, &recovering(browser, &account, None)).await?;
        let fresh = self.made_passkey(&answered, answer, name)?;
        let ask_hash = Some(answered.ask_hash);
        let making = Making { fresh: vec![fresh], name: None, ask_hash, codes: Vec::new() };
        self.recover(browser, account, making, keep).await
    }

    /// Comes back with a new password and a second factor, signed in.
    ///
    /// # Errors
    /// As [`Province::recover_with_passkey`]; [`DeedError::Invalid`] for what can't be taken.
    pub async fn recover_with_password(
        &self,
        browser: &Browser,
        sign_in_name: &str,
        password: &str,
        totp: (&str, &str, &str),
        keep: Vec<String>,
    ) -> Result<SignedInNow, DeedError> {
        let account = self.approved(browser).await?;
        let (name, rows) = self.password_rows(&browser.cookie, sign_in_name, password, totp).await?;
        let making = Making { fresh: rows, name, ask_hash: None, codes: Vec::new() };
        self.recover(browser, account, making, keep).await
    }

    pub(crate) async fn approved(&self, browser: &Browser) -> Result<String, DeedError> {
        let (hash, now_us) = (bound_hash(KIND, &browser.cookie), self.now_us());
        let row = self
            .store
            .read_one::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(recovery::by_browser(tx, &hash).await?) }))
            .await?;
        let row = row.filter(|row| row.state == State::Approved && row.expires_at > now_us);
        Ok(row.ok_or(DeedError::SignIn)?.account)
    }

    pub(crate) async fn recover(
        &self,
        browser: &Browser,
        account: String,
        Making { fresh, name, ask_hash, codes }: Making,
        keep: Vec<String>,
    ) -> Result<SignedInNow, DeedError> {
        let (seals, now_us) = (self.sealer_of_rows(), self.now_us());
        let hash = bound_hash(KIND, &browser.cookie);
        let (whose, sealer) = (account.clone(), seals.clone());
        let others = self
            .store
            .read_one::<_, DeedError, _>(move |tx| Box::pin(async move { alive(tx, &sealer, &whose).await }))
            .await?;
        let hold_until = now_us + MICROS * if others { HOLD_WITH_DEVICES_S } else { HOLD_S };
        // Until the hold is over nothing of this is worth more than two factors, whatever comes to rely on it.
        let rows: Vec<_> = fresh.into_iter().map(|fresh| seals.young(fresh, &account, hold_until, now_us)).collect();
        let first = rows.first().ok_or_else(|| DeedError::internal("a recovery without a way"))?;
        let wish = opens(browser, &account, first, ask_hash.is_some(), now_us)?;
        let (session, opened) = self.fresh_session(&wish);
        let session = codes.is_empty().then_some(session);
        let made = Made { rows, name, ask_hash, codes, session };
        let known = self.known_from_now(&browser.known, &account);
        let secret = self.stop_secret();
        let stop_hash = bound_hash("stop", &secret);
        let review = u16::from_be_bytes(self.chance.bytes()).is_multiple_of(REVIEWED_OF);
        let mut hand = self.hand();
        let subject = wish.account.clone();
        let holder = self
            .short(
                Request::of(Actor::Stranger, Deed::Recover).about(subject),
                move |tx| {
                    Box::pin(async move {
                        account::changed(tx, &account).await?;
                        let holder = account::find(tx, &account).await?.ok_or(DeedError::SignIn)?;
                        Ok((Facts { subject_state: Some(standing(holder.state)), ..Facts::default() }, holder))
                    })
                },
                move |tx, holder, door| {
                    Box::pin(async move {
                        let row = recovery::by_browser(tx, &hash).await?.ok_or(DeedError::SignIn)?;
                        let row = seals.trusted(row)?;
                        still_approved(tx, &hand, &row, &holder.id, door.now_us).await?;
                        if made.session.is_none() && row.by != By::Officers {
                            return Err(over());
                        }
                        let times = (hold_until, door.now_us);
                        let (suspended, phones) =
                            set_aside(tx, &hand, &holder.id, (&keep, made.session.is_none()), times).await?;
                        made.put(tx, &holder.id, row.by, door.now_us).await?;
                        let ways: Vec<&str> = made.rows.iter().map(|row| row.id.as_str()).collect();
                        let held = Recovery {
                            state: State::Held,
                            hold_until: Some(hold_until),
                            made: ways.join(" "),
                            suspended: suspended.join(" "),
                            phones_suspended: Some(phones.suspended.join(" ")),
                            phones_kept: Some(phones.kept.join(" ")),
                            stop_hash,
                            review: if review && row.by == By::Officers { Review::Due } else { Review::None },
                            ..row
                        };
                        let row = seals.change_recovery(tx, held).await?;
                        tell_all(tx, &mut hand, &holder.id, door.now_us, "recovered").await?;
                        let ways_kept = keep.len() - phones.kept.len();
                        let detail = json!({
                            "recovery": row.id, "authenticators": ways, "kept": ways_kept, "suspended": suspended.len(),
                            "hold_until": hold_until / MICROS, "session": made.session.as_ref().map(|session| &session.id),
                            "phones_kept": phones.kept, "phones_suspended": phones.suspended, "sheet": made.session.is_none(),
                        });
                        Ok(Done::plain(holder).detail(detail))
                    })
                },
            )
            .await?;
        self.bundle_due.notify_one();
        self.tell_telephone(&holder, &secret, true);
        Ok(SignedInNow { session: opened, known: Some(known) })
    }
}

/// What is made by a recovery: ways to sign in, and the codes of a printed sheet, which open no session here.
pub(crate) struct Making {
    pub fresh: Vec<Fresh>,
    pub name: Option<String>,
    pub ask_hash: Option<Vec<u8>>,
    pub codes: Vec<OneTime>,
}

/// What it puts into the store: a session beside the ways, or the codes of a sheet.
#[derive(Clone)]
struct Made {
    rows: Vec<Authenticator>,
    name: Option<String>,
    ask_hash: Option<Vec<u8>>,
    codes: Vec<OneTime>,
    session: Option<Session>,
}

impl Made {
    async fn put(&self, tx: &mut Tx, account: &str, by: By, now_us: i64) -> Result<(), DeedError> {
        add(tx, &self.rows).await?;
        choose_name(tx, self.name.as_deref(), account, now_us).await?;
        // A guardian says nothing about who was seen.
        if by == By::Officers {
            account::set_proofing(tx, account, 2, true).await?;
        }
        for code in &self.codes {
            one_time::put(tx, code).await?;
        }
        if let Some(session) = &self.session {
            begin(tx, session).await?;
        }
        match &self.ask_hash {
            Some(hash) => take(tx, hash, now_us).await,
            None => Ok(()),
        }
    }
}

impl RowSealer {
    /// A new authenticator that does heavy deeds only when the hold is over.
    fn young(&self, fresh: Fresh, account: &str, heavy_from: i64, now_us: i64) -> Authenticator {
        let row = self.authenticator(fresh, account, true, now_us);
        self.sealed(Authenticator { heavy_from, ..row })
    }
}

/// The session that begins with it, by the way that was just made.
fn opens(
    browser: &Browser,
    account: &str,
    first: &Authenticator,
    by_passkey: bool,
    now_us: i64,
) -> Result<OpenSession, DeedError> {
    Ok(OpenSession {
        account: AccountId::parse(account).map_err(DeedError::internal)?,
        acr: if by_passkey { acr_of(first, now_us) } else { Acr::TwoFactor },
        amr: if by_passkey { amr_of(first).to_vec() } else { password::AMR.to_vec() },
        label: browser.label.clone(),
        authenticator: Some(first.id.clone()),
        known_device: false,
    })
}

/// Is there another device of this account that could say no?
async fn alive(tx: &mut Tx, seals: &RowSealer, account: &str) -> Result<bool, DeedError> {
    Ok(seals.devices_of(tx, account).await?.iter().any(|row| row.state == device::State::Live))
}

/// Whoever approved it did, and may still: it is of this account, and waits.
async fn still_approved(tx: &mut Tx, hand: &Hand, row: &Recovery, account: &str, now_us: i64) -> Result<(), DeedError> {
    if row.state != State::Approved || row.expires_at <= now_us || row.account != account {
        return Err(over());
    }
    match row.by {
        By::Officers => both_are_uses(tx, row).await,
        By::Guardian => is_guardian_now(tx, hand, row, now_us).await,
    }
}

/// Both officers stand in the ledger before anything opens (R13).
async fn both_are_uses(tx: &mut Tx, row: &Recovery) -> Result<(), DeedError> {
    let answered = row.approved_use.as_deref().unwrap_or_default();
    let table = [
        (row.asked_use.as_str(), row.officer.as_str(), Deed::BeginRecovery),
        (answered, row.approver.as_str(), Deed::AnswerRecovery),
    ];
    for (id, officer, deed) in table {
        let found = uses::find(tx, id).await?;
        let fits = found.is_some_and(|found| {
            found.actor == officer
                && found.deed == deed.as_str()
                && found.outcome == "done"
                && found.account.as_deref() == Some(row.account.as_str())
        });
        if !fits {
            tracing::error!(alarm = "recovery_use", recovery = row.id, "a recovery without the uses of both officers");
            return Err(DeedError::internal("a recovery without the uses of both officers"));
        }
    }
    Ok(())
}

/// The guardian stands in the ledger, and still is one.
async fn is_guardian_now(tx: &mut Tx, hand: &Hand, row: &Recovery, now_us: i64) -> Result<(), DeedError> {
    let found = uses::find(tx, &row.asked_use).await?.is_some_and(|found| {
        found.actor == row.officer
            && found.deed == Deed::RecoverWard.as_str()
            && found.outcome == "done"
            && found.account.as_deref() == Some(row.account.as_str())
    });
    if !found {
        tracing::error!(alarm = "recovery_use", recovery = row.id, "a recovery without the use of its guardian");
        return Err(DeedError::internal("a recovery without the use of its guardian"));
    }
    if guardians(tx, hand, &row.account, now_us).await?.contains(&row.officer_person) { Ok(()) } else { Err(over()) }
}

/// What was there before ends or waits, sheets where there is a new one too: ids of the ways that wait, and the phones.
async fn set_aside(
    tx: &mut Tx,
    hand: &Hand,
    account: &str,
    (keep, sheet): (&[String], bool),
    (hold_until, now_us): (i64, i64),
) -> Result<(Vec<String>, phones::Sorted), DeedError> {
    if sheet {
        end_sheets(tx, hand.seals(), account, "", now_us).await?;
    }
    let suspended = end_all_but(tx, hand.seals(), account, keep, now_us).await?;
    let phones = phones::suspend_all_but(tx, hand, account, keep, (hold_until, now_us)).await?;
    enrolment::end_codes(tx, account, now_us).await?;
    Ok((suspended, phones))
}

/// Ends everything (R3) but the ways that were kept by name; the ids of those that wait from now on.
async fn end_all_but(
    tx: &mut Tx,
    seals: &RowSealer,
    account: &str,
    keep: &[String],
    now_us: i64,
) -> Result<Vec<String>, DeedError> {
    let before = seals.authenticators_of(tx, account).await?;
    let active: Vec<_> = before.into_iter().filter(|row| row.state == WayState::Active).collect();
    seals.end_everything(tx, account, "recovery", now_us).await?;
    let keeps_password = active.iter().any(|row| row.kind == Kind::Password && keep.contains(&row.id));
    let kept = |row: &Authenticator| keep.contains(&row.id) || (row.kind == Kind::Totp && keeps_password);
    let mut waits = Vec::new();
    for row in seals.authenticators_of(tx, account).await? {
        let was_active = active.iter().any(|before| before.id == row.id);
        if was_active && kept(&row) {
            seals.change(tx, Authenticator { state: WayState::Active, ..row }).await?;
        } else if was_active {
            waits.push(row.id);
        }
    }
    Ok(waits)
}

fn recovering<'a>(browser: &'a Browser, account: &'a str, user_handle: Option<[u8; 32]>) -> For<'a> {
    For { what: "recover", holder: &browser.cookie, account: Some(account), text: "", user_handle }
}
