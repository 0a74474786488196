//! Digits out of a picture of a QR symbol: a PNG or JPEG from a file or a camera.
//! It does not know what the digits mean; a picture comes from a stranger, so its size is bounded before it is decoded.

use crate::ReadError;
use crate::closer::closer;
use image::imageops::FilterType;
use image::{GrayImage, ImageError, ImageFormat, ImageReader, Limits};
use rxing::common::{GlobalHistogramBinarizer, HybridBinarizer};
use rxing::qrcode::QRCodeReader;
use rxing::{Binarizer, BinaryBitmap, DecodeHints, Luma8Source, Reader};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Largest picture that is read, in octets.
pub const IMAGE_BYTES_MAX: usize = 16 << 20;
/// Largest picture that is read, in pixels a side.
pub const IMAGE_SIDE_MAX: u32 = 8192;
/// Most memory that decoding may take, in octets: 8192 x 4096 in four colours.
const DECODE_ALLOC_MAX: u64 = 128 << 20;
/// Sides to which a picture is shrunk for the search, tried in this order: a camera's 12 million pixels help nobody.
const SEARCH_SIDES: [u32; 3] = [1600, 800, 3200];
/// A picture up to this side gets a second look at twice its size; in a larger one a code has pixels enough.
const CLOSER_SIDE_MAX: u32 = 1000;
/// Longest numeric symbol (40-L).
const DIGITS_MAX: usize = 7089;

/// The digits of the QR symbol in a PNG or JPEG picture.
///
/// # Errors
/// See [`ReadError`].
pub fn read_digits(image: &[u8]) -> Result<String, ReadError> {
    let text = read_text(image)?;
    let fits = (1..=DIGITS_MAX).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_digit());
    if fits { Ok(text) } else { Err(ReadError::NotDigits) }
}

/// The text of the QR symbol in a PNG or JPEG picture.
///
/// # Errors
/// [`ReadError`], except for [`ReadError::NotDigits`].
pub fn read_text(image: &[u8]) -> Result<String, ReadError> {
    let picture = decode(image)?;
    let side = picture.width().max(picture.height());
    let mut tried = 0;
    for wanted in SEARCH_SIDES.map(|wanted| wanted.min(side)) {
        if wanted == tried {
            continue;
        }
        tried = wanted;
        if let Some(text) = search(&shrunk(&picture, wanted)) {
            return Ok(text);
        }
    }
    let second = if side <= CLOSER_SIDE_MAX { search(&closer(&picture)) } else { None };
    second.ok_or(ReadError::NoSymbol)
}

/// Decodes to grey within the bounds; a photo for a card passes here too.
pub(crate) fn decode(image: &[u8]) -> Result<GrayImage, ReadError> {
    Ok(decode_colour(image)?.to_luma8())
}

/// Decodes a PNG or JPEG within the bounds; dimensions are looked at before pixels are.
pub(crate) fn decode_colour(image: &[u8]) -> Result<image::DynamicImage, ReadError> {
    if image.len() > IMAGE_BYTES_MAX {
        return Err(ReadError::TooBig);
    }
    let format = image::guess_format(image).map_err(|_| ReadError::NotAnImage)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg) {
        return Err(ReadError::NotAnImage);
    }
    let (width, height) =
        ImageReader::with_format(Cursor::new(image), format).into_dimensions().map_err(|_| ReadError::NotAnImage)?;
    let pixels = u64::from(width) * u64::from(height);
    if width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX || pixels * 4 > DECODE_ALLOC_MAX {
        return Err(ReadError::TooBig);
    }
    let mut reader = ImageReader::with_format(Cursor::new(image), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(IMAGE_SIDE_MAX);
    limits.max_image_height = Some(IMAGE_SIDE_MAX);
    limits.max_alloc = Some(2 * DECODE_ALLOC_MAX);
    reader.limits(limits);
    reader.decode().map_err(refusal)
}

fn refusal(error: ImageError) -> ReadError {
    match error {
        ImageError::Limits(_) => ReadError::TooBig,
        _ => ReadError::NotAnImage,
    }
}

fn shrunk(picture: &GrayImage, side: u32) -> GrayImage {
    let longest = picture.width().max(picture.height());
    if longest <= side {
        return picture.clone();
    }
    let scaled = |length: u32| (u64::from(length) * u64::from(side) / u64::from(longest)).max(1) as u32;
    image::imageops::resize(picture, scaled(picture.width()), scaled(picture.height()), FilterType::Triangle)
}

fn search(picture: &GrayImage) -> Option<String> {
    let source = Luma8Source::new_with_slice(picture.as_raw(), picture.width(), picture.height()).ok()?;
    let hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
    let pure = DecodeHints { PureBarcode: Some(true), ..DecodeHints::default() };
    try_with(HybridBinarizer::new(source.clone()), &hints)
        .or_else(|| try_with(GlobalHistogramBinarizer::new(source.clone()), &hints))
        .or_else(|| try_with(GlobalHistogramBinarizer::new(source), &pure))
}

/// One attempt. The reader works on a stranger's pixels, and an index that slips there must not stop a server.
fn try_with<B: Binarizer>(binarizer: B, hints: &DecodeHints) -> Option<String> {
    let attempt = || {
        let mut bitmap = BinaryBitmap::new(binarizer);
        QRCodeReader.decode_with_hints(&mut bitmap, hints).ok().map(|found| found.getText().to_owned())
    };
    catch_unwind(AssertUnwindSafe(attempt)).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two shots of a T1 by `bench/gate_shots.py`: turned, blurred, half lit, noisy.
    const SHOTS: [&[u8]; 2] =
        [include_bytes!("../tests/poor/shot-36.jpg"), include_bytes!("../tests/poor/shot-39.jpg")];

    #[test]
    fn a_poor_shot_is_read_at_the_second_look() {
        let digits = include_str!("../tests/poor/digits.txt").trim_end();
        for (number, shot) in SHOTS.into_iter().enumerate() {
            assert_eq!(search(&decode(shot).unwrap()), None, "shot {number} needs no second look");
            assert_eq!(read_digits(shot).as_deref(), Ok(digits), "shot {number}");
        }
    }
}
