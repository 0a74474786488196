//! Giving a resident a benefit and ending it: seen in the record, told to every device, and ended on paper too.
//! It does not know who is entitled to what; whoever gives one says on whose word.

use crate::Province;
use crate::crowds::Sums;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::home::standing;
use crate::residents::evidence;
use yima_code::day::Day;
use yima_code::flags::{Benefit as Number, Flags};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_store::account::{self, Account};
use yima_store::benefit::{self, State};
use yima_store::{Tx, card};

/// A benefit in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Benefit {
    /// 1 to 15.
    pub number: u8,
    /// What it is called.
    pub words: Text,
    /// First day, `2026-09-01`.
    pub from: String,
    /// Last day.
    pub until: String,
    /// On whose word.
    pub source: String,
    /// `held`, `coming`, `over` or `ended`.
    pub state: &'static str,
    /// Codes that say so can be drawn today.
    pub drawable: bool,
}

/// A benefit to be given.
#[derive(Clone, Debug)]
pub struct GiveBenefit {
    /// 1 to 15.
    pub number: u8,
    /// First day, `2026-09-01`; today when absent.
    pub from: Option<String>,
    /// Last day.
    pub until: String,
    /// On whose word, without an ID number.
    pub source: String,
}

impl Province {
    /// Gives a benefit, or gives it anew with other days.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a number, day or source that is none; refusals of the decision.
    pub async fn give_benefit(&self, actor: &Actor, id: &str, wish: GiveBenefit) -> Result<Benefit, DeedError> {
        let subject = AccountId::parse(id).map_err(|_| DeedError::NotFound("resident"))?;
        let today = Day::of(self.now_u32());
        let (from, until) = days(&wish, today)?;
        let row = benefit::Benefit {
            account: id.to_owned(),
            number: number(wish.number)?,
            from_day: from.0,
            until_day: until.0,
            source: evidence("source", &wish.source)?,
            state: State::Held,
            given_at: self.now_us(),
            ended_at: None,
        };
        let notice_id = self.new_row_id();
        let shown = listed(&row, today, false);
        let id = id.to_owned();
        self.short(
            Request::of(actor.clone(), Deed::GiveBenefit).about(subject),
            move |tx| Box::pin(holder_of(tx, id)),
            move |tx, holder, door| {
                Box::pin(async move {
                    replace(tx, &holder, &row).await?;
                    tell(tx, notice_id, &holder.id, door.now_us, "benefit_given").await?;
                    let detail = serde_json::json!({
                        "benefit": row.number, "from": from.to_string(), "until": until.to_string(), "source": row.source,
                    });
                    Ok(Done::plain(shown).detail(detail))
                })
            },
        )
        .await
    }

    /// Ends a benefit before its last day: no more codes of it are drawn, an online check refuses those that were, and
    /// paper that says so is revoked.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when none is held under that number.
    pub async fn end_benefit(&self, actor: &Actor, id: &str, benefit: u8, reason: &str) -> Result<(), DeedError> {
        let subject = AccountId::parse(id).map_err(|_| DeedError::NotFound("resident"))?;
        let (number, reason) = (number(benefit)?, evidence("reason", reason)?);
        let id = id.to_owned();
        let notice_id = self.new_row_id();
        self.short(
            Request::of(actor.clone(), Deed::EndBenefit).about(subject),
            move |tx| Box::pin(holder_of(tx, id)),
            move |tx, holder, door| {
                Box::pin(async move {
                    let held = benefit::find(tx, &holder.id, number).await?.filter(|b| b.state == State::Held);
                    let held = held.ok_or_else(|| {
                        DeedError::Conflict(Text::new(
                            "这位居民没有这项优待，或已经停了",
                            "the resident holds no such benefit, or it was ended before",
                        ))
                    })?;
                    benefit::end(tx, &holder.id, number, door.now_us).await?;
                    count(tx, &holder, [(&held, -1)]).await?;
                    let cards = revoke_paper(tx, &holder.id, number, door.now_us).await?;
                    tell(tx, notice_id, &holder.id, door.now_us, "benefit_ended").await?;
                    let detail = serde_json::json!({ "benefit": number, "reason": reason, "cards": cards });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        self.bundle_due.notify_one();
        Ok(())
    }
}

async fn holder_of(tx: &mut Tx, id: String) -> Result<(Facts, Account), DeedError> {
    account::changed(tx, &id).await?;
    let holder = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
    Ok((Facts { subject_state: Some(standing(holder.state)), ..Facts::default() }, holder))
}

/// Puts a benefit in the place of what stood under its number, and counts it.
async fn replace(tx: &mut Tx, holder: &Account, row: &benefit::Benefit) -> Result<(), DeedError> {
    let before = benefit::find(tx, &holder.id, row.number).await?.filter(|b| b.state == State::Held);
    benefit::give(tx, row).await?;
    // Both counts at once, in the order of all sums: one after the other, two deeds could wait for each other crosswise.
    let changes = before.iter().map(|before| (before, -1)).chain([(row, 1)]);
    count(tx, holder, changes).await
}

/// Brings a benefit of a register in: new, or a later last day. One that was ended by an operator stays ended.
pub(crate) async fn bring(tx: &mut Tx, holder: &Account, row: &benefit::Benefit) -> Result<bool, DeedError> {
    match benefit::find(tx, &holder.id, row.number).await? {
        Some(before) if before.state == State::Ended || before.until_day >= row.until_day => Ok(false),
        _ => {
            replace(tx, holder, row).await?;
            Ok(true)
        }
    }
}

/// Only residents in good standing are counted.
async fn count<'b>(
    tx: &mut Tx,
    holder: &Account,
    changes: impl IntoIterator<Item = (&'b benefit::Benefit, i64)>,
) -> Result<(), DeedError> {
    if holder.state != account::State::Active {
        return Ok(());
    }
    let mut sums = Sums::default();
    changes.into_iter().for_each(|(row, many)| sums.benefit(row, holder.proofing, many));
    sums.add(tx).await
}

/// Revokes the paper codes that say a benefit; how many.
async fn revoke_paper(tx: &mut Tx, account: &str, number: u8, at: i64) -> Result<u64, DeedError> {
    let mut revoked = 0;
    for row in card::of_account(tx, account).await? {
        let says = Flags::from_bits(row.flags).is_ok_and(|flags| flags.benefit_number() == number);
        if says && row.state == card::State::Active {
            revoked += card::revoke(tx, &row, "benefit_ended", at).await?;
        }
    }
    Ok(revoked)
}

/// A row as people see it on a day.
pub(crate) fn listed(row: &benefit::Benefit, today: Day, drawable: bool) -> Benefit {
    let state = match row.state {
        State::Ended => "ended",
        State::Held if row.until_day < today.0 => "over",
        State::Held if row.from_day > today.0 => "coming",
        State::Held => "held",
    };
    Benefit {
        number: row.number,
        words: words(row.number),
        from: Day(row.from_day).to_string(),
        until: Day(row.until_day).to_string(),
        source: row.source.clone(),
        state,
        drawable,
    }
}

/// What a benefit is called; a number that is not assigned says its number.
pub(crate) fn words(number: u8) -> Text {
    match Number::new(number).and_then(Number::words) {
        Some((zh, en)) => Text::new(zh, en),
        None => Text::new(format!("优待 {number}"), format!("benefit {number}")),
    }
}

fn number(number: u8) -> Result<u8, DeedError> {
    let wrong = || DeedError::invalid("number", "优待编号是 1 到 15", "a benefit's number is from 1 to 15");
    Number::new(number).map(Number::number).ok_or_else(wrong)
}

fn days(wish: &GiveBenefit, today: Day) -> Result<(Day, Day), DeedError> {
    let day = |field, text: &str| {
        Day::parse(text.trim())
            .ok_or_else(|| DeedError::invalid(field, "日期写作 2027-08-31", "a day is written as 2027-08-31"))
    };
    let from = wish.from.as_deref().map_or(Ok(today), |text| day("from", text))?;
    let until = day("until", &wish.until)?;
    if until < from || until < today {
        return Err(DeedError::invalid(
            "until",
            "截止日不能早于起始日和今天",
            "the last day can't lie before the first day or before today",
        ));
    }
    Ok((from, until))
}
