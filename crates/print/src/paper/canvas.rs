//! Drawing in millimetres from the page's top left, with the product's few colours and three hands.
//! It does not know which page is drawn.

use crate::font::{Face, Faces};
use crate::outline::outlines;
use crate::{PrintError, QUIET_ZONE, Symbol};
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::TextDirection;

/// Points in a millimetre.
pub(super) const MM: f32 = 72.0 / 25.4;
/// Smallest type that a line is shrunk to before it is cut, in points.
const TYPE_MIN: f32 = 5.0;
/// A circle's quarter as a cubic curve.
const ROUND: f32 = 0.5523;

/// What is invented says so.
pub(super) const DEMO: &str = "演示数据 Demonstration";

/// A colour of the design's tokens.
#[derive(Clone, Copy)]
pub(super) struct Colour(u8, u8, u8);

pub(super) const INK: Colour = Colour(0x16, 0x20, 0x2c);
pub(super) const INK_2: Colour = Colour(0x43, 0x4e, 0x5c);
pub(super) const INK_3: Colour = Colour(0x5a, 0x64, 0x70);
pub(super) const EDGE: Colour = Colour(0x80, 0x86, 0x8e);
pub(super) const LINE: Colour = Colour(0xd9, 0xd4, 0xc8);
pub(super) const PAPER: Colour = Colour(0xf5, 0xf2, 0xeb);
pub(super) const BLUE: Colour = Colour(0x1a, 0x4a, 0x96);
pub(super) const SEAL: Colour = Colour(0xae, 0x2f, 0x1b);
pub(super) const OCHRE: Colour = Colour(0x7d, 0x4f, 0x08);
pub(super) const WHITE: Colour = Colour(255, 255, 255);
const BLACK: Colour = Colour(0, 0, 0);

/// Which face writes.
#[derive(Clone, Copy)]
pub(super) enum Hand {
    /// What is read.
    Regular,
    /// What is read first.
    Bold,
    /// Titles and people's names.
    Song,
}

/// Face, size in points, colour.
#[derive(Clone, Copy)]
pub(super) struct Style(pub(super) Hand, pub(super) f32, pub(super) Colour);

/// Where a line stands to its x.
#[derive(Clone, Copy)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
}

/// One page.
pub(super) struct Canvas<'page, 'faces> {
    surface: Surface<'page>,
    faces: &'faces Faces,
}

impl<'page, 'faces> Canvas<'page, 'faces> {
    pub(super) fn new(surface: Surface<'page>, faces: &'faces Faces) -> Self {
        Self { surface, faces }
    }

    pub(super) fn finish(self) {
        self.surface.finish();
    }

    /// One line; `y` is its baseline.
    pub(super) fn line_of(&mut self, x: f32, y: f32, align: Align, style: Style, text: &str) -> Result<(), PrintError> {
        let width = self.width(style, text)?;
        let left = match align {
            Align::Left => x,
            Align::Centre => x - width / 2.0,
            Align::Right => x - width,
        };
        let font = self.face(style.0).font.clone();
        self.fill(style.2);
        let start = Point::from_xy(left * MM, y * MM);
        self.surface.draw_text(start, font, style.1, text, false, TextDirection::LeftToRight);
        Ok(())
    }

    /// One line made small enough for `width`; what does not fit even so ends in an ellipsis.
    pub(super) fn fitted(
        &mut self,
        x: f32,
        y: f32,
        width: f32,
        align: Align,
        style: Style,
        text: &str,
    ) -> Result<(), PrintError> {
        let natural = self.width(style, text)?;
        let size = (style.1 * (width / natural.max(0.001)).min(1.0)).max(TYPE_MIN);
        let style = Style(style.0, size, style.2);
        let mut shown = text.to_owned();
        while self.width(style, &shown)? > width + 0.01 && shown.chars().count() > 1 {
            let kept: String = shown.trim_end_matches('…').chars().collect();
            let count = kept.chars().count().saturating_sub(1);
            shown = kept.chars().take(count).chain(['…']).collect();
        }
        self.line_of(x, y, align, style, &shown)
    }

    /// Lines broken to `width`; `y` is the first baseline, and the next free baseline comes back.
    pub(super) fn paragraph(
        &mut self,
        x: f32,
        y: f32,
        width: f32,
        leading: f32,
        style: Style,
        text: &str,
    ) -> Result<f32, PrintError> {
        let mut y = y;
        for line in broken(self.faces, style, width, text)? {
            self.line_of(x, y, Align::Left, style, &line)?;
            y += leading;
        }
        Ok(y)
    }

    /// The width of a line in millimetres.
    pub(super) fn width(&self, style: Style, text: &str) -> Result<f32, PrintError> {
        width(self.faces, style, text)
    }

    pub(super) fn rect(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        self.fill(colour);
        self.draw(rounded(x, y, width, height, 0.0));
    }

    /// A rounded frame; `dash` gives the lengths of strokes and gaps.
    pub(super) fn frame(&mut self, place: [f32; 4], radius: f32, colour: Colour, weight: f32, dash: &[f32]) {
        self.stroke(colour, weight, dash);
        self.draw(rounded(place[0], place[1], place[2], place[3], radius));
    }

    pub(super) fn line(&mut self, from: [f32; 2], to: [f32; 2], colour: Colour, weight: f32, dash: &[f32]) {
        self.stroke(colour, weight, dash);
        let mut path = PathBuilder::new();
        path.move_to(from[0] * MM, from[1] * MM);
        path.line_to(to[0] * MM, to[1] * MM);
        self.draw(path.finish());
    }

    /// A filled circle with a figure in it.
    pub(super) fn numbered(&mut self, x: f32, y: f32, radius: f32, figure: &str) -> Result<(), PrintError> {
        self.fill(BLUE);
        self.draw(rounded(x - radius, y - radius, 2.0 * radius, 2.0 * radius, radius));
        let size = radius * 3.4;
        self.line_of(x, y + size * 0.13, Align::Centre, Style(Hand::Bold, size, WHITE), figure)
    }

    /// A symbol in black on a white plate that includes the quiet zone; gives the plate's side.
    pub(super) fn symbol(&mut self, x: f32, y: f32, module: f32, symbol: &Symbol) -> f32 {
        let side = plate(module, symbol);
        self.rect(x, y, side, side, WHITE);
        let mut path = PathBuilder::new();
        let at = |(cx, cy): (usize, usize)| {
            let place = |corner: usize, origin: f32| (origin + (corner + QUIET_ZONE) as f32 * module) * MM;
            (place(cx, x), place(cy, y))
        };
        for corners in outlines(symbol) {
            for (i, corner) in corners.into_iter().enumerate() {
                let (px, py) = at(corner);
                if i == 0 { path.move_to(px, py) } else { path.line_to(px, py) }
            }
            path.close();
        }
        self.fill(BLACK);
        self.draw(path.finish());
        side
    }

    /// The product's mark: one stroke 一, and one eye of a code as the seal beneath it.
    pub(super) fn mark(&mut self, x: f32, y: f32, size: f32) {
        let unit = size / 48.0 * MM;
        self.surface.push_transform(&Transform::from_row(unit, 0.0, 0.0, unit, x * MM, y * MM));
        self.fill(INK);
        self.draw(stroke_of_mark());
        self.fill(SEAL);
        self.draw(seal_of_mark());
        self.surface.pop();
    }

    /// A row of 回纹, the border of a porcelain bowl.
    pub(super) fn fret(&mut self, x: f32, y: f32, width: f32, step: f32) {
        let count = (width / step).floor();
        let left = x + (width - count * step) / 2.0 + step * 0.1;
        self.stroke(BLUE, step * 0.07, &[]);
        let mut path = PathBuilder::new();
        for i in 0..count as usize {
            let (px, py, u) = ((left + i as f32 * step) * MM, y * MM, step / 14.0 * MM);
            push_square(&mut path, px, py, 8.0 * u, 7.0 * u);
            push_square(&mut path, px + 3.0 * u, py + 2.5 * u, 2.0 * u, 2.0 * u);
        }
        self.draw(path.finish());
    }

    /// A JPEG in a rounded frame.
    pub(super) fn photo(&mut self, place: [f32; 4], radius: f32, jpeg: Vec<u8>) -> Result<(), PrintError> {
        let image = Image::from_jpeg(jpeg.into(), true).map_err(PrintError::NotWritten)?;
        let [x, y, width, height] = place;
        let Some((clip, size)) = rounded(x, y, width, height, radius).zip(Size::from_wh(width * MM, height * MM))
        else {
            return Ok(());
        };
        self.surface.push_clip_path(&clip, &FillRule::NonZero);
        self.surface.push_transform(&Transform::from_translate(x * MM, y * MM));
        self.surface.draw_image(image, size);
        self.surface.pop();
        self.surface.pop();
        self.frame(place, radius, LINE, 0.2, &[]);
        Ok(())
    }

    /// The words for demonstration data in a dashed frame, its right end at `x`: on everything that is invented.
    pub(super) fn demo(&mut self, x: f32, y: f32, size: f32, text: &str) -> Result<(), PrintError> {
        let style = Style(Hand::Regular, size, OCHRE);
        let (width, high) = (self.width(style, text)?, size / MM);
        self.line_of(x - high * 0.5, y, Align::Right, style, text)?;
        let place = [x - width - high, y - high * 1.1, width + high, high * 1.6];
        self.frame(place, high * 0.3, OCHRE, 0.2, &[0.8, 0.6]);
        Ok(())
    }

    fn face(&self, hand: Hand) -> &'faces Face {
        face(self.faces, hand)
    }

    fn fill(&mut self, colour: Colour) {
        let paint = rgb::Color::new(colour.0, colour.1, colour.2).into();
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(Fill { paint, opacity: NormalizedF32::ONE, rule: FillRule::EvenOdd }));
    }

    fn stroke(&mut self, colour: Colour, weight: f32, dash: &[f32]) {
        let array: Vec<f32> = dash.iter().map(|length| length * MM).collect();
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke {
            paint: rgb::Color::new(colour.0, colour.1, colour.2).into(),
            width: weight * MM,
            dash: (!array.is_empty()).then_some(StrokeDash { array, offset: 0.0 }),
            ..Stroke::default()
        }));
    }

    fn draw(&mut self, path: Option<Path>) {
        if let Some(path) = path {
            self.surface.draw_path(&path);
        }
    }
}

const fn face(faces: &Faces, hand: Hand) -> &Face {
    match hand {
        Hand::Regular => &faces.regular,
        Hand::Bold => &faces.bold,
        Hand::Song => &faces.song,
    }
}

/// The width of a line in millimetres.
fn width(faces: &Faces, style: Style, text: &str) -> Result<f32, PrintError> {
    Ok(face(faces, style.0).width(text)? * style.1 / MM)
}

/// A text in lines of at most `most` millimetres; a word that is wider is broken where the line ends.
pub(super) fn broken(faces: &Faces, style: Style, most: f32, text: &str) -> Result<Vec<String>, PrintError> {
    let mut lines = vec![String::new()];
    for piece in pieces(text) {
        let line = lines.last_mut().expect("there is always a line");
        let longer = format!("{line}{piece}");
        if width(faces, style, longer.trim_end())? <= most {
            *line = longer;
            continue;
        }
        if !line.is_empty() {
            *line = line.trim_end().to_owned();
            lines.push(String::new());
        }
        for letter in piece.trim_start().chars() {
            let line = lines.last_mut().expect("there is always a line");
            line.push(letter);
            if line.chars().count() > 1 && width(faces, style, line.trim_end())? > most {
                line.pop();
                lines.push(letter.to_string());
            }
        }
    }
    Ok(lines)
}

/// The side of a symbol's plate in millimetres, quiet zone included.
pub(super) fn plate(module: f32, symbol: &Symbol) -> f32 {
    (symbol.size() + 2 * QUIET_ZONE) as f32 * module
}

/// Where a line may be broken: after each Chinese character and each Latin word, never before a closing mark.
fn pieces(text: &str) -> Vec<String> {
    let wide = |letter: char| letter >= '\u{2e80}';
    let closing = |letter: char| "，。、；：？！）》」』】·…".contains(letter);
    let mut pieces: Vec<String> = Vec::new();
    let mut before: Option<char> = None;
    for letter in text.chars() {
        let joined = before.is_some_and(|before| {
            let in_word = !wide(before) && !wide(letter) && before != ' ';
            closing(letter) || in_word || "（《「『【".contains(before)
        });
        match pieces.last_mut() {
            Some(last) if joined => last.push(letter),
            _ => pieces.push(letter.to_string()),
        }
        before = Some(letter);
    }
    pieces
}

fn rounded(x: f32, y: f32, width: f32, height: f32, radius: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    push_rounded(&mut path, [x * MM, y * MM, width * MM, height * MM], radius * MM);
    path.finish()
}

fn push_rounded(path: &mut PathBuilder, [x, y, width, height]: [f32; 4], radius: f32) {
    if radius <= 0.0 {
        path.extend_rect(x, y, width, height);
        return;
    }
    let (right, bottom, bend) = (x + width, y + height, radius * (1.0 - ROUND));
    path.move_to(x + radius, y);
    path.line_to(right - radius, y);
    path.cubic_to(right - bend, y, right, y + bend, right, y + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - bend, right - bend, bottom, right - radius, bottom);
    path.line_to(x + radius, bottom);
    path.cubic_to(x + bend, bottom, x, bottom - bend, x, bottom - radius);
    path.line_to(x, y + radius);
    path.cubic_to(x, y + bend, x + bend, y, x + radius, y);
    path.close();
}

fn push_square(path: &mut PathBuilder, x: f32, y: f32, width: f32, height: f32) {
    path.extend_rect(x, y, width, height);
}

trait ExtendRect {
    fn extend_rect(&mut self, x: f32, y: f32, width: f32, height: f32);
}

impl ExtendRect for PathBuilder {
    fn extend_rect(&mut self, x: f32, y: f32, width: f32, height: f32) {
        if let Some(rect) = Rect::from_xywh(x, y, width, height) {
            self.push_rect(rect);
        }
    }
}

/// The first path of mark.svg, its relative steps added up.
fn stroke_of_mark() -> Option<Path> {
    let mut path = PathBuilder::new();
    path.move_to(2.6, 15.6);
    path.line_to(5.8, 7.9);
    path.cubic_to(6.3, 6.8, 7.2, 6.5, 8.4, 7.0);
    path.cubic_to(10.5, 7.9, 13.2, 8.1, 17.1, 7.7);
    path.line_to(36.6, 5.0);
    path.cubic_to(37.7, 4.9, 38.6, 5.1, 39.4, 5.8);
    path.line_to(44.6, 10.5);
    path.cubic_to(45.5, 11.3, 45.2, 12.4, 44.0, 12.7);
    path.line_to(39.4, 13.7);
    path.cubic_to(29.0, 13.2, 17.4, 14.0, 4.4, 16.9);
    path.cubic_to(2.7, 17.2, 1.8, 16.8, 2.6, 15.6);
    path.close();
    path.finish()
}

/// The second path of mark.svg.
fn seal_of_mark() -> Option<Path> {
    let mut path = PathBuilder::new();
    push_rounded(&mut path, [22.0, 22.5, 23.5, 23.5], 2.5);
    push_square(&mut path, 25.5, 26.0, 16.5, 16.5);
    push_square(&mut path, 30.25, 30.75, 7.0, 7.0);
    path.finish()
}
