//! What a code may say of its holder: an age band, a benefit held that day, or nothing, and never what too few share.
//! It does not know whether it is said on a phone, on paper or to a gate that asks.

use crate::Province;
use crate::crowds::{Crowds, Holder, id_number};
use crate::error::{DeedError, Text};
use std::sync::Arc;
use yima_code::day::{Day, Month};
use yima_code::flags::{AgeBand, Assurance, Benefit, Flags, Flavour as CodeFlavour};
use yima_code::rule::{FlavourKind, ScenarioRule};
use yima_code::{Reason, Verdict};
use yima_kernel::crowd::{Said, coarsened, coarsened_plain};
use yima_kernel::scenario::Flavour;
use yima_keys::person::{BirthDate, IdNumber};
use yima_keys::sealed::Sealer;
use yima_store::account::{self, Account};
use yima_store::{Tx, benefit};

/// What a code is asked to disclose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disclosure {
    /// Nothing.
    Plain,
    /// The holder's age band.
    AgeBand,
    /// A benefit by its number, or the first that is held.
    Benefit(Option<u8>),
    /// That it is shown for somebody else.
    Acting,
}

impl Disclosure {
    /// As manifests and the API word it.
    #[must_use]
    pub const fn flavour(self) -> Flavour {
        match self {
            Self::Plain => Flavour::Plain,
            Self::AgeBand => Flavour::AgeBand,
            Self::Benefit(_) => Flavour::Benefit,
            Self::Acting => Flavour::Acting,
        }
    }

    /// A flavour, and the number of a benefit.
    #[must_use]
    pub const fn of(flavour: Flavour, benefit: Option<u8>) -> Self {
        match flavour {
            Flavour::Plain => Self::Plain,
            Flavour::AgeBand => Self::AgeBand,
            Flavour::Benefit => Self::Benefit(benefit),
            Flavour::Acting => Self::Acting,
        }
    }

    /// Two bytes that tell it from every other.
    pub(crate) fn octets(self) -> [u8; 2] {
        [self.flavour() as u8, if let Self::Benefit(Some(number)) = self { number } else { 0 }]
    }
}

/// What a deed needs to say something of a holder.
#[derive(Clone)]
pub(crate) struct Speaker {
    sealer: Arc<Sealer>,
    crowds: Arc<Crowds>,
    min_holders: u64,
}

impl Province {
    pub(crate) fn speaker(&self) -> Speaker {
        Speaker { sealer: Arc::clone(&self.sealer), crowds: self.crowds(), min_holders: u64::from(self.min_holders) }
    }

    /// The ID number of an account, opened. It never leaves the program but by an approved resolve.
    pub(crate) fn id_number_of(&self, holder: &Account) -> Result<IdNumber, DeedError> {
        id_number(&self.sealer, holder)
    }

    /// The age band of a holder on the province's civil day.
    pub(crate) fn age_band(&self, holder: &Account) -> Result<AgeBand, DeedError> {
        self.speaker().age_band(holder, Day::of(self.now_u32()))
    }
}

impl Speaker {
    /// The age band of a holder on a day.
    pub fn age_band<'a>(&self, holder: impl Into<Holder<'a>>, day: Day) -> Result<AgeBand, DeedError> {
        Ok(AgeBand::of_years(years_on(id_number(&self.sealer, holder)?.birth(), day)))
    }

    /// The flags of a code for a day; `benefits` are all rows of the holder.
    pub fn flags<'a>(
        &self,
        holder: impl Into<Holder<'a>>,
        benefits: &[benefit::Benefit],
        wish: Disclosure,
        day: Day,
    ) -> Result<Flags, DeedError> {
        self.flags_by(holder, HeldOn::of(benefits, day), wish, day)
    }

    /// The same by the benefits that are held on that day.
    pub fn flags_by<'a>(
        &self,
        holder: impl Into<Holder<'a>>,
        held: HeldOn,
        wish: Disclosure,
        day: Day,
    ) -> Result<Flags, DeedError> {
        let holder = holder.into();
        let own = Said { assurance: holder.proofing.min(3), attested: false };
        let (flavour, said) = match wish {
            Disclosure::Plain => {
                (CodeFlavour::Plain, Some(coarsened_plain(own, &self.crowds.plain(), self.min_holders)))
            }
            Disclosure::AgeBand => {
                let band = self.age_band(holder, day)?;
                (CodeFlavour::AgeBand(band), coarsened(own, &self.crowds.band(band), self.min_holders))
            }
            Disclosure::Benefit(number) => {
                let benefit = held.benefit(number)?;
                (CodeFlavour::Benefit(benefit), coarsened(own, &self.crowds.benefit(benefit), self.min_holders))
            }
            Disclosure::Acting => {
                return Err(DeedError::invalid(
                    "flavour",
                    "代别人出示要有授权：在“家人”里备那个人的码",
                    "showing a code for somebody needs their mandate: draw it under the mandate",
                ));
            }
        };
        let said = said.ok_or_else(too_few)?;
        let assurance = Assurance::new(said.assurance).ok_or_else(|| DeedError::internal("account.proofing"))?;
        Ok(Flags { assurance, attested: said.attested, flavour })
    }

    /// The flags of a code that is shown for this holder by somebody else; the caller has their mandate. Anybody may
    /// choose a helper, so everybody is the crowd; a gate relies on the word, so it is never left out.
    pub fn acting(&self, holder: &Account) -> Result<Flags, DeedError> {
        let own = Said { assurance: holder.proofing.min(3), attested: false };
        let said = coarsened_plain(own, &self.crowds.plain(), self.min_holders);
        let assurance = Assurance::new(said.assurance).ok_or_else(|| DeedError::internal("account.proofing"))?;
        Ok(Flags { assurance, attested: said.attested, flavour: CodeFlavour::Acting })
    }

    /// Whether a disclosure can be made for a day.
    pub fn can_say(&self, holder: &Account, benefits: &[benefit::Benefit], wish: Disclosure, day: Day) -> bool {
        self.flags(holder, benefits, wish, day).is_ok()
    }

    /// The last whole month in which what these flags say stays true; `None` when it always does.
    pub fn true_until(
        &self,
        holder: &Account,
        benefits: &[benefit::Benefit],
        flags: Flags,
    ) -> Result<Option<Month>, DeedError> {
        let over = match flags.flavour {
            CodeFlavour::AgeBand(band) => {
                let birth = id_number(&self.sealer, holder)?.birth();
                band.ends_at_years().map(|years| month_after_birth(birth, years))
            }
            CodeFlavour::Benefit(number) => {
                benefits.iter().find(|b| b.number == number.number()).map(|b| Month::of_day(Day(b.until_day).next()))
            }
            CodeFlavour::Plain | CodeFlavour::Acting => None,
        };
        Ok(over.map(|month| Month(month.0.saturating_sub(1))))
    }

    /// Answers for a code that carries no flags and was made for this very scenario: what its rule needs, and no more.
    pub async fn answer(&self, tx: &mut Tx, account: &str, rule: &ScenarioRule, day: Day) -> Result<Answer, DeedError> {
        let (flavour, number) = match rule.flavour.kind {
            FlavourKind::Plain => return Ok(Answer::Nothing),
            FlavourKind::Acting => return Ok(Answer::No(Reason::FlavourNeeded)),
            FlavourKind::AgeBand => {
                let holder = account::find(tx, account).await?.ok_or_else(|| DeedError::internal("account"))?;
                let band = self.age_band(&holder, day)?;
                (CodeFlavour::AgeBand(band), band.number())
            }
            FlavourKind::Benefit => {
                let rows = benefit::of_account(tx, account).await?;
                let serves = |number: u8| rule.flavour.accepted == 0 || rule.flavour.accepted & 1 << number != 0;
                let mut held = rows.iter().filter(|b| b.holds_on(day.0)).map(|b| b.number).peekable();
                let any = held.peek().is_some();
                match held.find(|number| serves(*number)).and_then(Benefit::new) {
                    Some(benefit) => (CodeFlavour::Benefit(benefit), benefit.number()),
                    None if any => return Ok(Answer::No(Reason::NotEntitled)),
                    None => return Ok(Answer::No(Reason::FlavourNeeded)),
                }
            }
        };
        if rule.flavour.accepted != 0 && rule.flavour.accepted & 1 << number == 0 {
            return Ok(Answer::No(Reason::NotEntitled));
        }
        Ok(Answer::Says(flavour))
    }
}

/// What the register answers in place of flags.
pub(crate) enum Answer {
    /// The rule asks for nothing.
    Nothing,
    /// What the verdict shall say.
    Says(CodeFlavour),
    /// What the rule asks for is not so.
    No(Reason),
}

impl Answer {
    /// A valid verdict with the answer, or why not.
    pub fn on(self, verdict: Verdict) -> Verdict {
        match self {
            Self::Nothing => verdict,
            Self::No(reason) => Verdict::because(reason, verdict.form),
            Self::Says(CodeFlavour::AgeBand(band)) => Verdict { age_band: band.number(), ..verdict },
            Self::Says(CodeFlavour::Benefit(benefit)) => Verdict { benefit: benefit.number(), ..verdict },
            Self::Says(CodeFlavour::Plain | CodeFlavour::Acting) => verdict,
        }
    }
}

/// The benefits that are held on some day, bit n for number n.
#[derive(Clone, Copy)]
pub(crate) struct HeldOn(pub u16);

impl HeldOn {
    /// Out of all rows of a holder.
    fn of(benefits: &[benefit::Benefit], day: Day) -> Self {
        let held = benefits.iter().filter(|b| b.holds_on(day.0));
        Self(held.fold(0, |bits, b| bits | 1_u16.checked_shl(b.number.into()).unwrap_or(0)))
    }

    /// The benefit of that number, or the first one.
    fn benefit(self, number: Option<u8>) -> Result<Benefit, DeedError> {
        let mut held = (1..=15).filter(|n| self.0 & 1 << n != 0 && number.is_none_or(|wanted| wanted == *n));
        held.next().and_then(Benefit::new).ok_or_else(|| {
            DeedError::NotHeld(Text::new(
                "你那天没有这项优待，可以到窗口登记",
                "you hold no such benefit that day; a counter can register it",
            ))
        })
    }
}

fn too_few() -> DeedError {
    DeedError::TooFewHolders(Text::new(
        "和你一样的人还不够多，出示这一项会让人认出你。请出示普通码",
        "too few holders share that: showing it would single you out. Show a plain code instead",
    ))
}

/// Completed years of life on a day.
fn years_on(birth: BirthDate, day: Day) -> u16 {
    let (year, month, of_month) = day.date();
    let before_birthday = (month, of_month) < (birth.month, birth.day);
    year.saturating_sub(birth.year).saturating_sub(u16::from(before_birthday))
}

/// The month of the birthday that completes so many years.
fn month_after_birth(birth: BirthDate, years: u16) -> Month {
    let months = (i32::from(birth.year) + i32::from(years) - 2020) * 12 + i32::from(birth.month) - 1;
    Month(u16::try_from(months).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_completed_on_the_birthday() {
        let birth = BirthDate { year: 1961, month: 11, day: 25 };
        for (day, years) in [("2026-11-24", 64), ("2026-11-25", 65), ("2027-01-01", 65), ("2027-11-24", 65)] {
            assert_eq!(years_on(birth, Day::parse(day).expect("a day")), years, "{day}");
        }
        assert_eq!(month_after_birth(birth, 65).to_string(), "2026-11");
        assert_eq!(month_after_birth(birth, 70).to_string(), "2031-11");
    }

    #[test]
    fn the_first_benefit_that_is_held_that_day_is_taken() {
        let row = |number, from_day, until_day, state| benefit::Benefit {
            account: String::new(),
            number,
            from_day,
            until_day,
            source: String::new(),
            state,
            given_at: 0,
            ended_at: None,
        };
        use benefit::State::{Ended, Held};
        let rows = [row(1, 0, 99, Ended), row(2, 50, 100, Held), row(5, 100, 200, Held)];
        let held = |number, day| HeldOn::of(&rows, Day(day)).benefit(number).ok().map(Benefit::number);
        let table = [
            (None, 49, None),
            (None, 50, Some(2)),
            (None, 100, Some(2)),
            (None, 101, Some(5)),
            (Some(5), 100, Some(5)),
            (Some(1), 60, None),
            (Some(5), 99, None),
            (Some(7), 100, None),
        ];
        for (number, day, expected) in table {
            assert_eq!(held(number, day), expected, "{number:?} on {day}");
        }
    }
}
