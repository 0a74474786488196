//! Codes as pictures and on paper: QR symbols to PNG, SVG and terminal, QR symbols out of pictures, and the PDFs.
//! It does not know what the digits mean, whose they are, or what day it is.

mod closer;
mod error;
mod font;
mod logo;
mod outline;
mod paper;
mod photo;
mod picture;
mod read;
mod symbol;

pub use error::{PrintError, ReadError};
pub use font::{FontPaths, Fonts};
pub use logo::{LOGO_BYTES_MAX, LOGO_SIDE, logo_png};
pub use paper::{
    CodeSheet, Month, PaperCard, PlacePoster, SEALED_CODES_MAX, SHEET_CODES_MAX, STATEMENT_LINES_MAX, Says,
    SealedCodes, SheetCode, Statement, StatementLine, StatementSection, card_pdf, poster_pdf, sealed_codes_pdf,
    sheet_pdf, statement_pdf,
};
pub use read::{IMAGE_BYTES_MAX, IMAGE_SIDE_MAX, read_digits, read_text};
pub use symbol::{QUIET_ZONE, Symbol, SymbolKind};
