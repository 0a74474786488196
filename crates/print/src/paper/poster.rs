//! A place code's poster: what happens here, the code to scan, and what the place will see.
//! It does not know scenarios: their words are given.

use super::canvas::{Align, BLUE, Canvas, DEMO, Hand, INK, INK_2, INK_3, LINE, PAPER, Style};
use super::{PAGE_HEIGHT, PAGE_WIDTH, field, page};
use crate::{Fonts, PrintError, QUIET_ZONE, Symbol};

const MARGIN: f32 = 20.0;
/// The side of the code with its quiet zone, in millimetres: read from two metres.
const CODE_SIDE: f32 = 108.0;

/// What stands on a poster.
#[derive(Clone, Debug)]
pub struct PlacePoster {
    /// What happens here, such as 图书馆入馆.
    pub scenario_zh: String,
    /// The same in English.
    pub scenario_en: String,
    /// Where this is.
    pub place_zh: String,
    /// The same in English.
    pub place_en: String,
    /// The site's number, to be typed where it can't be scanned.
    pub site: u32,
    /// What the code holds: digits, or an address.
    pub code_text: String,
    /// What the place will see; empty if that is not to be printed.
    pub sees_zh: String,
    /// The same in English.
    pub sees_en: String,
    /// Who is responsible.
    pub office_zh: String,
    /// The same in English.
    pub office_en: String,
    /// Marks the poster as invented.
    pub demo: bool,
}

/// The poster's page, A4.
///
/// # Errors
/// See [`PrintError`].
pub fn poster_pdf(fonts: &Fonts, poster: &PlacePoster) -> Result<Vec<u8>, PrintError> {
    let symbol = Symbol::text(&poster.code_text)?;
    page(fonts, "一码场所码 Yima place code", |canvas| {
        canvas.rect(0.0, 0.0, PAGE_WIDTH, PAGE_HEIGHT, PAPER);
        canvas.fret(MARGIN, 12.0, PAGE_WIDTH - 2.0 * MARGIN, 5.0);
        head(canvas, poster)?;
        code(canvas, &symbol)?;
        foot(canvas, poster)?;
        canvas.fret(MARGIN, PAGE_HEIGHT - 14.6, PAGE_WIDTH - 2.0 * MARGIN, 5.0);
        Ok(())
    })
}

fn head(canvas: &mut Canvas<'_, '_>, poster: &PlacePoster) -> Result<(), PrintError> {
    let (middle, width) = (PAGE_WIDTH / 2.0, PAGE_WIDTH - 2.0 * MARGIN);
    canvas.mark(MARGIN, 23.0, 13.0);
    canvas.line_of(MARGIN + 16.0, 31.6, Align::Left, Style(Hand::Song, 24.0, INK), "一码")?;
    canvas.line_of(MARGIN + 34.0, 31.6, Align::Left, Style(Hand::Regular, 13.0, INK_3), "Yima")?;
    if poster.demo {
        canvas.demo(PAGE_WIDTH - MARGIN, 31.4, 10.0, DEMO)?;
    }
    canvas.fitted(middle, 63.0, width, Align::Centre, Style(Hand::Song, 54.0, INK), &field(&poster.scenario_zh))?;
    canvas.fitted(
        middle,
        74.5,
        width,
        Align::Centre,
        Style(Hand::Regular, 18.0, INK_3),
        &field(&poster.scenario_en),
    )?;
    canvas.fitted(middle, 89.0, width, Align::Centre, Style(Hand::Bold, 22.0, INK), &field(&poster.place_zh))?;
    canvas.fitted(middle, 96.5, width, Align::Centre, Style(Hand::Regular, 13.0, INK_3), &field(&poster.place_en))
}

/// The code on its white plate, with the words that say what to do.
fn code(canvas: &mut Canvas<'_, '_>, symbol: &Symbol) -> Result<(), PrintError> {
    let middle = PAGE_WIDTH / 2.0;
    let module = CODE_SIDE / (symbol.size() + 2 * QUIET_ZONE) as f32;
    let (x, y) = (middle - CODE_SIDE / 2.0, 104.0);
    canvas.symbol(x, y, module, symbol);
    canvas.frame([x, y, CODE_SIDE, CODE_SIDE], 2.0, LINE, 0.3, &[]);
    canvas.line_of(middle, 227.0, Align::Centre, Style(Hand::Song, 34.0, BLUE), "打开一码，扫一扫")?;
    canvas.line_of(middle, 236.0, Align::Centre, Style(Hand::Regular, 16.0, INK_2), "Open Yima and scan")
}

fn foot(canvas: &mut Canvas<'_, '_>, poster: &PlacePoster) -> Result<(), PrintError> {
    let (left, right) = (MARGIN, PAGE_WIDTH - MARGIN);
    let width = right - left;
    if !poster.sees_zh.is_empty() {
        let zh = format!("这里看到的：{}", field(&poster.sees_zh));
        canvas.fitted(left, 250.0, width, Align::Left, Style(Hand::Bold, 14.0, INK), &zh)?;
        let en = format!("What this place sees: {}", field(&poster.sees_en));
        canvas.fitted(left, 255.6, width, Align::Left, Style(Hand::Regular, 10.0, INK_3), &en)?;
    }
    canvas.line([left, 260.5], [right, 260.5], LINE, 0.3, &[]);
    canvas.line_of(left, 266.5, Align::Left, Style(Hand::Regular, 10.0, INK_3), "场所编号 Site number")?;
    let number = Style(Hand::Bold, 22.0, INK);
    canvas.line_of(left, 275.6, Align::Left, number, &grouped(poster.site))?;
    canvas.fitted(right, 270.4, 100.0, Align::Right, Style(Hand::Regular, 12.0, INK_2), &field(&poster.office_zh))?;
    canvas.fitted(right, 275.6, 100.0, Align::Right, Style(Hand::Regular, 9.0, INK_3), &field(&poster.office_en))
}

/// Four figures at a time from the right: `3701 0007`.
fn grouped(site: u32) -> String {
    let figures = site.to_string();
    let count = figures.len();
    let spaced = figures.chars().enumerate().flat_map(|(i, figure)| {
        let gap = i > 0 && (count - i).is_multiple_of(4);
        gap.then_some(' ').into_iter().chain([figure])
    });
    spaced.collect()
}
