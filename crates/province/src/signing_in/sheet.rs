//! The printed sheet of one-time codes (R13): for whoever has no phone, after two officers agreed. The codes go from here onto
//! paper and are kept as keyed hashes; each signs in once, at the lowest rung. It does not know how the paper looks.

use super::authenticators::Fresh;
use super::manage::end;
use super::recover::Making;
use super::totp::plain_digits;
use super::{Browser, SignedInNow};
use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::doorway::Done;
use crate::end_sign_ins::end_of_way;
use crate::error::{DeedError, Text};
use crate::person_sessions::{OpenSession, Person, begin, facts_to_change};
use crate::rights_copy::fonts;
use crate::row_seal::RowSealer;
use serde_json::json;
use yima_code::day::{Day, Month};
use yima_kernel::access::{Facts, Request};
use yima_kernel::assurance::Acr;
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_print::{SEALED_CODES_MAX, SealedCodes, sealed_codes_pdf};
use yima_store::authenticator::{self, Kind, State};
use yima_store::one_time::{self, OneTime};
use yima_store::{Tx, account};

/// One-time rows of this kind are codes of a sheet; `session` names the sheet.
pub(crate) const SHEET: &str = "sheet";
/// A sheet signs in until the end of the month so many months after it was printed.
const LIFE_MONTHS: u16 = 12;
const DIGITS: usize = 10;

impl Province {
    /// Comes back with a printed sheet: its PDF, which is made once. Nobody is signed in by it, as the browser that prints may
    /// be a counter's.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] before two officers have said yes, and in any other browser; [`DeedError::Conflict`] when it was
    /// printed before, was stopped or came too late, or when there is no Chinese font to print with.
    pub async fn recover_with_sheet(&self, browser: &Browser, keep: Vec<String>) -> Result<Vec<u8>, DeedError> {
        let account = self.approved(browser).await?;
        let last = Month::of(self.now_u32()).plus(LIFE_MONTHS);
        let expires_at = end_of(last) * MICROS;
        let sheet = Fresh::new(self.new_authenticator_id(), Kind::Codes, SHEET);
        let typed: Vec<String> = (0..SEALED_CODES_MAX).map(|_| self.digits(DIGITS)).collect();
        let codes = typed.iter().map(|digits| OneTime {
            id_hash: self.sheet_hash(&account, digits).to_vec(),
            kind: SHEET.to_owned(),
            account: Some(account.clone()),
            session: Some(sheet.id.clone()),
            body: "{}".to_owned(),
            tries: 1,
            created_at: self.now_us(),
            expires_at,
            ..OneTime::default()
        });
        let codes: Vec<OneTime> = codes.collect();
        // Printed before anything is changed: without a font nothing of before ends.
        let pdf = self.print_sheet(&typed, last)?;
        let making = Making { fresh: vec![sheet], name: None, ask_hash: None, codes };
        self.recover(browser, account, making, keep).await?;
        Ok(pdf)
    }

    fn print_sheet(&self, typed: &[String], last: Month) -> Result<Vec<u8>, DeedError> {
        let (year, month) = last.year_and_month();
        let sheet = SealedCodes {
            codes: typed.iter().map(|digits| format!("{} {}", &digits[..DIGITS / 2], &digits[DIGITS / 2..])).collect(),
            expires: yima_print::Month { year, month },
            address: format!("{}/account/sign-in/sheet", self.public_host()),
            office_zh: "山东省一码平台".to_owned(),
            office_en: "Yima of Shandong".to_owned(),
            phone_line: "12345".to_owned(),
            demo: self.demo,
        };
        sealed_codes_pdf(&fonts()?, &sheet).map_err(DeedError::internal)
    }

    /// Signs in with a code of a sheet: as little as a message does.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] for whatever does not hold.
    pub async fn sign_in_with_sheet(
        &self,
        browser: &Browser,
        identifier: &str,
        digits: &str,
    ) -> Result<SignedInNow, DeedError> {
        let holder = self.account_named(identifier).await?.map(|row| row.id);
        let tries = self.tries_of(holder.as_deref(), identifier, browser);
        let may = self.may_try(&tries).await?;
        // Nobody's account costs as much as somebody's.
        let hash = self.sheet_hash(holder.as_deref().unwrap_or_default(), &plain_digits(digits));
        let wanted = hash;
        let found = self
            .store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(one_time::peek(tx, SHEET, &wanted).await?) })
            })
            .await?;
        let sheet = found.filter(|_| may).and_then(|found| found.session);
        let (Some(owner), Some(sheet)) = (holder, sheet) else {
            self.wrong(&tries).await?;
            return Err(DeedError::SignIn);
        };
        let wish = OpenSession {
            account: AccountId::parse(&owner).map_err(DeedError::internal)?,
            acr: Acr::OneTime,
            amr: vec!["otp"],
            label: browser.label.clone(),
            authenticator: Some(sheet.clone()),
            known_device: tries.known,
        };
        let (session, opened) = self.fresh_session(&wish);
        let (seals, notice_id) = (self.sealer_of_rows(), self.new_row_id());
        self.short(
            Request::of(Actor::Stranger, Deed::SignIn),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    account::changed(tx, &owner).await?;
                    let row = authenticator::find(tx, &sheet).await?.ok_or(DeedError::SignIn)?;
                    let row = seals.trusted(row)?;
                    if row.account != owner || row.kind != Kind::Codes || row.state != State::Active {
                        return Err(DeedError::SignIn);
                    }
                    begin(tx, &session).await?;
                    one_time::take(tx, SHEET, &hash, None, None, door.now_us).await?.ok_or(DeedError::SignIn)?;
                    authenticator::used(tx, &sheet, door.now_us).await?;
                    Self::right_try(tx, &tries).await?;
                    tell(tx, notice_id, &owner, door.now_us, "sheet_used").await?;
                    let left = one_time::open_of(tx, SHEET, &owner, &sheet, door.now_us).await?;
                    let detail = json!({ "acr": session.acr, "codes_left": left, "session": session.id });
                    Ok(Done::to((), owner).detail(detail))
                })
            },
        )
        .await?;
        Ok(SignedInNow { session: opened, known: None })
    }

    /// Ends one's own sheet; its sign-ins elsewhere end with it. Any sign-in of one's own may: who holds paper alone has no
    /// stronger one.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when there is none.
    pub async fn end_own_sheet(&self, person: &Person) -> Result<(), DeedError> {
        let (actor, now_us, account) = (person.actor(), self.now_us(), person.account.clone());
        let (seals, notice_id, keep) = (self.sealer_of_rows(), self.new_row_id(), person.session.to_string());
        self.short(
            Request::of(person.actor(), Deed::EndSheet).about(person.account.clone()),
            move |tx| Box::pin(async move { Ok((facts_to_change(tx, &actor, now_us).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let ended = ended_now(tx, &seals, account.as_str(), &keep, door.now_us).await?;
                    tell(tx, notice_id, account.as_str(), door.now_us, "sheet_ended").await?;
                    Ok(Done::plain(()).detail(json!({ "authenticators": ended })))
                })
            },
        )
        .await
    }

    /// Ends a resident's sheet at a counter.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when there is no such resident, or no sheet.
    pub async fn end_sheet_of(&self, officer: &Actor, resident: &str) -> Result<(), DeedError> {
        let id = AccountId::parse(resident).map_err(|_| DeedError::NotFound("resident"))?;
        let (seals, notice_id, owner) = (self.sealer_of_rows(), self.new_row_id(), id.to_string());
        self.short(
            Request::of(officer.clone(), Deed::EndSheet).about(id),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    account::find(tx, &owner).await?.ok_or(DeedError::NotFound("resident"))?;
                    account::changed(tx, &owner).await?;
                    let ended = ended_now(tx, &seals, &owner, "", door.now_us).await?;
                    tell(tx, notice_id, &owner, door.now_us, "sheet_ended").await?;
                    Ok(Done::plain(()).detail(json!({ "authenticators": ended })))
                })
            },
        )
        .await
    }

    /// How many codes a resident's sheet has left, for an officer who may see residents; None without a sheet.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn sheet_of_resident(&self, officer: &Actor, resident: &str) -> Result<Option<u32>, DeedError> {
        let id = AccountId::parse(resident).map_err(|_| DeedError::NotFound("resident"))?;
        let (owner, now_us) = (id.to_string(), self.now_us());
        let request = Request::of(officer.clone(), Deed::SeeResidents).about(id);
        self.look(request, Facts::default(), move |tx| {
            Box::pin(async move {
                let rows = authenticator::of_account(tx, &owner).await?;
                let Some(sheet) = rows.into_iter().find(|row| row.kind == Kind::Codes) else { return Ok(None) };
                Ok(Some(one_time::open_of(tx, SHEET, &owner, &sheet.id, now_us).await?))
            })
        })
        .await
    }

    fn sheet_hash(&self, account: &str, digits: &str) -> [u8; 32] {
        self.peppered("sheet-code", &format!("{account}/{digits}"))
    }
}

/// When a month is over in China, Unix seconds.
fn end_of(month: Month) -> i64 {
    let (year, month) = month.plus(1).year_and_month();
    Day::parse(&format!("{year:04}-{month:02}-01")).map_or(0, |day| i64::from(day.starts_at()))
}

/// Ends every sheet of an account that was locked before, with the sign-ins that came of it; their ids.
pub(crate) async fn end_sheets(
    tx: &mut Tx,
    seals: &RowSealer,
    account: &str,
    keep: &str,
    now_us: i64,
) -> Result<Vec<String>, DeedError> {
    let mut ended = Vec::new();
    for row in seals.authenticators_of(tx, account).await?.into_iter().filter(|row| row.kind == Kind::Codes) {
        ended.push(row.id.clone());
        end_of_way(tx, account, &row.id, keep, "authenticator_removed", now_us).await?;
        end(tx, seals, row, now_us).await?;
    }
    one_time::end_of_account(tx, SHEET, account, now_us).await?;
    Ok(ended)
}

async fn ended_now(
    tx: &mut Tx,
    seals: &RowSealer,
    account: &str,
    keep: &str,
    now_us: i64,
) -> Result<Vec<String>, DeedError> {
    let ended = end_sheets(tx, seals, account, keep, now_us).await?;
    if ended.is_empty() {
        return Err(DeedError::Conflict(Text::new(
            "没有登录码纸，或已经停用",
            "There is no sheet of codes, or it has ended",
        )));
    }
    Ok(ended)
}
