//! A sheet of up to 24 codes that can't be linked to each other, to be cut off one by one.
//! It does not know whose they are: no name stands on it.

use super::canvas::{Align, Canvas, DEMO, EDGE, Hand, INK, INK_2, INK_3, Style, plate};
use super::{Month, PAGE_WIDTH, Says, field, page};
use crate::{Fonts, PrintError, Symbol, SymbolKind};

/// Codes on a sheet.
pub const SHEET_CODES_MAX: usize = 24;

const COLUMNS: usize = 4;
/// Millimetres a module.
const MODULE: f32 = 0.6;
const LEFT: f32 = 11.0;
const TOP: f32 = 46.0;
const CELL_WIDTH: f32 = 47.0;
const CELL_HEIGHT: f32 = 39.6;

/// One code of a sheet.
#[derive(Clone, Debug)]
pub struct SheetCode {
    /// The digits of its T2 code.
    pub digits: String,
    /// Its own number, by which it is stopped.
    pub number: String,
}

/// What stands on a sheet.
#[derive(Clone, Debug)]
pub struct CodeSheet {
    /// 1 to 24 codes.
    pub codes: Vec<SheetCode>,
    /// The last month in which they are valid.
    pub expires: Month,
    /// An age band or a benefit that each code tells; `None` when they tell nothing of their holder.
    pub says: Option<Says>,
    /// Who issued them.
    pub office_zh: String,
    /// The same in English.
    pub office_en: String,
    /// Where to report them lost, such as 12345.
    pub phone_line: String,
    /// Marks the sheet as invented.
    pub demo: bool,
}

/// The sheet's page, A4.
///
/// # Errors
/// See [`PrintError`].
pub fn sheet_pdf(fonts: &Fonts, sheet: &CodeSheet) -> Result<Vec<u8>, PrintError> {
    let count = sheet.codes.len();
    if !(1..=SHEET_CODES_MAX).contains(&count) {
        return Err(PrintError::BadCount(count));
    }
    let symbols: Result<Vec<_>, _> = sheet.codes.iter().map(|code| Symbol::new(SymbolKind::T2, &code.digits)).collect();
    let symbols = symbols?;
    page(fonts, "一码纸质码 Yima paper codes", |canvas| {
        head(canvas, sheet)?;
        for (i, (code, symbol)) in sheet.codes.iter().zip(&symbols).enumerate() {
            cell(canvas, i, code, symbol, sheet)?;
        }
        cut_lines(canvas, count);
        foot(canvas, sheet)
    })
}

fn head(canvas: &mut Canvas<'_, '_>, sheet: &CodeSheet) -> Result<(), PrintError> {
    let right = PAGE_WIDTH - LEFT;
    canvas.mark(LEFT, 12.0, 12.0);
    let title = format!("一码 · {} 张纸质码", sheet.codes.len());
    canvas.line_of(LEFT + 15.0, 19.6, Align::Left, Style(Hand::Song, 22.0, INK), &title)?;
    let english = format!("Yima: {} paper codes", sheet.codes.len());
    canvas.line_of(LEFT + 15.2, 24.8, Align::Left, Style(Hand::Regular, 10.0, INK_3), &english)?;
    canvas.fitted(right, 18.0, 66.0, Align::Right, Style(Hand::Regular, 10.0, INK_2), &field(&sheet.office_zh))?;
    canvas.fitted(right, 22.4, 66.0, Align::Right, Style(Hand::Regular, 7.5, INK_3), &field(&sheet.office_en))?;
    if sheet.demo {
        canvas.demo(right, 28.0, 8.0, DEMO)?;
    }
    let [zh, en] = sheet.says.as_ref().map_or_else(Default::default, |says| {
        [format!("每张都写着：{}。", field(&says.zh)), format!(" Each says: {}.", field(&says.en))]
    });
    let width = right - LEFT;
    let text = format!("每次剪一张用。换着用，别人看不出是同一个人。{zh}");
    canvas.fitted(LEFT, 35.4, width, Align::Left, Style(Hand::Bold, 15.0, INK), &text)?;
    let text = format!("Cut one off each time. Used in turn, nobody can tell that they belong to one person.{en}");
    canvas.fitted(LEFT, 40.6, width, Align::Left, Style(Hand::Regular, 9.0, INK_3), &text)
}

fn cell(
    canvas: &mut Canvas<'_, '_>,
    i: usize,
    code: &SheetCode,
    symbol: &Symbol,
    sheet: &CodeSheet,
) -> Result<(), PrintError> {
    let x = LEFT + (i % COLUMNS) as f32 * CELL_WIDTH;
    let y = TOP + (i / COLUMNS) as f32 * CELL_HEIGHT;
    let side = plate(MODULE, symbol);
    canvas.symbol(x + (CELL_WIDTH - side) / 2.0, y + 0.8, MODULE, symbol);
    let inner = CELL_WIDTH - 8.0;
    let base = y + side + 3.4;
    canvas.fitted(x + 4.0, base, inner * 0.5, Align::Left, Style(Hand::Bold, 7.5, INK), &field(&code.number))?;
    let valid = format!("有效至 {}", sheet.expires.figures());
    canvas.fitted(x + 4.0 + inner, base, inner * 0.5, Align::Right, Style(Hand::Regular, 7.5, INK_2), &valid)?;
    // Codes are cut off: what one says stands on each.
    let Some(says) = &sheet.says else { return Ok(()) };
    let (middle, both) = (x + CELL_WIDTH / 2.0, format!("{} {}", field(&says.zh), field(&says.en)));
    canvas.fitted(middle, base + 3.3, inner, Align::Centre, Style(Hand::Bold, 7.5, INK), &both)
}

fn cut_lines(canvas: &mut Canvas<'_, '_>, count: usize) {
    let rows = count.div_ceil(COLUMNS);
    let (right, bottom) = (LEFT + COLUMNS as f32 * CELL_WIDTH, TOP + rows as f32 * CELL_HEIGHT);
    let dash = [1.2, 1.2];
    for column in 0..=COLUMNS {
        let x = LEFT + column as f32 * CELL_WIDTH;
        canvas.line([x, TOP], [x, bottom], EDGE, 0.15, &dash);
    }
    for row in 0..=rows {
        let y = TOP + row as f32 * CELL_HEIGHT;
        canvas.line([LEFT, y], [right, y], EDGE, 0.15, &dash);
    }
}

fn foot(canvas: &mut Canvas<'_, '_>, sheet: &CodeSheet) -> Result<(), PrintError> {
    let line = field(&sheet.phone_line);
    let width = PAGE_WIDTH - 2.0 * LEFT;
    let text = format!("丢了，打 {line} 或去任何一个服务窗口，报任何一张的编号，整张停用。");
    canvas.fitted(LEFT, 289.0, width * 0.62, Align::Left, Style(Hand::Regular, 10.5, INK), &text)?;
    let text = format!("Lost? Call {line} with any number here: all stop.");
    canvas.fitted(LEFT + width, 289.0, width * 0.36, Align::Right, Style(Hand::Regular, 8.5, INK_3), &text)
}
