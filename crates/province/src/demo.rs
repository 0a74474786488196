//! Synthetic residents for the demonstration (演示数据): Shandong's 16 cities, a fixed seed, nobody real.
//! It makes rows and knows no store; the same seed and count give the same rows on every machine.

/// A resident who does not exist. Rows of this kind go through the same import as a real register.
#[derive(Clone, PartialEq, Eq)]
pub struct Synthetic {
    /// Family name and given name.
    pub name: String,
    /// 18 characters with a valid GB 11643 check digit; its region is a city's 市辖区 code, under which nobody is registered.
    pub id_number: String,
    /// 11 digits beginning with 154, a prefix that no carrier was given.
    pub phone: String,
    /// GB/T 2260 code of the county or district where the resident lives.
    pub region: String,
}

/// A city: the first four digits of its GB/T 2260 code, names, weight (inhabitants, 10,000) and the last two digits of its counties.
pub struct City {
    /// Four digits, `3701`.
    pub code: &'static str,
    /// `济南市`.
    pub zh: &'static str,
    /// `Jinan`.
    pub en: &'static str,
    weight: u64,
    counties: &'static [u8],
}

/// Year in which the demonstration's ages are counted.
const THIS_YEAR: u64 = 2026;
/// Youngest and oldest resident, years.
const AGES: (u64, u64) = (8, 98);

/// The 16 cities with their counties and districts (GB/T 2260), weights after the census of 2020.
pub const CITIES: [City; 16] = [
    City {
        code: "3701",
        zh: "济南市",
        en: "Jinan",
        weight: 920,
        counties: &[2, 3, 4, 5, 12, 13, 14, 15, 16, 17, 24, 26],
    },
    City {
        code: "3702",
        zh: "青岛市",
        en: "Qingdao",
        weight: 1_007,
        counties: &[2, 3, 11, 12, 13, 14, 15, 81, 83, 85],
    },
    City { code: "3703", zh: "淄博市", en: "Zibo", weight: 470, counties: &[2, 3, 4, 5, 6, 21, 22, 23] },
    City { code: "3704", zh: "枣庄市", en: "Zaozhuang", weight: 385, counties: &[2, 3, 4, 5, 6, 81] },
    City { code: "3705", zh: "东营市", en: "Dongying", weight: 219, counties: &[2, 3, 5, 22, 23] },
    City {
        code: "3706",
        zh: "烟台市",
        en: "Yantai",
        weight: 710,
        counties: &[2, 11, 12, 13, 14, 81, 82, 83, 85, 86, 87],
    },
    City {
        code: "3707",
        zh: "潍坊市",
        en: "Weifang",
        weight: 938,
        counties: &[2, 3, 4, 5, 24, 25, 81, 82, 83, 84, 85, 86],
    },
    City {
        code: "3708",
        zh: "济宁市",
        en: "Jining",
        weight: 835,
        counties: &[11, 12, 26, 27, 28, 29, 30, 31, 32, 81, 83],
    },
    City { code: "3709", zh: "泰安市", en: "Tai'an", weight: 547, counties: &[2, 11, 21, 23, 82, 83] },
    City { code: "3710", zh: "威海市", en: "Weihai", weight: 290, counties: &[2, 3, 82, 83] },
    City { code: "3711", zh: "日照市", en: "Rizhao", weight: 297, counties: &[2, 3, 21, 22] },
    City {
        code: "3713",
        zh: "临沂市",
        en: "Linyi",
        weight: 1_101,
        counties: &[2, 11, 12, 21, 22, 23, 24, 25, 26, 27, 28, 29],
    },
    City {
        code: "3714",
        zh: "德州市",
        en: "Dezhou",
        weight: 561,
        counties: &[2, 3, 22, 23, 24, 25, 26, 27, 28, 81, 82],
    },
    City { code: "3715", zh: "聊城市", en: "Liaocheng", weight: 595, counties: &[2, 3, 21, 22, 24, 25, 26, 81] },
    City { code: "3716", zh: "滨州市", en: "Binzhou", weight: 392, counties: &[2, 3, 21, 22, 23, 25, 81] },
    City { code: "3717", zh: "菏泽市", en: "Heze", weight: 879, counties: &[2, 3, 21, 22, 23, 24, 25, 26, 28] },
];

/// Age at which nobody is a minor (Civil Code article 17), years.
const ADULT: u64 = 18;

/// Oldest that a demonstration calls a child, years.
const CHILD: u64 = 10;

/// Family names, about in the order of their frequency: the earlier, the more often.
const FAMILY: [&str; 40] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "孙", "周", "徐", "马", "朱", "胡", "郭", "高", "林", "宋", "韩", "曹",
    "于", "董", "吕", "姜", "崔", "孟", "邢", "侯", "隋", "曲", "毕", "邹", "迟", "丛", "颜", "孔", "曾", "诸葛",
    "欧阳", "东方", "公孙",
];
const GIVEN: [&str; 48] = [
    "明", "华", "建", "国", "秀", "英", "桂", "兰", "志", "强", "丽", "娟", "海", "涛", "玉", "梅", "晓", "燕", "文",
    "博", "子", "涵", "雨", "桐", "浩", "然", "欣", "怡", "俊", "杰", "思", "远", "宇", "轩", "静", "敏", "红", "霞",
    "永", "福", "春", "生", "岱", "清", "泉", "舟", "鲁", "宁",
];

/// The first `count` residents of a seed.
pub fn residents(seed: u64, count: u32) -> impl Iterator<Item = Synthetic> {
    let mut chance = Chance(seed);
    (0..count).map(move |number| resident(seed, &mut chance, number))
}

/// The same residents as the import reads them: CSV with a head line, UTF-8.
#[must_use]
pub fn csv(seed: u64, count: u32) -> String {
    let mut text = String::from("name,id_number,phone,region\n");
    for one in residents(seed, count) {
        text.push_str(&format!("{},{},{},{}\n", one.name, one.id_number, one.phone, one.region));
    }
    text
}

/// The same with the benefits that each of them holds: a plausible share, by age.
#[must_use]
pub fn register(seed: u64, count: u32) -> String {
    let mut text = String::from("name,id_number,phone,region,benefits\n");
    for (number, one) in (0u64..).zip(residents(seed, count)) {
        let held = benefits(seed, number, age(&one));
        let column =
            held.iter().map(|(number, until)| format!("{number}:{SINCE}/{until}")).collect::<Vec<_>>().join(";");
        text.push_str(&format!("{},{},{},{},{column}\n", one.name, one.id_number, one.phone, one.region));
    }
    text
}

/// First day of every invented benefit.
const SINCE: &str = "2026-09-01";
/// Who of a register is what: benefit, last day, first age, last age, of 1,000 residents of these ages.
const BENEFITS: [(u8, &str, u64, u64, u64); 6] = [
    (1, "2099-12-31", 65, 200, 1_000),
    (2, "2027-08-31", 8, 17, 1_000),
    (2, "2028-08-31", 18, 23, 550),
    (3, "2031-12-31", 8, 200, 30),
    (4, "2029-12-31", 18, 70, 25),
    (5, "2027-06-30", 18, 200, 20),
];
/// Blood donors are counted apart: whoever holds another benefit may be one as well.
const DONORS: (u8, &str, u64, u64, u64) = (6, "2036-12-31", 20, 65, 40);

/// Numbers and last days of an invented resident's benefits; a chance of their own leaves everything else as it is.
fn benefits(seed: u64, number: u64, age: u64) -> Vec<(u8, &'static str)> {
    let mut chance = Chance(seed ^ number.wrapping_mul(0x9e6c_63d0_676a_9a99) ^ 0xbe);
    let all = BENEFITS.iter().chain([&DONORS]);
    all.filter(|(.., from, to, of_1000)| chance.below(1_000) < *of_1000 && (*from..=*to).contains(&age))
        .map(|(number, until, ..)| (*number, *until))
        .collect()
}

fn age(one: &Synthetic) -> u64 {
    THIS_YEAR - one.id_number[6..10].parse::<u64>().unwrap_or(THIS_YEAR)
}

/// The ID number of one of the invented residents who holds this benefit, chosen by a number that the caller draws.
#[must_use]
pub fn holder_of(seed: u64, count: u32, benefit: u8, drawn: u32) -> Option<String> {
    let held = |(number, one): &(u64, Synthetic)| benefits(seed, *number, age(one)).iter().any(|(n, _)| *n == benefit);
    let mut holders: Vec<_> = (0u64..).zip(residents(seed, count)).filter(held).map(|(_, one)| one.id_number).collect();
    let chosen = drawn as usize % holders.len().max(1);
    (chosen < holders.len()).then(|| holders.swap_remove(chosen))
}

/// The ID numbers of those who are of age all through the year: they may do everything that a demonstration shows.
pub fn adults(seed: u64, count: u32) -> impl Iterator<Item = String> {
    residents(seed, count).filter(|one| age(one) > ADULT).map(|one| one.id_number)
}

/// The ID numbers of the youngest, for whom a guardian decides (under 14) for years to come.
pub fn children(seed: u64, count: u32) -> impl Iterator<Item = String> {
    residents(seed, count).filter(|one| age(one) <= CHILD).map(|one| one.id_number)
}

/// Every county and district of the sixteen cities, six digits each.
pub fn regions() -> impl Iterator<Item = String> {
    CITIES.iter().flat_map(|city| city.counties.iter().map(move |county| format!("{}{county:02}", city.code)))
}

fn resident(seed: u64, chance: &mut Chance, number: u32) -> Synthetic {
    let city = city(chance);
    let county = city.counties[chance.below(city.counties.len() as u64) as usize];
    let (birthday, order) = birth(seed, u64::from(number));
    let head = format!("{}01{birthday}{order:03}", city.code);
    Synthetic {
        name: name(chance),
        id_number: format!("{head}{}", check_digit(&head)),
        phone: format!("154{number:08}"),
        region: format!("{}{county:02}", city.code),
    }
}

fn city(chance: &mut Chance) -> &'static City {
    let total: u64 = CITIES.iter().map(|city| city.weight).sum();
    let mut left = chance.below(total);
    for city in &CITIES {
        if left < city.weight {
            return city;
        }
        left -= city.weight;
    }
    &CITIES[0]
}

/// Day of birth (`YYYYMMDD`) and order among those born that day. Different for every number below ten million;
/// middle ages are the most frequent, as in the province.
fn birth(seed: u64, number: u64) -> (String, u64) {
    // No 29th and later: every month has these days, and nobody's age depends on a leap year.
    const PLACES: u64 = 12 * 28 * 1_000;
    let (round, place) = (number / PLACES, number % PLACES);
    let mut own = Chance(seed ^ (place << 20));
    let span = AGES.1 - AGES.0;
    // Numbers that share a place differ in their round, and so in their year.
    let age = AGES.0 + ((own.below(span) + own.below(span)) / 2 + round * 3) % span;
    // The multiplier has no factor in common with the places, so that neighbours are not born on one day.
    let spread = place * 100_003 % PLACES;
    let (day, order) = (spread / 1_000, spread % 1_000);
    (format!("{:04}{:02}{:02}", THIS_YEAR - age, 1 + day / 28, 1 + day % 28), order)
}

fn name(chance: &mut Chance) -> String {
    // The smaller of two draws makes the first names of the list the frequent ones.
    let family = chance.below(FAMILY.len() as u64).min(chance.below(FAMILY.len() as u64));
    let mut name = FAMILY[family as usize].to_owned();
    let characters = if chance.below(5) == 0 { 1 } else { 2 };
    for _ in 0..characters {
        name.push_str(GIVEN[chance.below(GIVEN.len() as u64) as usize]);
    }
    name
}

/// The check character of 17 digits (GB 11643-1999, ISO/IEC 7064 MOD 11-2).
fn check_digit(head: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let sum: u32 = head.chars().zip(WEIGHTS).map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight).sum();
    CHECKS[(sum % 11) as usize]
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere. For demonstrations, never for secrets.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number in [0, bound); the bias is below 2^-50 for the small bounds used here.
    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

#[cfg(test)]
mod tests {
    use super::{CITIES, check_digit, residents};
    use std::collections::HashSet;

    #[test]
    fn known_check_digits() {
        // The standard's own example (GB 11643-1999, appendix A), and one that ends in X.
        for (head, expected) in [("11010519491231002", 'X'), ("44052418800101001", '4')] {
            assert_eq!(check_digit(head), expected, "{head}");
        }
    }

    #[test]
    fn births_stay_different_to_ten_million() {
        let mut seen = HashSet::new();
        for number in (0..10_000_000).step_by(48_000).flat_map(|round| round..round + 40) {
            assert!(seen.insert(super::birth(7, number)), "{number}");
        }
    }

    #[test]
    fn ten_thousand_residents_are_all_different_and_live_in_all_cities() {
        let all: Vec<_> = residents(1, 10_000).collect();
        let numbers: HashSet<_> = all.iter().map(|one| &one.id_number).collect();
        let phones: HashSet<_> = all.iter().map(|one| &one.phone).collect();
        let cities: HashSet<_> = all.iter().map(|one| &one.region[..4]).collect();
        assert_eq!((numbers.len(), phones.len(), cities.len()), (10_000, 10_000, CITIES.len()));
        for one in &all {
            assert_eq!(&one.id_number[4..6], "01");
            assert_eq!(check_digit(&one.id_number[..17]), one.id_number.chars().last().expect("18 characters"));
        }
        assert!(residents(1, 100).eq(all.into_iter().take(100)));
    }

    #[test]
    fn a_plausible_share_holds_benefits_and_everybody_is_the_same_person_as_without() {
        let text = super::register(1, 10_000);
        let (mut holders, mut of_each) = (0, [0u32; 7]);
        for (line, plain) in text.lines().zip(super::csv(1, 10_000).lines()) {
            let (before, held) = line.rsplit_once(',').expect("a last column");
            assert_eq!(before, plain);
            holders += u32::from(!held.is_empty());
            for one in held.split(';').filter(|one| !one.is_empty() && *one != "benefits") {
                of_each[usize::from(one.as_bytes()[0] - b'0')] += 1;
            }
        }
        assert!((2_000..6_000).contains(&holders), "{holders}");
        assert!(of_each[1..].iter().all(|many| *many > 60), "{of_each:?}");
        for benefit in 1..=6 {
            assert!(super::holder_of(1, 10_000, benefit, 123_456).is_some(), "{benefit}");
        }
        assert_eq!(super::holder_of(1, 10_000, 7, 0), None);
    }

    impl std::fmt::Debug for super::Synthetic {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(&self.region)
        }
    }
}
