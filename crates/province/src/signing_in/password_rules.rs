//! What may be a password: long enough, no one that many have, none of the words of this place alone. Nothing is asked
//! of its letters (NIST SP 800-63B-4, 3.1.1.2). It does not know how a password is kept.

use crate::error::DeedError;

/// Fewest and most characters.
const CHARACTERS: std::ops::RangeInclusive<usize> = 10..=128;
/// Characters that must be left once the words of the place are taken out.
const LEFT_MIN: usize = 6;

/// The ten thousand most frequent passwords of ten characters and more, small letters, most frequent first: the ten
/// million that Mark Burnett gave to the public domain (2015), in the order of frequency in which `SecLists` keeps them (MIT).
static COMMON: &str = include_str!("common_passwords.txt");

/// Words that everybody here thinks of first, the longest first: the product, the place, what is said with numbers.
const WORDS_OF_THE_PLACE: [&str; 32] = [
    "1234567890",
    "0123456789",
    "jiatingma",
    "qwertyuio",
    "12345678",
    "87654321",
    "jumin_ma",
    "shandong",
    "yimayima",
    "password",
    "resident",
    "5201314",
    "juminma",
    "iloveyou",
    "qingdao",
    "123123",
    "123456",
    "654321",
    "111111",
    "888888",
    "000000",
    "666666",
    "1314520",
    "woaini",
    "qwerty",
    "abc123",
    "zhongguo",
    "admin",
    "china",
    "jinan",
    "yima",
    "一码",
];

/// May this be a password of somebody with these names of their own (sign-in name, and whatever else the deed knows)?
///
/// # Errors
/// [`DeedError::Invalid`] naming the field, with what to do.
pub(crate) fn may_be_a_password(text: &str, own: &[&str]) -> Result<(), DeedError> {
    let lower = text.to_lowercase();
    let distinct = text.chars().collect::<std::collections::BTreeSet<_>>().len();
    let digits_of_an_id = text.len() == 18 && text.bytes().take(17).all(|b| b.is_ascii_digit());
    let fits = CHARACTERS.contains(&text.chars().count())
        && distinct >= 4
        && !digits_of_an_id
        && !COMMON.lines().any(|common| common == lower)
        && left_of(&lower, own) >= LEFT_MIN;
    if fits {
        return Ok(());
    }
    Err(DeedError::invalid(
        "password",
        "密码要 10 到 128 个字符：不要用常见的、重复的、只由名字或 123456 之类拼成的，也不要用身份证号。几个不相干的词连起来最好记",
        "A password needs 10 to 128 characters: no common one, no repetition, not only names or 123456, no ID number. A few words that don't belong together are easy to remember",
    ))
}

/// How many characters are left without the words of the place and one's own names.
fn left_of(lower: &str, own: &[&str]) -> usize {
    let mut left = lower.to_owned();
    let own = own.iter().map(|name| name.to_lowercase()).filter(|name| name.chars().count() >= 3);
    let names: Vec<String> = own.collect();
    for word in names.iter().map(String::as_str).chain(WORDS_OF_THE_PLACE) {
        // A gap stays, so that nothing grows together to another word.
        left = left.replace(word, " ");
    }
    left.chars().filter(|c| !c.is_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::{COMMON, may_be_a_password};

    #[test]
    fn what_everybody_tries_first_is_no_password() {
        let table = [
            ("correct horse", true),
            ("春眠不觉晓处处闻啼鸟", true),
            ("spring sleep, no dawn", true),
            ("yima is where I live, mostly", true),
            ("short", false),
            ("Password123", false),
            ("aaaaaaaaaaaa", false),
            ("1234567890", false),
            ("110101199003074514", false),
            ("11010119900307451X", false),
            ("1QAZ2wsx3edc", false),
            ("Woaini1314520", false),
            ("YimaShandong123456", false),
            ("zhang.san5201314", false),
        ];
        for (text, fits) in table {
            assert_eq!(may_be_a_password(text, &["zhang.san"]).is_ok(), fits, "{text}");
        }
        assert!(may_be_a_password(&"abcdef".repeat(22), &[]).is_err(), "longer than 128");
        assert!(may_be_a_password(&"aB3 ".repeat(16), &[]).is_ok(), "64 characters");
    }

    #[test]
    fn the_list_is_of_what_could_be_a_password_at_all() {
        assert_eq!(COMMON.lines().count(), 10_000);
        assert!(COMMON.lines().all(|line| line.len() >= 10 && line == line.to_lowercase()));
        assert!(COMMON.lines().all(|line| may_be_a_password(line, &[]).is_err()));
    }
}
