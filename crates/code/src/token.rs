//! The four forms of a code: from digits or bytes to fields, and back to the one spelling that each has.
//! It checks shape alone; keys, clocks and lists are the business of `check`.

mod paper;
mod signed;
mod tiny;

pub use paper::{T2, T2_INDEX_END, T2_MONTHS_MAX, T2Fields};
pub use signed::{HolderPart, IssuerFields, IssuerPart, T1};
pub use tiny::{STEP_S, T0, t0_key};

use crate::digits;
use crate::reason::Reason;
use std::fmt;
use yima_keys::Suite;

/// The forms, by their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Form {
    /// Offline, holder-bound.
    T1 = 1,
    /// A T1 that answers a challenge.
    T1c = 2,
    /// Online, tiny.
    T0 = 3,
    /// Paper.
    T2 = 4,
}

impl Form {
    /// Every form, in the order of their numbers.
    pub const ALL: [Form; 4] = [Form::T1, Form::T1c, Form::T0, Form::T2];

    /// The form digit, 1 to 4.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The form of that number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Form> {
        match number {
            1 => Some(Form::T1),
            2 => Some(Form::T1c),
            3 => Some(Form::T0),
            4 => Some(Form::T2),
            _ => None,
        }
    }

    /// `T1`, `T1c`, `T0` or `T2`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Form::T1 => "T1",
            Form::T1c => "T1c",
            Form::T0 => "T0",
            Form::T2 => "T2",
        }
    }

    /// The form of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Form> {
        Form::ALL.into_iter().find(|form| form.as_str() == name)
    }

    /// Payload bytes.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Form::T1 => 197,
            Form::T1c => 205,
            Form::T0 => 25,
            Form::T2 => 79,
        }
    }

    /// Digits in all, the form digit included.
    #[must_use]
    pub const fn digits(self) -> usize {
        1 + digits::digits_for(self.bytes())
    }

    /// The payload's byte 0.
    #[must_use]
    pub const fn byte_0(self) -> u8 {
        0x10 | self.number()
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Text that is not a code of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// No code at all.
    Malformed(Defect),
    /// A form of another version.
    UnknownForm,
    /// A suite of another version.
    UnknownSuite,
}

impl Unreadable {
    /// The reason that a checker gives.
    #[must_use]
    pub const fn reason(self) -> Reason {
        match self {
            Unreadable::Malformed(_) => Reason::Malformed,
            Unreadable::UnknownForm => Reason::UnknownForm,
            Unreadable::UnknownSuite => Reason::UnknownSuite,
        }
    }
}

/// What is wrong with the shape; for logs and `inspect`, never for a stranger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// Not ASCII digits, not the form's count, or a number of 256^n and more.
    Digits,
    /// Not the form's count of bytes.
    Length,
    /// Byte 0 is not the form's.
    Byte0,
    /// A suite is 0 where one is needed, or stands where none belongs.
    Suites,
    /// A reserved flag bit is set, or two flavours are.
    Flags,
    /// The holder's key has no prefix of its suite.
    HolderKey,
    /// The time is not a multiple of 5 s.
    Time,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unreadable::UnknownForm => "the form digit belongs to no known form",
            Unreadable::UnknownSuite => "byte 1 names an unknown suite",
            Unreadable::Malformed(Defect::Digits) => "not the digits of a code",
            Unreadable::Malformed(Defect::Length) => "not as many bytes as the form has",
            Unreadable::Malformed(Defect::Byte0) => "byte 0 does not match the form",
            Unreadable::Malformed(Defect::Suites) => "a suite is missing, or one too many",
            Unreadable::Malformed(Defect::Flags) => "a reserved flag or two flavours are set",
            Unreadable::Malformed(Defect::HolderKey) => "the holder's key has a wrong prefix",
            Unreadable::Malformed(Defect::Time) => "the time is not a multiple of 5 seconds",
        })
    }
}
impl std::error::Error for Unreadable {}

/// A code that somebody shows: well-formed, and nothing more is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presented {
    /// Offline, holder-bound.
    T1(T1),
    /// A T1 that answers a challenge.
    T1c(T1),
    /// Online, tiny.
    T0(T0),
    /// Paper.
    T2(T2),
}

/// Texts of an unknown form have so many digits: fewer is a bar code or a typed number, more is no QR of ours.
const UNKNOWN_FORM_DIGITS: std::ops::RangeInclusive<usize> = 40..=1000;
/// The form digit of a challenge, which is scanned by holders and never presented.
pub(crate) const CHALLENGE_DIGIT: u8 = b'5';

impl Presented {
    /// Reads the digits of a code: exact count, ASCII 0-9 only, no trimming.
    ///
    /// # Errors
    /// [`Unreadable`], the first rule of shape that does not hold.
    pub fn from_digits(text: &str) -> Result<Presented, Unreadable> {
        const NO_DIGITS: Unreadable = Unreadable::Malformed(Defect::Digits);
        let (first, rest) = text.as_bytes().split_first().ok_or(NO_DIGITS)?;
        let Some(form) = Form::from_number(first.wrapping_sub(b'0')) else {
            return Err(unknown_form(*first, rest));
        };
        let mut payload = [0; digits::PAYLOAD_BYTES_MAX];
        let payload = &mut payload[..form.bytes()];
        digits::decode(rest, payload).ok_or(NO_DIGITS)?;
        Presented::from_form_bytes(form, payload)
    }

    /// Reads a code's bytes; byte 0 says the form.
    ///
    /// # Errors
    /// [`Unreadable`], the first rule of shape that does not hold.
    pub fn from_bytes(bytes: &[u8]) -> Result<Presented, Unreadable> {
        let byte_0 = *bytes.first().ok_or(Unreadable::Malformed(Defect::Length))?;
        if byte_0 & 0xf0 != 0x10 {
            return Err(Unreadable::Malformed(Defect::Byte0));
        }
        let form = Form::from_number(byte_0 & 0x0f).ok_or(Unreadable::UnknownForm)?;
        Presented::from_form_bytes(form, bytes)
    }

    fn from_form_bytes(form: Form, bytes: &[u8]) -> Result<Presented, Unreadable> {
        if bytes.len() != form.bytes() {
            return Err(Unreadable::Malformed(Defect::Length));
        }
        if bytes[0] != form.byte_0() {
            return Err(Unreadable::Malformed(Defect::Byte0));
        }
        match form {
            Form::T1 => T1::read(bytes).map(Presented::T1),
            Form::T1c => T1::read(bytes).map(Presented::T1c),
            Form::T0 => Ok(Presented::T0(T0::read(bytes))),
            Form::T2 => T2::read(bytes).map(Presented::T2),
        }
    }

    /// The code's form.
    #[must_use]
    pub fn form(&self) -> Form {
        match self {
            Presented::T1(_) => Form::T1,
            Presented::T1c(_) => Form::T1c,
            Presented::T0(_) => Form::T0,
            Presented::T2(_) => Form::T2,
        }
    }

    /// The code's bytes: 197, 205, 25 or 79.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Presented::T1(token) | Presented::T1c(token) => token.to_bytes(),
            Presented::T0(token) => token.to_bytes(),
            Presented::T2(token) => token.to_bytes(),
        }
    }

    /// The code's digits, for a QR symbol in numeric mode.
    #[must_use]
    pub fn to_digits(&self) -> String {
        let form = self.form();
        let mut digits = String::with_capacity(form.digits());
        digits.push(char::from(b'0' + form.number()));
        digits.push_str(&digits::encode(&self.to_bytes()));
        digits
    }
}

fn unknown_form(first: u8, rest: &[u8]) -> Unreadable {
    let in_range = UNKNOWN_FORM_DIGITS.contains(&(rest.len() + 1));
    // The length first: nobody makes a checker walk through a long text.
    let all_digits = in_range && first.is_ascii_digit() && rest.iter().all(u8::is_ascii_digit);
    if all_digits && first != CHALLENGE_DIGIT { Unreadable::UnknownForm } else { Unreadable::Malformed(Defect::Digits) }
}

/// A nibble of byte 1: `None` for 0, no suite.
fn suite_nibble(nibble: u8) -> Result<Option<Suite>, Unreadable> {
    match nibble {
        0 => Ok(None),
        number => Suite::from_number(number).map(Some).ok_or(Unreadable::UnknownSuite),
    }
}

/// A field of fixed size out of bytes whose length was checked.
fn field<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut field = [0; N];
    field.copy_from_slice(&bytes[at..at + N]);
    field
}
