//! How many active residents share each value that a code can say, kept up as residents come, go, and get or lose benefits.
//! It does not decide how coarse a code must be, and counts by month of birth, so a band is right to a month.

use crate::Province;
use crate::error::DeedError;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use yima_code::day::{Day, Month};
use yima_code::flags::{AgeBand, Benefit};
use yima_kernel::crowd::{Crowd, LEVELS};
use yima_keys::person::{BirthDate, IdNumber};
use yima_keys::sealed::{Sealed, Sealer, Spot};
use yima_store::account::{self, Account, Page, State};
use yima_store::benefit::{self, State as BenefitState};
use yima_store::crowd::{self, Key};
use yima_store::{Tx, setting};

/// Set once the residents of a store were counted; stores from before there were crowds are counted at their next start.
const COUNTED: &str = "crowd/counted";
/// Sums of a benefit by the month of its last day,
const HELD: &str = "benefit/";
/// and by the month of its first.
const COMING: &str = "coming/";
/// Accounts that are read at a time when everybody is counted.
const PAGE: u32 = 5_000;
/// Values of four flag bits.
const NIBBLE: usize = 16;

/// Residents by what their codes can say, each by level of proofing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crowds {
    plain: [u64; LEVELS],
    bands: [[u64; LEVELS]; NIBBLE],
    benefits: [[u64; LEVELS]; NIBBLE],
}

/// Sums on their way into the store.
#[derive(Clone, Default)]
pub(crate) struct Sums(HashMap<Key, i64>);

impl Crowds {
    /// Adds up what stands in the store, as it counts on a day.
    fn of(sums: &[(Key, i64)], today: Day) -> Self {
        let mut crowds = Self::default();
        let (year, month, _) = today.date();
        let this_month = year * 12 + u16::from(month) - 1;
        let this_civil_month = Month::of_day(today).0;
        let number = |key: &Key, what: &str| {
            key.what.strip_prefix(what).and_then(|n| n.parse::<usize>().ok()).filter(|number| *number < NIBBLE)
        };
        for (key, many) in sums {
            let (level, many) = (usize::from(key.proofing.min(3)), u64::try_from(*many).unwrap_or(0));
            if key.what == "born" {
                let band = AgeBand::of_years(this_month.saturating_sub(key.month) / 12);
                crowds.plain[level] += many;
                crowds.bands[usize::from(band.number())][level] += many;
            } else if let Some(number) = number(key, HELD).filter(|_| key.month >= this_civil_month) {
                crowds.benefits[number][level] += many;
            }
        }
        for (key, many) in sums {
            if let Some(number) = number(key, COMING).filter(|_| key.month > this_civil_month) {
                let held = &mut crowds.benefits[number][usize::from(key.proofing.min(3))];
                *held = held.saturating_sub(u64::try_from(*many).unwrap_or(0));
            }
        }
        crowds
    }

    /// Everybody.
    pub fn plain(&self) -> Crowd {
        unattested(self.plain)
    }

    /// Those of an age band.
    pub fn band(&self, band: AgeBand) -> Crowd {
        unattested(self.bands[usize::from(band.number())])
    }

    /// Those with a benefit.
    pub fn benefit(&self, benefit: Benefit) -> Crowd {
        unattested(self.benefits[usize::from(benefit.number())])
    }

    /// How many there are in all.
    pub fn residents(&self) -> u64 {
        self.plain.iter().sum()
    }
}

/// No key of a device is attested yet, so every crowd is one of unattested keys.
fn unattested(counts: [u64; LEVELS]) -> Crowd {
    Crowd { unattested: counts, ..Crowd::default() }
}

impl Sums {
    /// Counts a resident born on a day.
    pub fn born(&mut self, birth: BirthDate, proofing: u8, many: i64) {
        *self.0.entry(born(birth, proofing)).or_default() += many;
    }

    /// Counts a benefit by the months of its end and its beginning: until it begins, nobody is hidden by it.
    pub fn benefit(&mut self, held: &benefit::Benefit, proofing: u8, many: i64) {
        for (what, day) in [(HELD, held.until_day), (COMING, held.from_day)] {
            let month = Month::of_day(Day(day)).0;
            *self.0.entry(Key { what: format!("{what}{}", held.number), month, proofing }).or_default() += many;
        }
    }

    /// Adds them up in the store, in one order, so that two deeds never wait for each other crosswise.
    pub async fn add(self, tx: &mut Tx) -> Result<(), DeedError> {
        let mut sums: Vec<_> = self.0.into_iter().collect();
        sums.sort_by(|(a, _), (b, _)| (&a.what, a.month, a.proofing).cmp(&(&b.what, b.month, b.proofing)));
        for (key, many) in &sums {
            crowd::add(tx, key, *many).await?;
        }
        Ok(())
    }
}

fn born(birth: BirthDate, proofing: u8) -> Key {
    let month = u32::from(birth.year) * 12 + u32::from(birth.month) - 1;
    Key { what: "born".to_owned(), month: u16::try_from(month).unwrap_or(u16::MAX), proofing }
}

/// Takes a resident into the count (1) or out of it (-1), with all benefits held.
pub(crate) async fn count_holder(tx: &mut Tx, sealer: &Sealer, holder: &Account, many: i64) -> Result<(), DeedError> {
    let mut sums = Sums::default();
    sums.born(id_number(sealer, holder)?.birth(), holder.proofing, many);
    for held in benefit::of_account(tx, &holder.id).await?.iter().filter(|b| b.state == BenefitState::Held) {
        sums.benefit(held, holder.proofing, many);
    }
    sums.add(tx).await
}

/// What of an account tells how its holder counts, for deeds that read no more of it.
#[derive(Clone, Copy)]
pub(crate) struct Holder<'a> {
    /// `res_…`
    pub id: &'a str,
    /// 0 to 2.
    pub proofing: u8,
    /// Sealed by field in custody.
    pub sealed_id_number: &'a [u8],
}

impl<'a> From<&'a Account> for Holder<'a> {
    fn from(account: &'a Account) -> Self {
        Self { id: &account.id, proofing: account.proofing, sealed_id_number: &account.sealed_id_number }
    }
}

/// The ID number of an account, opened.
pub(crate) fn id_number<'a>(sealer: &Sealer, holder: impl Into<Holder<'a>>) -> Result<IdNumber, DeedError> {
    let holder = holder.into();
    let sealed = Sealed::<IdNumber>::from_bytes(holder.sealed_id_number.to_vec());
    let spot = Spot { table: "account", field: "id_number", row: holder.id };
    sealer.open(&sealed, spot).map_err(DeedError::internal)
}

impl Province {
    /// The counts as of the last look.
    pub(crate) fn crowds(&self) -> Arc<Crowds> {
        Arc::clone(&self.crowds.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks at the counts anew: with every bundle, and after an import.
    pub(crate) async fn look_at_crowds(&self) -> Result<(), DeedError> {
        let sums = self.store.read::<_, DeedError, _>(|tx| Box::pin(async move { Ok(crowd::all(tx).await?) })).await?;
        let crowds = Arc::new(Crowds::of(&sums, Day::of(self.now_u32())));
        *self.crowds.write().unwrap_or_else(PoisonError::into_inner) = crowds;
        Ok(())
    }

    /// Counts everybody of a store that was filled before there were crowds; once.
    pub(crate) async fn ensure_crowds(&self) -> Result<(), DeedError> {
        let counted = self
            .store
            .read::<_, DeedError, _>(|tx| Box::pin(async move { Ok(setting::get(tx, COUNTED).await?.is_some()) }));
        if counted.await? {
            return Ok(());
        }
        let mut sums = Sums::default();
        let mut after = String::new();
        loop {
            let from = after.clone();
            let page = self.store.read::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(account::page(tx, None, Page { after: &from, limit: PAGE }).await?) })
            });
            let page = page.await?;
            for holder in page.iter().filter(|holder| holder.state == State::Active) {
                sums.born(id_number(&self.sealer, holder)?.birth(), holder.proofing, 1);
            }
            match page.last() {
                Some(last) if page.len() == PAGE as usize => after.clone_from(&last.id),
                _ => break,
            }
        }
        self.store
            .deed(move |tx| {
                Box::pin(async move {
                    // Benefits came with the crowds, so that none can be missing here.
                    crowd::clear(tx).await?;
                    sums.add(tx).await?;
                    Ok::<_, DeedError>(setting::set(tx, COUNTED, "1").await?)
                })
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A benefit that begins next month hides nobody who shows it today.
    #[test]
    fn a_benefit_is_shared_by_those_who_hold_it_now() {
        let today = Day::parse("2026-11-25").expect("a day");
        let held = |from: &str, until: &str| benefit::Benefit {
            account: String::new(),
            number: 2,
            from_day: Day::parse(from).expect("a day").0,
            until_day: Day::parse(until).expect("a day").0,
            source: String::new(),
            state: BenefitState::Held,
            given_at: 0,
            ended_at: None,
        };
        let mut sums = Sums::default();
        sums.benefit(&held("2026-09-01", "2027-08-31"), 2, 3);
        sums.benefit(&held("2026-11-30", "2026-11-30"), 2, 5); // this month: right to a month
        sums.benefit(&held("2026-12-01", "2027-08-31"), 2, 700);
        sums.benefit(&held("2026-12-01", "2026-12-31"), 2, 1_000);
        sums.benefit(&held("2026-12-01", "2026-12-31"), 2, -1_000); // given, and ended again
        sums.benefit(&held("2026-01-01", "2026-10-31"), 2, 9); // over
        let sums: Vec<_> = sums.0.into_iter().collect();
        let two = Benefit::new(2).expect("a number");
        assert_eq!(Crowds::of(&sums, today).benefit(two).unattested, [0, 0, 8, 0]);
        let december = Day::parse("2026-12-01").expect("a day");
        assert_eq!(Crowds::of(&sums, december).benefit(two).unattested, [0, 0, 703, 0]);
    }

    #[test]
    fn bands_and_benefits_are_counted_by_month() {
        let today = Day::parse("2026-11-25").expect("a day");
        let key = |what: &str, month: u16, proofing| Key { what: what.to_owned(), month, proofing };
        let sums = [
            (key("born", 1961 * 12 + 10, 2), 5), // November 1961: 65 this month
            (key("born", 1961 * 12 + 11, 2), 7), // December 1961: 64
            (key("born", 1961 * 12 + 10, 1), 3),
            (key("born", 2030 * 12, 2), 1), // a register's mistake counts as newborn
            (key("benefit/2", 82, 2), 11),  // November 2026
            (key("benefit/2", 81, 2), 13),  // October 2026: over
            (key("benefit/2", 90, 1), -4),  // never negative
            (key("benefit/16", 90, 1), 4),
        ];
        let crowds = Crowds::of(&sums, today);
        let band = |years| crowds.band(AgeBand::of_years(years)).unattested;
        assert_eq!((band(65), band(64), band(0)), ([0, 3, 5, 0], [0, 0, 7, 0], [0, 0, 1, 0]));
        assert_eq!(crowds.benefit(Benefit::new(2).expect("a number")).unattested, [0, 0, 11, 0]);
        assert_eq!((crowds.plain().unattested, crowds.residents()), ([0, 3, 13, 0], 16));
    }
}
