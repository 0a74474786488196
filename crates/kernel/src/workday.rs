//! Working days: which civil days offices work, and the day by which something must be done. It does not know the time of day.
//!
//! A year whose holidays are not announced yet is counted by weekends alone: that can only make a deadline earlier.

use yima_code::day::Day;

/// A year's days off and days made up, as the State Council announces them.
struct Year {
    /// The year.
    year: u16,
    /// First and last day of each run of days off: month, day, month, day.
    off: &'static [(u8, u8, u8, u8)],
    /// Saturdays and Sundays on which offices work: month, day.
    made_up: &'static [(u8, u8)],
}

/// 国务院办公厅关于2026年部分节假日安排的通知 (国办发明电〔2025〕7号). Each year's notice adds a row; nothing else changes.
const YEARS: &[Year] = &[Year {
    year: 2026,
    off: &[(1, 1, 1, 3), (2, 15, 2, 23), (4, 4, 4, 6), (5, 1, 5, 5), (6, 19, 6, 21), (9, 25, 9, 27), (10, 1, 10, 7)],
    made_up: &[(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)],
}];

/// 2020-01-01 was a Wednesday: days from the Monday before it.
const FIRST_WEEKDAY: u16 = 2;

/// Do offices work on this day?
#[must_use]
pub fn works(day: Day) -> bool {
    let (year, month, date) = day.date();
    let weekend = (day.0 + FIRST_WEEKDAY) % 7 >= 5;
    let Some(known) = YEARS.iter().find(|known| known.year == year) else { return !weekend };
    let at = (month, date);
    if known.made_up.contains(&at) {
        return true;
    }
    !weekend && !known.off.iter().any(|(fm, fd, tm, td)| (*fm, *fd) <= at && at <= (*tm, *td))
}

/// The last of so many working days, counted from the day after `from`.
#[must_use]
pub fn after(from: Day, working_days: u16) -> Day {
    let mut day = from;
    let mut left = working_days;
    while left > 0 && day.0 < u16::MAX {
        day = Day(day.0 + 1);
        left -= u16::from(works(day));
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    #[test]
    fn holidays_and_made_up_days_of_a_known_year() {
        for (text, expected) in [
            ("2026-11-23", true),
            ("2026-11-28", false),
            ("2026-11-29", false),
            ("2026-02-14", true),
            ("2026-02-15", false),
            ("2026-02-23", false),
            ("2026-02-24", true),
            ("2026-02-28", true),
            ("2026-10-01", false),
            ("2026-10-07", false),
            ("2026-10-08", true),
            ("2026-10-10", true),
            ("2026-01-04", true),
            ("2027-01-01", true),
            ("2027-01-02", false),
        ] {
            assert_eq!(works(day(text)), expected, "{text}");
        }
    }

    #[test]
    fn fifteen_working_days() {
        for (from, n, expected) in [
            ("2026-11-23", 15, "2026-12-14"),
            ("2026-11-28", 1, "2026-11-30"),
            ("2026-09-24", 3, "2026-09-30"),
            ("2026-09-30", 1, "2026-10-08"),
            ("2026-10-09", 1, "2026-10-10"),
            ("2026-11-23", 0, "2026-11-23"),
            ("2026-12-31", 1, "2027-01-01"),
        ] {
            assert_eq!(after(day(from), n), day(expected), "{n} working days after {from}");
        }
    }

    #[test]
    fn every_announced_day_off_falls_where_its_notice_says() {
        for known in YEARS {
            let weekday = |m: u8, d: u8| (day(&format!("{}-{m:02}-{d:02}", known.year)).0 + FIRST_WEEKDAY) % 7;
            for (month, date) in known.made_up {
                assert!(weekday(*month, *date) >= 5, "{}-{month}-{date} is made up on a weekend", known.year);
            }
        }
    }
}
