//! What is personal and must never be printed: ID numbers, names and telephone numbers, parsed at the edge.
//! It does not know storage; `expose` is the only way out, and the memory is wiped on drop.
//!
//! ```
//! let name = yima_keys::person::PersonName::parse("王明华").unwrap();
//! assert_eq!(name.masked(), "*明华");
//! assert_eq!(format!("{name:?}"), "PersonName(…)");
//! ```
//! ```
//! let name = yima_keys::person::PersonName::parse("王明华").unwrap();
//! assert_eq!(name.masked(), "*明华");
//! assert_eq!(format!("{name:?}"), "PersonName(…)");
//! ```
//! ```compile_fail
//! let id = yima_keys::person::IdNumber::parse("11010519491231002X").unwrap();
//! println!("{id}"); // no Display
//! ```
//! ```compile_fail
//! let name = yima_keys::person::PersonName::parse("王明华").unwrap();
//! let text: String = name.to_string();
//! ```
//! ```compile_fail
//! let phone = yima_keys::person::Phone::parse("13800138000").unwrap();
//! let copy = phone == phone.clone(); // neither compared by accident, nor copied
//! ```

use std::fmt;
use zeroize::Zeroizing;

/// Longest name, in characters: the longest that GA/T registers hold, with room.
pub const NAME_CHARS_MAX: usize = 50;

/// A citizen's identity number (GB 11643-1999): 18 characters whose region, date and check digit hold.
pub struct IdNumber(Zeroizing<[u8; 18]>);

/// Why a text is no ID number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IdNumberError {
    /// Not 18 characters.
    Length,
    /// Something else than digits, or than X at the end.
    Character,
    /// The first two digits name no province (GB/T 2260).
    Region,
    /// The birth date is no day of the calendar from 1850 on.
    Date,
    /// The check digit does not fit (ISO 7064 MOD 11-2).
    CheckDigit,
}

/// A day of birth in the civil calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct BirthDate {
    /// 1850 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl IdNumber {
    /// Parses 18 characters; a small x and space around it are taken too.
    ///
    /// # Errors
    /// The first rule that fails, in the order of [`IdNumberError`].
    pub fn parse(text: &str) -> Result<Self, IdNumberError> {
        let text = text.trim().as_bytes();
        let mut number = Zeroizing::new(<[u8; 18]>::try_from(text).map_err(|_| IdNumberError::Length)?);
        number[17].make_ascii_uppercase();
        if !number[..17].iter().all(u8::is_ascii_digit) || !matches!(number[17], b'0'..=b'9' | b'X') {
            return Err(IdNumberError::Character);
        }
        if !is_province(digits(&number[..2])) {
            return Err(IdNumberError::Region);
        }
        let number = Self(number);
        if !is_day(number.birth()) {
            return Err(IdNumberError::Date);
        }
        if number.0[17] != check_digit(&number.0) {
            return Err(IdNumberError::CheckDigit);
        }
        Ok(number)
    }

    /// The day of birth.
    #[must_use]
    pub fn birth(&self) -> BirthDate {
        BirthDate {
            year: digits(&self.0[6..10]) as u16,
            month: digits(&self.0[10..12]) as u8,
            day: digits(&self.0[12..14]) as u8,
        }
    }

    /// The six digits of the region at registration (GB/T 2260), as a number.
    #[must_use]
    pub fn region(&self) -> u32 {
        digits(&self.0[..6])
    }

    /// The 18 characters: for the deed that needs them, never for a log.
    #[must_use]
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&*self.0).expect("parse let ASCII in alone")
    }

    /// `370***********002X`: for the resident's own page and the counter.
    #[must_use]
    pub fn masked(&self) -> String {
        let text = self.expose();
        format!("{}***********{}", &text[..3], &text[14..])
    }
}

/// A person's name: 1 to 50 letters, with inner spaces, dots and hyphens.
pub struct PersonName(Zeroizing<String>);

/// Why a text is no name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PersonNameError {
    /// Nothing, or nothing but space.
    Empty,
    /// More than 50 characters.
    TooLong,
    /// A digit, a control character or a symbol; the dots and hyphens of names are taken.
    Character,
}

impl PersonName {
    /// Parses a name; space around it is dropped, and the several middle dots in use become `·`.
    ///
    /// # Errors
    /// The first rule that fails, in the order of [`PersonNameError`].
    pub fn parse(text: &str) -> Result<Self, PersonNameError> {
        let text = text.trim();
        let mut name = Zeroizing::new(String::with_capacity(text.len()));
        let mut length = 0;
        for letter in text.chars() {
            let letter = if is_middle_dot(letter) { '·' } else { letter };
            length += 1;
            if length > NAME_CHARS_MAX {
                return Err(PersonNameError::TooLong);
            }
            if is_filler(letter)
                || !(letter.is_alphabetic() || is_mark(letter) || matches!(letter, '·' | ' ' | '-' | '\'' | '.' | '〇'))
            {
                return Err(PersonNameError::Character);
            }
            name.push(letter);
        }
        match name.chars().any(char::is_alphabetic) {
            true => Ok(Self(name)),
            false if length == 0 => Err(PersonNameError::Empty),
            false => Err(PersonNameError::Character),
        }
    }

    /// The name itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The name as searches compare it: NFKC, small letters, without the spaces and middle dots that registers write as they please.
    #[cfg(feature = "custody")]
    #[must_use]
    pub fn folded(&self) -> Zeroizing<String> {
        use unicode_normalization::UnicodeNormalization as _;
        let letters = self.0.nfkc().filter(|letter| !letter.is_whitespace() && !is_middle_dot(*letter));
        let mut folded = Zeroizing::new(String::with_capacity(self.0.len() * 4));
        folded.extend(letters.flat_map(char::to_lowercase));
        folded
    }

    /// `*明华`: the first character hidden, or in a name of several parts the first part.
    #[must_use]
    pub fn masked(&self) -> String {
        let parted = self.0.char_indices().find(|(_, letter)| matches!(letter, ' ' | '·'));
        let rest = match parted {
            Some((at, _)) => &self.0[at..],
            None => self.0.char_indices().nth(1).map_or("", |(at, _)| &self.0[at..]),
        };
        format!("*{rest}")
    }
}

/// A mobile number of mainland China: 11 digits from 13 to 19.
pub struct Phone(Zeroizing<[u8; 11]>);

/// Why a text is no mobile number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PhoneError {
    /// Not 11 digits, after 86 or +86, spaces and hyphens are dropped.
    Length,
    /// Something else than digits, spaces and hyphens.
    Character,
    /// Not in the ranges 13 to 19.
    Range,
}

impl Phone {
    /// Parses `13800138000`, `138-0013-8000` or `+86 138 0013 8000`.
    ///
    /// # Errors
    /// See [`PhoneError`].
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let text = text.trim();
        let text = text.strip_prefix("+86").or_else(|| text.strip_prefix("0086")).unwrap_or(text);
        let mut number = Zeroizing::new([0u8; 13]);
        let mut length = 0;
        for octet in text.bytes().filter(|octet| !matches!(octet, b' ' | b'-')) {
            if !octet.is_ascii_digit() {
                return Err(PhoneError::Character);
            }
            *number.get_mut(length).ok_or(PhoneError::Length)? = octet;
            length += 1;
        }
        let digits = if length == 13 && number.starts_with(b"86") { &number[2..] } else { &number[..length] };
        let phone = Zeroizing::new(<[u8; 11]>::try_from(digits).map_err(|_| PhoneError::Length)?);
        match (phone[0], phone[1]) {
            (b'1', b'3'..=b'9') => Ok(Self(phone)),
            _ => Err(PhoneError::Range),
        }
    }

    /// The 11 digits.
    #[must_use]
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&*self.0).expect("parse let digits in alone")
    }

    /// `138****8000`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}****{}", &self.expose()[..3], &self.expose()[7..])
    }
}

/// Longest number of an office's own card, in characters: the longest in use (a social security card's chip id) and room.
pub const OFFICE_CARD_CHARS_MAX: usize = 64;

/// The number of a card that an office gave out itself: 1 to 64 printable characters that only the office understands.
pub struct OfficeCard(Zeroizing<String>);

/// Why a text is no office's card number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OfficeCardError {
    /// Nothing, or nothing but space.
    Empty,
    /// More than 64 characters.
    TooLong,
    /// A control character, or one that is not seen.
    Character,
    /// A citizen's identity number, which is no card's.
    IdNumber,
}

impl OfficeCard {
    /// Parses a card number; space around it is dropped, what is inside is the office's own affair.
    ///
    /// # Errors
    /// The first rule that fails, in the order of [`OfficeCardError`].
    pub fn parse(text: &str) -> Result<Self, OfficeCardError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(OfficeCardError::Empty);
        }
        if text.chars().count() > OFFICE_CARD_CHARS_MAX {
            return Err(OfficeCardError::TooLong);
        }
        if !text.chars().all(|c| c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric()) {
            return Err(OfficeCardError::Character);
        }
        if IdNumber::parse(text).is_ok() {
            return Err(OfficeCardError::IdNumber);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The number itself: for the office that gave it out, and for the resident.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// `…0317`: the last four characters, or fewer of a short number; never all of it.
    #[must_use]
    pub fn masked(&self) -> String {
        let length = self.0.chars().count();
        let shown = (length / 2).min(4);
        format!("…{}", self.0.chars().skip(length - shown).collect::<String>())
    }
}

macro_rules! never_printed {
    ($($kind:ident: $error:ident { $($case:ident => $words:literal,)+ })+) => {$(
        impl fmt::Debug for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($kind), "(…)"))
            }
        }

        impl fmt::Display for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$case => $words,)+ })
            }
        }

        impl std::error::Error for $error {}
    )+};
}

never_printed! {
    IdNumber: IdNumberError {
        Length => "an ID number has 18 characters",
        Character => "an ID number has digits, and X at the end alone",
        Region => "the first two digits name no province",
        Date => "digits 7 to 14 are no date",
        CheckDigit => "the check digit does not fit",
    }
    PersonName: PersonNameError {
        Empty => "the name is empty",
        TooLong => "the name has more than 50 characters",
        Character => "the name has a character that no name has",
    }
    Phone: PhoneError {
        Length => "a mobile number has 11 digits",
        Character => "a mobile number has digits alone",
        Range => "a mobile number begins with 13 to 19",
    }
    OfficeCard: OfficeCardError {
        Empty => "the card number is empty",
        TooLong => "the card number has more than 64 characters",
        Character => "the card number has a character that can't be seen",
        IdNumber => "this is an identity number, not a card's",
    }
}

fn digits(text: &[u8]) -> u32 {
    text.iter().fold(0, |sum, octet| sum * 10 + u32::from(octet - b'0'))
}

/// ISO 7064 MOD 11-2 over the first 17 digits.
fn check_digit(number: &[u8; 18]) -> u8 {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = number.iter().zip(WEIGHTS).map(|(octet, weight)| u32::from(octet - b'0') * weight).sum();
    b"10X98765432"[(sum % 11) as usize]
}

/// GB/T 2260's provinces, and 81 to 83 for Hong Kong, Macao and Taiwan residence permits.
fn is_province(two: u32) -> bool {
    matches!(two, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 91)
}

fn is_day(date: BirthDate) -> bool {
    let leap = date.year.is_multiple_of(4) && (!date.year.is_multiple_of(100) || date.year.is_multiple_of(400));
    let days = match date.month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    date.year >= 1850 && (1..=days).contains(&date.day)
}

fn is_middle_dot(letter: char) -> bool {
    matches!(letter, '·' | '•' | '・' | '．' | '‧' | '∙' | '⋅' | '᛫')
}

/// Combining marks of names in other scripts.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{34e}' | '\u{350}'..='\u{36f}')
}

/// Letters of Hangul of which nothing is seen.
fn is_filler(letter: char) -> bool {
    matches!(letter, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text, and what parsing it gives.
    type Row<'a, T, E> = (&'a str, Result<T, E>);

    #[test]
    fn id_numbers() {
        use IdNumberError::{Character, CheckDigit, Date, Length, Region};
        let table: &[Row<(u32, [u16; 3]), IdNumberError>] = &[
            ("11010519491231002X", Ok((110105, [1949, 12, 31]))), // GB 11643-1999 annex A
            ("440524188001010014", Ok((440524, [1880, 1, 1]))),   // the same
            (" 11010519491231002x\n", Ok((110105, [1949, 12, 31]))),
            ("370102200002290012", Ok((370102, [2000, 2, 29]))), // 2000 was a leap year
            ("", Err(Length)),
            ("11010519491231002", Err(Length)),
            ("11010519491231002XX", Err(Length)),
            ("1101051949123100２", Err(Length)), // a full-width digit is three octets
            ("1101051949123100 X", Err(Character)),
            ("X1010519491231002X", Err(Character)),
            ("11010519491231002Y", Err(Character)),
            ("+1010519491231002X", Err(Character)),
            ("00010519491231002X", Err(Region)),
            ("99010519491231002X", Err(Region)),
            ("11010518491231002X", Err(Date)),
            ("11010519491331002X", Err(Date)),
            ("11010519490031002X", Err(Date)),
            ("11010519490230002X", Err(Date)),
            ("11010519000229002X", Err(Date)), // 1900 was no leap year
            ("110105194912310029", Err(CheckDigit)),
            ("11010519491230002X", Err(CheckDigit)),
        ];
        for (text, wanted) in table {
            let got = IdNumber::parse(text).map(|id| {
                let birth = id.birth();
                (id.region(), [birth.year, birth.month.into(), birth.day.into()])
            });
            assert_eq!(&got, wanted, "{text}");
        }
    }

    #[test]
    fn one_check_digit_fits() {
        for prefix in ["37010220000229001", "37028219991130123", "65010020001231999"] {
            let fitting = "0123456789X".chars().filter(|c| IdNumber::parse(&format!("{prefix}{c}")).is_ok());
            assert_eq!(fitting.count(), 1, "{prefix}");
        }
    }

    #[test]
    fn names() {
        use PersonNameError::{Character, Empty, TooLong};
        let long = "王".repeat(51);
        let table: &[Row<(&str, &str), PersonNameError>] = &[
            ("王明华", Ok(("王明华", "*明华"))),
            (" 王芳 ", Ok(("王芳", "*芳"))),
            ("欧阳娜娜", Ok(("欧阳娜娜", "*阳娜娜"))),
            ("买买提•吐尔逊", Ok(("买买提·吐尔逊", "*·吐尔逊"))),
            ("Anna-Maria O'Neill", Ok(("Anna-Maria O'Neill", "* O'Neill"))),
            ("𠮷野", Ok(("𠮷野", "*野"))),
            ("李", Ok(("李", "*"))),
            ("", Err(Empty)),
            ("  ", Err(Empty)),
            ("·", Err(Character)),
            ("王1", Err(Character)),
            ("王\u{0}明", Err(Character)),
            ("王\u{3164}明", Err(Character)),
            ("王\u{34f}明", Err(Character)),
            ("王\u{202e}明", Err(Character)),
            ("<b>", Err(Character)),
            ("王\n明", Err(Character)),
            (&long, Err(TooLong)),
        ];
        for (text, wanted) in table {
            let got = PersonName::parse(text);
            let got = got.as_ref().map(|name| (name.expose().to_owned(), name.masked()));
            let wanted = wanted.as_ref().map(|(name, masked)| (name.to_string(), masked.to_string()));
            assert_eq!(got, wanted, "{text}");
        }
    }

    #[cfg(feature = "custody")]
    #[test]
    fn names_are_folded_for_searches() {
        let alike: &[&[&str]] = &[
            &["买买提·吐尔逊", "买买提•吐尔逊", "买买提 吐尔逊", "买买提吐尔逊"],
            &["Anna Maria", "ANNA MARIA", "Ａｎｎａ Ｍａｒｉａ", "annamaria"],
            &["José", "Jose\u{301}"],
            &["王明华", "王 明华"],
            &["\u{f914}", "\u{6a02}"], // a compatibility ideograph and its own
        ];
        let folded = |text: &&str| PersonName::parse(text).unwrap().folded().to_string();
        let classes: Vec<_> = alike.iter().map(|class| class.iter().map(folded).collect::<Vec<_>>()).collect();
        for (number, class) in classes.iter().enumerate() {
            assert!(class.iter().all(|one| *one == class[0]), "{class:?}");
            assert!(classes[number + 1..].iter().all(|other| other[0] != class[0]));
        }
    }

    #[test]
    fn phones() {
        use PhoneError::{Character, Length, Range};
        let table: &[Row<(&str, &str), PhoneError>] = &[
            ("13800138000", Ok(("13800138000", "138****8000"))),
            ("+86 138-0013-8000", Ok(("13800138000", "138****8000"))),
            ("8613800138000", Ok(("13800138000", "138****8000"))),
            ("", Err(Length)),
            ("1380013800", Err(Length)),
            ("138001380001", Err(Length)),
            ("99999999999999999999", Err(Length)),
            ("12800138000", Err(Range)),
            ("03800138000", Err(Range)),
            ("1380013800O", Err(Character)),
            ("１3800138000", Err(Character)),
        ];
        for (text, wanted) in table {
            let got = Phone::parse(text).map(|phone| (phone.expose().to_owned(), phone.masked()));
            assert_eq!(got, wanted.map(|(phone, masked)| (phone.to_owned(), masked.to_owned())), "{text}");
        }
    }

    #[test]
    fn office_cards() {
        use OfficeCardError::{Character, Empty, IdNumber, TooLong};
        let long = "7".repeat(65);
        let longest = "馆".repeat(64);
        let table: &[Row<(&str, &str), OfficeCardError>] = &[
            ("L0042-317", Ok(("L0042-317", "…-317"))),
            (" 鲁图 0317 ", Ok(("鲁图 0317", "…317"))),
            ("7", Ok(("7", "…"))),
            ("42", Ok(("42", "…2"))),
            (&longest, Ok((&longest, "…馆馆馆馆"))),
            ("", Err(Empty)),
            (" \t", Err(Empty)),
            (&long, Err(TooLong)),
            ("12\n34", Err(Character)),
            ("12\u{202e}34", Err(Character)),
            ("12\u{200b}34", Err(Character)),
            ("12\u{a0}34", Err(Character)),
            ("11010519491231002x", Err(IdNumber)),
        ];
        for (text, wanted) in table {
            let got = OfficeCard::parse(text);
            let got = got.as_ref().map(|card| (card.expose().to_owned(), card.masked()));
            let wanted = wanted.as_ref().map(|(card, masked)| (card.to_string(), masked.to_string()));
            assert_eq!(got, wanted, "{text}");
        }
    }

    #[test]
    fn debug_tells_the_kind_alone() {
        let id = IdNumber::parse("11010519491231002X").unwrap();
        let name = PersonName::parse("王明华").unwrap();
        let phone = Phone::parse("13800138000").unwrap();
        let printed = format!("{id:?} {name:?} {phone:#?}");
        assert_eq!(printed, "IdNumber(…) PersonName(…) Phone(…)");
        assert_eq!(id.masked(), "110***********002X");
    }
}
