//! The device grant (RFC 8628), for what has a screen and no browser: the code that a person types, and the pace of asking.
//! It does not know chance or the store.

use std::fmt::Write as _;

/// Letters of a user code: no vowels, so that no word comes out, and nothing that looks like a digit (section 6.1).
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// Letters in a user code.
const LEN: usize = 8;
/// How many user codes there are.
pub const CODES: i64 = 20_i64.pow(8);
/// How long both codes live, seconds.
pub const LIFE_S: i64 = 600;
/// How often a device may ask, seconds (section 3.2).
pub const INTERVAL_S: i64 = 5;

/// A user code from random octets, `WDJB-MJHT`. `None` asks for other octets: a fair letter needs one below 240.
#[must_use]
pub fn user_code(random: &[u8; 16]) -> Option<String> {
    let mut code = String::with_capacity(LEN + 1);
    for letter in random.iter().filter(|octet| **octet < 240).take(LEN) {
        let _ = write!(code, "{}", char::from(LETTERS[usize::from(letter % 20)]));
    }
    if code.len() < LEN {
        return None;
    }
    code.insert(4, '-');
    Some(code)
}

/// What a person typed, as the code that was made: small letters, blanks and dashes are forgiven.
#[must_use]
pub fn typed(text: &str) -> Option<String> {
    let mut code: String =
        text.chars().filter(|c| !matches!(c, ' ' | '-' | '—' | '·')).flat_map(char::to_uppercase).collect();
    let good = code.len() == LEN && code.bytes().all(|b| LETTERS.contains(&b));
    code.insert(if good { 4 } else { 0 }, '-');
    good.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_8628_6_1_a_user_code_is_eight_fair_letters_and_is_read_as_people_type() {
        assert_eq!(user_code(&[0, 1, 2, 3, 255, 19, 20, 239, 250, 7, 0, 0, 0, 0, 0, 0]).as_deref(), Some("BCDF-ZBZK"));
        assert_eq!(user_code(&[250; 16]), None);
        for good in ["WDJB-MJHT", "wdjbmjht", " wdjb mjht "] {
            assert_eq!(typed(good).as_deref(), Some("WDJB-MJHT"), "{good}");
        }
        for bad in ["", "WDJB-MJH", "WDJB-MJHTT", "WDJB-MJHA", "１２３４５６７８"] {
            assert_eq!(typed(bad), None, "{bad}");
        }
    }
}
