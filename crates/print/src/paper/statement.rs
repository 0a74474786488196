//! A statement of what is kept about somebody: titled sections of labelled lines, over as many pages as they need.
//! It does not know whose it is, nor what a line means.

use super::canvas::{Align, Canvas, DEMO, Hand, INK, INK_2, INK_3, LINE, Style};
use super::{PAGE_HEIGHT, PAGE_WIDTH, canvas};
use crate::font::Faces;
use crate::{Fonts, PrintError};
use krilla::Document;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;

const MARGIN: f32 = 18.0;
const WIDTH: f32 = PAGE_WIDTH - 2.0 * MARGIN;
/// Where a page's text begins and ends.
const TOP: f32 = 42.0;
const BOTTOM: f32 = PAGE_HEIGHT - 20.0;
/// Labels stand in a column of this width.
const LABEL: f32 = 44.0;
const LEADING: f32 = 4.8;
const HEADING: f32 = 11.0;
const BODY: Style = Style(Hand::Regular, 9.5, INK);
const LABELS: Style = Style(Hand::Regular, 9.0, INK_3);
/// Most lines in one statement: about 700 pages.
pub const STATEMENT_LINES_MAX: usize = 40_000;

/// One line: what it is, and what is kept.
#[derive(Clone, Debug)]
pub struct StatementLine {
    /// What it is.
    pub label: String,
    /// What is kept.
    pub text: String,
}

/// Lines that belong together.
#[derive(Clone, Debug)]
pub struct StatementSection {
    /// Title.
    pub title: String,
    /// In order; none is said so by `nothing` of the statement.
    pub lines: Vec<StatementLine>,
}

/// A whole statement, in one language.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Title of the first page and of the document.
    pub title: String,
    /// Small lines under it.
    pub intro: Vec<String>,
    /// In order.
    pub sections: Vec<StatementSection>,
    /// Stands under a section without lines.
    pub nothing: String,
    /// `zh-CN` or `en`, for whoever reads it aloud.
    pub language: &'static str,
    /// Marks it as invented.
    pub demo: bool,
}

/// What is put on paper, top to bottom.
enum Piece {
    Heading(String),
    Line(Vec<String>, Vec<String>),
    Small(String),
}

impl Piece {
    fn height(&self) -> f32 {
        match self {
            Self::Heading(_) => HEADING,
            Self::Line(label, text) => label.len().max(text.len()) as f32 * LEADING + 1.2,
            Self::Small(_) => LEADING,
        }
    }
}

/// The statement as a PDF.
///
/// # Errors
/// See [`PrintError`]; [`PrintError::BadCount`] for more lines than [`STATEMENT_LINES_MAX`].
pub fn statement_pdf(fonts: &Fonts, statement: &Statement) -> Result<Vec<u8>, PrintError> {
    let lines = statement.sections.iter().map(|section| section.lines.len()).sum();
    if lines > STATEMENT_LINES_MAX {
        return Err(PrintError::BadCount(lines));
    }
    let faces = fonts.load()?;
    let mut document = Document::new();
    let metadata = Metadata::new().title(statement.title.clone()).language(statement.language.to_owned());
    document.set_metadata(metadata);
    let settings = PageSettings::from_wh(PAGE_WIDTH * canvas::MM, PAGE_HEIGHT * canvas::MM);
    let settings = settings.expect("A4 has a positive size");
    let pages = paged(pieces(&faces, statement)?);
    let count = pages.len();
    for (i, pieces) in pages.iter().enumerate() {
        let mut page = document.start_page_with(settings.clone());
        let mut canvas = Canvas::new(page.surface(), &faces);
        let drawn = draw(&mut canvas, statement, pieces, (i + 1, count));
        canvas.finish();
        page.finish();
        drawn?;
    }
    document.finish().map_err(|error| PrintError::NotWritten(format!("{error:?}")))
}

fn pieces(faces: &Faces, statement: &Statement) -> Result<Vec<Piece>, PrintError> {
    let mut pieces = Vec::new();
    for intro in &statement.intro {
        let broken = canvas::broken(faces, LABELS, WIDTH, &printable(faces, intro))?;
        pieces.extend(broken.into_iter().map(Piece::Small));
    }
    for section in &statement.sections {
        pieces.push(Piece::Heading(printable(faces, &section.title)));
        if section.lines.is_empty() {
            pieces.push(Piece::Small(printable(faces, &statement.nothing)));
        }
        for line in &section.lines {
            let label = canvas::broken(faces, LABELS, LABEL - 3.0, &printable(faces, &line.label))?;
            let text = canvas::broken(faces, BODY, WIDTH - LABEL, &printable(faces, &line.text))?;
            pieces.push(Piece::Line(label, text));
        }
    }
    Ok(pieces)
}

/// Fills pages; a heading never stands alone at a page's end.
fn paged(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let mut pages = vec![Vec::new()];
    let mut y = TOP;
    let mut rest = pieces.into_iter().peekable();
    while let Some(piece) = rest.next() {
        let beside = match &piece {
            Piece::Heading(_) => rest.peek().map_or(0.0, Piece::height),
            _ => 0.0,
        };
        if y + piece.height() + beside > BOTTOM && y > TOP {
            pages.push(Vec::new());
            y = TOP;
        }
        y += piece.height();
        pages.last_mut().expect("there is always a page").push(piece);
    }
    pages
}

fn draw(
    canvas: &mut Canvas<'_, '_>,
    statement: &Statement,
    pieces: &[Piece],
    (page, of): (usize, usize),
) -> Result<(), PrintError> {
    let right = PAGE_WIDTH - MARGIN;
    canvas.mark(MARGIN, 13.0, 12.0);
    let title = Style(Hand::Song, 20.0, INK);
    canvas.fitted(MARGIN + 15.0, 21.6, WIDTH - 70.0, Align::Left, title, &statement.title)?;
    if statement.demo {
        canvas.demo(right, 20.0, 8.0, DEMO)?;
    }
    canvas.fret(MARGIN, 29.0, WIDTH, 5.0);
    let mut y = TOP;
    for piece in pieces {
        match piece {
            Piece::Heading(text) => {
                canvas.line_of(MARGIN, y + 6.0, Align::Left, Style(Hand::Bold, 12.0, INK), text)?;
                canvas.line([MARGIN, y + 8.0], [right, y + 8.0], LINE, 0.3, &[]);
            }
            Piece::Small(text) => canvas.line_of(MARGIN, y + 3.4, Align::Left, LABELS, text)?,
            Piece::Line(label, text) => {
                for (i, line) in label.iter().enumerate() {
                    canvas.line_of(MARGIN, y + 3.4 + i as f32 * LEADING, Align::Left, LABELS, line)?;
                }
                for (i, line) in text.iter().enumerate() {
                    canvas.line_of(MARGIN + LABEL, y + 3.4 + i as f32 * LEADING, Align::Left, BODY, line)?;
                }
            }
        }
        y += piece.height();
    }
    let foot = Style(Hand::Regular, 8.0, INK_2);
    canvas.line_of(right, PAGE_HEIGHT - 11.0, Align::Right, foot, &format!("{page} / {of}"))
}

/// What no face has is shown as 〓, as printers do: somebody's rare character must not stop the page.
fn printable(faces: &Faces, text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_whitespace() { ' ' } else { letter })
        .filter(|letter| !letter.is_control())
        .map(|letter| if faces.regular.width(letter.encode_utf8(&mut [0; 4])).is_ok() { letter } else { '〓' })
        .collect()
}
