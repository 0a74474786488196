//! The days and months that codes are valid in, counted in the issuer's civil time.
//! It reads no clock: seconds come in as Unix time, and only UTC+8 without summer time is known.

use std::fmt;

/// Seconds that the issuer's civil time is ahead of UTC.
pub const CIVIL_OFFSET_S: u32 = 8 * 3600;
/// Unix time of 2020-01-01 00:00 UTC+8, the start of day 0 and month 0.
pub const EPOCH_UNIX: u32 = 1_577_836_800 - CIVIL_OFFSET_S;
/// A day's codes are taken from 03:00 of that day,
pub const WINDOW_OPENS_S: u32 = 3 * 3600;
/// to 04:00 of the next: one hour in which both days' codes are taken.
pub const WINDOW_S: u32 = 25 * 3600;

const DAY_S: u32 = 24 * 3600;

/// A civil day of the issuer: days since 2020-01-01 at UTC+8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(pub u16);

impl Day {
    /// The civil day that holds this moment; day 0 before 2020 and the last day after 2199.
    #[must_use]
    pub fn of(unix: u32) -> Day {
        let days = unix.saturating_sub(EPOCH_UNIX) / DAY_S;
        Day(u16::try_from(days).unwrap_or(u16::MAX))
    }

    /// The day whose codes a device shows at this moment: the civil day of three hours ago.
    #[must_use]
    pub fn shown_at(unix: u32) -> Day {
        Day::of(unix.saturating_sub(WINDOW_OPENS_S))
    }

    /// Unix time of the day's midnight; saturates in the year 2106.
    #[must_use]
    pub fn starts_at(self) -> u32 {
        EPOCH_UNIX.saturating_add(u32::from(self.0).saturating_mul(DAY_S))
    }

    /// When the day's codes are taken: 03:00 to 04:00 of the next day, the end excluded.
    #[must_use]
    pub fn window(self) -> Window {
        let from = self.starts_at().saturating_add(WINDOW_OPENS_S);
        Window { from, until: from.saturating_add(WINDOW_S) }
    }

    /// Reads `2027-08-31`; `None` for what is no day of the calendar from 2020 to 2199.
    #[must_use]
    pub fn parse(date: &str) -> Option<Day> {
        let mut parts = date.split('-').map(|part| part.bytes().all(|b| b.is_ascii_digit()).then_some(part));
        let mut next = |length| parts.next()?.filter(|part| part.len() == length)?.parse::<u32>().ok();
        let (year, month, day) = (next(4)?, next(2)?, next(2)?);
        if !(2020..2200).contains(&year) || !(1..=12).contains(&month) || parts.next().is_some() {
            return None;
        }
        // The inverse of `civil_date`; a day beyond its month's end does not come back as it was written.
        let (shifted, year) = if month > 2 { (month - 3, year - 2000) } else { (month + 9, year - 2001) };
        let of_year = (153 * shifted + 2) / 5 + day;
        let since_march = 365 * year + year / 4 - year / 100 + year / 400 + of_year;
        let found = Day(u16::try_from(since_march.checked_sub(7_246)?).ok()?);
        (found.to_string() == date).then_some(found)
    }

    /// Calendar year, month 1 to 12 and day 1 to 31.
    #[must_use]
    pub fn date(self) -> (u16, u8, u8) {
        civil_date(self.0)
    }

    /// The next day.
    #[must_use]
    pub fn next(self) -> Day {
        Day(self.0.saturating_add(1))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_date(self.0);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// A span of Unix seconds, `until` excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first second inside.
    pub from: u32,
    /// The first second after.
    pub until: u32,
}

impl Window {
    /// Whether the moment lies inside.
    #[must_use]
    pub fn holds(self, unix: u32) -> bool {
        self.from <= unix && unix < self.until
    }
}

/// A civil month of the issuer: months since 2020-01; a paper code is good to its month's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month(pub u16);

impl Month {
    /// The civil month that holds this moment.
    #[must_use]
    pub fn of(unix: u32) -> Month {
        Month::of_day(Day::of(unix))
    }

    /// The civil month of a day.
    #[must_use]
    pub fn of_day(day: Day) -> Month {
        let (year, month, _) = civil_date(day.0);
        Month((year - 2020) * 12 + u16::from(month) - 1)
    }

    /// The month that is `count` months later.
    #[must_use]
    pub fn plus(self, count: u16) -> Month {
        Month(self.0.saturating_add(count))
    }

    /// Calendar year and month 1 to 12.
    #[must_use]
    pub fn year_and_month(self) -> (u16, u8) {
        (2020 + self.0 / 12, (self.0 % 12 + 1) as u8)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = self.year_and_month();
        write!(f, "{year:04}-{month:02}")
    }
}

/// Year, month and day of a count of days since 2020-01-01 (proleptic Gregorian).
fn civil_date(days: u16) -> (u16, u8, u8) {
    // Counted from 2000-03-01, so that a leap day ends its year: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    let since_march = u32::from(days) + 7_245;
    let era = since_march / 146_097;
    let of_era = since_march % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = 2000 + era * 400 + year_of_era + u32::from(month <= 2);
    (year as u16, month as u8, day as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_civil_days_at_utc_plus_8() {
        let table = [
            (EPOCH_UNIX, 0, "2020-01-01"),
            (EPOCH_UNIX - 1, 0, "2020-01-01"),
            (EPOCH_UNIX + 86_399, 0, "2020-01-01"),
            (EPOCH_UNIX + 86_400, 1, "2020-01-02"),
            (1_582_905_600, 59, "2020-02-29"), // 2020-02-29 00:00 +08:00 is 2020-02-28 16:00 Z
            (1_582_992_000, 60, "2020-03-01"),
            (1_798_732_799, 2_556, "2026-12-31"),
            (4_102_415_999, 29_219, "2099-12-31"),
        ];
        for (unix, day, date) in table {
            assert_eq!((Day::of(unix).0, Day::of(unix).to_string()), (day, date.to_owned()));
        }
    }

    #[test]
    fn every_day_is_read_as_it_is_written_and_nothing_else() {
        for day in 0..=u16::MAX {
            let (day, date) = (Day(day), Day(day).to_string());
            assert_eq!(Day::parse(&date), Some(day), "{date}");
        }
        for wrong in [
            "",
            "2026",
            "2026-2-01",
            "2026-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "+026-01-01",
            "2019-12-31",
        ] {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
        assert_eq!((Day::parse("2026-01-01-"), Day::parse("2026-01-01 ")), (None, None));
    }

    #[test]
    fn the_window_is_25_hours_from_three() {
        let day = Day(2_519);
        let window = day.window();
        assert_eq!(window.from, day.starts_at() + 10_800);
        assert_eq!(window.until, day.next().starts_at() + 14_400);
        assert!(window.holds(window.from) && !window.holds(window.until));
        assert_eq!(Day::shown_at(window.from - 1), Day(2_518));
        assert_eq!(Day::shown_at(window.from), day);
    }

    #[test]
    fn months_turn_at_local_midnight() {
        let march = Day(60).starts_at();
        assert_eq!(Month::of(march - 1).to_string(), "2020-02");
        assert_eq!(Month::of(march).to_string(), "2020-03");
        assert_eq!(Month(0).plus(83).to_string(), "2026-12");
    }
}
