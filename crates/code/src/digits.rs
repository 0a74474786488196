//! A code's bytes as the decimal digits of one big number, the way a QR code in numeric mode carries them.
//! It does not know forms or fields; lengths come in as arguments.

/// The most payload bytes that a form has.
pub const PAYLOAD_BYTES_MAX: usize = 205;
/// 64-bit limbs that hold them.
const LIMBS: usize = PAYLOAD_BYTES_MAX.div_ceil(8);
/// Digits that are worked on at once, and ten to their power.
const CHUNK: usize = 19;
const CHUNK_VALUE: u64 = 10_u64.pow(CHUNK as u32);

/// The number of digits for so many bytes: ceil(8 n log10 2), exact for every form.
#[must_use]
pub const fn digits_for(bytes: usize) -> usize {
    // log10 2 = 0.30102999566...; eight times it, scaled by 10^10, rounded up.
    (bytes as u64 * 24_082_399_654).div_ceil(10_000_000_000) as usize
}

/// Writes the big-endian number in `payload` as digits, zero-padded to [`digits_for`] its length.
///
/// # Panics
/// When the payload is longer than [`PAYLOAD_BYTES_MAX`]: no form is.
#[must_use]
pub fn encode(payload: &[u8]) -> String {
    let mut limbs = limbs_of(payload);
    let mut digits = vec![b'0'; digits_for(payload.len())];
    for chunk in digits.rchunks_mut(CHUNK) {
        let mut rest = divide(&mut limbs, CHUNK_VALUE);
        for digit in chunk.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
    }
    digits.into_iter().map(char::from).collect()
}

/// Reads digits back into exactly `payload.len()` bytes.
///
/// Only ASCII 0-9, only the exact count, only a number below 256^n: each code has one spelling.
pub fn decode(digits: &[u8], payload: &mut [u8]) -> Option<()> {
    if payload.len() > PAYLOAD_BYTES_MAX || digits.len() != digits_for(payload.len()) {
        return None;
    }
    let mut limbs = [0_u64; LIMBS];
    let head = digits.len() % CHUNK;
    let (first, rest) = digits.split_at(head);
    multiply_add(&mut limbs, 1, chunk_value(first)?)?;
    for chunk in rest.chunks_exact(CHUNK) {
        multiply_add(&mut limbs, CHUNK_VALUE, chunk_value(chunk)?)?;
    }
    bytes_of(&limbs, payload)
}

fn chunk_value(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |value, digit| digit.is_ascii_digit().then(|| value * 10 + u64::from(digit - b'0')))
}

/// limbs = limbs * factor + addend, least significant limb first; `None` when it overflows.
fn multiply_add(limbs: &mut [u64; LIMBS], factor: u64, addend: u64) -> Option<()> {
    let mut carry = u128::from(addend);
    for limb in limbs.iter_mut() {
        let product = u128::from(*limb) * u128::from(factor) + carry;
        *limb = product as u64;
        carry = product >> 64;
    }
    (carry == 0).then_some(())
}

/// limbs = limbs / divisor; returns the remainder.
fn divide(limbs: &mut [u64; LIMBS], divisor: u64) -> u64 {
    let mut rest = 0_u128;
    for limb in limbs.iter_mut().rev() {
        let value = rest << 64 | u128::from(*limb);
        *limb = (value / u128::from(divisor)) as u64;
        rest = value % u128::from(divisor);
    }
    rest as u64
}

fn limbs_of(payload: &[u8]) -> [u64; LIMBS] {
    assert!(payload.len() <= PAYLOAD_BYTES_MAX, "no form has {} bytes", payload.len());
    let mut limbs = [0_u64; LIMBS];
    for (place, byte) in payload.iter().rev().enumerate() {
        limbs[place / 8] |= u64::from(*byte) << (place % 8 * 8);
    }
    limbs
}

/// Writes the limbs big-endian; `None` when the number needs more bytes.
fn bytes_of(limbs: &[u64; LIMBS], payload: &mut [u8]) -> Option<()> {
    let mut bytes = limbs.iter().flat_map(|limb| limb.to_le_bytes());
    for byte in payload.iter_mut().rev() {
        *byte = bytes.next()?;
    }
    bytes.all(|byte| byte == 0).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_of_the_format() {
        for (bytes, digits) in [(197, 475), (205, 494), (25, 61), (79, 191), (83, 200), (1, 3), (0, 0)] {
            assert_eq!(digits_for(bytes), digits);
        }
    }

    #[test]
    fn smallest_and_largest_come_back() {
        for length in [1, 25, 79, 197, 205] {
            for fill in [0x00, 0x01, 0x80, 0xff] {
                let payload = vec![fill; length];
                let digits = encode(&payload);
                let mut back = vec![0x55; length];
                assert_eq!(decode(digits.as_bytes(), &mut back), Some(()));
                assert_eq!(back, payload);
            }
        }
        assert_eq!(encode(&[1, 0]), "00256");
    }

    #[test]
    fn nothing_else_is_a_number() {
        let mut payload = [0_u8; 1];
        for text in ["256", "999", "0", "0256", "+12", " 12", "1_2", "0x1", "1.0", "", "-01", "１２３"] {
            assert_eq!(decode(text.as_bytes(), &mut payload), None, "{text}");
        }
        assert_eq!(decode(b"255", &mut payload), Some(()));
        assert_eq!(payload, [255]);
    }
}
