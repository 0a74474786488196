//! SM2 checks under a key that is known in advance: 66 additions of stored points and no doubling.
//! Variable time, so it works on public values only; it never sees a private key.

use crate::sm2_plain::Sm2Key;
use crate::suite::BadSignature;
use sm2::elliptic_curve::PrimeField;
use sm2::elliptic_curve::group::Group;
use sm2::elliptic_curve::ops::Reduce;
use sm2::elliptic_curve::point::{AffineCoordinates, BatchNormalize};
use sm2::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};
use std::sync::LazyLock;

/// Digits of a scalar in signed radix 2^8: one a byte, and one for the last carry.
const WINDOWS: usize = 33;
/// Stored multiples in a window: 1 to 128 times 2^(8 i); the negatives are free.
const MULTIPLES: usize = 128;

/// Multiples of the generator, shared by every key.
static GENERATOR: LazyLock<Multiples> = LazyLock::new(|| Multiples::of(&ProjectivePoint::GENERATOR));

/// Precomputed multiples of one public key.
pub(crate) struct Sm2Table(Multiples);

impl Sm2Table {
    /// The table of a key; the key's type says that it is a point of the curve.
    pub(crate) fn of(key: &Sm2Key) -> Sm2Table {
        Sm2Table(Multiples::of(&ProjectivePoint::from(key.point())))
    }

    /// GB/T 32918.2-2016 section 7.1, steps B1 to B7, from the digest e on.
    pub(crate) fn verify(&self, digest: &[u8; 32], signature: &[u8; 64]) -> Result<(), BadSignature> {
        let (r, s) = signature.split_at(32);
        let r = scalar_in_range(r)?;
        let s = scalar_in_range(s)?;
        let t = r + s;
        if bool::from(t.is_zero()) {
            return Err(BadSignature);
        }
        let mut point = ProjectivePoint::IDENTITY;
        GENERATOR.add_multiple(&s, &mut point);
        self.0.add_multiple(&t, &mut point);
        if bool::from(point.is_identity()) {
            return Err(BadSignature);
        }
        let e = <Scalar as Reduce<FieldBytes>>::reduce(&FieldBytes::from(*digest));
        let x = <Scalar as Reduce<FieldBytes>>::reduce(&point.to_affine().x());
        if e + x == r { Ok(()) } else { Err(BadSignature) }
    }
}

/// r and s lie in [1, n-1].
fn scalar_in_range(bytes: &[u8]) -> Result<Scalar, BadSignature> {
    let bytes = FieldBytes::try_from(bytes).map_err(|_| BadSignature)?;
    let scalar = Option::<Scalar>::from(Scalar::from_repr(bytes)).ok_or(BadSignature)?;
    if bool::from(scalar.is_zero()) { Err(BadSignature) } else { Ok(scalar) }
}

/// `rows[i * MULTIPLES + j - 1]` is j times 2^(8 i) times the base, in affine coordinates.
struct Multiples(Box<[AffinePoint]>);

impl Multiples {
    fn of(base: &ProjectivePoint) -> Multiples {
        let mut rows = Vec::with_capacity(WINDOWS * MULTIPLES);
        let mut unit = *base;
        for _ in 0..WINDOWS {
            let mut multiple = unit;
            for _ in 0..MULTIPLES {
                rows.push(multiple);
                multiple += &unit;
            }
            // The row ended at 128 units, so its double is the next row's unit.
            let last = rows[rows.len() - 1];
            unit = last + last;
        }
        Multiples(ProjectivePoint::batch_normalize(rows.as_slice()).into_boxed_slice())
    }

    /// Adds `scalar` times the base to `sum`, with the crate's complete mixed addition.
    fn add_multiple(&self, scalar: &Scalar, sum: &mut ProjectivePoint) {
        for (row, digit) in self.0.chunks_exact(MULTIPLES).zip(signed_digits(scalar)) {
            let size = usize::from(digit.unsigned_abs());
            if digit > 0 {
                *sum += &row[size - 1];
            } else if digit < 0 {
                *sum -= &row[size - 1];
            }
        }
    }
}

/// The scalar as sum of d[i] 2^(8 i) with d[i] in [-127, 128].
fn signed_digits(scalar: &Scalar) -> [i16; WINDOWS] {
    let mut digits = [0_i16; WINDOWS];
    let mut carry = 0_i16;
    for (digit, byte) in digits.iter_mut().zip(scalar.to_repr().iter().rev()) {
        let value = i16::from(*byte) + carry;
        carry = i16::from(value > 128);
        *digit = value - 256 * carry;
    }
    digits[WINDOWS - 1] = carry;
    digits
}
