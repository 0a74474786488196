//! A sheet of one-time sign-in codes for whoever has no phone: folded so that the codes lie inside, face to face, and only the
//! cover is seen. Large type, two languages. It does not know whose it is: no name stands on it.

use super::canvas::{Align, Canvas, DEMO, EDGE, Hand, INK, INK_2, INK_3, LINE, SEAL, Style};
use super::{Month, PAGE_HEIGHT, PAGE_WIDTH, field, page};
use crate::{Fonts, PrintError};

/// Codes on a sheet at most.
pub const SEALED_CODES_MAX: usize = 10;

const LEFT: f32 = 18.0;
const WIDTH: f32 = PAGE_WIDTH - 2.0 * LEFT;
/// The page is folded twice, in three equal parts.
const FOLD: f32 = PAGE_HEIGHT / 3.0;
const ROWS: usize = 5;
const ROW: f32 = 14.0;

/// What stands on the sheet.
#[derive(Clone, Debug)]
pub struct SealedCodes {
    /// 1 to 10 codes, as they are typed.
    pub codes: Vec<String>,
    /// The last month in which they sign in.
    pub expires: Month,
    /// Where they are typed, such as `yima.example/account/sign-in/sheet`.
    pub address: String,
    /// Who issued them.
    pub office_zh: String,
    /// The same in English.
    pub office_en: String,
    /// Where to report it lost, such as 12345.
    pub phone_line: String,
    /// Marks it as invented.
    pub demo: bool,
}

/// The sheet's page, A4.
///
/// # Errors
/// See [`PrintError`]; [`PrintError::BadCount`] for none or more than [`SEALED_CODES_MAX`] codes.
pub fn sealed_codes_pdf(fonts: &Fonts, sheet: &SealedCodes) -> Result<Vec<u8>, PrintError> {
    if !(1..=SEALED_CODES_MAX).contains(&sheet.codes.len()) {
        return Err(PrintError::BadCount(sheet.codes.len()));
    }
    page(fonts, "一码登录码纸 Yima sign-in codes", |canvas| {
        cover(canvas, sheet)?;
        fold(canvas, FOLD, "向后折 Fold back")?;
        codes(canvas, sheet)?;
        fold(canvas, 2.0 * FOLD, "先向上折，再封边 Fold up first, then seal the edges")?;
        how_to(canvas, sheet)
    })
}

fn cover(canvas: &mut Canvas<'_, '_>, sheet: &SealedCodes) -> Result<(), PrintError> {
    let right = LEFT + WIDTH;
    canvas.mark(LEFT, 16.0, 14.0);
    canvas.line_of(LEFT + 18.0, 24.4, Align::Left, Style(Hand::Song, 26.0, INK), "一码登录码纸")?;
    canvas.line_of(LEFT + 18.2, 30.4, Align::Left, Style(Hand::Regular, 12.0, INK_3), "Yima sign-in codes")?;
    canvas.fitted(right, 24.0, 60.0, Align::Right, Style(Hand::Regular, 12.0, INK_2), &field(&sheet.office_zh))?;
    canvas.fitted(right, 29.6, 60.0, Align::Right, Style(Hand::Regular, 9.0, INK_3), &field(&sheet.office_en))?;
    if sheet.demo {
        canvas.demo(right, 38.5, 9.0, DEMO)?;
    }
    canvas.frame([LEFT, 46.0, WIDTH, 38.0], 2.0, SEAL, 0.5, &[]);
    let middle = PAGE_WIDTH / 2.0;
    canvas.line_of(middle, 61.0, Align::Centre, Style(Hand::Bold, 26.0, SEAL), "密封：只由本人拆开")?;
    let style = Style(Hand::Regular, 13.0, INK_2);
    canvas.line_of(middle, 69.0, Align::Centre, style, "Sealed: opened by its holder alone")?;
    let text = "封口破了就不要收，当场请窗口停用，再办一张。 Broken seal? Don't take it; have it ended at the counter.";
    canvas.fitted(middle, 78.0, WIDTH - 8.0, Align::Centre, Style(Hand::Regular, 10.5, INK), text)
}

fn fold(canvas: &mut Canvas<'_, '_>, y: f32, words: &str) -> Result<(), PrintError> {
    canvas.line([0.0, y], [PAGE_WIDTH, y], EDGE, 0.2, &[1.2, 1.2]);
    canvas.line_of(PAGE_WIDTH - 6.0, y - 1.2, Align::Right, Style(Hand::Regular, 7.5, INK_3), words)
}

fn codes(canvas: &mut Canvas<'_, '_>, sheet: &SealedCodes) -> Result<(), PrintError> {
    let title = Style(Hand::Bold, 15.0, INK);
    canvas.line_of(LEFT, FOLD + 12.0, Align::Left, title, "每个码只能用一次，用过就划掉")?;
    let english = "Each code works once; cross it out afterwards";
    canvas.fitted(LEFT, FOLD + 18.0, WIDTH, Align::Left, Style(Hand::Regular, 10.0, INK_3), english)?;
    let half = WIDTH / 2.0;
    for (i, code) in sheet.codes.iter().enumerate() {
        let (column, row) = (i / ROWS, i % ROWS);
        let x = LEFT + column as f32 * (half + 2.0);
        let y = FOLD + 31.0 + row as f32 * ROW;
        canvas.line_of(x + 7.0, y, Align::Right, Style(Hand::Regular, 12.0, INK_3), &format!("{}", i + 1))?;
        canvas.fitted(x + 11.0, y, half - 14.0, Align::Left, Style(Hand::Bold, 26.0, INK), &field(code))?;
        canvas.line([x, y + 3.6], [x + half - 3.0, y + 3.6], LINE, 0.2, &[]);
    }
    Ok(())
}

fn how_to(canvas: &mut Canvas<'_, '_>, sheet: &SealedCodes) -> Result<(), PrintError> {
    let (zh, en) = (Style(Hand::Regular, 14.0, INK), Style(Hand::Regular, 9.5, INK_3));
    let (line, address) = (field(&sheet.phone_line), field(&sheet.address));
    let mut y = 2.0 * FOLD + 14.0;
    let until = (sheet.expires.chinese(), sheet.expires.figures());
    let table = [
        (
            format!("在任何电脑上打开 {address}，填身份证号（或登录名）和一个码。"),
            format!("On any computer open {address}; type your ID number (or sign-in name) and one code."),
        ),
        (
            "码和身份证分开放。不要告诉任何人，工作人员也不会问你要。".to_owned(),
            "Keep it apart from your ID card. Tell nobody; no officer asks for a code.".to_owned(),
        ),
        (
            format!("丢了：打 {line}，或去任何一个服务窗口，整张当场停用。在网页上也能自己停用。"),
            format!("Lost? Call {line} or go to any counter: the whole sheet ends at once. You can end it online too."),
        ),
        (
            format!("能用到 {}底；再办一张，这张就停用。", until.0),
            format!("Valid to the end of {}; a new sheet ends this one.", until.1),
        ),
    ];
    for (chinese, english) in table {
        let next = canvas.paragraph(LEFT, y, WIDTH, 6.2, zh, &chinese)?;
        y = canvas.paragraph(LEFT, next - 0.8, WIDTH, 4.4, en, &english)? + 3.4;
    }
    Ok(())
}
