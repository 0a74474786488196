//! Why something could not be printed or read, as sentences that say what to do.
//! It does not hold what was to be printed: that may be personal.

use std::fmt;
use std::path::PathBuf;

/// Why a symbol or a page could not be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PrintError {
    /// A code has digits alone.
    NotDigits,
    /// The text does not fit the symbol's version and level.
    TooLong,
    /// The picture asked for would be larger than 8192 pixels.
    TooBig,
    /// No Chinese font was found in the usual places.
    NoFont(&'static str),
    /// The font at this path can't be read or is no OpenType font.
    BadFont(PathBuf),
    /// The font has no picture of this character.
    NoGlyph(char),
    /// The photo is no PNG or JPEG, or is too large.
    BadPhoto(ReadError),
    /// A sheet holds 1 to 24 codes.
    BadCount(usize),
    /// The page could not be written; the text is the library's.
    NotWritten(String),
}

impl fmt::Display for PrintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotDigits => f.write_str("a code has the digits 0 to 9 alone"),
            Self::TooLong => f.write_str("the text does not fit this symbol"),
            Self::TooBig => f.write_str("a picture has at most 8192 pixels a side"),
            Self::NoFont(kind) => write!(
                f,
                "no Chinese {kind} font on this machine: install one (Debian and Ubuntu: apt-get install \
                 fonts-noto-cjk; Fedora: dnf install google-noto-sans-cjk-fonts google-noto-serif-cjk-fonts), \
                 or give the path of one"
            ),
            Self::BadFont(path) => write!(f, "{} is not a font that can be used", path.display()),
            Self::NoGlyph(letter) => {
                write!(f, "the font has no character U+{:04X}: give the path of one that has it", *letter as u32)
            }
            Self::BadPhoto(why) => write!(f, "the photo can't be used: {why}"),
            Self::BadCount(count) => write!(f, "a sheet holds 1 to 24 codes, not {count}"),
            Self::NotWritten(said) => write!(f, "failed to write the page: {said}"),
        }
    }
}

impl std::error::Error for PrintError {}

/// Why no code was read out of a picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadError {
    /// More than 16 MiB, or more than 8192 pixels a side.
    TooBig,
    /// Neither PNG nor JPEG, or damaged.
    NotAnImage,
    /// No QR symbol was found, or it is too damaged to read.
    NoSymbol,
    /// There is a QR symbol, and it holds something else than digits.
    NotDigits,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooBig => "the picture is larger than 16 MiB or 8192 pixels a side",
            Self::NotAnImage => "this is no PNG or JPEG picture",
            Self::NoSymbol => "no code was found in the picture",
            Self::NotDigits => "the picture holds a QR code, but not one of digits",
        })
    }
}

impl std::error::Error for ReadError {}
