//! The unified social credit code of a legal person or organisation (统一社会信用代码, GB 32100-2015): 18 characters, the
//! last of which checks the others. It does not know whether such an organisation exists.

use std::fmt;

/// 30 letters and figures; I, O, S, V and Z are left out (GB 32100-2015 section 4).
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Powers of 3 modulo 31 (GB 32100-2015 appendix A).
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const LEN: usize = 18;

/// A code whose check character is right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(String);

/// Why a text is no such code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditCodeError {
    /// Not 18 characters.
    Length,
    /// A character that the alphabet lacks, or a letter where the region's figures stand.
    Character,
    /// The last character does not fit the others.
    Check,
}

impl fmt::Display for CreditCodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "a credit code has 18 characters",
            Self::Character => {
                "a credit code has figures and letters without I, O, S, V and Z; the third to eighth are figures"
            }
            Self::Check => "the last character does not fit: one of the others is mistyped",
        })
    }
}

impl std::error::Error for CreditCodeError {}

impl CreditCode {
    /// Reads a code; spaces and hyphens between groups and small letters are taken.
    ///
    /// # Errors
    /// [`CreditCodeError`] names the first rule that does not hold.
    pub fn parse(text: &str) -> Result<Self, CreditCodeError> {
        let code: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).map(|c| c.to_ascii_uppercase()).collect();
        if code.chars().count() != LEN {
            return Err(CreditCodeError::Length);
        }
        let values: Option<Vec<usize>> =
            code.bytes().map(|b| ALPHABET.iter().position(|letter| *letter == b)).collect();
        let values = values.filter(|v| v[2..8].iter().all(|value| *value < 10)).ok_or(CreditCodeError::Character)?;
        let sum: usize = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
        if (31 - sum % 31) % 31 == values[LEN - 1] { Ok(Self(code)) } else { Err(CreditCodeError::Check) }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where it was registered, GB/T 2260.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.0[2..8]
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_what_is_none() {
        use CreditCodeError::{Character, Check, Length};
        for (text, expected) in [
            ("91110000600037341L", Ok(())),
            ("9111 0000 6000 3734 1l", Ok(())),
            ("91110000600037341M", Err(Check)),
            ("91110000600037314L", Err(Check)),
            ("9111000060003734", Err(Length)),
            ("91110000600037341LL", Err(Length)),
            ("", Err(Length)),
            ("9111A000600037341L", Err(Character)),
            ("91110000600O37341L", Err(Character)),
            ("９1110000600037341L", Err(Character)),
        ] {
            assert_eq!(CreditCode::parse(text).map(drop), expected, "{text}");
        }
        assert_eq!(CreditCode::parse("91110000600037341L").map(|c| c.region().to_owned()), Ok("110000".to_owned()));
    }

    /// Whatever single character is mistyped, and whichever two neighbours change places, it is seen.
    #[test]
    fn a_slip_is_seen() {
        let right = "91110000600037341L";
        for at in 8..LEN {
            for letter in ALPHABET {
                let mut slip = right.as_bytes().to_vec();
                slip[at] = *letter;
                let slip = String::from_utf8(slip).expect("ASCII");
                assert_eq!(CreditCode::parse(&slip).is_ok(), slip == right, "{slip}");
            }
        }
        for at in 8..LEN - 1 {
            let mut slip = right.as_bytes().to_vec();
            slip.swap(at, at + 1);
            let slip = String::from_utf8(slip).expect("ASCII");
            assert_eq!(CreditCode::parse(&slip).is_ok(), slip == right, "{slip}");
        }
    }
}
