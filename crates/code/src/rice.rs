//! Sorted sets of integers as Golomb-Rice coded gaps, for status lists and the urgent list.
//! It does not know what a value means, nor who vouches for the bytes.
//!
//! Layout: `k u8 · count u32 · length u32 · bits`. Each gap (the first value, then the difference
//! to the value before, less one) is `gap >> k` one-bits, a zero-bit, and the `k` low bits; bits run
//! from the most significant; what is left of the last byte is zero.

use std::fmt;

/// The largest remainder width that is read: a 48-bit universe with one value needs no more.
pub const K_MAX: u8 = 47;

/// Bytes before the coded bits: `k`, count, length.
pub const HEADER_LEN: usize = 9;

/// What a decoder demands before it allocates anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The most values a set may hold.
    pub count_max: u32,
    /// Every value is below this.
    pub universe: u64,
}

/// Why a coded set was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RiceError {
    /// The bytes end before the set does.
    Truncated,
    /// `k` is above [`K_MAX`].
    KTooLarge,
    /// The set claims more values than allowed, or than its bytes could hold.
    TooMany,
    /// A value is not below the universe.
    OutOfRange,
    /// Bits or bytes remain behind the last value, or the padding is not zero.
    NotCanonical,
    /// Values given to the encoder were not strictly rising.
    NotRising,
}

impl fmt::Display for RiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the coded set ends too early",
            Self::KTooLarge => "the remainder width is too large",
            Self::TooMany => "the coded set claims too many values",
            Self::OutOfRange => "a value is out of range",
            Self::NotCanonical => "the coded set has stray bits behind its last value",
            Self::NotRising => "the values are not strictly rising",
        })
    }
}

impl std::error::Error for RiceError {}

/// Encodes strictly rising `values` with the remainder width that makes them smallest.
///
/// # Errors
/// [`RiceError::NotRising`], or [`RiceError::TooMany`] beyond 2^32 - 1 values or bytes.
pub fn encode(values: &[u64]) -> Result<Vec<u8>, RiceError> {
    encode_with(values, best_k(values))
}

/// Encodes with a given remainder width `k`; a delta names the width so that the result is exact.
///
/// # Errors
/// As [`encode`], and [`RiceError::KTooLarge`]; a width so small that the unary parts pass 2^32
/// bytes is [`RiceError::TooMany`].
pub fn encode_with(values: &[u64], k: u8) -> Result<Vec<u8>, RiceError> {
    if k > K_MAX {
        return Err(RiceError::KTooLarge);
    }
    if values.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(RiceError::NotRising);
    }
    let count = u32::try_from(values.len()).map_err(|_| RiceError::TooMany)?;
    let length = u32::try_from(bits_needed(values, k).div_ceil(8)).map_err(|_| RiceError::TooMany)?;
    let mut out = Vec::with_capacity(HEADER_LEN + length as usize);
    out.push(k);
    out.extend_from_slice(&count.to_be_bytes());
    out.extend_from_slice(&length.to_be_bytes());
    let mut bits = BitWriter { out, fill: 0, used: 0 };
    for gap in gaps(values) {
        bits.put_ones(gap >> k);
        bits.put(0, 1);
        bits.put(gap & low_mask(k), k);
    }
    Ok(bits.finish())
}

/// Decodes one set from the head of `bytes`; gives the values and how many bytes they took.
///
/// # Errors
/// Any [`RiceError`] but `NotRising`; nothing is allocated before the count is known to fit.
pub fn decode_prefix(bytes: &[u8], bounds: Bounds) -> Result<(Vec<u64>, usize), RiceError> {
    let (k, count, coded) = read_header(bytes, bounds)?;
    let mut values = Vec::with_capacity(count as usize);
    let mut bits = BitReader { rest: coded, held: 0, have: 0 };
    let mut floor = 0u64;
    for _ in 0..count {
        let quotient = bits.take_ones()?;
        let gap =
            quotient.checked_shl(u32::from(k)).filter(|high| high >> k == quotient).ok_or(RiceError::OutOfRange)?
                | bits.take(k)?;
        let value = floor.checked_add(gap).filter(|value| *value < bounds.universe);
        let value = value.ok_or(RiceError::OutOfRange)?;
        values.push(value);
        floor = value + 1;
    }
    bits.expect_padding()?;
    Ok((values, HEADER_LEN + coded.len()))
}

/// Decodes a set that fills `bytes` exactly.
///
/// # Errors
/// As [`decode_prefix`]; bytes behind the set are [`RiceError::NotCanonical`].
pub fn decode(bytes: &[u8], bounds: Bounds) -> Result<Vec<u64>, RiceError> {
    let (values, taken) = decode_prefix(bytes, bounds)?;
    if taken == bytes.len() { Ok(values) } else { Err(RiceError::NotCanonical) }
}

fn read_header(bytes: &[u8], bounds: Bounds) -> Result<(u8, u32, &[u8]), RiceError> {
    let (head, rest) = bytes.split_first_chunk::<HEADER_LEN>().ok_or(RiceError::Truncated)?;
    let [k, c0, c1, c2, c3, l0, l1, l2, l3] = *head;
    let count = u32::from_be_bytes([c0, c1, c2, c3]);
    let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
    if k > K_MAX {
        return Err(RiceError::KTooLarge);
    }
    let coded = rest.get(..length).ok_or(RiceError::Truncated)?;
    let least_bits = u64::from(count) * (u64::from(k) + 1);
    if count > bounds.count_max || least_bits > coded.len() as u64 * 8 {
        return Err(RiceError::TooMany);
    }
    Ok((k, count, coded))
}

/// The remainder width with the fewest bits, sought around log2 of the mean gap.
#[must_use]
pub fn best_k(values: &[u64]) -> u8 {
    let Some(last) = values.last() else { return 0 };
    let mean = last / values.len() as u64;
    let near = u8::try_from(mean.checked_ilog2().unwrap_or(0)).unwrap_or(K_MAX);
    (near.saturating_sub(2)..=near.saturating_add(1).min(K_MAX)).min_by_key(|k| bits_needed(values, *k)).unwrap_or(0)
}

/// Bytes of the set coded with width `k`, header included; saturates.
#[must_use]
pub fn coded_len(values: &[u64], k: u8) -> u64 {
    (HEADER_LEN as u64).saturating_add(bits_needed(values, k.min(K_MAX)).div_ceil(8))
}

fn bits_needed(values: &[u64], k: u8) -> u64 {
    gaps(values).fold(0u64, |sum, gap| sum.saturating_add(gap >> k).saturating_add(u64::from(k) + 1))
}

fn gaps(values: &[u64]) -> impl Iterator<Item = u64> + '_ {
    let before = std::iter::once(None).chain(values.iter().copied().map(Some));
    before
        .zip(values)
        .map(|(before, value)| before.map_or(*value, |before| value.saturating_sub(before.saturating_add(1))))
}

fn low_mask(k: u8) -> u64 {
    (1u64 << k) - 1
}

/// Collects bits from the most significant; `fill` holds fewer than 8 of them between calls.
struct BitWriter {
    out: Vec<u8>,
    fill: u64,
    used: u8,
}

impl BitWriter {
    /// The low `width` bits of `value`; at most [`K_MAX`].
    fn put(&mut self, value: u64, width: u8) {
        self.fill = self.fill << width | value;
        self.used += width;
        while self.used >= 8 {
            self.used -= 8;
            self.out.push((self.fill >> self.used & 0xff) as u8);
        }
        self.fill &= (1 << self.used) - 1;
    }

    fn put_ones(&mut self, mut count: u64) {
        while count >= 32 {
            self.put(u64::from(u32::MAX), 32);
            count -= 32;
        }
        self.put((1 << count) - 1, count as u8);
    }

    fn finish(mut self) -> Vec<u8> {
        if self.used > 0 {
            self.put(0, 8 - self.used);
        }
        self.out
    }
}

/// Gives bits from the most significant; `held` has `have` of them at its top, the rest zero.
struct BitReader<'a> {
    rest: &'a [u8],
    held: u64,
    have: u8,
}

impl BitReader<'_> {
    /// Takes whole bytes while they fit; afterwards at least 57 bits are held, or all that are left.
    fn refill(&mut self) {
        while self.have <= 56
            && let Some((byte, rest)) = self.rest.split_first()
        {
            self.held |= u64::from(*byte) << (56 - self.have);
            self.have += 8;
            self.rest = rest;
        }
    }

    fn skip(&mut self, width: u8) {
        self.held <<= width;
        self.have -= width;
    }

    /// The next `width` bits; at most [`K_MAX`].
    fn take(&mut self, width: u8) -> Result<u64, RiceError> {
        if self.have < width {
            self.refill();
        }
        if self.have < width {
            return Err(RiceError::Truncated);
        }
        let bits = if width == 0 { 0 } else { self.held >> (64 - width) };
        self.skip(width);
        Ok(bits)
    }

    /// Counts one-bits up to the next zero-bit, and takes that too.
    fn take_ones(&mut self) -> Result<u64, RiceError> {
        let mut count = 0;
        loop {
            self.refill();
            // INVARIANT: bits below `have` are zero, so at most `have` ones lead.
            let ones = self.held.leading_ones() as u8;
            if ones < self.have {
                self.skip(ones);
                self.skip(1);
                return Ok(count + u64::from(ones));
            }
            if self.have == 0 || self.rest.is_empty() {
                return Err(RiceError::Truncated);
            }
            count += u64::from(ones);
            (self.held, self.have) = (0, 0);
        }
    }

    fn expect_padding(&mut self) -> Result<(), RiceError> {
        self.refill();
        if self.have >= 8 || self.held != 0 { Err(RiceError::NotCanonical) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Bounds = Bounds { count_max: 100_000, universe: 1 << 48 };

    #[test]
    fn sets_come_back_as_they_went_in() {
        let table: [&[u64]; 7] = [
            &[],
            &[0],
            &[(1 << 48) - 1],
            &[0, 1, 2, 3, 4, 5, 6, 7, 8],
            &[5, 900, 901, 70_000, (1 << 47) + 3],
            &[1, 2, 4, 8, 16, 32, 64, 128, 256],
            &[200, 201, 333],
        ];
        for values in table {
            let coded = encode(values).expect("rising");
            assert_eq!(decode(&coded, WIDE).as_deref(), Ok(values));
            // Every width, unless its unary part would fill pages.
            for k in (0..=K_MAX).filter(|k| coded_len(values, *k) < 1 << 16) {
                let coded = encode_with(values, k).expect("rising");
                assert_eq!(coded.len() as u64, coded_len(values, k));
                assert_eq!(decode(&coded, WIDE).as_deref(), Ok(values), "k = {k}");
            }
        }
    }

    #[test]
    fn bytes_are_as_the_specification_prints_them() {
        // gaps 3, 1, 0 at k = 1: 101 01 00 and one bit of padding
        let coded = encode_with(&[3, 5, 6], 1).expect("rising");
        assert_eq!(coded, [1, 0, 0, 0, 3, 0, 0, 0, 1, 0b1010_1000]);
    }

    #[test]
    fn hostile_bytes_are_refused_with_their_reason() {
        let table: [(&[u8], RiceError); 9] = [
            (&[], RiceError::Truncated),
            (&[1, 0, 0, 0, 3, 0, 0, 0, 1], RiceError::Truncated),
            (&[48, 0, 0, 0, 0, 0, 0, 0, 0], RiceError::KTooLarge),
            (&[1, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0], RiceError::TooMany),
            (&[1, 0, 0, 0, 5, 0, 0, 0, 1, 0], RiceError::TooMany),
            (&[1, 0, 0, 0, 3, 0, 0, 0, 1, 0b1010_1001], RiceError::NotCanonical),
            (&[1, 0, 0, 0, 3, 0, 0, 0, 2, 0b1010_1000, 0], RiceError::NotCanonical),
            (&[1, 0, 0, 0, 3, 0, 0, 0, 1, 0b1010_1000, 9], RiceError::NotCanonical),
            (&[0, 0, 0, 0, 1, 0, 0, 0, 1, 0xff], RiceError::Truncated),
        ];
        for (bytes, reason) in table {
            assert_eq!(decode(bytes, WIDE), Err(reason), "{bytes:?}");
        }
        let small = Bounds { count_max: 2, universe: 6 };
        let three = encode(&[1, 2, 3]).expect("rising");
        assert_eq!(decode(&three, small), Err(RiceError::TooMany));
        let six = encode(&[1, 6]).expect("rising");
        assert_eq!(decode(&six, small), Err(RiceError::OutOfRange));
        assert_eq!(encode(&[2, 2]), Err(RiceError::NotRising));
    }

    fn random_set(count: usize, universe: u64) -> Vec<u64> {
        let mut state = 7u64;
        let mut values = std::collections::BTreeSet::new();
        while values.len() < count {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let high = state >> 32;
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            values.insert((high << 32 | state >> 32) % universe);
        }
        values.into_iter().collect()
    }

    #[test]
    fn sizes_are_those_of_the_design() {
        let table = [
            // a thousandth of 50 million residents, in kB: about 72
            (50_000, 50_000_000, 70_000..73_500),
            // 11,000 devices of 16 tokens each: about 705
            (176_000, 1 << 48, 695_000..715_000),
        ];
        for (count, universe, bytes) in table {
            let values = random_set(count, universe);
            let coded = encode(&values).expect("rising");
            assert!(bytes.contains(&coded.len()), "{} bytes", coded.len());
            assert_eq!(decode(&coded, Bounds { count_max: 200_000, universe }), Ok(values));
        }
    }
}
