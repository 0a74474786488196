//! A person's ways to sign in, as they see and change them: listed, added, renamed never, kept, removed.
//! Adding and removing ask for a passkey of the last five minutes (R8). It does not know pages.

use super::authenticators::{Fresh, add};
use super::passkey::{For, not_proven, take};
use super::sheet::SHEET;
use super::{Browser, PasskeyAsked, sign_in_name_of};
use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::doorway::Done;
use crate::end_sign_ins::{end_of_way, end_others};
use crate::error::{DeedError, Text};
use crate::home::{DeviceRow, device_row};
use crate::password::verify;
use crate::person_sessions::{Person, facts_of, facts_to_change};
use serde_json::json;
use yima_kernel::access::{Facts, Refusal, Request};
use yima_kernel::assurance::Needed;
use yima_kernel::deed::Deed;
use yima_store::authenticator::{Authenticator, Kind, State};
use yima_store::{account, device, one_time, sign_in_name, wrong_try};

/// Of which sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayKind {
    /// A passkey.
    Passkey,
    /// A password, with its second factor.
    Password,
    /// A printed sheet of one-time codes.
    Sheet,
}

/// A way to sign in, in its owner's list.
#[derive(Clone, Debug)]
pub struct Way {
    /// `aut_…`
    pub id: String,
    /// Of which sort.
    pub kind: WayKind,
    /// What its owner calls it.
    pub name: String,
    /// A passkey that can't leave its device; others are synced or can be.
    pub bound: bool,
    /// It waits until its owner keeps it.
    pub suspended: bool,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds.
    pub used_at: Option<i64>,
    /// Unix seconds from which it does heavy deeds.
    pub heavy_from: i64,
    /// Codes of a sheet that were not used.
    pub codes_left: u32,
}

/// All that the page of one's own account shows of signing in.
#[derive(Clone, Debug)]
pub struct OwnWays {
    /// Masked name.
    pub name_masked: String,
    /// Devices that show codes, the newest first.
    pub devices: Vec<DeviceRow>,
    /// Ways to sign in, the oldest first.
    pub ways: Vec<Way>,
    /// The name for signing in, if one was chosen.
    pub sign_in_name: Option<String>,
    /// Wrong tries of the last 24 hours.
    pub wrong_tries: i64,
    /// Passwords from unknown devices are off after a hundred wrong ones.
    pub passwords_off: bool,
}

impl Province {
    /// This person's ways to sign in.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn ways_of(&self, person: &Person) -> Result<OwnWays, DeedError> {
        let request = Request::of(person.actor(), Deed::SeeRecord).about(person.account.clone());
        let (seals, id) = (self.sealer_of_rows(), person.account.as_str().to_owned());
        let counter = self.unknown_devices_of(&id);
        let (since_hour, now_us) = (self.now_s() / 3600 - 24, self.now_us());
        let (holder, mut own) = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move {
                    let holder = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                    let devices = device::of_account(tx, &id).await?;
                    let rows = seals.authenticators_of(tx, &id).await?;
                    let mut ways: Vec<Way> = rows.into_iter().filter_map(way).collect();
                    for sheet in ways.iter_mut().filter(|way| way.kind == WayKind::Sheet) {
                        sheet.codes_left = one_time::open_of(tx, SHEET, &id, &sheet.id, now_us).await?;
                    }
                    let own = OwnWays {
                        name_masked: String::new(),
                        devices: devices.into_iter().map(|row| device_row(row, ("", now_us))).collect(),
                        ways,
                        sign_in_name: sign_in_name::of_account(tx, &id).await?,
                        wrong_tries: wrong_try::noted(tx, &id, since_hour).await?,
                        passwords_off: Self::passwords_are_off(tx, &counter).await?,
                    };
                    Ok((holder, own))
                })
            })
            .await?;
        own.name_masked = self.name_of(&holder)?.masked();
        Ok(own)
    }

    /// Turns passwords from unknown devices on again.
    ///
    /// # Errors
    /// [`Refusal::StepUp`] without two factors of the last five minutes.
    pub async fn turn_passwords_on(&self, person: &Person) -> Result<(), DeedError> {
        let counter = self.unknown_devices_of(person.account.as_str());
        let (actor, now_us) = (person.actor(), self.now_us());
        self.short(
            Request::of(person.actor(), Deed::ChangePassword).about(person.account.clone()),
            move |tx| Box::pin(async move { Ok((facts_of(tx, &actor, now_us).await?, ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    wrong_try::clear(tx, &counter).await?;
                    Ok(Done::plain(()).detail(json!({ "passwords_from_unknown_devices": true })))
                })
            },
        )
        .await
    }

    /// May this person add a passkey now?
    ///
    /// # Errors
    /// [`Refusal::StepUp`] when more must be proven first; where passkeys can't be used.
    pub async fn may_add_passkey(&self, person: &Person) -> Result<(), DeedError> {
        self.party()?;
        let rows = self.active_of(person.account.as_str()).await?;
        let needed = yima_kernel::assurance::needed(self.adding(person, &rows)).unwrap_or(Needed::HEAVY);
        if needed.met_by(&person.standing, self.now_s()) { Ok(()) } else { Err(DeedError::Refused(Refusal::StepUp)) }
    }

    /// Asks the browser for a new passkey. The first one may follow two factors on a known device (R8).
    ///
    /// # Errors
    /// [`Refusal::StepUp`] when more must be proven first.
    pub async fn ask_new_passkey(&self, person: &Person) -> Result<PasskeyAsked, DeedError> {
        self.may_add_passkey(person).await?;
        let rows = self.active_of(person.account.as_str()).await?;
        let handle = self.user_handle(&rows);
        let exclude: Vec<Vec<u8>> = rows.iter().filter_map(|row| row.credential_id.clone()).collect();
        let label = self.passkey_label();
        let asked = self.party()?.ask_new(self.chance.bytes(), &handle, &label, &exclude).map_err(not_proven)?;
        self.keep_challenge(asked, &adding(person, Some(handle))).await
    }

    /// Adds the passkey that the browser made; it does heavy deeds after a day.
    ///
    /// # Errors
    /// [`Refusal::StepUp`]; [`DeedError::SignIn`] when the answer does not hold.
    pub async fn add_passkey(&self, person: &Person, ask: &str, answer: &str, name: &str) -> Result<(), DeedError> {
        let rows = self.active_of(person.account.as_str()).await?;
        let deed = self.adding(person, &rows);
        let first = deed == Deed::AddFirstPasskey;
        let answered = self.answered(ask, &adding(person, None)).await?;
        let fresh = self.made_passkey(&answered, answer, name)?;
        let seals = self.sealer_of_rows();
        let notice_id = self.new_row_id();
        self.own_change(person, deed, move |tx, now_us, account| {
            Box::pin(async move {
                let standing = seals.authenticators_of(tx, account).await?;
                if first && standing.iter().any(|row| row.kind == Kind::Passkey) {
                    return Err(DeedError::Refused(Refusal::StepUp));
                }
                let row = seals.authenticator(fresh, account, false, now_us);
                let detail = json!({ "authenticator": row.id, "kind": "passkey", "bound": row.bound });
                add(tx, &[row]).await?;
                take(tx, &answered.ask_hash, now_us).await?;
                Ok((detail, Some((notice_id, "authenticator_added"))))
            })
        })
        .await
    }

    /// Adds or replaces the password and its second factor, by a passkey of the last five minutes.
    ///
    /// # Errors
    /// [`Refusal::StepUp`]; [`DeedError::Invalid`] for a password or digits that can't be taken.
    pub async fn add_password(
        &self,
        person: &Person,
        sign_in_name: &str,
        password: &str,
        totp: (&str, &str, &str),
    ) -> Result<(), DeedError> {
        let (name, rows) = self.password_rows(person.session.as_str(), sign_in_name, password, totp).await?;
        let seals = self.sealer_of_rows();
        let notice_id = self.new_row_id();
        self.own_change(person, Deed::AddAuthenticator, move |tx, now_us, account| {
            Box::pin(async move {
                for row in seals.authenticators_of(tx, account).await? {
                    if matches!(row.kind, Kind::Password | Kind::Totp) {
                        end(tx, &seals, row, now_us).await?;
                    }
                }
                let rows: Vec<_> =
                    rows.into_iter().map(|fresh| seals.authenticator(fresh, account, false, now_us)).collect();
                add(tx, &rows).await?;
                choose_name(tx, name.as_deref(), account, now_us).await?;
                Ok((json!({ "kind": "password" }), Some((notice_id, "authenticator_added"))))
            })
        })
        .await
    }

    /// Changes the password, knowing the old one. Who has a passkey proves it with that. All other sign-ins end: whoever
    /// changes it fears that somebody else knows it.
    ///
    /// # Errors
    /// [`Refusal::StepUp`]; [`DeedError::SignIn`] for a wrong old password, which is counted as at the door.
    pub async fn change_password(
        &self,
        person: &Person,
        browser: &Browser,
        old: &str,
        new: &str,
    ) -> Result<(), DeedError> {
        let rows = self.active_of(person.account.as_str()).await?;
        let has_passkey = rows.iter().any(|row| row.kind == Kind::Passkey && row.heavy_from <= self.now_us());
        let needed = if has_passkey { Needed::HEAVY } else { Needed::FRESH };
        if !needed.met_by(&person.standing, self.now_s()) {
            return Err(DeedError::Refused(Refusal::StepUp));
        }
        let tries = self.tries_of(Some(person.account.as_str()), "", browser);
        if !self.may_try(&tries).await? {
            return Err(DeedError::SignIn);
        }
        let stored = rows.into_iter().find(|row| row.kind == Kind::Password).ok_or(DeedError::NotFound("password"))?;
        let phc = String::from_utf8(stored.body.clone()).map_err(DeedError::internal)?;
        let typed = old.to_owned();
        if !self.hashing(move || verify(&phc, &typed)).await? {
            self.wrong(&tries).await?;
            return Err(DeedError::SignIn);
        }
        self.store
            .deed::<_, DeedError, _>(move |tx| {
                let tries = tries.clone();
                Box::pin(async move { Self::right_try(tx, &tries).await })
            })
            .await?;
        let id = person.account.as_str().to_owned();
        let name = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(sign_in_name::of_account(tx, &id).await?) }))
            .await?;
        let body = self.fresh_password(new, name.as_deref()).await?.body;
        let (seals, keep) = (self.sealer_of_rows(), person.session.as_str().to_owned());
        let notice_id = self.new_row_id();
        self.own_change(person, Deed::ChangePassword, move |tx, now_us, account| {
            Box::pin(async move {
                seals.change(tx, Authenticator { body, ..stored }).await?;
                end_others(tx, account, &keep, "password_changed", now_us).await?;
                Ok((json!({ "kind": "password" }), Some((notice_id, "password_changed"))))
            })
        })
        .await
    }

    /// Removes a way to sign in; a password goes with its second factor. Sessions that it opened end with it.
    ///
    /// # Errors
    /// [`Refusal::StepUp`]; [`DeedError::Conflict`] for the last one, which would strand its owner.
    pub async fn remove_way(&self, person: &Person, id: &str) -> Result<(), DeedError> {
        let (seals, id, keep) = (self.sealer_of_rows(), id.to_owned(), person.session.as_str().to_owned());
        let notice_id = self.new_row_id();
        self.own_change(person, Deed::RemoveAuthenticator, move |tx, now_us, account| {
            Box::pin(async move {
                let rows = seals.authenticators_of(tx, account).await?;
                let target = rows.iter().find(|row| row.id == id && row.kind != Kind::Codes).cloned();
                let target = target.ok_or(DeedError::NotFound("way"))?;
                let pair = |row: &Authenticator| {
                    row.id == target.id || (target.kind == Kind::Password && row.kind == Kind::Totp)
                };
                // Paper runs out: a sheet of codes is no way that lasts.
                let lasts = |row: &Authenticator| !matches!(row.kind, Kind::Totp | Kind::Codes);
                let opens = |row: &&Authenticator| row.state == State::Active && lasts(row) && !pair(row);
                if rows.iter().filter(opens).count() == 0 {
                    return Err(DeedError::Conflict(Text::new(
                        "这是最后一个登录方式，请先添加另一个",
                        "This is the last way to sign in; add another one first",
                    )));
                }
                for row in rows.into_iter().filter(pair) {
                    end(tx, &seals, row, now_us).await?;
                }
                end_of_way(tx, account, &id, &keep, "authenticator_removed", now_us).await?;
                Ok((json!({ "authenticator": id }), Some((notice_id, "authenticator_removed"))))
            })
        })
        .await
    }

    /// Keeps a way to sign in that waits since a recovery (R3).
    ///
    /// # Errors
    /// [`Refusal::StepUp`]; [`DeedError::NotFound`] when none of this id waits.
    pub async fn keep_way(&self, person: &Person, id: &str) -> Result<(), DeedError> {
        let (seals, id) = (self.sealer_of_rows(), id.to_owned());
        let notice_id = self.new_row_id();
        self.own_change(person, Deed::AddAuthenticator, move |tx, _, account| {
            Box::pin(async move {
                let rows = seals.authenticators_of(tx, account).await?;
                let target = rows.iter().find(|row| row.id == id && row.state == State::Suspended);
                let kind = target.ok_or(DeedError::NotFound("way"))?.kind;
                let pair = |row: &Authenticator| row.id == id || (kind == Kind::Password && row.kind == Kind::Totp);
                for row in rows.into_iter().filter(|row| row.state == State::Suspended && pair(row)) {
                    seals.change(tx, Authenticator { state: State::Active, ..row }).await?;
                }
                Ok((json!({ "authenticator": id, "kept": true }), Some((notice_id, "authenticator_added"))))
            })
        })
        .await
    }

    /// A change of one's own account: locked first, decided on the session as it stands, told to all devices.
    async fn own_change<W>(&self, person: &Person, deed: Deed, work: W) -> Result<(), DeedError>
    where
        W: for<'t> FnOnce(
                &'t mut yima_store::Tx,
                i64,
                &'t str,
            ) -> futures_util::future::BoxFuture<'t, Result<Changed, DeedError>>
            + Clone
            + Send
            + 'static,
    {
        let (actor, now_us, account) = (person.actor(), self.now_us(), person.account.clone());
        self.short(
            Request::of(person.actor(), deed).about(person.account.clone()),
            move |tx| Box::pin(async move { Ok((facts_to_change(tx, &actor, now_us).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let (detail, notice) = work(tx, door.now_us, account.as_str()).await?;
                    if let Some((id, kind)) = notice {
                        tell(tx, id, account.as_str(), door.now_us, kind).await?;
                    }
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }

    /// The deed of adding a passkey: the first one of somebody on a known device asks for less.
    fn adding(&self, person: &Person, rows: &[Authenticator]) -> Deed {
        let first = !rows.iter().any(|row| row.kind == Kind::Passkey);
        if first && person.known_device { Deed::AddFirstPasskey } else { Deed::AddAuthenticator }
    }

    /// The 32 random bytes that stand for the account inside its passkeys.
    pub(crate) fn user_handle(&self, rows: &[Authenticator]) -> [u8; 32] {
        let own = rows.iter().find_map(|row| row.user_handle.as_deref()?.try_into().ok());
        own.unwrap_or_else(|| self.chance.bytes())
    }

    /// What a device shows for a passkey of this site: never a name or number of a person.
    pub(crate) fn passkey_label(&self) -> String {
        format!("Yima {}", &self.digits(4))
    }

    /// The rows of a password with its second factor, and the sign-in name if one was chosen.
    pub(crate) async fn password_rows(
        &self,
        holder: &str,
        sign_in_name: &str,
        password: &str,
        (secret, mark, digits): (&str, &str, &str),
    ) -> Result<(Option<String>, Vec<Fresh>), DeedError> {
        let name = match sign_in_name.trim() {
            "" => None,
            text => Some(sign_in_name_of(text).ok_or_else(|| {
                DeedError::invalid(
                    "sign_in_name",
                    "登录名要 4 到 40 个小写字母、数字或 . _ -，以字母开头",
                    "A sign-in name has 4 to 40 small letters, digits or . _ - and begins with a letter",
                )
            })?),
        };
        let (bytes, step) = self.taken_totp(holder, secret, mark, digits).ok_or_else(|| {
            DeedError::invalid(
                "digits",
                "验证器上的 6 位数字不对，请等它换一组再填",
                "Those are not the six digits of your authenticator app; wait for the next ones",
            )
        })?;
        let password = self.fresh_password(password, name.as_deref()).await?;
        let totp = Fresh { step, ..Fresh::new(self.new_authenticator_id(), Kind::Totp, "totp") };
        let body = self.seal_person_totp(&totp, &bytes)?;
        Ok((name, vec![password, Fresh { body, ..totp }]))
    }
}

type Changed = (serde_json::Value, Option<(String, &'static str)>);

pub(crate) async fn end(
    tx: &mut yima_store::Tx,
    seals: &crate::row_seal::RowSealer,
    row: Authenticator,
    now_us: i64,
) -> Result<(), DeedError> {
    seals.change(tx, Authenticator { state: State::Ended, ended_at: Some(now_us), ..row }).await
}

pub(crate) async fn choose_name(
    tx: &mut yima_store::Tx,
    name: Option<&str>,
    account: &str,
    now_us: i64,
) -> Result<(), DeedError> {
    let Some(name) = name else { return Ok(()) };
    if sign_in_name::choose(tx, name, account, now_us).await? {
        return Ok(());
    }
    Err(DeedError::invalid(
        "sign_in_name",
        "这个登录名已有人用，请换一个",
        "That sign-in name is taken; choose another",
    ))
}

fn adding<'a>(person: &'a Person, user_handle: Option<[u8; 32]>) -> For<'a> {
    For { what: "add", holder: person.session.as_str(), account: Some(person.account.as_str()), text: "", user_handle }
}

pub(crate) fn way(row: Authenticator) -> Option<Way> {
    let kind = match row.kind {
        Kind::Passkey => WayKind::Passkey,
        Kind::Password => WayKind::Password,
        Kind::Codes => WayKind::Sheet,
        Kind::Totp => return None,
    };
    Some(Way {
        kind,
        bound: row.bound,
        suspended: row.state == State::Suspended,
        created_at: row.created_at / MICROS,
        used_at: row.used_at.map(|at| at / MICROS),
        heavy_from: row.heavy_from / MICROS,
        codes_left: 0,
        id: row.id,
        name: row.name,
    })
}
