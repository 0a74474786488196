//! Residents as operators see them, always masked, and changes of their standing. It does not know how they were imported.

use crate::Province;
use crate::benefits::{Benefit, listed};
use crate::cards::{Card, card_row};
use crate::crowds::count_holder;
use crate::devices::tell;
use crate::disclosure::Disclosure;
use crate::doorway::Done;
use crate::enrol_device::CODE_LIFE_S;
use crate::error::{DeedError, Text};
use crate::home::{DeviceRow, device_row, standing};
use crate::mandates::end_slots_of_actor;
use crate::rights_restrict::{BY_OPERATOR, good_again};
use std::sync::Arc;
use yima_code::day::Day;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_store::account::{self, Account, State};
use yima_store::{benefit, card, death, device, enrolment, session, withdrawal};

const MICROS: i64 = crate::clock::MICROS;

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// Rows.
    pub items: Vec<T>,
    /// Key of the next page.
    pub next: Option<String>,
}

/// A resident in a list.
#[derive(Clone, Debug)]
pub struct ResidentRow {
    /// `res_…`
    pub id: String,
    /// Masked.
    pub name_masked: String,
    /// GB/T 2260.
    pub region: String,
    /// `active`, `suspended` or `dead`.
    pub state: &'static str,
    /// 0 to 2.
    pub proofing: u8,
}

/// A resident, with devices and cards.
#[derive(Clone, Debug)]
pub struct Resident {
    /// As in a list.
    pub row: ResidentRow,
    /// Newest first.
    pub devices: Vec<DeviceRow>,
    /// Newest first.
    pub cards: Vec<Card>,
    /// By number, those that are over or ended too.
    pub benefits: Vec<Benefit>,
}

/// A change of standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Until resumed.
    Suspend,
    /// Back to good standing.
    Resume,
}

impl Province {
    /// One resident. The resident sees that an operator looked.
    ///
    /// # Errors
    /// [`DeedError::NotFound`].
    pub async fn resident(&self, actor: &Actor, id: &str) -> Result<Resident, DeedError> {
        let subject = AccountId::parse(id).map_err(|_| DeedError::NotFound("resident"))?;
        let id = id.to_owned();
        let (row, devices, cards, benefits) = self
            .short(
                Request::of(actor.clone(), Deed::SeeResidents).about(subject),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), _| {
                    Box::pin(async move {
                        let row = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                        let devices = device::of_account(tx, &id).await?;
                        let cards = card::of_account(tx, &id).await?;
                        let benefits = benefit::of_account(tx, &id).await?;
                        Ok(Done::plain((row, devices, cards, benefits)))
                    })
                },
            )
            .await?;
        let now_us = self.now_us();
        Ok(Resident {
            row: self.resident_row(&row)?,
            devices: devices.into_iter().map(|d| device_row(d, ("", now_us))).collect(),
            cards: cards.into_iter().map(card_row).collect(),
            benefits: self.benefit_rows(&row, &benefits),
        })
    }

    /// Suspends or resumes a resident: refused online at once, offline with the next bundle.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when the resident is dead, or reported dead, which nothing undoes here.
    pub async fn change_standing(&self, actor: &Actor, id: &str, to: Standing, reason: &str) -> Result<(), DeedError> {
        let subject = AccountId::parse(id).map_err(|_| DeedError::NotFound("resident"))?;
        let reason = evidence("reason", reason)?;
        let from_day = Day::of(self.now_u32()).0.saturating_sub(2);
        let notice_id = self.new_row_id();
        let id = id.to_owned();
        let (sealer, hand) = (Arc::clone(&self.sealer), self.hand());
        self.short(
            Request::of(actor.clone(), Deed::ChangeStanding).about(subject),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    account::changed(tx, &id).await?;
                    let (state, word, kind) = match to {
                        Standing::Suspend => (State::Suspended, BY_OPERATOR, "suspended"),
                        Standing::Resume => (State::Active, BY_OPERATOR, "resumed"),
                    };
                    let before = account::find(tx, &id).await?;
                    if !account::set_state(tx, &id, state).await? {
                        return Err(DeedError::Conflict(Text::new(
                            "查无此人，或已登记死亡",
                            "no such resident, or reported dead",
                        )));
                    }
                    if to == Standing::Resume && death::standing(tx, &id).await?.is_some() {
                        return Err(DeedError::Conflict(Text::new(
                            "有死亡登记在办：要恢复，请撤销死亡登记",
                            "a death is reported: take that report back instead",
                        )));
                    }
                    if to == Standing::Resume && account::is_restricted(tx, &id).await? {
                        return Err(DeedError::Conflict(Text::new(
                            "本人自己停止了处理，只有本人能恢复",
                            "the resident switched processing off, and alone can switch it on again",
                        )));
                    }
                    if let Some(before) = before.filter(|b| (b.state == State::Active) != (state == State::Active)) {
                        count_holder(tx, &sealer, &before, if state == State::Active { 1 } else { -1 }).await?;
                    }
                    if to == Standing::Resume {
                        good_again(tx, &id).await?;
                    } else {
                        withdrawal::account(tx, &id, from_day, word, door.now_us).await?;
                        end_slots_of_actor(tx, &hand, &id, door.now_us).await?;
                    }
                    if to != Standing::Resume {
                        session::end_all_but(tx, &id, "", word, door.now_us).await?;
                    }
                    tell(tx, notice_id, &id, door.now_us, kind).await?;
                    Ok(Done::plain(()).detail(serde_json::json!({ "to": state.as_str(), "reason": reason })))
                })
            },
        )
        .await?;
        self.bundle_due.notify_one();
        Ok(())
    }

    /// Issues a code that enrols one device; shown once.
    ///
    /// # Errors
    /// Refusals of the decision: a suspended or dead resident gets none.
    pub async fn issue_enrolment_code(&self, actor: &Actor, id: &str) -> Result<(String, i64), DeedError> {
        let subject = AccountId::parse(id).map_err(|_| DeedError::NotFound("resident"))?;
        let (code, hash) = self.fresh_code();
        let id = id.to_owned();
        let by = actor.id().to_owned();
        let expires_at = self
            .short(
                Request::of(actor.clone(), Deed::IssueEnrolmentCode).about(subject),
                move |tx| {
                    Box::pin(async move {
                        let row = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                        Ok((Facts { subject_state: Some(standing(row.state)), ..Facts::default() }, row))
                    })
                },
                move |tx, row, door| {
                    Box::pin(async move {
                        let code = enrolment::Code {
                            code_hash: hash.to_vec(),
                            account: row.id,
                            issued_by: by,
                            issued_at: door.now_us,
                            expires_at: door.now_us + CODE_LIFE_S * MICROS,
                        };
                        enrolment::issue_code(tx, &code).await?;
                        Ok(Done::plain(door.now_s() + CODE_LIFE_S))
                    })
                },
            )
            .await?;
        Ok((code, expires_at))
    }

    /// A resident's benefits as of today, each with whether codes can say it.
    pub(crate) fn benefit_rows(&self, holder: &Account, rows: &[benefit::Benefit]) -> Vec<Benefit> {
        let (speaker, today) = (self.speaker(), Day::of(self.now_u32()));
        let shown = Day::shown_at(self.now_u32());
        let drawable = |number| speaker.can_say(holder, rows, Disclosure::Benefit(Some(number)), shown);
        rows.iter().map(|row| listed(row, today, drawable(row.number))).collect()
    }

    pub(crate) fn resident_row(&self, row: &Account) -> Result<ResidentRow, DeedError> {
        Ok(ResidentRow {
            id: row.id.clone(),
            name_masked: self.name_of(row)?.masked(),
            region: row.region.clone(),
            state: row.state.as_str(),
            proofing: row.proofing,
        })
    }
}

/// What somebody writes down to say why or on whose word.
pub(crate) fn evidence(field: &'static str, text: &str) -> Result<String, DeedError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 200 || has_id_number(text) || !shown_text::is_line(text) {
        return Err(DeedError::invalid(
            field,
            "要写明依据，一行，200 字以内，不要写身份证号，不要有看不见的字符",
            "name the evidence on one line of at most 200 characters, without an ID number or characters that can't be seen",
        ));
    }
    Ok(text.to_owned())
}

/// Seventeen digits and one more digit or X, as an ID number has: in full width too, and with spaces, hyphens or dots between.
pub(crate) fn has_id_number(text: &str) -> bool {
    let between =
        |c: &char| c.is_whitespace() || "-‐‑–—－_.·．,，、\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}".contains(*c);
    let chars: Vec<char> = text.chars().filter(|c| !between(c)).map(narrow).collect();
    chars
        .windows(18)
        .any(|w| w[..17].iter().all(char::is_ascii_digit) && (w[17].is_ascii_digit() || matches!(w[17], 'x' | 'X')))
}

/// A full-width form as the ASCII that it stands for.
fn narrow(c: char) -> char {
    let code = u32::from(c);
    if (0xff01..=0xff5e).contains(&code) { char::from_u32(code - 0xfee0).unwrap_or(c) } else { c }
}

#[cfg(test)]
mod tests {
    use super::has_id_number;

    #[test]
    fn an_id_number_is_found_however_it_is_written() {
        for text in [
            "见 11010519491231002X",
            "110105 19491231 002x",
            "110105-1949-1231-0021",
            "１１０１０５１９４９１２３１００２Ｘ",
            "１１０１０５　１９４９１２３１　００２Ｘ号",
        ] {
            assert!(has_id_number(text), "{text}");
        }
        for text in ["", "丢了", "2026 年 11 月 25 日，受理号 370102-0042", "13800138000", "1101051949123100"]
        {
            assert!(!has_id_number(text), "{text}");
        }
    }
}
