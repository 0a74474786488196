//! A symbol as a PNG of whole pixels, an SVG, and half blocks in a terminal: black on white, quiet zone kept.
//! It does not know colours: a code is never tinted.

use crate::outline::outlines;
use crate::{PrintError, QUIET_ZONE, Symbol};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use std::fmt::Write;

/// Largest side of a picture made here, in pixels.
const SIDE_MAX: usize = 8192;

impl Symbol {
    /// A grey PNG with `module_px` pixels a module and the quiet zone.
    ///
    /// # Errors
    /// [`PrintError::TooBig`] for 0 pixels a module or more than 8192 a side.
    pub fn png(&self, module_px: u32) -> Result<Vec<u8>, PrintError> {
        let module_px = module_px as usize;
        let side = self.whole().checked_mul(module_px).filter(|side| (1..=SIDE_MAX).contains(side));
        let side = side.ok_or(PrintError::TooBig)?;
        let mut pixels = Vec::with_capacity(side * side);
        for y in 0..side {
            let row = (0..side).map(|x| if self.dark_whole(x / module_px, y / module_px) { 0 } else { 255 });
            pixels.extend(row);
        }
        let mut png = Vec::new();
        PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::NoFilter)
            .write_image(&pixels, side as u32, side as u32, ExtendedColorType::L8)
            .map_err(|error| PrintError::NotWritten(error.to_string()))?;
        Ok(png)
    }

    /// The `d` of an SVG path, one unit a module, the symbol's corner at 4, 4; fill it by `evenodd`.
    #[must_use]
    pub fn svg_path(&self) -> String {
        let mut path = String::new();
        for corners in outlines(self) {
            for (i, (x, y)) in corners.iter().enumerate() {
                let (x, y) = (x + QUIET_ZONE, y + QUIET_ZONE);
                let step = match i {
                    0 => write!(path, "M{x} {y}"),
                    _ if corners[i - 1].1 + QUIET_ZONE == y => write!(path, "H{x}"),
                    _ => write!(path, "V{y}"),
                };
                step.expect("writing to a String can't fail");
            }
            path.push('Z');
        }
        path
    }

    /// A whole SVG document, black on white, quiet zone kept.
    #[must_use]
    pub fn svg(&self) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {0}\" shape-rendering=\"crispEdges\">\
             <path fill=\"#fff\" d=\"M0 0h{0}v{0}H0z\"/><path fill=\"#000\" fill-rule=\"evenodd\" d=\"{1}\"/></svg>\n",
            self.whole(),
            self.svg_path()
        )
    }

    /// Lines of half blocks, two modules a character high, with black and white set by ANSI colours.
    #[must_use]
    pub fn terminal(&self) -> String {
        let mut lines = String::new();
        for y in (0..self.whole()).step_by(2) {
            lines.push_str("\x1b[38;5;16;48;5;231m");
            for x in 0..self.whole() {
                lines.push(match (self.dark_whole(x, y), self.dark_whole(x, y + 1)) {
                    (false, false) => ' ',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (true, true) => '█',
                });
            }
            lines.push_str("\x1b[0m\n");
        }
        lines
    }

    /// Modules a side with the quiet zone.
    fn whole(&self) -> usize {
        self.size() + 2 * QUIET_ZONE
    }

    fn dark_whole(&self, x: usize, y: usize) -> bool {
        x >= QUIET_ZONE && y >= QUIET_ZONE && self.dark(x - QUIET_ZONE, y - QUIET_ZONE)
    }
}
