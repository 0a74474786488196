//! An app's picture for the page of consent: decoded within bounds, cut to a square, made small, and encoded anew as PNG.
//! It does not know the app; nothing of the original file but what is seen is kept.

use crate::ReadError;
use crate::read::decode_colour;
use image::codecs::png::{CompressionType, FilterType as Filter, PngEncoder};
use image::imageops::FilterType;
use image::{DynamicImage, Rgba, RgbaImage};

/// Pixels a side.
pub const LOGO_SIDE: u32 = 128;
/// Octets of the file that comes out, at most.
pub const LOGO_BYTES_MAX: usize = 64 * 1024;

/// A PNG of 128 by 128 pixels and at most 64 KiB: the middle of the picture. What is seen through stays so, unless the file
/// would be too large with it; then it lies on white.
///
/// # Errors
/// See [`ReadError`].
pub fn logo_png(picture: &[u8]) -> Result<Vec<u8>, ReadError> {
    let picture = decode_colour(picture)?;
    let side = picture.width().min(picture.height()).max(1);
    let (left, top) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    let square = picture.crop_imm(left, top, side, side);
    let small = square.resize_exact(LOGO_SIDE, LOGO_SIDE, FilterType::CatmullRom).to_rgba8();
    let clear = small.pixels().any(|pixel| pixel.0[3] != u8::MAX);
    if clear {
        let png = encoded(&DynamicImage::ImageRgba8(small.clone()))?;
        if png.len() <= LOGO_BYTES_MAX {
            return Ok(png);
        }
    }
    // 128 x 128 x 3 octets and what PNG adds are below the bound, whatever the picture.
    encoded(&DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(on_white(small)).to_rgb8()))
}

fn encoded(picture: &DynamicImage) -> Result<Vec<u8>, ReadError> {
    let mut png = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Best, Filter::Adaptive);
    picture.write_with_encoder(encoder).map_err(|_| ReadError::NotAnImage)?;
    Ok(png)
}

fn on_white(mut picture: RgbaImage) -> RgbaImage {
    for Rgba([red, green, blue, seen]) in picture.pixels_mut() {
        for colour in [red, green, blue] {
            let mixed = u16::from(*colour) * u16::from(*seen) + 255 * (255 - u16::from(*seen));
            *colour = u8::try_from(mixed / 255).unwrap_or(u8::MAX);
        }
        *seen = u8::MAX;
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn file(picture: &DynamicImage, format: image::ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    /// Colours that no encoder makes smaller.
    fn noise(width: u32, height: u32, clear: bool) -> DynamicImage {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let picture =
            RgbaImage::from_fn(width, height, |_, _| Rgba([next(), next(), next(), if clear { next() } else { 255 }]));
        DynamicImage::ImageRgba8(picture)
    }

    #[test]
    fn r40_a_logo_is_a_png_of_128_by_128_and_64_kib_whatever_came() {
        use image::ImageFormat::{Jpeg, Png};
        let grey = DynamicImage::ImageLuma8(noise(40, 300, false).to_luma8());
        let jpeg = DynamicImage::ImageRgb8(noise(500, 200, false).to_rgb8());
        let table = [
            file(&noise(128, 128, true), Png),
            file(&noise(128, 128, false), Png),
            file(&grey, Png),
            file(&jpeg, Jpeg),
            file(&noise(1, 1, true), Png),
        ];
        for picture in table {
            let png = logo_png(&picture).unwrap();
            assert!(png.len() <= LOGO_BYTES_MAX, "{}", png.len());
            assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
            let read = decode_colour(&png).unwrap();
            assert_eq!((read.width(), read.height()), (LOGO_SIDE, LOGO_SIDE));
        }
    }

    #[test]
    fn what_is_no_picture_or_hides_something_is_not_passed_on() {
        for bad in [&b""[..], b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", b"\x89PNG\r\n\x1a\n"] {
            assert_eq!(logo_png(bad).unwrap_err(), ReadError::NotAnImage);
        }
        let mut png = file(&noise(64, 64, false), image::ImageFormat::Png);
        png.extend(b"<script>alert(1)</script>");
        let made = logo_png(&png).unwrap();
        assert!(!made.windows(8).any(|part| part == b"<script>"), "only what is seen is kept");
    }
}
