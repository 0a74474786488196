//! A paper card of ID-1 size with a T2 code, to be cut out and folded, on a page that says how, in large type.
//! It does not know whether the card is valid.

use super::canvas::{Align, BLUE, Canvas, DEMO, EDGE, Hand, INK, INK_2, INK_3, LINE, PAPER, SEAL, Style, plate};
use super::{Month, PAGE_WIDTH, Says, field, page};
use crate::{Fonts, PrintError, Symbol, SymbolKind, photo};

/// ID-1 (ISO/IEC 7810): a bank card.
const CARD_WIDTH: f32 = 85.6;
const CARD_HEIGHT: f32 = 53.98;
const CARD_RADIUS: f32 = 3.18;
/// Millimetres a module: 0.5 is the least that old cameras read; the card has room for more.
const MODULE: f32 = 0.68;
/// Where the card stands on the page: two sides next to each other, folded between.
const CARD_LEFT: f32 = (PAGE_WIDTH - 2.0 * CARD_WIDTH) / 2.0;
const CARD_TOP: f32 = 60.0;

/// What stands on a card.
#[derive(Clone, Debug)]
pub struct PaperCard {
    /// The holder's name, in full: whoever checks compares it.
    pub name: String,
    /// The card's number, said on the telephone when it is lost.
    pub number: String,
    /// The digits of the T2 code.
    pub digits: String,
    /// The last month in which it is valid.
    pub expires: Month,
    /// An age band or a benefit that the code tells; `None` when it tells nothing of its holder.
    pub says: Option<Says>,
    /// A portrait as PNG or JPEG of up to 16 MiB; it is made small and encoded anew.
    pub photo: Option<Vec<u8>>,
    /// Who issued it.
    pub office_zh: String,
    /// The same in English.
    pub office_en: String,
    /// Where to report it lost, such as 12345.
    pub phone_line: String,
    /// Marks the card as invented.
    pub demo: bool,
}

/// The card's page, A4.
///
/// # Errors
/// See [`PrintError`]; among them a character of the name that the font does not have.
pub fn card_pdf(fonts: &Fonts, card: &PaperCard) -> Result<Vec<u8>, PrintError> {
    let symbol = Symbol::new(SymbolKind::T2, &card.digits)?;
    let portrait = card.photo.as_deref().map(photo::portrait).transpose()?;
    page(fonts, "一码纸质卡 Yima paper card", |canvas| {
        head(canvas, card)?;
        canvas.rect(0.0, CARD_TOP - 13.0, PAGE_WIDTH, CARD_HEIGHT + 26.0, PAPER);
        cut_marks(canvas)?;
        front(canvas, card, &symbol, portrait)?;
        back(canvas, card)?;
        how_to(canvas, card)
    })
}

fn head(canvas: &mut Canvas<'_, '_>, card: &PaperCard) -> Result<(), PrintError> {
    canvas.mark(CARD_LEFT, 16.0, 14.0);
    canvas.line_of(CARD_LEFT + 18.0, 24.4, Align::Left, Style(Hand::Song, 26.0, INK), "一码纸质卡")?;
    canvas.line_of(CARD_LEFT + 18.2, 30.4, Align::Left, Style(Hand::Regular, 12.0, INK_3), "Yima paper card")?;
    let right = PAGE_WIDTH - CARD_LEFT;
    canvas.fitted(right, 24.0, 80.0, Align::Right, Style(Hand::Regular, 12.0, INK_2), &field(&card.office_zh))?;
    canvas.fitted(right, 29.6, 80.0, Align::Right, Style(Hand::Regular, 9.0, INK_3), &field(&card.office_en))?;
    if card.demo {
        canvas.demo(right, 38.5, 9.0, DEMO)?;
    }
    Ok(())
}

/// Short lines outside of the corners, and the fold between the two sides.
fn cut_marks(canvas: &mut Canvas<'_, '_>) -> Result<(), PrintError> {
    let (left, right) = (CARD_LEFT, CARD_LEFT + 2.0 * CARD_WIDTH);
    let (top, bottom) = (CARD_TOP, CARD_TOP + CARD_HEIGHT);
    canvas.rect(left, top, 2.0 * CARD_WIDTH, CARD_HEIGHT, super::canvas::WHITE);
    for (x, way) in [(left, -1.0), (right, 1.0)] {
        for (y, down) in [(top, -1.0), (bottom, 1.0)] {
            canvas.line([x + way * 1.5, y], [x + way * 7.5, y], EDGE, 0.2, &[]);
            canvas.line([x, y + down * 1.5], [x, y + down * 7.5], EDGE, 0.2, &[]);
        }
    }
    let middle = CARD_LEFT + CARD_WIDTH;
    canvas.line([middle, top - 3.0], [middle, bottom + 3.0], EDGE, 0.2, &[1.2, 1.0]);
    let style = Style(Hand::Regular, 8.5, INK_3);
    canvas.line_of(middle, top - 5.0, Align::Centre, style, "对折 Fold")?;
    canvas.frame([left, top, 2.0 * CARD_WIDTH, CARD_HEIGHT], CARD_RADIUS, LINE, 0.15, &[]);
    Ok(())
}

fn front(
    canvas: &mut Canvas<'_, '_>,
    card: &PaperCard,
    symbol: &Symbol,
    portrait: Option<Vec<u8>>,
) -> Result<(), PrintError> {
    let (x, y) = (CARD_LEFT, CARD_TOP);
    canvas.mark(x + 4.0, y + 3.6, 6.6);
    canvas.line_of(x + 12.4, y + 8.6, Align::Left, Style(Hand::Song, 13.0, INK), "一码")?;
    canvas.line_of(x + 23.0, y + 8.6, Align::Left, Style(Hand::Regular, 8.0, INK_3), "Yima")?;
    if card.demo {
        canvas.demo(x + 45.4, y + 8.4, 5.6, "演示数据")?;
    }
    canvas.fitted(x + 4.0, y + 19.4, 41.0, Align::Left, Style(Hand::Song, 21.0, INK), &field(&card.name))?;
    let (facts, width) = match portrait {
        Some(jpeg) => {
            canvas.photo([x + 4.0, y + 23.4, 19.8, 26.4], 1.2, jpeg)?;
            (x + 26.2, 19.0)
        }
        None => (x + 4.0, 41.0),
    };
    let label = |canvas: &mut Canvas<'_, '_>, y: f32, zh: &str, en: &str| {
        canvas.line_of(facts, y, Align::Left, Style(Hand::Regular, 7.0, INK_2), zh)?;
        let after = canvas.width(Style(Hand::Regular, 7.0, INK_2), zh)? + 1.0;
        canvas.line_of(facts + after, y, Align::Left, Style(Hand::Regular, 5.6, INK_3), en)
    };
    let value = Style(Hand::Bold, 12.0, INK);
    let [until, numbered] = match &card.says {
        Some(says) => {
            canvas.fitted(facts, y + 27.0, width, Align::Left, Style(Hand::Bold, 15.0, INK), &field(&says.zh))?;
            canvas.fitted(facts, y + 30.6, width, Align::Left, Style(Hand::Regular, 8.0, INK_3), &field(&says.en))?;
            [35.2, 44.4]
        }
        None => [28.2, 41.2],
    };
    let below = if card.says.is_some() { 4.5 } else { 5.0 };
    label(canvas, y + until, "有效期至", "Valid to")?;
    canvas.fitted(facts, y + until + below, width, Align::Left, value, &card.expires.chinese())?;
    label(canvas, y + numbered, "卡号", "Card no.")?;
    canvas.fitted(facts, y + numbered + below, width, Align::Left, value, &field(&card.number))?;
    let side = plate(MODULE, symbol);
    let left = x + CARD_WIDTH - side - 2.4;
    canvas.symbol(left, y + 4.0, MODULE, symbol);
    let middle = left + side / 2.0;
    canvas.line_of(middle, y + 44.6, Align::Centre, Style(Hand::Bold, 9.0, BLUE), "这面对着机器")?;
    canvas.line_of(middle, y + 48.6, Align::Centre, Style(Hand::Regular, 7.0, INK_3), "Show this side")
}

fn back(canvas: &mut Canvas<'_, '_>, card: &PaperCard) -> Result<(), PrintError> {
    let (x, y) = (CARD_LEFT + CARD_WIDTH + 5.0, CARD_TOP);
    let width = CARD_WIDTH - 10.0;
    canvas.line_of(x, y + 9.2, Align::Left, Style(Hand::Song, 14.0, INK), "丢了怎么办")?;
    canvas.line_of(x + 29.0, y + 9.2, Align::Left, Style(Hand::Regular, 8.0, INK_3), "If you lose it")?;
    let line = field(&card.phone_line);
    let text = format!("打 {line}，或去任何一个服务窗口，报卡号。当场停用，再给你一张新的。");
    let next = canvas.paragraph(x, y + 15.2, width, 4.6, Style(Hand::Regular, 9.5, INK), &text)?;
    let text =
        format!("Call {line} or go to any counter with the card number. It stops at once, and you get a new one.");
    let next = canvas.paragraph(x, next, width, 3.2, Style(Hand::Regular, 7.0, INK_3), &text)?;
    canvas.line([x, next - 0.6], [x + width, next - 0.6], LINE, 0.2, &[]);
    let text = match &card.says {
        Some(says) => {
            let says = field(&says.zh);
            format!("码里写着“{says}”，没有身份证号，也没有姓名。谁扫过，到窗口或在一码里都能看到。")
        }
        None => "码里没有身份证号，也没有姓名。谁扫过，到窗口或在一码里都能看到。".to_owned(),
    };
    let next = canvas.paragraph(x, next + 4.2, width, 3.9, Style(Hand::Regular, 8.0, INK_2), &text)?;
    let compare = if card.photo.is_some() { "name and the photo" } else { "name" };
    let holds = card.says.as_ref().map_or_else(
        || "holds no ID number and no name".to_owned(),
        |says| format!("says \"{}\", and holds no ID number and no name", field(&says.en)),
    );
    let text = format!("The code {holds}. You can see who scanned it. Staff: compare the {compare}.");
    canvas.paragraph(x, next - 0.3, width, 2.7, Style(Hand::Regular, 6.0, INK_3), &text)?;
    let bottom = y + CARD_HEIGHT - 3.6;
    canvas.fitted(x, bottom, 50.0, Align::Left, Style(Hand::Regular, 6.0, INK_3), &field(&card.office_zh))?;
    canvas.line_of(x + width, bottom, Align::Right, Style(Hand::Bold, 11.0, BLUE), &line)
}

/// The lower half of the page: three steps and what to know, at 18 points and up.
fn how_to(canvas: &mut Canvas<'_, '_>, card: &PaperCard) -> Result<(), PrintError> {
    let (x, width) = (CARD_LEFT, 2.0 * CARD_WIDTH);
    let look = match card.photo {
        Some(_) => ("工作人员会看一眼名字和照片，是不是你。", "Staff compare the name and the photo with you."),
        None => ("工作人员可能会问一声你的名字。", "Staff may ask for your name."),
    };
    let mut steps = vec![
        ("沿四角的线剪下来，从中间对折，粘好。", "Cut along the corner lines, fold in the middle, glue."),
        ("用的时候，把有码的一面对着机器。", "Hold the side with the code towards the machine."),
        look,
    ];
    let told = card.says.as_ref().map(|says| {
        let [zh, en] = [&says.zh, &says.en].map(|text| field(text));
        (format!("机器看到：有效，{zh}。别的看不到。"), format!("What the machine learns: valid, {en}. Nothing else."))
    });
    if let Some((zh, en)) = &told {
        steps.push((zh, en));
    }
    // The page has room for four steps as well, closer together.
    let step = if told.is_some() { 18.0 } else { 21.5 };
    let mut y = CARD_TOP + CARD_HEIGHT + 31.0;
    for (i, (zh, en)) in steps.into_iter().enumerate() {
        canvas.numbered(x + 5.4, y, 5.4, &(i + 1).to_string())?;
        canvas.fitted(x + 16.0, y + 1.4, width - 16.0, Align::Left, Style(Hand::Bold, 21.0, INK), zh)?;
        canvas.fitted(x + 16.0, y + 8.4, width - 16.0, Align::Left, Style(Hand::Regular, 13.0, INK_3), en)?;
        y += step;
    }
    canvas.line([x, y - 3.0], [x + width, y - 3.0], LINE, 0.3, &[]);
    lost(canvas, card, y + 10.0)
}

/// What to do when the card is lost, with its number large enough to be read out on the telephone.
fn lost(canvas: &mut Canvas<'_, '_>, card: &PaperCard, y: f32) -> Result<(), PrintError> {
    let (x, right) = (CARD_LEFT, PAGE_WIDTH - CARD_LEFT);
    let line = field(&card.phone_line);
    canvas.line_of(x, y, Align::Left, Style(Hand::Song, 24.0, SEAL), "丢了，不要紧")?;
    let zh = format!("打 {line}，报卡号，这张马上停用，再领一张新的。");
    canvas.fitted(x, y + 12.0, right - x, Align::Left, Style(Hand::Regular, 20.0, INK), &zh)?;
    let en = format!("Lost it? Call {line} and give the card number: it stops at once, and you get a new one.");
    canvas.fitted(x, y + 19.0, right - x, Align::Left, Style(Hand::Regular, 13.0, INK_3), &en)?;
    let row = y + 42.0;
    canvas.line_of(x, row - 11.0, Align::Left, Style(Hand::Regular, 12.0, INK_3), "卡号 Card no.")?;
    canvas.fitted(x, row, 100.0, Align::Left, Style(Hand::Bold, 26.0, INK), &field(&card.number))?;
    canvas.line_of(right, row - 11.0, Align::Right, Style(Hand::Regular, 12.0, INK_3), "有效期至 Valid to")?;
    let expires = format!("{}  {}", card.expires.chinese(), card.expires.figures());
    canvas.line_of(right, row, Align::Right, Style(Hand::Bold, 20.0, INK), &expires)
}
