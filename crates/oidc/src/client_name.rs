//! Names of apps that can't pass for another's: NFKC, no marks that turn or hide letters, no words that only the platform may say.
//! It does not know which names are taken: a skeleton is compared by whoever knows them.

use std::fmt;
use unicode_normalization::UnicodeNormalization as _;

/// Longest name, characters.
const CHARS_MAX: usize = 40;
/// Words that would borrow somebody else's authority.
const RESERVED: [&str; 8] = ["yima", "一码", "官方", "公安", "政府", "国务院", "official", "admin"];

/// A name that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientName(String);

/// Why a name is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAName(&'static str);

impl fmt::Display for NotAName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NotAName {}

impl ClientName {
    /// Reads a name.
    ///
    /// # Errors
    /// [`NotAName`]: empty, over 40 characters, not in NFKC, marks of direction or without width, a reserved word.
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        if text.trim() != text || text.is_empty() || text.chars().count() > CHARS_MAX {
            return Err(NotAName("a name has 1 to 40 characters, without blanks around it"));
        }
        if !is_nfkc(text) {
            return Err(NotAName("write the name in Unicode normal form NFKC: no full-width or composed look-alikes"));
        }
        if text.chars().any(hidden) {
            return Err(NotAName("no control characters, marks of direction or characters without width in a name"));
        }
        let shape = skeleton(text);
        if RESERVED.iter().any(|word| shape.contains(&skeleton(word))) {
            return Err(NotAName("the name borrows a word that only the platform or an authority may use"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two names share that people take for one another.
    #[must_use]
    pub fn skeleton(&self) -> String {
        skeleton(&self.0)
    }
}

/// Whether a text is in Unicode normal form NFKC: no full-width or composed look-alikes.
#[must_use]
pub fn is_nfkc(text: &str) -> bool {
    text.nfkc().eq(text.chars())
}

/// Small letters without blanks and marks; letters that look like Latin ones are read as those (UTS 39 in the small).
#[must_use]
pub fn skeleton(text: &str) -> String {
    text.nfkd()
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .map(|c| match c {
            'а' | 'α' => 'a',
            'с' => 'c',
            'е' | 'ε' => 'e',
            'і' | 'ι' | '1' | 'l' | 'ı' => 'i',
            'о' | 'ο' | '0' => 'o',
            'р' | 'ρ' => 'p',
            'х' => 'x',
            'у' | 'γ' => 'y',
            'м' => 'm',
            'ѕ' => 's',
            c => c,
        })
        .collect()
}

/// Marks of control and of direction, and characters without width.
#[must_use]
pub const fn hidden(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r40_names_that_borrow_hide_or_turn_are_refused() {
        for good in ["泉城社区医院", "Library of Jinan", "公交 2 号", "Kütüphane"] {
            assert!(ClientName::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            " x",
            "医院\u{202e}院医",
            "医\u{200b}院",
            "ＹＩＭＡ",
            "Yima 医院",
            "уіма",
            "Y i m a",
            "官方医院",
            "Of\u{66}icial",
            "a\u{0}b",
            &"长".repeat(41),
        ] {
            assert!(ClientName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn r40_names_that_look_alike_share_a_skeleton() {
        let of = |text: &str| ClientName::parse(text).unwrap().skeleton();
        assert_eq!(of("Hospital 10"), of("hospita1 lo"));
        assert_ne!(of("泉城医院"), of("泉城中医院"));
    }
}
