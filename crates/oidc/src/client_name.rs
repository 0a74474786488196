//! Names of apps that can't pass for another's: NFKC, no marks that turn or hide letters, no words that only the platform may say.
//! It does not know which names are taken: a skeleton is compared by whoever knows them.

use std::fmt;
use unicode_normalization::UnicodeNormalization as _;
use unicode_script::Script;
use unicode_security::mixed_script::AugmentedScriptSet;
use unicode_security::{GeneralSecurityProfile as _, confusable_detection};
use yima_kernel::shown_text::is_line;

/// Longest name, characters.
const CHARS_MAX: usize = 40;
/// Words that would borrow somebody else's authority, in simplified and in traditional letters.
const RESERVED: [&str; 14] = [
    "yima",
    "一码",
    "一碼",
    "壹码",
    "壹碼",
    "官方",
    "公安",
    "警察",
    "政府",
    "国务院",
    "國務院",
    "国務院",
    "official",
    "admin",
];

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
    /// [`NotAName`]: empty, over 40 characters, not in NFKC, marks of direction or without width, letters of scripts that pass for
    /// one another (UTS 39 section 5.2, highly restrictive), a reserved word or what looks like one.
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        if text.trim() != text || text.is_empty() || text.chars().count() > CHARS_MAX {
            return Err(NotAName("a name has 1 to 40 characters, without blanks around it"));
        }
        if !is_nfkc(text) {
            return Err(NotAName("write the name in Unicode normal form NFKC: no full-width or composed look-alikes"));
        }
        if !is_line(text) {
            return Err(NotAName("no control characters, marks of direction or characters without width in a name"));
        }
        if !one_way_of_writing(text) {
            return Err(NotAName("letters of one script, or Chinese with Latin ones: others look alike"));
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

/// Every letter is of one script, or of Latin with that of Chinese, Japanese or Korean; and no Latin letter is one of those that
/// phoneticians and old books alone use (UTS 39 sections 3.1 and 5.2).
fn one_way_of_writing(text: &str) -> bool {
    let latin = |c: char| AugmentedScriptSet::for_char(c).base.contains_script(Script::Latin) && c.is_alphabetic();
    if text.chars().any(|c| latin(c) && !c.identifier_allowed()) {
        return false;
    }
    let others: String = text.chars().filter(|c| !latin(*c)).collect();
    let script = AugmentedScriptSet::for_str(&others);
    if script.is_empty() {
        return false;
    }
    !text.chars().any(latin) || script.is_all() || script.hanb || script.jpan || script.kore
}

/// What people take a text for: letters and digits alone, small, each as the one that stands for all that look like it. The skeleton
/// of UTS 39 section 4, twice: a letter and its small one look like others. Its table knows that a long stroke passes for the
/// number one in Chinese.
#[must_use]
pub fn skeleton(text: &str) -> String {
    let small = |text: String| text.chars().flat_map(char::to_lowercase).collect::<String>();
    let of = |text: &str| confusable_detection::skeleton(text).collect::<String>();
    let shape = small(of(&small(of(text))));
    let mut read = String::with_capacity(shape.len());
    for letter in shape.nfkd().filter(|c| c.is_alphanumeric()) {
        match letter {
            // Kept apart by the table, and not by a hurried reader.
            'l' | '1' => read.push('i'),
            '0' => read.push('o'),
            'ʍ' => read.push_str("rn"),
            c => read.push(c),
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r40_names_that_borrow_hide_or_turn_are_refused() {
        for good in
            ["泉城社区医院", "Library of Jinan", "公交 2 号", "Kütüphane", "Café 一号", "𠮷野家", "ئۇيغۇر", "목욕 A"]
        {
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
            // What an attack got through before: strokes for the number one, small capitals, letters of other scripts, traditional
            // forms, and blanks that pass for letters.
            "ー码服务",
            "㇐码服务",
            "—码服务",
            "ʏɪᴍᴀ",
            "Υima",
            "aԁmin",
            "Оfficial",
            "國務院服務",
            "國務院服务",
            "国務院服務",
            "一碼通",
            "ỵịṃạ",
            "y1ma",
            "yi-ma",
            "公·安",
            "医\u{2800}院",
            "医\u{34f}院",
            "医\u{17b4}院",
            "医\u{e0041}院",
            "Library Ελλάδα",
            &"长".repeat(41),
        ] {
            assert!(ClientName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn r40_names_that_look_alike_share_a_skeleton() {
        let of = |text: &str| ClientName::parse(text).unwrap().skeleton();
        assert_eq!(of("Hospital 10"), of("hospita1 lo"));
        assert_eq!(of("Morning"), of("rnorning"));
        assert_eq!(of("泉城一院"), of("泉城ー院"));
        assert_ne!(of("泉城医院"), of("泉城中医院"));
    }
}
