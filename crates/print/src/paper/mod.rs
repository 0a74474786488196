//! The papers that Yima prints: a card, a sheet of codes, a poster for a place, a statement of what is kept.
//! It does not know the day, nor who may print: it lays out what it is given.

mod canvas;
mod card;
mod poster;
mod sealed_codes;
mod sheet;
mod statement;

pub use card::{PaperCard, card_pdf};
pub use poster::{PlacePoster, poster_pdf};
pub use sealed_codes::{SEALED_CODES_MAX, SealedCodes, sealed_codes_pdf};
pub use sheet::{CodeSheet, SHEET_CODES_MAX, SheetCode, sheet_pdf};
pub use statement::{STATEMENT_LINES_MAX, Statement, StatementLine, StatementSection, statement_pdf};

use crate::{Fonts, PrintError};
use canvas::Canvas;
use krilla::Document;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;

/// A4 in millimetres.
const PAGE_WIDTH: f32 = 210.0;
const PAGE_HEIGHT: f32 = 297.0;
/// Longest text that a page takes in one field, in characters.
const FIELD_CHARS_MAX: usize = 200;

/// A month of the civil calendar: what a card is valid to the end of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Month {
    /// Year, such as 2027.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
}

/// What a code tells of its holder, in words for whoever holds the paper and for whoever checks it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Says {
    /// Such as 学生优待.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl Month {
    fn chinese(self) -> String {
        format!("{}年{}月", self.year, self.month)
    }

    fn figures(self) -> String {
        format!("{}-{:02}", self.year, self.month)
    }
}

/// One A4 page, drawn by `draw`.
fn page(
    fonts: &Fonts,
    title: &str,
    draw: impl FnOnce(&mut Canvas<'_, '_>) -> Result<(), PrintError>,
) -> Result<Vec<u8>, PrintError> {
    let faces = fonts.load()?;
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(title.to_owned()).language("zh-CN".to_owned()));
    let size = (PAGE_WIDTH * canvas::MM, PAGE_HEIGHT * canvas::MM);
    let settings = PageSettings::from_wh(size.0, size.1).expect("A4 has a positive size");
    let mut page = document.start_page_with(settings);
    let mut canvas = Canvas::new(page.surface(), &faces);
    let drawn = draw(&mut canvas);
    canvas.finish();
    page.finish();
    drawn?;
    document.finish().map_err(|error| PrintError::NotWritten(format!("{error:?}")))
}

/// Bounds a field and drops what can't be printed in one line.
fn field(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(FIELD_CHARS_MAX).collect()
}
