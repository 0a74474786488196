//! A second look at a picture in which no symbol was found: larger, smoother, and without the shade that lies over it.
//! It does not know what is in the picture; docs/benchmarks.md says how much more is read that way.

use image::imageops::{FilterType, resize};
use image::{GrayImage, Luma};

/// Pixels on each side that are smoothed into one: the noise of a small camera.
const SMOOTH: u32 = 1;
/// Pixels on each side whose mean is the shade around one: two to four modules of a code that is hard to read.
const SHADE: u32 = 8;

/// Twice the size, smoothed, and each pixel moved away from the mean around it by half as much again as it differs.
pub(crate) fn closer(picture: &GrayImage) -> GrayImage {
    let large = resize(picture, 2 * picture.width(), 2 * picture.height(), FilterType::Triangle);
    let sums = Sums::of(&large);
    let smooth = GrayImage::from_fn(large.width(), large.height(), |x, y| Luma([sums.mean(x, y, SMOOTH)]));
    let sums = Sums::of(&smooth);
    GrayImage::from_fn(smooth.width(), smooth.height(), |x, y| {
        let value = i32::from(smooth.get_pixel(x, y).0[0]);
        let moved = value + (value - i32::from(sums.mean(x, y, SHADE))) * 3 / 2;
        Luma([moved.clamp(0, 255) as u8])
    })
}

/// Sums over every rectangle from the corner, so that any mean costs four look-ups.
struct Sums {
    width: u32,
    height: u32,
    sums: Vec<u64>,
}

impl Sums {
    fn of(picture: &GrayImage) -> Sums {
        let (width, height) = picture.dimensions();
        let row = width as usize + 1;
        let mut sums = vec![0_u64; row * (height as usize + 1)];
        for (y, line) in picture.rows().enumerate() {
            let mut so_far = 0;
            for (x, pixel) in line.enumerate() {
                so_far += u64::from(pixel.0[0]);
                sums[(y + 1) * row + x + 1] = sums[y * row + x + 1] + so_far;
            }
        }
        Sums { width, height, sums }
    }

    /// The mean of the square with `radius` pixels on each side, cut at the edges.
    fn mean(&self, x: u32, y: u32, radius: u32) -> u8 {
        let (left, top) = (x.saturating_sub(radius) as usize, y.saturating_sub(radius) as usize);
        let right = (x + radius + 1).min(self.width) as usize;
        let bottom = (y + radius + 1).min(self.height) as usize;
        let at = |x: usize, y: usize| self.sums[y * (self.width as usize + 1) + x];
        let sum = at(right, bottom) + at(left, top) - at(left, bottom) - at(right, top);
        (sum / ((right - left) * (bottom - top)) as u64) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_shade_stays_and_an_edge_grows() {
        let even = closer(&GrayImage::from_pixel(9, 5, Luma([77])));
        assert_eq!(even.dimensions(), (18, 10));
        assert!(even.pixels().all(|pixel| pixel.0[0] == 77));
        let edge = closer(&GrayImage::from_fn(40, 40, |x, _| Luma([if x < 20 { 100 } else { 140 }])));
        assert!(edge.get_pixel(36, 40).0[0] < 90 && edge.get_pixel(43, 40).0[0] > 150);
        assert_eq!(
            (edge.get_pixel(2, 40).0[0], edge.get_pixel(77, 40).0[0]),
            (100, 140),
            "far from the edge nothing changes"
        );
        assert_eq!(closer(&GrayImage::new(1, 1)).dimensions(), (2, 2));
    }
}
