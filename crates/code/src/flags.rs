//! The sixteen flag bits of a code, as types in which two disclosures can't stand together.
//! It does not know how an age or a benefit was established.

use std::num::NonZeroU8;

/// What a code says about its holder, apart from being theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flags {
    /// How well the holder was identified.
    pub assurance: Assurance,
    /// The issuer saw an attestation that the holder's key can't be exported.
    pub attested: bool,
    /// The one thing that this code discloses.
    pub flavour: Flavour,
}

/// At most one disclosure a code; a day's batch holds some of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flavour {
    /// Nothing.
    Plain,
    /// The bearer acts for the subject: a guardian, or one with a mandate.
    Acting,
    /// The holder's age lies in this band.
    AgeBand(AgeBand),
    /// The holder is entitled to this benefit.
    Benefit(Benefit),
}

/// Identity proofing, 0 to 3: self-asserted, registry match, registry and face, in person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Assurance(u8);

impl Assurance {
    /// A level from 0 to 3; `None` above.
    #[must_use]
    pub const fn new(level: u8) -> Option<Assurance> {
        if level <= 3 { Some(Assurance(level)) } else { None }
    }

    /// The level, 0 to 3.
    #[must_use]
    pub const fn level(self) -> u8 {
        self.0
    }
}

/// An age band, 1 to 15; 0 on the wire means undisclosed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AgeBand(NonZeroU8);

/// The first completed year of life of the bands 1 to 8.
const BAND_STARTS: [u16; 8] = [0, 6, 14, 18, 60, 65, 70, 80];

impl AgeBand {
    /// A band from 1 to 15.
    #[must_use]
    pub fn new(number: u8) -> Option<AgeBand> {
        nibble(number).map(AgeBand)
    }

    /// The band of a person of so many completed years.
    #[must_use]
    pub fn of_years(years: u16) -> AgeBand {
        let started = BAND_STARTS.iter().filter(|start| **start <= years).count();
        AgeBand(NonZeroU8::new(started as u8).unwrap_or(NonZeroU8::MIN))
    }

    /// Its number, 1 to 15.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0.get()
    }

    /// The first completed year of life that lies beyond it; `None` for the last band.
    #[must_use]
    pub fn ends_at_years(self) -> Option<u16> {
        BAND_STARTS.get(usize::from(self.number())).copied()
    }

    /// The band's words; `None` for a number that is not assigned.
    #[must_use]
    pub fn words(self) -> Option<(&'static str, &'static str)> {
        Some(match self.number() {
            1 => ("6 岁以下", "under 6"),
            2 => ("6 至 13 岁", "6 to 13"),
            3 => ("14 至 17 岁", "14 to 17"),
            4 => ("18 至 59 岁", "18 to 59"),
            5 => ("60 至 64 岁", "60 to 64"),
            6 => ("65 至 69 岁", "65 to 69"),
            7 => ("70 至 79 岁", "70 to 79"),
            8 => ("80 岁以上", "80 and over"),
            _ => return None,
        })
    }
}

/// A benefit, 1 to 15; 0 on the wire means none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Benefit(NonZeroU8);

impl Benefit {
    /// A benefit from 1 to 15.
    #[must_use]
    pub fn new(number: u8) -> Option<Benefit> {
        nibble(number).map(Benefit)
    }

    /// Its number, 1 to 15.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0.get()
    }

    /// The benefit's words; `None` for a number that is not assigned.
    #[must_use]
    pub fn words(self) -> Option<(&'static str, &'static str)> {
        Some(match self.number() {
            1 => ("老年优待", "senior benefit"),
            2 => ("学生优待", "student benefit"),
            3 => ("残疾人优待", "disability benefit"),
            4 => ("军人优待", "service benefit"),
            5 => ("低保优待", "income support"),
            6 => ("献血荣誉", "blood donor"),
            _ => return None,
        })
    }
}

fn nibble(number: u8) -> Option<NonZeroU8> {
    NonZeroU8::new(number).filter(|number| number.get() <= 15)
}

/// Why sixteen bits are no flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadFlags {
    /// One of bits 3 to 0 is set.
    Reserved,
    /// More than one of acting, age band and benefit is set.
    TwoFlavours,
}

const ATTESTED: u16 = 1 << 13;
const ACTING: u16 = 1 << 12;
const RESERVED: u16 = 0x000f;

impl Flags {
    /// Flags that disclose nothing, under an unattested key.
    #[must_use]
    pub const fn plain(assurance: Assurance) -> Flags {
        Flags { assurance, attested: false, flavour: Flavour::Plain }
    }

    /// Reads bits 15-14 assurance, 13 attested, 12 acting, 11-8 age band, 7-4 benefit, 3-0 zero.
    ///
    /// # Errors
    /// [`BadFlags`] when a reserved bit or a second flavour is set.
    pub fn from_bits(bits: u16) -> Result<Flags, BadFlags> {
        if bits & RESERVED != 0 {
            return Err(BadFlags::Reserved);
        }
        let band = AgeBand::new((bits >> 8 & 15) as u8);
        let benefit = Benefit::new((bits >> 4 & 15) as u8);
        let flavour = match (bits & ACTING != 0, band, benefit) {
            (false, None, None) => Flavour::Plain,
            (true, None, None) => Flavour::Acting,
            (false, Some(band), None) => Flavour::AgeBand(band),
            (false, None, Some(benefit)) => Flavour::Benefit(benefit),
            _ => return Err(BadFlags::TwoFlavours),
        };
        Ok(Flags { assurance: Assurance((bits >> 14) as u8), attested: bits & ATTESTED != 0, flavour })
    }

    /// The bits that [`Flags::from_bits`] reads.
    #[must_use]
    pub fn bits(self) -> u16 {
        let flavour = match self.flavour {
            Flavour::Plain => 0,
            Flavour::Acting => ACTING,
            Flavour::AgeBand(band) => u16::from(band.number()) << 8,
            Flavour::Benefit(benefit) => u16::from(benefit.number()) << 4,
        };
        let attested = if self.attested { ATTESTED } else { 0 };
        u16::from(self.assurance.0) << 14 | attested | flavour
    }

    /// The age band's number, 0 when undisclosed.
    #[must_use]
    pub fn age_band_number(self) -> u8 {
        if let Flavour::AgeBand(band) = self.flavour { band.number() } else { 0 }
    }

    /// The benefit's number, 0 when none.
    #[must_use]
    pub fn benefit_number(self) -> u8 {
        if let Flavour::Benefit(benefit) = self.flavour { benefit.number() } else { 0 }
    }

    /// Whether the bearer acts for the subject.
    #[must_use]
    pub fn acting(self) -> bool {
        self.flavour == Flavour::Acting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_of_bits_is_refused_or_comes_back() {
        let mut taken = 0;
        for bits in 0..=u16::MAX {
            if let Ok(flags) = Flags::from_bits(bits) {
                assert_eq!(flags.bits(), bits);
                taken += 1;
            }
        }
        // 4 assurances, attested or not, and plain, acting, 15 bands or 15 benefits.
        assert_eq!(taken, 4 * 2 * (1 + 1 + 15 + 15));
    }

    #[test]
    fn bands_hold_their_years() {
        for (years, band) in
            [(0, 1), (5, 1), (6, 2), (13, 2), (14, 3), (18, 4), (59, 4), (60, 5), (65, 6), (79, 7), (120, 8)]
        {
            assert_eq!(AgeBand::of_years(years).number(), band, "{years}");
        }
        for (years, end) in [(0, Some(6)), (17, Some(18)), (64, Some(65)), (79, Some(80)), (80, None)] {
            assert_eq!(AgeBand::of_years(years).ends_at_years(), end, "{years}");
        }
    }
}
