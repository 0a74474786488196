//! A portrait for a card: decoded within bounds, cut to the frame, made small, and encoded anew.
//! It does not know the person; nothing of the original file's metadata is kept.

use crate::PrintError;
use crate::read::decode_colour;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;

/// Pixels of the portrait on paper: 24 x 32 mm at 300 dots an inch, with room.
const WIDTH: u32 = 300;
const HEIGHT: u32 = 400;
/// JPEG quality: skin stays smooth, and the picture below 60 KiB.
const QUALITY: u8 = 88;

/// A JPEG of 300 x 400 pixels: the middle of the picture, a little above its centre, where faces are.
pub(crate) fn portrait(photo: &[u8]) -> Result<Vec<u8>, PrintError> {
    let picture = decode_colour(photo).map_err(PrintError::BadPhoto)?;
    let (width, height) = (picture.width(), picture.height());
    let cut_width = width.min(height * WIDTH / HEIGHT).max(1);
    let cut_height = height.min(width * HEIGHT / WIDTH).max(1);
    let left = (width - cut_width) / 2;
    let top = (height - cut_height) / 3;
    let frame = picture.crop_imm(left, top, cut_width, cut_height);
    let small = frame.resize_exact(WIDTH, HEIGHT, FilterType::CatmullRom).to_rgb8();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode_image(&small)
        .map_err(|error| PrintError::NotWritten(error.to_string()))?;
    Ok(jpeg)
}
