//! Paper codes: a card, or a sheet of 24 that can't be linked; print, replace, revoke. It does not know how a PDF is drawn.

use crate::Province;
use crate::bundle_job::CARD_LIST_SIZE;
use crate::card_lists;
use crate::chance::Rolls;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::disclosure::{Disclosure, Speaker};
use crate::doorway::{Done, Note, append};
use crate::error::{DeedError, Text};
use crate::home::standing;
use crate::residents::has_id_number;
use yima_code::day::{Day, Month};
use yima_code::flags::{Flags, Flavour as CodeFlavour};
use yima_code::token::T2Fields;
use yima_kernel::access::{Facts, Request, decide};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, CardId, UseId};
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_print::{CodeSheet, FontPaths, Fonts, PaperCard, Says, SheetCode, card_pdf, sheet_pdf};
use yima_store::account::{self, Account};
use yima_store::card::{self, Kind, State};
use yima_store::{Tx, benefit};

/// A card is good to the end of this many months after its issue.
const LIFE_MONTHS: u16 = 12;
/// Codes on a sheet.
const SHEET_CODES: usize = 24;
/// Largest photo taken, bytes.
const PHOTO_MAX: usize = 512 * 1024;

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardKind {
    /// One card with name and photo.
    Card,
    /// A sheet of unlinked codes without a name.
    Sheet,
}

/// A paper card in a list.
#[derive(Clone, Debug)]
pub struct Card {
    /// `crd_…`; of a sheet, its first code's.
    pub id: String,
    /// `card` or `sheet`.
    pub kind: &'static str,
    /// `active` or `revoked`.
    pub state: &'static str,
    /// Unix seconds.
    pub issued_at: i64,
    /// Last month, `2027-10`.
    pub expires: String,
    /// What it says of its holder, when it says something.
    pub says: Option<Text>,
}

impl Province {
    /// Issues a card or a sheet that says nothing of its holder.
    ///
    /// # Errors
    /// Refusals of the decision; [`DeedError::Conflict`] when the resident has switched paper off.
    pub async fn issue_card(&self, actor: &Actor, id: &str, kind: CardKind) -> Result<Card, DeedError> {
        self.issue_card_saying(actor, id, kind, Disclosure::Plain).await
    }

    /// Issues a card or a sheet that discloses an age band or a benefit; it ends with the last whole month of which that is true.
    ///
    /// # Errors
    /// As [`Province::issue_card`]; [`DeedError::NotHeld`] and [`DeedError::TooFewHolders`] for what can't be said, and
    /// [`DeedError::Conflict`] when it is true for no whole month from now.
    pub async fn issue_card_saying(
        &self,
        actor: &Actor,
        id: &str,
        kind: CardKind,
        says: Disclosure,
    ) -> Result<Card, DeedError> {
        let subject = AccountId::parse(id).map_err(|_| DeedError::NotFound("resident"))?;
        let batch = self.paper_batch(kind, says)?;
        let id = id.to_owned();
        let (card, opened) = self
            .short(
                Request::of(actor.clone(), Deed::IssueCard).about(subject),
                move |tx| {
                    Box::pin(async move {
                        account::changed(tx, &id).await?;
                        let row = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                        Ok((Facts { subject_state: Some(standing(row.state)), ..Facts::default() }, row))
                    })
                },
                move |tx, holder, door| {
                    Box::pin(async move {
                        let issued = batch.issue(tx, &holder, door.now_us).await?;
                        let detail = serde_json::json!({ "card": issued.first.id, "codes": issued.codes });
                        Ok(Done::plain((card_row(issued.first), issued.opened_list)).detail(detail))
                    })
                },
            )
            .await?;
        self.publish_list(opened);
        Ok(card)
    }

    /// All that a new card or sheet needs and that is not in the store.
    fn paper_batch(&self, kind: CardKind, says: Disclosure) -> Result<Batch, DeedError> {
        let key = self.keys.paper().ok_or_else(|| {
            DeedError::Conflict(Text::new(
                "现在没有能用的纸质码密钥：新的一把要先进密钥清单。请告诉安全管理员",
                "no paper key can sign now: the new one has to be announced first. Tell a security administrator",
            ))
        })?;
        let count = if kind == CardKind::Card { 1 } else { SHEET_CODES };
        Ok(Batch {
            asked: Asked { speaker: self.speaker(), says, today: Day::of(self.now_u32()) },
            kind,
            ids: (0..count).map(|_| CardId::new(self.now_ms(), self.chance.bytes())).collect(),
            kid: key.kid,
            notice_id: self.new_row_id(),
            rng: self.chance.rolls(),
        })
    }

    /// A code of a list that no bundle names yet is checked nowhere.
    fn publish_list(&self, opened: bool) {
        if opened {
            self.bundle_due.notify_one();
        }
    }

    /// The PDF of a card or sheet; made anew each time, so that nothing printable is kept.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] for a revoked card; [`DeedError::Invalid`] for a photo that is no picture.
    pub async fn card_pdf(&self, actor: &Actor, id: &str, photo: Option<Vec<u8>>) -> Result<Vec<u8>, DeedError> {
        if photo.as_ref().is_some_and(|p| p.len() > PHOTO_MAX) {
            return Err(DeedError::invalid("photo", "照片最大 512 KiB", "a photo may have 512 KiB at most"));
        }
        let (card, holder) = self.card_and_holder(actor, id).await?;
        if card.state != State::Active {
            return Err(DeedError::Conflict(Text::new(
                "这张纸质码已作废，请重新印一张",
                "that card was revoked; issue a new one",
            )));
        }
        let fonts = Fonts::find(&FontPaths::default()).map_err(|e| {
            DeedError::Conflict(Text::new(
                format!("打印需要中文字体：{e}"),
                format!("printing needs a Chinese font: {e}"),
            ))
        })?;
        let (year, month) = Month(card.expiry_month).year_and_month();
        let expires = yima_print::Month { year, month };
        let says = words(card.flags).map(|told| Says { zh: told.zh, en: told.en });
        let office_zh = "山东省一码平台".to_owned();
        let office_en = "Yima of Shandong".to_owned();
        let phone_line = "12345".to_owned();
        let made = if card.kind == Kind::Card {
            let name = self.name_of(&holder)?;
            let paper = PaperCard {
                name: name.expose().to_owned(),
                number: number(&card.id),
                digits: self.paper_digits(&card)?,
                expires,
                says,
                photo,
                office_zh,
                office_en,
                phone_line,
                demo: self.demo,
            };
            card_pdf(&fonts, &paper)
        } else {
            let rows = self.sheet_of(&holder.id, &card).await?;
            let mut codes = Vec::with_capacity(rows.len());
            for row in &rows {
                codes.push(SheetCode { digits: self.paper_digits(row)?, number: number(&row.id) });
            }
            sheet_pdf(&fonts, &CodeSheet { codes, expires, says, office_zh, office_en, phone_line, demo: self.demo })
        };
        made.map_err(|e| DeedError::invalid("photo", format!("没印成：{e}"), format!("could not be printed: {e}")))
    }

    /// The digits of a card's code.
    ///
    /// # Errors
    /// When the key that signs paper is not at hand.
    fn paper_digits(&self, row: &card::Card) -> Result<String, DeedError> {
        let key = self.keys.paper_of(&row.kid).ok_or_else(|| {
            DeedError::Conflict(Text::new(
                "印这张码的钥匙已经不在了，请重新发一张",
                "the key of that card is gone; issue a new card",
            ))
        })?;
        let flags = Flags::from_bits(row.flags).map_err(|_| DeedError::internal("card.flags"))?;
        let fields = T2Fields {
            issuer_suite: key.issuing.suite(),
            kid: key.kid,
            list: row.list,
            index: row.idx,
            expiry: Month(row.expiry_month),
            flags,
        };
        let message = fields.issuer_message();
        let signature = key.issuing.sign(&message.parts(), &mut self.chance.rng()).map_err(DeedError::internal)?;
        Ok(fields.assemble(signature).to_digits())
    }

    /// Revokes a card; of a sheet, all its codes.
    ///
    /// # Errors
    /// [`DeedError::NotFound`], or [`DeedError::Conflict`] when it was revoked before.
    pub async fn revoke_card(&self, actor: &Actor, id: &str, reason: &str) -> Result<(), DeedError> {
        if reason.chars().count() > 200 || !shown_text::is_line(reason) {
            return Err(DeedError::invalid("reason", "最多 200 个字", "at most 200 characters"));
        }
        if has_id_number(reason) {
            return Err(DeedError::invalid("reason", "不要写身份证号", "leave ID numbers out"));
        }
        let (id, reason) = (id.to_owned(), reason.to_owned());
        let notice_id = self.new_row_id();
        self.short(
            Request::of(actor.clone(), Deed::RevokeCard),
            move |tx| Box::pin(async move { card_facts(tx, &id).await }),
            move |tx, row, door| {
                Box::pin(async move {
                    let row = row.ok_or(DeedError::NotFound("card"))?;
                    if card::revoke(tx, &row, &reason, door.now_us).await? == 0 {
                        return Err(DeedError::Conflict(Text::new(
                            "这张纸质码已经作废",
                            "that card was revoked before",
                        )));
                    }
                    tell(tx, notice_id, &row.account, door.now_us, "card_revoked").await?;
                    Ok(Done::to((), row.account).detail(serde_json::json!({ "card": row.id })))
                })
            },
        )
        .await?;
        self.bundle_due.notify_one();
        Ok(())
    }

    /// Revokes a card and issues one of the same kind, both or neither.
    ///
    /// # Errors
    /// As revoking and issuing.
    pub async fn replace_card(&self, actor: &Actor, id: &str) -> Result<Card, DeedError> {
        let (card, holder) = self.card_and_holder(actor, id).await?;
        let kind = if card.kind == Kind::Card { CardKind::Card } else { CardKind::Sheet };
        let batch = self.paper_batch(kind, said_before(&card)?)?;
        let subject = AccountId::parse(&holder.id).map_err(DeedError::internal)?;
        let (ended, revoking) = (
            UseId::new(self.now_ms(), self.chance.bytes()),
            Request::of(actor.clone(), Deed::RevokeCard).about(subject.clone()),
        );
        let notice_id = self.new_row_id();
        let (fresh, revoked) = self
            .short(
                Request::of(actor.clone(), Deed::IssueCard).about(subject),
                move |tx| {
                    Box::pin(async move {
                        account::changed(tx, &holder.id).await?;
                        let row = account::find(tx, &holder.id).await?.ok_or(DeedError::NotFound("resident"))?;
                        Ok((Facts { subject_state: Some(standing(row.state)), ..Facts::default() }, row))
                    })
                },
                move |tx, holder, door| {
                    Box::pin(async move {
                        let revoked = card::revoke(tx, &card, "replaced", door.now_us).await? > 0;
                        if revoked {
                            decide(&revoking, &Facts::default(), door.now_s()).map_err(DeedError::Refused)?;
                            tell(tx, notice_id, &holder.id, door.now_us, "card_revoked").await?;
                            let detail = Some(serde_json::json!({ "card": card.id }).to_string());
                            append(tx, &ended, door.now_us, &revoking, Note { detail, ..Note::default() }).await?;
                        }
                        let issued = batch.issue(tx, &holder, door.now_us).await?;
                        let detail = serde_json::json!({
                            "card": issued.first.id, "codes": issued.codes, "instead_of": card.id,
                        });
                        Ok(Done::plain((card_row(issued.first), revoked || issued.opened_list)).detail(detail))
                    })
                },
            )
            .await?;
        self.publish_list(revoked);
        Ok(fresh)
    }

    async fn card_and_holder(&self, actor: &Actor, id: &str) -> Result<(card::Card, Account), DeedError> {
        let id = id.to_owned();
        self.short(
            Request::of(actor.clone(), Deed::IssueCard),
            move |tx| Box::pin(async move { card_facts(tx, &id).await }),
            move |tx, row, _| {
                Box::pin(async move {
                    let row = row.ok_or(DeedError::NotFound("card"))?;
                    let holder = account::find(tx, &row.account).await?.ok_or(DeedError::NotFound("resident"))?;
                    let owner = holder.id.clone();
                    let detail = serde_json::json!({ "card": row.id, "print": true });
                    Ok(Done::to((row, holder), owner).detail(detail))
                })
            },
        )
        .await
    }

    async fn sheet_of(&self, account: &str, first: &card::Card) -> Result<Vec<card::Card>, DeedError> {
        let (account, sheet) = (account.to_owned(), first.sheet.clone());
        self.store
            .read(move |tx| {
                Box::pin(async move {
                    let mut rows = card::of_account(tx, &account).await?;
                    rows.retain(|r| r.sheet == sheet && r.sheet.is_some());
                    Ok(rows)
                })
            })
            .await
    }
}

/// A card or sheet about to be issued.
#[derive(Clone)]
struct Batch {
    asked: Asked,
    kind: CardKind,
    ids: Vec<CardId>,
    kid: [u8; 4],
    notice_id: String,
    rng: Rolls,
}

/// What was issued.
struct Issued {
    first: card::Card,
    codes: usize,
    /// A list was opened that no bundle names yet.
    opened_list: bool,
}

impl Batch {
    /// Writes the codes and tells the holder's devices. The account is locked by the caller.
    async fn issue(mut self, tx: &mut Tx, holder: &Account, now_us: i64) -> Result<Issued, DeedError> {
        if holder.paper_off {
            return Err(DeedError::Conflict(Text::new("本人关闭了纸质码", "the resident has switched paper off")));
        }
        if !crate::withdraw_key::is_live(tx, &self.kid).await? {
            return Err(DeedError::Conflict(Text::new(
                "纸质码密钥刚刚撤回，请过一分钟再试",
                "the paper key was withdrawn a moment ago: try again in a minute",
            )));
        }
        let (flags, expiry) = self.asked.flags_and_expiry(tx, holder).await?;
        let sheet = (self.kind == CardKind::Sheet).then(|| self.ids[0].to_string());
        let (mut first, mut opened_list) = (None, false);
        for id in &self.ids {
            let mut row = card::Card {
                id: id.to_string(),
                account: holder.id.clone(),
                list: 0,
                idx: 0,
                kind: if self.kind == CardKind::Card { Kind::Card } else { Kind::Sheet },
                sheet: sheet.clone(),
                state: State::Active,
                expiry_month: expiry.0,
                flags: flags.bits(),
                kid: self.kid.to_vec(),
                issued_at: now_us,
                ended_at: None,
                reason: None,
            };
            opened_list |= card_lists::place(tx, &mut row, CARD_LIST_SIZE, &mut self.rng).await?;
            first.get_or_insert(row);
        }
        let first = first.ok_or_else(|| DeedError::internal("no card was made"))?;
        tell(tx, self.notice_id, &holder.id, now_us, "card_issued").await?;
        Ok(Issued { first, codes: self.ids.len(), opened_list })
    }
}

/// What paper is asked to say, by whom it can be said, and when.
#[derive(Clone)]
struct Asked {
    speaker: Speaker,
    says: Disclosure,
    today: Day,
}

impl Asked {
    /// The flags, and the last month in which they are true.
    async fn flags_and_expiry(&self, tx: &mut Tx, holder: &Account) -> Result<(Flags, Month), DeedError> {
        let benefits = match self.says {
            Disclosure::Benefit(_) => benefit::of_account(tx, &holder.id).await?,
            _ => Vec::new(),
        };
        let flags = self.speaker.flags(holder, &benefits, self.says, self.today)?;
        let this_month = Month::of_day(self.today);
        let longest = this_month.plus(LIFE_MONTHS);
        let expiry = match self.speaker.true_until(holder, &benefits, flags)? {
            Some(month) if month < this_month => {
                return Err(DeedError::Conflict(Text::new(
                    "这一项这个月就要变了，写在纸上没有一个整月有效。下个月再印，或印普通卡",
                    "what it would say changes this month, so no whole month is left. Issue it next month, or a plain card",
                )));
            }
            Some(month) => month.min(longest),
            None => longest,
        };
        Ok((flags, expiry))
    }
}

/// What a card was asked to say when it was issued.
fn said_before(row: &card::Card) -> Result<Disclosure, DeedError> {
    let flags = Flags::from_bits(row.flags).map_err(|_| DeedError::internal("card.flags"))?;
    Ok(match flags.flavour {
        CodeFlavour::Plain => Disclosure::Plain,
        CodeFlavour::AgeBand(_) => Disclosure::AgeBand,
        CodeFlavour::Benefit(benefit) => Disclosure::Benefit(Some(benefit.number())),
        CodeFlavour::Acting => Disclosure::Acting,
    })
}

/// What a card says of its holder.
fn words(flags: u16) -> Option<Text> {
    match Flags::from_bits(flags).ok()?.flavour {
        CodeFlavour::Plain | CodeFlavour::Acting => None,
        CodeFlavour::AgeBand(band) => band.words().map(|(zh, en)| Text::new(zh, en)),
        CodeFlavour::Benefit(benefit) => Some(crate::benefits::words(benefit.number())),
    }
}

/// A card's number for people: the last eight characters of its id.
fn number(id: &str) -> String {
    let tail = &id[id.len().saturating_sub(8)..];
    format!("{}-{}", &tail[..4].to_uppercase(), &tail[4..].to_uppercase())
}

pub(crate) fn card_row(row: card::Card) -> Card {
    Card {
        id: row.id,
        kind: row.kind.as_str(),
        state: row.state.as_str(),
        issued_at: row.issued_at / MICROS,
        expires: Month(row.expiry_month).to_string(),
        says: words(row.flags),
    }
}

/// The card, and whose it is; whether there is one, is said only to who may do the deed.
async fn card_facts(tx: &mut Tx, id: &str) -> Result<(Facts, Option<card::Card>), DeedError> {
    let row = card::find(tx, id).await?;
    let about = row.iter().filter_map(|row| AccountId::parse(&row.account).ok()).collect();
    Ok((Facts { about, ..Facts::default() }, row))
}
