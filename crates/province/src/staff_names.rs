//! Sign-in names and staff numbers of operators: one spelling each, since one natural person is told from another by them (rule
//! R43). It does not know who holds what.

use crate::error::DeedError;
use unicode_normalization::UnicodeNormalization as _;

/// A sign-in name, 1 to 40 bytes, in small letters.
///
/// # Errors
/// [`DeedError::Invalid`] for anything but letters of ASCII, digits, Chinese characters and `.`, `-`, `_`.
pub(crate) fn sign_in_name(text: &str) -> Result<String, DeedError> {
    one_spelling(text, 40).map(|name| name.to_ascii_lowercase()).ok_or_else(|| {
        DeedError::invalid(
            "name",
            "登录名要 1 到 40 个字节，只用字母、数字、汉字和 . - _",
            "a sign-in name has 1 to 40 bytes: letters a to z, digits, Chinese characters and . - _",
        )
    })
}

/// A staff number, 1 to 80 bytes, in capitals.
///
/// # Errors
/// As for a sign-in name.
pub(crate) fn staff_number(text: &str) -> Result<String, DeedError> {
    one_spelling(text, 80).map(|number| number.to_ascii_uppercase()).ok_or_else(|| {
        DeedError::invalid(
            "person",
            "要填工号，80 个字节以内，只用字母、数字、汉字和 . - _",
            "a staff number of at most 80 bytes is needed: letters A to Z, digits, Chinese characters and . - _",
        )
    })
}

/// Full width is as half width and blanks are none (UAX 15, NFKC); letters of other scripts that look alike are not taken.
fn one_spelling(text: &str, most: usize) -> Option<String> {
    let plain: String = text.nfkc().filter(|c| *c != ' ').collect();
    let taken = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '\u{4e00}'..='\u{9fff}');
    (!plain.is_empty() && plain.len() <= most && plain.chars().all(taken)).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::{sign_in_name, staff_number};

    #[test]
    fn r43_a_staff_number_has_one_spelling() {
        for same in ["A-516214", "a-516214", " A-516214 ", "Ａ-５１６２１４", "A- 516214", "A-\u{3000}516214"] {
            assert_eq!(staff_number(same).ok().as_deref(), Some("A-516214"), "{same:?}");
        }
        assert_eq!(staff_number("工号 007").ok().as_deref(), Some("工号007"));
        for other in ["", "  ", "А-516214", "A\u{2011}516214", "A-516\u{200b}214", "A-516\u{202e}214", "A/1", "é1"] {
            assert!(staff_number(other).is_err(), "{other:?}");
        }
        assert!(staff_number(&"9".repeat(81)).is_err());
        assert_eq!(sign_in_name("Zhao.Qian").ok().as_deref(), Some("zhao.qian"));
        for other in ["sеcurity", "audit\u{202e}", ""] {
            assert!(sign_in_name(other).is_err(), "{other:?}");
        }
    }
}
