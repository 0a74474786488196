//! When somebody reaches an age, as an instant in Asia/Shanghai. It does not know whose birth date it is given.

/// A day of birth in the civil calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Birth {
    /// 1850 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// From which day on somebody is N years old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    /// The day after the Nth birthday.
    DayAfter,
    /// The birthday itself.
    Birthday,
}

/// A reading of the law on ages, with its source: a province's lawyers may set another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgeRule {
    /// From which day on.
    pub begins: Begins,
    /// Seconds that civil time is ahead of UTC.
    pub offset_s: i64,
    /// Where it is written.
    pub source: &'static str,
}

impl AgeRule {
    /// 周岁 by the calendar, from the day after the birthday (法释〔2006〕1号, article 2), in Beijing time.
    pub const CHINA: Self = Self {
        begins: Begins::DayAfter,
        offset_s: 8 * 3600,
        source: "法释〔2006〕1号第二条：周岁按公历年月日计算，从周岁生日的第二天起算；《民法典》第十七条、《个人信息保护法》第三十一条",
    };

    /// The rule under another reading; `None` for a word that is none.
    #[must_use]
    pub fn reading(word: &str) -> Option<Self> {
        match word {
            "day_after" => Some(Self::CHINA),
            "birthday" => Some(Self { begins: Begins::Birthday, ..Self::CHINA }),
            _ => None,
        }
    }

    /// Unix seconds of 00:00 of the day on which somebody born then is so many years old. Who was born on 29 February
    /// is on 1 March, in leap years by the day after and in others for want of the day.
    #[must_use]
    pub fn reached_s(&self, birth: Birth, years: u16) -> i64 {
        let year = i64::from(birth.year) + i64::from(years);
        let day = if (birth.month, birth.day) == (2, 29) {
            match self.begins {
                Begins::Birthday if is_leap(year) => civil_day(year, 2, 29),
                _ => civil_day(year, 3, 1),
            }
        } else {
            let birthday = civil_day(year, i64::from(birth.month), i64::from(birth.day));
            birthday + i64::from(self.begins == Begins::DayAfter)
        };
        day * 86_400 - self.offset_s
    }

    /// Completed years at an instant; 0 before the first.
    #[must_use]
    pub fn age_at(&self, birth: Birth, now_s: i64) -> u16 {
        let (mut low, mut high) = (0, 400);
        while low + 1 < high {
            let middle = (low + high) / 2;
            if self.reached_s(birth, middle) <= now_s {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days since 1970-01-01 of a day of the Gregorian calendar (H. Hinnant, days_from_civil).
const fn civil_day(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn born(year: u16, month: u8, day: u8) -> Birth {
        Birth { year, month, day }
    }

    #[test]
    fn an_age_is_reached_at_midnight_of_the_day_after() {
        // Seconds by `date -d '2026-11-24 00:00 +0800' +%s` and the like.
        let table = [
            (born(2008, 11, 23), 18, 1_795_449_600, "2026-11-24, the day after the birthday"),
            (born(2012, 12, 31), 14, 1_798_732_800, "2027-01-01, over the year's end"),
            (born(2012, 2, 29), 14, 1_772_294_400, "2026-03-01, no 29 February"),
            (born(2010, 2, 28), 18, 1_835_366_400, "2028-02-29, the day after in a leap year"),
            (born(2008, 2, 29), 20, 1_835_452_800, "2028-03-01, a leap year"),
            (born(1970, 1, 1), 0, 86_400 - 28_800, "the day after the birth"),
        ];
        for (birth, years, at, why) in table {
            assert_eq!(AgeRule::CHINA.reached_s(birth, years), at, "{why}");
            assert_eq!(AgeRule::CHINA.age_at(birth, at), years, "{why}");
            assert_eq!(AgeRule::CHINA.age_at(birth, at - 1), years.saturating_sub(1), "{why}");
        }
    }

    #[test]
    fn another_reading_is_a_day_earlier_and_names_its_source() {
        let other = AgeRule::reading("birthday").expect("a reading");
        let birth = born(2008, 11, 23);
        assert_eq!(AgeRule::CHINA.reached_s(birth, 18) - other.reached_s(birth, 18), 86_400);
        assert_eq!(other.reached_s(born(2008, 2, 29), 18), AgeRule::CHINA.reached_s(born(2008, 2, 29), 18));
        assert_eq!(AgeRule::reading("whenever"), None);
        assert!(AgeRule::CHINA.source.contains("第十七条"));
    }

    #[test]
    fn ages_only_grow_and_every_birth_has_every_age() {
        for month in 1..=12 {
            for day in 1..=28 {
                let birth = born(2007, month, day);
                let mut last = i64::MIN;
                for years in 0..=100 {
                    let at = AgeRule::CHINA.reached_s(birth, years);
                    assert!(at > last && (at + 28_800) % 86_400 == 0, "midnight in Shanghai");
                    assert_eq!(AgeRule::CHINA.age_at(birth, at), years);
                    last = at;
                }
            }
        }
    }
}
